"""Urine as a carrier: urine flow from creatinine or specific gravity, and back."""

from __future__ import annotations

from detectapi.model.arrays import Value

MINUTES_PER_DAY = 1440.0
L_DAY_PER_ML_MIN = 1.44


def flow_from_creatinine(excretion: Value, concentration: Value) -> Value:
    """Urine flow at which an excretion rate of creatinine gives a concentration.

    Parameters
    ----------
    excretion : float or array
        Creatinine excreted. [mg/day]
    concentration : float or array
        Creatinine in urine. [mg/dL]

    Returns
    -------
    float or array
        [mL/min]
    """
    return excretion * 100.0 / (concentration * MINUTES_PER_DAY)


def creatinine_concentration(excretion: Value, flow: Value) -> Value:
    """Concentration of creatinine in urine: the inverse of `flow_from_creatinine`.

    Parameters
    ----------
    excretion : float or array
        [mg/day]
    flow : float or array
        [mL/min]

    Returns
    -------
    float or array
        [mg/dL]
    """
    return excretion * 100.0 / (flow * MINUTES_PER_DAY)


def flow_from_specific_gravity(specific_gravity: Value, osmole_excretion: Value, slope: Value) -> Value:
    """Urine flow at which an excretion of osmoles gives a specific gravity.

    Parameters
    ----------
    specific_gravity : float or array
        [-], above 1
    osmole_excretion : float or array
        [mOsm/day]
    slope : float or array
        Specific gravity above 1 per osmolality. [kg/mOsm]

    Returns
    -------
    float or array
        [mL/min]
    """
    return osmole_excretion * slope / (specific_gravity - 1.0) * 1000.0 / MINUTES_PER_DAY


def specific_gravity(flow: Value, osmole_excretion: Value, slope: Value) -> Value:
    """Specific gravity of urine: the inverse of `flow_from_specific_gravity`.

    Parameters
    ----------
    flow : float or array
        [mL/min]
    osmole_excretion : float or array
        [mOsm/day]
    slope : float or array
        [kg/mOsm]

    Returns
    -------
    float or array
        [-]
    """
    return 1.0 + osmole_excretion * slope * 1000.0 / (flow * MINUTES_PER_DAY)
