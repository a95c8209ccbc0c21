"""Crossing times of every draw -> the window, its interval, the probability curve and the band of what we do not know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detectapi.model.draws import PEOPLE_PER_ROW, ROWS_PER_GROUP, Layout
from detectapi.model.normal import probit_band, probit_edges

CONCENTRATION_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CURVE_POINTS = 60
MEDIAN_POINTS = 101
"""Quantiles of T between which the edges of the knowledge band are looked up."""
_NICE_STEPS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 24.0, 48.0, 72.0, 168.0, 336.0, 672.0)


@dataclass(frozen=True, slots=True)
class Window:
    """When specimens stop being positive. Times in hours after the end of the last dose.

    ``low`` and ``high`` enclose the central ``level`` of specimens of unknown person, specimen and parameter values;
    ``knowledge`` is where the median could lie for what we do not know, at the same level.
    """

    median: float
    low: float
    high: float
    level: float
    standard_error: float
    ever_positive: float
    knowledge: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """Probability that a specimen is positive, with the band of what we do not know. Arrays of shape (m,)."""

    time: np.ndarray
    probability: np.ndarray
    low: np.ndarray
    high: np.ndarray


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

    time: np.ndarray
    typical: np.ndarray
    quantiles: Mapping[float, np.ndarray]


def bands(time, typical, concentration) -> Bands:
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


def combine(crossings, rule: str):
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


def interval(last, plan: Layout, level: float):
    """Median, predictive interval and Monte-Carlo error of the last positive time.

    Parameters
    ----------
    last : array, shape (..., n)
        [h]
    plan : Layout
    level : float
        Probability that the interval holds.

    Returns
    -------
    low, median, high, standard_error, ever_positive : array, shape (...,)
        Times in hours; the last is a probability.

    Notes
    -----
    The standard error of the median is the standard error of ``P(T > median)`` between independent batches of draws, over the
    density of T there.
    """
    ordered = np.sort(last, axis=-1)
    tail = (1.0 - level) / 2.0
    step = max(0.05, 2.0 / np.sqrt(last.shape[-1]))
    wanted = np.array([tail, 0.5, 1.0 - tail, 0.5 - step, 0.5 + step])
    low, median, high, below, above = np.moveaxis(_quantiles_of_rows(ordered, wanted), -1, 0)
    share = (last > median[..., None]).reshape(*last.shape[:-1], plan.batches, -1).mean(axis=-1)
    error = share.std(axis=-1, ddof=1) / np.sqrt(plan.batches) * (above - below) / (2.0 * step)
    return low, median, high, error, (last > 0.0).mean(axis=-1)


def summarise(first, last, plan: Layout, level: float) -> Window:
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
    # Where an edge of the band of P(t) takes the value one half, the median lies if that edge is true.
    time = _quantiles(ordered, np.linspace(0.0, 1.0, MEDIAN_POINTS))
    time = np.unique(np.concatenate([[0.0], time, np.nextafter(time[-1:], np.inf)]))
    edges = probit_edges(*_rows(np.zeros_like(first), last, plan, time), level, plan.draws)
    knowledge = tuple(_time_at_half(time, edge) for edge in edges)
    return Window(median, low, high, level, float(error), float(ever), knowledge)


def probability_curve(first, last, plan: Layout, level: float, time) -> Curve:
    """Probability of a positive specimen over time, and its knowledge band.

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
    Each knowledge row gives its own P(t). Two rows that share their people differ by knowledge, and by how it happens to work
    on those people; the latter is estimated from the spread of the difference between the same person's two readings and taken
    off (a random-effects analysis of variance on paired rows). `detectapi.model.normal.probit_band` turns the variance that is left
    into a band.
    """
    overall, knowledge = _rows(first, last, plan, time)
    low, high = probit_band(overall, knowledge, level, plan.draws)
    return Curve(time, overall, low, high)


def _rows(first, last, plan: Layout, time):
    """Probability of a positive specimen, and its variance between knowledge rows. Two arrays of shape (m,)."""
    # A draw is positive at those times that number from `begin` on and before `end`.
    begin, end = (
        np.searchsorted(time, edge).reshape(plan.groups, ROWS_PER_GROUP, PEOPLE_PER_ROW) for edge in (first, last)
    )
    count = _counts(begin, end, len(time))  # (groups, rows, m)
    both = _counts(begin.max(axis=1), end.min(axis=1), len(time))  # of the same person under two rows
    difference = (count[:, 0] - count[:, 1]) / PEOPLE_PER_ROW
    either = (count[:, 0] + count[:, 1] - 2 * both) / PEOPLE_PER_ROW
    noise = np.mean(either - difference**2, axis=0) / (PEOPLE_PER_ROW - 1)
    knowledge = np.maximum(np.mean(difference**2, axis=0) - noise, 0.0) / 2.0
    return count.mean(axis=(0, 1)) / PEOPLE_PER_ROW, knowledge


def _counts(begin, end, m):
    """How many of the last axis hold each of the numbers 0 to m - 1 from `begin` on and before `end`."""
    shape = begin.shape[:-1]
    row = np.arange(math.prod(shape)).reshape(*shape, 1) * (m + 1)
    change = np.bincount((row + begin).ravel(), minlength=row.size * (m + 1))
    change -= np.bincount((row + np.maximum(begin, end)).ravel(), minlength=row.size * (m + 1))
    return change.reshape(*shape, m + 1)[..., :m].cumsum(axis=-1)


def curve_times(last) -> np.ndarray:
    """Evenly spaced round hours from 0 to where nearly every draw has become negative, at most about 60. [h]"""
    end = max(float(np.quantile(last, 0.995)) * 1.05, 1.0)
    step = next((s for s in _NICE_STEPS if end / s <= CURVE_POINTS), _NICE_STEPS[-1])
    return np.arange(int(np.ceil(end / step)) + 1) * step


def _quantiles(ordered, probability):
    """Quantiles of sorted values along the first axis, linear between order statistics."""
    position = np.asarray(probability) * (len(ordered) - 1)
    below = np.clip(np.floor(position).astype(int), 0, len(ordered) - 1)
    above = np.minimum(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def _quantiles_of_rows(ordered, probability):
    """The same along the last axis; the quantiles are the last axis of what is returned."""
    position = probability * (ordered.shape[-1] - 1)
    below = np.clip(np.floor(position).astype(int), 0, ordered.shape[-1] - 1)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    return ordered[..., below] + (position - below) * (ordered[..., above] - ordered[..., below])


def _time_at_half(time, probit) -> float:
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
