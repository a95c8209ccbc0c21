"""What many cases say together: coverage and ranks of times of use; costs and errors of ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.evaluation.validation.backwards import PairRead, TimeRead
from detectapi.interpretation.comparisons import LOG_10
from detectapi.model.arrays import Bools, Floats

FEWEST = 0.005
"""A share of calls of a rule is taken to lie at least so far from none and from all."""


class Coverage(NamedTuple):
    """How the times of use of known cases lie in their posteriors.

    Attributes
    ----------
    inside, before, after : int
        Cases within the interval, and beyond its ends.
    ranks : array, shape (cases,)
        [0 to 1]
    width : float
        Median width of the interval. [h]
    tempered : float
        Share of cases whose draws were moved.
    unexplained : int
        Cases in which some specimen probably departs from the model; they count as the others do.
    """

    inside: int
    before: int
    after: int
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


def coverage(reads: Sequence[TimeRead]) -> Coverage:
    """Many cases together."""
    sides = np.array([one.side for one in reads])
    return Coverage(
        int(np.sum(sides == 0)), int(np.sum(sides < 0)), int(np.sum(sides > 0)), np.array([one.rank for one in reads]),
        float(np.median([one.width for one in reads])), float(np.mean([one.tempered for one in reads])),
        sum(one.unexplained for one in reads),
    )  # fmt: skip


def chi_square_tail(value: float, freedom: int) -> float:
    """Probability of a larger chi-square; by the cube-root approximation of Wilson and Hilferty."""
    part = 2.0 / (9.0 * freedom)
    z = ((value / freedom) ** (1.0 / 3.0) - (1.0 - part)) / math.sqrt(part)
    return 0.5 * math.erfc(z / math.sqrt(2.0))


class Apart(NamedTuple):
    """Cases of two accounts, each with its ratio.

    Attributes
    ----------
    log10, error : array, shape (cases,)
    is_new : array of bool, shape (cases,)
        Whether the second account is true.
    unexplained : int
        Cases without a ratio; they count as the others do.
    calls : array of bool, shape (rules, cases)
    """

    log10: Floats
    error: Floats
    is_new: Bools
    unexplained: int
    calls: Bools


def apart(old: Sequence[PairRead], new: Sequence[PairRead]) -> Apart:
    """Cases in which the first account is true, and cases in which the second is."""
    reads = [*old, *new]
    return Apart(
        np.array([one.log10 for one in reads]), np.array([one.error for one in reads]),
        np.arange(len(reads)) >= len(old), sum(one.unexplained for one in reads),
        np.array([one.calls for one in reads], dtype=bool).T,
    )  # fmt: skip


def capped(log10: Floats, largest: float) -> Floats:
    """Ratios as they are shown."""
    return np.asarray(np.clip(log10, -math.log10(largest), math.log10(largest)))


def cost(log10: Floats, is_new: Bools, prior_log10: float = 0.0) -> float:
    """Empirical cross-entropy of ratios at prior odds of new use. At even odds it is Cllr. [bits]

    0 is perfect; at even odds 1 is what a ratio of 1 in every case costs.

    References
    ----------
    brummer2006
    """
    odds = prior_log10 * LOG_10
    of_new = 1.0 / (1.0 + math.exp(-odds))
    ratios = log10 * LOG_10 + odds
    new, old = np.logaddexp(0.0, -ratios[is_new]).mean(), np.logaddexp(0.0, ratios[~is_new]).mean()
    return float((of_new * new + (1.0 - of_new) * old) / math.log(2.0))


def rule_as_ratios(calls_new: Bools, is_new: Bools) -> Floats:
    """The best two ratios that these very cases allow a rule that calls yes or no. Decimal logarithms. Shape (cases,)."""
    hit, alarm = (float(np.clip(calls_new[mask].mean(), FEWEST, 1.0 - FEWEST)) for mask in (is_new, ~is_new))
    return np.where(calls_new, math.log10(hit / alarm), math.log10((1.0 - hit) / (1.0 - alarm)))


def accuracy(calls_new: Bools, is_new: Bools) -> float:
    """Share of cases that a rule calls rightly."""
    return float(np.mean(calls_new == is_new))


def mean_posterior(log10: Floats, is_new: Bools) -> float:
    """Mean of LR / (1 + LR) over even cases, less the share of new ones. [-]"""
    return float(np.mean(1.0 / (1.0 + 10.0 ** -np.clip(log10, -300, 300))) - np.mean(is_new))


class Misled(NamedTuple):
    """Cases in which a ratio of at least some size misleads.

    Attributes
    ----------
    to_new, to_old : int
        Towards new use, and away from it.
    most : float
        So many of either, by Turing's bound.
    holds : bool
        Whether neither count is larger than the bound by chance alone allows (5 in 100).
    """

    to_new: int
    to_old: int
    most: float
    holds: bool


def misled(log10: Floats, is_new: Bools, size: float) -> Misled:
    """How often ratios of at least a size mislead. By Turing's bound in at most 1 of so many cases."""
    far = math.log10(size)
    counts = int(np.sum(log10[~is_new] >= far)), int(np.sum(log10[is_new] <= -far))
    people = int(np.sum(~is_new)), int(np.sum(is_new))
    holds = all(_at_least(count, n, 1.0 / size) > 0.05 for count, n in zip(counts, people, strict=True))
    return Misled(*counts, min(people) / size, holds)


def _at_least(count: int, people: int, chance: float) -> float:
    """Binomial probability of at least a count."""
    below = sum(math.comb(people, k) * chance**k * (1.0 - chance) ** (people - k) for k in range(count))
    return 1.0 - below
