"""Forecasts of detection times by public calculators, from the formulas that they print."""

from __future__ import annotations

import math

from detectapi.evaluation.validation import baselines, rules
from detectapi.evaluation.validation.baselines import Forecast
from detectapi.values.observation import Observation


def forecasts(row: Observation) -> list[Forecast]:
    """What calculators say of a detection time after one dose by mouth: a peak for each mg, halved again and again.

    The two ends have the lower and the upper ends of what the page states; the middle has their means.

    Parameters
    ----------
    row : Observation
        A detection time.

    Returns
    -------
    list of Forecast
        None for a row that no calculator speaks of.
    """
    doses, cutoff = row.study.doses or (), row.cutoff_ng_ml
    if row.quantity != "detection_time" or cutoff is None or baselines.pattern(row) != "single":
        return []
    amount = doses[0].get("amount_mg")
    stated = []
    for item in rules.calculators():
        if row.study.substance == item["substance"] and item["analyte"] in row.analytes and isinstance(amount, float):
            low, high = (_hours(item, amount / cutoff, end) for end in (0, 1))
            middle = _hours(item, amount / cutoff, None)
            stated.append(Forecast(f"calculator: {item['source']}", low, high, middle))
    return stated


def _hours(item: dict, mg_per_cutoff: float, end: int | None) -> float:
    """Time until the cutoff after the last drink, with one end of each number or with its middle. [h]"""
    peak, half_life, from_h = (
        item[name][end] if end is not None else sum(item[name]) / 2.0
        for name in ("peak_ng_ml_per_mg", "half_life_h", "from_h")
    )
    return from_h + half_life * math.log2(max(peak * mg_per_cutoff, 1.0))
