"""Halley's method on the logarithm of a curve: from a bracket to the crossing, to the last digits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Booleans, Floats
from detectapi.exponentials.bracketing import Brackets
from detectapi.exponentials.draw_arrays import sum_rows, take_each
from detectapi.exponentials.phases import Piece

CLOSE_ENOUGH = 3e-5
RESIDUAL = 1e-12
"""A step that begins within CLOSE_ENOUGH of the cutoff, as a logarithm, is the last one. It leaves about the cube of that
distance, provided that the square of Halley's correction times the distance is below RESIDUAL. Near a peak it is not."""

FREE_STEPS = 8
"""In so many first steps a draw keeps a bracket only after it has left it, so that no draw depends on its neighbours."""

_MOST_STEPS = 200
"""Far more than bisection needs to narrow a bracket to the last digit."""


class _Step(NamedTuple):
    """A step of each draw.

    Attributes
    ----------
    value, size, ahead : array, shape (m,)
        Value where the step begins, length of the step, and where it leads.
    arrives : array of bool, shape (m,)
        Whether it is the last one.
    """

    value: Floats
    size: Floats
    ahead: Floats
    arrives: Booleans


def refine_crossings(brackets: Brackets, cutoff: Floats, falling: bool) -> Floats:
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
    Where the curve falls, the logarithm of the value is taken against time. Where it rises, against the logarithm of time,
    since a curve rises from nothing as a power of time. A step that leaves the bracket is replaced by bisection.
    """
    _, piece, low, high, x = brackets
    result, some = x.copy(), np.flatnonzero(high > low)
    if len(some) < len(x):
        low, high, cutoff, x = take_each(some, low, high, cutoff, x)
        piece = piece.pick(some)
    kept = np.zeros(len(x), dtype=bool)
    for iteration in range(_MOST_STEPS):
        if len(x) == 0:
            break
        step = _step(piece, x, cutoff, falling)
        arrived = step.arrives
        if iteration >= FREE_STEPS:  # a value that is the small rest of large terms never comes that close
            arrived |= np.abs(step.size) <= 1e-7 * x
        inside = (step.ahead > low) & (step.ahead < high)
        if iteration < FREE_STEPS and inside.all() and not kept.any():
            x = step.ahead
        else:
            is_left = (step.value >= cutoff) == falling
            kept = ~inside | kept if iteration < FREE_STEPS else np.ones_like(kept)
            low, high = np.where(kept & is_left, x, low), np.where(kept & ~is_left, x, high)
            inside = (step.ahead > low) & (step.ahead < high)
            # A last step counts even where it ends just outside of the bracket.
            x = np.where(arrived | inside, step.ahead, 0.5 * (low + high))
            arrived |= high - low <= 1e-14 * high
        if arrived.any():
            result[some[arrived]] = np.minimum(np.maximum(x, low), high)[arrived]
            left = np.flatnonzero(~arrived)
            some, low, high, cutoff, x, kept = take_each(left, some, low, high, cutoff, x, kept)
            piece = piece.pick(left)
    result[some] = x
    return result


def _step(piece: Piece, x: Floats, cutoff: Floats, falling: bool) -> _Step:
    value, slopes = piece.at(x)
    slope = piece.constant(x) + sum_rows(slopes)
    slopes *= piece.poles
    curving = -sum_rows(slopes) if piece.bend is None else piece.bend - sum_rows(slopes)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        distance = np.log(value / cutoff)
        growth = slope / value
        bend = curving / (value * growth * growth)
        stretch = 0.0 if falling else 1.0 / (growth * x)
        step = damped(-distance / growth, 0.5 * distance * (bend - 1.0 + stretch))
        # Near a peak the parts of the correction may cancel: their sizes decide whether the step arrives.
        correction = 0.5 * distance * (np.abs(bend) + 1.0 + np.abs(stretch))
        ahead = x + step if falling else x * np.exp(step / x)
        arrives = is_last_step(distance, correction) & ((slope < 0.0) == falling)
    return _Step(value, step, ahead, arrives)


def damped(step: Floats, correction: Floats) -> Floats:
    """Newton's step (changed in place) with Halley's correction, which is kept between half and twice the step."""
    step /= 1.0 - np.minimum(np.maximum(correction, -1.0), 0.5)
    return step


def is_last_step(distance: Floats, correction: Floats) -> Booleans:
    """Whether Halley's step from here, at a distance on the logarithm, arrives. Arrays of shape (m,)."""
    away = np.abs(distance)
    return (away <= CLOSE_ENOUGH) & (away * correction * correction <= RESIDUAL)
