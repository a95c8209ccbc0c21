"""The likelihood of typical values: how probable they make the observations, for many sets of values at once.

A row of plasma compares the logarithm of the study's statistic with that of the typical person, corrected for the effect of
differences between people on the statistic. A detection time uses a few people, the sampling of the study and the order
statistic that was reported. See docs/calibration.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import log_ndtr

from detectapi.evaluation.calibration import detection
from detectapi.evaluation.calibration.people import CommonNumbers, TypicalNumbers
from detectapi.evaluation.validation import rules
from detectapi.evaluation.validation.measures import MEASURES
from detectapi.evaluation.validation.outcomes import MOST_PEOPLE, STATISTICS, UNKNOWN_PEOPLE, why_not
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge import catalog, observations
from detectapi.model.draws import Deviates

POINT_SD = 0.1
"""Log standard deviation of one point of a curve around the rest of the curve."""

FLOOR = -60.0
"""Least log probability of one row, so that one outlier cannot dominate."""

KINDS = {"clearance": "exposure", "clearance_per_kg": "exposure", "auc": "exposure", "plasma_concentration": "level",
         "plasma_molarity": "level", "cmax": "level"}  # fmt: skip

URINE = ("detection_time", "urine_ratio", "urinary_fraction", "renal_clearance")
OF_A_SERIES = ("positive_share", "first_negative", "urine_peak")
OF_THE_PARENT = ("bioavailability", "clearance", "clearance_per_kg")
FREE_OF_ABSORPTION = ("half_life", "urinary_fraction", "detection_time", "clearance")


@dataclass
class Term:
    """One row of the likelihood, with what is computed once for it."""

    row: Any
    weight: float = 1.0
    shift: np.ndarray = field(default_factory=lambda: np.zeros(1))
    spread: np.ndarray = field(default_factory=lambda: np.zeros(1))
    specimen_sd: dict[str, float] = field(default_factory=dict)


class Likelihood:
    """The calibration rows of a substance's family.

    Parameters
    ----------
    substance_id : str
    names : sequence of str
        Parameters whose typical values are fitted.
    without : str, optional
        A publication whose rows of ``left_out`` are left out.
    rows : sequence of Observation, optional
        Observations in place of those of the data.
    left_out : sequence of str, optional
        Quantities; by default those of urine.
    """

    def __init__(self, substance_id: str, names, without: str | None = None, rows=None, left_out=URINE):
        self.names = tuple(names)
        used = rows_of(substance_id, rows)
        used = [row for row in used if row.study.source != without or row.quantity not in left_out]
        self.terms = terms_of(used)

    def __call__(self, deviates) -> np.ndarray:
        """Log likelihood of sets of typical values.

        Parameters
        ----------
        deviates : array, shape (m, len(names))
            In standard deviations of the prior.

        Returns
        -------
        array, shape (m,)
        """
        return sum(term.weight * np.maximum(log_probability, FLOOR) for term, log_probability in self.each(deviates))

    def log_posterior(self, deviates) -> np.ndarray:
        """Log likelihood plus the standard normal prior, up to a constant. Shape (m,)."""
        deviates = np.atleast_2d(deviates)
        inside = (np.abs(deviates) < 6.0).all(axis=1)
        result = self(np.clip(deviates, -6.0, 6.0)) - 0.5 * (deviates**2).sum(axis=1)
        return np.where(inside & np.isfinite(result), result, -np.inf)

    def each(self, deviates):
        """Every term with its log probability, shape (m,), without its weight."""
        for term, forecast in self.forecasts(deviates):
            if isinstance(forecast, Trial):
                yield term, detection.log_probability(term.row, forecast, term.specimen_sd)
            else:
                yield term, _statistic(term, forecast)

    def forecasts(self, deviates):
        """Every term with what it is judged by.

        A detection time has a trial of a few people for each set of typical values; another row has the expected logarithms of its
        numbers, shape (points, m).
        """
        deviates = np.atleast_2d(np.asarray(deviates, dtype=float))
        typical = TypicalNumbers(self.names, deviates)
        common = CommonNumbers(self.names, deviates, detection.PEOPLE)
        trials: dict[tuple, Trial] = {}

        def trial(row, circumstances, numbers):
            key = (row.study.id, id(circumstances), id(numbers))
            if key not in trials:
                alike = None if circumstances else _same_people(trials.values(), row.study.substance, numbers)
                trials[key] = Trial(row.study, circumstances, numbers, same_people=alike)
            return trials[key]

        for term in self.terms:
            if term.row.quantity == "detection_time":
                yield term, trial(term.row, term.row.study.given, common)
            else:
                yield term, self._expected(term, trial, typical)

    def _expected(self, term, trial, numbers):
        """Logarithm of the expected result of the study, shape (points, m)."""
        row = term.row
        value = _value(row, trial(row, row.study.given, numbers))
        if row.fold:
            value = value / _value(row, trial(row, row.study.compared_with, numbers))
        return np.log(np.maximum(value, 1e-300)) + term.shift[:, None]


def terms_of(rows) -> list[Term]:
    """The terms of rows, weighted, with what is computed once for each."""
    terms = [Term(row) for row in rows]
    _weigh(terms)
    for term in terms:
        _prepare(term)
    return terms


def rows_of(substance_id: str, rows=None) -> list:
    """The rows that calibrate a substance: those of its family, and those of other substances that share its typical values.

    Parameters
    ----------
    substance_id : str
    rows : sequence of Observation, optional
        Observations of the family in place of all others.
    """
    chosen = rules.calibration(substance_id)
    not_fitted = {item["row"] for item in chosen.get("not_fitted", ())}
    candidates = [(row, chosen["routes"]) for row in rows or ()]
    if rows is None:
        members = rules.family(substance_id)
        candidates = [(row, chosen["routes"]) for member in members for row in observations.observations(member)]
        for other, routes in chosen.get("studies_of", {}).items():
            candidates += [(row, routes) for row in observations.observations(other) if _by(row, routes)]
    return [row for row, routes in candidates if fits(row, routes) and row.id not in not_fitted]


def _by(row, routes) -> bool:
    return all(dose["route"] in routes for dose in row.study.doses or ())


def fits(row, routes) -> bool:
    """Whether a row calibrates: it is marked for it, can be simulated, is not from memory and depends on the fitted values.

    Parameters
    ----------
    row : Observation
    routes : sequence of str
        Routes whose absorption is fitted. For other routes only rows that do not depend on the absorbed amount count.
    """
    if row.split != "calibration" or row.status == "recalled" or why_not(row) is not None:
        return False
    if row.statistic == "range" and row.quantity != "detection_time":
        return False  # extremes over specimens or people: these rows check the model and do not fit it
    if row.quantity in OF_A_SERIES:
        return False  # the typical person alone has no share of specimens, and no highest of them
    if row.quantity in OF_THE_PARENT and row.analytes != (catalog.substance(row.study.substance).root.id,):
        return False  # apparent values of metabolites
    if not _by(row, routes) and not row.fold and row.quantity not in FREE_OF_ABSORPTION:
        return False
    person = row.study.given.get("person") or {}
    # The effects of medicines, liver and age are not fitted; peaks do not depend on the kidney.
    return not (row.fold and (person or row.quantity != "auc"))


def _same_people(trials: Iterable[Trial], substance: str, numbers: Deviates) -> Trial | None:
    """A trial of the substance without circumstances: its people are the same, with other doses."""
    for other in trials:
        if other.study.substance == substance and other.numbers is numbers and not other.circumstances:
            return other
    return None


def _weigh(terms) -> None:
    """Weight each row: a quantity counts once for each publication, and detection times of the same people share a weight."""

    def key(term):
        row = term.row
        kind = KINDS.get(row.quantity, row.quantity)
        doses = repr(row.study.doses) if kind == "level" else ""
        return row.study.source, kind, row.analytes, row.relative_to, row.fold, doses

    alike = Counter(key(term) for term in terms)
    groups = Counter(term.row.study.id for term in terms if term.row.quantity == "detection_time")
    for term in terms:
        term.weight = 1.0 / alike[key(term)]
        if term.row.quantity == "detection_time":
            term.weight /= groups[term.row.study.id] ** 0.5


def _value(row, trial):
    values = MEASURES[row.quantity](trial, row)
    values = values if row.time_h else np.reshape(values, (-1, trial.size))[-1:]
    return np.atleast_2d(np.broadcast_to(values, (np.shape(values)[0], trial.size)))


def _prepare(term: Term) -> None:
    """The effect of differences between people on the statistic, and its standard error, at the centre of the prior."""
    row = term.row
    numbers = StudyNumbers(1, 1, 400, None)
    numbers.knowledge = _Zeros()
    trial = Trial(row.study, row.study.given, numbers)
    if row.quantity == "detection_time":
        term.specimen_sd = detection.specimen_sd(row, trial)
        return
    typical = _value(row, Trial(row.study, row.study.given, TypicalNumbers((), np.zeros((1, 0)))))
    people = np.maximum(_value(row, trial), 1e-300)
    statistic = STATISTICS["median" if row.statistic == "individual" else row.statistic]
    term.shift = np.log(statistic(people) / typical[:, 0]) if not row.fold else np.zeros(len(typical))
    spread = np.log(people).std(axis=1)
    if row.spread is not None and row.spread.kind == "sd" and row.value:
        spread = np.full(len(typical), np.sqrt(np.log1p((row.spread.value / row.value) ** 2)))
    n = min(row.n or UNKNOWN_PEOPLE, 10 * MOST_PEOPLE)
    n = 1 if row.statistic == "individual" or row.n == 1 else n
    term.spread = spread / np.sqrt(n) * (np.sqrt(2.0) if row.fold else 1.0)


class _Zeros(dict):
    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        return np.zeros(1)


def _statistic(term: Term, expected) -> np.ndarray:
    """Log probability of the numbers of a row, from their expected logarithms, shape (points, m)."""
    row = term.row
    between = rules.discrepancy(row)
    if row.time_h:  # points of one curve: they share a departure, and each has one of its own
        gap = np.log(np.array(row.values))[:, None] - expected
        single = (term.spread**2 + POINT_SD**2)[:, None]
        precision = (1.0 / single).sum(axis=0)
        common = (gap / single).sum(axis=0)
        return -0.5 * ((gap**2 / single).sum(axis=0) - common**2 / (precision + 1.0 / between**2))
    mean, sd = expected[0], float(np.hypot(term.spread[0], between))
    if row.statistic == "at-most":
        return log_ndtr((np.log(row.value) - mean) / sd)
    if row.statistic == "at-least":
        return log_ndtr((mean - np.log(row.value)) / sd)
    if row.value is not None:
        return -0.5 * ((np.log(row.value) - mean) / sd) ** 2
    # An interval: constant within, falling as a normal distribution outside.
    miss = np.maximum(np.log(row.low) - mean, 0.0) + np.maximum(mean - np.log(row.high), 0.0)
    return -0.5 * (miss / sd) ** 2
