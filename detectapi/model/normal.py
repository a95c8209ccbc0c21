"""The standard normal distribution, and the band of a probability that is known only with a variance."""

from __future__ import annotations

import math

import numpy as np

from detectapi.model.arrays import Floats

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


_MOST_AT_ONCE = 4096
"""Numbers worked on at once: what they need fits in the cache of the processor."""


def inverse_normal(probability: Floats) -> Floats:
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
    z = np.empty(p.shape)
    flat_p, flat_z = p.ravel(), z.reshape(-1)
    for first in range(0, len(flat_p), _MOST_AT_ONCE):
        some = slice(first, first + _MOST_AT_ONCE)
        flat_z[some] = _inverse_normal(flat_p[some])
    return z


def _inverse_normal(p: Floats) -> Floats:
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


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    """A polynomial by Horner's scheme; the powers are written into one array."""
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

OTHER_TIMES_WEIGH = 20.0
"""A rho counts as much as the mean over all times where ``mean (1 - mean) draws`` is this large; the less below it."""


def probit_edges(mean: Floats, variance: Floats, level: float, draws: float = np.inf) -> tuple[Floats, Floats]:
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
    The probability is taken as ``Phi((h + sqrt(rho) z) / sqrt(1 - rho))`` with z standard normal and ``Phi(h) = mean``. This holds
    exactly when log T, with T the single-specimen time, is the sum of two independent normal parts: one for the typical values,
    which are not known, with the share rho of the variance, and one for people and specimens.

    The variance of the probability is ``integral_0^rho exp(-h^2 / (1 + r)) / (2 pi sqrt(1 - r^2)) dr``, which is solved for rho.
    With ``r = sin(a)`` the integrand has no singularity.

    Under this assumption rho is the same at all times. Where only few draws are positive, or only few are not, the variance is
    poorly estimated and may be zero by chance; there rho is moved towards its mean over all times. So a band does not close
    because there are too few draws.
    """
    low = np.where(mean <= 0.0, -np.inf, np.inf)
    inside = (mean > 0.0) & (mean < 1.0)
    h = inverse_normal(mean[inside])
    integrand = np.exp(-(h[:, None] ** 2) / (1.0 + _RHO)) / (2.0 * np.pi)
    steps = (integrand[:, 1:] + integrand[:, :-1]) * (_ANGLE[1] / 2.0)
    explained = np.concatenate([np.zeros((len(h), 1)), np.cumsum(steps, axis=1)], axis=1)
    rho = np.minimum(np.sin(_inverse(explained, variance[inside])), _MOST_RHO)
    information = mean[inside] * (1.0 - mean[inside]) * draws
    if len(rho) and np.isfinite(draws):
        average = OTHER_TIMES_WEIGH * (information @ rho) / information.sum()
        rho = (information * rho + average) / (information + OTHER_TIMES_WEIGH)
    reach = np.sqrt(rho) * inverse_normal(np.array([0.5 + level / 2.0]))
    high = low.copy()
    edges = ((h + side * reach) / np.sqrt(1.0 - rho) for side in (-1.0, 1.0))
    # The mean of a very skewed distribution may lie outside its central band; the band is then widened up to the mean.
    low[inside], high[inside] = (bound(edge, h) for bound, edge in zip((np.minimum, np.maximum), edges, strict=True))
    return low, high


def _inverse(explained: Floats, variance: Floats) -> Floats:
    """The angle at which each row, which rises from 0, reaches a value: linear in between, the last angle where it does not."""
    above = np.minimum((explained <= variance[:, None]).sum(axis=1), explained.shape[1] - 1)
    rows = np.arange(len(explained))
    low, high = explained[rows, above - 1], explained[rows, above]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(high > low, (variance - low) / (high - low), 1.0)
    angle: Floats = _ANGLE[above - 1] + np.clip(share, 0.0, 1.0) * _ANGLE[1]
    return angle


def probit_band(mean: Floats, variance: Floats, level: float, draws: float = np.inf) -> tuple[Floats, Floats]:
    """Central band of a probability that is known only with a variance: `probit_edges` as probabilities.

    Where the band has no width both edges are the mean itself.
    """
    low, high = probit_edges(mean, variance, level, draws)
    return np.where(low < high, _PHI(low), mean), np.where(low < high, _PHI(high), mean)
