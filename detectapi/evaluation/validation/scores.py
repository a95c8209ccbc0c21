"""Scores of forecasts: pure functions of arrays."""

from __future__ import annotations

import numpy as np

LEVELS = (0.5, 0.9, 0.95)


def interval(sample, level):
    """Central interval of a sample.

    Parameters
    ----------
    sample : array, shape (n,)
    level : float

    Returns
    -------
    low, high : float
    """
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(sample, [tail, 1.0 - tail])
    return float(low), float(high)


def interval_score(low, high, observed, level):
    """The interval score: width plus a penalty for missing; smaller is better.

    Parameters
    ----------
    low, high : float
    observed : float or (float, float)
        A pair is an interval that holds the value; an interval that overlaps it does not miss.
    level : float
        Probability of the interval.

    Returns
    -------
    float
        In the unit of the values.

    References
    ----------
    gneiting2007
    """
    least, most = np.broadcast_to(observed, 2)
    tail = 1.0 - level
    return float(high - low + 2.0 / tail * (max(low - most, 0.0) + max(least - high, 0.0)))


def crps(sample, observed):
    """The continuous ranked probability score of a sample; smaller is better.

    Parameters
    ----------
    sample : array, shape (n,)
    observed : float

    Returns
    -------
    float
        In the unit of the sample.

    References
    ----------
    gneiting2007
    """
    ordered = np.sort(np.asarray(sample, dtype=float))
    n = len(ordered)
    spread = 2.0 * np.sum((np.arange(1, n + 1) - 0.5 - 0.5 * n) * ordered) / (n * n)
    return float(np.mean(np.abs(ordered - observed)) - spread)


def pit(sample, observed):
    """The probability integral transform: the place of an observation in a forecast, its middle for ties and intervals.

    Parameters
    ----------
    sample : array, shape (n,)
    observed : float or (float, float)

    Returns
    -------
    float
        0 to 1. Over many observations it is uniform if the forecasts are right.
    """
    least, most = np.broadcast_to(observed, 2)
    sample = np.asarray(sample, dtype=float)
    return float(0.5 * (np.mean(sample < least) + np.mean(sample <= most)))


def inside(sample, observed, level):
    """Whether the observation, or a part of an observed interval, lies in the central interval."""
    low, high = interval(sample, level)
    least, most = np.broadcast_to(observed, 2)
    return bool(most >= low and least <= high)
