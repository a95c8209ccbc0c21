"""Means of a response over spans of time that follow each other, with times of its own for each draw."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from detectapi.exponentials.array_types import Floats, Integers
from detectapi.exponentials.blocks import blocks
from detectapi.exponentials.dose_sums import NEGLIGIBLE_DECAY, average_decay
from detectapi.exponentials.draw_arrays import of_draws, take_draws
from detectapi.exponentials.input_phase import FIRST_EXTRA_NODE
from detectapi.exponentials.response import Response

LOOKS = 16
"""Times at which a response is computed to see about when it falls below a level."""


class Fall:
    """Some draws of a response, with what its means over spans are computed from. Arrays of shape (n,), or (k, n).

    Parameters
    ----------
    response : Response
    draws : array of int, shape (n,)
        Those of the response that are meant.
    precision : type
        Of all arrays but the last: `numpy.float32` has room for concentrations down to about 1e-30 umol/L.

    Attributes
    ----------
    poles, tail : array, shape (k, n)
        As in `Response`. [1/h], [umol/L]
    areas : array, shape (k, n)
        Area under each term of the instantaneous concentration from the last input on. [umol*h/L]
    last_input, tail_start : array, shape (n,)
        [h]
    """

    def __init__(self, response: Response, draws: Integers, precision: type[np.floating[Any]] = np.float64) -> None:
        self.response = response
        self.draws = draws
        poles, tail = take_draws(response.poles, draws), take_draws(response.tail, draws)
        # A term of the tail is a mean over the averaging time, and counts from where that time is over.
        areas = tail / (average_decay(poles * response.averaging_time.take(draws)) * poles)
        last_input = np.broadcast_to(response.last_input, response.averaging_time.shape).take(draws)
        arrays: Any = [array.astype(precision) for array in (poles, tail, areas, last_input)]
        self.poles, self.tail, self.areas, self.last_input = arrays
        self.tail_start = response.tail_start.take(draws)

    @cached_property
    def at_zero(self) -> Floats:
        """The response at time 0. Shape (n,). [umol/L]"""
        return self.response.value_at_zero(self.draws)

    def values_at(self, places: Integers, time: Floats) -> Floats:
        """The response at a time for each of some of the draws: `values_at`."""
        values = self.at_zero.take(places)
        later = np.flatnonzero(time > 0.0)
        if len(later):
            values[later] = values_at(self.response, self.draws.take(places.take(later)), time.take(later))
        return values


def span_means(fall: Fall, edges: Floats, decided: Floats, draws: Integers) -> Floats:
    """Mean of the instantaneous concentration over each of several spans.

    Parameters
    ----------
    fall : Fall
    edges : array, shape (m + 1, n)
        Where spans end and begin, in each draw from the latest to the earliest. [h]
    decided : array, shape (n,)
        A span that begins before the end of the last input is not asked for, and stands as 0, where the next one ends before this
        time. [h]
    draws : array of int, shape (n,)
        Places of the draws that are asked for, among those of the fall, in ascending order.

    Returns
    -------
    array, shape (m, n)
        The latest span first; 0 in a span that ends at or before time 0. [umol/L]

    Notes
    -----
    After the last input the concentration is a sum of exponentials, and so is the area under it that is still to come. The mean
    over a span is the difference of that area at its two ends, over its length. For the part of a span before the end of the last
    input the mean over the averaging time that ends there is taken, which is exact where the two are of one length. A span that
    ends before the last input is given the value of the response where it ends.
    """
    poles, areas, last_input = (of_draws(array, draws) for array in (fall.poles, fall.areas, fall.last_input))
    left = _sum_of_terms(poles, areas, np.maximum(edges - last_input, 0.0))
    means = left[1:]
    means -= left[:-1]
    means /= edges[:-1] - edges[1:]
    is_early = edges[1:] < last_input
    means[is_early] = 0.0
    is_early &= edges[:-1] > 0.0
    is_early[1:] &= edges[:-2] > decided
    row, draw = np.nonzero(is_early)
    if len(row):
        end, begin, last = edges[row, draw], edges[row + 1, draw], last_input.take(draw)
        until = np.minimum(end, last)
        since = np.maximum(np.array([until, end]) - last, 0.0)
        at_until, at_end = _sum_of_terms(poles.take(draw, axis=1), areas.take(draw, axis=1), since)
        early = fall.values_at(draws.take(draw), until) * (until - begin)
        means[row, draw] = (early + at_until - at_end) / (end - begin)
    return np.maximum(means, 0.0, out=means)


def last_above(fall: Fall, levels: Sequence[Floats]) -> list[Floats]:
    """About when a response is at or above some levels for the last time: to a tenth, where no exact time is needed.

    Parameters
    ----------
    fall : Fall
    levels : sequence of array, shape (n,)
        The last one is the lowest in every draw. [umol/L]

    Returns
    -------
    list of array, shape (n,)
        At most the start of the tail where a level is not reached after it. [h]

    Notes
    -----
    No term is above its share of the lowest level after the longest of the times that the terms take. From the start of the tail
    until then the response is computed at `LOOKS` times, and the logarithm is taken as a straight line in between.
    """
    poles, tail = fall.poles, fall.tail
    with np.errstate(over="ignore"):  # of a level near the smallest number, which takes as long as the largest one does
        parts = np.minimum(tail * (len(poles) / levels[-1]), np.finfo(float).max)
    longest = (np.log(np.maximum(parts, 1.0)) / poles).max(axis=0, initial=0.0).astype(poles.dtype)
    since = longest * np.square(np.arange(LOOKS + 1) / LOOKS).astype(poles.dtype)[:, np.newaxis]
    height = _sum_of_terms(poles, tail, since)
    np.log(np.maximum(height, np.finfo(height.dtype).tiny, out=height), out=height)
    start = fall.tail_start * (longest > 0.0)
    return [_last_in_table(since, height, np.log(level)) + start for level in levels]


def _last_in_table(since: Floats, height: Floats, level: Floats) -> Floats:
    """The last time in a table at which a height is at or above a level, a straight line in between; 0 where it never is."""
    draws, is_above = np.arange(height.shape[1]), height >= level
    last = len(height) - 1 - is_above[::-1].argmax(axis=0)
    after = np.minimum(last + 1, len(height) - 1)
    fall = height[last, draws] - height[after, draws]
    place = np.where(fall > 0.0, (height[last, draws] - level) / np.where(fall > 0.0, fall, 1.0), 0.0)
    when = since[last, draws] + np.minimum(place, 1.0) * (since[after, draws] - since[last, draws])
    return np.where(is_above.any(axis=0), when, 0.0)


def values_at(response: Response, draws: Integers, time: Floats) -> Floats:
    """The response at one time for each of some draws, which may be named several times.

    Parameters
    ----------
    response : Response
    draws : array of int, shape (m,)
    time : array, shape (m,)
        Not negative. [h]

    Returns
    -------
    array, shape (m,)
        [umol/L]
    """
    since = time - response.tail_start[draws]
    values = np.zeros(len(draws))
    for pole, coefficient in zip(response.poles, response.tail, strict=True):
        values += coefficient[draws] * np.exp(-pole[draws] * np.maximum(since, 0.0))
    soon = np.flatnonzero(since < 0.0)
    for block in blocks(len(soon), response.block):
        some = soon[block]
        pieces = response.input_phase_pieces(draws[some], (time[some],), values_only=True)
        values[some] = pieces.at_node(FIRST_EXTRA_NODE)[0]
    return np.maximum(values, 0.0)


def _sum_of_terms(poles: Floats, coefficients: Floats, since: Floats) -> Floats:
    """Sum of coefficients times exp(-poles since). Shape (m, n)."""
    total, term = np.zeros_like(since), np.empty_like(since)
    nearest = since.min(axis=1, initial=np.inf)
    for pole, coefficient in zip(poles, coefficients, strict=True):
        rows = _where_it_counts(nearest * pole.min(initial=np.inf))
        part = term[rows]
        np.multiply(since[rows], -pole, out=part)
        np.exp(part, out=part)
        part *= coefficient
        total[rows] += part
    return total


def _where_it_counts(decays: Floats) -> slice:
    """The rows in which some draw has anything left of a term that has decayed at least so much there."""
    counting = np.flatnonzero(decays < NEGLIGIBLE_DECAY)
    return slice(int(counting[0]), int(counting[-1]) + 1) if len(counting) else slice(0, 0)
