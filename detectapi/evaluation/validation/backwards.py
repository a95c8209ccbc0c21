"""Simulated cases read backwards, each by itself: the time of use, and the ratio of two accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.evaluation.validation.backwards_cases import Case
from detectapi.interpretation.accounts import Simulated
from detectapi.interpretation.comparisons import ratio
from detectapi.interpretation.given_results import time_of_use
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.tempering import ISLANDS, Weighted
from detectapi.interpretation.weighing import departures, weigh
from detectapi.knowledge.interpretation import rules

LEVEL = 0.9


class TimeRead(NamedTuple):
    """How the time of use of one case lies in its posterior.

    Attributes
    ----------
    rank : float
        Probability of a time at most as late as the true one. [0 to 1]
    side : int
        -1 where the true time lies before the interval, 1 where it lies after it, 0 within.
    width : float
        Of the interval. [h]
    tempered : bool
        Whether draws were moved.
    unexplained : bool
        Whether some specimen probably departs from the model.
    """

    rank: float
    side: int
    width: float
    tempered: bool
    unexplained: bool


class PairRead(NamedTuple):
    """The ratio of one case of two accounts.

    Attributes
    ----------
    log10 : float
        Decimal logarithm of the ratio of the second account to the first.
    error : float
        Its Monte-Carlo error.
    unexplained : bool
        Whether the model expects the results under neither account, so that no ratio is shown.
    calls : tuple of bool
        What each published rule calls new use.
    """

    log10: float
    error: float
    unexplained: bool
    calls: tuple[bool, ...]


class Rule(NamedTuple):
    """A published rule for two specimens: a level that is more than a share of the earlier one is called new use.

    Attributes
    ----------
    name : str
    analyte : str
    above : float
        The share.
    per_creatinine : bool
        Whether levels are taken over creatinine.
    source : str
    """

    name: str
    analyte: str
    above: float
    per_creatinine: bool
    source: str

    def calls(self, case: Case) -> bool:
        """Whether the rule calls the last specimen of a case new use, by the one before it."""
        earlier, later = (case.levels[i][self.analyte] / self._over(case, i) for i in (-2, -1))
        return later > self.above * earlier

    def _over(self, case: Case, specimen: int) -> float:
        return case.creatinine[specimen] if self.per_creatinine else 1.0


def weighted(case: Case) -> list[Weighted]:
    """The accounts of a case, answered as a request is."""
    question = case.question
    count = ISLANDS * -(-question.draws // ISLANDS)
    particles = Particles(question.seed, count, question.accounts[0].question.posterior)
    return [one.weighted for one in weigh(question, question.accounts, Simulated(particles))]


def read_time(case: Case) -> TimeRead:
    """The time of use of one case."""
    (one,) = weighted(case)
    when = time_of_use(one, LEVEL)
    whole = np.concatenate([[0.0], np.cumsum(when.probability)])
    rank = float(np.interp(case.used, one.expected.account.cells.edges, whole / whole[-1]))
    low, _, high = when.given_results
    return TimeRead(rank, int(case.used > high) - int(case.used < low), high - low, one.steps > 0, _departs(one, case))


def read_pair(case: Case, by: Sequence[Rule]) -> PairRead:
    """The ratio of the second account of a case to the first, and what rules call it."""
    old, new = weighted(case)
    one = ratio(new, old)
    unexplained = _departs(new, case) and _departs(old, case)
    return PairRead(one.log10, one.error, unexplained, tuple(rule.calls(case) for rule in by))


def _departs(one: Weighted, case: Case) -> bool:
    return max(departures(one, case.question.departure)) > rules().unexplained
