"""Does learning from made-up studies recover the values that they were made from?

Typical values are drawn from the prior, and the numbers of the studies are made up from them. Then the truth must rank uniformly
among draws of the posterior. The posterior of each truth is the prior weighted by the likelihood of its made-up numbers, so that
one set of draws serves all truths (simulation-based calibration; Talts et al. 2018, Modrak et al. 2023).

Every row that is not a detection time is made up as a number, also where the study printed a limit or an interval. Its weight
divides its variance. Detection times have weight one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from detectapi import service
from detectapi.evaluation.calibration import detection
from detectapi.evaluation.calibration.likelihood import POINT_SD, Likelihood, rows_of
from detectapi.evaluation.calibration.people import TypicalNumbers
from detectapi.evaluation.validation import rules
from detectapi.model.question import Question, read_question
from detectapi.model.simulation import Simulation

TRUTHS = 500
BANK = 30_000
BINS = 10
SEED = 20261129
PART = 500
"""Sets of typical values that are computed at once."""


class Number:
    """A row that is not a detection time: its expected logarithms under each set of typical values."""

    def __init__(self, term) -> None:
        self.term, self.parts = term, []
        row = term.row
        each = np.hypot(term.spread, POINT_SD if row.time_h else 0.0)
        self.covariance = (np.diag(each**2) + rules.discrepancy(row) ** 2) / term.weight
        self.root = np.linalg.cholesky(self.covariance)

    def look(self, expected) -> None:
        """Keep the expected logarithms of one part."""
        self.parts.append(expected)

    def join(self) -> None:
        """All parts together. Shape (points, m)."""
        self.expected = np.concatenate(self.parts, axis=-1)

    def make(self, i: int, rng) -> np.ndarray:
        """Numbers that the truth i may give. Shape (points,)."""
        return self.expected[:, i] + self.root @ rng.standard_normal(len(self.root))

    def judge(self, data) -> np.ndarray:
        """Their log probability under each set. Shape (m,)."""
        gap = data[:, None] - self.expected
        return -0.5 * (gap * np.linalg.solve(self.covariance, gap)).sum(axis=0)


class Middle(Number):
    """The mean or the median of detection times."""

    def __init__(self, term) -> None:
        self.term, self.parts = term, []

    def look(self, trial) -> None:
        """Keep the expected times and their standard errors of one part."""
        middle = detection.middle(self.term.row, trial, self.term.specimen_sd)
        self.parts.append(np.stack([middle.expected, middle.sd]))

    def make(self, i: int, rng) -> float:
        """A time that the truth i may give. [h]"""
        node = rng.choice(len(detection.NODES), p=detection.NODE_WEIGHTS)
        mean, sd = self.expected[:, node, i]
        return mean + sd * rng.standard_normal()

    def judge(self, data) -> np.ndarray:
        """Its log density under each set. Shape (m,)."""
        return np.log(np.maximum(detection.Middle(*self.expected).density(data), detection.LEAST))


class Extreme(Number):
    """The longest or the shortest of several detection times: the interval of sampling that it falls in."""

    def __init__(self, term) -> None:
        self.term, self.parts = term, []

    def look(self, trial) -> None:
        """Keep the probability of each interval of one part. Shape (intervals, m)."""
        row = self.term.row
        never = detection.never_from(row, trial, self.term.specimen_sd)[1]
        n = row.n or detection.UNKNOWN_PEOPLE
        cumulative = 1.0 - (1.0 - never) ** n if row.statistic in ("min", "range") else never**n
        chance = np.diff(np.concatenate([np.zeros_like(cumulative[:, :1]), cumulative], axis=1), axis=1)
        self.parts.append(np.einsum("k,kem->em", detection.NODE_WEIGHTS, np.maximum(chance, 0.0)))

    def make(self, i: int, rng) -> int:
        """An interval that the truth i may give."""
        chance = self.expected[:, i]
        return rng.choice(len(chance), p=chance / chance.sum())

    def judge(self, data) -> np.ndarray:
        """Its log probability under each set. Shape (m,)."""
        return np.log(np.maximum(self.expected[data], detection.LEAST))


def of_substance(substance_id: str, names) -> dict[str, Any]:
    """The ranks of a substance, as `ranks` gives them.

    Where so many rows inform so many typical values that draws of the prior hardly reach the posterior, ``calibration/<id>.toml``
    lists fewer rows of every kind under ``made_up``.
    """
    few = rules.calibration(substance_id).get("made_up")
    rows = None if few is None else [row for row in rows_of(substance_id) if row.id in few]
    return ranks(Likelihood(substance_id, names, rows=rows))


def ranks(likelihood: Likelihood, truths: int = TRUTHS, bank: int = BANK, seed: int = SEED) -> dict[str, Any]:
    """Rank the truth of made-up studies among what is learnt from them.

    Parameters
    ----------
    likelihood : Likelihood
        Its rows and typical values are tried.
    truths, bank : int
        Numbers of truths and of draws of the prior that they are compared with.
    seed : int

    Returns
    -------
    dict
        ``truths``, ``bank``, ``rows``; ``effective_size``, the median over truths of the size of the weighted draws; ``uniform``,
        by quantity the probability of counts in tenths at least as uneven as those of the ranks if ranks are uniform. Quantities
        are ``window of <analyte>``, the time of the last positive specimen of a typical person; the typical values; and
        ``likelihood``, that of the made-up numbers.
    """
    rng = np.random.default_rng(seed)
    deviates = rng.standard_normal((truths + bank, len(likelihood.names)))
    made = [_study(term) for term in likelihood.terms]
    windows = _look(likelihood, made, deviates)
    values = {f"window of {name}": value for name, value in windows.items()}
    values |= {name: deviates[:, j] for j, name in enumerate(likelihood.names)}
    places: dict[str, list[float]] = {name: [] for name in (*values, "likelihood")}
    sizes = []
    for truth in range(truths):
        likely = sum(study.judge(study.make(truth, rng)) for study in made)
        weight = np.exp(likely[truths:] - likely[truths:].max())
        weight /= weight.sum()
        sizes.append(1.0 / (weight**2).sum())
        for name, value in (values | {"likelihood": likely}).items():
            below, ties = value[truths:] < value[truth], value[truths:] == value[truth]
            places[name].append(weight[below].sum() + rng.random() * weight[ties].sum())
    return {
        "truths": truths, "bank": bank, "rows": len(made), "effective_size": round(float(np.median(sizes))),
        "uniform": {name: round(uniform(place), 4) for name, place in places.items()},
    }  # fmt: skip


def uniform(places) -> float:
    """The probability of counts in tenths at least as uneven as those of some ranks, if ranks are uniform on 0 to 1."""
    return float(stats.chisquare(np.histogram(places, bins=BINS, range=(0.0, 1.0 + 1e-12))[0]).pvalue)


def _study(term) -> Number:
    row = term.row
    if row.quantity != "detection_time":
        return Number(term)
    return Middle(term) if row.statistic in detection.MEANS else Extreme(term)


def _look(likelihood, made, deviates) -> dict[str, np.ndarray]:
    """Show every set of typical values to the studies. Returns the window of the typical person by analyte, shape (m,) each. [h]"""
    asked = _asked(likelihood.terms)
    windows: dict[str, list[np.ndarray]] = {component.analyte: [] for component in asked.assay.components}
    for part in np.array_split(deviates, -(-len(deviates) // PART)):
        for study, (_, forecast) in zip(made, likelihood.forecasts(part), strict=True):
            study.look(forecast)
        numbers = TypicalNumbers(likelihood.names, part)
        simulation = Simulation(asked, numbers, numbers.selection())
        for component in asked.assay.components:
            windows[component.analyte].append(simulation.crossings(component).last)
    for study in made:
        study.join()
    return {analyte: np.concatenate(parts) for analyte, parts in windows.items()}


def _asked(terms) -> Question:
    """The question about the doses of the first study of urine, or else of the first study, with the default test."""
    times = [term.row for term in terms if term.row.quantity == "detection_time"]
    study = (times or [term.row for term in terms])[0].study
    doses = [{key: value for key, value in dose.items() if value is not None} for dose in study.doses]
    return read_question(service.load({"substance": study.substance, "doses": doses}))
