"""Correct the crossings that rounding may have moved, on the curve that is computed without subtractions."""

from __future__ import annotations

import numpy as np

from detectapi.exponentials.array_types import Floats, Integers
from detectapi.exponentials.draw_arrays import take_each
from detectapi.exponentials.response import Response

_FIRST_STEP = 1e-5
"""First step of the search for a bracket. [h]"""

_DOUBLINGS = 50
"""How often the step doubles: to a million years, so that systems of any rates are answered."""

_ON_THE_CUTOFF = 1e-8
"""Distance from the cutoff, over the cutoff, at which a crossing is right."""

_NARROWEST = 1e-9
"""Width at which a bracket is narrow enough, over 1 h or the time, whichever is longer."""

_MOST_STEPS = 120


def correct_crossings(response: Response, draws: Integers, time: Floats, cutoff: Floats, falling: bool) -> Floats:
    """Move crossings that rounding may have moved to where they are.

    Parameters
    ----------
    response : Response
    draws : array of int, shape (m,)
    time : array, shape (m,)
        The crossings to check. [h]
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
    where = np.flatnonzero(response.is_rounding_visible(draws, time, cutoff))
    if len(where) == 0:
        return result
    above = response.recompute(draws[where], time[where]) - cutoff[where]  # how far the curve is above the cutoff
    off = np.flatnonzero(np.abs(above) > _ON_THE_CUTOFF * cutoff[where])
    where, above = where[off], above[off]
    draws, near, cutoff = draws[where], time[where], cutoff[where]
    onward, step = (above >= 0.0) == falling, _FIRST_STEP
    for _ in range(_DOUBLINGS):
        if len(where) == 0:
            break
        far = np.maximum(near + np.where(onward, step, -step), 0.0)
        value = response.recompute(draws, far) - cutoff
        is_same_side = (value >= 0.0) == (above >= 0.0)
        across = np.flatnonzero(~is_same_side)
        if len(across):
            ends = near[across], far[across], above[across], value[across]
            result[where[across]] = _between(response, draws[across], cutoff[across], *ends)
        if not falling:  # at or above the cutoff all the way back to time 0: the curve begins so
            result[where[(far == 0.0) & (value >= 0.0)]] = 0.0
        left = np.flatnonzero(is_same_side & (onward | (far > 0.0)))
        where, draws, cutoff, onward = take_each(left, where, draws, cutoff, onward)
        near, above, step = far[left], value[left], 2.0 * step
    return result


def _between(
    response: Response,
    draws: Integers,
    cutoff: Floats,
    near: Floats,
    far: Floats,
    near_value: Floats,
    far_value: Floats,
) -> Floats:
    """Where the curve crosses the cutoff between two times: regula falsi, and every third time the middle."""
    result = 0.5 * (near + far)
    where = np.arange(len(draws))
    for step in range(_MOST_STEPS):
        if step % 3 == 2:
            x = 0.5 * (near + far)
        else:
            x = np.clip(near - near_value * (far - near) / (far_value - near_value), *np.sort([near, far], axis=0))
        value = response.recompute(draws, x) - cutoff
        result[where] = x
        is_near_side = (value >= 0.0) == (near_value >= 0.0)
        # The value at the end that stays is halved, so that it does not stay for ever.
        near, near_value, far, far_value = (
            np.where(is_near_side, x, near),
            np.where(is_near_side, value, 0.5 * near_value),
            np.where(is_near_side, far, x),
            np.where(is_near_side, 0.5 * far_value, value),
        )
        is_open = (np.abs(value) > _ON_THE_CUTOFF * cutoff) & (np.abs(far - near) > _NARROWEST * np.maximum(x, 1.0))
        left = np.flatnonzero(is_open)
        if len(left) == 0:
            break
        where, draws, cutoff = take_each(left, where, draws, cutoff)
        near, far, near_value, far_value = take_each(left, near, far, near_value, far_value)
    return result
