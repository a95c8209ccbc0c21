"""One void of a person in whom creatinine, specific gravity or pH of the urine were measured.

Several specimens of one person are several voids. What was measured in one of them tells its flow and its pH, and also what person
this is: that part is a factor on the weight of the draw.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from detectapi.inputs.known import KnownInputs
from detectapi.interpretation.gaussian import LOG_ROOT_2_PI
from detectapi.interpretation.particles import Particles
from detectapi.model import sample_void, urine
from detectapi.model.arrays import Floats, Value
from detectapi.model.physiology import Parts, Person, Physiology, Specimen
from detectapi.model.sample_urine import creatinine_excretion
from detectapi.model.sampler import Sampler
from detectapi.model.specimen import Deviates, VoidPrior, condition_void, void_evidence

CREATININE, GRAVITY, PH = "specimen.urine_creatinine_mg_dl", "specimen.specific_gravity", "specimen.urine_ph"
SIDE = "side_of_the_highest_concentration"
"""Name of the random numbers that decide whether a void was made at the highest concentration."""
KNOWN = 1e-9
"""Spread of what is known of a person. It stands for zero where something is divided by it."""


class MeasuredVoid(NamedTuple):
    """A void of each draw.

    Attributes
    ----------
    specimen : Specimen
    evidence : array, shape (draws,)
        Logarithm of the density of what was measured of the urine, given the person.
    """

    specimen: Specimen
    evidence: Floats


def measured_void(person: Person, physiology: Physiology, particles: Particles) -> MeasuredVoid:
    """One void of each draw, given what was measured in it.

    Parameters
    ----------
    person : Person
        Sampled without any specimen.
    physiology : Physiology
        Of the same person, with what was measured in this specimen.
    particles : Particles
        At this visit.
    """
    selection, known = particles.selection(), physiology.known
    usual = physiology.specimen(person, particles, selection)
    sampler = Sampler(known.distributions, particles, selection)
    evidence = np.zeros(particles.count)
    flow = usual.flow
    if CREATININE in known.distributions or GRAVITY in known.distributions:
        flow, evidence = _flow(person, physiology, sampler)
    if PH in known.distributions:
        evidence = evidence + _ph_evidence(person, physiology, sampler)
    return MeasuredVoid(Specimen(flow, usual.ph, usual.void_interval), evidence)


def _flow(person: Person, physiology: Physiology, sampler: Sampler) -> tuple[Floats, Floats]:
    """Flow of the void in which creatinine or gravity was measured [mL/min], and the evidence of the measurement."""
    known, norms = physiology.known, physiology.norms
    measured = [known.distributions.get(name) for name in (CREATININE, GRAVITY)]
    creatinine, gravity = (None if one is None else one.centre for one in measured)
    prior, relation = _prior(person, physiology, sampler), sample_void.gravity_relation(known, norms)
    numbers = ("urine_flow_between_voids", None, SIDE, "specific_gravity_per_osmolality")
    z = Deviates(*(np.zeros(1) if name is None else sampler.normal("specimen", name) for name in numbers))
    void = condition_void(prior, creatinine, gravity, relation, z)
    return np.exp(void.flow), void_evidence(prior, creatinine, gravity, relation)


def _prior(person: Person, physiology: Physiology, sampler: Sampler) -> VoidPrior:
    """What is known of a void of a person whose usual flow, osmoles and creatinine are known."""
    known, norms, parts = physiology.known, physiology.norms, _parts(person)
    usual = parts.usual
    age = sampler.in_draws(norms.adult_age(parts.body.age, parts.body.unsurveyed))
    void, void_spread = sample_void.void_between(known, norms, age, parts.share)
    deviation = (parts.osmoles - usual.osmoles) / usual.osmoles_spread
    excreted = creatinine_excretion(known, norms, parts.body, deviation, sampler)
    ceiling = parts.osmoles - parts.least - math.log(urine.L_DAY_PER_ML_MIN)
    return VoidPrior(
        np.log(person.flow), 0.0, void, void_spread, parts.osmoles, KNOWN,
        np.log(excreted), _creatinine_spread(known, physiology), 0.0, ceiling,
    )  # fmt: skip


def _creatinine_spread(known: KnownInputs, physiology: Physiology) -> float:
    """Standard deviation of the logarithm of one person's creatinine excretion between voids, with the error of its measurement."""
    reading = known.distributions.get(CREATININE)
    between = physiology.norms.data.parameters["creatinine_between_voids"].variability
    return math.hypot(between, 0.0 if reading is None else float(np.max(reading.spread)))


def _ph_evidence(person: Person, physiology: Physiology, sampler: Sampler) -> Floats:
    """Logarithm of the density of the pH that was read, given the person's usual pH."""
    known, norms = physiology.known, physiology.norms
    between = norms.data.parameters["urine_ph_between_voids"].variability
    error = sample_void.reading_error(known, norms)
    spread = math.hypot(between, error, float(np.max(known.distributions[PH].spread)))
    read: Value = known.distributions[PH].centre
    return np.asarray(-0.5 * np.square((read - person.ph) / spread) - math.log(spread) - LOG_ROOT_2_PI)


def _parts(person: Person) -> Parts:
    if person.parts is None:
        raise ValueError("one of several people has no void of its own")
    return person.parts


def without_urine(physiology: Physiology) -> Physiology:
    """The same where neither creatinine nor specific gravity was measured."""
    known = physiology.known
    if not any(name in known.distributions for name in (CREATININE, GRAVITY)):
        return physiology
    kept = {name: one for name, one in known.distributions.items() if name not in (CREATININE, GRAVITY)}
    return Physiology(replace(known, distributions=kept), physiology.norms)
