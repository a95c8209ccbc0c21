"""Does learning from made-up studies find the values they were made from? Then ranks of the truth are uniform."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from detectapi import service
from detectapi.evaluation.calibration import likelihood as likelihood_module
from detectapi.evaluation.calibration.likelihood import PEOPLE, POINT_SD, Likelihood
from detectapi.evaluation.calibration.people import CommonNumbers, TypicalNumbers
from detectapi.evaluation.validation import rules
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation

TRUTHS = 500
BANK = 36_000
CHUNK = 1000
BINS = 10
EDGES = 70
CUTOFFS = {"ketamine": 10.0, "norketamine": 20.0, "dehydronorketamine": 20.0, "hydroxynorketamine": 20.0}
nodes, node_weights = likelihood_module._NODES, likelihood_module._WEIGHTS


class Study:
    """One row as a thing that makes data and judges them; what it expects of each set of typical values is kept."""

    def __init__(self, term):
        self.term, self.kept = term, []

    def join(self):
        self.expected = np.concatenate(self.kept, axis=-1)
        self.kept = None


class Number(Study):
    def look(self, numbers, trial):
        self.kept.append(numbers)

    def make(self, i, rng):
        row, expected = self.term.row, self.expected[:, i]
        common = rules.discrepancy(row) * rng.standard_normal()
        each = np.hypot(self.term.spread, POINT_SD if row.time_h else 0.0)
        return expected + common + each * rng.standard_normal(len(expected))

    def judge(self, data):
        between = rules.discrepancy(self.term.row) ** 2
        each = np.hypot(self.term.spread, POINT_SD if self.term.row.time_h else 0.0)
        covariance = np.diag(each**2) + between
        gap = data[:, None] - self.expected
        return -0.5 * (gap * np.linalg.solve(covariance, gap)).sum(axis=0)


class LongestTime(Study):
    """The longest (or shortest) time of n people: which interval of sampling it falls in."""

    def look(self, numbers, trial):
        row, every = self.term.row, trial.study.sampling.every_h
        times = every * (np.arange(EDGES + likelihood_module.VISITS_AFTER) + 0.5)
        negative = 0.0
        for analyte in row.analytes:
            response = trial.simulation.response(analyte)
            plasma = response.concentration(times + 6.0) * likelihood_module._per_plasma(trial, analyte)
            margin = np.log(row.cutoff_ng_ml) - np.log(np.maximum(plasma, 1e-300))
            departure = rules.discrepancy(row) * nodes[:, None, None]
            negative = negative + np.log(ndtr((margin + departure) / self.term.specimen_sd[analyte]) + 1e-300)
        total = np.concatenate([np.zeros_like(negative[:, :1]), np.cumsum(negative, axis=1)], axis=1)
        after = likelihood_module.VISITS_AFTER
        never = np.exp(total[:, after:] - total[:, :-after])[:, : EDGES + 1]
        never = never.reshape(len(nodes), never.shape[1], -1, PEOPLE).mean(axis=3)
        n = row.n
        cumulative = 1.0 - (1.0 - never) ** n if row.statistic == "range" else never**n
        cumulative[:, 0], cumulative[:, -1] = 0.0, 1.0
        chance = np.maximum(np.diff(cumulative, axis=1), 0.0)
        self.kept.append(np.einsum("k,kem->em", node_weights, chance))

    def make(self, i, rng):
        chance = self.expected[:, i]
        return rng.choice(len(chance), p=chance / chance.sum())

    def judge(self, data):
        return np.log(np.maximum(self.expected[data] / self.expected.sum(axis=0), 1e-300))


ROWS = (
    "shaffer2022-iv-auc",
    "hasan2021-iv-ratio-norketamine",
    "koeppel1990-norketamine",
    "kamp2020-bja-dehydronorketamine",
    "kamp2020-bja-hydroxynorketamine",
    "fanta2015-oral-f",
    "spravato-half-life-norketamine",
    "dejong2020-norketamine",
    "dejong2020-any",
    "parkin2008-ketamine-or-norketamine",
    "parkin2008-dehydronorketamine",
)
"""Rows of every kind, few enough for draws from the prior to reach the posterior."""


def studies(likelihood):
    return [
        (LongestTime if term.row.quantity == "detection_time" else Number)(term)
        for term in likelihood.terms
        if term.row.id in ROWS
    ]


def window_of_typical_person(names, deviates, analyte):
    """When 35 mg into a vein were last seen in the typical person."""
    asked = read_question(service.load({
        "substance": "ketamine",
        "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
        "assay": {"analytes": [{"analyte": analyte, "cutoff_ng_ml": CUTOFFS[analyte]}]},
    }))  # fmt: skip
    numbers = TypicalNumbers(names, deviates)
    simulation = Simulation(asked, numbers, numbers.selection())
    return simulation.crossings(asked.assay.components[0]).last


@pytest.mark.slow
def test_the_true_window_ranks_uniformly_among_what_was_learnt():
    names = rules.calibration("ketamine")["parameters"]
    likelihood = Likelihood("ketamine", names)
    made = studies(likelihood)
    assert len(made) == len(ROWS)
    rng = np.random.default_rng(3)
    deviates = rng.standard_normal((TRUTHS + BANK, len(names)))
    windows = {analyte: [] for analyte in CUTOFFS}
    for begin in range(0, len(deviates), CHUNK):
        part = deviates[begin : begin + CHUNK]
        typical, common = TypicalNumbers(names, part), CommonNumbers(names, part, PEOPLE)
        trials = {}

        def trial(row, circumstances, numbers, trials=trials):
            key = (row.study.id, id(circumstances), id(numbers))
            if key not in trials:
                same = likelihood_module._same_people(trials.values(), row.study.substance, numbers)
                alike = None if circumstances else same
                trials[key] = likelihood_module.Trial(row.study, circumstances, numbers, same_people=alike)
            return trials[key]

        for study in made:
            row = study.term.row
            if isinstance(study, LongestTime):
                study.look(None, trial(row, row.study.given, common))
            else:
                study.look(likelihood._expected(study.term, trial, typical), None)
        for analyte in CUTOFFS:
            windows[analyte].append(window_of_typical_person(names, part, analyte))
    for study in made:
        study.join()
    windows = {analyte: np.concatenate(parts) for analyte, parts in windows.items()}

    ranks, sizes = {analyte: [] for analyte in CUTOFFS}, []
    for truth in range(TRUTHS):
        value = sum(study.judge(study.make(truth, rng)) for study in made)[TRUTHS:]
        weight = np.exp(value - value.max())
        weight /= weight.sum()
        sizes.append(1.0 / (weight**2).sum())
        for analyte in CUTOFFS:
            learnt = windows[analyte][TRUTHS:]
            below, ties = learnt < windows[analyte][truth], learnt == windows[analyte][truth]
            ranks[analyte].append(weight[below].sum() + rng.random() * weight[ties].sum())

    # Fewer effective draws would make the ranks themselves noise.
    assert np.median(sizes) > 200.0
    for analyte in CUTOFFS:
        counts = np.histogram(ranks[analyte], bins=BINS, range=(0.0, 1.0 + 1e-12))[0]
        assert counts.sum() == TRUTHS
        assert stats.chisquare(counts).pvalue > 0.01, (analyte, counts)
