"""Values of a sum of exponentials at many times: one by one, or on a regular grid by powers."""

from __future__ import annotations

import math

import numpy as np

from detectapi.exponentials.array_types import Floats

STRIDE = 16
"""Times of a regular grid that share one power."""

FEWEST_REGULAR = 64
"""A grid of fewer times is not worth the powers."""

_LARGEST_EXPONENT = 500.0
"""No power is used of a larger exponent; exp overflows at 709."""

_TIMES_AT_ONCE = 8
_NUMBERS_AT_ONCE = 90_000
"""Times, or numbers of the curves, that are worked on at once: what they need fits in the cache."""

_LARGE_PAGE = 1 << 21
"""Bytes of a large page of memory."""


def allocate_strides(times: int, draws: int) -> Floats:
    """Memory for curves on a regular grid, not yet written; the times of a draw lie side by side.

    Its shape is (draws, strides, STRIDE). The last stride may go beyond the times. From 4 MiB on numpy asks the system for
    large pages, which begin at multiples of their size. Fresh memory in small pages costs as much as the curves themselves.
    """
    shape = draws, -(-times // STRIDE), STRIDE
    size = math.prod(shape)
    if size * 8 < _LARGE_PAGE:
        return np.empty(shape)
    memory = np.empty(size + _LARGE_PAGE // 4)
    skip = -memory.ctypes.data % _LARGE_PAGE // 8
    return memory[skip : skip + size].reshape(shape)


def curves_of(strides: Floats, times: int) -> Floats:
    """The curves in memory from `allocate_strides`. Shape (times, draws)."""
    return strides.reshape(len(strides), -1)[:, :times].T


def is_regular(time: Floats) -> bool:
    """Whether times are evenly spaced, to rounding, and enough of them for powers to pay."""
    if len(time) < FEWEST_REGULAR or not time[1] > time[0]:
        return False
    even = np.linspace(time[0], time[-1], len(time))
    return bool((np.abs(time - even) <= 1e-15 * time[-1]).all())


def fill_values(
    time: Floats, poles: Floats, coefficients: Floats, start: Floats, values: Floats, strides: Floats | None = None
) -> None:
    """Write sum(coefficients exp(-poles (time - start))) into `values`, where time >= start.

    Parameters
    ----------
    time : array, shape (m,)
        [h]
    poles, coefficients : array, shape (k, n)
        Poles ascending.
    start : array, shape (n,)
        [h]
    values : array, shape (m, n)
        What it holds before start is arbitrary.
    strides : array, shape (n, strides, STRIDE), optional
        The memory that `values` are the `curves_of`, for a regular grid: saves writing them twice.
    """
    if not is_regular(time):
        _fill_one_by_one(time, poles, coefficients, start, values)
        return
    if strides is not None:
        _fill_by_powers(time, poles, coefficients, start, strides)
    else:
        memory = np.empty((len(start), -(-len(time) // STRIDE), STRIDE))
        _fill_by_powers(time, poles, coefficients, start, memory)
        values[:] = curves_of(memory, len(time))
    # Draws in which the grid starts so long before the tail that powers would overflow.
    draws = np.flatnonzero((start - time[0]) * poles[-1] > _LARGEST_EXPONENT)
    if len(draws):
        again = np.empty((len(time), len(draws)))
        _fill_one_by_one(time, poles[:, draws], coefficients[:, draws], start[draws], again)
        values[:, draws] = again


def _fill_one_by_one(time: Floats, poles: Floats, coefficients: Floats, start: Floats, values: Floats) -> None:
    for first in range(0, len(time), _TIMES_AT_ONCE):
        rows = slice(first, first + _TIMES_AT_ONCE)
        since = np.minimum(start - time[rows, np.newaxis], 0.0)
        part, term = np.zeros_like(since), np.empty_like(since)
        for pole, coefficient in zip(poles, coefficients, strict=True):
            np.multiply(since, pole, out=term)
            np.exp(term, out=term)
            term *= coefficient
            part += term
        values[rows] = part


def _fill_by_powers(time: Floats, poles: Floats, coefficients: Floats, start: Floats, strides: Floats) -> None:
    (k, n), count = poles.shape, strides.shape[1]
    tick = (time[-1] - time[0]) / (len(time) - 1)
    ticks, block = -tick * np.arange(STRIDE), max(_NUMBERS_AT_ONCE // (count * STRIDE), 1)
    # The same memory serves every block: fresh memory costs more than what is written to it.
    far, near = np.empty((count, block, k)), np.empty((block, k, STRIDE))
    for first in range(0, n, block):
        draws, few = slice(first, first + block), min(block, n - first)
        p, f, g = np.ascontiguousarray(poles[:, draws].T), far[:, :few], near[:few]
        since = np.minimum(start[draws] - time[0], _LARGEST_EXPONENT / p[:, -1])
        np.multiply(np.exp(p * since[:, np.newaxis]), coefficients[:, draws].T, out=f[0])
        # Each pass doubles the number of strides whose power is known.
        known = 1
        while known < count:
            more = f[known : 2 * known]
            np.multiply(f[: len(more)], np.exp(p * (-tick * STRIDE * known)), out=more)
            known *= 2
        np.exp(np.multiply(p[:, :, np.newaxis], ticks, out=g), out=g)
        np.matmul(f.transpose(1, 0, 2), g, out=strides[draws])
