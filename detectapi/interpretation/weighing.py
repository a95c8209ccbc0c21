"""Weighted draws of one account: plain importance sampling where that is enough, moved draws elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.accounts import Account, Expected, Simulated, expect
from detectapi.interpretation.question import Interpretation
from detectapi.interpretation.tempering import Weighted, importance, in_cells, resampled, temper
from detectapi.interpretation.work import moved_draws

ENOUGH = 200.0
"""Effective sample size from which on plain importance sampling answers: an interval's end then moves by 0.15 of the spread."""


class Weighed(NamedTuple):
    """Draws of one account.

    Attributes
    ----------
    plain : Weighted
        Draws of the prior.
    weighted : Weighted
        Draws given the results; the same where plain importance sampling is enough.
    """

    plain: Weighted
    weighted: Weighted


def weigh(question: Interpretation, accounts: Sequence[Account], simulated: Simulated) -> list[Weighed]:
    """Draws of the prior and draws given the results, for each of some accounts.

    Where draws are moved, the same draws serve all accounts, so that what is random in them cancels in a ratio.

    Parameters
    ----------
    question : Interpretation
    accounts : sequence of Account
        With one posterior of their typical values.
    simulated : Simulated
        Draws of the prior.
    """
    particles, departure = simulated.particles, question.departure
    plain = [importance(particles, one, departure) for one in _expect(question, accounts, simulated)]
    if not question.specimens or min(one.effective_size for one in plain) >= ENOUGH:
        return [Weighed(one, one) for one in plain]
    few = np.arange(min(moved_draws(len(question.specimens)), particles.count))
    start = particles.taken(few)
    starts = [importance(start, one.expected.taken(few), departure) for one in plain]
    moved = temper(starts, lambda tried: _expect(question, accounts, Simulated(tried)), departure)
    return [Weighed(*pair) for pair in zip(plain, moved, strict=True)]


def _expect(question: Interpretation, accounts: Sequence[Account], simulated: Simulated) -> tuple[Expected, ...]:
    return tuple(expect(account, question.specimens, simulated) for account in accounts)


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
