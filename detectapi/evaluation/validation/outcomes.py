"""Each observed statistic beside the model's predictive distribution of that statistic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectapi.evaluation.validation import rules, scores
from detectapi.evaluation.validation.measures import MEASURES, NOT_SIMULATED
from detectapi.evaluation.validation.trial import StudyNumbers, Trial

REPETITIONS = 400
"""Times that every study is repeated, each with its own typical values and its own people."""

MOST_PEOPLE = 40
UNKNOWN_PEOPLE = 10
"""Larger studies are simulated with 40 people, which widens their statistic a little; unreported numbers as 10."""

SEED = 20261123

STATISTICS = {
    "mean": lambda x: x.mean(axis=1),
    "range-of-means": lambda x: x.mean(axis=1),
    "at-most": lambda x: x.mean(axis=1),
    "at-least": lambda x: x.mean(axis=1),
    "median": lambda x: np.median(x, axis=1),
    "share": lambda x: x.mean(axis=1),
    "typical": lambda x: np.median(x, axis=1),
    "individual": lambda x: x[:, 0],
    "geometric-mean": lambda x: np.exp(np.log(np.maximum(x, 1e-300)).mean(axis=1)),
    "harmonic-mean": lambda x: 1.0 / (1.0 / np.maximum(x, 1e-300)).mean(axis=1),
    "max": lambda x: x.max(axis=1),
    "min": lambda x: x.min(axis=1),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number that was observed, and the sample of what the model expects there.

    ``observed`` is a pair, both equal unless only an interval is known; ``bound`` says of a one-sided statement which
    side.
    """

    row: Any
    label: str
    observed: tuple[float, float]
    sample: np.ndarray
    bound: str = ""

    @property
    def pit(self) -> float:
        """Where the observation falls in the forecast."""
        return scores.pit(self.sample, self.observed)

    @property
    def holds(self) -> float:
        """Of a one-sided statement: how probable the model finds it."""
        value = self.observed[0]
        return float(np.mean(self.sample <= value if self.bound == "at-most" else self.sample >= value))

    def inside(self, level: float) -> bool:
        """Whether the observation lies in the central interval; a one-sided statement, whether it is that probable."""
        if self.bound:
            return self.holds >= (1.0 - level) / 2.0
        return scores.inside(self.sample, self.observed, level)

    @property
    def verdict(self) -> str:
        """The narrowest of the intervals that holds the observation, in words."""
        return next((f"in {level:.0%}" for level in scores.LEVELS if self.inside(level)), "outside")


def simulate(rows, knowledge=None, seed: int = SEED, repetitions: int = REPETITIONS, model=None):
    """What the model expects for every row that it can stand for.

    Parameters
    ----------
    rows : sequence of Observation
    knowledge : dict of str to array, shape (m,), optional
        Posterior deviates of typical values; the repetitions take them in turn. None is the prior.
    seed : int
    repetitions : int
    model : dict, optional
        The ``model`` of the request, for baselines.

    Returns
    -------
    list of Outcome, list of (Observation, str)
        And the rows left out, with the reason.
    """
    told = {k: np.resize(v, repetitions) for k, v in knowledge.items()} if knowledge else None
    outcomes, left_out = [], []
    for row in rows:
        reason = why_not(row)
        if reason is None:
            found = list(_outcomes(row, told, seed, repetitions, model))
            outcomes += found
            reason = None if found else "apparent value, or a sum that the model does not form"
        if reason is not None:
            left_out.append((row, reason))
    return outcomes, left_out


def why_not(row) -> str | None:
    """Why a row is not simulated; None when it is."""
    if row.quantity in NOT_SIMULATED:
        return NOT_SIMULATED[row.quantity]
    if row.quantity not in MEASURES:
        return "not something the model predicts"
    if row.study.doses is None:
        return "no dose reported, or children"
    if row.same_as is not None:
        return f"restates {row.same_as}"
    if row.relative_to and row.enantiomer and row.enantiomer != rules.mirror_form(row.study.substance):
        return "one mirror form of a metabolite after the racemate"
    sampled = row.time_h or row.study.sampling or any(dose.get("duration_min") for dose in row.study.doses)
    if row.quantity.startswith("plasma_") and not sampled:
        return "no time of the sample"
    words = {"words"} == set(row.study.given)
    if row.fold and words:
        return "the circumstance is not in the model"
    return None


def _outcomes(row, told, seed, repetitions, model) -> Iterator[Outcome]:
    people = min(row.n or UNKNOWN_PEOPLE, MOST_PEOPLE)
    values = _measured(row, row.study.given, told, seed, repetitions, people, model)
    if values is None:
        return
    departure = np.random.default_rng(seed + 7).standard_normal(repetitions)
    spread = 0.0 if row.quantity in ("detection_time", "positive_share") else rules.discrepancy(row)
    factor = np.exp(spread * departure)
    if row.fold:
        other = _measured(row, row.study.compared_with, told, seed + _apart(row), repetitions, people, model)
        statistic = STATISTICS[row.statistic]
        yield _point(row, row.id, statistic(values) / statistic(other) * factor, row.value, row.low, row.high)
    elif row.time_h:
        for time, observed, at in zip(row.time_h, row.values, values, strict=True):
            yield _point(row, f"{row.id} at {time:g} h", STATISTICS[row.statistic](at) * factor, observed)
    elif row.statistic == "range":
        shortest, longest = (values.min(axis=1), values.max(axis=1)) if values.ndim == 2 else _extremes(values)
        yield _point(row, f"{row.id}, lowest", shortest * factor, row.low)
        yield _point(row, f"{row.id}, highest", longest * factor, row.high)
    else:
        values = values if values.ndim == 2 else values[0]
        yield _point(row, row.id, STATISTICS[row.statistic](values) * factor, row.value, row.low, row.high)


def _point(row, label, sample, value, low=None, high=None) -> Outcome:
    if row.quantity in ("bioavailability", "urinary_fraction", "renal_fraction"):
        sample = np.minimum(sample, 1.0)
    observed = (low, high) if value is None else (value, value)
    bound = row.statistic if row.statistic in ("at-most", "at-least") else ""
    return Outcome(row, label, observed, sample, bound)


def _measured(row, circumstances, told, seed, repetitions, people, model):
    """A measure for everyone, shape (repetitions, people), with several times (m, repetitions, people)."""
    numbers = StudyNumbers(seed, repetitions, people, told)
    trial = Trial(row.study, circumstances, numbers, model)
    trial.departure = np.exp(
        rules.discrepancy(row) * np.repeat(numbers.normal("knowledge", f"departure.{row.study.id}"), people)
    )
    values = MEASURES[row.quantity](trial, row)
    if values is None:
        return None
    values = np.broadcast_to(values, (*np.shape(values)[:-1], trial.size))
    return values.reshape(*values.shape[:-1], repetitions, people)


def _extremes(values):
    """Lowest and highest over visits and people."""
    whole = np.moveaxis(values, 0, -1).reshape(values.shape[1], -1)
    whole = np.where(np.isnan(whole).all(axis=1, keepdims=True), 1.0, whole)
    return np.nanmin(whole, axis=1), np.nanmax(whole, axis=1)


def _apart(row) -> int:
    """Other people on the other side of a comparison, unless the same ones took something more."""
    person = row.study.given.get("person") or {}
    return 0 if person.get("interactions") else 1
