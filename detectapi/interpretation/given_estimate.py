"""An estimate given measured results: the window and the chances of its question, with the draws weighted by the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detectapi.interpretation.accounts import Simulated
from detectapi.interpretation.answer import specimen_entry
from detectapi.interpretation.asked_specimens import within
from detectapi.interpretation.given_results import crossings_given, weighted_quantiles
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.question import Interpretation, Planned, read
from detectapi.interpretation.tempering import ISLANDS
from detectapi.interpretation.weighing import departures, weigh
from detectapi.knowledge.interpretation import rules
from detectapi.model.answer import hours, probabilities
from detectapi.model.asked_assay import read_assay
from detectapi.model.read_physiology import read_physiology

ACCOUNT = "estimate"
MOST_DRAWS = 4000
OF_SPECIMEN = ("person", "renal", "hydration", "urine_ph", "specimen")


def given_results(request: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """What measured results make of an estimate.

    Parameters
    ----------
    request : dict
        As `schemas.EstimateRequestSchema` loads it, with ``results``.
    answer : dict
        The estimate without them.

    Returns
    -------
    dict
        ``given_results`` of the answer.

    Raises
    ------
    InputError
        The results have no meaning for the use; with a pointer.
    """
    with within(("/specimens", "/results"), ("/accounts/0/last_use", "/results"), ("/accounts/0", "")):
        question = _question(request)
    (account,) = question.accounts
    count = ISLANDS * -(-question.draws // ISLANDS)
    prior = Simulated(Particles(question.seed, count, account.question.posterior))
    plain, weighted = weigh(question, account, prior)
    written: dict[str, Any] = {
        "specimens": [specimen_entry(one, question.clock) for one in question.asked],
        "explained": max(departures(weighted, question.departure), default=0.0) <= rules().unexplained,
    }
    if not written["explained"] or question.planned is None:
        return written
    simulated = prior if weighted is plain else Simulated(weighted.particles)
    first, last = crossings_given(weighted, question.planned, simulated)
    tail = 0.5 * (1.0 - question.level)
    low, median, high = weighted_quantiles(last, weighted.weights, [tail, 0.5, 1.0 - tail])
    times = np.array(answer["curve"]["time_h"])[:, np.newaxis]
    chances = ((first <= times) & (times < last)) @ weighted.weights
    return written | {
        "window": {"low_h": hours(low), "median_h": hours(median), "high_h": hours(high), "level": question.level},
        "curve": {"time_h": answer["curve"]["time_h"], "probability_positive": probabilities(chances)},
        "effective_size": round(weighted.effective_size),
        "method": "tempered" if weighted.steps else "importance",
    }


def _question(request: Mapping[str, Any]) -> Interpretation:
    """The question of an estimate with its results as one of an interpretation with one account."""
    account: dict[str, Any] = {"id": ACCOUNT, "timed": True}
    if request.get("pattern"):
        account |= {"pattern": request["pattern"], "last_use": {"at_h": 0.0, "prior": "uniform"}}
    else:
        account["doses"] = request["doses"]
    options = request["options"]
    question = read({
        **request,
        "specimens": request["results"],
        "accounts": [account],
        "compare": [],
        "planned": None,
        "options": {**options, "draws": min(options["draws"], MOST_DRAWS)},
    })  # fmt: skip
    substance = question.accounts[0].question.substance
    there = read_physiology({name: request[name] for name in OF_SPECIMEN if request.get(name) is not None})
    after = max(one.collected for one in question.asked) + 1.0
    test = read_assay(request.get("assay"), substance)
    return question._replace(planned=Planned(after, there, {ACCOUNT: test}))
