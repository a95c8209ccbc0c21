"""A table of questions about measured results: one row is one question, and has a line for each account and comparison.

A column is a field of `POST /v1/interpretations`: by its name where it holds the field whole, lists and structures included, or by
its pointer, such as ``specimens/0/results/0/value_ng_ml``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from detectapi import service
from detectapi.batch import about, chunk, frames, rows
from detectapi.telling.columns import OF_INTERPRETATION, lines_of_interpretation
from detectapi.values.errors import DetectError, InputError
from schemas.interpretation import InterpretationOptionsSchema

KINDS = {str: pa.string(), float: pa.float64(), bool: pa.bool_()}
COLUMNS = pa.schema([
    ("id", pa.string()),
    *((name, KINDS[kind]) for name, kind in OF_INTERPRETATION.items()),
    ("errors", pa.string()),
])  # fmt: skip
MOST_ITEMS = 1000
"""The largest number that a pointer may have as the place in a list."""


def columns() -> pa.Schema:
    """The columns of a result, with what reproduces it."""
    texts = {"version": about.__version__, "model_sha256": about.model_sha256(), "limits": about.LIMITS}
    return COLUMNS.with_metadata({f"detectapi.{name}": text for name, text in texts.items()})


def checked(options: Any) -> dict[str, Any]:
    """The options of all questions, as they were sent.

    Raises
    ------
    InputError
        With every mistake.
    """
    if not isinstance(options, Mapping):
        raise InputError("Must be a dict.", pointer="/options", code="type")
    try:
        service.load(dict(options), InterpretationOptionsSchema())
    except InputError as error:
        problems = [one._replace(pointer=f"/options{one.pointer}") for one in error.problems]
        raise InputError(error.message, problems=problems) from None
    return dict(options)


def compute(task: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a slice of questions.

    Parameters
    ----------
    task : dict
        Plain data: ``options``, those of all questions; and one of `frames.slices`.

    Returns
    -------
    dict
        As of `frames.compute`.
    """
    lines: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    for number, row in enumerate(plain_rows(frames.unpacked(task["rows"])), task["first"]):
        name = str(number)
        try:
            if not row:
                raise frames.blank()
            name = rows.identity(row, number)
            answer = service.interpret(question(row, task["options"]))
            lines += [{"id": name, **line} for line in lines_of_interpretation(answer)]
        except DetectError as error:
            mistakes = list(chunk.lines(number, name, None, error))
            bad += mistakes
            lines.append({"id": name, "errors": frames.in_words(mistakes)})
    return {"table": frames.packed(pa.Table.from_pylist(lines, COLUMNS)), "bad": bad}


def question(row: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The question that a row asks.

    Raises
    ------
    InputError
        Two columns hold the same field, or a place in a list is left out.
    """
    asked: dict[str, Any] = {}
    for name, value in row.items():
        if name != "id":
            _put(asked, name.strip("/").split("/"), value, name)
    asked = _with_lists(asked, "")
    own = asked.get("options", {})
    return {**asked, "options": {**options, **own} if isinstance(own, dict) else own}


def _put(place: dict[str, Any], steps: list[str], value: Any, name: str) -> None:
    """Put a value where its pointer says."""
    *above, last = steps
    for step in above:
        place = place.setdefault(step, {})
        if not isinstance(place, dict):
            break
    if not isinstance(place, dict) or last in place:
        raise InputError("Another column holds the same field.", pointer=rows.pointer(name), code="conflict")
    place[last] = value


def _with_lists(value: Any, pointer: str) -> Any:
    """The value with lists in place of the dicts whose names are numbers."""
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one, f"{pointer}/{name}") for name, one in value.items()}
    if not inner or not all(name.isdecimal() for name in inner):
        return inner
    if len(inner) > MOST_ITEMS or {str(i) for i in range(len(inner))} != inner.keys():
        raise InputError("The places in a list count from 0, and none is left out.", pointer=pointer, code="type")
    return [inner[str(i)] for i in range(len(inner))]


def plain_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """Rows as plain values. What is null, or no number, is left out, also within lists and structures."""
    for batch in batches:
        for row in batch.to_pylist():
            yield _without_null(row)


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(one) for name, one in value.items() if not _is_null(one)}
    if isinstance(value, list):
        return [_without_null(one) for one in value if not _is_null(one)]
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
