"""How a forecast fares against what was observed: pure functions of arrays."""

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
    """Width of an interval and the penalty for missing, smaller is better.

    Parameters
    ----------
    low, high : float
    observed : float or (float, float)
        A pair says that the value lies somewhere between; within it nothing is missed.
    level : float
        Probability that the interval claims.

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
    """Continuous ranked probability score of a sample, smaller is better.

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
    """Where an observation falls in a forecast: the probability of less, ties and intervals by their middle.

    Parameters
    ----------
    sample : array, shape (n,)
    observed : float or (float, float)

    Returns
    -------
    float
        0 to 1; evenly spread over many observations when forecasts are right.
    """
    least, most = np.broadcast_to(observed, 2)
    sample = np.asarray(sample, dtype=float)
    return float(0.5 * (np.mean(sample < least) + np.mean(sample <= most)))


def inside(sample, observed, level):
    """Whether any of what was observed lies in the central interval."""
    low, high = interval(sample, level)
    least, most = np.broadcast_to(observed, 2)
    return bool(most >= low and least <= high)
