"""Fields of the contract made from the table of inputs: bounds, words, defaults and descriptions stand there and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from detectapi.inputs.table import INPUTS, NOT_SET, Input
from detectapi.inputs.table.lookup import InputTable
from schemas.error import Message
from schemas.fields import Flag, Integer, Items, Name, Number, Quantity, Table, Word
from schemas.timestamp import Timestamp


def field_of(entry: Input, **changes: Any) -> fields.Field[Any]:
    """The field that reads an input.

    Parameters
    ----------
    entry : Input
    **changes
        Of the field's own arguments ``required``, ``load_default`` and ``metadata``; None takes one away.
    """
    metadata = {"description": entry.meaning, "example": entry.example}
    arguments: dict[str, Any] = {"metadata": {name: text for name, text in metadata.items() if text}}
    if entry.required:
        arguments["required"] = True
    if entry.default is not NOT_SET:
        arguments["load_default"] = entry.default
    arguments = {name: value for name, value in {**arguments, **changes}.items() if value is not None}
    bounds: dict[str, Any] = {"minimum": entry.low, "maximum": entry.high, "above": entry.above}
    match entry.kind:
        case "quantity":
            return Quantity(**bounds, normal=entry.scale == "linear", **arguments)
        case "number":
            return Number(**bounds, **arguments)
        case "integer":
            return Integer(**bounds, **arguments)
        case "table":
            return Table(Number(**bounds), maximum=entry.most, **arguments)
        case "word":
            return Word(entry.words, any_case=True, synonyms=entry.synonyms, **arguments)
        case "words":
            return Items(Word(entry.words, any_case=True), maximum=len(entry.words), unique=True, **arguments)
        case "numbers":
            return Items(Number(**bounds), maximum=entry.most, unique=True, **arguments)
        case "times":
            return Items(Timestamp(), maximum=entry.most, unique=True, **arguments)
        case "names":
            return Items(Name(any_case=entry.any_case), maximum=entry.most, unique=True, **arguments)
        case "time":
            return Timestamp(**arguments)
        case "name":
            return Name(any_case=entry.any_case, **arguments)
        case "flag":
            return Flag(**arguments)
    raise ValueError(f"{entry.path}: no field reads the kind {entry.kind}")


def fields_of(
    section: str, leave_out: tuple[str, ...] = (), table: InputTable = INPUTS, **own: fields.Field[Any]
) -> dict[str, fields.Field[Any]]:
    """The fields of one object of a request, in the order of the table.

    Parameters
    ----------
    section : str
        Its path.
    leave_out : tuple of str
        Names that this form of the object does not have.
    table : InputTable
    **own : Field
        What the table does not make: the objects and lists within this one.

    Raises
    ------
    ValueError
        The table has no place for one of `own`.
    """
    entries = [entry for entry in table.in_section(section) if entry.name not in leave_out]
    homeless = sorted(own.keys() - {entry.name for entry in entries})
    if homeless:
        raise ValueError(f"{section or 'request'}: no place in the table of inputs for {', '.join(homeless)}")
    return {entry.name: own.get(entry.name) or field_of(entry) for entry in entries}


def exactly_one(section: str, table: InputTable = INPUTS) -> tuple[str, ...]:
    """Names of the inputs of an object of which one must be given."""
    return _alternatives(section, table, needed=True)


def at_most_one(section: str, table: InputTable = INPUTS) -> tuple[str, ...]:
    """Names of the inputs of an object of which one may be given."""
    return _alternatives(section, table, needed=False)


def _alternatives(section: str, table: InputTable, needed: bool) -> tuple[str, ...]:
    groups = [one for one in table.alternatives_of(section) if one.needed == needed]
    if len(groups) > 1:
        raise ValueError(f"{section}: a form has room for one such choice, not for {[one.name for one in groups]}")
    return tuple(entry.name for one in groups for entry in table.among(one.name))


def missing_beside(request: Mapping[str, Any]) -> dict[str, Any]:
    """What inputs of a request that was given need beside them and is missing, as marshmallow keeps messages.

    Parameters
    ----------
    request : dict
        The request as given; its sections may have any form.
    """
    messages: dict[str, Any] = {}
    for entry in (entry for entry in INPUTS if entry.needs):
        if not _has(request, entry):
            continue
        names = " and ".join(path.rpartition(".")[2] for path in entry.needs)
        message = Message(f"Missing. {entry.name} needs {names}.", "required")
        for needed in (INPUTS[path] for path in entry.needs):
            if isinstance(request.get(needed.section, {}), Mapping) and not _has(request, needed):
                messages.setdefault(needed.section, {})[needed.name] = [message]
    return messages


def _has(request: Mapping[str, Any], entry: Input) -> bool:
    section = request.get(entry.section, {}) if entry.section else request
    return isinstance(section, Mapping) and entry.name in section
