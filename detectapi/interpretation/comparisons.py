"""How much more probable the results are under one account than under another, with its Monte-Carlo error and its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.tempering import Weighted
from detectapi.knowledge.interpretation import rules
from detectapi.model.arrays import Floats

LOG_10 = math.log(10.0)


class Ratio(NamedTuple):
    """A likelihood ratio.

    Attributes
    ----------
    log10 : float
        Its decimal logarithm.
    error : float
        Monte-Carlo standard error of that.
    """

    log10: float
    error: float


def ratio(one: Weighted, other: Weighted) -> Ratio:
    """The probability of the results under one account over that under another.

    Parameters
    ----------
    one, other : Weighted
        Of the same specimens, from the same random numbers.

    Notes
    -----
    The error is the jackknife over the islands of draws, or over the batches of plain importance sampling.
    """
    whole = _log_mean(one.log_evidence) - _log_mean(other.log_evidence)
    count = len(one.log_evidence)
    without = np.array([
        _log_mean(np.delete(one.log_evidence, i)) - _log_mean(np.delete(other.log_evidence, i)) for i in range(count)
    ])  # fmt: skip
    error = math.sqrt((count - 1) / count * float(np.sum(np.square(without - without.mean()))))
    return Ratio(whole / LOG_10, error / LOG_10)


def _log_mean(logs: Floats) -> float:
    top = float(logs.max())
    return top + math.log(float(np.mean(np.exp(logs - top))))


class Shown(NamedTuple):
    """What is shown of a ratio.

    Attributes
    ----------
    ratio : float
        At least 1: of the account that the results favour over the other.
    favours_first : bool
    at_least : bool
        Whether the ratio is larger than the largest that is shown.
    support : str
        Word of the table.
    """

    ratio: float
    favours_first: bool
    at_least: bool
    support: str


def show(log10: float, grades: Sequence[str]) -> Shown:
    """What is shown of a ratio, where the evidence of both accounts has these grades.

    Parameters
    ----------
    log10 : float
        Decimal logarithm of the ratio.
    grades : sequence of str
        The weakest decides the largest ratio that is shown.
    """
    largest = min(rules().largest_ratio[grade] for grade in grades)
    size = 10.0 ** min(abs(log10), 300.0)
    shown = min(size, largest)
    return Shown(shown, log10 >= 0.0, size > largest, support(shown))


def support(size: float) -> str:
    """The word of the table for a ratio of at least 1."""
    scale = rules().scale
    return next((row.word for row in scale if size < row.below), scale[-1].word)
