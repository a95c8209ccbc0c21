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
from scipy.special import log_ndtr, ndtr

from detectapi.evaluation.calibration.people import CommonNumbers, TypicalNumbers
from detectapi.evaluation.validation import rules
from detectapi.evaluation.validation.measures import MEASURES
from detectapi.evaluation.validation.outcomes import MOST_PEOPLE, STATISTICS, UNKNOWN_PEOPLE, why_not
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge import observations
from detectapi.model.draws import Deviates

PEOPLE = 12
"""People simulated for a detection time, the same for every set of typical values."""

POINT_SD = 0.1
"""Log standard deviation of one point of a curve around the rest of the curve."""

VISITS_AFTER = 12
"""Specimens after a time that are all negative if the time is that of the last positive."""

FLOOR = -60.0
"""Least log probability of one row, so that one outlier cannot dominate."""

KINDS = {"clearance": "exposure", "clearance_per_kg": "exposure", "auc": "exposure", "plasma_concentration": "level",
         "plasma_molarity": "level", "cmax": "level"}  # fmt: skip

URINE = ("detection_time", "urine_ratio", "urinary_fraction", "renal_clearance")
FREE_OF_ABSORPTION = ("half_life", "urinary_fraction", "detection_time", "clearance")

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


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
        A publication whose urine rows are left out.
    rows : sequence of Observation, optional
        Observations in place of those of the data.
    """

    def __init__(self, substance_id: str, names, without: str | None = None, rows=None):
        self.names = tuple(names)
        if rows is None:
            rows = [row for member in rules.family(substance_id) for row in observations.observations(member)]
        chosen = rules.calibration(substance_id)
        used = [row for row in rows if fits(row, chosen["routes"])]
        used = [row for row in used if row.study.source != without or row.quantity not in URINE]
        self.terms = [Term(row) for row in used]
        _weigh(self.terms)
        for term in self.terms:
            _prepare(term)

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
        deviates = np.atleast_2d(np.asarray(deviates, dtype=float))
        typical, common = TypicalNumbers(self.names, deviates), CommonNumbers(self.names, deviates, PEOPLE)
        trials: dict[tuple, Trial] = {}

        def trial(row, circumstances, numbers):
            key = (row.study.id, id(circumstances), id(numbers))
            if key not in trials:
                alike = None if circumstances else _same_people(trials.values(), row.study.substance, numbers)
                trials[key] = Trial(row.study, circumstances, numbers, same_people=alike)
            return trials[key]

        for term in self.terms:
            if term.row.quantity == "detection_time":
                yield term, _detection(term, trial(term.row, term.row.study.given, common))
            else:
                yield term, _statistic(term, self._expected(term, trial, typical))

    def _expected(self, term, trial, numbers):
        """Logarithm of the expected result of the study, shape (points, m)."""
        row = term.row
        value = _value(row, trial(row, row.study.given, numbers))
        if row.fold:
            value = value / _value(row, trial(row, row.study.compared_with, numbers))
        return np.log(np.maximum(value, 1e-300)) + term.shift[:, None]


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
    if row.quantity == "urine_ratio" and row.statistic == "range":
        return False  # extremes over all specimens of all patients: these rows check the model and do not fit it
    if row.quantity in ("bioavailability", "clearance") and len(row.analytes) != 1:
        return False
    known = all(dose["route"] in routes for dose in row.study.doses)
    if not known and not row.fold and row.quantity not in FREE_OF_ABSORPTION:
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
        logarithms: dict[str, list[np.ndarray]] = {a: [] for a in row.analytes}
        for visit in range(1, 9):
            readings = trial.specimen(row.analytes, np.full(400, 24.0), visit)
            for analyte in row.analytes:
                logarithms[analyte].append(np.log(readings[analyte]))
        term.specimen_sd = {a: float(np.mean(np.std(v, axis=0, ddof=1))) for a, v in logarithms.items()}
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


def _detection(term: Term, trial) -> np.ndarray:
    """Log probability of the longest (or shortest) time after which any of n people was positive."""
    row = term.row
    every, n = trial.study.sampling.every_h or 24.0, row.n or UNKNOWN_PEOPLE
    if row.statistic == "range":
        wanted = [("min", row.low, row.low)]  # the longest time is a row of its own
    else:
        low, high = (row.value, row.value) if row.value is not None else (row.low, row.high)
        wanted = [(row.statistic, low, high)]
    log_probability = np.zeros(1)
    departure = rules.discrepancy(row)
    for statistic, low, high in wanted:
        before = _never_after(term, trial, low - every / 2, every, departure)
        after = _never_after(term, trial, high + every / 2, every, departure)
        if statistic == "min":
            chance = (1.0 - before) ** n - (1.0 - after) ** n
        else:
            chance = after**n - before**n
        log_probability = log_probability + np.log(np.maximum((chance * _WEIGHTS[:, None]).sum(axis=0), 1e-30))
    return log_probability


def _never_after(term: Term, trial, time, every, departure) -> np.ndarray:
    """Probability of no positive specimen after a time, at each node of the study's departure. Shape (5, m)."""
    row = term.row
    times = np.maximum(time, 0.0) + every * (np.arange(VISITS_AFTER) + 0.5)
    negative = 1.0
    for analyte in row.analytes:
        response = trial.simulation.response(analyte)
        since = np.maximum(times[:, None, None] - response.tail_start, 0.0)
        plasma = (response.tail * np.exp(-response.poles * since)).sum(axis=1)  # (visits, draws)
        margin = np.log(row.cutoff_ng_ml) - np.log(np.maximum(plasma * _per_plasma(trial, analyte), 1e-300))
        node = departure * _NODES[:, None, None]
        negative = negative * ndtr((margin[None] + node) / term.specimen_sd[analyte])
    person = np.prod(negative, axis=1)  # (nodes, draws)
    return person.reshape(len(_NODES), -1, PEOPLE).mean(axis=2)


def _per_plasma(trial, analyte):
    kept = trial.__dict__.setdefault("_kept", {})
    if analyte not in kept:
        kept[analyte] = trial.simulation.per_plasma(analyte)
    return kept[analyte]
