"""What a dilute negative weighs: how often an account gives a negative at this dilution, and at the usual one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.accounts import Expected, Simulated, analytes_of, concentrations
from detectapi.interpretation.likelihood import Findings, log_likelihood
from detectapi.interpretation.predictive import in_cells, one_cell_each
from detectapi.interpretation.question import Interpretation
from detectapi.interpretation.tempering import normalised
from detectapi.interpretation.validity import DILUTE
from detectapi.interpretation.voids import without_urine


class Negative(NamedTuple):
    """A dilute specimen in which nothing was found.

    Attributes
    ----------
    specimen : str
        Its id.
    here, usual : float
        Probability of nothing found if the account is true: in a specimen with this creatinine and gravity, and in one of the same
        people of which neither is known. [0 to 1]
    """

    specimen: str
    here: float
    usual: float


def dilute_negatives(question: Interpretation, expected: Expected, simulated: Simulated) -> tuple[Negative, ...]:
    """Each dilute specimen in which nothing was found, under one account.

    Parameters
    ----------
    question : Interpretation
    expected : Expected
        What the account expects of draws of the prior.
    simulated : Simulated
        The same draws.
    """
    interpreted = [asked for asked in question.asked if asked.is_interpreted]
    return tuple(
        Negative(asked.id, *_chances(expected, simulated, visit))
        for visit, asked in enumerate(interpreted)
        if asked.judged.word == DILUTE and is_negative(expected.findings(visit))
    )


def is_negative(findings: Findings) -> bool:
    """Whether something was looked for and all of it lies below a limit, and no screen was positive."""
    if findings.never_formed or not (findings.results or findings.screens):
        return False
    return all(math.isinf(result.low) for result in findings.results) and not any(
        screen.positive for screen in findings.screens
    )


def _chances(expected: Expected, simulated: Simulated, visit: int) -> Iterator[float]:
    """Probability of what was found in a specimen as dilute as it is, and in a usual one; as the place of each result is found."""
    account, specimen, findings = expected.account, expected.specimens[visit], expected.findings(visit)
    unmeasured = len(expected.specimens) + 1 + visit  # its void has random numbers of its own
    there, _ = simulated.void(account.question, without_urine(specimen.physiology), unmeasured)
    usual = concentrations(account, there, specimen.collected, analytes_of(findings))
    weights = normalised(expected.urine)
    cells = one_cell_each(account, len(weights))
    for levels in (expected.logs[visit], usual):
        yield float(np.exp(log_likelihood(in_cells(levels, cells), findings)[0]) @ weights)
