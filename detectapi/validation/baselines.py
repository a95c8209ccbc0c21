"""What people find today, as forecasts of the same rows: static claims, five half-lives, one compartment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from detectapi import observations
from detectapi.regimen import CHRONIC_DAYS
from detectapi.validation import scores
from detectapi.validation.outcomes import simulate

LEVEL = 0.9
TEXTBOOK_H = (2.5, 4.0)
CLAIMED_ORAL_H = 24.0
ORAL_ROUTES = ("oral", "oral-extended-release")
HALF_LIVES = 5.0
SAYING_WHEN = ("detectable-until", "undetectable-after")


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one baseline says of one outcome. [h]"""

    name: str
    low: float
    high: float
    middle: float | None = None
    recalled: bool = False


def forecasts(outcomes) -> dict[str, list[Forecast]]:
    """Forecasts of every baseline that speaks of an outcome, by the outcome's label.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Detection times.
    """
    found: dict[str, list[Forecast]] = {outcome.label: [] for outcome in outcomes}
    for outcome in outcomes:
        found[outcome.label] += _claims(outcome.row) + _rule_of_five(outcome.row)
    for name, half_life, routes in (
        ("one compartment, half-life 2.5 to 4 h", {"low": TEXTBOOK_H[0], "high": TEXTBOOK_H[1]}, None),
        ("one compartment, half-life 24 h", CLAIMED_ORAL_H, ORAL_ROUTES),
    ):
        rows = list({o.row.id: o.row for o in outcomes if routes is None or set(_routes(o.row)) & set(routes)}.values())
        for outcome in simulate(rows, model={"kind": "half-life", "half_life_h": half_life})[0]:
            if outcome.label in found:
                low, high = scores.interval(outcome.sample, LEVEL)
                found[outcome.label].append(Forecast(name, low, high, float(np.median(outcome.sample))))
    return found


def log_score(low: float, high: float, observed) -> float:
    """Interval score of times on the scale ln(1 + hours), so that a factor counts alike for days and for months."""
    least, most = (math.log1p(v) for v in np.broadcast_to(observed, 2))
    return scores.interval_score(math.log1p(low), math.log1p(high), (least, most), LEVEL)


def pattern(row) -> str:
    """Whether the use in a study is single, repeated or chronic, as claims speak of it."""
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
        speaks = claim.claim in SAYING_WHEN and claim.low_h is not None and claim.pattern in ("any", pattern(row))
        if speaks and (not claim.analytes or set(claim.analytes) & set(row.analytes)):
            stated.append(
                Forecast(f"claim: {claim.source}", claim.low_h, claim.high_h, None, claim.status == "recalled")
            )
    return stated


def _rule_of_five(row) -> list[Forecast]:
    longest = CLAIMED_ORAL_H if set(_routes(row)) & set(ORAL_ROUTES) else TEXTBOOK_H[1]
    return [Forecast("five half-lives", HALF_LIVES * TEXTBOOK_H[0], HALF_LIVES * longest)]
