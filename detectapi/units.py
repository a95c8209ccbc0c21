"""Units: the only bridge between what is written for people and what is computed with.

Inside, time is in hours, volume in litres, amount in micromoles, renal flows in mL/min and concentrations on the wire in
ng/mL. A number of a data file may be written in any unit of the same kind; `convert` brings it to the canonical one.
"""

from __future__ import annotations

# For each canonical unit, the units of its kind and what one of them is worth.
KINDS = {
    "1": {"1": 1.0, "%": 0.01},
    "h": {"h": 1.0, "min": 1.0 / 60.0, "d": 24.0},
    "1/h": {"1/h": 1.0, "1/min": 60.0, "1/d": 1.0 / 24.0},
    "L": {"L": 1.0, "mL": 1e-3},
    "L/h": {"L/h": 1.0, "L/min": 60.0, "mL/min": 0.06},
    "mL/min": {"mL/min": 1.0, "L/h": 1.0 / 0.06, "L/min": 1000.0},
    "mL/h": {"mL/h": 1.0, "mL/min": 60.0, "L/d": 1000.0 / 24.0},
    "mL/min/1.73m2": {"mL/min/1.73m2": 1.0},
    "g/mol": {"g/mol": 1.0},
    "kg": {"kg": 1.0, "g": 1e-3},
    "mg/kg/d": {"mg/kg/d": 1.0},
    "mosm/d": {"mosm/d": 1.0},
    "kg/mosm": {"kg/mosm": 1.0},
    "mg/dL": {"mg/dL": 1.0, "g/L": 100.0},
    "ng/mL": {"ng/mL": 1.0, "ug/L": 1.0, "ug/mL": 1000.0, "mg/L": 1000.0},
}


def convert(value: float, unit: str, to: str) -> float:
    """A number in another unit of the same kind.

    Parameters
    ----------
    value : float
    unit : str
        Unit the number is in.
    to : str
        A canonical unit: a key of `KINDS`.

    Raises
    ------
    ValueError
        When the units are of different kinds or not known.
    """
    if unit == to:  # no factor, so no rounding
        return value
    if to not in KINDS or unit not in KINDS[to]:
        raise ValueError(f"{unit} is no unit that {to} can be computed from")
    return value * KINDS[to][unit]


def micromoles(amount_mg, molar_mass):
    """Amount of substance of a mass. [umol]

    Parameters
    ----------
    amount_mg : float or array
        [mg]
    molar_mass : float
        [g/mol]
    """
    return amount_mg * 1000.0 / molar_mass


def micromolar(concentration_ng_ml, molar_mass):
    """Molar concentration of a mass concentration. [umol/L]

    Parameters
    ----------
    concentration_ng_ml : float or array
        [ng/mL]
    molar_mass : float
        [g/mol]
    """
    return concentration_ng_ml / molar_mass


def nanograms_per_millilitre(concentration_umol_l, molar_mass):
    """Mass concentration of a molar concentration. [ng/mL]

    Parameters
    ----------
    concentration_umol_l : float or array
        [umol/L]
    molar_mass : float
        [g/mol]
    """
    return concentration_umol_l * molar_mass
