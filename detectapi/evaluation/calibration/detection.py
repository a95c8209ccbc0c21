"""Detection times in the likelihood: how probable typical values make what a study saw of last positive specimens.

A few people, the same under every set of typical values, give specimens in the rhythm of the study. The residual of a specimen and
a departure of the study's effective cutoff are integrated out. See docs/calibration.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from detectapi.evaluation.validation import rules
from detectapi.evaluation.validation.outcomes import UNKNOWN_PEOPLE
from detectapi.evaluation.validation.trial import Trial

PEOPLE = 12
"""People simulated for a detection time, the same for every set of typical values."""

VISITS_AFTER = 12
"""Specimens after a time that are all negative if the time is that of the last positive."""

FOLLOWED = 4
"""A study whose end is not known is followed for so many times as long as it saw anything positive."""

MEANS = ("mean", "median", "typical", "range-of-means", "geometric-mean", "at-most", "at-least")
"""Statistics of the middle of a group. All others are extremes of it."""

MEDIANS = ("median", "typical")
OF_A_MEDIAN = 1.2533
"""Standard error of a median relative to that of a mean, in a large normal sample: the square root of pi / 2."""

LEAST = 1e-30
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
NODE_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Middle:
    """What is expected of the middle of a group, at each node of the study's departure. Shapes (nodes, m). [h]"""

    expected: np.ndarray
    sd: np.ndarray

    def within(self, low: float, high: float) -> np.ndarray:
        """Probability of a value between two limits. Shape (m,)."""
        chance = ndtr((high - self.expected) / self.sd) - ndtr((low - self.expected) / self.sd)
        return (chance * NODE_WEIGHTS[:, None]).sum(axis=0)

    def density(self, value: float) -> np.ndarray:
        """Density of a value. Shape (m,). [1/h]"""
        each = np.exp(-0.5 * ((value - self.expected) / self.sd) ** 2) / (self.sd * np.sqrt(2.0 * np.pi))
        return (each * NODE_WEIGHTS[:, None]).sum(axis=0)


def specimen_sd(row, trial: Trial) -> dict[str, float]:
    """Log standard deviation of one specimen of a person, for each analyte of a row."""
    logarithms: dict[str, list[np.ndarray]] = {a: [] for a in row.analytes}
    for visit in range(1, 9):
        readings = trial.specimen(row.analytes, np.full(trial.size, 24.0), visit, row.hydrolysed)
        for analyte in row.analytes:
            logarithms[analyte].append(np.log(readings[analyte]))
    return {a: float(np.mean(np.std(v, axis=0, ddof=1))) for a, v in logarithms.items()}


def log_probability(row, trial: Trial, residual_sd: dict[str, float]) -> np.ndarray:
    """Log probability of what a study saw of detection times, for each set of typical values.

    Parameters
    ----------
    row : Observation
    trial : Trial
        Of `PEOPLE` people for each set.
    residual_sd : dict of str to float
        As `specimen_sd` gives it.

    Returns
    -------
    array, shape (m,)
    """
    chance = _of_the_middle if row.statistic in MEANS else _of_extremes
    return np.log(np.maximum(chance(row, trial, residual_sd), LEAST))


def _of_extremes(row, trial, residual_sd) -> np.ndarray:
    """Probability of the longest (or shortest) time after which any of n people was positive. Shape (m,)."""
    every, n = interval(row), row.n or UNKNOWN_PEOPLE
    statistic = row.statistic
    low, high = (row.value, row.value) if row.value is not None else (row.low, row.high)
    if statistic == "range":  # the longest time is a row of its own
        statistic, high = "min", row.low
    before = _never_after(row, trial, low - every / 2, residual_sd)
    after = _never_after(row, trial, high + every / 2, residual_sd)
    chance = (1.0 - before) ** n - (1.0 - after) ** n if statistic == "min" else after**n - before**n
    return (chance * NODE_WEIGHTS[:, None]).sum(axis=0)


def _of_the_middle(row, trial, residual_sd) -> np.ndarray:
    """Probability, or density relative to a day, of the mean or the median of last positive times. Shape (m,)."""
    expected = middle(row, trial, residual_sd)
    if row.statistic == "at-most":
        return expected.within(-np.inf, row.value)
    if row.statistic == "at-least":
        return expected.within(row.value, np.inf)
    if row.value is None:
        return expected.within(row.low, row.high)
    return expected.density(row.value) * 24.0


def middle(row, trial: Trial, residual_sd: dict[str, float]) -> Middle:
    """The mean or median over people of the time of the last positive specimen, with its standard error.

    A person who is never positive counts as zero hours, as in `detectapi.evaluation.validation.measures.detection_time`.
    """
    times, never = never_from(row, trial, residual_sd)
    chance = np.diff(never, axis=1)
    mean = np.einsum("v,kvm->km", times, chance)
    variance = np.einsum("v,kvm->km", times**2, chance) - mean**2 + interval(row) ** 2 / 12.0
    error = np.sqrt(np.maximum(variance, 0.0) / (row.n or UNKNOWN_PEOPLE))
    if row.statistic in MEDIANS:
        return Middle(_median(times, never[:, 1:]), OF_A_MEDIAN * error)
    return Middle(mean, error)


def never_from(row, trial: Trial, residual_sd: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """The times of the visits, and the share of people with no positive specimen from each visit on.

    Returns
    -------
    array, shape (visits,)
        In the middle of each interval of sampling. [h after the last dose]
    array, shape (nodes, visits + 1, m)
        The last one is one: after the last visit nothing was seen.
    """
    every, sampling = interval(row), trial.study.sampling
    begin, end = sampling.from_h or 0.0, sampling.until_h
    if end is None:
        end = FOLLOWED * max(value for value in (row.value, row.high, every) if value is not None)
    times = begin + every * (np.arange(max(int(round((end - begin) / every)), 1)) + 0.5)
    negative = _negative(row, trial, times, residual_sd)
    later = np.cumprod(negative[:, ::-1], axis=1)[:, ::-1]
    later = later.reshape(*later.shape[:2], -1, PEOPLE).mean(axis=3)
    return times, np.concatenate([later, np.ones_like(later[:, :1])], axis=1)


def _median(times, cumulative) -> np.ndarray:
    """The time at which a cumulative distribution over visits passes one half. Shape (nodes, m)."""
    visit = np.minimum((cumulative < 0.5).sum(axis=1), len(times) - 1)
    before = np.maximum(visit - 1, 0)
    high = np.take_along_axis(cumulative, visit[:, None], axis=1)[:, 0]
    low = np.where(visit > 0, np.take_along_axis(cumulative, before[:, None], axis=1)[:, 0], 0.0)
    share = np.clip((0.5 - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    start = np.where(visit > 0, times[before], 0.0)
    return start + share * (times[visit] - start)


def interval(row) -> float:
    """Time between two specimens of a person. [h]"""
    return row.study.sampling.every_h or 24.0


def _never_after(row, trial, time, residual_sd) -> np.ndarray:
    """Probability of no positive specimen after a time, at each node of the study's departure. Shape (nodes, m)."""
    times = np.maximum(time, 0.0) + interval(row) * (np.arange(VISITS_AFTER) + 0.5)
    person = np.prod(_negative(row, trial, times, residual_sd), axis=1)  # (nodes, draws)
    return person.reshape(len(NODES), -1, PEOPLE).mean(axis=2)


def _negative(row, trial, times, residual_sd) -> np.ndarray:
    """Probability of a negative specimen at each visit. Shape (nodes, visits, draws)."""
    departure = rules.discrepancy(row) * NODES[:, None, None]
    each = []
    for analyte in row.analytes:
        urine = sum(_urine(trial, part, times) * by for part, by in trial.parts(analyte, row.hydrolysed).items())
        margin = np.log(row.cutoff_ng_ml) - np.log(np.maximum(urine, 1e-300))
        each.append(ndtr((margin[None] + departure) / residual_sd[analyte]))
    if row.rule == "all":
        return 1.0 - np.prod([1.0 - one for one in each], axis=0)
    return np.prod(each, axis=0)


def _urine(trial, analyte, times) -> np.ndarray:
    """Concentration in the usual specimen, by mass. Shape (visits, draws). [ng/mL]"""
    response = trial.simulation.response(analyte)
    since = np.maximum(times[:, None, None] - response.tail_start, 0.0)
    return (response.tail * np.exp(-response.poles * since)).sum(axis=1) * _per_plasma(trial, analyte)


def _per_plasma(trial, analyte):
    kept = trial.__dict__.setdefault("_kept", {})
    if analyte not in kept:
        kept[analyte] = trial.simulation.per_plasma(analyte)
    return kept[analyte]
