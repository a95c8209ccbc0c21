"""The standard normal distribution."""

from __future__ import annotations

import math

import numpy as np

# Wichura's AS 241 (PPND16): relative accuracy about 1e-16.
_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


_AT_ONCE = 4096
"""Numbers worked on at once: what they need fits in the cache."""


def inverse_normal(probability):
    """Quantile function of the standard normal distribution.

    Parameters
    ----------
    probability : array
        Strictly between 0 and 1.

    Returns
    -------
    array
        Same shape.

    References
    ----------
    wichura1988
    """
    p = np.asarray(probability, dtype=float)
    result = np.empty(p.shape)
    flat, found = p.ravel(), result.reshape(-1)
    for first in range(0, len(flat), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        found[some] = _inverse_normal(flat[some])
    return result


def _inverse_normal(p):
    q = p - 0.5
    r = 0.180625 - q * q
    z = _polynomial(_CENTRE[0], r)
    z /= _polynomial(_CENTRE[1], r)
    z *= q
    tail = np.flatnonzero(r < 0.0)  # |q| > 0.425
    if len(tail):
        p = p[tail]
        r = np.sqrt(-np.log(np.minimum(p, 1.0 - p)))
        value = _polynomial(_NEAR[0], r - 1.6) / _polynomial(_NEAR[1], r - 1.6)
        far = np.flatnonzero(r > 5.0)
        value[far] = _polynomial(_FAR[0], r[far] - 5.0) / _polynomial(_FAR[1], r[far] - 5.0)
        z[tail] = np.copysign(value, q[tail])
    return z


def _polynomial(coefficients, x):
    """Horner's scheme in one piece of memory."""
    value = coefficients[0] * x
    for coefficient in coefficients[1:-1]:
        value += coefficient
        value *= x
    value += coefficients[-1]
    return value


_PHI = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)), otypes=[float])
_ANGLE = np.linspace(0.0, np.pi / 2.0, 65)
_RHO = np.sin(_ANGLE)
_MOST_RHO = 0.999

FEW = 20.0
"""Draws' worth of information, mean (1 - mean) draws, below which a variance says less than those of other times."""


def probit_edges(mean, variance, level, draws=np.inf):
    """Edges of the central band of a probability that is known only with a variance, as probits.

    Parameters
    ----------
    mean : array, shape (m,)
        Expected probability.
    variance : array, shape (m,)
        Of the probability. Zero gives a band without width.
    level : float
        Probability that the band holds.
    draws : float
        How many draws mean and variance were estimated from.

    Returns
    -------
    low, high : array, shape (m,)
        Standard normal quantiles of the edges; infinite where the mean is 0 or 1.

    Notes
    -----
    The probability is taken as ``Phi((h + sqrt(rho) z) / sqrt(1 - rho))`` with z standard normal and ``Phi(h) = mean``: what
    follows when the logarithm of the last positive time is the sum of a normal part that is not known and one in which people
    differ. Its variance is ``integral_0^rho exp(-h^2 / (1 + r)) / (2 pi sqrt(1 - r^2)) dr``, which gives rho; with
    ``r = sin(a)`` the integrand has no singularity. In that picture rho is the same at all times, so where few draws are positive
    (or few are not) and chance may leave no variance at all, it is drawn towards its mean over times: a band never closes for
    want of draws.
    """
    low = np.where(mean <= 0.0, -np.inf, np.inf)
    inside = (mean > 0.0) & (mean < 1.0)
    h = inverse_normal(mean[inside])
    integrand = np.exp(-(h[:, None] ** 2) / (1.0 + _RHO)) / (2.0 * np.pi)
    steps = (integrand[:, 1:] + integrand[:, :-1]) * (_ANGLE[1] / 2.0)
    explained = np.concatenate([np.zeros((len(h), 1)), np.cumsum(steps, axis=1)], axis=1)
    rho = np.minimum(np.sin(_inverse(explained, variance[inside])), _MOST_RHO)
    told = mean[inside] * (1.0 - mean[inside]) * draws
    if len(rho) and np.isfinite(draws):
        rho = (told * rho + FEW * (told @ rho) / told.sum()) / (told + FEW)
    reach = np.sqrt(rho) * inverse_normal(np.array([0.5 + level / 2.0]))
    high = low.copy()
    edges = ((h + side * reach) / np.sqrt(1.0 - rho) for side in (-1.0, 1.0))
    # Where most of the mean lies in one tail of what is not known, the central band would leave it out.
    low[inside], high[inside] = (bound(edge, h) for bound, edge in zip((np.minimum, np.maximum), edges, strict=True))
    return low, high


def _inverse(explained, variance):
    """Where each row, which rises with the angle from 0, takes a value: linear in between, and the last angle beyond."""
    above = np.minimum((explained <= variance[:, None]).sum(axis=1), explained.shape[1] - 1)
    rows = np.arange(len(explained))
    low, high = explained[rows, above - 1], explained[rows, above]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(high > low, (variance - low) / (high - low), 1.0)
    return _ANGLE[above - 1] + np.clip(share, 0.0, 1.0) * _ANGLE[1]


def probit_band(mean, variance, level, draws=np.inf):
    """Central band of a probability that is known only with a variance: `probit_edges` as probabilities.

    Where there is no width both edges are the mean itself.
    """
    low, high = probit_edges(mean, variance, level, draws)
    return tuple(np.where(low < high, _PHI(edge), mean) for edge in (low, high))
