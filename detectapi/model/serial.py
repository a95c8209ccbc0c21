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
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import Response, last_above, span_means
from detectapi.model import urine
from detectapi.model.arrays import Floats, Ints, Value
from detectapi.model.physiology import parts_of
from detectapi.model.sample_urine import creatinine_excretion
from detectapi.model.sampler import Sampler
from detectapi.model.simulation import ML_PER_DL, Simulation
from detectapi.model.specimen import normal_probability
from detectapi.model.voids import Voids, every_void
from detectapi.values.assay import Component

EVERY = 2
"""Of so many draws one is followed: the medians of half of them are sure enough, in half the time."""
VOIDS = 32
"""Voids of each draw that are looked at."""
REACH = 3.5
"""Standard deviations of a reading, beyond which a void counts as surely positive or surely negative."""
WIDER = 1.15
"""The stretch that is looked at is so much longer than the one in which it is open what voids are."""
LEAST = 1e-300
LEAST_SPREAD = 1e-6
MOST_LOG_ODDS = 30.0
"""A void is never surer than this. [-]"""
LAST, FIRST, PHASE = "serial.last", "serial.first", "serial.phase"
"""Random numbers of a draw: its last positive void, its first negative one, and when its voids come."""


class Series(NamedTuple):
    """Times of the voids of each draw. Arrays of shape (n,). [h after the last dose]

    Attributes
    ----------
    last_positive : array
        0 where no void after the last dose is positive.
    first_negative : array
        The first negative void that follows a positive one; 0 where none is positive.
    """

    last_positive: Floats
    first_negative: Floats


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
        """Odds that each void of some draws is positive. Shape (m, n).

        A sum of log-normal parts is taken as log-normal, with the mean and the variance of the sum.
        """
        medians = [part.medians(edges, wanted_after, draws) for part in self.parts]
        if len(medians) == 1:
            return _odds_above(medians[0], math.hypot(self.spread, self.parts[0].spread))
        means = [median * np.exp(0.5 * part.spread**2) for median, part in zip(medians, self.parts, strict=True)]
        total = np.maximum(np.add.reduce(means), np.finfo(float).tiny)
        own = [np.square(mean / total) * np.expm1(part.spread**2) for mean, part in zip(means, self.parts, strict=True)]
        variance = np.log1p(np.add.reduce(own))
        return _odds_above(total * np.exp(-0.5 * variance), np.sqrt(variance + self.spread**2))

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


def serial(simulation: Simulation, remembers_ph: bool = False) -> tuple[list[Series], Series]:
    """Last positive and first negative void of every other draw.

    Parameters
    ----------
    simulation : Simulation
        Of one question.
    remembers_ph : bool
        Whether all voids of a draw have the same pH.

    Returns
    -------
    parts : list of Series
        Of each component of the test.
    whole : Series
        Of the test.
    """
    few = simulation.of_draws(slice(None, None, EVERY))
    sampler = Sampler(few.physiology.known.distributions, few.deviates, few.selection)
    voids = every_void(few.physiology, few.person, sampler, VOIDS, remembers_ph)
    components = simulation.question.assay.components
    readers = [_reader(simulation, few, component, voids, sampler) for component in components]
    stretches = [reader.stretch() for reader in readers]
    numbers = [normal_probability(sampler.normal("specimen", name)) for name in (LAST, FIRST, PHASE)]
    each = list(zip(readers, stretches, strict=True))
    parts = [_series([one], one[1], "any", voids, numbers) for one in each]
    if len(parts) == 1:
        return parts, parts[0]
    rule = simulation.question.assay.rule
    ends = np.maximum if rule == "any" else np.minimum
    stretch = _Stretch(*(ends.reduce(edge) for edge in zip(*stretches, strict=True)))
    return parts, _series(each, stretch, rule, voids, numbers)


# -- what is read at a void -------------------------------------------------------------------------------------------


def _reader(simulation: Simulation, few: Simulation, component: Component, voids: Voids, sampler: Sampler) -> _Reader:
    """A component of the test at the voids of a few draws, by the responses of all of them."""
    spread = math.sqrt(math.log1p(few.question.assay.imprecision_cv**2))
    scale = few.kit_bias(component) / component.cutoff_ng_ml
    if component.per_creatinine:
        creatinine, between = _creatinine(few, voids, sampler)
        scale, spread = scale * ML_PER_DL / creatinine, math.hypot(spread, between)
    gathered: dict[str, list[tuple[Response, Floats]]] = {}
    for analyte, weight in few.weights(component).items():
        name = few.residual_name(analyte)
        made = few.made_at(analyte, voids.flow, voids.ph) * few.population.median_of_specimens(name)
        gathered.setdefault(name, []).append((simulation.response(analyte), np.asarray(made * weight * scale)))
    residual = few.population.parameters
    return _Reader([_Part(terms, residual[name].variability) for name, terms in gathered.items()], spread)


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
    readers: Sequence[tuple[_Reader, _Stretch]],
    stretch: _Stretch,
    rule: str,
    voids: Voids,
    numbers: Sequence[Floats],
) -> Series:
    """Last positive and first negative void of each draw by one component or by all.

    Parameters
    ----------
    readers : sequence of (_Reader, _Stretch)
        Each with where it is open what its voids are.
    stretch : _Stretch
        The same for all of them together.
    rule : {'any', 'all'}
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
    chance, miss = _combined(readers, stretch, rule, edges)
    is_before = edges[:-1] <= 0.0
    chance[is_before], miss[is_before] = 0.0, 1.0
    several = np.flatnonzero(stands_for > 1.0)
    chance[:, several] **= stands_for[several]
    miss[:, several] **= stands_for[several]
    return _walk(chance, miss, edges, voids.interval, stands_for, last, first)


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


def _walk(
    chance: Floats, miss: Floats, edges: Floats, interval: Floats, stands_for: Floats, last: Floats, first: Floats
) -> Series:
    """The last positive void, drawn by walking back in time; then the first negative one before it, by walking forward.

    Parameters
    ----------
    chance, miss : array, shape (m, n)
        That all voids that one stands for are positive, and that none is; the latest first.
    edges : array, shape (m + 1, n)
        When voids end. [h]
    interval : array, shape (m, n)
        Of a void. [h]
    stands_for : array, shape (n,)
        Voids that each of them stands for.
    last, first : array, shape (n,)
        Uniform numbers.
    """
    draws = np.arange(chance.shape[1])
    none_after = np.multiply.accumulate(miss, axis=0)
    place = np.minimum((none_after > last).sum(axis=0), len(chance) - 1)
    before = np.where(place > 0, none_after[place - 1, draws], 1.0)
    within = _void_within(before, none_after[place, draws], last, stands_for)
    when = edges[place, draws] - within * interval[place, draws]
    last_positive = np.where((none_after[-1] <= last) & (when > 0.0), when, 0.0)

    following = np.where(within >= 1.0, interval[place, draws], interval[np.maximum(place - 1, 0), draws])
    earlier = _first_negative_before(chance, miss, edges, interval, stands_for, first, place)
    first_negative = np.minimum(last_positive + following, earlier)
    return Series(last_positive, np.where(last_positive > 0.0, first_negative, 0.0))


def _void_within(before: Floats, after: Floats, number: Floats, stands_for: Floats) -> Floats:
    """Which of the voids that one stands for it is, from 0 on: where a chance that falls by as much with each reaches a number."""
    fall, wanted = (np.log(np.maximum(before / np.maximum(x, LEAST), 1.0)) for x in (after, number))
    steps = np.floor(wanted / np.maximum(fall, LEAST) * stands_for)
    return np.minimum(steps, np.ceil(stands_for) - 1.0)


def _first_negative_before(
    chance: Floats,
    miss: Floats,
    edges: Floats,
    interval: Floats,
    stands_for: Floats,
    first: Floats,
    last_place: Floats,
) -> Floats:
    """The first negative void after a positive one and before a given one; infinite where there is none. Shape (n,). [h]

    ``none`` is the chance that no void was positive so far, ``all_since`` that all were since the first positive one.
    """
    m, draws = len(chance), np.arange(len(first))
    left = np.ones((m + 1, len(first)))
    none, all_since = np.ones(len(first)), np.zeros(len(first))
    for i in range(m - 1, -1, -1):
        all_since += none
        all_since *= chance[i]
        none *= miss[i]
        np.add(none, all_since, out=left[i])
    is_gone = left[:-1] < first
    is_gone &= np.arange(m)[:, np.newaxis] > last_place
    place = m - 1 - is_gone[::-1].argmax(axis=0)
    within = _void_within(left[place + 1, draws], left[place, draws], first, stands_for)
    at = np.minimum(edges[place, draws], edges[place + 1, draws] + (within + 1.0) * interval[place, draws])
    at = np.where(at > 0.0, at, edges[place, draws])
    return np.where(is_gone.any(axis=0), at, np.inf)
