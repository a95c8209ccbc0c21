"""The population's body, kidneys and urine, read from ``data/physiology``: ``body.toml``, ``kidney.toml`` and ``urine.toml``."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from detectapi.inputs.table import INPUTS
from detectapi.knowledge.catalog.parameters import origin, parameter
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.physiology import (
    AdultBody,
    BodySurvey,
    Course,
    GfrMethod,
    Measure,
    PhysiologyData,
    SpecimenValidity,
)
from detectapi.values.substance import Parameter
from detectapi.values.units import convert

FILES = ("body", "kidney", "urine")
"""Names of the files, in the order in which they are read."""
SEXES = ("male", "female")
CKD_STAGES = tuple(INPUTS["renal.ckd_stage"].words)
PARAMETERS = {
    "creatinine_between_voids": "1",
    "gfr_ml_min_1_73m2": "mL/min/1.73m2",
    "osmole_excretion_mosm_d": "mosm/d",
    "permeability_exponent": "1",
    "pregnancy_gfr_factor": "1",
    "secretion_exponent": "1",
    "specific_gravity_per_osmolality": "kg/mosm",
    "urine_flow_between_voids": "1",
    "urine_flow_ml_h": "mL/h",
    "urine_flow_ml_h.high": "mL/h",
    "urine_flow_ml_h.low": "mL/h",
    "urine_ph": "1",
    "urine_ph_between_voids": "1",
    "void_interval_h": "h",
    "void_interval_h.first_morning": "h",
}
"""Numbers that vary between people or specimens, or are uncertain, with canonical units."""
QUANTITIES = {
    "body.child_share": "1",
    "creatinine.age_of_adult": "y",
    "creatinine.cv.female": "1",
    "creatinine.cv.male": "1",
    "creatinine.decline.female": "1/y",
    "creatinine.decline.male": "1/y",
    "creatinine.decline_from": "y",
    "creatinine.weight_exponent": "1",
    "gfr.adult_spread": "1",
    "gfr.bmi_high": "kg/m2",
    "gfr.bmi_low": "kg/m2",
    "gfr.child": "mL/min/1.73m2",
    "gfr.child_spread": "1",
    "gfr.fall": "1/y",
    "gfr.falling_from": "y",
    "gfr.half_mature_at": "wk",
    "gfr.infant_spread": "1",
    "gfr.maturation_steepness": "1",
    "gfr.mature": "mL/min",
    "gfr.spread_rise": "1/y",
    "gfr.spread_rising_from": "y",
    "gfr.unusual_spread": "1",
    "gfr.young_adult": "mL/min/1.73m2",
    "intake.cv": "1",
    "intake.share": "1",
    "intake.without_drinking": "L/d",
    "night.failing_share": "1",
    "liver.spread": "1",
    "night.flow": "1",
    "night.flow_cv": "1",
    "night.healthy_share": "1",
    "night.old_from": "y",
    "night.young_until": "y",
    "osmoles.creatinine_correlation": "1",
    "refractometer.gravity_error": "1",
    "size.child_age": "y",
    "size.child_spread": "1",
    "size.heavy_exponent_uncertainty": "1",
    "size.heavy_weight": "kg",
    "strip.gravity_error": "1",
    "strip.ph_error": "1",
    "urine.child_flow_cv": "1",
    "urine.failing_share": "1",
    "urine.highest_osmolality": "mosm/kg",
    "urine.highest_osmolality_failing": "mosm/kg",
}
"""Numbers that are the same in every draw, with canonical units."""
COURSES = {
    "creatinine_excretion_mg_kg_d.female": "mg/kg/d",
    "creatinine_excretion_mg_kg_d.male": "mg/kg/d",
    "osmole_excretion_mosm_d": "mosm/d",
    "urine_flow_ml_h": "mL/h",
    "void_interval_h": "h",
}
"""Numbers that change with age, with canonical units."""
GFR_METHODS = (
    "bedside-schwartz",
    "ckd-epi-2021",
    "ckid-u25",
    "clearance",
    "cockcroft-gault",
    "ekfc",
    "estimated",
    "timed-collection",
)
"""The methods by which the kidney function in a request may have been measured or computed."""


def read_population(body: Table, kidney: Table, urine: Table) -> PhysiologyData:
    """Read the three files; mistakes are noted in their tables."""
    bodies = {sex: _body(table) for sex, table in body.named_tables("bodies")}
    _complete(body, "bodies", bodies, SEXES)
    parameters: dict[str, Parameter] = {}
    quantities: dict[str, Measure] = {}
    for root in (kidney, urine):
        for name, table in root.named_tables("parameters"):
            parameters[name] = parameter(name, table, _unit(table, PARAMETERS, name), {})
        for name, table in root.named_tables("quantities"):
            quantities[name] = _measure(name, table)
    methods = {name: _method(name, table) for name, table in kidney.named_tables("gfr_methods")}
    stages = {name: _stage(table) for name, table in kidney.named_tables("ckd_stages")}
    courses = {name: _course(name, table) for name, table in urine.named_tables("courses")}
    _complete(kidney, "parameters", parameters, PARAMETERS)
    _complete(kidney, "quantities", quantities, QUANTITIES)
    _complete(kidney, "gfr_methods", methods, GFR_METHODS)
    _complete(urine, "courses", courses, COURSES)
    if tuple(stages) != CKD_STAGES:
        kidney.refuse("ckd_stages", f"must be {', '.join(CKD_STAGES)}, in this order")
    validity = _validity(kidney.table("specimen_validity"))
    for root in (body, kidney, urine):
        root.finish()
    return PhysiologyData(
        parameters=MappingProxyType(parameters),
        quantities=MappingProxyType(quantities),
        courses=MappingProxyType(courses),
        bodies=MappingProxyType(bodies),
        gfr_methods=MappingProxyType(methods),
        ckd_stages=MappingProxyType(stages),
        specimen_validity=validity,
    )


def _complete(root: Table, key: str, present: Collection[str], needed: Collection[str]) -> None:
    if set(present) != set(needed):
        words = ", ".join(sorted(set(present) ^ set(needed)))
        root.refuse(key, f"missing, or not needed by the model: {words}")


def _unit(table: Table, units: Mapping[str, str], name: str) -> str:
    return units.get(name) or table.text("unit")


def _canonical(table: Table, value: float, unit: str) -> float:
    try:
        return convert(value, table.text("unit"), unit)
    except ValueError as error:
        table.refuse("unit", str(error))
        return math.nan


def _measure(name: str, table: Table) -> Measure:
    unit = _unit(table, QUANTITIES, name)
    result = Measure(name, _canonical(table, table.number("value"), unit), unit, table.text("meaning"), origin(table))
    table.finish()
    return result


def _course(name: str, table: Table) -> Course:
    unit = _unit(table, COURSES, name)
    points = table.tables("points")
    ages = [point.number("age_y") for point in points]
    values = [_canonical(table, point.number("value"), unit) for point in points]
    origins = [origin(point) for point in points]
    for point, value in zip(points, values, strict=True):
        if value <= 0.0:
            point.refuse("value", "must be above 0")
        point.finish()
    if len(ages) < 2 or _falls(ages):
        table.refuse("points", "must be two or more, at increasing ages")
    result = Course(name, unit, table.text("meaning"), tuple(ages), tuple(values), tuple(origins))
    table.finish()
    return result


def _falls(ages: Sequence[float]) -> bool:
    return any(later <= earlier for earlier, later in zip(ages, ages[1:], strict=False))


def _body(table: Table) -> BodySurvey:
    ages, (weights, heights) = _columns(table, "medians", ("weight_kg", "height_cm"))
    spread_ages, (weight_spreads, height_spreads, correlations) = _columns(
        table, "spreads", ("weight", "height", "correlation")
    )
    if any(correlation >= 1.0 for correlation in correlations):
        table.refuse("spreads", "a correlation must be below 1")
    result = BodySurvey(
        ages=ages,
        weights=weights,
        heights=heights,
        spread_ages=spread_ages,
        weight_spreads=weight_spreads,
        height_spreads=height_spreads,
        correlations=correlations,
        adult=_adult(table.table("adult")),
    )
    table.finish()
    return result


def _adult(table: Table) -> AdultBody:
    result = AdultBody(
        weight=table.number("weight_kg"),
        weight_spread=table.number("weight_spread"),
        height=table.number("height_cm"),
        height_spread=table.number("height_spread"),
        correlation=table.number("correlation"),
        origin=origin(table),
    )
    table.finish()
    return result


def _columns(table: Table, key: str, names: Sequence[str]) -> tuple[tuple[float, ...], list[tuple[float, ...]]]:
    """Columns of numbers by age, joined from several tables."""
    ages: list[float] = []
    columns: list[list[float]] = [[] for _ in names]
    for part in table.tables(key):
        some = _numbers(part, "ages_y")
        ages += some
        for name, column in zip(names, columns, strict=True):
            numbers = _numbers(part, name)
            if len(numbers) != len(some) or any(number <= 0.0 for number in numbers):
                part.refuse(name, "must have a number above 0 for each age")
            column += numbers
        origin(part)
        part.finish()
    if _falls(ages):
        table.refuse(key, "ages must increase")
    return tuple(ages), [tuple(column) for column in columns]


def _numbers(table: Table, key: str) -> tuple[float, ...]:
    numbers = table.optional_numbers(key)
    if numbers is None and table.is_sound(key):
        table.refuse(key, "is missing")
    return numbers or ()


def _method(name: str, table: Table) -> GfrMethod:
    result = GfrMethod(
        id=name,
        name=table.text("name"),
        factor=table.number("factor"),
        spread=table.number("spread"),
        youngest=table.number("youngest_y"),
        oldest=table.number("oldest_y"),
        origin=origin(table),
    )
    for key in ("factor", "spread"):
        if getattr(result, key) <= 0.0:
            table.refuse(key, "must be above 0")
    if result.youngest >= result.oldest:
        table.refuse("youngest_y", "must be below oldest_y")
    table.finish()
    return result


def _stage(table: Table) -> tuple[float, float]:
    low, high = table.number("low"), table.number("high")
    if low <= 0.0 or low >= high:
        table.refuse("low", "must be above 0 and below high")
    table.choice("unit", ("mL/min/1.73m2",))
    origin(table)
    table.finish()
    return low, high


def _validity(table: Table) -> SpecimenValidity:
    result = SpecimenValidity(**{name: table.number(name) for name in SpecimenValidity.__dataclass_fields__})
    origin(table)
    table.finish()
    return result
