"""A specimen's own urine flow: how it varies from void to void, and what the specimen's creatinine and gravity say of it.

All logarithms are natural. A void is made at the flow ``F``; with ``U`` the person's usual flow, ``O`` the osmoles excreted in a
day and ``c`` the logarithm of the highest osmolality that the kidneys reach,

    y = ln U + ln median + spread z    the flow that the person's water balance asks for
    f = ln F = max(y, ln O - k)        k = c + ln 1.44: at no lower flow can kidneys hold the osmoles

with flows in mL/min (1.44 L/day for each). Creatinine is ``E / (14.4 F)`` mg/dL for an excretion of ``E`` mg/day, and osmolality
``O / (1.44 F)`` mOsm/kg. Creatinine and gravity are linear in ``y`` and ``ln O`` on the logarithm. So below the ceiling of
concentration, and at it, the posterior is a normal distribution of the two, cut off where ``ln O - y`` is ``k``. It is sampled
exactly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Value
from detectapi.model.normal import inverse_normal

_LOG_L_DAY = math.log(1.44)
_LOG_DL_DAY = math.log(14.4)
_LOG_ROOT_2_PI = 0.5 * math.log(2.0 * math.pi)
WIDE_READING = 0.2
"""From this error of a gravity relative to the gravity above 1, its logarithm is no longer taken as normal. [-]"""
READINGS = 16
"""So many values that the true gravity may have are tried then."""
_LEAST_GRAVITY = 1e-5
"""The least gravity above 1 that is counted with. [-]"""
_LEAST = 1e-100
"""Less than any probability that counts."""


class VoidPrior(NamedTuple):
    """What is known of a void before anything is measured in it; each is one number or an array, one for each draw.

    Attributes
    ----------
    usual, usual_spread : float or array
        Logarithm of the person's usual flow: mean and standard deviation. [ln mL/min], [-]
    void, void_spread : float or array
        Logarithm of a void's flow relative to the usual one, before the ceiling of concentration. [-]
    osmoles, osmoles_spread : float or array
        Logarithm of the osmoles excreted. [ln mOsm/day], [-]
    excretion, excretion_spread : float or array
        Logarithm of the creatinine excreted during the void, with the error of its measurement. [ln mg/day], [-]
    correlation : float or array
        Of the logarithms of osmoles and of creatinine: who is big or eats much excretes more of both. [-]
    ceiling : float or array
        Logarithm of the highest osmolality. [ln mOsm/kg]
    """

    usual: Value
    usual_spread: Value
    void: Value
    void_spread: Value
    osmoles: Value
    osmoles_spread: Value
    excretion: Value
    excretion_spread: Value
    correlation: Value
    ceiling: Value

    @property
    def asked(self) -> Value:
        """Mean of the logarithm of the flow that the water balance asks for. [ln mL/min]"""
        return self.usual + self.void

    @property
    def asked_spread(self) -> Floats:
        """Its standard deviation. [-]"""
        return np.hypot(self.usual_spread, self.void_spread)

    @property
    def limit(self) -> Value:
        """Logarithm of the osmoles that a flow of 1 mL/min carries at the ceiling. [ln mOsm/day]"""
        return self.ceiling + _LOG_L_DAY


class Gravity(NamedTuple):
    """How specific gravity follows osmolality, and how well it was read.

    Attributes
    ----------
    per_osmolality : float
        Median of gravity above 1 for each mOsm/kg. [kg/mOsm]
    spread : float
        Standard deviation of its logarithm between specimens. [-]
    error : float or array
        Standard deviation of a reading. [-]
    """

    per_osmolality: float
    spread: float
    error: Value


class Void(NamedTuple):
    """A void of each draw.

    Attributes
    ----------
    flow : array
        Logarithm of the flow at which it was made. [ln mL/min]
    usual : array
        Logarithm of the person's usual flow. [ln mL/min]
    osmoles : array
        Logarithm of the osmoles that the person excretes. [ln mOsm/day]
    """

    flow: Floats
    usual: Floats
    osmoles: Floats


class Deviates(NamedTuple):
    """Standard normal numbers of each draw: of the void, of the person's usual flow, of the person's osmoles, of a reading."""

    void: Floats
    usual: Floats
    osmoles: Floats
    reading: Floats


def sample_void(prior: VoidPrior, z: Deviates) -> Void:
    """Voids in which nothing was measured.

    Parameters
    ----------
    prior : VoidPrior
    z : Deviates

    Returns
    -------
    Void
    """
    usual = prior.usual + prior.usual_spread * z.usual
    asked = usual + prior.void + prior.void_spread * z.void
    osmoles = prior.osmoles + prior.osmoles_spread * z.osmoles
    flow = np.maximum(asked, osmoles - prior.limit)
    return Void(flow, np.broadcast_to(usual, flow.shape), np.broadcast_to(osmoles, flow.shape))


# -- what was measured ------------------------------------------------------------------------------------------------


class _Normal(NamedTuple):
    """A normal distribution of the flow asked for and of the osmoles, with the logarithm of the evidence so far."""

    asked: Value
    osmoles: Value
    asked_variance: Value
    covariance: Value
    osmoles_variance: Value
    evidence: Value

    def seen(self, value: Value, of_asked: Value, of_osmoles: Value, variance: Value) -> _Normal:
        """The distribution once a weighted sum of the two was observed with an error of some variance."""
        with_asked = of_asked * self.asked_variance + of_osmoles * self.covariance
        with_osmoles = of_asked * self.covariance + of_osmoles * self.osmoles_variance
        whole = of_asked * with_asked + of_osmoles * with_osmoles + variance
        miss = value - of_asked * self.asked - of_osmoles * self.osmoles
        gain = miss / whole
        return _Normal(
            self.asked + with_asked * gain,
            self.osmoles + with_osmoles * gain,
            self.asked_variance - with_asked * with_asked / whole,
            self.covariance - with_asked * with_osmoles / whole,
            self.osmoles_variance - with_osmoles * with_osmoles / whole,
            self.evidence - 0.5 * miss * gain - 0.5 * np.log(whole) - _LOG_ROOT_2_PI,
        )


def condition_void(
    prior: VoidPrior, creatinine: Value | None, gravity: Value | None, relation: Gravity, z: Deviates
) -> Void:
    """Voids in which creatinine, specific gravity or both were measured: flow, usual flow and osmoles together.

    Parameters
    ----------
    prior : VoidPrior
    creatinine : float or array, or None
        Measured in the specimen. [mg/dL]
    gravity : float or array, or None
        Read in the specimen, above 1. [-]
    relation : Gravity
    z : Deviates
        Their arrays have the shape of the result; every other number broadcasts to it.

    Returns
    -------
    Void
    """
    above = None if gravity is None else np.asarray(gravity, dtype=float) - 1.0
    if above is not None:
        wide = relation.error / above > WIDE_READING
        if np.any(wide):
            above = np.where(wide, _true_gravity(prior, creatinine, above, relation, z), above)
            relation = relation._replace(error=np.where(wide, 0.0, relation.error))
    below, at_ceiling = _posteriors(prior, creatinine, above, relation)
    return _sample(prior, below, at_ceiling, z)


def void_evidence(prior: VoidPrior, creatinine: Value | None, gravity: Value | None, relation: Gravity) -> Floats:
    """Logarithm of the density of what was measured in a void.

    Parameters
    ----------
    prior : VoidPrior
    creatinine, gravity : float or array, or None
        As in `condition_void`.
    relation : Gravity

    Returns
    -------
    array
        Of the logarithm of creatinine, and of the logarithm of gravity above 1.
    """
    above = None if gravity is None else np.asarray(gravity, dtype=float) - 1.0
    if above is None or not np.any(relation.error / above > WIDE_READING):
        return np.asarray(_evidence(prior, *_posteriors(prior, creatinine, above, relation)))
    tried = _readings(above.reshape(1) if above.ndim == 0 else above, relation)
    exact = _posteriors(prior, creatinine, tried, relation._replace(error=0.0))
    logs = _evidence(prior, *exact) - np.log(tried)
    possible = np.log(1.0 - _impossible(above, relation)) - math.log(READINGS)
    return np.asarray(np.logaddexp.reduce(logs, axis=0) + possible + np.log(above))


def _posteriors(
    prior: VoidPrior, creatinine: Value | None, above: Value | None, relation: Gravity
) -> tuple[_Normal, _Normal]:
    """The two normal distributions: as if there were no ceiling, and as if every void were made at it."""
    asked_variance, osmoles_variance = np.square(prior.asked_spread), np.square(prior.osmoles_spread)
    start = _Normal(prior.asked, prior.osmoles, asked_variance, 0.0, osmoles_variance, 0.0)
    below = at_ceiling = start
    if creatinine is not None:
        shared = prior.correlation * prior.excretion_spread / prior.osmoles_spread
        own = np.square(prior.excretion_spread) * (1.0 - np.square(prior.correlation))
        seen = np.log(creatinine) + _LOG_DL_DAY - prior.excretion + shared * prior.osmoles
        below = below.seen(seen, -1.0, shared, own)
        at_ceiling = at_ceiling.seen(seen - prior.limit, 0.0, shared - 1.0, own)
    if above is not None:
        seen = np.log(above) - math.log(relation.per_osmolality) + _LOG_L_DAY
        variance = relation.spread**2 + np.square(relation.error / above)
        below = below.seen(seen, -1.0, 1.0, variance)
        at_ceiling = at_ceiling.seen(seen - prior.limit, 0.0, 0.0, variance)
    return below, at_ceiling


def _beyond(normal: _Normal) -> tuple[Value, Value]:
    """Mean and variance of ``ln O - y``, by which a void lies below the ceiling or at it."""
    variance = normal.osmoles_variance - 2.0 * normal.covariance + normal.asked_variance
    return normal.osmoles - normal.asked, variance


def _chances(prior: VoidPrior, below: _Normal, at_ceiling: _Normal) -> tuple[Floats, Floats]:
    """How much of each of the two distributions lies on its own side of the ceiling."""
    (mean, variance), (mean_at, variance_at) = _beyond(below), _beyond(at_ceiling)
    return (
        normal_probability((prior.limit - mean) / np.sqrt(variance)),
        normal_probability((mean_at - prior.limit) / np.sqrt(variance_at)),
    )


def _evidence(prior: VoidPrior, below: _Normal, at_ceiling: _Normal) -> Value:
    """Logarithm of the density of what was measured."""
    chance, chance_at = _chances(prior, below, at_ceiling)
    return np.logaddexp(
        below.evidence + np.log(np.maximum(chance, _LEAST)), at_ceiling.evidence + np.log(np.maximum(chance_at, _LEAST))
    )


def _sample(prior: VoidPrior, below: _Normal, at_ceiling: _Normal, z: Deviates) -> Void:
    """One void of each draw: first on which side of the ceiling, then how far beyond it, then its flow."""
    chance, chance_at = _chances(prior, below, at_ceiling)
    odds = np.exp(np.clip(below.evidence - at_ceiling.evidence, -200.0, 200.0)) * chance / np.maximum(chance_at, _LEAST)
    share = 1.0 / (1.0 + odds)
    probability = normal_probability(z.osmoles)
    held = probability < share
    within = np.where(
        held, probability / np.maximum(share, _LEAST), (probability - share) / np.maximum(1.0 - share, _LEAST)
    )
    cut = inverse_normal(np.clip(within * np.where(held, chance_at, chance), _LEAST, 1.0 - 1e-15))
    (mean, variance), (mean_at, variance_at) = _beyond(below), _beyond(at_ceiling)

    along = (below.covariance - below.asked_variance) / variance
    rest = np.sqrt(np.maximum(below.asked_variance - along * along * variance, 0.0))
    gap = cut * np.sqrt(variance)
    asked = below.asked + along * gap + rest * z.void
    osmoles = asked + mean + gap

    along_at = at_ceiling.osmoles_variance / variance_at
    rest_at = np.sqrt(np.maximum(at_ceiling.osmoles_variance * (1.0 - along_at), 0.0))
    gap_at = -cut * np.sqrt(variance_at)
    osmoles_at = at_ceiling.osmoles + along_at * gap_at + rest_at * z.void
    flow = np.where(held, osmoles_at - prior.limit, asked)
    asked = np.where(held, osmoles_at - mean_at - gap_at, asked)
    return Void(flow, _usual_of(prior, asked, z), np.where(held, osmoles_at, osmoles))


def _usual_of(prior: VoidPrior, asked: Floats, z: Deviates) -> Floats:
    """Logarithm of the usual flow of people whose water balance asked for a flow in one void."""
    share = np.square(prior.usual_spread) / np.maximum(np.square(prior.asked_spread), _LEAST)
    left = prior.usual_spread * np.sqrt(1.0 - share)
    return np.asarray(prior.usual + share * (asked - prior.asked) + left * z.usual)


def void_of_flow(prior: VoidPrior, flow: Value, z: Deviates) -> Void:
    """Voids whose flow is known: the usual flow and the osmoles go with it.

    Parameters
    ----------
    prior : VoidPrior
    flow : float or array
        Logarithm. [ln mL/min]
    z : Deviates

    Returns
    -------
    Void
    """
    asked = (flow - prior.asked) / prior.asked_spread
    most = (flow + prior.limit - prior.osmoles) / prior.osmoles_spread
    chance_asked, chance_most = normal_probability(asked), normal_probability(most)
    below = np.exp(-0.5 * np.square(asked)) / prior.asked_spread * chance_most
    at_ceiling = np.exp(-0.5 * np.square(most)) / prior.osmoles_spread * chance_asked
    share = at_ceiling / np.maximum(below + at_ceiling, _LEAST)
    probability = normal_probability(z.osmoles)
    held = probability < share
    within = np.where(
        held, probability / np.maximum(share, _LEAST), (probability - share) / np.maximum(1.0 - share, _LEAST)
    )
    cut = inverse_normal(np.clip(within * np.where(held, chance_asked, chance_most), _LEAST, 1.0 - 1e-15))
    lower = np.where(held, prior.asked + prior.asked_spread * cut, flow)
    osmoles = np.where(held, flow + prior.limit, prior.osmoles + prior.osmoles_spread * cut)
    return Void(np.broadcast_to(flow, held.shape), _usual_of(prior, lower, z), osmoles)


# -- a gravity whose reading is unsure --------------------------------------------------------------------------------


def _readings(above: Floats, relation: Gravity) -> Floats:
    """Gravities above 1 that a reading may stand for, all equally probable by the reading alone. A new first axis."""
    lowest = _impossible(above, relation)
    steps = ((np.arange(READINGS) + 0.5) / READINGS).reshape(-1, *([1] * np.ndim(above)))
    return above + relation.error * inverse_normal(lowest + (1.0 - lowest) * steps)


def _impossible(above: Floats, relation: Gravity) -> Floats:
    """How much of the error of a reading lies where no urine is."""
    return normal_probability((_LEAST_GRAVITY - above) / relation.error)


def _true_gravity(prior: VoidPrior, creatinine: Value | None, above: Floats, relation: Gravity, z: Deviates) -> Floats:
    """The true gravity above 1 of each draw, chosen among what the reading may stand for by how well it fits the person.

    Near 1.003 the error of a strip is larger than the value. Gravity spreads in proportion, a reading by the same amount at every
    gravity, so no one normal distribution holds both.
    """
    tried = _readings(above.reshape(1) if above.ndim == 0 else above, relation)
    exact = _posteriors(prior, creatinine, tried, relation._replace(error=0.0))
    weights = _evidence(prior, *exact) - np.log(tried)
    weights = np.cumsum(np.exp(weights - weights.max(axis=0)), axis=0)
    wanted = normal_probability(z.reading) * weights[-1]
    place = np.minimum((weights < wanted).sum(axis=0), READINGS - 1)
    tried = np.broadcast_to(tried, weights.shape)
    chosen: Floats = np.take_along_axis(tried, place[None], axis=0)[0]
    return chosen


def normal_probability(z: Value) -> Floats:
    """Distribution function of the standard normal distribution, to 1.5e-7.

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array

    References
    ----------
    abramowitz1964
    """
    x = np.abs(z) * math.sqrt(0.5)
    t = 1.0 / (1.0 + 0.3275911 * x)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail = 0.5 * series * np.exp(-x * x)
    return np.where(np.asarray(z) > 0.0, 1.0 - tail, tail)
