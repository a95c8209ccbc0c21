"""Sums of exponentials at many times: directly, or on a regular grid by powers."""

from __future__ import annotations

import numpy as np

STRIDE, FEW = 32, 8
"""Times of a regular grid that share one exponential, and of those that share another: powers of two."""

_LARGEST, _SMALLEST = 500.0, -708.0
"""Exponent beyond which a power is not used, well below where it overflows; and the one that stands for those below it,
which take twice as long and make numbers that are not normal."""

_TIMES = 8
_DRAWS = 128
"""Times, or draws, worked on at once: what they need fits in the cache."""


def is_regular(time) -> bool:
    """Whether times are evenly spaced, to rounding, and enough of them for powers to pay."""
    if len(time) < 2 * STRIDE or not time[1] > time[0]:
        return False
    even = np.linspace(time[0], time[-1], len(time))
    return bool((np.abs(time - even) <= 1e-15 * time[-1]).all())


def tail_curve(time, poles, coefficients, start, values) -> None:
    """Fill in sum(coefficients exp(-poles (time - start))) where time >= start.

    Parameters
    ----------
    time : array, shape (m,)
        [h]
    poles, coefficients : array, shape (k, n)
        Poles ascending.
    start : array, shape (n,)
        [h]
    values : array, shape (m, n)
        Written to; arbitrary before start.
    """
    if not is_regular(time):
        _direct(time, poles, coefficients, start, values)
        return
    _by_powers(time, poles, coefficients, start, values)
    for first in range(0, len(time), STRIDE):
        # Where a stride starts so long before the tail that its powers would overflow.
        draws = np.flatnonzero((start - time[first]) * poles[-1] > _LARGEST)
        if len(draws) == 0:
            break
        rows = slice(first, first + STRIDE)
        again = np.empty((len(time[rows]), len(draws)))
        _direct(time[rows], poles[:, draws], coefficients[:, draws], start[draws], again)
        values[rows, draws] = again


def _direct(time, poles, coefficients, start, values) -> None:
    for first in range(0, len(time), _TIMES):
        rows = slice(first, first + _TIMES)
        since = np.minimum(start - time[rows, np.newaxis], 0.0)
        part, term = np.zeros_like(since), np.empty_like(since)
        for pole, coefficient in zip(poles, coefficients, strict=True):
            np.multiply(since, pole, out=term)
            np.exp(term, out=term)
            term *= coefficient
            part += term
        values[rows] = part


def _by_powers(time, poles, coefficients, start, values) -> None:
    (k, n), m = poles.shape, len(time)
    strides = time[::STRIDE]
    # Powers of every tick are products of a few: 12 exponentials for 32.
    ticks = (time[0] - time[-1]) / (m - 1) * np.concatenate([np.arange(FEW), np.arange(0, STRIDE, FEW)])
    # The same memory for every block: fresh memory costs more than what is written to it.
    base, factors = np.empty((_DRAWS, len(strides), k)), np.empty((_DRAWS, k, len(ticks)))
    powers = np.empty((_DRAWS, k, STRIDE // FEW, FEW))
    found = np.empty((_DRAWS, len(strides), STRIDE))
    for first in range(0, n, _DRAWS):
        draws, few = slice(first, first + _DRAWS), min(_DRAWS, n - first)
        p, b, e, w, f = np.ascontiguousarray(poles[:, draws].T), base[:few], factors[:few], powers[:few], found[:few]
        since = np.minimum(start[draws, np.newaxis] - strides, _LARGEST / p[:, -1:])
        np.multiply(since[:, :, np.newaxis], p[:, np.newaxis], out=b)
        np.exp(np.maximum(b, _SMALLEST, out=b), out=b)
        np.multiply(p[:, :, np.newaxis], ticks, out=e)
        np.exp(np.maximum(e, _SMALLEST, out=e), out=e)
        np.multiply(e[:, :, FEW:, np.newaxis], e[:, :, np.newaxis, :FEW], out=w)
        b *= coefficients[:, draws].T[:, np.newaxis]
        np.matmul(b, w.reshape(few, k, STRIDE), out=f)
        values.T[draws] = f.reshape(few, -1)[:, :m]
