"""What a person usually makes of urine, in each draw: flow, osmoles, creatinine and pH, and how concentrated it can be.

Flows are in mL/min, and most are kept as natural logarithms.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectapi.inputs.known import KnownInputs
from detectapi.model import excretion, urine
from detectapi.model.arrays import Value
from detectapi.model.norms import Norms
from detectapi.model.sample_body import Body
from detectapi.model.sampler import Sampler

LOG_MINUTES_PER_HOUR = math.log(60.0)
FLOW = "urine_flow_ml_h"
OSMOLES = "osmole_excretion_mosm_d"
CREATININE = "creatinine_excretion"
CONCENTRATIONS = ("urine_creatinine_mg_dl", "specific_gravity")
"""Measures of the usual urine that tell its flow by what is excreted."""


class UsualUrine(NamedTuple):
    """What is known of a person's usual urine before anything is measured in a specimen. Each is a number or one for each draw.

    Attributes
    ----------
    flow, flow_spread : float or array
        Logarithm of the usual flow: the mean, and the standard deviation between people of whom as much is known.
    osmoles, osmoles_spread : float or array
        Logarithm of the osmoles excreted in a day: the same. [ln mOsm/day]
    ceiling : float or array
        Logarithm of the highest osmolality that the kidneys reach. [ln mOsm/kg]
    ph, ph_spread : float or array
        Usual pH: the same.
    """

    flow: Value
    flow_spread: Value
    osmoles: Value
    osmoles_spread: float
    ceiling: Value
    ph: Value
    ph_spread: float


def sample_usual(known: KnownInputs, norms: Norms, body: Body, share: Value, sampler: Sampler) -> UsualUrine:
    """What is known of a person's usual urine in each draw.

    Parameters
    ----------
    known : KnownInputs
    norms : Norms
    body : Body
    share : float or array
        GFR of each draw relative to healthy kidneys. [-]
    sampler : Sampler
    """
    parameter = norms.data.parameters[OSMOLES]
    osmoles = sampler.in_draws(np.log(norms.course(OSMOLES, body.age))) + sampler.unknown(parameter)
    ceiling = np.log(norms.highest_osmolality(share))
    flow, spread = _flow(known, norms, body, osmoles, sampler)
    return UsualUrine(flow, spread, osmoles, parameter.variability, ceiling, *_ph(known, norms, sampler))


def _ph(known: KnownInputs, norms: Norms, sampler: Sampler) -> tuple[Value, float]:
    if "urine_ph" in known.distributions:
        return sampler.in_draws(sampler.told("urine_ph")), 0.0
    parameter = norms.data.parameters["urine_ph"]
    return parameter.value + sampler.unknown(parameter), parameter.variability


def _flow(known: KnownInputs, norms: Norms, body: Body, osmoles: Value, sampler: Sampler) -> tuple[Value, Value]:
    """Logarithm of the usual flow, with its spread between people."""
    if known.hydration_measure in CONCENTRATIONS:
        return _flow_of_concentration(known, norms, body, osmoles, sampler), 0.0
    if known.hydration_measure == FLOW:
        return sampler.in_draws(np.log(sampler.told(FLOW))) - LOG_MINUTES_PER_HOUR, 0.0
    flow, spread = usual_flow(known, norms, body.age, sampler)
    unknown: Value = 0.0
    if known.hydration_measure is None:
        unknown = sampler.unknown(norms.data.parameters[flow_parameter(known)])
    return sampler.in_draws(np.log(flow)) - LOG_MINUTES_PER_HOUR + unknown, sampler.in_draws(spread)


def flow_parameter(known: KnownInputs) -> str:
    """Name of the parameter of the usual flow of people who drink as told."""
    return FLOW if known.hydration_level in (None, "usual") else f"{FLOW}.{known.hydration_level}"


def usual_flow(known: KnownInputs, norms: Norms, age: Value, sampler: Sampler) -> tuple[Value, Value]:
    """Median usual flow of people of an age who drink as told [mL/h], with the spread of its logarithm between them [-].

    Parameters
    ----------
    known : KnownInputs
        Tells no urine flow and no concentration.
    norms : Norms
    age : float or array
        [years]
    sampler : Sampler
    """
    number, adult = norms.number, norms.data.parameters[FLOW].value
    size = norms.course(FLOW, age) / adult
    if known.hydration_measure == "fluid_intake_l_day":
        fluid = sampler.told("fluid_intake_l_day")
        flow = excretion.flow_of_intake(fluid, number["intake.without_drinking"], number["intake.share"], size)
        return flow, math.sqrt(math.log1p(number["intake.cv"] ** 2))
    level = norms.data.parameters[flow_parameter(known)]
    return size * level.value, norms.flow_spread(age) if level.name == FLOW else level.variability


def _flow_of_concentration(known: KnownInputs, norms: Norms, body: Body, osmoles: Value, sampler: Sampler) -> Value:
    """Logarithm of the usual flow by the usual creatinine or gravity of the urine."""
    spread = sampler.normal("people", OSMOLES)
    concentration = sampler.in_draws(sampler.told(known.hydration_measure or ""))
    if known.hydration_measure == "urine_creatinine_mg_dl":
        return np.log(
            urine.flow_from_creatinine(creatinine_excretion(known, norms, body, spread, sampler), concentration)
        )
    gravity = norms.data.parameters["specific_gravity_per_osmolality"]
    slope = gravity.value * np.exp(sampler.unknown(gravity))
    excreted = np.exp(osmoles + norms.data.parameters[OSMOLES].variability * spread)
    return np.log(urine.flow_from_specific_gravity(concentration, excreted, slope))


def creatinine_excretion(known: KnownInputs, norms: Norms, body: Body, osmoles: Value, sampler: Sampler) -> Value:
    """Creatinine that the person of each draw excretes on a usual day. [mg/day]

    Parameters
    ----------
    known, norms, body, sampler
        As in `sample_usual`.
    osmoles : float or array
        By how many standard deviations the logarithm of the person's osmoles lies above the mean: who excretes more osmoles than
        others of the same age excretes more creatinine too. [-]
    """
    median, spread = norms.creatinine_excretion(body.age, body.unsurveyed, known.sex, body.weight)
    shared = norms.number["osmoles.creatinine_correlation"]
    own = shared * osmoles + math.sqrt(1.0 - shared**2) * sampler.normal("people", CREATININE)
    return sampler.in_draws(median) * np.exp(sampler.in_draws(spread) * own)


def least_flow(usual: UsualUrine, osmoles: Value, flow: Value, is_told: bool) -> Value:
    """Logarithm of the flow below which urine would be more concentrated than the kidneys can make it.

    Parameters
    ----------
    usual : UsualUrine
    osmoles : float or array
        Logarithm of what the person of each draw excretes in a day. [ln mOsm/day]
    flow : float or array
        Logarithm of the usual flow of each draw.
    is_told : bool
        Whether the usual flow was told: then a person excretes no more than that flow can carry.
    """
    least: Value = osmoles - math.log(urine.L_DAY_PER_ML_MIN) - usual.ceiling
    return np.minimum(least, flow) if is_told else least
