"""The last crossing among decaying exponentials, certified: Newton's method and a rule of signs."""

from __future__ import annotations

import numpy as np

from detectapi.exponentials.bracketing import last_step
from detectapi.exponentials.sign_changes import never_above
from detectapi.exponentials.sums import add_up, columns

MARGIN = 1e-9
"""Fraction of the cutoff by which the curve at a crossing may exceed it, which is rounding."""

_STEPS = 60
_TRUSTING = 8
_PATIENCE = 6
"""Steps in all; steps in which only a draw that leaves its bracket keeps one, whatever its neighbours do; steps after
which a curve never seen above the cutoff is left to another method."""


def last_crossing(poles, coefficients, cutoff):
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
    That nothing lies above the cutoff after a time is proven by the rule of signs (`detectapi.exponentials.sign_changes`).
    Newton's method on the logarithm starts where the last of the terms alone falls below the cutoff: close to the
    crossing, and exactly there when one term is left. The logarithm of a sum of exponentials with positive coefficients
    is convex, so steps come up to the crossing from the left.
    """
    k, n = poles.shape
    last, certain = np.full(n, np.nan), np.zeros(n, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.log(np.maximum(coefficients, 0.0))
    reach -= np.log(cutoff)
    # From where on no term alone, and no k terms together, reach the cutoff.
    alone = np.maximum.reduce(reach / poles, axis=0)
    horizon = np.maximum.reduce((reach + np.log(k)) / poles, axis=0)
    alone, horizon = np.maximum(alone, 0.0), np.maximum(horizon, 0.0)
    certain[horizon == 0.0] = True
    draws = np.flatnonzero(~certain)
    if len(draws):
        _newton(poles, coefficients, cutoff, alone, horizon, draws, last)
        # From the crossing on, or from the start where none was found.
        some = slice(None) if len(draws) == n else draws
        p, found = columns(poles, some), ~np.isnan(last[draws])
        terms = np.exp(p * -np.where(found, last[draws], 0.0))
        terms *= columns(coefficients, some)
        certain[draws] = never_above(p, -cutoff[draws], terms, np.where(found, MARGIN * cutoff[draws], 0.0))
    return last, certain, horizon


def _newton(poles, coefficients, cutoff, start, horizon, draws, last) -> None:
    """Fill in the crossings found. Steps are Halley's: a third sum costs less than another step."""
    some = slice(None) if len(draws) == poles.shape[1] else draws
    p, c, target, high = columns(poles, some), columns(coefficients, some), cutoff[draws], horizon[draws]
    t, low = start[draws], np.zeros_like(high)
    seen, kept = np.zeros((2, len(draws)), dtype=bool)
    for iteration in range(_STEPS):
        terms = p * -t
        np.exp(terms, out=terms)
        terms *= c
        value = add_up(terms)
        terms *= p
        fall = add_up(terms)
        terms *= p
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            distance = np.log(value / target)
            bend = add_up(terms) * value / (fall * fall)
            correction = 0.5 * distance * (bend - 1.0)
            step = distance * value / fall
            step /= 1.0 - np.minimum(np.maximum(correction, -1.0), 0.5)
            found = (fall > 0.0) & last_step(distance, correction) & (t + step >= 0.0)
        ahead = t + step
        falling = fall > 0.0
        good = falling & (ahead > low) & (ahead < high)
        above = value >= target
        seen = seen | above
        if iteration < _TRUSTING and good.all() and not kept.any():
            t = ahead
        else:
            # Below the cutoff and rising is left of the hump; everywhere else the curve tells the side by itself.
            right = above | ~falling
            kept = ~good | kept if iteration < _TRUSTING else np.ones_like(kept)
            low, high = np.where(kept & right, t, low), np.where(kept & ~right, t, high)
            t = np.where(found | (falling & (ahead > low) & (ahead < high)), ahead, 0.5 * (low + high))
        done = found | ~seen if iteration >= _PATIENCE else found
        if not done.any():
            continue
        last[draws[found]] = t[found]
        keep = np.flatnonzero(~done)
        if len(keep) == 0:
            return
        p, c, draws, target, t = columns(p, keep), columns(c, keep), draws[keep], target[keep], t[keep]
        low, high, seen, kept = low[keep], high[keep], seen[keep], kept[keep]
