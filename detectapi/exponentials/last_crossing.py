"""The last crossing in the tail, with proof: Halley's method to find it, and a rule of signs to prove it the last."""

from __future__ import annotations

import numpy as np

from detectapi.exponentials.array_types import Booleans, Floats, Integers
from detectapi.exponentials.draw_arrays import sum_rows, take_draws, take_each
from detectapi.exponentials.halley import FREE_STEPS, damped, is_last_step
from detectapi.exponentials.sign_changes import never_above

ROUNDING_MARGIN = 1e-9
"""Fraction of the cutoff by which the curve at its crossing may exceed the cutoff: this much may be rounding."""

_MOST_STEPS = 60

_STEPS_TO_SEE = 6
"""Steps after which a curve that was never seen at or above the cutoff is left to another method."""


def last_crossing(poles: Floats, coefficients: Floats, cutoff: Floats) -> tuple[Floats, Booleans, Floats]:
    """Last t >= 0 at which sum(coefficients exp(-poles t)) is at or above a cutoff.

    Parameters
    ----------
    poles, coefficients : array, shape (k, n)
        Poles ascending in each draw. [1/h], [unit]
    cutoff : array, shape (n,)
        [unit]

    Returns
    -------
    last : array, shape (n,)
        nan where there is none, or where none was found. [h]
    certain : array of bool, shape (n,)
        Whether that is proven.
    horizon : array, shape (n,)
        Nothing is at or above the cutoff after this. [h]

    Notes
    -----
    The rule of signs (`detectapi.exponentials.sign_changes`) proves that nothing lies above the cutoff after a time. The search
    begins where the last of the terms alone falls below the cutoff. That is close to the crossing, and exactly there when one
    term is left. The logarithm of a sum of exponentials with positive coefficients is convex, so the steps approach the
    crossing from the left.
    """
    k, n = poles.shape
    last, certain = np.full(n, np.nan), np.zeros(n, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.log(np.maximum(coefficients, 0.0))
    reach -= np.log(cutoff)
    # From `alone` on no single term reaches the cutoff, from `horizon` on no k terms together.
    alone = np.maximum.reduce(reach / poles, axis=0)
    horizon = np.maximum.reduce((reach + np.log(k)) / poles, axis=0)
    alone, horizon = np.maximum(alone, 0.0), np.maximum(horizon, 0.0)
    certain[horizon == 0.0] = True
    draws = np.flatnonzero(~certain)
    if len(draws):
        _find(poles, coefficients, cutoff, alone, horizon, draws, last)
        some = slice(None) if len(draws) == n else draws
        p, is_found = take_draws(poles, some), ~np.isnan(last[draws])
        # The proof begins at the crossing, or at 0 where none was found.
        terms = np.exp(p * -np.where(is_found, last[draws], 0.0))
        terms *= take_draws(coefficients, some)
        margin = np.where(is_found, ROUNDING_MARGIN * cutoff[draws], 0.0)
        certain[draws] = never_above(p, -cutoff[draws], terms, margin)
    return last, certain, horizon


def _find(
    poles: Floats, coefficients: Floats, cutoff: Floats, start: Floats, horizon: Floats, draws: Integers, last: Floats
) -> None:
    """Fill in the crossings of some draws that are found from a start before the horizon."""
    some = slice(None) if len(draws) == poles.shape[1] else draws
    p, c, target, high = take_draws(poles, some), take_draws(coefficients, some), cutoff[draws], horizon[draws]
    t, low = start[draws], np.zeros_like(high)
    seen, kept = np.zeros((2, len(draws)), dtype=bool)
    for iteration in range(_MOST_STEPS):
        value, is_falling, ahead, arrived = _step(p, c, t, target)
        good = is_falling & (ahead > low) & (ahead < high)
        above = value >= target
        seen = seen | above
        if iteration < FREE_STEPS and good.all() and not kept.any():
            t = ahead
        else:
            # Below the cutoff and rising, the crossing is to the right; elsewhere the value tells the side.
            is_right = above | ~is_falling
            kept = ~good | kept if iteration < FREE_STEPS else np.ones_like(kept)
            low, high = np.where(kept & is_right, t, low), np.where(kept & ~is_right, t, high)
            t = np.where(arrived | (is_falling & (ahead > low) & (ahead < high)), ahead, 0.5 * (low + high))
        done = arrived | ~seen if iteration >= _STEPS_TO_SEE else arrived
        if not done.any():
            continue
        last[draws[arrived]] = t[arrived]
        left = np.flatnonzero(~done)
        if len(left) == 0:
            return
        p, c = take_draws(p, left), take_draws(c, left)
        draws, target, t, low, high, seen, kept = take_each(left, draws, target, t, low, high, seen, kept)


def _step(poles: Floats, coefficients: Floats, t: Floats, cutoff: Floats) -> tuple[Floats, Booleans, Floats, Booleans]:
    """Halley's step on the logarithm: the value, whether it falls, where the step leads, and whether it is the last."""
    terms = poles * -t
    np.exp(terms, out=terms)
    terms *= coefficients
    value = sum_rows(terms)
    terms *= poles
    fall = sum_rows(terms)
    terms *= poles
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        distance = np.log(value / cutoff)
        bend = sum_rows(terms) * value / (fall * fall)
        correction = 0.5 * distance * (bend - 1.0)
        ahead = t + damped(distance * value / fall, correction)
        is_falling = fall > 0.0
        arrived = is_falling & is_last_step(distance, correction) & (ahead >= 0.0)
    return value, is_falling, ahead, arrived
