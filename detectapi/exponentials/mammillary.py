"""A mammillary system: one central compartment that exchanges with 0 to 3 peripheral ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials import roots
from detectapi.exponentials.sums import add_up

CLOSE = 1.5e-6
"""Rates whose half-difference is below this fraction of their mean are treated as equal."""

_CLOSED_FORMS = {2: roots.three, 3: roots.four}
_PRECISION, _STEPS = 1e-15, 3
"""Relative error that a last step may leave; steps after the first before bisection is tried."""


class Disposition(NamedTuple):
    """What a molar bolus into the centre does there: ``prod(s + zeros) / (volume prod(s + poles))``.

    Attributes
    ----------
    volume : array, shape (n,)
        Central volume of distribution. [L]
    poles : array, shape (k, n)
        Ascending and positive. [1/h]
    zeros : array, shape (k - 1, n)
        Return rates of the peripheral compartments, Q/V, in the order given. [1/h]
    """

    volume: np.ndarray
    poles: np.ndarray
    zeros: np.ndarray


def disposition(clearance, central_volume, intercompartmental_clearance, peripheral_volume) -> Disposition:
    """Poles and zeros of mammillary systems, one system per draw.

    Parameters
    ----------
    clearance : array, shape (n,)
        Total clearance out of the central compartment. [L/h]
    central_volume : array, shape (n,)
        [L]
    intercompartmental_clearance, peripheral_volume : array, shape (m, n)
        One row per peripheral compartment, m = 0 to 3 (any m works). [L/h], [L]

    Returns
    -------
    Disposition
        With k = m + 1 poles.

    Raises
    ------
    ValueError
        When shapes do not agree, or a clearance or volume is not positive and finite.

    Notes
    -----
    The rate matrix has the outflow sum and the return rates on its diagonal and sqrt(k_out k_in) along one border
    once symmetrised, so its eigenvalues are real and interlace with the return rates. A compartment without exchange
    (Q = 0) is kept as a pole that its own zero cancels.
    """
    clearance = np.asarray(clearance, dtype=float)
    central_volume = np.asarray(central_volume, dtype=float)
    exchange = np.asarray(intercompartmental_clearance, dtype=float)
    n = clearance.shape[-1]
    exchange = exchange.reshape(-1, n)
    peripheral_volume = np.asarray(peripheral_volume, dtype=float).reshape(-1, n)
    if clearance.shape != (n,) or central_volume.shape != (n,) or exchange.shape != peripheral_volume.shape:
        raise ValueError("clearance and central_volume must be (n,), the peripheral arrays both (m, n)")
    for name, value in (("clearance", clearance), ("volume", central_volume), ("volume", peripheral_volume)):
        if not (value > 0.0).all() or not np.isfinite(value).all():
            raise ValueError(f"every {name} must be positive and finite")
    if not (exchange >= 0.0).all() or not np.isfinite(exchange).all():
        raise ValueError("every intercompartmental clearance must be finite and not negative")

    elimination = clearance / central_volume
    outflow = exchange / central_volume
    zeros = np.where(exchange > 0.0, exchange / peripheral_volume, 1.0)
    m = zeros.shape[0]
    if m > 1:
        _spread(zeros, outflow)
    if m == 0:
        poles = elimination[np.newaxis].copy()
    elif m == 1:
        poles = _two_poles(elimination, outflow[0], zeros[0])
    else:
        poles = _poles(elimination, outflow, zeros)
    return Disposition(central_volume, poles, zeros)


def _spread(zeros, outflow) -> None:
    """Move apart, in place, return rates that coincide: three equal ones would share a double pole.

    The pair keeps its mean weighted by exchange, so what changes is of second order, about 1e-11.
    """
    m = len(zeros)
    for i in range(m):
        for j in range(i + 1, m):
            close = np.abs(zeros[i] - zeros[j]) < CLOSE * (zeros[i] + zeros[j])
            if close.any():
                first, second = outflow[i, close], outflow[j, close]
                weight = np.where(first + second > 0.0, first / np.maximum(first + second, 1e-300), 0.5)
                centre = weight * zeros[i, close] + (1.0 - weight) * zeros[j, close]
                zeros[i, close] = centre * (1.0 - 4.0 * CLOSE * (1.0 - weight) * (j - i))
                zeros[j, close] = centre * (1.0 + 4.0 * CLOSE * weight * (j - i))


def _two_poles(elimination, outflow, inflow):
    """Both roots of the quadratic; the small one from the product, so that nothing cancels."""
    difference = elimination + outflow - inflow
    large = 0.5 * (elimination + outflow + inflow + np.sqrt(difference * difference + 4.0 * outflow * inflow))
    return np.stack([elimination * inflow / large, large])


def _poles(elimination, outflow, zeros):
    """Poles of two or more shells: of two and three in closed form, polished; by bisection where that fails, or of more."""
    m, n = zeros.shape
    if m not in _CLOSED_FORMS:
        return _by_bisection(elimination, outflow, zeros)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        poles = _CLOSED_FORMS[m](elimination + add_up(outflow), zeros, outflow * zeros)
        poles, doubtful = _approach(poles, elimination, outflow, zeros)
        for _ in range(_STEPS):
            if len(doubtful) == 0:
                return poles
            some = elimination[doubtful], outflow[:, doubtful], zeros[:, doubtful]
            poles[:, doubtful], still = _approach(poles[:, doubtful], *some)
            doubtful = doubtful[still]
    if len(doubtful):
        poles[:, doubtful] = _by_bisection(elimination[doubtful], outflow[:, doubtful], zeros[:, doubtful])
    return poles


def _approach(poles, elimination, outflow, zeros):
    """One step of Newton's method on the secular equation, and the draws in which some pole has not arrived by it.

    Between two neighbouring zeros the equation falls from one infinity to the other, nowhere less steeply than -1, and
    bends by no more than twice its slope over the distance to the nearer zero. So a step much shorter than that
    distance arrives: it leaves about its square over it. Each pole has as many zeros below it as poles.
    """
    value, slope, nearest, below = 1.0, 1.0, np.inf, 0
    for zero, out in zip(zeros, outflow, strict=True):
        gap = zero - poles
        nearest = np.minimum(nearest, np.abs(gap))
        below = below + (gap < 0.0)
        share = out / gap
        value = value + share
        slope = slope + share * (zero / gap)
    step = (elimination - poles * value) / slope
    arrived = (step * step <= _PRECISION * nearest * poles) & (below == np.arange(len(poles))[:, np.newaxis])
    return poles + step, np.flatnonzero(~arrived.all(axis=0))


def _by_bisection(elimination, outflow, zeros):
    """Poles one by one between the zeros, by halving the doubles in between: slow, and right to the last digit.

    However small next to the largest, which is where the eigenvalues of the symmetric matrix lose their digits.
    """
    order = np.argsort(zeros, axis=0, kind="stable")
    zeros, outflow = np.take_along_axis(zeros, order, axis=0), np.take_along_axis(outflow, order, axis=0)
    whole = elimination + add_up(outflow) + add_up(zeros)
    low, high = (
        np.concatenate(ends).view(np.int64)  # positive doubles are in the order of their bits
        for ends in ((np.zeros_like(zeros[:1]), zeros), (zeros, 2.0 * whole[np.newaxis]))
    )
    while (high - low > 1).any():
        middle = low + (high - low) // 2
        poles = middle.view(float)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value = elimination - poles
            for zero, out in zip(zeros, outflow, strict=True):
                value -= np.where(out > 0.0, poles * (out / (zero - poles)), 0.0)
        low, high = np.where(value > 0.0, middle, low), np.where(value > 0.0, high, middle)
    return high.view(float)
