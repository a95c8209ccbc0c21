"""Units of data files, and their conversion to the canonical units of the model.

A number of a data file may have any unit of its kind. `convert` converts it to the canonical one: h, L, L/h, but mL/min for
flows of the kidney.
"""

from __future__ import annotations

# By canonical unit, the units of its kind and the value of each in the canonical unit.
KINDS = {
    "1": {"1": 1.0, "%": 0.01},
    "h": {"h": 1.0, "min": 1.0 / 60.0, "d": 24.0},
    "1/h": {"1/h": 1.0, "1/min": 60.0, "1/d": 1.0 / 24.0},
    "L": {"L": 1.0, "mL": 1e-3},
    "L/h": {"L/h": 1.0, "L/min": 60.0, "mL/min": 0.06},
    "L/h/kg": {"L/h/kg": 1.0, "mL/min/kg": 0.06, "mL/h/kg": 1e-3},
    "mL/min": {"mL/min": 1.0, "L/h": 1.0 / 0.06, "L/min": 1000.0},
    "mL/h": {"mL/h": 1.0, "mL/min": 60.0, "L/d": 1000.0 / 24.0},
    "mL/min/1.73m2": {"mL/min/1.73m2": 1.0},
    "g/mol": {"g/mol": 1.0},
    "kg": {"kg": 1.0, "g": 1e-3},
    "mg": {"mg": 1.0, "g": 1000.0, "ug": 1e-3},
    "mg/h": {"mg/h": 1.0, "g/h": 1000.0, "mg/min": 60.0, "ug/h": 1e-3},
    "mg/kg/d": {"mg/kg/d": 1.0},
    "mosm/d": {"mosm/d": 1.0},
    "kg/mosm": {"kg/mosm": 1.0},
    "mosm/kg": {"mosm/kg": 1.0},
    "ng/mL": {"ng/mL": 1.0, "ug/L": 1.0, "ug/mL": 1000.0, "mg/L": 1000.0},
    "L/d": {"L/d": 1.0, "mL/d": 1e-3},
    "kg/m2": {"kg/m2": 1.0},
    "y": {"y": 1.0},
    "1/y": {"1/y": 1.0},
    "wk": {"wk": 1.0},
}

_MILLI, _MICRO = (
    ("mg", "milligram", "milligrams", "milligramm"),
    ("ug", "mcg", "\u03bcg", "microgram", "micrograms", "mikrogramm"),
)
MASS_WORDS = {
    **dict.fromkeys(_MILLI, KINDS["mg"]["mg"]),
    **dict.fromkeys(("g", "gram", "grams", "gramm"), KINDS["mg"]["g"]),
    **dict.fromkeys(_MICRO, KINDS["mg"]["ug"]),
}
"""Units of mass as people write them, in small letters, each in mg; micro is the Greek letter, as which NFKC reads both."""


def convert(value: float, unit: str, to: str) -> float:
    """A number in another unit of the same kind.

    Parameters
    ----------
    value : float
    unit : str
        The unit of the number.
    to : str
        A canonical unit: a key of `KINDS`.

    Raises
    ------
    ValueError
        The units are of different kinds or unknown.
    """
    if unit == to:  # without a factor there is no rounding
        return value
    if to not in KINDS or unit not in KINDS[to]:
        raise ValueError(f"{unit} cannot be converted to {to}")
    return value * KINDS[to][unit]
