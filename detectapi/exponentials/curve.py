"""Sums of exponentials at many times: directly, or on a regular grid by powers."""

from __future__ import annotations

import math

import numpy as np

STRIDE = 16
FEWEST = 64
"""Times of a regular grid that share one power, and the fewest that a grid is called regular for."""

_LARGEST = 500.0
"""Exponent beyond which a power is not used, well below where it overflows."""

_TIMES = 8
_NUMBERS = 90_000
"""Times, or numbers of a curve, worked on at once: what they need fits in the cache."""


_LARGE_PAGE = 1 << 21


def room_for(times, draws) -> np.ndarray:
    """Unwritten memory for curves on a regular grid, the times of a draw side by side. Shape (draws, strides, STRIDE).

    The last stride may go beyond the times. From 4 MiB on numpy asks the system for large pages, which begin at multiples of
    their size. Fresh memory in small ones costs as much as the curves that are written to it.
    """
    shape = draws, -(-times // STRIDE), STRIDE
    size = math.prod(shape)
    if size * 8 < _LARGE_PAGE:
        return np.empty(shape)
    room = np.empty(size + _LARGE_PAGE // 4)
    skip = -room.ctypes.data % _LARGE_PAGE // 8
    return room[skip : skip + size].reshape(shape)


def curves_in(room, times) -> np.ndarray:
    """What is in a room as curves. Shape (times, draws)."""
    return room.reshape(len(room), -1)[:, :times].T


def is_regular(time) -> bool:
    """Whether times are evenly spaced, to rounding, and enough of them for powers to pay."""
    if len(time) < FEWEST or not time[1] > time[0]:
        return False
    even = np.linspace(time[0], time[-1], len(time))
    return bool((np.abs(time - even) <= 1e-15 * time[-1]).all())


def tail_curve(time, poles, coefficients, start, values, room=None) -> None:
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
    room : array, shape (n, strides, STRIDE), optional
        What `values` are the `curves_in`, for a regular grid: saves writing them twice.
    """
    if not is_regular(time):
        _direct(time, poles, coefficients, start, values)
        return
    given = room is not None
    room = room if given else np.empty((len(start), -(-len(time) // STRIDE), STRIDE))
    _by_powers(time, poles, coefficients, start, room)
    if not given:
        values[:] = curves_in(room, len(time))
    # Where the grid starts so long before the tail that powers would overflow.
    draws = np.flatnonzero((start - time[0]) * poles[-1] > _LARGEST)
    if len(draws):
        again = np.empty((len(time), len(draws)))
        _direct(time, poles[:, draws], coefficients[:, draws], start[draws], again)
        values[:, draws] = again


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


def _by_powers(time, poles, coefficients, start, room) -> None:
    (k, n), strides = poles.shape, room.shape[1]
    tick = (time[-1] - time[0]) / (len(time) - 1)
    ticks, block = -tick * np.arange(STRIDE), max(_NUMBERS // (strides * STRIDE), 1)
    # The same memory for every block: fresh memory costs more than what is written to it.
    far, near = np.empty((strides, block, k)), np.empty((block, k, STRIDE))
    for first in range(0, n, block):
        draws, few = slice(first, first + block), min(block, n - first)
        p, f, g = np.ascontiguousarray(poles[:, draws].T), far[:, :few], near[:few]
        # Each step doubles how many powers of a stride are known.
        since = np.minimum(start[draws] - time[0], _LARGEST / p[:, -1])
        np.multiply(np.exp(p * since[:, np.newaxis]), coefficients[:, draws].T, out=f[0])
        known = 1
        while known < strides:
            more = f[known : 2 * known]
            np.multiply(f[: len(more)], np.exp(p * (-tick * STRIDE * known)), out=more)
            known *= 2
        np.exp(np.multiply(p[:, :, np.newaxis], ticks, out=g), out=g)
        np.matmul(f.transpose(1, 0, 2), g, out=room[draws])
