"""Numbers with their origin: quantities, effects of covariates, parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import Effect, Origin, Parameter, Quantity, WordCovariate
from detectapi.values.units import KINDS, convert

BASES = ("measured", "derived", "assumed")
SCALES = ("log", "logit", "linear")
FORMS = ("power", "linear", "exponential", "category")
COVARIATES = {
    "weight_kg": "number",
    "age_y": "number",
    "gfr_of_normal": "number",
    "hepatic_class": "word",
    "interactions": "word",
    "pattern": "word",
    "amount_mg": "number",
}
"""What an effect may depend on beside the covariates of ``covariates.toml``, and whether that is a number or one or more words."""

PATTERNS = ("single", "course", "chronic")

SPREADS = {
    "interindividual_cv": "people",
    "interindividual_sd": "people",
    "interspecimen_cv": "specimens",
    "interspecimen_sd": "specimens",
}
"""The keys of a variability, and what differs by it."""


def origin(table: Table) -> Origin:
    """``basis`` with ``source`` and ``locator``, or with ``reason``."""
    basis = table.choice("basis", BASES)
    if basis == "assumed":
        return Origin(basis, reason=table.text("reason"))
    if basis:
        return Origin(basis, source=table.text("source"), locator=table.text("locator"))
    table.allow("source", "locator", "reason")
    return Origin(basis)


def quantity(table: Table, unit: str) -> Quantity:
    """A number that does not vary, in its canonical unit."""
    value = _canonical(table, table.number("value"), unit)
    result = Quantity(value, unit, origin(table))
    table.finish()
    return result


def effect(table: Table, covariates: Mapping[str, WordCovariate]) -> Effect:
    """How a covariate changes a parameter.

    Parameters
    ----------
    table : Table
    covariates : dict of str to WordCovariate
        Those of words, by name.
    """
    covariate = table.choice("covariate", (*COVARIATES, *covariates))
    form = table.choice("form", FORMS)
    if covariate and form and (form == "category") != (COVARIATES.get(covariate, "word") == "word"):
        table.refuse("form", f"does not suit {covariate}")
        form = ""
    if covariate == "amount_mg" and form not in ("", "power"):
        table.refuse("form", "must be power: what is absorbed must rise with the amount")
    factors: dict[str, float] = {}
    clip: tuple[float, float] | None = None
    coefficient, reference = 0.0, 0.0
    if form == "category":
        factors = _factors(table, covariate, covariates)
    elif form:
        clip = _clip(table)
        coefficient, reference = table.number("coefficient"), table.number("reference")
        if form == "power" and reference <= 0.0:
            table.refuse("reference", "must be above 0")
    else:
        table.allow("factors", "clip", "coefficient", "reference")
    result = Effect(covariate, form, origin(table), coefficient, reference, clip, MappingProxyType(factors))
    table.finish()
    return result


def _factors(table: Table, covariate: str, covariates: Mapping[str, WordCovariate]) -> dict[str, float]:
    factors = table.factors("factors")
    known = PATTERNS if covariate == "pattern" else covariates[covariate].words if covariate in covariates else factors
    for word in factors:
        if word not in known:
            table.table("factors").refuse(word, f"is no word of {covariate}; there are {', '.join(known)}")
    return factors


def _clip(table: Table) -> tuple[float, float] | None:
    limits = table.optional_numbers("clip")
    if limits is None:
        return None
    if len(limits) != 2 or limits[0] >= limits[1]:
        table.refuse("clip", "must be two numbers, the lower first")
        return None
    return limits[0], limits[1]


def shared_effects(root: Table, covariates: Mapping[str, WordCovariate]) -> dict[str, tuple[Effect, ...]]:
    """The named lists of effects. A list that no parameter names is refused: its name is probably mistyped."""
    if "effects" not in root:
        return {}
    named = root.table("effects")
    used = _effects_in_use(root)
    for name in named.data:
        if name not in used:
            named.refuse(name, "no parameter has these effects")
    return {name: tuple(effect(item, covariates) for item in named.tables(name)) for name in named.data}


def _effects_in_use(root: Table) -> set[str]:
    parameters = root.data.get("parameters")
    tables = parameters.values() if isinstance(parameters, Mapping) else ()
    lists = [table.get("effects") for table in tables if isinstance(table, Mapping)]
    return {name for names in lists if isinstance(names, list) for name in names if isinstance(name, str)}


def parameter(name: str, table: Table, unit: str | None, shared: Mapping[str, tuple[Effect, ...]]) -> Parameter:
    """One parameter, converted to its canonical unit.

    Parameters
    ----------
    name : str
    table : Table
    unit : str or None
        The canonical unit of this parameter; None where it is not known, so that no unit is wrong.
    shared : dict
        Effects by name.
    """
    scale = table.choice("scale", SCALES)
    value, low, high = (_canonical(table, table.number(key), unit) for key in ("value", "low", "high"))
    if value < low or value > high:
        table.refuse("value", f"lies outside its bounds, {low:g} to {high:g}")
    if scale == "log" and low <= 0.0:
        table.refuse("low", "must be above 0 on the log scale")
    if scale == "logit" and (value <= 0.0 or value >= 1.0 or low < 0.0 or high > 1.0):
        table.refuse("value", "must lie between 0 and 1 on the logit scale, and so must its bounds")
    variability, between = _variability(table, scale)
    uncertainty = table.number("uncertainty")
    if uncertainty < 0.0:
        table.refuse("uncertainty", "must not be negative")
    if scale == "linear":  # these spreads are in the unit of the value; on the other scales they have none
        variability, uncertainty = (_canonical(table, spread, unit) for spread in (variability, uncertainty))
    result = Parameter(
        name=name,
        value=value,
        unit=unit or "",
        scale=scale,
        variability=variability,
        uncertainty=uncertainty,
        low=low,
        high=high,
        origin=origin(table),
        effects=_effects(table, shared),
        between=between,
        hypothesis=table.flag("hypothesis", False),
        meaning=table.text("meaning"),
    )
    table.finish()
    return result


def _canonical(table: Table, value: float, unit: str | None) -> float:
    """A number of the table in the canonical unit; as it is where that unit or the table's own is not known."""
    written = table.text("unit")
    if unit is None or not written:
        return value
    try:
        return convert(value, written, unit)
    except ValueError:
        table.refuse("unit", f"must be {unit}, or one of the same kind: {', '.join(KINDS[unit])}")
        return value


def _variability(table: Table, scale: str) -> tuple[float, str]:
    """Standard deviation on the parameter's scale, and what differs by it; a CV is converted exactly."""
    present = [key for key in SPREADS if key in table]
    if not present:
        return 0.0, "people"
    key, *others = present
    for other in others:
        table.refuse(other, f"cannot stand beside {key}")
    table.allow(*others)
    spread = table.number(key)
    if spread <= 0.0:
        table.refuse(key, "must be above 0 (leave it out where nothing varies)")
        return 0.0, SPREADS[key]
    if key.endswith("_cv"):
        if scale not in ("", "log"):
            table.refuse(key, "belongs to the log scale; give a standard deviation on this one")
        spread = math.sqrt(math.log1p(spread**2))
    return spread, SPREADS[key]


def _effects(table: Table, shared: Mapping[str, tuple[Effect, ...]]) -> tuple[Effect, ...]:
    names = table.optional_texts("effects") or ()
    for name in names:
        if name not in shared:
            table.refuse("effects", f"the file has no effects {name}; it has: {', '.join(shared) or 'none'}")
    return tuple(item for name in names for item in shared.get(name, ()))
