"""Crossing times of every draw -> the window, its interval, the probability curve and its band of model uncertainty.

T is the single-specimen time: the last time after the last dose at which the specimen of a draw would be positive. A draw has one
specimen, so T is not the last positive one of a series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detectapi.exponentials import Crossings
from detectapi.model.arrays import Floats
from detectapi.model.draws import Layout
from detectapi.model.knowledge_rows import of_rows
from detectapi.model.normal import probit_band, probit_edges
from detectapi.values.assay import Assay

CONCENTRATION_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CURVE_POINTS = 60
MEDIAN_POINTS = 101
"""Quantiles of T at which the band of model uncertainty is computed, to find where its edges are at one half."""
ENOUGH_BATCHES = 5
"""From so many batches on, their scatter tells the Monte-Carlo error; the scatter of fewer is often far too small, even 0."""
ROUND_STEPS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 24.0, 48.0, 72.0, 168.0, 336.0, 672.0)


@dataclass(frozen=True, slots=True)
class Window:
    """When specimens stop being positive. Times in hours after the end of the last dose.

    Attributes
    ----------
    median : float
        Half of single specimens are still positive then. [h]
    low, high : float
        Ends of the predictive interval: the central ``level`` of T. [h]
    level : float
        Probability that the interval holds.
    standard_error : float
        Monte-Carlo standard error of the median. [h]
    ever_positive : float
        Share of draws that are positive at any time after the last dose.
    knowledge : tuple of float
        The model uncertainty of the median: where it could lie, at the same level. [h]
    """

    median: float
    low: float
    high: float
    level: float
    standard_error: float
    ever_positive: float
    knowledge: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """When something happens in a series of specimens. Times in hours after the end of the last dose.

    Attributes
    ----------
    median : float
        [h]
    low, high : float
        Ends of the predictive interval. [h]
    level : float
        Probability that the interval holds.
    standard_error : float
        Monte-Carlo standard error of the median. [h]
    """

    median: float
    low: float
    high: float
    level: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Probability that a specimen is positive, with its band of model uncertainty. Arrays of shape (m,).

    Attributes
    ----------
    time : array
        [h after the last dose]
    probability : array
        [0 to 1]
    low, high : array
        Edges of the band. [0 to 1]
    """

    time: Floats
    probability: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Bands:
    """Concentration in the specimen over time: of the typical person, and its quantiles over all draws. Arrays of shape (m,).

    Attributes
    ----------
    time : array
        [h after the last dose]
    typical : array
        [ng/mL]
    quantiles : dict of float to array
        By probability. [ng/mL]
    """

    time: Floats
    typical: Floats
    quantiles: Mapping[float, Floats]


def bands(time: Floats, typical: Floats, concentration: Floats) -> Bands:
    """Quantiles of the concentration at each time.

    Parameters
    ----------
    time, typical : array, shape (m,)
        [h], [ng/mL]
    concentration : array, shape (m, n)
        [ng/mL]
    """
    ordered = np.sort(concentration, axis=1)
    n = ordered.shape[1]
    quantiles = {share: ordered[:, min(int(share * n), n - 1)] for share in CONCENTRATION_QUANTILES}
    return Bands(time, typical, quantiles)


def combine(crossings: Sequence[Crossings], rule: str) -> tuple[Floats, Floats]:
    """First and last time at which a test of several parts is positive.

    Parameters
    ----------
    crossings : sequence of Crossings
        One of each part; arrays of shape (n,). [h]
    rule : {'any', 'all'}
        Whether one positive part suffices.

    Returns
    -------
    first, last : array, shape (n,)
        Both zero for draws that are never positive. [h]
    """
    firsts, lasts = np.array([c.first for c in crossings]), np.array([c.last for c in crossings])
    if rule == "all":
        first, last = firsts.max(axis=0), lasts.min(axis=0)
    else:
        # A part that is never positive has first = 0, which must not count as an early start.
        first, last = np.where(lasts > 0.0, firsts, np.inf).min(axis=0), lasts.max(axis=0)
    positive = last > np.where(np.isfinite(first), first, np.inf)
    return np.where(positive, first, 0.0), np.where(positive, last, 0.0)


def combine_stages(crossed: Sequence[Sequence[Crossings]], assay: Assay) -> list[Crossings]:
    """First and last time at which each stage of a test is positive, then those at which all of them are.

    Parameters
    ----------
    crossed : sequence of sequence of Crossings
        For each stage, one of each part; arrays of shape (n,). [h]
    assay : Assay

    Returns
    -------
    list of Crossings
        One for each stage; then the whole test's, which is that of the only stage where there is one. [h]
    """
    each = []
    for stage, parts in zip(assay.in_turn, crossed, strict=True):
        safe = np.logical_or.reduce([part.safe_route for part in parts])
        each.append(Crossings(*combine(parts, stage.rule), safe))
    if len(each) == 1:
        return [each[0], each[0]]
    safe = np.logical_or.reduce([stage.safe_route for stage in each])
    return [*each, Crossings(*combine(each, "all"), safe)]


def interval(last: Floats, plan: Layout, level: float) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Median, predictive interval and Monte-Carlo error of T.

    Parameters
    ----------
    last : array, shape (..., n)
        T of each draw. [h]
    plan : Layout
    level : float
        Probability that the interval holds.

    Returns
    -------
    low, median, high, standard_error, ever_positive : array, shape (...,)
        Times in hours; the last one is a share of the draws.

    Notes
    -----
    The standard error of the median is that of ``P(T > median)`` between independent batches of draws, divided by the density of
    T at the median. With few batches it is at least that of as many independent people.
    """
    ordered = np.sort(last, axis=-1)
    tail = (1.0 - level) / 2.0
    step = max(0.05, 2.0 / np.sqrt(last.shape[-1]))
    wanted = np.array([tail, 0.5, 1.0 - tail, 0.5 - step, 0.5 + step])
    low, median, high, below, above = np.moveaxis(_quantiles(ordered, wanted), -1, 0)
    share = (last > median[..., None]).reshape(*last.shape[:-1], plan.batches, -1).mean(axis=-1)
    error: Floats = _error_of_share(share, plan) * (above - below) / (2.0 * step)
    ever_positive: Floats = np.mean(last > 0.0, axis=-1, dtype=np.float64)
    return low, median, high, error, ever_positive


def _error_of_share(share: Floats, plan: Layout) -> Floats:
    """Standard error of a share of the draws, from the share in each batch along the last axis."""
    between: Floats = share.std(axis=-1, ddof=1) / np.sqrt(plan.batches)
    whole = share.mean(axis=-1)
    of_people: Floats = np.sqrt(whole * (1.0 - whole) / plan.size("people"))
    too_few = (between == 0.0) | (plan.batches < ENOUGH_BATCHES)
    return np.where(too_few, np.maximum(between, of_people), between)


def reading(times: Floats, plan: Layout, level: float) -> Reading:
    """Median and interval of a time of each draw, or of every so many draws.

    Parameters
    ----------
    times : array, shape (n,)
        [h]
    plan : Layout
    level : float
        Probability that the interval holds.
    """
    low, median, high, error, _ = interval(times, plan, level)
    return Reading(float(median), float(low), float(high), level, float(error))


def summarise(first: Floats, last: Floats, plan: Layout, level: float) -> Window:
    """The window of a set of draws.

    Parameters
    ----------
    first, last : array, shape (n,)
        [h]
    plan : Layout
    level : float
        Probability that the interval holds.

    Returns
    -------
    Window
    """
    low, median, high, error, ever = interval(last, plan, level)
    ordered = np.sort(last)
    # If an edge of the band were the true P(t), the median would lie where that edge is at one half.
    time = _quantiles(ordered, np.linspace(0.0, 1.0, MEDIAN_POINTS))
    time = np.unique(np.concatenate([[0.0], time, np.nextafter(time[-1:], np.inf)]))
    edges = probit_edges(*of_rows(np.zeros_like(first), last, plan, time), level, plan.draws)
    low_edge, high_edge = (_time_at_half(time, edge) for edge in edges)
    return Window(float(median), float(low), float(high), level, float(error), float(ever), (low_edge, high_edge))


def probability_curve(first: Floats, last: Floats, plan: Layout, level: float, time: Floats) -> Curve:
    """Probability of a positive specimen at given times, and its band of model uncertainty.

    Parameters
    ----------
    first, last : array, shape (n,)
        [h]
    plan : Layout
    level : float
    time : array, shape (m,)
        [h]

    Returns
    -------
    Curve

    Notes
    -----
    Each knowledge row, one set of typical values, gives a P(t) of its own. Two rows that share their people differ because of
    their typical values, and by chance because the people are few. The part by chance is estimated from how the difference
    between the two outcomes of one person spreads over people, and is subtracted: a random-effects analysis of variance on paired
    rows. `detectapi.model.normal.probit_band` makes a band of the variance that is left.
    """
    overall, knowledge = of_rows(first, last, plan, time)
    low, high = probit_band(overall, knowledge, level, plan.draws)
    return Curve(time, overall, low, high)


def chances_at(
    first: Floats, last: Floats, plan: Layout, level: float, curve: Curve, time: Floats
) -> tuple[Floats, Floats, Floats]:
    """Probability of a positive specimen at times that are asked about, each with its band.

    Parameters
    ----------
    first, last : array, shape (n,)
        [h]
    plan : Layout
    level : float
    curve : Curve
    time : array, shape (m,)
        In any order. [h]

    Returns
    -------
    probability, low, high : array, shape (m,)

    Notes
    -----
    A band looks at other times too (`detectapi.model.normal.probit_edges`): at those of the curve, and at no other time that is
    asked about, so that a time has the same answer whatever is asked beside it.
    """
    times = np.unique(np.concatenate([curve.time, time]))
    overall, knowledge = of_rows(first, last, plan, times)
    of_curve, asked = np.searchsorted(times, curve.time), np.searchsorted(times, time)
    low, high = np.empty(len(time)), np.empty(len(time))
    for i, place in enumerate(asked):
        beside = np.append(of_curve, place)
        edges = probit_band(overall[beside], knowledge[beside], level, plan.draws)
        low[i], high[i] = (edge[-1] for edge in edges)
    return overall[asked], low, high


def reaching(curve: Curve, time: Floats, probability: Floats, low: Floats, high: Floats) -> Curve:
    """A curve with the times that are asked about and lie beyond its end as further points.

    Parameters
    ----------
    curve : Curve
    time : array, shape (m,)
        In any order. [h]
    probability, low, high : array, shape (m,)
        Of `chances_at`.
    """
    later, place = np.unique(time, return_index=True)
    place = place[later > curve.time[-1]]
    asked = (time, probability, low, high)
    known = (curve.time, curve.probability, curve.low, curve.high)
    return Curve(*(np.append(old, new[place]) for old, new in zip(known, asked, strict=True)))


def curve_times(last: Floats) -> Floats:
    """At most about 60 evenly spaced times in round hours, from 0 to where nearly every draw has become negative. [h]"""
    end = max(float(np.quantile(last, 0.995)) * 1.05, 1.0)
    step = next((s for s in ROUND_STEPS if end / s <= CURVE_POINTS), ROUND_STEPS[-1])
    times: Floats = np.arange(int(np.ceil(end / step)) + 1, dtype=np.float64) * step
    return times


def _quantiles(ordered: Floats, probability: Floats) -> Floats:
    """Quantiles of values that are sorted along the last axis, linear between order statistics; along the last axis again."""
    position = probability * (ordered.shape[-1] - 1)
    below = np.clip(np.floor(position).astype(int), 0, ordered.shape[-1] - 1)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    quantiles: Floats = ordered[..., below] + (position - below) * (ordered[..., above] - ordered[..., below])
    return quantiles


def _time_at_half(time: Floats, probit: Floats) -> float:
    """The last time at which a falling edge is at one half or more; 0 if it never is."""
    over = np.flatnonzero(probit >= 0.0)
    if not len(over):
        return 0.0
    i = over[-1]
    if i == len(time) - 1:
        return float(time[i])
    fall = probit[i] - probit[i + 1]
    share = probit[i] / fall if np.isfinite(fall) else 1.0
    return float(time[i] + (time[i + 1] - time[i]) * share)
