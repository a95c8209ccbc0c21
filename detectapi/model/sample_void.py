"""One void of each draw: its flow, pH and duration, by what was measured in it or as voids differ; and what it is made of.

Flows are in mL/min, and most are kept as natural logarithms.
"""

from __future__ import annotations

import math

import numpy as np

from detectapi.inputs.known import KnownInputs
from detectapi.model import urine
from detectapi.model.arrays import Bools, Floats, Value
from detectapi.model.norms import Norms
from detectapi.model.sample_body import Body
from detectapi.model.sample_urine import FLOW, LOG_MINUTES_PER_HOUR, OSMOLES, UsualUrine, creatinine_excretion
from detectapi.model.sampler import Sampler
from detectapi.model.specimen import Deviates, Gravity, Void, VoidPrior, condition_void, void_of_flow

OF_VOID = ("urine_flow_between_voids", "urine_ph_between_voids", "void_interval_h")
"""Names of the random numbers of a void."""
OF_COMPOSITION = ("creatinine_between_voids", "specific_gravity_per_osmolality")
"""Names of those of what it is made of."""
OF_MEASURED = (
    ("specimen", "urine_flow_between_voids"), ("inputs", FLOW), ("people", OSMOLES),
    ("specimen", "specific_gravity_per_osmolality"),
)  # fmt: skip
"""The random numbers of a void in which something was measured, each with its stream."""
MEASURES = ("urine_creatinine_mg_dl", "specific_gravity", FLOW)
"""What may be measured in a specimen and tells its flow."""


def first_morning(known: KnownInputs) -> bool:
    """Whether the specimen is the first of the morning."""
    return known.specimen_kind == "first-morning"


def void_between(known: KnownInputs, norms: Norms, age: Value, share: Value) -> tuple[Value, float]:
    """Logarithm of the flow of a void relative to the usual one, before the ceiling of concentration: mean and spread.

    Parameters
    ----------
    known : KnownInputs
    norms : Norms
    age : float or array
        Of each draw. [years]
    share : float or array
        GFR of each draw relative to healthy kidneys. [-]
    """
    if first_morning(known):
        return np.log(norms.night(age, share)), math.sqrt(math.log1p(norms.number["night.flow_cv"] ** 2))
    between = norms.data.parameters["urine_flow_between_voids"]
    return math.log(between.value), between.variability


def interval_parameter(known: KnownInputs) -> str:
    """Name of the parameter of the hours of urine that such a specimen holds."""
    return "void_interval_h.first_morning" if first_morning(known) else "void_interval_h"


def void_interval(known: KnownInputs, norms: Norms, body: Body, sampler: Sampler) -> Value:
    """Hours of urine that the specimen of each draw holds. [h]"""
    if "void_interval_h" in known.distributions:
        return sampler.in_draws(sampler.told("void_interval_h"))
    parameter = norms.data.parameters[interval_parameter(known)]
    usual = parameter.value if first_morning(known) else norms.course("void_interval_h", body.age)
    departure = parameter.variability * sampler.normal("specimen", "void_interval_h") + sampler.unknown(parameter)
    return np.minimum(np.maximum(sampler.in_draws(usual) * np.exp(departure), parameter.low), parameter.high)


# -- pH ---------------------------------------------------------------------------------------------------------------


def usual_ph(known: KnownInputs, norms: Norms, usual: UsualUrine, sampler: Sampler) -> Value:
    """Usual pH of the person of each draw, also by what was read in the specimen."""
    if usual.ph_spread == 0.0:
        return usual.ph
    numbers = sampler.normal("inputs", "urine_ph")
    if "specimen.urine_ph" not in known.distributions:
        return usual.ph + usual.ph_spread * numbers
    between = norms.data.parameters["urine_ph_between_voids"].variability
    share = usual.ph_spread**2 / (usual.ph_spread**2 + between**2 + reading_error(known, norms) ** 2)
    read = sampler.in_draws(sampler.told("specimen.urine_ph"))
    return usual.ph + share * (read - usual.ph) + usual.ph_spread * math.sqrt(1.0 - share) * numbers


def reading_error(known: KnownInputs, norms: Norms) -> float:
    """Standard deviation of the pH that was read in the specimen."""
    return norms.number["strip.ph_error"] if known.read_by_strip else 0.0


def void_ph(known: KnownInputs, norms: Norms, usual: Value, sampler: Sampler) -> Value:
    """Urine pH of the specimen, in the range of ordinary urine; what was told outside that range is taken as it was told."""
    between = norms.data.parameters["urine_ph_between_voids"]
    error = reading_error(known, norms)
    if "specimen.urine_ph" in known.distributions:
        read = sampler.in_draws(sampler.told("specimen.urine_ph"))
        if error == 0.0:
            return read
        share = between.variability**2 / (between.variability**2 + error**2)
        centre, spread = usual + share * (read - usual), between.variability * math.sqrt(1.0 - share)
    else:
        centre, spread = usual, between.variability
    return ph_of_void(norms, usual, spread * sampler.normal("specimen", between.name), centre)


def ph_of_void(norms: Norms, usual: Value, departure: Value, centre: Value | None = None) -> Value:
    """Urine pH of a void, in the range of ordinary urine; a usual pH outside that range is taken as it was told.

    Parameters
    ----------
    norms : Norms
    usual : float or array
        Usual pH of each person.
    departure : float or array
        How far the void lies from its centre.
    centre : float or array, optional
        The usual pH where it is left out.
    """
    ordinary, middle = norms.data.parameters["urine_ph"], usual if centre is None else centre
    ph = np.clip(middle + departure, ordinary.low, ordinary.high)
    outside: Bools = np.less(usual, ordinary.low) | np.greater(usual, ordinary.high)
    return np.where(outside, middle, ph) if np.any(outside) else ph


# -- a specimen in which something was measured -----------------------------------------------------------------------


def is_measured(known: KnownInputs) -> bool:
    """Whether something was measured in the specimen that tells its flow."""
    return any(f"specimen.{name}" in known.distributions for name in MEASURES)


def measured_void(
    known: KnownInputs, norms: Norms, body: Body, usual: UsualUrine, share: Value, sampler: Sampler
) -> Void:
    """The void in which creatinine, specific gravity or the flow itself was measured.

    Parameters
    ----------
    known, norms, body, sampler
        As in `detectapi.model.sample_urine.sample_usual`.
    usual : UsualUrine
    share : float or array
        GFR of each draw relative to healthy kidneys. [-]
    """
    void, void_spread = void_between(known, norms, sampler.in_draws(norms.adult_age(body.age, body.unsurveyed)), share)
    excreted, excreted_spread, correlation = _excreted(known, norms, body, sampler)
    prior = VoidPrior(
        usual.flow, usual.flow_spread, void, void_spread, usual.osmoles, usual.osmoles_spread,
        excreted, excreted_spread, correlation, usual.ceiling,
    )  # fmt: skip
    z = Deviates(*(sampler.normal(*name) for name in OF_MEASURED))
    if f"specimen.{FLOW}" in known.distributions:
        log_flow = sampler.in_draws(np.log(sampler.told(f"specimen.{FLOW}"))) - LOG_MINUTES_PER_HOUR
        return void_of_flow(prior, log_flow, z)
    measured = (known.distributions.get(f"specimen.{name}") for name in MEASURES[:2])
    creatinine, gravity = (None if one is None else one.centre for one in measured)  # a range's spread is in the errors
    return condition_void(prior, creatinine, gravity, gravity_relation(known, norms), z)


def _excreted(known: KnownInputs, norms: Norms, body: Body, sampler: Sampler) -> tuple[Value, float, float]:
    """Creatinine excreted during a void: mean and spread of its logarithm, and its correlation with osmoles."""
    creatinine = known.distributions.get("specimen.urine_creatinine_mg_dl")
    if creatinine is None:
        return 0.0, 1.0, 0.0
    median, people = norms.creatinine_excretion(body.age, body.unsurveyed, known.sex, body.weight)
    between_people = float(np.sqrt(np.mean(np.square(people))))
    between_voids = norms.data.parameters["creatinine_between_voids"].variability
    spread = math.hypot(
        between_people, between_voids, float(np.max(creatinine.spread))
    )  # a range is an unsure measurement
    correlation = norms.number["osmoles.creatinine_correlation"] * between_people / spread
    return sampler.in_draws(np.log(median)), spread, correlation


def gravity_relation(known: KnownInputs, norms: Norms) -> Gravity:
    """How specific gravity follows osmolality, and how well it was read."""
    slope = norms.data.parameters["specific_gravity_per_osmolality"]
    gravity = known.distributions.get("specimen.specific_gravity")
    reader = "strip" if known.read_by_strip else "refractometer"
    error = math.hypot(
        norms.number[f"{reader}.gravity_error"], 0.0 if gravity is None else float(np.max(gravity.spread))
    )
    return Gravity(slope.value, math.hypot(slope.variability, slope.uncertainty), error)


# -- what a specimen is made of ---------------------------------------------------------------------------------------


def composition(
    known: KnownInputs, norms: Norms, body: Body, usual: UsualUrine, osmoles: Value, flow: Floats, sampler: Sampler
) -> tuple[Value, Value]:
    """Creatinine [mg/dL] and specific gravity [-] of a void, as measured or as its flow makes them.

    Parameters
    ----------
    known, norms, body, usual, sampler
        As in `measured_void`.
    osmoles : float or array
        Logarithm of what the person of each draw excretes in a day. [ln mOsm/day]
    flow : array
        At which the void was made. [mL/min]
    """
    measured = known.distributions
    if "specimen.urine_creatinine_mg_dl" in measured:
        creatinine = sampler.in_draws(sampler.told("specimen.urine_creatinine_mg_dl"))
    else:
        voids = norms.data.parameters["creatinine_between_voids"]
        between = np.exp(voids.variability * sampler.normal("specimen", voids.name))
        deviation = (osmoles - usual.osmoles) / usual.osmoles_spread
        excreted = creatinine_excretion(known, norms, body, deviation, sampler) * between
        creatinine = urine.creatinine_concentration(excreted, flow)
    if "specimen.specific_gravity" in measured:
        gravity = sampler.in_draws(sampler.told("specimen.specific_gravity"))
    else:
        slope = norms.data.parameters["specific_gravity_per_osmolality"]
        slopes = slope.value * np.exp(slope.variability * sampler.normal("specimen", slope.name))
        gravity = urine.specific_gravity(flow, np.exp(osmoles), slopes)
    return creatinine, gravity
