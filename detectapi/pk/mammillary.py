"""A mammillary system: one central compartment that exchanges with 0 to 3 peripheral ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CLOSE = 1.5e-6
"""Rates whose half-difference is below this fraction of their mean are treated as equal."""


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
    """Poles of two or more shells: of two in closed form where that is as good as LAPACK, which takes ten times longer."""
    if len(zeros) != 2:
        return _polish(_arrow_eigenvalues(elimination, outflow, zeros), elimination, outflow, zeros)[0]
    poles, kept = _polish(_three_poles(elimination, outflow, zeros), elimination, outflow, zeros)
    doubtful = np.flatnonzero(~kept.all(axis=0))
    if len(doubtful):
        some = elimination[doubtful], outflow[:, doubtful], zeros[:, doubtful]
        poles[:, doubtful] = _polish(_arrow_eigenvalues(*some), *some)[0]
    return poles


def _three_poles(elimination, outflow, zeros):
    """Roots of the cubic by cosines; poor only where two of them nearly coincide."""
    centre = elimination + outflow[0] + outflow[1]
    mean = (centre + zeros[0] + zeros[1]) / 3.0
    a, b, c = centre - mean, zeros[0] - mean, zeros[1] - mean
    first, second = outflow * zeros
    scale = np.sqrt((a * a + b * b + c * c + 2.0 * (first + second)) / 6.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = (a * b * c - first * c - second * b) / (2.0 * scale * scale * scale)
    angle = np.arccos(np.clip(half, -1.0, 1.0)) / 3.0
    large = mean + 2.0 * scale * np.cos(angle)
    small = mean + 2.0 * scale * np.cos(angle + 2.0 * np.pi / 3.0)
    return np.stack([small, 3.0 * mean - large - small, large])


def _arrow_eigenvalues(elimination, outflow, zeros):
    m, n = zeros.shape
    matrix = np.zeros((n, m + 1, m + 1))
    matrix[:, 0, 0] = elimination
    for j in range(m):
        matrix[:, 0, 0] += outflow[j]
        matrix[:, j + 1, j + 1] = zeros[j]
        matrix[:, j + 1, 0] = -np.sqrt(outflow[j] * zeros[j])  # eigvalsh reads the lower triangle
    return np.ascontiguousarray(np.linalg.eigvalsh(matrix).T)


def _polish(poles, elimination, outflow, zeros):
    """One Newton step on the secular equation: small poles to full relative precision.

    LAPACK's error is eps times the largest pole, which a pole a million times smaller would feel. A step larger than
    that error is not an improvement (the pole sits on a zero, where the equation has a pole of its own): not taken.
    Returns the poles, and where the step was taken.
    """
    limit = 64.0 * np.finfo(float).eps * poles[-1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = 1.0
        slope = 1.0
        for j in range(zeros.shape[0]):
            gap = zeros[j] - poles
            share = outflow[j] / gap
            value = value + share
            slope = slope + share * (zeros[j] / gap)
        step = (elimination - poles * value) / slope
        small = np.abs(step) <= limit
    return np.where(small, poles + step, poles), small
