"""A substance file read into a `Substance`, with checks of its meaning: names exist, the tree is connected, fractions add up.

Each part is read on its own, so that a mistake in one part hides none in another. A check that needs a part with a mistake
is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from detectapi.knowledge.catalog import model_names
from detectapi.knowledge.catalog.parameters import origin, parameter, quantity, shared_effects
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import (
    Correlation,
    Effect,
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
from detectapi.values.units import KINDS, convert

PATH_KINDS = ("bolus", "first-order", "zero-order", "zero-then-first-order")
GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
PATTERNS = ("single", "course", "chronic")
MOST_PERIPHERALS = 3

Words = Mapping[str, Collection[str]]
Effects = Mapping[str, tuple[Effect, ...]]


def extend(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a file that ``extends`` another: its own tables, and those of the other that it does not have.

    Parameters and shared effects are replaced by name. Its own evidence and notes come before those of the other, so they
    decide first.
    """
    merged = {**base, **own}
    for key in ("parameters", "effects"):
        if isinstance(base.get(key), Mapping) and isinstance(own.get(key), Mapping):
            merged[key] = {**base[key], **own[key]}
    for key in ("evidence", "notes"):
        if isinstance(base.get(key), list) and isinstance(own.get(key), list):
            merged[key] = [*own[key], *base[key]]
    merged.pop("extends")
    return merged


def substance(root: Table, sha256: str, known_routes: Collection[str]) -> Substance:
    """Read one substance; mistakes are noted in the table.

    Parameters
    ----------
    root : Table
        The file, completed by what it extends.
    sha256 : str
    known_routes : collection of str
        Ids of all routes.
    """
    moieties = _moieties(root)
    routes = _routes(root, known_routes, moieties)
    effects = shared_effects(root)
    parameters = _parameters(root, moieties, routes, effects)
    _check_fractions(root, moieties, routes, parameters)
    words = {"analytes": _ids(moieties), "routes": list(routes), "patterns": PATTERNS}
    result = Substance(
        id=root.text("id"),
        name=root.text("name"),
        aliases=root.optional_texts("aliases") or (),
        description=root.text("description"),
        revision=root.integer("revision"),
        reviewed=root.text("reviewed"),
        sha256=sha256,
        default_assay=root.text("default_assay"),
        moieties=moieties,
        parameters=MappingProxyType(parameters),
        routes=MappingProxyType(routes),
        salts=tuple(_salt(item) for item in root.tables("salts", optional=True)),
        correlations=tuple(_correlation(item, parameters) for item in root.tables("correlations", optional=True)),
        half_life_model=_half_life_model(root, moieties, routes),
        evidence=_evidence(root, words),
        notes=tuple(_note(item, words) for item in root.tables("notes", optional=True)),
        interactions=_interactions(root, effects),
    )
    root.finish()
    return result


def _ids(moieties: Iterable[Moiety]) -> list[str]:
    return [moiety.id for moiety in moieties]


def _are_known(words: Collection[str]) -> bool:
    """Whether the ids of all moieties or routes could be read, so that a word can be looked for among them."""
    return bool(words) and "" not in words


# -- the tree of moieties ---------------------------------------------------------------------------------------------


def _moieties(root: Table) -> tuple[Moiety, ...]:
    moieties: list[Moiety] = []
    words: set[str] = set()
    for item in root.tables("moieties"):
        moiety = _moiety(item, moieties)
        names = {moiety.id.lower(), *(short.lower() for short in moiety.abbreviations)} - {""}
        if names & words:
            item.refuse("abbreviations", "has a name that another moiety has already")
        words |= names
        moieties.append(moiety)
    if not moieties and root.is_sound("moieties"):
        root.refuse("moieties", "must not be empty")
    return tuple(moieties)


def _moiety(item: Table, before: list[Moiety]) -> Moiety:
    if ("formed_from" in item) != bool(before):
        item.refuse("formed_from", "belongs to every moiety but the first, the administered one")
    known = _ids(before)
    parent, conjugate_of = item.optional_text("formed_from"), item.optional_text("conjugate_of")
    for key, word in (("formed_from", parent), ("conjugate_of", conjugate_of)):
        if word is not None and word not in known and "" not in known and item.is_sound(key):
            item.refuse(key, "must name a moiety listed before it")
    peripherals = item.integer("peripherals")
    if not 0 <= peripherals <= MOST_PERIPHERALS:
        item.refuse("peripherals", f"must lie between 0 and {MOST_PERIPHERALS}")
    moiety = Moiety(
        item.text("id"),
        item.text("name"),
        item.optional_texts("abbreviations") or (),
        quantity(item.table("molar_mass"), "g/mol"),
        peripherals,
        parent,
        conjugate_of,
    )
    item.finish()
    return moiety


# -- routes -----------------------------------------------------------------------------------------------------------


def _routes(root: Table, known: Collection[str], moieties: tuple[Moiety, ...]) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for item in root.tables("routes"):
        route_id = item.choice("id", sorted(known))
        if route_id in routes:
            item.refuse("id", "is listed twice")
        forms = tuple(_form(form, _ids(moieties)) for form in item.tables("forms"))
        limits = [form.up_to_mg for form in forms]
        rising = bool(forms) and limits[-1] is None and _is_rising(limits[:-1])
        if not rising and item.is_sound("forms"):
            item.refuse("forms", "must have rising up_to_mg, and none in the last")
        route = Route(route_id, item.text("name"), item.flag("accepts_duration"), forms)
        if route.accepts_duration and any("zero" in path.kind for form in forms for path in form.paths):
            item.refuse("accepts_duration", "cannot be true beside a path with a zero-order release")
        item.finish()
        routes[route_id] = route
    return routes


def _is_rising(limits: list[float | None]) -> bool:
    numbers = [limit for limit in limits if limit is not None]
    return len(numbers) == len(limits) and numbers == sorted(set(numbers))


def _form(table: Table, analytes: list[str]) -> RouteForm:
    paths = []
    for item in table.tables("paths"):
        delivers = item.texts("delivers")
        unknown = not delivers or not set(delivers) <= set(analytes)
        if unknown and item.is_sound("delivers") and _are_known(analytes):
            item.refuse("delivers", f"must name some of {', '.join(analytes)}")
        paths.append(Path(item.text("prefix"), item.choice("kind", PATH_KINDS), delivers, item.flag("lag", False)))
        item.finish()
    if (not paths or len({path.prefix for path in paths}) < len(paths)) and table.is_sound("paths"):
        table.refuse("paths", "must not be empty, and each prefix occurs once")
    up_to = table.optional_number("up_to_mg")
    table.finish()
    return RouteForm(up_to, tuple(paths))


# -- parameters -------------------------------------------------------------------------------------------------------


def _parameters(
    root: Table, moieties: tuple[Moiety, ...], routes: Mapping[str, Route], shared: Effects
) -> dict[str, Parameter]:
    table = root.table("parameters")
    is_there = root.is_sound("parameters")
    units: dict[str, str] = {}
    open_names = model_names.undecided(root, moieties)
    for alternatives in model_names.needed(moieties, routes):
        present = [name for name in alternatives if name in table]
        units |= {name: alternatives[name] for name in present}
        if len(present) != 1 and is_there and not any(map(open_names, alternatives)):
            words = " or ".join(alternatives)
            root.refuse("parameters", f"{'exactly one of ' if len(alternatives) > 1 else ''}{words} is missing")
    parameters = {}
    for name in table.data:
        if name not in units and not open_names(name):
            table.refuse(name, "no moiety or route needs this parameter")
        item = table.table(name)
        parameters[name] = parameter(name, item, units.get(name), shared)
        spreads = parameters[name].variability or parameters[name].uncertainty or parameters[name].effects
        if name.endswith((".lag_time", ".release_duration")) and spreads and item.is_sound():
            table.refuse(name, "lags and releases are the same in every draw: neither spread nor effects")
    return parameters


def _check_fractions(
    root: Table, moieties: tuple[Moiety, ...], routes: Mapping[str, Route], parameters: Mapping[str, Parameter]
) -> None:
    """The fractions of one whole cannot add up to more than 1."""
    for parent in moieties:
        names = [f"{moiety.id}.formation_fraction" for moiety in moieties if moiety.formed_from == parent.id]
        _check_sum(root, names, parameters)
    for route in routes.values():
        for form in route.forms:
            names = [f"{path.prefix}.fraction_{analyte}" for path in form.paths for analyte in path.delivers]
            _check_sum(root, names, parameters)


def _check_sum(root: Table, names: list[str], parameters: Mapping[str, Parameter]) -> None:
    if sum(parameters[name].value for name in names if name in parameters) > 1.0 + 1e-9:
        root.refuse("parameters", f"{' + '.join(names)} is more than 1")


# -- the rest ---------------------------------------------------------------------------------------------------------


def _salt(table: Table) -> Salt:
    salt = Salt(table.text("id"), quantity(table.table("base_fraction"), "1"))
    if salt.base_fraction.value <= 0.0 or salt.base_fraction.value > 1.0:
        table.refuse("base_fraction", "must lie between 0 and 1")
    table.finish()
    return salt


def _correlation(table: Table, parameters: Mapping[str, Parameter]) -> Correlation:
    names, value = table.texts("parameters"), table.number("value")
    if table.is_sound("parameters"):
        if len(names) != 2 or not set(names) <= set(parameters):
            table.refuse("parameters", "must name two parameters of the file")
        elif any(not parameters[name].variability or parameters[name].between != "people" for name in names):
            table.refuse("parameters", "both must vary between people")
    if value <= -1.0 or value >= 1.0:
        table.refuse("value", "must lie between -1 and 1")
    first, second = (*names, "", "")[:2]
    correlation = Correlation((first, second), value, origin(table))
    table.finish()
    return correlation


def _half_life_model(root: Table, moieties: tuple[Moiety, ...], routes: Mapping[str, Route]) -> HalfLifeModel:
    table = root.table("half_life_model")
    half_lives = tuple(_half_life(item) for item in table.tables("half_lives"))
    named = [route for half_life in half_lives for route in half_life.routes]
    if sorted(named) != sorted(routes) and table.is_sound("half_lives") and _are_known(routes):
        table.refuse("half_lives", f"must name each route once: {', '.join(routes)}")
    fractions = {name: quantity(item, "1") for name, item in table.named_tables("fraction_excreted")}
    known = set(_ids(moieties))
    if set(fractions) != known and table.is_sound("fraction_excreted") and _are_known(known):
        table.refuse("fraction_excreted", "must have each moiety")
    if any(fraction.value <= 0.0 or fraction.value > 1.0 for fraction in fractions.values()):
        table.refuse("fraction_excreted", "must lie between 0 and 1")
    table.finish()
    return HalfLifeModel(half_lives, MappingProxyType(fractions))


def _half_life(table: Table) -> HalfLife:
    unit = table.choice("unit", tuple(KINDS["h"]))
    low, high = (convert(table.number(key), unit, "h") if unit else table.number(key) for key in ("low", "high"))
    if low <= 0.0 or low > high:
        table.refuse("low", "must be above 0 and not above high")
    half_life = HalfLife(table.texts("routes"), low, high, "h", origin(table), table.text("claim"))
    table.finish()
    return half_life


def _conditions(table: Table, words: Words) -> dict[str, Any]:
    conditions = {}
    for key, known in words.items():
        listed = table.optional_texts(key)
        if listed is not None and (not listed or not set(listed) <= set(known)) and _are_known(known):
            table.refuse(key, f"must name some of {', '.join(known)}")
        conditions[key] = listed
    return conditions


def _evidence(root: Table, words: Words) -> tuple[EvidenceRule, ...]:
    rules = []
    for item in root.tables("evidence"):
        grade, because = item.choice("grade", GRADES), item.text("because")
        rules.append(EvidenceRule(grade, because, item.texts("sources"), **_conditions(item, words)))
        item.finish()
    conditional = (
        any((rules[-1].routes, rules[-1].patterns, rules[-1].analytes)) if rules else root.is_sound("evidence")
    )
    if conditional:
        root.refuse("evidence", "the last rule must hold always")
    return tuple(rules)


def _note(table: Table, words: Words) -> NoteRule:
    inputs = table.optional_texts("inputs")
    note = NoteRule(table.text("code"), table.text("message"), inputs=inputs, **_conditions(table, words))
    table.finish()
    return note


def _interactions(root: Table, shared: Effects) -> Mapping[str, str]:
    effects = [effect for listed in shared.values() for effect in listed if effect.covariate in ("", "interactions")]
    used = {word for effect in effects for word in effect.factors}
    table = root.table("interactions") if "interactions" in root else Table({}, root.file)
    meanings = {word: table.text(word) for word in table.data}
    if set(meanings) != used and all(effect.factors for effect in effects):
        words = ", ".join(sorted(set(meanings) ^ used))
        root.refuse("interactions", f"words and effects do not match: {words}")
    return MappingProxyType(meanings)
