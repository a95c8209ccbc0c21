"""A mammillary system: a central compartment that exchanges with any number of peripheral ones (0 to 3 are fast)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from detectapi.exponentials.array_types import Draws, Floats, Integers
from detectapi.exponentials.arrow_eigenvalues import eigenvalues_three_arms, eigenvalues_two_arms
from detectapi.exponentials.draw_arrays import sum_rows, take_draws

EQUAL_RATES = 1.5e-6
"""Two return rates count as equal when half their difference is below this fraction of their mean."""

_CLOSED_FORMS = {2: eigenvalues_two_arms, 3: eigenvalues_three_arms}

_POLE_PRECISION = 1e-15
"""Relative error of a pole that the last step of Newton's method may leave."""

_NEWTON_STEPS = 3
"""Steps of Newton's method after the first, before bisection takes over."""


class Disposition(NamedTuple):
    """How a system answers a unit bolus into its centre: the transfer function ``prod(s + zeros) / (volume prod(s + poles))``.

    Attributes
    ----------
    volume : array, shape (n,)
        Of the centre. [L]
    poles : array, shape (k, n)
        Ascending and positive. [1/h]
    zeros : array, shape (k - 1, n)
        Return rates of the peripheral compartments, Q/V, in the order given. [1/h]
    """

    volume: Floats
    poles: Floats
    zeros: Floats

    def pick(self, draws: Draws) -> Disposition:
        """The systems of some draws."""
        return Disposition(*(take_draws(array, draws) for array in self))


def disposition(
    clearance: ArrayLike,
    central_volume: ArrayLike,
    intercompartmental_clearance: ArrayLike,
    peripheral_volume: ArrayLike,
) -> Disposition:
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
    The rate matrix has the sum of the outflows and the return rates on its diagonal, and sqrt(k_out k_in) along one border
    once it is made symmetric. So its eigenvalues are real and interlace with the return rates. A compartment without
    exchange (Q = 0) gives a pole that its own zero cancels.
    """
    clearance, volume, exchange, peripheral = _checked(
        clearance, central_volume, intercompartmental_clearance, peripheral_volume
    )
    elimination, outflow = clearance / volume, exchange / volume
    zeros = np.where(exchange > 0.0, exchange / peripheral, 1.0)
    m = len(zeros)
    if m > 1:
        _separate_equal_rates(zeros, outflow)
    if m == 0:
        poles = elimination[np.newaxis].copy()
    elif m == 1:
        poles = _two_poles(elimination, outflow[0], zeros[0])
    else:
        poles = _poles(elimination, outflow, zeros)
    return Disposition(volume, poles, zeros)


def _checked(
    clearance: ArrayLike, central_volume: ArrayLike, exchange: ArrayLike, peripheral_volume: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """The four inputs as arrays, of shapes (n,), (n,), (m, n) and (m, n)."""
    clearance = np.asarray(clearance, dtype=float)
    central_volume = np.asarray(central_volume, dtype=float)
    n = clearance.shape[-1]
    exchange = np.asarray(exchange, dtype=float).reshape(-1, n)
    peripheral_volume = np.asarray(peripheral_volume, dtype=float).reshape(-1, n)
    if clearance.shape != (n,) or central_volume.shape != (n,) or exchange.shape != peripheral_volume.shape:
        raise ValueError("clearance and central_volume must be (n,), the peripheral arrays both (m, n)")
    for name, value in (("clearance", clearance), ("volume", central_volume), ("volume", peripheral_volume)):
        if not (value > 0.0).all() or not np.isfinite(value).all():
            raise ValueError(f"every {name} must be positive and finite")
    if not (exchange >= 0.0).all() or not np.isfinite(exchange).all():
        raise ValueError("every intercompartmental clearance must be finite and not negative")
    return clearance, central_volume, exchange, peripheral_volume


def _separate_equal_rates(zeros: Floats, outflow: Floats) -> None:
    """Move apart, in place, return rates that coincide: three equal ones would share a double pole.

    Each pair keeps its mean, weighted by exchange. So the change of the result is of second order, about 1e-11.
    """
    m = len(zeros)
    for i in range(m):
        for j in range(i + 1, m):
            close = np.abs(zeros[i] - zeros[j]) < EQUAL_RATES * (zeros[i] + zeros[j])
            if close.any():
                first, second = outflow[i, close], outflow[j, close]
                weight = np.where(first + second > 0.0, first / np.maximum(first + second, 1e-300), 0.5)
                centre = weight * zeros[i, close] + (1.0 - weight) * zeros[j, close]
                zeros[i, close] = centre * (1.0 - 4.0 * EQUAL_RATES * (1.0 - weight) * (j - i))
                zeros[j, close] = centre * (1.0 + 4.0 * EQUAL_RATES * weight * (j - i))


def _two_poles(elimination: Floats, outflow: Floats, inflow: Floats) -> Floats:
    """Both roots of the quadratic. The small one comes from the product of the roots, so that nothing cancels."""
    difference = elimination + outflow - inflow
    large = 0.5 * (elimination + outflow + inflow + np.sqrt(difference * difference + 4.0 * outflow * inflow))
    return np.stack([elimination * inflow / large, large])


def _poles(elimination: Floats, outflow: Floats, zeros: Floats) -> Floats:
    """Poles of systems with two or more peripheral compartments.

    Two and three compartments have a closed form, which Newton's method polishes. Bisection solves what that leaves
    doubtful, and all systems with more compartments.
    """
    m = len(zeros)
    if m not in _CLOSED_FORMS:
        return _bisect_poles(elimination, outflow, zeros)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        poles = _CLOSED_FORMS[m](elimination + sum_rows(outflow), zeros, outflow * zeros)
        poles, doubtful = _newton_step(poles, elimination, outflow, zeros)
        for _ in range(_NEWTON_STEPS):
            if len(doubtful) == 0:
                return poles
            some = elimination[doubtful], outflow[:, doubtful], zeros[:, doubtful]
            poles[:, doubtful], still = _newton_step(poles[:, doubtful], *some)
            doubtful = doubtful[still]
    if len(doubtful):
        poles[:, doubtful] = _bisect_poles(elimination[doubtful], outflow[:, doubtful], zeros[:, doubtful])
    return poles


def _newton_step(poles: Floats, elimination: Floats, outflow: Floats, zeros: Floats) -> tuple[Floats, Integers]:
    """Take one step of Newton's method on the secular equation.

    Returns the poles after the step, and the draws in which some pole is not proven to have arrived.

    Between two neighbouring zeros the equation falls from plus to minus infinity, nowhere less steeply than -1. Its second
    derivative is at most twice its slope over the distance to the nearer zero. So a step much shorter than that distance
    arrives: the error it leaves is about its square over that distance. Each pole has as many zeros below it as it has
    poles below it.
    """
    value: Floats | float = 1.0
    slope: Floats | float = 1.0
    nearest: Floats | float = np.inf
    below: Integers | int = 0
    for zero, out in zip(zeros, outflow, strict=True):
        gap = zero - poles
        nearest = np.minimum(nearest, np.abs(gap))
        below = below + (gap < 0.0)
        share = out / gap
        value = value + share
        slope = slope + share * (zero / gap)
    step = (elimination - poles * value) / slope
    arrived = (step * step <= _POLE_PRECISION * nearest * poles) & (below == np.arange(len(poles))[:, np.newaxis])
    return poles + step, np.flatnonzero(~arrived.all(axis=0))


def _bisect_poles(elimination: Floats, outflow: Floats, zeros: Floats) -> Floats:
    """Find each pole between its two zeros by bisection over the doubles in between: slow, and right to the last digit.

    A pole is right to its last digit even where it is much smaller than the largest. There the eigenvalues of the symmetric
    matrix lose their digits.
    """
    order = np.argsort(zeros, axis=0, kind="stable")
    zeros, outflow = np.take_along_axis(zeros, order, axis=0), np.take_along_axis(outflow, order, axis=0)
    whole = elimination + sum_rows(outflow) + sum_rows(zeros)
    low, high = (
        np.concatenate(ends).view(np.int64)  # positive doubles are in the order of their bits
        for ends in ((np.zeros_like(zeros[:1]), zeros), (zeros, 2.0 * whole[np.newaxis]))
    )
    while (high - low > 1).any():
        middle = low + (high - low) // 2
        poles = middle.view(np.float64)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value = elimination - poles
            for zero, out in zip(zeros, outflow, strict=True):
                value -= np.where(out > 0.0, poles * (out / (zero - poles)), 0.0)
        low, high = np.where(value > 0.0, middle, low), np.where(value > 0.0, high, middle)
    return high.view(np.float64)
