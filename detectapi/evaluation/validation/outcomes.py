"""Observed statistics and the predictive distribution of the model for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detectapi.evaluation.validation import departures, rules, scores, study_people
from detectapi.evaluation.validation.measures import MEASURES, NOT_SIMULATED, scheduled
from detectapi.evaluation.validation.trial import StudyNumbers, Trial

REPETITIONS = 400
"""Number of simulated repetitions of a study, each with its own typical values and its own people."""

MOST_PEOPLE = 40
UNKNOWN_PEOPLE = 10
"""People of a simulated study that was larger, which widens its statistic a little; and of one without a reported number."""

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
    """One observed number, and the model's sample of its predictive distribution.

    ``observed`` is a pair of equal numbers, or an interval if only that is known. ``bound`` is the side of a one-sided
    statement.
    """

    row: Any
    label: str
    observed: tuple[float, float]
    sample: np.ndarray
    bound: str = ""

    @property
    def pit(self) -> float:
        """The place of the observation in the forecast, 0 to 1."""
        return scores.pit(self.sample, self.observed)

    @property
    def holds(self) -> float:
        """The probability of a one-sided statement under the model."""
        value = self.observed[0]
        return float(np.mean(self.sample <= value if self.bound == "at-most" else self.sample >= value))

    def inside(self, level: float) -> bool:
        """Whether the observation lies in the central interval, or a one-sided statement is probable enough."""
        if self.bound:
            return self.holds >= (1.0 - level) / 2.0
        return scores.inside(self.sample, self.observed, level)

    @property
    def verdict(self) -> str:
        """The narrowest interval that holds the observation, in words."""
        return next((f"in {level:.0%}" for level in scores.LEVELS if self.inside(level)), "outside")


@dataclass(frozen=True, slots=True)
class Forecaster:
    """How studies are simulated.

    Attributes
    ----------
    seed, repetitions : int
    model : dict, optional
        The ``model`` of the request, for baselines.
    departure : callable, optional
        How far the numbers of one study depart from the next; by default as `departures.learned`.
    described : bool
        Whether people are those that the words of the study's population describe, or people of whom nothing is known.
    """

    seed: int = SEED
    repetitions: int = REPETITIONS
    model: Mapping[str, Any] | None = None
    departure: departures.Departure | None = None
    described: bool = True

    def circumstances(self, row, compared: bool = False) -> Mapping[str, Any]:
        """Those of a row, or those that its fold change is relative to."""
        known = row.study.compared_with if compared else row.study.given
        return study_people.circumstances(row.study, known) if self.described else known

    def departures(self, row) -> np.ndarray:
        """Logarithms, shape (repetitions,)."""
        return (self.departure or departures.learned())(row, self.repetitions, self.seed)


USUAL = Forecaster()


def simulate(rows, knowledge=None, forecaster: Forecaster = USUAL):
    """The outcomes of all rows that the model can predict.

    Parameters
    ----------
    rows : sequence of Observation
    knowledge : dict of str to array, shape (m,), optional
        Posterior deviates of typical values, which the repetitions use in turn; by default those of the prior.
    forecaster : Forecaster

    Returns
    -------
    list of Outcome, list of (Observation, str)
        The outcomes; and the rows that are left out, with the reason.
    """
    deviates = {k: np.resize(v, forecaster.repetitions) for k, v in knowledge.items()} if knowledge else None
    outcomes, left_out = [], []
    for row in rows:
        reason = why_not(row)
        if reason is None:
            simulated = list(_outcomes(row, deviates, forecaster))
            outcomes += simulated
            reason = None if simulated else "apparent value, or a sum that the model does not form"
        if reason is not None:
            left_out.append((row, reason))
    return outcomes, left_out


def why_not(row) -> str | None:
    """Why a row is not simulated; None if it is."""
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
    if row.quantity == "urine_peak" and not scheduled(row.study.sampling):
        return "no time of the specimens"
    words = {"words"} == set(row.study.given)
    if row.fold and words:
        return "the circumstance is not in the model"
    return None


def _outcomes(row, deviates, forecaster: Forecaster) -> Iterator[Outcome]:
    people = min(row.n or UNKNOWN_PEOPLE, MOST_PEOPLE)
    values = _measured(row, forecaster.circumstances(row), deviates, forecaster, people)
    if values is None:
        return
    factor = np.exp(forecaster.departures(row))
    if row.fold:
        apart = replace(forecaster, seed=forecaster.seed + _apart(row))
        other = _measured(row, forecaster.circumstances(row, compared=True), deviates, apart, people)
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


def _measured(row, circumstances, deviates, forecaster: Forecaster, people: int):
    """A measure of everyone, shape (repetitions, people); for several times (m, repetitions, people)."""
    numbers = StudyNumbers(forecaster.seed, forecaster.repetitions, people, deviates)
    trial = Trial(row.study, circumstances, numbers, forecaster.model)
    trial.departure = np.exp(
        rules.discrepancy(row) * np.repeat(numbers.normal("knowledge", f"departure.{row.study.id}"), people)
    )
    values = MEASURES[row.quantity](trial, row)
    if values is None:
        return None
    values = np.broadcast_to(values, (*np.shape(values)[:-1], trial.size))
    return values.reshape(*values.shape[:-1], forecaster.repetitions, people)


def _extremes(values):
    """The lowest and the highest value over visits and people."""
    whole = np.moveaxis(values, 0, -1).reshape(values.shape[1], -1)
    whole = np.where(np.isnan(whole).all(axis=1, keepdims=True), 1.0, whole)
    return np.nanmin(whole, axis=1), np.nanmax(whole, axis=1)


def _apart(row) -> int:
    """1 if the other side of a comparison has other people, 0 if the same people took something in addition."""
    person = row.study.given.get("person") or {}
    return 0 if person.get("interactions") else 1
