"""Crossings where rounding shows: sought again, nearby, on the curve that is computed without subtractions."""

from __future__ import annotations

import numpy as np

_STEP, _DOUBLINGS = 1e-5, 30
"""First step of the search for a bracket, and how often it doubles: to 10,000 h. [h]"""

RIGHT, _NEAR, _STEPS = 1e-8, 1e-9, 120
"""Distance from the cutoff, over the cutoff, that is near enough; width of a bracket that is narrow enough, next to 1 h or
to the time, whichever is longer; steps until one of them is."""


def settle(response, draws, time, cutoff, falling) -> np.ndarray:
    """Move crossings that rounding may have moved to where they are.

    Parameters
    ----------
    response : Response
    draws : array of int, shape (m,)
    time : array, shape (m,)
        The crossings as found. [h]
    cutoff : array, shape (m,)
        Of these draws.
    falling : bool
        Whether the curve falls through the cutoff.

    Returns
    -------
    array, shape (m,)
        [h]
    """
    result = time.copy()
    where = np.flatnonzero(response.noisy(draws, time, cutoff))
    if len(where) == 0:
        return result
    high = response.exact(draws[where], time[where]) - cutoff[where]
    off = np.flatnonzero(np.abs(high) > RIGHT * cutoff[where])
    where, high = where[off], high[off]
    draws, near, cutoff = draws[where], time[where], cutoff[where]
    onward, step = (high >= 0.0) == falling, _STEP
    for _ in range(_DOUBLINGS):
        if len(where) == 0:
            break
        far = np.maximum(near + np.where(onward, step, -step), 0.0)
        value = response.exact(draws, far) - cutoff
        across = np.flatnonzero((value >= 0.0) != (high >= 0.0))
        if len(across):
            ends = near[across], far[across], high[across], value[across]
            result[where[across]] = _between(response, draws[across], cutoff[across], *ends)
        if not falling:  # at or above the cutoff all the way back to time 0: it begins so
            result[where[(far == 0.0) & (value >= 0.0)]] = 0.0
        left = np.flatnonzero(((value >= 0.0) == (high >= 0.0)) & (onward | (far > 0.0)))
        where, draws, cutoff, onward = where[left], draws[left], cutoff[left], onward[left]
        near, high, step = far[left], value[left], 2.0 * step
    return result


def _between(response, draws, cutoff, near, far, near_value, far_value):
    """Where the curve crosses the cutoff between two times: regula falsi, and every third time the middle."""
    result = 0.5 * (near + far)
    where = np.arange(len(draws))
    for step in range(_STEPS):
        if step % 3 == 2:
            x = 0.5 * (near + far)
        else:
            x = np.clip(near - near_value * (far - near) / (far_value - near_value), *np.sort([near, far], axis=0))
        value = response.exact(draws, x) - cutoff
        result[where] = x
        near_side = (value >= 0.0) == (near_value >= 0.0)
        # The end that stays counts half, so that it does not stay for ever.
        near, near_value, far, far_value = (
            np.where(near_side, x, near),
            np.where(near_side, value, 0.5 * near_value),
            np.where(near_side, far, x),
            np.where(near_side, 0.5 * far_value, value),
        )
        left = np.flatnonzero((np.abs(value) > RIGHT * cutoff) & (np.abs(far - near) > _NEAR * np.maximum(x, 1.0)))
        if len(left) == 0:
            break
        where, draws, cutoff, near, far, near_value, far_value = (
            array[left] for array in (where, draws, cutoff, near, far, near_value, far_value)
        )
    return result
