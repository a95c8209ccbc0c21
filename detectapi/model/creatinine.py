"""What serum creatinine says of kidney function: the published equations.

How far each is off, and for whom it holds, is in ``data/physiology``.
"""

from __future__ import annotations

import math

import numpy as np

from detectapi.model.arrays import Floats, Value

UMOL_PER_MG_DL = 88.4
"""Creatinine: [umol/L] for each [mg/dL]."""
EKFC_TO_CKD_EPI = (18.0, 25.0)
"""Ages between which creatinine is read by both equations, EKFC fading out. [years]"""
EKFC_GROWN_AGE = 25.0
"""Age from which the EKFC equation has one normal creatinine for each sex. [years]"""

_CKD_EPI = {False: (0.9, -0.302, 1.0), True: (0.7, -0.241, 1.012)}
"""By female: kappa [mg/dL], alpha, factor."""
_EKFC_GROWTH = {
    False: (3.200, 0.259, -0.543, -0.00763, 0.0000790),
    True: (3.080, 0.177, -0.223, -0.00596, 0.0000686),
}
"""By female: logarithm of the normal creatinine [umol/L] as constant, age, logarithm of age, age squared, age cubed."""
_EKFC_GROWN = {False: 80.0, True: 62.0}
"""By female: normal creatinine of adults. [umol/L]"""


def ckd_epi_2021(creatinine: Value, age: Value, female: bool) -> Floats:
    """Estimated GFR of an adult by the CKD-EPI 2021 creatinine equation, without a race term.

    Parameters
    ----------
    creatinine : float or array
        In serum. [mg/dL]
    age : float or array
        [years]
    female : bool

    Returns
    -------
    array
        [mL/min/1.73 m2]

    References
    ----------
    inker2021
    """
    kappa, alpha, factor = _CKD_EPI[female]
    ratio = np.asarray(creatinine, dtype=float) / kappa
    below, above = np.minimum(ratio, 1.0) ** alpha, np.maximum(ratio, 1.0) ** -1.2
    return 142.0 * below * above * np.power(0.9938, age) * factor


def normal_creatinine(age: Value, female: bool) -> Floats:
    """Median serum creatinine of healthy people: Q of the EKFC equation.

    Parameters
    ----------
    age : float or array
        From 2. [years]
    female : bool

    Returns
    -------
    array
        [umol/L]

    References
    ----------
    pottel2021
    """
    constant, linear, log, square, cube = _EKFC_GROWTH[female]
    years = np.clip(age, 2.0, EKFC_GROWN_AGE)
    growing = np.exp(constant + linear * years + log * np.log(years) + square * years**2 + cube * years**3)
    return np.where(np.asarray(age) > EKFC_GROWN_AGE, _EKFC_GROWN[female], growing)


def ekfc(creatinine: Value, age: Value, female: bool) -> Floats:
    """Estimated GFR by the equation of the European Kidney Function Consortium, from 2 years on.

    Parameters
    ----------
    creatinine : float or array
        In serum. [mg/dL]
    age : float or array
        [years]
    female : bool

    Returns
    -------
    array
        [mL/min/1.73 m2]

    References
    ----------
    pottel2021
    """
    ratio = np.asarray(creatinine, dtype=float) * UMOL_PER_MG_DL / normal_creatinine(age, female)
    power = np.where(ratio < 1.0, -0.322, -1.132)
    return 107.3 * ratio**power * np.power(0.990, np.maximum(np.asarray(age) - 40.0, 0.0))


def ckid_u25(creatinine: Value, age: Value, female: bool, height: Value) -> Floats:
    """Estimated GFR of a person of 1 to 25 years with kidney disease, by the CKiD U25 creatinine equation.

    Parameters
    ----------
    creatinine : float or array
        In serum. [mg/dL]
    age : float or array
        [years]
    female : bool
    height : float or array
        [cm]

    Returns
    -------
    array
        [mL/min/1.73 m2]

    References
    ----------
    pierce2021
    """
    middle, early, late, grown = (36.1, 1.008, 1.023, 41.4) if female else (39.0, 1.008, 1.045, 50.8)
    years = np.asarray(age, dtype=float) - 12.0
    k = np.where(years < 0.0, middle * early**years, middle * late**years)
    return np.where(years < 6.0, k, grown) * height / 100.0 / creatinine


def bedside_schwartz(creatinine: Value, height: Value) -> Floats:
    """Estimated GFR of a child with kidney disease by the bedside equation of Schwartz.

    Parameters
    ----------
    creatinine : float or array
        In serum. [mg/dL]
    height : float or array
        [cm]

    Returns
    -------
    array
        [mL/min/1.73 m2]

    Notes
    -----
    Too low above a GFR of 75.

    References
    ----------
    schwartz2009
    """
    return np.asarray(0.413 * height / creatinine)


def gfr_from_creatinine(
    creatinine: Value, age: Value, female: bool, ckd_epi_factor: float, ekfc_factor: float
) -> Floats:
    """Median GFR of people of an age and a serum creatinine: EKFC for children, CKD-EPI 2021 for adults, both from 18 to 25 years.

    Parameters
    ----------
    creatinine : float or array
        In serum. [mg/dL]
    age : float or array
        From 2. [years]
    female : bool
    ckd_epi_factor, ekfc_factor : float
        Median of the true GFR relative to each equation's. [-]

    Returns
    -------
    array
        [mL/min/1.73 m2]

    References
    ----------
    ng2018
    """
    low, high = EKFC_TO_CKD_EPI
    grown = np.clip((np.asarray(age) - low) / (high - low), 0.0, 1.0)
    if np.all(grown == 1.0):
        return ckd_epi_factor * ckd_epi_2021(creatinine, age, female)
    young = ekfc_factor * ekfc(creatinine, age, female)
    if np.all(grown == 0.0):
        return young
    return young ** (1.0 - grown) * (ckd_epi_factor * ckd_epi_2021(creatinine, age, female)) ** grown


def outside_bmi(weight: Value, height: Value, low: float, high: float) -> Floats:
    """Whether a body mass index lies outside a range, fading in over a tenth beyond its ends.

    Parameters
    ----------
    weight : float or array
        [kg]
    height : float or array
        [cm]
    low, high : float
        [kg/m2]

    Returns
    -------
    array
        0 within the range, 1 beyond. [-]
    """
    index = np.asarray(weight) / np.square(np.asarray(height) / 100.0)
    distance = np.maximum(np.log(index / high), np.log(low / index))
    return np.clip(distance / math.log(1.1), 0.0, 1.0)
