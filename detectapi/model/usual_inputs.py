"""What inputs that were not told are taken as, and what a told kidney function stands for: for `inputs_used` of an answer."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from detectapi.inputs.distribution import POPULATION_DEFAULT, InputDistribution
from detectapi.model import body, kidney
from detectapi.model.arrays import Value
from detectapi.model.draws import MedianDraw
from detectapi.model.physiology import Physiology
from detectapi.model.sample_body import Body, sample_body
from detectapi.model.sample_kidneys import CLEARANCE, CREATININE, error_spread, median_gfr, method_of
from detectapi.model.sample_urine import FLOW, usual_flow
from detectapi.model.sample_void import first_morning
from detectapi.model.sampler import Sampler
from detectapi.telling.details import detail
from detectapi.values.substance import Origin, Parameter


def usual_inputs(physiology: Physiology, here: Body) -> list[InputDistribution]:
    """The distribution of each input that the model needs and the question does not tell.

    Parameters
    ----------
    physiology : Physiology
        Of one person.
    here : Body
        See `typical_body`.
    """
    return [*_body(physiology, here), *_kidneys(physiology, here), *_urine(physiology, here)]


def typical_body(physiology: Physiology) -> Body:
    """The body at every median; each is one number."""
    typical = MedianDraw()
    sampler = Sampler(physiology.known.distributions, typical, typical.selection())
    values = sample_body(physiology.known, physiology.norms, sampler)
    return Body(*(float(np.ravel(value)[0]) for value in values))


def _usual(name: str, centre: Value, spread: Value, origin: Origin, words: str = "") -> InputDistribution:
    source = "derived" if words else POPULATION_DEFAULT
    return InputDistribution(name, float(centre), float(spread), source=source, detail=words, origin=origin)


def _body(physiology: Physiology, here: Body) -> Iterator[InputDistribution]:
    known_inputs, norms = physiology.known.distributions, physiology.norms
    size = norms.size(here.age, physiology.known.sex, here.unsurveyed)
    origin = norms.data.bodies[physiology.known.sex or body.SEXES[0]].adult.origin
    by_age = detail("usual-at-age") if "age_y" in known_inputs else ""
    if "weight_kg" not in known_inputs:
        height = known_inputs.get("height_cm")
        median, spread = (
            body.weight_at_height(size, height.centre) if height else (size.weight, size.weight_spread)
        )  # fmt: skip
        yield _usual("weight_kg", median, spread, origin, detail("usual-at-height") if height else by_age)
    if "height_cm" not in known_inputs:
        weight = known_inputs.get("weight_kg")
        median, spread = (
            body.height_at_weight(size, weight.centre) if weight else (size.height, size.height_spread)
        )  # fmt: skip
        yield _usual("height_cm", median, spread, origin, detail("usual-at-weight") if weight else by_age)


def _kidneys(physiology: Physiology, here: Body) -> Iterator[InputDistribution]:
    known, norms = physiology.known, physiology.norms
    if known.renal_measure is not None:
        return
    parameter = norms.data.parameters["gfr_ml_min_1_73m2"]
    median = norms.usual_gfr(here.age, here.unsurveyed, here.weight, here.surface)
    spread = float(norms.gfr_spread(here.age, here.unsurveyed))
    words = detail("usual-at-age") if "age_y" in known.distributions else ""
    if known.pregnant:
        rise = norms.data.parameters["pregnancy_gfr_factor"]
        median, spread = median * rise.value, math.hypot(spread, rise.variability)
        words = detail("usual-in-pregnancy")
    yield _usual("egfr_ml_min_1_73m2", median, spread, parameter.origin, words)


def told_gfr(physiology: Physiology, here: Body) -> InputDistribution | None:
    """The true indexed GFR that a told kidney function stands for; None where none was told, or it was measured."""
    known, norms = physiology.known, physiology.norms
    method = method_of(known, norms) if known.renal_measure else None
    if method is None or known.renal_measure is None:
        return None
    measure = known.distributions[known.renal_measure]
    median = float(np.ravel(median_gfr(known, norms, here, measure.centre))[0])
    if known.renal_measure == CLEARANCE:
        median = float(kidney.indexed(median, here.surface))
    spread = math.hypot(float(np.max(error_spread(known, norms, here))), float(measure.spread))
    if known.renal_measure in CREATININE and method.id == "estimated":
        words = detail("true-gfr-by-creatinine")
    else:
        words = detail("true-gfr-by-method", method=method.name)
    return InputDistribution(
        "gfr_ml_min_1_73m2", median, spread, source="derived",
        detail=words, origin=method.origin,
    )  # fmt: skip


def _urine(physiology: Physiology, here: Body) -> Iterator[InputDistribution]:
    known, norms = physiology.known, physiology.norms
    parameters, known_inputs = norms.data.parameters, known.distributions
    if known.hydration_measure is None:
        typical = MedianDraw()
        flow, spread = usual_flow(known, norms, here.age, Sampler(known_inputs, typical, typical.selection()))
        level = known.hydration_level
        origin = parameters[FLOW if level in (None, "usual") else f"{FLOW}.{level}"].origin
        by_age = detail("usual-at-age") if "age_y" in known_inputs else ""
        yield _usual(FLOW, flow, spread, origin, detail("hydration", level=level) if level else by_age)
    if "urine_ph" not in known_inputs:
        yield _of_parameter("urine_ph", parameters["urine_ph"], parameters["urine_ph"].value)
    if "void_interval_h" not in known_inputs:
        name = "void_interval_h"
        if first_morning(known):
            yield _of_parameter(name, parameters[f"{name}.first_morning"], parameters[f"{name}.first_morning"].value)
        else:
            yield _of_parameter(name, parameters[name], float(norms.course(name, here.age)))


def _of_parameter(name: str, parameter: Parameter, centre: float) -> InputDistribution:
    return InputDistribution(
        name, centre, parameter.variability, parameter.scale, parameter.low, parameter.high, POPULATION_DEFAULT,
        origin=parameter.origin,
    )  # fmt: skip
