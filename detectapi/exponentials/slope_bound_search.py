"""Search for a crossing that cannot miss one: go along the curve in steps that rigorous bounds of its slope allow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Booleans, Draws, Floats, Integers
from detectapi.exponentials.bracketing import Brackets
from detectapi.exponentials.draw_arrays import partial_sums, sum_rows, take_draws
from detectapi.exponentials.halley import refine_crossings
from detectapi.exponentials.phases import Phase, Piece

SHORTEST = 1e-8
"""The curve on a stretch this short that still cannot be decided touches the cutoff. [h]"""

_MOST_STEPS = 20000


class SlopeWeights(NamedTuple):
    """What `slope_bounds` needs to know of the poles: where exp(-p x) - exp(-p' x) peaks, with p' the next pole.

    Arrays of shape (k, m): the poles, the place of the peak [h] and its height.
    """

    poles: Floats
    place: Floats
    height: Floats

    @classmethod
    def of(cls, poles: Floats) -> SlopeWeights:
        """Weights of ascending poles, shape (k, m). The weight of the first pole, 1 - exp(-p x), has no peak."""
        place, height = np.full_like(poles, np.inf), np.ones_like(poles)
        ratio, gap = poles[1:] / poles[:-1], poles[1:] - poles[:-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            place[1:] = np.log(ratio) / gap
        equal = gap == 0.0
        place[1:][equal] = 0.0  # weight 0 everywhere
        height[1:] = np.where(equal, 0.0, np.exp(-poles[:-1] * place[1:]) - np.exp(-poles[1:] * place[1:]))
        return cls(poles, place, height)

    def pick(self, draws: Draws) -> SlopeWeights:
        """The weights of some draws."""
        return SlopeWeights(*(take_draws(array, draws) for array in self))


def slope_bounds(weights: SlopeWeights, level: Floats | float, slopes: Floats, width: Floats) -> tuple[Floats, Floats]:
    """Rigorous bounds of level + sum(slopes exp(-poles x)) over 0 <= x <= width.

    Notes
    -----
    Summed by parts, the slope is a sum of partial sums of (level, slopes), with weights ``e^(-p_k x) - e^(-p_(k+1) x)`` that
    are never negative. Each weight rises from 0 to its peak, then falls. Large slopes of opposite sign on neighbouring poles
    cancel in the partial sums; they would ruin a bound that is taken term by term.
    """
    k, m = slopes.shape
    left = np.ones((k + 1, m))
    np.exp(-weights.poles * width, out=left[1:])
    partial = partial_sums(level, slopes)
    most = np.where(weights.place < width, weights.height, left[:-1] - left[1:])
    low, high = (
        sum_rows(cut(partial[:-1], 0.0) * most) + cut(partial[-1], partial[-1] * left[-1])
        for cut in (np.minimum, np.maximum)
    )
    return low, high


class _Verdict(NamedTuple):
    """What is known of a stretch of each draw.

    Attributes
    ----------
    is_near_high : array of bool, shape (m,)
        The end where the search stands is at or above the cutoff.
    is_hit : array of bool, shape (m,)
        The stretch holds the crossing that is sought, and no other.
    is_clear : array of bool, shape (m,)
        Nothing on the stretch is at or above the cutoff.
    room : array, shape (m,)
        How far the bounds would allow to go from the end where the search stands. [h]
    """

    is_near_high: Booleans
    is_hit: Booleans
    is_clear: Booleans
    room: Floats


def search_crossing(phase: Phase, draws: Integers, low: Floats, high: Floats, cutoff: Floats, leftward: bool) -> Floats:
    """Crossing nearest to one end of a stretch, or the proof that there is none.

    Parameters
    ----------
    phase : Tail or InputPhase
    draws : array of int, shape (m,)
    low, high : array, shape (m,)
        The stretch to search. [h]
    cutoff : array, shape (m,)
    leftward : bool
        From ``high`` to the last crossing; otherwise from ``low`` to the first.

    Returns
    -------
    array, shape (m,)
        nan where nothing is at or above the cutoff. [h]
    """
    found = np.full(len(draws), np.nan)
    active = np.flatnonzero(high > low)
    low, high = low.astype(float), high.astype(float)
    span = high - low
    weights = SlopeWeights.of(take_draws(phase.poles, draws))
    for _ in range(_MOST_STEPS):
        if len(active) == 0:
            return found
        a, b = low[active], high[active]
        number, start, end = phase.locate(draws[active], b if leftward else a, leftward)
        if leftward:
            a = np.maximum(np.maximum(b - span[active], a), start)
        else:
            b = np.minimum(np.minimum(a + span[active], b), end)
        piece, target = phase.piece(draws[active], number), cutoff[active]
        verdict = _look(piece, weights.pick(active), a - start, b - start, target, leftward)
        hit = np.flatnonzero(verdict.is_hit)
        if len(hit):
            edge, is_high = (b if leftward else a)[hit], verdict.is_near_high[hit]
            left, right = np.where(is_high, edge, a[hit]) - start[hit], np.where(is_high, edge, b[hit]) - start[hit]
            brackets = Brackets(hit, piece.pick(hit), left, right, 0.5 * (left + right))
            found[active[hit]] = start[hit] + refine_crossings(brackets, target[hit], leftward)
        if leftward:
            high[active] = np.where(verdict.is_clear, a, high[active])
        else:
            low[active] = np.where(verdict.is_clear, b, low[active])
        width = b - a
        smaller = np.maximum(np.minimum(0.9 * verdict.room, 0.5 * width), 0.125 * width)
        span[active] = np.where(verdict.is_clear, 2.0 * width, smaller)
        active = active[np.isnan(found[active]) & (high[active] > low[active])]
    raise ArithmeticError("a crossing was not settled")


def _look(piece: Piece, weights: SlopeWeights, a: Floats, b: Floats, cutoff: Floats, leftward: bool) -> _Verdict:
    """Decide about the stretch of each draw from a to b, in time of its piece."""
    width = b - a
    begin, slopes = piece.at(a)
    end = piece.at(b)[0]
    least, most = slope_bounds(weights, piece.level, slopes, width)
    is_monotone = (least >= 0.0) | (most <= 0.0)
    near, far = (end >= cutoff, begin >= cutoff) if leftward else (begin >= cutoff, end >= cutoff)
    is_short = width <= SHORTEST
    below = begin + np.maximum(most, 0.0) * width < cutoff
    below |= end - np.minimum(least, 0.0) * width < cutoff
    is_hit = near | (far & (is_monotone | is_short))
    is_clear = ~near & ~far & (is_monotone | below | is_short)
    with np.errstate(over="ignore"):
        room = (cutoff - end) / np.maximum(-least, 1e-300) if leftward else (cutoff - begin) / np.maximum(most, 1e-300)
    return _Verdict(near, is_hit, is_clear, room)
