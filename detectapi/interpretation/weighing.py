"""Weighted draws of one account: plain importance sampling where that is enough, moved draws elsewhere."""

from __future__ import annotations

from functools import partial

import numpy as np

from detectapi.interpretation.accounts import Account, Expected, Simulated, expect
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.question import Interpretation
from detectapi.interpretation.tempering import Weighted, importance, in_cells, resampled, temper

ENOUGH = 200.0
"""Effective sample size from which on plain importance sampling answers: an interval's end then moves by 0.15 of the spread."""
TEMPERED = 1000
"""Draws that are moved otherwise, at most."""


def weigh(question: Interpretation, account: Account, simulated: Simulated) -> tuple[Weighted, Weighted]:
    """Draws of the prior, and draws given the results.

    Parameters
    ----------
    question : Interpretation
    account : Account
    simulated : Simulated
        Draws of the prior; accounts that extend each other share them.
    """
    plain = importance(
        simulated.particles, lambda _: expect(account, question.specimens, simulated), question.departure
    )
    if plain.effective_size >= ENOUGH:
        return plain, plain
    few = simulated.particles.taken(np.arange(min(TEMPERED, simulated.particles.count)))
    expecting = partial(_expect, account, question)
    start = importance(few, expecting, question.departure)
    return plain, temper(start, expecting, question.departure)


def _expect(account: Account, question: Interpretation, particles: Particles) -> Expected:
    return expect(account, question.specimens, Simulated(particles))


def departures(weighted: Weighted, departure: float) -> tuple[float, ...]:
    """For each specimen the probability that it departs from the model, given all results.

    Parameters
    ----------
    weighted : Weighted
    departure : float
        The same before the results.
    """
    some = resampled(weighted)
    expected = weighted.expected.taken(some)
    cells = in_cells(expected, weighted.log_likelihood[:, some])
    return tuple(float(np.sum(one * cells, axis=0).mean()) for one in expected.departures(departure))
