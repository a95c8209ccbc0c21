"""Find the stretch that holds the crossing nearest to one end, where the slope is proven to change sign at most once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Booleans, Floats, Integers
from detectapi.exponentials.draw_arrays import sum_rows, take_draws, take_each
from detectapi.exponentials.phases import Piece
from detectapi.exponentials.sign_changes import zeros_at_most

_NEARLY_STRAIGHT = 1e-6
_MOST_STEPS = 200
"""Steps of the search for a peak; bisection alone would need fewer than 60."""


class Stretch(NamedTuple):
    """One stretch of each draw: its width [h], which begins with its piece, and the values at its two ends."""

    width: Floats
    begin: Floats
    end: Floats


class Brackets(NamedTuple):
    """Stretches that hold one crossing each; times count from the start of the piece.

    Attributes
    ----------
    where : array of int, shape (m,)
        Positions among the draws that were asked about.
    piece : TailPiece or InputPiece
        Of these m draws.
    low, high, guess : array, shape (m,)
        Ends of the stretch, and where to begin. [h]
    """

    where: Integers
    piece: Piece
    low: Floats
    high: Floats
    guess: Floats


def bracket_nearest(
    piece: Piece, stretch: Stretch, cutoff: Floats, leftward: bool, never_falls: Booleans
) -> tuple[Brackets, Integers]:
    """Bracket the crossing nearest to one end of a stretch of each draw.

    Parameters
    ----------
    piece : TailPiece or InputPiece
        Of m draws.
    stretch : Stretch
    cutoff : array, shape (m,)
    leftward : bool
        The crossing nearest to the right end; otherwise nearest to the left end.
    never_falls : array of bool, shape (m,)
        The curve is known not to fall on the stretch.

    Returns
    -------
    brackets : Brackets
    undecided : array of int
        Positions of draws whose slope may change sign more than once.
    """
    width, begin, end = stretch
    decided, rising = never_falls.copy(), never_falls.copy()
    ask = np.flatnonzero(~never_falls)
    if len(ask):
        some = piece if len(ask) == len(width) else piece.pick(ask)
        slopes = some.at(np.zeros(len(ask)))[1]
        decided[ask], rising[ask] = _turns_once(some, slopes, width[ask]), some.level + sum_rows(slopes) > 0.0
    above_left, above_right = begin >= cutoff, end >= cutoff
    # With one change of the slope's sign there is one crossing between ends on different sides, or a hump between low ends.
    touches = above_right if leftward else above_left
    crossed = np.flatnonzero(decided & (above_left | above_right))
    edge = width[crossed] if leftward else np.zeros(len(crossed))
    low = np.where(touches[crossed], edge, 0.0)
    high = np.where(touches[crossed], edge, width[crossed])
    hump = np.flatnonzero(decided & ~never_falls & rising & ~above_left & ~above_right)
    if len(hump):
        top, peak = _peak(piece.pick(hump), width[hump])
        over = peak >= cutoff[hump]
        hump, top = hump[over], top[over]
        crossed = np.concatenate([crossed, hump])
        low = np.concatenate([low, top if leftward else np.zeros_like(top)])
        high = np.concatenate([high, width[hump] if leftward else top])
    guess = 0.5 * (low + high)
    if not leftward:
        guess = np.where(low == 0.0, _guess_of_rise(high, end[crossed], cutoff[crossed], guess), guess)
    is_whole = len(crossed) == len(width) and len(hump) == 0
    brackets = Brackets(crossed, piece if is_whole else piece.pick(crossed), low, high, guess)
    return brackets, np.flatnonzero(~decided)


def _guess_of_rise(high: Floats, end: Floats, cutoff: Floats, otherwise: Floats) -> Floats:
    """First guess on a stretch that begins at 0: a curve that rises from nothing mostly rises as t^2 to t^3."""
    lift = cutoff / np.maximum(end, cutoff)
    return np.where(lift < 1.0, high * lift**0.45, otherwise)


def _turns_once(piece: Piece, slopes: Floats, width: Floats) -> Booleans:
    """Whether the slope is proven to change sign no more than once on a stretch."""
    bound = _zeros_of_slope(piece, slopes, width)
    once = bound <= 1
    twice = np.flatnonzero(bound == 2)
    if len(twice):  # at most two changes, and an odd number where the signs at the ends differ
        some = piece.pick(twice)
        begin = some.level + sum_rows(take_draws(slopes, twice))
        end = some.constant(width[twice]) + sum_rows(some.at(width[twice])[1])
        once[twice] = begin * end < 0.0
    return once


def _zeros_of_slope(piece: Piece, slopes: Floats, width: Floats) -> Integers:
    """Bound of the number of zeros of the slope after the start of each piece.

    Where the constant part rises as ``bend x``, that is taken as ``bend (1 - exp(-e x))/e`` with e so small that it is the same to
    a millionth of what it adds on the stretch.
    """
    if piece.bend is None:
        return zeros_at_most(piece.poles, piece.level, slopes)
    slow = np.minimum(_NEARLY_STRAIGHT / np.maximum(width, 1e-300), 0.5 * piece.poles[0])
    rise = piece.bend / slow
    poles = np.concatenate([slow[np.newaxis], piece.poles])
    return zeros_at_most(poles, piece.level + rise, np.concatenate([-rise[np.newaxis], slopes]))


def _peak(piece: Piece, width: Floats) -> tuple[Floats, Floats]:
    """Where the slope falls through zero on each stretch, and the value there; the right end where it does not."""
    best, slopes = piece.at(width)
    where = width.copy()
    busy = np.flatnonzero(piece.constant(width) + sum_rows(slopes) < 0.0)
    piece, low, high, width = piece.pick(busy), np.zeros(len(busy)), width[busy], width[busy]
    x = 0.5 * width
    for _ in range(_MOST_STEPS):
        if len(busy) == 0:
            break
        value, slopes = piece.at(x)
        slope, bend = piece.constant(x) + sum_rows(slopes), -sum_rows(piece.poles * slopes)
        if piece.bend is not None:
            bend = bend + piece.bend
        best[busy], where[busy] = value, x
        low, high = np.where(slope > 0.0, x, low), np.where(slope > 0.0, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -slope / bend
        # The curve is flat at its peak: a step of 1e-8 of the width changes the value by 1e-16.
        done = (np.abs(step) <= 1e-8 * width) | (high - low <= 1e-12 * width)
        inside = (x + step > low) & (x + step < high)
        x = np.where(inside, x + step, 0.5 * (low + high))
        if done.any():
            left = np.flatnonzero(~done)
            busy, low, high, width, x = take_each(left, busy, low, high, width, x)
            piece = piece.pick(left)
    return where, best
