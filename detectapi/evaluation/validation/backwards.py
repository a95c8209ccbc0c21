"""Simulated cases read backwards: coverage of the time of use, and how well ratios tell accounts apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from detectapi import service
from detectapi.evaluation.validation.backwards_cases import AS_ASSUMED, Case, Setting, Twist, simulate
from detectapi.interpretation.accounts import Simulated
from detectapi.interpretation.comparisons import LOG_10, ratio
from detectapi.interpretation.given_results import time_of_use
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.tempering import ISLANDS, Weighted
from detectapi.interpretation.weighing import departures, weigh
from detectapi.knowledge.interpretation import rules
from detectapi.model.arrays import Bools, Floats

LEVEL = 0.9
RULES = {"ratio above 0.5": 0.5, "ratio above 1.5": 1.5}
"""Published rules for two specimens: the second level over the first, each on creatinine, above which they call it new use."""


class Coverage(NamedTuple):
    """How the time of use of known cases lies in its posterior.

    Attributes
    ----------
    inside, below, above : int
        Cases within the interval, and beyond its ends.
    ranks : array, shape (cases,)
        Probability of a time at most as late as the true one. [0 to 1]
    width : float
        Median width of the interval. [h]
    tempered : float
        Share of cases whose draws were moved.
    unexplained : int
        Cases in which some specimen probably departs from the model; they count as the others do.
    """

    inside: int
    below: int
    above: int
    ranks: Floats
    width: float
    tempered: float
    unexplained: int

    @property
    def share(self) -> float:
        """Share of cases inside."""
        return self.inside / len(self.ranks)

    @property
    def error(self) -> float:
        """Standard error of that."""
        return math.sqrt(self.share * (1.0 - self.share) / len(self.ranks))

    @property
    def uniform(self) -> tuple[list[int], float]:
        """Cases in each tenth of the ranks, and the probability of so uneven a count if they are uniform."""
        counts = np.histogram(self.ranks, bins=10, range=(0.0, 1.0))[0]
        expected = len(self.ranks) / 10.0
        return [int(n) for n in counts], chi_square_tail(float(np.sum(np.square(counts - expected)) / expected), 9)


def chi_square_tail(value: float, freedom: int) -> float:
    """Probability of a larger chi-square; by the cube-root approximation of Wilson and Hilferty."""
    part = 2.0 / (9.0 * freedom)
    z = ((value / freedom) ** (1.0 / 3.0) - (1.0 - part)) / math.sqrt(part)
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def weighted(case: Case, place: int, shared: dict[int, Simulated]) -> Weighted:
    """One account of a case, answered as a request is."""
    question = case.question
    account = question.accounts[place]
    count = ISLANDS * -(-question.draws // ISLANDS)
    learnt = account.question.posterior
    simulated = shared.setdefault(id(learnt), Simulated(Particles(question.seed, count, learnt)))
    return weigh(question, account, simulated)[1]


def coverage(setting: Setting, count: int, seed: int, twist: Twist = AS_ASSUMED, draws: int = 2000) -> Coverage:
    """Cases of an account whose time of use is not known.

    Parameters
    ----------
    setting : Setting
    count : int
    seed : int
    twist : Twist
    draws : int
    """
    ranks, ends, tempered, unexplained = [], [], 0, 0
    for case in simulate(setting, count, seed, twist=twist, draws=draws):
        one = weighted(case, 0, {})
        when = time_of_use(one, LEVEL)
        whole = np.concatenate([[0.0], np.cumsum(when.probability)])
        ranks.append(float(np.interp(case.used, one.expected.account.cells.edges, whole / whole[-1])))
        ends.append((when.given_results.low, case.used, when.given_results.high))
        tempered += one.steps > 0
        unexplained += max(departures(one, case.question.departure)) > rules().unexplained
    low, used, high = np.array(ends).T
    inside = (low <= used) & (used <= high)
    return Coverage(
        int(inside.sum()), int((used < low).sum()), int((used > high).sum()), np.array(ranks),
        float(np.median(high - low)), tempered / count, unexplained,
    )  # fmt: skip


class Apart(NamedTuple):
    """Cases of two accounts, each with its ratio.

    Attributes
    ----------
    log10 : array, shape (cases,)
        Decimal logarithm of the ratio of the second account to the first.
    error : array, shape (cases,)
        Its Monte-Carlo error.
    is_new : array of bool, shape (cases,)
        Whether the second account is true.
    by_rule : dict of str to array of bool, shape (cases,)
        What each published rule calls new use.
    """

    log10: Floats
    error: Floats
    is_new: Bools
    by_rule: dict[str, Bools]


def told_apart(
    setting: Setting, count: int, seed: int, analyte: str, twist: Twist = AS_ASSUMED, draws: int = 2000
) -> Apart:
    """As many cases of each of two accounts.

    Parameters
    ----------
    setting : Setting
        With two accounts and two specimens.
    count : int
        Of each account.
    seed : int
    analyte : str
        Whose levels the published rules compare.
    twist : Twist
    draws : int
    """
    ratios, new, levels = [], [], []
    for true in (0, 1):
        for case in simulate(setting, count, seed + 10_000 * true, true, twist, draws):
            shared: dict[int, Simulated] = {}
            one = ratio(weighted(case, 1, shared), weighted(case, 0, shared))
            ratios.append(one)
            new.append(true == 1)
            levels.append(case.levels[1][analyte] / max(case.levels[0][analyte], 1e-9))
    second_over_first = np.array(levels)
    return Apart(
        np.array([one.log10 for one in ratios]),
        np.array([one.error for one in ratios]),
        np.array(new),
        {name: second_over_first > limit for name, limit in RULES.items()},
    )


def capped(log10: Floats, largest: float) -> Floats:
    """Ratios as they are shown."""
    return np.asarray(np.clip(log10, -math.log10(largest), math.log10(largest)))


def cllr(log10: Floats, is_new: Bools) -> float:
    """Cost of the log-likelihood ratio: 0 is perfect, 1 is what a ratio of 1 in every case costs. [bits]

    References
    ----------
    brummer2006
    """
    ratios = log10 * LOG_10
    new, old = ratios[is_new], ratios[~is_new]
    return float(0.5 * (np.mean(np.logaddexp(0.0, -new)) + np.mean(np.logaddexp(0.0, old))) / math.log(2.0))


def cllr_of_rule(calls_new: Bools, is_new: Bools) -> float:
    """The same of a rule that calls yes or no, with the best two ratios that these very cases allow it."""
    cost = 0.0
    hit, alarm = (float(np.clip(calls_new[mask].mean(), 0.005, 0.995)) for mask in (is_new, ~is_new))
    for of_new, of_old in ((hit, alarm), (1.0 - hit, 1.0 - alarm)):
        size = math.log(of_new / of_old)
        cost += 0.5 * of_new * math.log1p(math.exp(-size)) + 0.5 * of_old * math.log1p(math.exp(size))
    return cost / math.log(2.0)


def mean_posterior(log10: Floats, is_new: Bools) -> float:
    """Mean of LR / (1 + LR) over even cases, less the share of new ones. [-]"""
    return float(np.mean(1.0 / (1.0 + 10.0 ** -np.clip(log10, -300, 300))) - np.mean(is_new))


def turing(log10: Floats, is_new: Bools, size: float) -> tuple[float, float]:
    """Shares of cases in which a ratio of at least a size misleads: towards new use, and away from it."""
    far = math.log10(size)
    return float(np.mean(log10[~is_new] >= far)), float(np.mean(log10[is_new] <= -far))


def chance(published: Mapping[str, Any], at: float) -> float:
    """Probability that a specimen is at or above a cutoff, by an account of use alone.

    Parameters
    ----------
    published : dict
        ``substance``, ``doses``, ``analyte`` and ``cutoff_ng_ml``.
    at : float
        Hours on the clock of the doses. [h]
    """
    test = {"analytes": [{"analyte": published["analyte"], "cutoff_ng_ml": published["cutoff_ng_ml"]}]}
    answer = service.interpret({
        "substance": published["substance"],
        "specimens": [{"collected_h": at - 1e-3}],
        "accounts": [{"id": "use", "doses": published["doses"]}],
        "planned": {"at_h": at, "assay": test},
    })  # fmt: skip
    return float(answer["accounts"][0]["planned"]["probability_before"])
