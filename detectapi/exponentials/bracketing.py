"""Crossings on a stretch whose slope changes sign at most once: brackets, humps, roots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.sign_changes import zeros_at_most
from detectapi.exponentials.sums import add_up, columns

CLOSE_ENOUGH = 3e-5
RESIDUAL = 1e-12
"""The step from within this relative distance of the cutoff is the last: it leaves about the cube of the distance, if
also the square of Halley's correction, its parts added up by size, times the distance is below the residual (near a peak
it is not)."""

_TRUSTING = 8
"""Steps in which only a draw that leaves its bracket keeps one, whatever its neighbours do."""


class Brackets(NamedTuple):
    """Stretches that hold one crossing each; times count from the start of the piece.

    Attributes
    ----------
    where : array of int, shape (m,)
        Positions among the draws that were asked about.
    piece : TailPiece or EarlyPiece
        Of these m draws.
    low, high, start : array, shape (m,)
        Ends of the stretch and a first guess. [h]
    """

    where: np.ndarray
    piece: NamedTuple
    low: np.ndarray
    high: np.ndarray
    start: np.ndarray


def nearest_crossing(piece, ends, cutoff, leftward, steady):
    """Bracket the crossing nearest to one end of a stretch of each draw.

    Parameters
    ----------
    piece : TailPiece or EarlyPiece
        Of m draws.
    ends : (width, begin, finish), arrays of shape (m,)
        Of the stretch, which starts with its piece [h]; values at its two ends.
    cutoff : array, shape (m,)
    leftward : bool
        The crossing nearest to the right end, else to the left.
    steady : array of bool, shape (m,)
        The curve is known not to fall.

    Returns
    -------
    brackets : Brackets
    undecided : array of int
        Positions of draws whose slope may change sign more than once.
    """
    width, begin, finish = ends
    decided, rising = steady.copy(), steady.copy()
    ask = np.flatnonzero(~steady)
    if len(ask):
        some = piece if len(ask) == len(width) else piece.pick(ask)
        slopes = some.at(np.zeros(len(ask)))[1]
        decided[ask], rising[ask] = _turns_once(some, slopes, width[ask]), some.level + add_up(slopes) > 0.0
    above_left, above_right = begin >= cutoff, finish >= cutoff
    # One change of the slope's sign allows one crossing between ends on different sides, and a hump between low ends.
    touch = above_right if leftward else above_left
    crossed = np.flatnonzero(decided & (above_left | above_right))
    edge = width[crossed] if leftward else np.zeros(len(crossed))
    low = np.where(touch[crossed], edge, 0.0)
    high = np.where(touch[crossed], edge, width[crossed])
    hump = np.flatnonzero(decided & ~steady & rising & ~above_left & ~above_right)
    if len(hump):
        top, peak = _peak(piece.pick(hump), width[hump])
        over = peak >= cutoff[hump]
        hump, top = hump[over], top[over]
        crossed = np.concatenate([crossed, hump])
        low = np.concatenate([low, top if leftward else np.zeros_like(top)])
        high = np.concatenate([high, width[hump] if leftward else top])
    whole = len(crossed) == len(width) and len(hump) == 0
    start = 0.5 * (low + high)
    if not leftward:  # what rises from nothing rises as a power of time, between 2 and 3 for most
        lift = cutoff[crossed] / np.maximum(finish[crossed], cutoff[crossed])
        start = np.where((low == 0.0) & (lift < 1.0), high * lift**0.45, start)
    return Brackets(crossed, piece if whole else piece.pick(crossed), low, high, start), np.flatnonzero(~decided)


def _turns_once(piece, slopes, width):
    """Whether the slope is proven to change sign no more than once on a stretch."""
    bound = zeros_at_most(piece.poles, piece.level, slopes)
    once = bound <= 1
    twice = np.flatnonzero(bound == 2)
    if len(twice):  # no more than two, and an odd number where the signs at the ends differ
        some = piece.pick(twice)
        begin, end = some.level + add_up(columns(slopes, twice)), some.level + add_up(some.at(width[twice])[1])
        once[twice] = begin * end < 0.0
    return once


def _peak(piece, width):
    """Where the slope falls through zero on each stretch, and the value there; the right end if it does not."""
    best, slopes = piece.at(width)
    where = width.copy()
    busy = np.flatnonzero(piece.level + add_up(slopes) < 0.0)
    piece, low, high, width = piece.pick(busy), np.zeros(len(busy)), width[busy], width[busy]
    x = 0.5 * width
    for _ in range(200):
        if len(busy) == 0:
            break
        value, slopes = piece.at(x)
        slope, bend = piece.level + add_up(slopes), -add_up(piece.poles * slopes)
        best[busy], where[busy] = value, x
        low, high = np.where(slope > 0.0, x, low), np.where(slope > 0.0, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -slope / bend
        # The value at a peak is flat: a step of 1e-8 of the way changes it by 1e-16.
        done = (np.abs(step) <= 1e-8 * width) | (high - low <= 1e-12 * width)
        inside = (x + step > low) & (x + step < high)
        x = np.where(inside, x + step, 0.5 * (low + high))
        if done.any():
            left = np.flatnonzero(~done)
            busy, low, high, width, x = _pick(left, busy, low, high, width, x)
            piece = piece.pick(left)
    return where, best


def refine(brackets: Brackets, cutoff, falling) -> np.ndarray:
    """The crossing in each bracket, in time of its piece.

    Parameters
    ----------
    brackets : Brackets
    cutoff : array, shape (m,)
        Of the bracketed draws.
    falling : bool
        Whether the curve falls through the cutoff.

    Returns
    -------
    array, shape (m,)
        [h]

    Notes
    -----
    Halley's method on the logarithm of the concentration; where the curve rises, against the logarithm of time, since
    it rises from nothing as a power of time. Bisection where that leaves the bracket.
    """
    _, piece, low, high, x = brackets
    result, some = x.copy(), np.flatnonzero(high > low)
    if len(some) < len(x):
        low, high, cutoff, x = _pick(some, low, high, cutoff, x)
        piece = piece.pick(some)
    kept = np.zeros(len(x), dtype=bool)
    for iteration in range(200):
        if len(x) == 0:
            break
        value, slopes = piece.at(x)
        slope = piece.level + add_up(slopes)
        slopes *= piece.poles
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            distance = np.log(value / cutoff)
            growth = slope / value
            bent = -add_up(slopes) / (value * growth * growth)
            stretch = 0.0 if falling else 1.0 / (growth * x)
            correction = 0.5 * distance * (bent - 1.0 + stretch)
            step = -distance / growth
            step /= 1.0 - np.minimum(np.maximum(correction, -1.0), 0.5)
            correction = 0.5 * distance * (np.abs(bent) + 1.0 + np.abs(stretch))  # near a peak they may cancel
            ahead = x + step if falling else x * np.exp(step / x)
            found = last_step(distance, correction) & ((slope < 0.0) == falling)
        if iteration >= _TRUSTING:  # the small rest of large terms never comes that close: a small step must do
            found |= np.abs(step) <= 1e-7 * x
        # Found comes before the test against the bracket: that would throw away a step that ends just outside.
        inside = (ahead > low) & (ahead < high)
        if iteration < _TRUSTING and inside.all() and not kept.any():
            x = ahead
        else:
            left = (value >= cutoff) == falling
            kept = ~inside | kept if iteration < _TRUSTING else np.ones_like(kept)
            low, high = np.where(kept & left, x, low), np.where(kept & ~left, x, high)
            inside = (ahead > low) & (ahead < high)
            x = np.where(found | inside, ahead, 0.5 * (low + high))
            found |= high - low <= 1e-14 * high
        if found.any():
            result[some[found]] = np.minimum(np.maximum(x, low), high)[found]
            open_ones = np.flatnonzero(~found)
            some, low, high, cutoff, x, kept = _pick(open_ones, some, low, high, cutoff, x, kept)
            piece = piece.pick(open_ones)
    result[some] = x
    return result


def last_step(distance, correction):
    """Whether Halley's step from here on the logarithm arrives. Arrays of shape (m,)."""
    away = np.abs(distance)
    return (away <= CLOSE_ENOUGH) & (away * correction * correction <= RESIDUAL)


def _pick(which, *arrays):
    return tuple(array.take(which) for array in arrays)
