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

STRETCHES = 8
"""So many stretches are looked at in one step where draws are few: that takes hardly longer than one stretch."""

FEW = 64
"""Up to so many draws are few."""


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
    span = (high - low) / _stretches(len(active))
    weights = SlopeWeights.of(take_draws(phase.poles, draws))
    for step in range(MOST_STEPS):
        if len(active) == 0:
            return times
        count, here = _stretches(len(active)), np.arange(len(active))
        number, start, edges = _edges(phase, draws[active], low[active], high[active], span[active], leftward)
        a, b = (edges[1:].ravel(), edges[:-1].ravel()) if leftward else (edges[:-1].ravel(), edges[1:].ravel())
        each = np.tile(here, count)
        piece, target, begin = phase.piece(draws[active], number).pick(each), cutoff[active[each]], start[each]
        some_weights, with_taylor = weights.pick(active[each]), step >= ONE_BOUND_STEPS
        verdict = _look(piece, some_weights, with_taylor, begin, a, b, target, leftward)
        clear = np.logical_and.accumulate(verdict.is_clear.reshape(count, -1)).sum(axis=0)
        last = np.minimum(clear, count - 1) * len(active) + here  # the first stretch that is not clear, or the last one
        hit = last[verdict.is_hit[last]]
        if len(hit):
            times[active[each[hit]]] = begin[hit] + _refine(piece, verdict, hit, a - begin, b - begin, target, leftward)
        (high if leftward else low)[active] = edges[clear, here]
        width = (b - a)[last]
        smaller = np.maximum(np.minimum(0.9 * verdict.room[last], 0.5 * width), 0.125 * width)
        span[active] = np.where(clear == count, 2.0 * (b - a)[here], smaller)  # later ones may be cut off by a corner
        active = active[np.isnan(times[active]) & (high[active] > low[active])]
    times[active] = (high if leftward else low)[active]
    return times


def _stretches(draws: int) -> int:
    """How many stretches, one after the other, are looked at in one step."""
    return STRETCHES if draws <= FEW else 1


def _edges(
    phase: Phase, draws: Integers, low: Floats, high: Floats, span: Floats, leftward: bool
) -> tuple[Integers, Floats, Floats]:
    """Where the stretches of one step begin and end: all in one piece, the first where the search stands.

    Returns
    -------
    number : array of int, shape (m,)
        Of the piece.
    start : array, shape (m,)
        Of the piece. [h]
    edges : array, shape (stretches + 1, m)
        [h]
    """
    lengths = np.arange(_stretches(len(draws)) + 1)[:, np.newaxis] * span
    number, start, end = phase.locate(draws, high if leftward else low, leftward)
    if leftward:
        return number, start, np.maximum(high - lengths, np.maximum(low, start))
    return number, start, np.minimum(low + lengths, np.minimum(high, end))


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
    constant = piece.constant(a - start)
    least, most = bounds_by_partial_sums(weights, constant, slopes, width)
    if with_taylor:
        low, high = bounds_by_taylor(piece.poles, constant, slopes, width)
        least, most = np.maximum(least, low), np.minimum(most, high)
    if piece.bend is not None:
        rise = piece.bend * width
        least, most = least + np.minimum(rise, 0.0), most + np.maximum(rise, 0.0)
    is_monotone = (least >= 0.0) | (most <= 0.0)
    near, far = (end >= cutoff, begin >= cutoff) if leftward else (begin >= cutoff, end >= cutoff)
    is_short = width <= SHORTEST
    rise, fall = np.maximum(most, 0.0), np.maximum(-least, 0.0)
    # The curve lies below a line that rises from its beginning and below one that falls to its end: below where they meet.
    below = begin * fall + end * rise + rise * fall * width < cutoff * (rise + fall)
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
