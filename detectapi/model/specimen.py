"""A specimen's own urine flow: how it varies from void to void, and what the specimen's creatinine and gravity say of it.

All logarithms are natural. A void is made at the flow ``F``; with ``U`` the person's usual flow, ``O`` the osmoles excreted in a
day and ``c`` the logarithm of the highest osmolality that the kidneys reach,

    y = ln U + ln median + spread z        the flow that the person's water balance asks for
    f = ln F = max(y, ln O - ln 1.44 - c)  no flow is so low that urine is more concentrated than kidneys can make it

with flows in mL/min (1.44 L/day for each). Creatinine is ``E / (14.4 F)`` mg/dL for an excretion of ``E`` mg/day, and osmolality
``O / (1.44 F)`` mOsm/kg.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Ints, Value
from detectapi.model.normal import inverse_normal

NODES = 30
"""Values of the logarithm of flow at which a specimen's posterior is computed."""
REACH = 5.0
"""How far the nodes reach from their centre, in standard deviations of the Gaussian approximation."""
_LOG_L_DAY = math.log(1.44)
_LOG_DL_DAY = math.log(14.4)
_ROOT_2_PI = math.sqrt(2.0 * math.pi)
_OSMOLALITIES = np.linspace(math.log(5.0), math.log(10_000.0), 200)
"""Logarithms of osmolality at which the likelihood of a gravity is computed; in between it is interpolated."""
_GRAVITIES = 200
"""Values of the true gravity that a reading is averaged over."""
_LEAST_GRAVITY = 1e-5
"""The least gravity above 1 that is counted with. [-]"""


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


class Gravity(NamedTuple):
    """How specific gravity follows osmolality, and how well it was read.

    Attributes
    ----------
    per_osmolality : float
        Median of gravity above 1 for each mOsm/kg. [kg/mOsm]
    spread : float
        Standard deviation of its logarithm between specimens. [-]
    error : float
        Standard deviation of a reading. [-]
    """

    per_osmolality: float
    spread: float
    error: float


class Void(NamedTuple):
    """A void of each draw.

    Attributes
    ----------
    flow : array
        Logarithm of the flow at which it was made. [ln mL/min]
    usual : array
        Logarithm of the person's usual flow. [ln mL/min]
    evidence : array
        Logarithm of the density of what was measured, given the draw; 0 where nothing was.
    """

    flow: Floats
    usual: Floats
    evidence: Floats


class Deviates(NamedTuple):
    """Standard normal numbers of each draw: of the void, of the person's usual flow, of the person's osmoles."""

    void: Floats
    usual: Floats
    osmoles: Floats


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
    flow = np.maximum(asked, osmoles - _LOG_L_DAY - prior.ceiling)
    return Void(flow, np.broadcast_to(usual, flow.shape), np.zeros(flow.shape))


def gaussian_flow(
    prior: VoidPrior, creatinine: float | None, gravity: float | None, relation: Gravity
) -> tuple[Floats, Floats]:
    """The logarithm of a void's flow given what was measured in it, without a ceiling of concentration and on the log scale.

    Parameters
    ----------
    prior : VoidPrior
    creatinine : float or None
        Measured in the specimen. [mg/dL]
    gravity : float or None
        Read in the specimen, above 1. [-]
    relation : Gravity

    Returns
    -------
    mean, spread : array
        [ln mL/min], [-]
    """
    precision = 1.0 / np.square(prior.asked_spread)
    weighted = precision * prior.asked
    osmoles = prior.osmoles  # mean of their logarithm; with creatinine measured, at the flow that this tells
    slope: Value = -1.0  # of the logarithm of osmolality against that of flow
    own = np.square(prior.osmoles_spread)
    if creatinine is not None:
        told = 1.0 / np.square(prior.excretion_spread)
        centre = _flow_of_creatinine(prior, creatinine)
        precision, weighted = precision + told, weighted + told * centre
        shared = prior.correlation * prior.osmoles_spread / prior.excretion_spread
        osmoles, slope, own = osmoles - shared * centre, shared - 1.0, own * (1.0 - np.square(prior.correlation))
    if gravity is not None:
        above = gravity - 1.0
        told = np.square(slope) / (own + relation.spread**2 + (relation.error / above) ** 2)
        centre = (math.log(above / relation.per_osmolality) - osmoles + _LOG_L_DAY) / slope
        precision, weighted = precision + told, weighted + told * centre
    return np.asarray(weighted / precision), np.asarray(1.0 / np.sqrt(precision))


def _flow_of_creatinine(prior: VoidPrior, creatinine: float) -> Value:
    return prior.excretion - _LOG_DL_DAY - math.log(creatinine)


def condition_void(
    prior: VoidPrior, creatinine: float | None, gravity: float | None, relation: Gravity, z: Deviates
) -> Void:
    """Voids in which creatinine, specific gravity or both were measured: flow and usual flow together.

    Parameters
    ----------
    prior : VoidPrior
    creatinine : float or None
        Measured in the specimen. [mg/dL]
    gravity : float or None
        Read in the specimen, above 1. [-]
    relation : Gravity
    z : Deviates
        Their arrays have the shape of the result; every field of `prior` broadcasts to it.

    Returns
    -------
    Void

    Notes
    -----
    The posterior of ``f`` is computed at `NODES` points around that of `gaussian_flow`, osmoles integrated out, and sampled by
    inverting its distribution function at ``Phi(z.void)``. The density of osmoles ends where urine would be too concentrated: from
    there on ``y`` is anything below ``f``. The usual flow follows from ``y``, with which it is jointly normal.
    """
    centre, width = gaussian_flow(prior, creatinine, gravity, relation)
    steps = np.linspace(-REACH, REACH, NODES)
    flows = centre[..., None] + width[..., None] * steps
    below, at_ceiling = _densities(_with_nodes(prior), flows, creatinine, gravity, relation)
    density = below + at_ceiling
    twice_area = np.zeros_like(density)  # in units of the step
    np.cumsum(density[..., 1:] + density[..., :-1], axis=-1, out=twice_area[..., 1:])
    cell, way = _quantile(density, twice_area, normal_probability(z.void))
    flow = centre + width * (steps[0] + (cell + way) * (steps[1] - steps[0]))
    share = _between(at_ceiling / np.maximum(density, np.finfo(float).tiny), cell, way)
    evidence = np.log(twice_area[..., -1] / 2.0 * width * (steps[1] - steps[0]))
    return Void(flow, _usual_given(prior, flow, share, z), np.broadcast_to(evidence, flow.shape))


def void_of_flow(prior: VoidPrior, flow: Value, z: Deviates) -> Void:
    """Voids whose flow is known: the usual flow goes with it.

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
    wide = np.broadcast_to(flow, np.shape(z.void)).astype(float)
    nothing = Gravity(1.0, 0.0, 0.0)
    below, at_ceiling = _densities(prior, wide, None, None, nothing)
    density = np.maximum(below + at_ceiling, np.finfo(float).tiny)
    return Void(wide, _usual_given(prior, wide, at_ceiling / density, z), np.log(density))


def gravity_likelihood(above: float, osmolality: Value, spread: float, relation: Gravity) -> Floats:
    """Density of a gravity that was read, at the median osmolality of a log-normal one.

    Parameters
    ----------
    above : float
        Gravity above 1. [-]
    osmolality : float or array
        Logarithm of the median. [ln mOsm/kg]
    spread : float
        Standard deviation of the logarithm of the true gravity above 1. [-]
    relation : Gravity

    Returns
    -------
    array

    Notes
    -----
    Gravity spreads in proportion, a reading by the same amount at every gravity. The one is integrated over the other, because near
    1.003 the error of a strip is larger than the value.
    """
    reach = 6.0 * relation.error
    true = np.linspace(math.log(max(above - reach, _LEAST_GRAVITY)), math.log(above + reach), _GRAVITIES)
    reading = _normal((np.exp(true) - above) / relation.error) / relation.error
    deviation = (true - (_OSMOLALITIES[:, None] + math.log(relation.per_osmolality))) / spread
    density = _normal(deviation) @ reading * (true[1] - true[0]) / spread
    return np.asarray(np.interp(osmolality, _OSMOLALITIES, density))


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
    x = np.abs(z) / math.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * x)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail = 0.5 * series * np.exp(-x * x)
    return np.where(np.asarray(z) > 0.0, 1.0 - tail, tail)


def _normal(z: Value) -> Floats:
    """Density of the standard normal distribution."""
    return np.exp(-0.5 * np.square(z)) / _ROOT_2_PI


def _with_nodes(prior: VoidPrior) -> VoidPrior:
    """The same with a last axis for the nodes."""
    return VoidPrior(*(np.asarray(field)[..., None] for field in prior))


def _densities(
    prior: VoidPrior, flow: Floats, creatinine: float | None, gravity: float | None, relation: Gravity
) -> tuple[Floats, Floats]:
    """Joint density of flow and measurements: below the ceiling of concentration, and at it."""
    asked, spread = prior.asked, prior.asked_spread
    own, ceiling = prior.osmoles_spread, np.asarray(prior.ceiling)
    osmoles = prior.osmoles
    told_by: Value = 1.0
    if creatinine is not None:
        deviation = (flow - _flow_of_creatinine(prior, creatinine)) / prior.excretion_spread
        told_by = _normal(deviation) / prior.excretion_spread
        osmoles = osmoles + prior.correlation * own * deviation
        own = own * np.sqrt(1.0 - np.square(prior.correlation))
    expected = osmoles - flow - _LOG_L_DAY  # mean logarithm of osmolality at this flow
    centre, width, likelihood = expected, own, np.ones_like(flow)
    if gravity is not None:
        above = gravity - 1.0
        likelihood = gravity_likelihood(above, expected, _mean(np.hypot(own, relation.spread)), relation)
        # Where the ceiling cuts off, gravity is far above its error, so its logarithm is near enough to normal.
        told = relation.spread**2 + (relation.error / above) ** 2
        precision = 1.0 / np.square(own) + 1.0 / told
        width = 1.0 / np.sqrt(precision)
        centre = (expected / np.square(own) + math.log(above / relation.per_osmolality) / told) / precision
    below = _normal((flow - asked) / spread) / spread * likelihood * normal_probability((ceiling - centre) / width)
    at_ceiling = normal_probability((flow - asked) / spread) * _normal((ceiling - expected) / own) / own
    if gravity is not None:
        at_ceiling = at_ceiling * gravity_likelihood(above, ceiling, relation.spread, relation)
    return below * told_by, at_ceiling * told_by


def _mean(spread: Value) -> float:
    """The one spread that a table is made with; between draws spreads of osmoles hardly differ."""
    return float(np.mean(spread))


def _quantile(density: Floats, twice_area: Floats, probability: Floats) -> tuple[Ints, Floats]:
    """The cell between two nodes in which each draw's distribution function takes a probability, and the way into it.

    Within a cell the density is a straight line.
    """
    shape = (*probability.shape, density.shape[-1])
    density, twice_area = np.broadcast_to(density, shape), np.broadcast_to(twice_area, shape)
    wanted = probability * twice_area[..., -1]
    cell = np.clip((twice_area <= wanted[..., None]).sum(axis=-1) - 1, 0, shape[-1] - 2)

    left, right = _at(density, cell), _at(density, cell + 1)
    rest = np.maximum(wanted - _at(twice_area, cell), 0.0)
    root = np.sqrt(np.maximum(np.square(left) + (right - left) * rest, 0.0))
    way = np.clip(rest / np.maximum(left + root, np.finfo(float).tiny), 0.0, 1.0)
    return cell, way


def _at(values: Floats, cell: Ints) -> Floats:
    """The value at one node of each draw."""
    return np.asarray(np.take_along_axis(values, cell[..., None], axis=-1)[..., 0])


def _between(values: Floats, cell: Ints, way: Floats) -> Floats:
    """Values at nodes, interpolated within a cell of each draw."""
    values = np.broadcast_to(values, (*cell.shape, values.shape[-1]))
    left, right = _at(values, cell), _at(values, cell + 1)
    return left + way * (right - left)


def _usual_given(prior: VoidPrior, flow: Floats, at_ceiling: Floats, z: Deviates) -> Floats:
    """Logarithm of the usual flow when a void was made at a flow, which was at the ceiling with some probability."""
    asked, spread = prior.asked, prior.asked_spread
    chance = normal_probability(z.osmoles)
    held = chance < at_ceiling
    if np.any(held):
        part = np.clip(chance / np.maximum(at_ceiling, 1e-12), 1e-12, 1.0) * normal_probability((flow - asked) / spread)
        lower = asked + spread * inverse_normal(np.clip(part, 1e-15, 1.0 - 1e-15))
        flow = np.where(held, lower, flow)
    share = np.square(prior.usual_spread) / np.maximum(np.square(spread), 1e-300)
    left = prior.usual_spread * np.sqrt(1.0 - share)
    return np.asarray(prior.usual + share * (flow - asked) + left * z.usual)
