"""Every void is tested: when the last positive one comes, and when the first negative one that follows a positive one.

A draw keeps its person and its typical values; each of its voids is a visit with a flow, a pH, an interval, a residual and an
error of measurement of its own. Given flow and pH, the logarithm of a reading is normal, so each void has a chance of being
positive in closed form. The last positive void is drawn from these chances by one uniform number, walking back in time, and the
first negative one by another, walking forward up to the last positive one. So the two are times of the same voids.

Voids are looked at where it is open what they are: from where none is surely positive any more to where none can be positive.
Where these are more than `VOIDS`, each void that is looked at stands for several.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import Response, last_above, span_means
from detectapi.model import urine
from detectapi.model.arrays import Floats, Ints, Value
from detectapi.model.physiology import parts_of
from detectapi.model.sample_urine import creatinine_excretion
from detectapi.model.sampler import Sampler
from detectapi.model.several_uses import AnySimulation
from detectapi.model.simulation import ML_PER_DL, Simulation
from detectapi.model.specimen import normal_probability
from detectapi.model.voids import Voids, every_void
from detectapi.model.walk_of_voids import Series, walk
from detectapi.values.assay import Component

EVERY = 2
"""Of so many draws one is followed: the medians of half of them are sure enough, in half the time."""
VOIDS = 32
"""Voids of each draw that are looked at."""
REACH = 3.5
"""Standard deviations of a reading, beyond which a void counts as surely positive or surely negative."""
WIDER = 1.15
"""The stretch that is looked at is so much longer than the one in which it is open what voids are."""
LEAST_SPREAD = 1e-6
MOST_LOG_ODDS = 30.0
"""A void is never surer than this. [-]"""
LAST, FIRST, PHASE = "serial.last", "serial.first", "serial.phase"
"""Random numbers of a draw: its last positive void, its first negative one, and when its voids come."""


class _Part(NamedTuple):
    """What adds to a reading with one residual: an analyte, or an analyte and its conjugates.

    Attributes
    ----------
    terms : list of (Response, array)
        Each with the concentration at each void for each unit of the response, over the cutoff. Shape (m, n). The response is that
        of all draws.
    spread : float
        Standard deviation of the logarithm of the residual.
    """

    terms: Sequence[tuple[Response, Floats]]
    spread: float

    def medians(self, edges: Floats, wanted_after: Floats, draws: Ints) -> Floats:
        """Median of what the part adds to a reading of each void of some draws, over the cutoff. Shape (m, n)."""
        each = (
            span_means(response, edges, wanted_after, draws * EVERY) * factor.take(draws, axis=1)
            for response, factor in self.terms
        )
        return sum(each, start=next(each))


class _Stretch(NamedTuple):
    """From when to when it is open in each draw whether a void is positive. Arrays of shape (n,). [h]"""

    begin: Floats
    end: Floats


class _Reader(NamedTuple):
    """One component of the test at the voids of each draw.

    Attributes
    ----------
    parts : list of _Part
    spread : float
        Standard deviation of the logarithm of a measurement.
    """

    parts: Sequence[_Part]
    spread: float

    def odds(self, edges: Floats, wanted_after: Floats, draws: Ints) -> Floats:
        """Odds that each void of some draws is positive. Shape (m, n)."""
        medians, variance = self.medians(edges, wanted_after, draws)
        if len(self.parts) == 1:
            return _odds_above(medians, math.hypot(self.spread, self.parts[0].spread))
        return _odds_above(medians, np.sqrt(variance + self.spread**2))

    def medians(self, edges: Floats, wanted_after: Floats, draws: Ints) -> tuple[Floats, Value]:
        """Median of the reading of each void of some draws, over the cutoff, and variance of the logarithm of its residual.

        A sum of log-normal parts is taken as log-normal, with the mean and the variance of the sum.
        """
        medians = [part.medians(edges, wanted_after, draws) for part in self.parts]
        if len(medians) == 1:
            return medians[0], self.parts[0].spread ** 2
        means = [median * np.exp(0.5 * part.spread**2) for median, part in zip(medians, self.parts, strict=True)]
        total = np.maximum(np.add.reduce(means), np.finfo(float).tiny)
        own = [np.square(mean / total) * np.expm1(part.spread**2) for mean, part in zip(means, self.parts, strict=True)]
        variance = np.log1p(np.add.reduce(own))
        return total * np.exp(-0.5 * variance), variance

    def stretch(self) -> _Stretch:
        """Where it is open what voids of this component are."""
        reach = math.exp(REACH * math.hypot(self.spread, max(part.spread for part in self.parts)))
        terms = [term for part in self.parts for term in part.terms]
        begins, ends = [], []
        for response, factor in terms:
            draws = np.arange(factor.shape[1]) * EVERY
            # A sum is above a level where one term is, and below it where each is below its share.
            surely, possibly = reach / factor.min(axis=0), 1.0 / (reach * len(terms) * factor.max(axis=0))
            begin, end = last_above(response, [surely, possibly], draws)
            begins.append(begin)
            ends.append(end)
        return _Stretch(np.maximum.reduce(begins), np.maximum.reduce(ends))


def serial(simulation: AnySimulation, remembers_ph: bool = False) -> tuple[list[tuple[list[Series], Series]], Series]:
    """Last positive and first negative void of every other draw.

    Parameters
    ----------
    simulation : Simulation or SeveralUses
        Of one question.
    remembers_ph : bool
        Whether all voids of a draw have the same pH.

    Returns
    -------
    stages : list of (list of Series, Series)
        Of each stage of the test: of each of its components, and of the stage.
    whole : Series
        Of the test; that of its stage where it has one only.
    """
    few = simulation.of_draws(slice(None, None, EVERY))
    one = few.simulations[0]
    sampler = Sampler(one.physiology.known.distributions, one.deviates, one.selection)
    voids = every_void(one.physiology, one.person, sampler, VOIDS, remembers_ph)
    numbers = [normal_probability(sampler.normal("specimen", name)) for name in (LAST, FIRST, PHASE)]
    stages = []
    pairs: list[tuple[AnySimulation, AnySimulation]] = list(zip(simulation.stages(), few.stages(), strict=True))
    for every, some in pairs:
        readers = [_reader(every, some, component, voids, sampler) for component in some.assay.components]
        stages.append(_Stage(some.assay.rule, list(zip(readers, [one.stretch() for one in readers], strict=True))))
    written = [_of_stage(stage, voids, numbers) for stage in stages]
    if len(stages) == 1:
        return written, written[0][1]
    stretch = _Stretch(*(np.minimum.reduce(edge) for edge in zip(*(stage.stretch for stage in stages), strict=True)))
    whole = _series(lambda edges: in_every_stage(stages, stretch, edges), stretch, voids, numbers)
    return written, whole


class _Stage(NamedTuple):
    """One stage of the test: its rule, and its components, each with where it is open what its voids are."""

    rule: str
    components: Sequence[tuple[_Reader, _Stretch]]

    @property
    def stretch(self) -> _Stretch:
        """Where it is open what voids of this stage are."""
        ends = np.maximum if self.rule == "any" else np.minimum
        return _Stretch(*(ends.reduce(edge) for edge in zip(*(own for _, own in self.components), strict=True)))


def _of_stage(stage: _Stage, voids: Voids, numbers: Sequence[Floats]) -> tuple[list[Series], Series]:
    """Series of each component of a stage, and of the stage."""
    each = stage.components

    def of(one: tuple[_Reader, _Stretch]) -> Series:
        return _series(lambda edges: _combined([one], one[1], "any", edges), one[1], voids, numbers)

    parts = [of(one) for one in each]
    if len(parts) == 1:
        return parts, parts[0]
    stretch = stage.stretch
    return parts, _series(lambda edges: _combined(each, stretch, stage.rule, edges), stretch, voids, numbers)


# -- what is read at a void -------------------------------------------------------------------------------------------


def _reader(
    simulation: AnySimulation, few: AnySimulation, component: Component, voids: Voids, sampler: Sampler
) -> _Reader:
    """A component of the test at the voids of a few draws, by the responses of all of them."""
    spread = math.sqrt(math.log1p(few.assay.imprecision_cv**2))
    scale = few.simulations[0].kit_bias(component) / component.cutoff_ng_ml
    if component.per_creatinine:
        creatinine, between = _creatinine(few.simulations[0], voids, sampler)
        scale, spread = scale * ML_PER_DL / creatinine, math.hypot(spread, between)
    gathered: dict[str, list[tuple[Response, Floats]]] = {}
    spreads: dict[str, float] = {}
    for (every, _), (some, own) in zip(simulation.readers_of(component), few.readers_of(component), strict=True):
        for analyte, weight in some.weights(own).items():
            name = some.residual_name(analyte)
            made = some.made_at(analyte, voids.flow, voids.ph) * some.population.median_of_specimens(name)
            gathered.setdefault(name, []).append((every.response(analyte), np.asarray(made * weight * scale)))
            spreads[name] = some.population.parameters[name].variability
    return _Reader([_Part(terms, spreads[name]) for name, terms in gathered.items()], spread)


def _creatinine(simulation: Simulation, voids: Voids, sampler: Sampler) -> tuple[Floats, float]:
    """Median creatinine of each void [mg/dL], and how its logarithm differs between voids of one flow."""
    physiology, parts = simulation.physiology, parts_of(simulation.person)
    deviation = (parts.osmoles - parts.usual.osmoles) / parts.usual.osmoles_spread
    excreted = creatinine_excretion(physiology.known, physiology.norms, parts.body, deviation, sampler)
    between = physiology.norms.data.parameters["creatinine_between_voids"].variability
    return np.asarray(urine.creatinine_concentration(excreted, voids.flow)), between


def _odds_above(relative: Floats, spread: Value) -> Floats:
    """Odds that a reading is at or above the cutoff, by its median over the cutoff; `relative` is written over.

    Notes
    -----
    The normal distribution is taken as a logistic one of ``1.5976 z + 0.07056 z^3``, to 1.4e-4: one exponential in place of ten
    operations.

    References
    ----------
    bowling2009
    """
    np.maximum(relative, np.finfo(float).tiny, out=relative)
    np.log(relative, out=relative)
    relative /= np.maximum(spread, LEAST_SPREAD)
    square = relative * relative
    square *= 0.07056
    square += 1.5976
    relative *= square
    np.clip(relative, -MOST_LOG_ODDS, MOST_LOG_ODDS, out=relative)
    return np.exp(relative, out=relative)


# -- from chances to times --------------------------------------------------------------------------------------------


def _series(
    chances: Callable[[Floats], tuple[Floats, Floats]], stretch: _Stretch, voids: Voids, numbers: Sequence[Floats]
) -> Series:
    """Last positive and first negative void of each draw by one component or by several.

    Parameters
    ----------
    chances : callable
        From when voids end, shape (m + 1, n) [h], to the chances that they are positive and that they are not, shape (m, n).
    stretch : _Stretch
        Where it is open what voids are.
    voids : Voids
    numbers : sequence of array
        Uniform numbers of each draw: for the last positive void, the first negative one, and when voids come.
    """
    last, first, phase = numbers
    # A long void holds more of earlier times than that of the specimen, by which the stretch was found.
    end = stretch.end + phase * voids.mean_interval + 0.5 * voids.interval.max(axis=0)
    stands_for = np.maximum(WIDER * (end - stretch.begin) / (len(voids.interval) * voids.mean_interval), 1.0)
    edges = np.empty((len(voids.interval) + 1, len(end)))
    edges[0] = end
    for before, after, interval in zip(edges, edges[1:], voids.interval, strict=False):
        np.subtract(before, interval * stands_for, out=after)
    chance, miss = chances(edges)
    is_before = edges[:-1] <= 0.0
    chance[is_before], miss[is_before] = 0.0, 1.0
    several = np.flatnonzero(stands_for > 1.0)
    for each in (chance, miss):
        each[:, several] = _of_several(each[:, several], stands_for[several])
    return walk(chance, miss, edges, voids.interval, stands_for, last, first)


def _combined(
    readers: Sequence[tuple[_Reader, _Stretch]], stretch: _Stretch, rule: str, edges: Floats
) -> tuple[Floats, Floats]:
    """Chances that the voids are positive and that they are not, by one component or by several. Two arrays of shape (m, n).

    Components are independent of each other in voids of one flow and pH.
    """
    whole = np.ones((len(edges) - 1, edges.shape[1]))
    # Where a later void is surely positive, the one in which the last dose was taken decides nothing.
    wanted_after = stretch.begin - (edges[:-1] - edges[1:]).max(axis=0)
    for reader, own in readers:
        # Elsewhere the component is surely negative in all these voids, or surely positive.
        draws = np.flatnonzero(own.end >= stretch.begin if rule == "any" else own.begin <= stretch.end)
        odds = reader.odds(edges.take(draws, axis=1), wanted_after.take(draws), draws)
        one = 1.0 / (1.0 + odds)
        if rule == "all":
            one *= odds
        if len(draws) == len(stretch.end):
            whole *= one
        else:
            whole[:, draws] *= one
    return (whole, 1.0 - whole) if rule == "all" else (1.0 - whole, whole)


def in_every_stage(stages: Sequence[_Stage], stretch: _Stretch, edges: Floats) -> tuple[Floats, Floats]:
    """Chances that voids are positive in every stage of the test and that they are not. Two arrays of shape (m, n).

    The stages read one specimen: they share its residual, and each has an error of its own. The residual, in its own standard
    deviations, must be above a level in each stage, and each level is normal by the error. The highest of them is taken as normal,
    with the mean and the variance of the highest of two normals (Clark); the lowest, where one component of a stage suffices,
    likewise.
    """
    wanted_after = stretch.begin - (edges[:-1] - edges[1:]).max(axis=0)
    levels = [_level_of(stage, edges, wanted_after) for stage in stages]
    level, variance = reduce(highest, levels)
    odds = _odds_above(np.exp(np.clip(-level / np.sqrt(1.0 + variance), -MOST_LOG_ODDS, MOST_LOG_ODDS)), 1.0)
    miss = 1.0 / (1.0 + odds)
    return odds * miss, miss


def _level_of(stage: _Stage, edges: Floats, wanted_after: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the level above which the residual of a void must be, in standard deviations of the residual."""
    draws = np.arange(edges.shape[1])
    levels = []
    for reader, _ in stage.components:
        medians, residual_variance = reader.medians(edges, wanted_after, draws)
        spread = np.maximum(np.sqrt(residual_variance), LEAST_SPREAD)
        level = -np.log(np.maximum(medians, np.finfo(float).tiny)) / spread
        levels.append((level, np.broadcast_to(np.square(reader.spread / spread), level.shape)))
    if stage.rule == "all":
        return reduce(highest, levels)
    low, variance = reduce(highest, [(-level, variance) for level, variance in levels])
    return -low, variance


def highest(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Mean and variance of the higher of two independent normal numbers.

    References
    ----------
    clark1961
    """
    (mean, variance), (mean_2, variance_2) = one, other
    spread = np.sqrt(np.maximum(variance + variance_2, LEAST_SPREAD**2))
    apart = (mean - mean_2) / spread
    share = normal_probability(apart)
    density = np.exp(-0.5 * np.square(apart)) / math.sqrt(2.0 * math.pi)
    first = mean * share + mean_2 * (1.0 - share) + spread * density
    # About the mean, so that large levels do not cancel.
    a, b = mean - first, mean_2 - first
    second = (a * a + variance) * share + (b * b + variance_2) * (1.0 - share) + (a + b) * spread * density
    return first, np.maximum(second, 0.0)


def _of_several(chance: Floats, count: Floats) -> Floats:
    """The chance that so many alike voids all have what one has with this chance: a power, by logarithms, which is faster."""
    logarithm = np.log(np.maximum(chance, np.finfo(float).tiny))
    logarithm *= count
    return np.exp(logarithm, out=logarithm)
