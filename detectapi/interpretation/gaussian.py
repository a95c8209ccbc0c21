"""The normal distribution on the logarithm: tails, cut-off moments, and sums of log-normal parts.

All logarithms are natural.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Value

LOG_ROOT_2_PI = 0.5 * math.log(2.0 * math.pi)
_LOWEST, _HIGHEST, _STEP = -30.0, 9.0, 1.0 / 512.0
"""Ends and step of the table of the logarithm of the distribution function; its linear interpolation is off by at most 5e-7."""


@cache
def _table() -> tuple[Floats, Floats]:
    """The logarithm of the distribution function from `_LOWEST` to `_HIGHEST`, and its rise to the next point."""
    z = np.arange(_LOWEST, _HIGHEST + 1.5 * _STEP, _STEP)
    values = np.array([math.log(0.5 * math.erfc(-x / math.sqrt(2.0))) for x in z])
    return values, np.append(np.diff(values), 0.0)


def log_probability(z: Value) -> Floats:
    """Logarithm of the distribution function of the standard normal distribution.

    Parameters
    ----------
    z : float or array
        Infinite values are allowed.

    Returns
    -------
    array
        Same shape; off by at most 1e-6.

    Notes
    -----
    From a table, and below -30 from the first three terms of the asymptotic series, whose error is below 1e-7 there.
    """
    z = np.asarray(z, dtype=float)
    values, rises = _table()
    place = (np.clip(z, _LOWEST, _HIGHEST) - _LOWEST) / _STEP
    point = place.astype(np.intp)
    inner = values[point] + (place - point) * rises[point]
    if not (z < _LOWEST).any():
        return np.asarray(inner)
    far = np.minimum(z, _LOWEST)
    with np.errstate(invalid="ignore"):
        squared = np.square(far)
        tail = -0.5 * squared - np.log(-far) - LOG_ROOT_2_PI + np.log1p((-1.0 + 3.0 / squared) / squared)
    tail = np.where(np.isneginf(z), -np.inf, tail)
    return np.where(z < _LOWEST, tail, inner)


def log_density(z: Value) -> Floats:
    """Logarithm of the density of the standard normal distribution."""
    return np.asarray(-0.5 * np.square(z) - LOG_ROOT_2_PI)


def log_between(low: Value, high: Value) -> Floats:
    """Logarithm of the probability of the standard normal distribution between two points.

    Parameters
    ----------
    low, high : float or array
        ``low < high``; either may be infinite.

    Returns
    -------
    array
        Off by at most 1e-6, relative to the interval's own probability, where that is above 1e-3 of the larger tail.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if np.isneginf(low).all():
        return log_probability(high)
    if np.isposinf(high).all():
        return log_probability(-low)
    turned = low + high > 0.0  # the smaller tails are the exact ones
    near, far = np.where(turned, -low, high), np.where(turned, -high, low)
    outer, inner = log_probability(near), log_probability(far)
    with np.errstate(divide="ignore"):
        return np.asarray(outer + np.log(-np.expm1(np.minimum(inner - outer, -1e-300))))


class Normal(NamedTuple):
    """A normal distribution in each draw: mean and variance."""

    mean: Value
    variance: Value


def cut(low: Value, high: Value) -> Normal:
    """Mean and variance of the standard normal distribution between two points.

    Parameters
    ----------
    low, high : float or array
        Either may be infinite.
    """
    whole = log_between(low, high)
    ends = []
    for end in (np.asarray(low, dtype=float), np.asarray(high, dtype=float)):
        finite = np.where(np.isfinite(end), end, 0.0)
        height = np.where(np.isfinite(end), np.exp(np.minimum(log_density(finite) - whole, 700.0)), 0.0)
        ends.append((height, finite * height))
    (at_low, moment_low), (at_high, moment_high) = ends
    mean = at_low - at_high
    variance = 1.0 + moment_low - moment_high - np.square(mean)
    return Normal(mean, np.clip(variance, 1e-6, 1.0))


class Sum(NamedTuple):
    """The logarithm of a sum of log-normal parts, taken as normal.

    Attributes
    ----------
    centre : array
        Its mean.
    variance : array
        Its variance.
    shares : list of array
        How much of the sum each part makes.
    """

    centre: Floats
    variance: Value
    shares: list[Value]


def log_sum(parts: Sequence[Normal]) -> Sum:
    """The sum of independent log-normal parts, as the log-normal distribution with the same mean and variance.

    Parameters
    ----------
    parts : sequence of Normal
        Of the logarithm of each part.

    Returns
    -------
    Sum
        Exact where there is one part.

    References
    ----------
    fenton1960
    """
    if len(parts) == 1:
        return Sum(np.asarray(parts[0].mean), parts[0].variance, [1.0])
    expected = np.array([np.asarray(part.mean + 0.5 * part.variance) for part in parts])
    total = np.logaddexp.reduce(expected, axis=0)
    shares = list(np.exp(expected - total))
    spread: Value = 0.0
    for share, part in zip(shares, parts, strict=True):
        spread = spread + np.square(share) * np.expm1(part.variance)
    variance = np.log1p(spread)
    return Sum(total - 0.5 * variance, variance, list(shares))
