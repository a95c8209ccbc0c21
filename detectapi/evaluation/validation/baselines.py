"""Baselines: forecasts of the same rows by static claims, by a nomogram, by five half-lives and by one compartment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from detectapi.evaluation.validation import rules, scores
from detectapi.evaluation.validation.outcomes import Forecaster, simulate
from detectapi.knowledge import catalog, observations
from detectapi.values.regimen import CHRONIC_DAYS

LEVEL = 0.9
HALF_LIVES = 5.0
CLAIMS_OF_TIMES = ("detectable-until", "undetectable-after")


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of one outcome by one baseline. [h]"""

    name: str
    low: float
    high: float
    middle: float | None = None
    recalled: bool = False


def forecasts(outcomes) -> dict[str, list[Forecast]]:
    """The forecasts of all baselines that apply to an outcome, by the label of the outcome.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Detection times.
    """
    by_label: dict[str, list[Forecast]] = {outcome.label: [] for outcome in outcomes}
    for outcome in outcomes:
        by_label[outcome.label] += _claims(outcome.row) + _nomograms(outcome.row) + _rule_of_five(outcome.row)
    for low, high, rows in _textbook(outcomes):
        half_life = low if low == high else {"low": low, "high": high}
        name = f"one compartment, half-life {_hours(low, high)}"
        for outcome in simulate(rows, forecaster=Forecaster(model={"kind": "half-life", "half_life_h": half_life}))[0]:
            if outcome.label in by_label:
                ends = scores.interval(outcome.sample, LEVEL)
                by_label[outcome.label].append(Forecast(name, *ends, float(np.median(outcome.sample))))
    return by_label


def log_score(low: float, high: float, observed) -> float:
    """Interval score of times on the scale ln(1 + hours), on which a factor counts equally for days and for months."""
    least, most = (math.log1p(v) for v in np.broadcast_to(observed, 2))
    return scores.interval_score(math.log1p(low), math.log1p(high), (least, most), LEVEL)


def pattern(row) -> str:
    """The pattern of use in a study, in the words of claims: single, course or chronic."""
    doses = row.study.doses or ()
    longest = max((_days(dose) for dose in doses), default=0.0)
    if longest >= CHRONIC_DAYS - 1.0:
        return "chronic"
    return "single" if len(doses) == 1 and not doses[0].get("repeat") else "course"


def _days(dose) -> float:
    repeat = dose.get("repeat") or {}
    return repeat.get("every_h", 0.0) * (repeat.get("count", 1) - 1) / 24.0


def _routes(row):
    return [dose["route"] for dose in row.study.doses]


def _claims(row) -> list[Forecast]:
    stated = []
    for claim in observations.claims(row.study.substance):
        applies = claim.claim in CLAIMS_OF_TIMES and claim.low_h is not None and claim.pattern in ("any", pattern(row))
        if applies and (not claim.analytes or set(claim.analytes) & set(row.analytes)):
            stated.append(Forecast(claim_name(claim), claim.low_h, claim.high_h, None, claim.status == "recalled"))
    return stated


def claim_name(claim) -> str:
    """The name of the baseline that a claim is."""
    return f"claim: {claim.source}"


def _nomograms(row) -> list[Forecast]:
    """A straight line on paper: the concentration in urine after one dose falls with one half-life from the first hour."""
    doses = row.study.doses or ()
    if pattern(row) != "single" or not isinstance(doses[0].get("amount_mg"), (int, float)):
        return []
    stated = []
    for item in rules.nomograms():
        if row.study.substance == item["substance"] and item["analyte"] in row.analytes:
            first = item["ng_ml_per_mg"] * doses[0]["amount_mg"]
            hours = item["half_life_h"] * math.log2(max(first / row.cutoff_ng_ml, 1.0))
            stated.append(Forecast(f"nomogram: {item['source']}", hours, hours, hours))
    return stated


def _rule_of_five(row) -> list[Forecast]:
    ends = _half_lives(row)
    return [
        Forecast(
            "five half-lives", HALF_LIVES * min(low for low, _ in ends), HALF_LIVES * max(high for _, high in ends)
        )
    ]


def _textbook(outcomes):
    """Each half-life of a textbook, with the rows that it applies to."""
    gathered: dict[tuple[float, float], dict] = {}
    for outcome in outcomes:
        for ends in _half_lives(outcome.row):
            gathered.setdefault(ends, {})[outcome.row.id] = outcome.row
    return [(low, high, list(rows.values())) for (low, high), rows in gathered.items()]


def _half_lives(row) -> list[tuple[float, float]]:
    routes = set(_routes(row))
    textbook = [
        (float(item["low"]), float(item["high"]))
        for item in rules.textbook_half_lives()
        if row.study.substance in item["substances"] and routes & set(item.get("routes", routes))
    ]
    if textbook:
        return textbook
    model = catalog.substance(row.study.substance).half_life_model
    return [(item.low, item.high) for item in model.half_lives if routes & set(item.routes)]


def _hours(low: float, high: float) -> str:
    return f"{low:g} h" if low == high else f"{low:g} to {high:g} h"
