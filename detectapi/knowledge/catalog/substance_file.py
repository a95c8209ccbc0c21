"""A substance file read into a `Substance`, with checks of its meaning: names exist, the tree is connected, fractions add up.

Each part is read on its own, so that a mistake in one part hides none in another. A check that needs a part with a mistake
is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from detectapi.knowledge.catalog import model_names
from detectapi.knowledge.catalog.digests import numbers_sha256
from detectapi.knowledge.catalog.moieties import are_known, check_delivered, ids, moieties
from detectapi.knowledge.catalog.parameters import PATTERNS, origin, parameter, quantity, shared_effects
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import (
    ORDINARY_MOST_MG,
    Brand,
    Correlation,
    DoseUnit,
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
    WordCovariate,
)
from detectapi.values.units import KINDS, convert

PATH_KINDS = ("bolus", "first-order", "zero-order", "zero-then-first-order", "capacity-limited")
GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")

Words = Mapping[str, Collection[str]]
Effects = Mapping[str, tuple[Effect, ...]]


def substance(
    root: Table, sha256: str, known_routes: Collection[str], covariates: Mapping[str, WordCovariate]
) -> Substance:
    """Read one substance; mistakes are noted in the table.

    Parameters
    ----------
    root : Table
        The file, completed by what it extends and includes.
    sha256 : str
    known_routes : collection of str
        Ids of all routes.
    covariates : dict of str to WordCovariate
        All covariates of words, by name.
    """
    tree = moieties(root)
    routes = _routes(root, known_routes, tree)
    check_delivered(root, tree, routes)
    effects = shared_effects(root, covariates)
    effects_of = frozenset(one.covariate for listed in effects.values() for one in listed)
    parameters = _parameters(root, tree, routes, effects)
    _check_fractions(root, tree, routes, parameters)
    analytes = [moiety.id for moiety in tree if not moiety.no_analyte]
    words = {"analytes": analytes, "routes": list(routes), "patterns": PATTERNS}
    salts = tuple(_salt(item) for item in root.tables("salts", optional=True))
    result = Substance(
        id=root.text("id"),
        name=root.text("name"),
        aliases=root.optional_texts("aliases") or (),
        description=root.text("description"),
        revision=root.integer("revision"),
        reviewed=root.text("reviewed"),
        sha256=sha256,
        numbers_sha256=numbers_sha256(root.data),
        default_assay=root.text("default_assay"),
        moieties=tree,
        parameters=MappingProxyType(parameters),
        routes=MappingProxyType(routes),
        salts=salts,
        correlations=tuple(_correlation(item, parameters) for item in root.tables("correlations", optional=True)),
        half_life_model=_half_life_model(root, analytes, routes),
        evidence=_evidence(root, words),
        notes=tuple(_note(item, words) for item in root.tables("notes", optional=True)),
        interactions=_interactions(root, effects),
        covariates=MappingProxyType({name: one for name, one in covariates.items() if name in effects_of}),
        dose_units=tuple(_dose_unit(item) for item in root.tables("dose_units", optional=True)),
        brands=tuple(_brand(item, salts, routes) for item in root.tables("brands", optional=True)),
        most_mg=_most_mg(root),
        effects_of=effects_of,
    )
    root.finish()
    return result


# -- routes -----------------------------------------------------------------------------------------------------------


def _routes(root: Table, known: Collection[str], tree: tuple[Moiety, ...]) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for item in root.tables("routes"):
        route_id = item.choice("id", sorted(known))
        if route_id in routes:
            item.refuse("id", "is listed twice")
        forms = tuple(_form(form, ids(tree)) for form in item.tables("forms"))
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
        if unknown and item.is_sound("delivers") and are_known(analytes):
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
    root: Table, tree: tuple[Moiety, ...], routes: Mapping[str, Route], shared: Effects
) -> dict[str, Parameter]:
    table = root.table("parameters")
    is_there = root.is_sound("parameters")
    units = model_names.allowed(tree)
    open_names = model_names.undecided(root, tree)
    for alternatives in model_names.needed(tree, routes):
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
        falling = any(one.covariate == "amount_mg" and one.coefficient <= -1.0 for one in parameters[name].effects)
        if falling and ".fraction_" in name:
            table.refuse(name, "must fall more slowly than the amount rises: the coefficient must be above -1")
    return parameters


def _check_fractions(
    root: Table, tree: tuple[Moiety, ...], routes: Mapping[str, Route], parameters: Mapping[str, Parameter]
) -> None:
    """The fractions of one whole cannot add up to more than 1."""
    for parent in tree:
        names = [moiety.formation_fraction(parent.id) for moiety in tree if parent.id in moiety.parents]
        _check_sum(root, names, parameters)
    for route in routes.values():
        for form in route.forms:
            paths = [path for path in form.paths if path.kind != "capacity-limited"]
            names = [f"{path.prefix}.fraction_{analyte}" for path in paths for analyte in path.delivers]
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


def _dose_unit(table: Table) -> DoseUnit:
    unit = DoseUnit(table.text("id"), table.text("name"), quantity(table.table("amount"), "mg"))
    if unit.amount.value <= 0.0:
        table.refuse("amount", "must be above 0")
    table.finish()
    return unit


def _brand(table: Table, salts: tuple[Salt, ...], routes: Collection[str]) -> Brand:
    brand = Brand(table.text("name"), table.optional_text("salt"), table.optional_text("route"))
    if brand.salt not in (None, "base", *(salt.id for salt in salts)):
        table.refuse("salt", "must be base or a salt of the file")
    if brand.route is not None and brand.route not in routes and are_known(routes):
        table.refuse("route", f"must be a route of the file: {', '.join(routes)}")
    table.finish()
    return brand


def _most_mg(root: Table) -> float:
    most = root.optional_number("most_mg")
    if most is not None and most <= 0.0:
        root.refuse("most_mg", "must be above 0")
    return ORDINARY_MOST_MG if most is None else most


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


def _half_life_model(root: Table, analytes: list[str], routes: Mapping[str, Route]) -> HalfLifeModel:
    table = root.table("half_life_model")
    half_lives = tuple(_half_life(item) for item in table.tables("half_lives"))
    named = [route for half_life in half_lives for route in half_life.routes]
    if sorted(named) != sorted(routes) and table.is_sound("half_lives") and are_known(routes):
        table.refuse("half_lives", f"must name each route once: {', '.join(routes)}")
    fractions = {name: quantity(item, "1") for name, item in table.named_tables("fraction_excreted")}
    if set(fractions) != set(analytes) and table.is_sound("fraction_excreted") and are_known(analytes):
        table.refuse("fraction_excreted", f"must have each analyte: {', '.join(analytes)}")
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
    conditions: dict[str, Any] = {}
    for key, known in words.items():
        listed = table.optional_texts(key)
        if listed is not None and (not listed or not set(listed) <= set(known)) and are_known(known):
            table.refuse(key, f"must name some of {', '.join(known)}")
        conditions[key] = listed
    conditions["hydrolysed"] = table.flag("hydrolysed") if "hydrolysed" in table else None
    table.allow("hydrolysed")
    return conditions


def _evidence(root: Table, words: Words) -> tuple[EvidenceRule, ...]:
    rules = []
    for item in root.tables("evidence"):
        grade, because = item.choice("grade", GRADES), item.text("because")
        above = item.optional_number("above_mg")
        rules.append(EvidenceRule(grade, because, item.texts("sources"), **_conditions(item, words), above_mg=above))
        item.finish()
    if _is_conditional(rules[-1]) if rules else root.is_sound("evidence"):
        root.refuse("evidence", "the last rule must hold always")
    return tuple(rules)


def _is_conditional(rule: EvidenceRule) -> bool:
    conditions = (rule.routes, rule.patterns, rule.analytes, rule.hydrolysed, rule.above_mg)
    return any(condition is not None for condition in conditions)


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
