"""Urine as a carrier: what creatinine, specific gravity and fluid intake say about urine flow, and back."""

from __future__ import annotations

MINUTES_PER_DAY = 1440.0


def flow_from_creatinine(excretion, concentration):
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


def creatinine_concentration(excretion, flow):
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


def flow_from_specific_gravity(specific_gravity, osmole_excretion, slope):
    """Urine flow at which an osmole load gives a specific gravity.

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


def specific_gravity(flow, osmole_excretion, slope):
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
