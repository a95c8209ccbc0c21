"""From a loaded request to an answer, top to bottom.

question -> draws of the prior -> what each account expects -> weights, tempered where few draws are left -> places of the
results -> ratios, times of use, planned test -> other assumptions -> evidence and notes -> answer
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from detectapi.interpretation import answer
from detectapi.interpretation.accounts import Account, Simulated
from detectapi.interpretation.comparisons import ratio
from detectapi.interpretation.dilution import dilute_negatives
from detectapi.interpretation.given_results import planned_probability, time_of_use, windows
from detectapi.interpretation.in_turn import in_turn
from detectapi.interpretation.outcome import Outcome
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.predictive import predictive
from detectapi.interpretation.question import Interpretation, read
from detectapi.interpretation.sensitivity import changed
from detectapi.interpretation.tempering import ISLANDS
from detectapi.interpretation.weighing import Weighed, departures, weigh
from detectapi.knowledge import evidence
from detectapi.knowledge.evidence import GRADES, Evidence


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
    particles = ISLANDS * max(1, -(-question.draws // ISLANDS))
    outcomes: dict[str, Outcome] = {}
    for accounts in _alike(question.accounts):
        simulated = Simulated(Particles(question.seed, particles, accounts[0].question.posterior))
        for account, weighed in zip(accounts, weigh(question, accounts, simulated), strict=True):
            outcomes[account.id] = _read(question, account, simulated, weighed)
    return [outcomes[account.id] for account in question.accounts]


def _alike(accounts: Sequence[Account]) -> list[list[Account]]:
    """Accounts whose draws have the same typical values, together."""
    together: dict[int, list[Account]] = {}
    for account in accounts:
        together.setdefault(id(account.question.posterior), []).append(account)
    return list(together.values())


def _read(question: Interpretation, account: Account, simulated: Simulated, weighed: Weighed) -> Outcome:
    plain, weighted = weighed
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
        in_turn(question, account) if _asks_in_turn(question, account) else None,
        dilute_negatives(question, plain.expected, simulated),
        departures(weighted, question.departure),
        None if account.time_is_known else time_of_use(weighted, question.level),
        planned,
        window,
        changed(weighted, plain, question.departure, question.level) if question.specimens else {},
        _evidence(account, simulated),
    )


def _evidence(account: Account, simulated: Simulated) -> Evidence:
    """The evidence of an account: the weaker of that of its doses and that of its further use."""
    question, covariates = account.question, simulated.people(account.question).person.covariates
    own = evidence.of(question, covariates)
    if account.further is None:
        return own
    used = next(one for one in question.each if one.substance.id == account.further.substance)
    if not used.analytes:  # no result is of it
        return own
    further = evidence.of(replace(used, regimen=account.further.regimen), covariates)
    return max(own, further, key=lambda one: GRADES.index(one.grade))


def _asks_in_turn(question: Interpretation, account: Account) -> bool:
    """Whether each specimen is held against the earlier ones: not of a further use, which is to be explained by them."""
    return question.in_turn and len(question.specimens) > 1 and account.further is None
