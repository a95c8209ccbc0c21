"""The safe route to a crossing: walk along the curve in steps that rigorous bounds on its slope allow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.bracketing import Brackets, refine
from detectapi.exponentials.sums import add_up, columns, running

FINEST = 1e-8
"""A stretch this short that can still not be decided is a touch. [h]"""

_STEPS = 20000


class Weights(NamedTuple):
    """What bounds over a stretch need to know of the poles: where exp(-p x) - exp(-p' x) peaks, p' the next pole.

    Arrays of shape (k, m): the poles, the peak's place [h] and its height.
    """

    poles: np.ndarray
    place: np.ndarray
    height: np.ndarray

    @classmethod
    def of(cls, poles):
        """Weights of ascending poles, shape (k, m). The first pole's own weight, 1 - exp(-p x), has no peak."""
        place, height = np.full_like(poles, np.inf), np.ones_like(poles)
        ratio, gap = poles[1:] / poles[:-1], poles[1:] - poles[:-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            place[1:] = np.log(ratio) / gap
        equal = gap == 0.0
        place[1:][equal] = 0.0  # weight 0 everywhere
        height[1:] = np.where(equal, 0.0, np.exp(-poles[:-1] * place[1:]) - np.exp(-poles[1:] * place[1:]))
        return cls(poles, place, height)

    def pick(self, which):
        """Those of fewer draws."""
        return Weights(*(columns(array, which) for array in self))


def slope_bounds(weights: Weights, level, slopes, span):
    """Rigorous bounds of level + sum(slopes exp(-poles x)) over 0 <= x <= span.

    Notes
    -----
    Summed by parts, the slope is a sum of partial sums of (level, slopes) weighted by ``e^(-p_k x) - e^(-p_(k+1) x)``,
    none of which is negative; each rises from 0 to its peak, then falls. Large slopes of opposite sign on neighbouring
    poles, which ruin a bound taken term by term, cancel in the partial sums.
    """
    k, m = slopes.shape
    left = np.ones((k + 1, m))
    np.exp(-weights.poles * span, out=left[1:])
    partial = running(level, slopes)
    most = np.where(weights.place < span, weights.height, left[:-1] - left[1:])
    low, high = (
        add_up(cut(partial[:-1], 0.0) * most) + cut(partial[-1], partial[-1] * left[-1])
        for cut in (np.minimum, np.maximum)
    )
    return low, high


def walk(zone, draws, low, high, cutoff, leftward) -> np.ndarray:
    """Crossing nearest to one end of a stretch, or the proof that there is none.

    Parameters
    ----------
    zone : TailZone or EarlyZone
    draws : array of int, shape (m,)
    low, high : array, shape (m,)
        The stretch to search. [h]
    cutoff : array, shape (m,)
    leftward : bool
        From ``high`` to the last crossing, or from ``low`` to the first.

    Returns
    -------
    array, shape (m,)
        nan where nothing is at or above the cutoff. [h]
    """
    found = np.full(len(draws), np.nan)
    active = np.flatnonzero(high > low)
    low, high = low.astype(float), high.astype(float)
    span = high - low
    weights = Weights.of(columns(zone.poles, draws))
    for _ in range(_STEPS):
        if len(active) == 0:
            return found
        a, b = low[active], high[active]
        number, start, end = zone.locate(draws[active], b if leftward else a, leftward)
        if leftward:
            a = np.maximum(np.maximum(b - span[active], a), start)
        else:
            b = np.minimum(np.minimum(a + span[active], b), end)
        width, target = b - a, cutoff[active]
        piece = zone.piece(draws[active], number)
        begin, slopes = piece.at(a - start)
        finish = piece.at(b - start)[0]
        least, most = slope_bounds(weights.pick(active), piece.level, slopes, width)
        steady = (least >= 0.0) | (most <= 0.0)
        near, far = begin >= target, finish >= target
        near, far = (far, near) if leftward else (near, far)
        short = width <= FINEST
        hit = np.flatnonzero(near | (far & (steady | short)))
        if len(hit):
            edge = (b if leftward else a)[hit]
            left, right = np.where(near[hit], edge, a[hit]), np.where(near[hit], edge, b[hit])
            left, right = left - start[hit], right - start[hit]
            brackets = Brackets(hit, piece.pick(hit), left, right, 0.5 * (left + right))
            found[active[hit]] = start[hit] + refine(brackets, target[hit], leftward)
        below = begin + np.maximum(most, 0.0) * width < target
        below |= finish - np.minimum(least, 0.0) * width < target
        clear = ~near & ~far & (steady | below | short)
        # How far the bound itself would allow to go, from the end where the walk stands.
        if leftward:
            high[active] = np.where(clear, a, high[active])
            room = (target - finish) / np.maximum(-least, 1e-300)
        else:
            low[active] = np.where(clear, b, low[active])
            room = (target - begin) / np.maximum(most, 1e-300)
        smaller = np.maximum(np.minimum(0.9 * room, 0.5 * width), 0.125 * width)
        span[active] = np.where(clear, 2.0 * width, smaller)
        active = active[np.isnan(found[active]) & (high[active] > low[active])]
    raise ArithmeticError("a crossing was not settled")
