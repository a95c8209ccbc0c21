"""A substance file read into a `Substance`, its meaning checked: names exist, the tree is connected, fractions sum."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from detectapi.knowledge.catalog.parameters import origin, parameter, quantity, shared_effects
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import (
    Correlation,
    EvidenceRule,
    HalfLife,
    HalfLifeModel,
    Moiety,
    NoteRule,
    Parameter,
    Path,
    Route,
    RouteForm,
    Salt,
    Substance,
)
from detectapi.values.units import convert

PATH_KINDS = ("bolus", "first-order", "zero-order", "zero-then-first-order")
GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
PATTERNS = ("single", "course", "chronic")
MOST_PERIPHERALS = 3

UNITS = {
    "clearance": "L/h",
    "central_volume": "L",
    "nonrenal_factor": "1",
    "fraction_unbound": "1",
    "pka": "1",
    "secretion_clearance": "mL/min",
    "permeability_surface": "mL/min",
    "renal_factor": "1",
    "residual_factor": "1",
}
"""Canonical units of the parameters that every moiety has; the others follow from its place in the tree."""


def extend(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a file that ``extends`` another: its own tables, and the other's where it has none.

    Parameters and shared effects go by name; its own evidence and notes stand before the other's, so they decide first.
    """
    merged = {**base, **own}
    for key in ("parameters", "effects"):
        if key in base or key in own:
            merged[key] = {**base.get(key, {}), **own.get(key, {})}
    for key in ("evidence", "notes"):
        merged[key] = [*own.get(key, []), *base.get(key, [])]
    merged.pop("extends")
    return merged


def substance(root: Table, sha256: str, known_routes: Collection[str]) -> Substance:
    """Read one substance.

    Parameters
    ----------
    root : Table
        Of the file, with what it extends filled in.
    sha256 : str
    known_routes : collection of str
        Ids of the routes there are.

    Raises
    ------
    CatalogError
        Naming the file and the key.
    """
    moieties = _moieties(root)
    routes = _routes(root, known_routes, [moiety.id for moiety in moieties])
    parameters = _parameters(root, expected_units(moieties, routes))
    _check_fractions(root, moieties, routes, parameters)
    words = {"analytes": [m.id for m in moieties], "routes": list(routes), "patterns": PATTERNS}
    read = Substance(
        id=root.text("id"),
        name=root.text("name"),
        aliases=root.texts("aliases", ()),
        description=root.text("description"),
        revision=root.integer("revision"),
        reviewed=root.text("reviewed"),
        sha256=sha256,
        default_assay=root.text("default_assay"),
        moieties=moieties,
        parameters=MappingProxyType(parameters),
        routes=MappingProxyType(routes),
        salts=tuple(_salt(item) for item in root.tables("salts", ())),
        correlations=_correlations(root, parameters),
        half_life_model=_half_life_model(root, moieties, routes),
        evidence=_evidence(root, words),
        notes=tuple(_note(item, words) for item in root.tables("notes", ())),
        interactions=_interactions(root, parameters),
    )
    root.finish()
    return read


def _moieties(root: Table) -> tuple[Moiety, ...]:
    moieties: list[Moiety] = []
    words: set[str] = set()
    for item in root.tables("moieties"):
        parent = item.text("formed_from", None)
        if (parent is None) != (not moieties):
            raise item.mistake("formed_from", "belongs to every moiety but the first, the administered one")
        if parent is not None and parent not in [m.id for m in moieties]:
            raise item.mistake("formed_from", "must name a moiety listed before it")
        conjugate_of = item.text("conjugate_of", None)
        if conjugate_of is not None and conjugate_of not in [m.id for m in moieties]:
            raise item.mistake("conjugate_of", "must name a moiety listed before it")
        peripherals = item.integer("peripherals")
        if not 0 <= peripherals <= MOST_PERIPHERALS:
            raise item.mistake("peripherals", f"must lie between 0 and {MOST_PERIPHERALS}")
        moiety = Moiety(
            item.text("id"),
            item.text("name"),
            item.texts("abbreviations", ()),
            quantity(item.table("molar_mass"), "g/mol"),
            peripherals,
            parent,
            conjugate_of,
        )
        for word in {moiety.id.lower(), *(short.lower() for short in moiety.abbreviations)}:
            if word in words:
                raise item.mistake("abbreviations", "names a moiety that another already names")
            words.add(word)
        item.finish()
        moieties.append(moiety)
    if not moieties:
        raise root.mistake("moieties", "must not be empty")
    return tuple(moieties)


def _routes(root: Table, known: Collection[str], analytes: list[str]) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for item in root.tables("routes"):
        route_id = item.choice("id", sorted(known))
        if route_id in routes:
            raise item.mistake("id", "stands twice")
        forms = tuple(_form(form, analytes) for form in item.tables("forms"))
        limits = [form.up_to_mg for form in forms]
        bounded = limits[:-1]
        if not forms or limits[-1] is not None or None in bounded or bounded != sorted(set(bounded)):
            raise item.mistake("forms", "must have rising up_to_mg, and none in the last")
        routes[route_id] = Route(route_id, item.text("name"), item.flag("accepts_duration"), forms)
        if routes[route_id].accepts_duration and any("zero" in p.kind for form in forms for p in form.paths):
            raise item.mistake("accepts_duration", "cannot be true beside a path with a zero-order release")
        item.finish()
    return routes


def _form(table: Table, analytes: list[str]) -> RouteForm:
    paths = []
    for item in table.tables("paths"):
        delivers = item.texts("delivers")
        if not delivers or not set(delivers) <= set(analytes):
            raise item.mistake("delivers", f"must name some of {', '.join(analytes)}")
        paths.append(Path(item.text("prefix"), item.choice("kind", PATH_KINDS), delivers, item.flag("lag", False)))
        item.finish()
    if len({path.prefix for path in paths}) < len(paths) or not paths:
        raise table.mistake("paths", "must not be empty, and each prefix stands once")
    up_to = table.number("up_to_mg", None)
    table.finish()
    return RouteForm(up_to, tuple(paths))


def expected_units(moieties: tuple[Moiety, ...], routes: Mapping[str, Route]) -> dict[str, tuple[str, ...]]:
    """The parameters that moieties and routes call for, with their canonical units.

    Returns
    -------
    dict
        Keys are names; where two names exclude each other, the key holds both with ``|`` between.
    """
    units = {"renal.ph_sensitivity": "1"}
    for moiety in moieties:
        units |= {f"{moiety.id}.{name}": unit for name, unit in UNITS.items()}
        for i in range(1, moiety.peripherals + 1):
            units[f"{moiety.id}.intercompartmental_clearance_{i}"] = "L/h"
            units[f"{moiety.id}.peripheral_volume_{i}|{moiety.id}.release_half_life_{i}"] = "L|h"
        if moiety.formed_from is not None:
            units[f"{moiety.id}.formation_fraction"] = "1"
    for path in _paths(routes):
        units |= {f"{path.prefix}.fraction_{analyte}": "1" for analyte in path.delivers}
        if path.kind in ("first-order", "zero-then-first-order"):
            units[f"{path.prefix}.absorption_rate_constant"] = "1/h"
        if path.kind in ("zero-order", "zero-then-first-order"):
            units[f"{path.prefix}.release_duration"] = "h"
        if path.lag:
            units[f"{path.prefix}.lag_time"] = "h"
    return units


def _paths(routes: Mapping[str, Route]):
    return [path for route in routes.values() for form in route.forms for path in form.paths]


def _parameters(root: Table, expected: Mapping[str, str]) -> dict[str, Parameter]:
    table = root.table("parameters")
    units = {}
    for names, unit in expected.items():
        alternatives = dict(zip(names.split("|"), unit.split("|"), strict=True))
        given = [name for name in alternatives if name in table]
        if len(given) != 1:
            words = " or ".join(alternatives)
            raise root.mistake("parameters", f"{'exactly one of ' if len(alternatives) > 1 else ''}{words} is missing")
        units[given[0]] = alternatives[given[0]]
    unknown = sorted(set(table.data) - set(units))
    if unknown:
        raise table.mistake(unknown[0], "no moiety or route calls for this parameter")
    shared = shared_effects(root)
    parameters = {name: parameter(name, table.table(name), units[name], shared) for name in table.data}
    for name, read in parameters.items():
        fixed = name.endswith((".lag_time", ".release_duration"))
        if fixed and (read.variability or read.uncertainty or read.effects):
            raise table.mistake(name, "lags and releases are the same in every draw: neither spread nor effects")
    return parameters


def _check_fractions(root, moieties, routes, parameters) -> None:
    """What one thing turns into cannot be more than all of it."""
    for parent in moieties:
        names = [f"{m.id}.formation_fraction" for m in moieties if m.formed_from == parent.id]
        _check_sum(root, names, parameters)
    for route in routes.values():
        for form in route.forms:
            _check_sum(root, [f"{p.prefix}.fraction_{a}" for p in form.paths for a in p.delivers], parameters)


def _check_sum(root, names, parameters) -> None:
    if sum(parameters[name].value for name in names) > 1.0 + 1e-9:
        raise root.mistake("parameters", f"{' + '.join(names)} is more than 1")


def _salt(table: Table) -> Salt:
    salt = Salt(table.text("id"), quantity(table.table("base_fraction"), "1"))
    if not 0.0 < salt.base_fraction.value <= 1.0:
        raise table.mistake("base_fraction", "must lie between 0 and 1")
    table.finish()
    return salt


def _correlations(root: Table, parameters: Mapping[str, Parameter]) -> tuple[Correlation, ...]:
    correlations = []
    for item in root.tables("correlations", ()):
        names, value = item.texts("parameters"), item.number("value")
        if len(names) != 2 or not set(names) <= set(parameters):
            raise item.mistake("parameters", "must name two parameters of the file")
        if any(not parameters[n].variability or parameters[n].between != "people" for n in names):
            raise item.mistake("parameters", "both must vary between people")
        if not -1.0 < value < 1.0:
            raise item.mistake("value", "must lie between -1 and 1")
        correlations.append(Correlation((names[0], names[1]), value, origin(item)))
        item.finish()
    return tuple(correlations)


def _half_life_model(root: Table, moieties, routes) -> HalfLifeModel:
    table = root.table("half_life_model")
    half_lives = []
    for item in table.tables("half_lives"):
        unit = item.text("unit")
        low, high = (_hours(item, item.number(key), unit) for key in ("low", "high"))
        if not 0.0 < low <= high:
            raise item.mistake("low", "must be above 0 and not above high")
        half_lives.append(HalfLife(item.texts("routes"), low, high, "h", origin(item), item.text("claim")))
        item.finish()
    named = [route for half_life in half_lives for route in half_life.routes]
    if sorted(named) != sorted(routes):
        raise table.mistake("half_lives", f"must name each route once: {', '.join(routes)}")
    fractions = {name: quantity(item, "1") for name, item in table.named_tables("fraction_excreted")}
    if set(fractions) != {moiety.id for moiety in moieties}:
        raise table.mistake("fraction_excreted", "must have each moiety")
    if any(not 0.0 < fraction.value <= 1.0 for fraction in fractions.values()):
        raise table.mistake("fraction_excreted", "must lie between 0 and 1")
    table.finish()
    return HalfLifeModel(tuple(half_lives), MappingProxyType(fractions))


def _hours(table: Table, value: float, unit: str) -> float:
    try:
        return convert(value, unit, "h")
    except ValueError as error:
        raise table.mistake("unit", str(error)) from error


def _conditions(table: Table, words: Mapping[str, Collection[str]]) -> dict[str, Any]:
    conditions = {}
    for key, known in words.items():
        given = table.texts(key, None)
        if given is not None and (not given or not set(given) <= set(known)):
            raise table.mistake(key, f"must name some of {', '.join(known)}")
        conditions[key] = given
    return conditions


def _evidence(root: Table, words) -> tuple[EvidenceRule, ...]:
    rules = []
    for item in root.tables("evidence"):
        grade, because = item.choice("grade", GRADES), item.text("because")
        rules.append(EvidenceRule(grade, because, item.texts("sources"), **_conditions(item, words)))
        item.finish()
    if not rules or any((rules[-1].routes, rules[-1].patterns, rules[-1].analytes)):
        raise root.mistake("evidence", "the last rule must hold always")
    return tuple(rules)


def _note(table: Table, words) -> NoteRule:
    inputs = table.texts("inputs", None)
    note = NoteRule(table.text("code"), table.text("message"), inputs=inputs, **_conditions(table, words))
    table.finish()
    return note


def _interactions(root: Table, parameters: Mapping[str, Parameter]) -> Mapping[str, str]:
    effects = [effect for read in parameters.values() for effect in read.effects]
    used = {word for effect in effects if effect.covariate == "interactions" for word in effect.factors}
    table = root.table("interactions") if "interactions" in root else Table({}, root.file)
    meanings = {word: table.text(word) for word in table.data}
    if set(meanings) != used:
        words = ", ".join(sorted(set(meanings) ^ used))
        raise root.mistake("interactions", f"words and effects do not match: {words}")
    return MappingProxyType(meanings)
