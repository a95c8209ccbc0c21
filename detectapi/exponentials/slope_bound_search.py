"""Search for a crossing that cannot miss one: go along the curve in steps that rigorous bounds of its slope allow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Booleans, Floats, Integers
from detectapi.exponentials.bracketing import Brackets
from detectapi.exponentials.draw_arrays import take_draws
from detectapi.exponentials.halley import refine_crossings
from detectapi.exponentials.phases import Phase, Piece
from detectapi.exponentials.slope_bounds import SlopeWeights, bounds_by_partial_sums, bounds_by_taylor

SHORTEST = 1e-8
"""A curve that cannot be decided on a stretch this short touches the cutoff there. [h]"""

ONE_BOUND_STEPS = 128
"""Steps that use the bounds by partial sums alone, which suffice for nearly all curves. Later steps also use those by Taylor
polynomials, without which a curve that is the small rest of large terms would take millions of steps."""

MOST_STEPS = 2000
"""Steps after which the search gives up. It has proven by then that there is no crossing where it has been."""


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
        nan where nothing is at or above the cutoff; how far the search came where it gave up. [h]
    """
    times = np.full(len(draws), np.nan)
    active = np.flatnonzero(high > low)
    low, high = low.astype(float), high.astype(float)
    span = high - low
    weights = SlopeWeights.of(take_draws(phase.poles, draws))
    for step in range(MOST_STEPS):
        if len(active) == 0:
            return times
        a, b = low[active], high[active]
        number, start, end = phase.locate(draws[active], b if leftward else a, leftward)
        if leftward:
            a = np.maximum(np.maximum(b - span[active], a), start)
        else:
            b = np.minimum(np.minimum(a + span[active], b), end)
        piece, target = phase.piece(draws[active], number), cutoff[active]
        some_weights, with_taylor = weights.pick(active), step >= ONE_BOUND_STEPS
        verdict = _look(piece, some_weights, with_taylor, start, a, b, target, leftward)
        hit = np.flatnonzero(verdict.is_hit)
        if len(hit):
            times[active[hit]] = start[hit] + _refine(piece, verdict, hit, a - start, b - start, target, leftward)
        if leftward:
            high[active] = np.where(verdict.is_clear, a, high[active])
        else:
            low[active] = np.where(verdict.is_clear, b, low[active])
        width = b - a
        smaller = np.maximum(np.minimum(0.9 * verdict.room, 0.5 * width), 0.125 * width)
        span[active] = np.where(verdict.is_clear, 2.0 * width, smaller)
        active = active[np.isnan(times[active]) & (high[active] > low[active])]
    times[active] = (high if leftward else low)[active]
    return times


def _look(
    piece: Piece,
    weights: SlopeWeights,
    with_taylor: bool,
    start: Floats,
    a: Floats,
    b: Floats,
    cutoff: Floats,
    leftward: bool,
) -> _Verdict:
    """Decide about the stretch of each draw from a to b; its piece begins at `start`."""
    width = b - a
    begin, slopes = piece.at(a - start)
    end = piece.at(b - start)[0]
    least, most = bounds_by_partial_sums(weights, piece.level, slopes, width)
    if with_taylor:
        low, high = bounds_by_taylor(piece.poles, piece.level, slopes, width)
        least, most = np.maximum(least, low), np.minimum(most, high)
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


def _refine(
    piece: Piece, verdict: _Verdict, hit: Integers, a: Floats, b: Floats, cutoff: Floats, leftward: bool
) -> Floats:
    """The crossings on the stretches that hold one; where the near end is high already, that end."""
    edge, is_high = (b if leftward else a)[hit], verdict.is_near_high[hit]
    left, right = np.where(is_high, edge, a[hit]), np.where(is_high, edge, b[hit])
    brackets = Brackets(hit, piece.pick(hit), left, right, 0.5 * (left + right))
    return refine_crossings(brackets, cutoff[hit], leftward)
