"""Numbers with their origin: quantities, effects of covariates, parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import Effect, Origin, Parameter, Quantity
from detectapi.values.units import convert

BASES = ("measured", "derived", "assumed")
SCALES = ("log", "logit", "linear")
FORMS = ("power", "linear", "exponential", "category")
COVARIATES = {
    "weight_kg": "number",
    "age_y": "number",
    "gfr_ml_min": "number",
    "hepatic_class": "word",
    "interactions": "word",
}
"""What an effect may depend on, and whether it is a number or one or more words."""


def origin(table: Table) -> Origin:
    """``basis`` with ``source`` and ``locator``, or with ``reason``."""
    basis = table.choice("basis", BASES)
    if basis == "assumed":
        return Origin(basis, reason=table.text("reason"))
    return Origin(basis, source=table.text("source"), locator=table.text("locator"))


def quantity(table: Table, unit: str) -> Quantity:
    """A number that is not varied, in the canonical unit."""
    value = _canonical(table, "value", table.number("value"), unit)
    read = Quantity(value, unit, origin(table))
    table.finish()
    return read


def effect(table: Table) -> Effect:
    """How a covariate changes a parameter."""
    covariate = table.choice("covariate", tuple(COVARIATES))
    form = table.choice("form", FORMS)
    if (form == "category") != (COVARIATES[covariate] == "word"):
        raise table.mistake("form", f"does not suit {covariate}")
    if form == "category":
        read = Effect(covariate, form, origin(table), factors=MappingProxyType(table.factors("factors")))
    else:
        clip = table.numbers("clip", None)
        if clip is not None and (len(clip) != 2 or clip[0] >= clip[1]):
            raise table.mistake("clip", "must be two numbers, the lower first")
        coefficient, reference = table.number("coefficient"), table.number("reference")
        if form == "power" and reference <= 0.0:
            raise table.mistake("reference", "must be above 0")
        read = Effect(covariate, form, origin(table), coefficient, reference, clip)
    table.finish()
    return read


def shared_effects(root: Table) -> dict[str, tuple[Effect, ...]]:
    """The named lists of effects that parameters refer to; each must be referred to, or it is a mistyped name."""
    if "effects" not in root:
        return {}
    named = root.table("effects")
    used = {name for item in root.table("parameters").data.values() for name in item.get("effects", ())}
    for name in named.data:
        if name not in used:
            raise named.mistake(name, "no parameter has these effects")
    return {name: tuple(effect(item) for item in named.tables(name)) for name in named.data}


def parameter(name: str, table: Table, unit: str, shared: Mapping[str, tuple[Effect, ...]]) -> Parameter:
    """One parameter, brought to its canonical unit.

    Parameters
    ----------
    name : str
    table : Table
    unit : str
        The canonical unit of this parameter.
    shared : dict
        Effects by name.
    """
    scale = table.choice("scale", SCALES)
    value, low, high = (_canonical(table, key, table.number(key), unit) for key in ("value", "low", "high"))
    if not low <= value <= high:
        raise table.mistake("value", f"lies outside its bounds, {low:g} to {high:g}")
    if scale == "log" and low <= 0.0:
        raise table.mistake("low", "must be above 0 on the log scale")
    if scale == "logit" and not (0.0 < value < 1.0 and 0.0 <= low and high <= 1.0):
        raise table.mistake("value", "must lie between 0 and 1 on the logit scale, and so must its bounds")
    variability, between = _variability(table, scale)
    uncertainty = table.number("uncertainty")
    if uncertainty < 0.0:
        raise table.mistake("uncertainty", "must not be negative")
    read = Parameter(
        name=name,
        value=value,
        unit=unit,
        scale=scale,
        variability=_spread(table, variability, scale, unit),
        uncertainty=_spread(table, uncertainty, scale, unit),
        low=low,
        high=high,
        origin=origin(table),
        effects=_effects(table, shared),
        between=between,
        hypothesis=table.flag("hypothesis", False),
        meaning=table.text("meaning"),
    )
    table.finish()
    return read


def _canonical(table: Table, key: str, value: float, unit: str) -> float:
    try:
        return convert(value, table.text("unit"), unit)
    except ValueError as error:
        raise table.mistake("unit", f"{error} ({key})") from error


def _spread(table: Table, spread: float, scale: str, unit: str) -> float:
    """A standard deviation: without unit on the log and logit scales, in the value's unit on the linear one."""
    return _canonical(table, "value", spread, unit) if scale == "linear" else spread


def _variability(table: Table, scale: str) -> tuple[float, str]:
    """Standard deviation on the parameter's scale, and between whom; a CV is converted exactly."""
    keys = {
        "interindividual_cv": "people",
        "interindividual_sd": "people",
        "interspecimen_cv": "specimens",
        "interspecimen_sd": "specimens",
    }
    given = [key for key in keys if key in table]
    if not given:
        return 0.0, "people"
    if len(given) > 1:
        raise table.mistake(given[1], f"cannot stand beside {given[0]}")
    key = given[0]
    spread = table.number(key)
    if spread <= 0.0:
        raise table.mistake(key, "must be above 0 (leave it out where nothing varies)")
    if key.endswith("_cv"):
        if scale != "log":
            raise table.mistake(key, "belongs to the log scale; give a standard deviation on this one")
        spread = math.sqrt(math.log1p(spread**2))
    return spread, keys[key]


def _effects(table: Table, shared: Mapping[str, tuple[Effect, ...]]) -> tuple[Effect, ...]:
    names = table.texts("effects", ())
    for name in names:
        if name not in shared:
            raise table.mistake("effects", f"no effects of this name in the file; there are {', '.join(shared)}")
    return tuple(item for name in names for item in shared[name])
