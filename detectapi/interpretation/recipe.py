"""From a loaded request to an answer, top to bottom.

question -> draws of the prior -> what each account expects -> weights, tempered where few draws are left -> places of the
results -> ratios, times of use, planned test -> other assumptions -> evidence and notes -> answer
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from detectapi.interpretation import answer
from detectapi.interpretation.accounts import Account, Expected, Simulated, expect
from detectapi.interpretation.comparisons import ratio
from detectapi.interpretation.given_results import planned_probability, time_of_use, windows
from detectapi.interpretation.outcome import Outcome
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.predictive import predictive
from detectapi.interpretation.question import Interpretation, read
from detectapi.interpretation.sensitivity import changed
from detectapi.interpretation.tempering import ISLANDS, Weighted, importance, in_cells, resampled, temper
from detectapi.knowledge import evidence
from detectapi.knowledge.evidence import GRADES, Evidence

ENOUGH = 200.0
"""Effective sample size from which on plain importance sampling answers: an interval's end then moves by 0.15 of the spread."""
TEMPERED = 1000
"""Draws that are moved otherwise, at most."""


def interpret_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a loaded request.

    Parameters
    ----------
    request : dict
        As `schemas.interpretation.InterpretationRequestSchema` loads it.

    Returns
    -------
    dict
        The answer of the contract, rounded, ready for JSON.

    Raises
    ------
    InputError
        When the request is of good form but has no meaning.
    """
    question = read(request)
    accounts = run(question)
    ratios = [ratio(accounts[one].weighted, accounts[other].weighted) for one, other in question.compare]
    return answer.write(request, question, accounts, ratios)


def run(question: Interpretation) -> list[Outcome]:
    """Everything that is found for each account.

    Parameters
    ----------
    question : Interpretation
    """
    count = ISLANDS * max(1, -(-question.draws // ISLANDS))
    prior: dict[int, Simulated] = {}
    return [_read(question, account, count, prior) for account in question.accounts]


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


def _read(question: Interpretation, account: Account, count: int, shared: dict[int, Simulated]) -> Outcome:
    learnt = account.question.posterior
    simulated = shared.setdefault(id(learnt), Simulated(Particles(question.seed, count, learnt)))
    plain, weighted = weigh(question, account, simulated)
    planned, window = None, None
    if question.planned is not None:
        after = simulated if weighted is plain else Simulated(weighted.particles)
        before = planned_probability(plain, question.planned, simulated, with_results=False)
        planned = before, planned_probability(weighted, question.planned, after)
        if account.further is None:
            window = windows(weighted, question.planned, after, question.level)
            if weighted is not plain:
                window = windows(plain, question.planned, simulated, question.level)[0], window[1]
    return Outcome(
        account,
        weighted,
        predictive(plain.expected, question.level, question.seed),
        departures(weighted, question.departure),
        None if account.time_is_known else time_of_use(weighted, question.level),
        planned,
        window,
        changed(weighted, question.departure, question.level) if question.specimens else {},
        _evidence(account, simulated),
    )


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


def _evidence(account: Account, simulated: Simulated) -> Evidence:
    """The evidence of an account: the weaker of that of its doses and that of its further use."""
    question, covariates = account.question, simulated.people(account.question).person.covariates
    own = evidence.of(question, covariates)
    if account.further is None:
        return own
    further = evidence.of(replace(question, regimen=account.further.regimen), covariates)
    return max(own, further, key=lambda one: GRADES.index(one.grade))
