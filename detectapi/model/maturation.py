"""How clearances grow with body and age: maturation, allometry, and how unsure the extrapolation is."""

from __future__ import annotations

import numpy as np

from detectapi.model.arrays import Floats, Value

WEEKS_PER_YEAR = 365.25 / 7.0
WEEKS_AT_BIRTH = 40.0
REFERENCE_WEIGHT = 70.0
"""The body weight to which allometry refers; a convention, not the weight of a population. [kg]"""
FLOW_EXPONENT = 0.75
"""Power of body weight that clearances and other flows follow. [-]"""


def postmenstrual_age(age: Value) -> Value:
    """Weeks since the mother's last menstruation, of a person born at term.

    Parameters
    ----------
    age : float or array
        [years]

    Returns
    -------
    float or array
        [weeks]
    """
    return WEEKS_AT_BIRTH + WEEKS_PER_YEAR * age


def maturity(age: Value, half: float, hill: float) -> Floats:
    """Share of its grown value that a function has reached, body size taken away.

    Parameters
    ----------
    age : float or array
        [years]
    half : float
        Postmenstrual age at which half is reached. [weeks]
    hill : float
        Steepness. [-]

    Returns
    -------
    array
        [-]
    """
    ratio = np.power(postmenstrual_age(age) / half, hill)
    return np.asarray(ratio / (1.0 + ratio))


def size_factor(weight: Value, exponent: float = FLOW_EXPONENT) -> Floats:
    """Clearance of a body relative to one of 70 kg.

    Parameters
    ----------
    weight : float or array
        [kg]
    exponent : float
        [-]

    Returns
    -------
    array
        [-]
    """
    return np.power(weight / REFERENCE_WEIGHT, exponent)


def extrapolation_spread(
    age: Value | None, weight: Value, child: float, child_age: float, heavy: float, heavy_weight: float
) -> Floats:
    """How unsure a non-renal clearance is because its studies had other bodies.

    Parameters
    ----------
    age : float or array, or None
        None for an adult of unknown age. [years]
    weight : float or array
        [kg]
    child : float
        Standard deviation of the logarithm for a child. [-]
    child_age : float
        Up to this age in full; half as old again, and it is gone. [years]
    heavy : float
        Uncertainty of the power of body weight, which counts above ``heavy_weight``. [-]
    heavy_weight : float
        [kg]

    Returns
    -------
    array
        Standard deviation of the logarithm. [-]
    """
    beyond = heavy * np.maximum(np.log(weight / heavy_weight), 0.0)
    if age is None:
        return np.asarray(beyond)
    young = child * np.clip(3.0 - 2.0 * np.asarray(age) / child_age, 0.0, 1.0)
    return np.hypot(young, beyond)
