"""Sums of exponentials at many times: directly, or on a regular grid by powers."""

from __future__ import annotations

import numpy as np

from detectapi.pk.sums import add_up

STRIDE = 32
"""Times of a regular grid that share one exponential."""

_TIMES = 8
_DRAWS = 128
"""Times, or draws, worked on at once: what they need fits in the cache."""


def is_regular(time) -> bool:
    """Whether times are evenly spaced, to rounding, and enough of them for powers to pay."""
    if len(time) < 2 * STRIDE or not time[1] > time[0]:
        return False
    even = np.linspace(time[0], time[-1], len(time))
    return bool((np.abs(time - even) <= 1e-15 * time[-1]).all())


def tail_curve(time, poles, coefficients, start, faint, values) -> np.ndarray:
    """Fill in values of sum(coefficients exp(-poles (time - start))) where time >= start.

    Parameters
    ----------
    time : array, shape (m,)
        [h]
    poles, coefficients : array, shape (k, n)
        Poles ascending.
    start : array, shape (n,)
        [h]
    faint : float
        Fraction of its terms below which a value is doubtful.
    values : array, shape (m, n)
        Written to; arbitrary before start.

    Returns
    -------
    array of bool, shape (m, n)
        Whether a value may be doubtful, by a bound of its terms; arbitrary before start.
    """
    bound = faint * add_up(np.abs(coefficients))
    if not is_regular(time):
        return _direct(time, poles, coefficients, start, bound, values)
    doubtful = np.empty(values.shape[::-1], dtype=bool).T
    for first in range(0, len(start), _DRAWS):
        draws = slice(first, first + _DRAWS)
        some = poles[:, draws], coefficients[:, draws], start[draws], bound[draws]
        doubtful[:, draws] = _by_powers(time, *some, values[:, draws])
    for first in range(0, len(time), STRIDE):
        # Where a stride starts before the tail does, its powers have the wrong origin.
        draws = np.flatnonzero(time[first] < start)
        if len(draws) == 0:
            break
        rows = slice(first, first + STRIDE)
        some = poles[:, draws], coefficients[:, draws], start[draws], bound[draws]
        again = np.empty((len(time[rows]), len(draws)))
        doubtful[rows, draws] = _direct(time[rows], *some, again)
        values[rows, draws] = again
    return doubtful


def _direct(time, poles, coefficients, start, bound, values):
    doubtful = np.empty(values.shape, dtype=bool)
    for first in range(0, len(time), _TIMES):
        rows = slice(first, first + _TIMES)
        since = np.minimum(start - time[rows, np.newaxis], 0.0)
        part, term, size = np.zeros_like(since), np.empty_like(since), None
        for pole, coefficient in zip(poles, coefficients, strict=True):
            np.multiply(since, pole, out=term)
            np.exp(term, out=term)
            if size is None:  # the slowest: no other term is larger relative to its coefficient
                size = term * bound
            term *= coefficient
            part += term
        values[rows], doubtful[rows] = part, part < size
    return doubtful


def _by_powers(time, poles, coefficients, start, bound, values):
    k, n = poles.shape
    step = (time[-1] - time[0]) / (len(time) - 1)
    since = np.minimum(start[:, np.newaxis] - time[::STRIDE], 0.0)
    base = np.exp(since[:, :, np.newaxis] * poles.T[:, np.newaxis])
    powers = np.exp(poles.T[:, :, np.newaxis] * (-step * np.arange(STRIDE)))
    size = (base[:, :, :1] * bound[:, np.newaxis, np.newaxis]) * powers[:, :1]
    base *= coefficients.T[:, np.newaxis]
    found = base @ powers
    doubtful = found < size
    values.T[:] = found.reshape(n, -1)[:, : len(time)]
    return doubtful.reshape(n, -1)[:, : len(time)].T
