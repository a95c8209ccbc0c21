"""Kidney function: what is usual at an age, and what it means for a body.

A GFR is *indexed* where it is per 1.73 m2 of body surface, and not indexed where it is that of the person. Drugs are cleared by
the second.
"""

from __future__ import annotations

import numpy as np

from detectapi.model.arrays import Floats, Value
from detectapi.model.maturation import maturity, size_factor

REFERENCE_SURFACE = 1.73
"""Body surface to which a GFR is indexed. [m2]"""
INFANT_TO_CHILD = (1.5, 2.5)
"""Ages between which the usual GFR goes over from weight and maturation to the indexed value of children. [years]"""
CHILD_TO_ADULT = (17.0, 20.0)
"""Ages between which the usual GFR and its spread go over from children's to adults'. [years]"""


# -- what is usual ----------------------------------------------------------------------------------------------------


def usual_adult_gfr(age: Value, young: float, fall: float, falling_from: float) -> Floats:
    """Median indexed GFR of adults of an age.

    Parameters
    ----------
    age : float or array
        [years]
    young : float
        Before it falls. [mL/min/1.73 m2]
    fall : float
        Share lost with each year. [1/year]
    falling_from : float
        [years]

    Returns
    -------
    array
        [mL/min/1.73 m2]
    """
    return young * np.power(1.0 - fall, np.maximum(np.asarray(age) - falling_from, 0.0))


def rhodin_gfr(weight: Value, age: Value, mature: float, half: float, hill: float) -> Floats:
    """GFR of a healthy child by weight and maturation.

    Parameters
    ----------
    weight : float or array
        [kg]
    age : float or array
        After birth at term. [years]
    mature : float
        Of a grown body of 70 kg. [mL/min]
    half, hill : float
        See `detectapi.model.maturation.maturity`. [weeks, -]

    Returns
    -------
    array
        Not indexed. [mL/min]

    References
    ----------
    rhodin2009
    """
    return mature * size_factor(weight) * maturity(age, half, hill)


def usual_gfr(age: Value, infant: Value, child: float, adult: Value) -> Floats:
    """Median indexed GFR at any age: infants', children's and adults', one fading into the next.

    Parameters
    ----------
    age : float or array
        [years]
    infant : float or array
        By weight and maturation, indexed. [mL/min/1.73 m2]
    child : float
        [mL/min/1.73 m2]
    adult : float or array
        [mL/min/1.73 m2]

    Returns
    -------
    array
        [mL/min/1.73 m2]
    """
    adults, young = grown(age), _passed(age, INFANT_TO_CHILD)
    return np.power(infant, 1.0 - young) * np.power(child, young * (1.0 - adults)) * np.power(adult, young * adults)


def usual_gfr_spread(age: Value, infant: float, child: float, adult: float, rise: float, rising_from: float) -> Floats:
    """Standard deviation of the logarithm of GFR between people of an age. [-]

    Parameters
    ----------
    age : float or array
        [years]
    infant, child, adult : float
        [-]
    rise : float
        What an adult's spread gains with each year. [1/year]
    rising_from : float
        [years]
    """
    adults, young = grown(age), _passed(age, INFANT_TO_CHILD)
    old = adult + rise * np.maximum(np.asarray(age) - rising_from, 0.0)
    return infant * (1.0 - young) + child * young * (1.0 - adults) + old * young * adults


def grown(age: Value) -> Floats:
    """How far people of an age are adults: 0 for a child, 1 for an adult. [-]"""
    return _passed(age, CHILD_TO_ADULT)


def _passed(age: Value, ages: tuple[float, float]) -> Floats:
    """How far an age lies between two others, from 0 to 1."""
    return np.clip((np.asarray(age) - ages[0]) / (ages[1] - ages[0]), 0.0, 1.0)


# -- what it means for a body -----------------------------------------------------------------------------------------


def deindexed(indexed: Value, surface: Value) -> Floats:
    """GFR of a body, from the indexed one.

    Parameters
    ----------
    indexed : float or array
        [mL/min/1.73 m2]
    surface : float or array
        [m2]

    Returns
    -------
    array
        [mL/min]
    """
    return np.asarray(indexed * surface / REFERENCE_SURFACE)


def indexed(gfr: Value, surface: Value) -> Floats:
    """The inverse of `deindexed`. [mL/min/1.73 m2]"""
    return np.asarray(gfr * REFERENCE_SURFACE / surface)


def share_of_normal(indexed_gfr: Value, normal: float) -> Floats:
    """GFR relative to that of healthy young kidneys in a body of this size.

    Parameters
    ----------
    indexed_gfr : float or array
        [mL/min/1.73 m2]
    normal : float
        [mL/min/1.73 m2]

    Returns
    -------
    array
        [-]
    """
    return np.asarray(indexed_gfr / normal)


def permeability_factor(weight: Value, share: Value, nephron_exponent: Value) -> Floats:
    """Permeability-surface product of the tubules relative to that of healthy kidneys in a body of 70 kg.

    Parameters
    ----------
    weight : float or array
        [kg]
    share : float or array
        See `share_of_normal`. [-]
    nephron_exponent : float or array
        0: every kidney of a body size has the same surface. 1: surface is lost with the nephrons. [-]

    Returns
    -------
    array
        [-]
    """
    return size_factor(weight) * np.power(share, nephron_exponent)


def highest_osmolality(share: Value, normal: float, failing: float, failing_share: float) -> Floats:
    """The most concentrated urine that kidneys make: a straight line in their GFR, constant above the normal one.

    Parameters
    ----------
    share : float or array
        See `share_of_normal`. [-]
    normal : float
        Of healthy kidneys. [mOsm/kg]
    failing : float
        Of kidneys at ``failing_share``. [mOsm/kg]
    failing_share : float
        [-]

    Returns
    -------
    array
        [mOsm/kg]
    """
    slope = (normal - failing) / (1.0 - failing_share)
    return np.asarray(normal - slope * np.maximum(1.0 - np.asarray(share), 0.0))
