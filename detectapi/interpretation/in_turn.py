"""Each specimen given the earlier ones: what an account expects in it, once what was found before is known of the person."""

from __future__ import annotations

import numpy as np

from detectapi.interpretation.accounts import Account, Simulated, analytes_of, concentrations
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.predictive import Place, in_cells, place_in
from detectapi.interpretation.question import Interpretation
from detectapi.interpretation.tempering import Weighted
from detectapi.interpretation.weighing import weigh
from detectapi.interpretation.work import IN_TURN
from detectapi.model.arrays import Ints


def in_turn(question: Interpretation, account: Account) -> tuple[tuple[Place, ...], ...]:
    """Where the results of each specimen but the first lie among those that the account gives after the earlier ones.

    Parameters
    ----------
    question : Interpretation
        With two specimens or more.
    account : Account

    Returns
    -------
    tuple of tuple of Place
        For each specimen from the second on, one for each result in the order of its findings. None where something was
        measured that nothing under the account becomes: whatever the earlier ones tell, it has another source.
    """
    simulated = Simulated(Particles(question.seed, IN_TURN, account.question.posterior))
    places: list[tuple[Place, ...]] = []
    for visit in range(1, len(question.specimens)):
        if question.specimens[visit].findings[account.id].never_formed:
            places.append(())
            continue
        earlier = question._replace(specimens=question.specimens[:visit])
        places.append(_next(question, weigh(earlier, [account], simulated)[0].weighted))
    return tuple(places)


def _next(question: Interpretation, weighted: Weighted) -> tuple[Place, ...]:
    """The places of the results of the specimen that follows those which some draws are given."""
    account, visit = weighted.expected.account, len(weighted.expected.specimens)
    specimen = question.specimens[visit]
    findings = specimen.findings[account.id]
    there, evidence = Simulated(weighted.particles).void(account.question, specimen.physiology, visit)
    logs = concentrations(account, there, specimen.collected, analytes_of(findings))
    weights = weighted.weights * np.exp(evidence - evidence.max())
    cells = _one_cell_each(weighted)
    each = in_cells(logs, cells)
    return tuple(
        place_in(each, result, findings, weights / weights.sum(), question.level) for result in findings.results
    )


def _one_cell_each(weighted: Weighted) -> Ints:
    """One cell of the time of use for each draw, by its probability given the results so far; evenly spread."""
    ends = np.cumsum(weighted.in_cells, axis=0)
    places = np.modf((np.arange(ends.shape[1]) + 0.5) * 0.6180339887498949)[0]
    return np.asarray(np.minimum((ends < places).sum(axis=0), len(ends) - 1))
