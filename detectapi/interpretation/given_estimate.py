"""An estimate given measured results: the window and the chances of its question, with the draws weighted by the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detectapi.exponentials import Crossings
from detectapi.interpretation.accounts import Simulated
from detectapi.interpretation.asked_specimens import within
from detectapi.interpretation.given_results import crossings_given, weighted_quantiles
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.question import Interpretation, Planned, end_of_doses, read
from detectapi.interpretation.specimen_entry import specimen_entry
from detectapi.interpretation.tempering import ISLANDS, Weighted
from detectapi.interpretation.weighing import departures, weigh
from detectapi.knowledge.interpretation import rules
from detectapi.model.answer import hours, probabilities
from detectapi.model.arrays import Floats
from detectapi.model.asked_assay import read_assay
from detectapi.model.panel import asked_panel, classes_of
from detectapi.model.question import Question
from detectapi.model.read_physiology import read_physiology
from detectapi.model.window import combine
from detectapi.values.assay import Assay

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
    ((plain, weighted),) = weigh(question, question.accounts, prior)
    written: dict[str, Any] = {
        "specimens": [specimen_entry(one, question.clock) for one in question.asked],
        "explained": max(departures(weighted, question.departure), default=0.0) <= rules().unexplained,
    }
    if not (written["explained"] and question.specimens):
        return written
    simulated = prior if weighted is plain else Simulated(weighted.particles)
    tests = _tests(request, account.question)
    if not tests:  # a panel that looks for nothing that was used
        return written
    crossings = [_crossings(request, question, weighted, simulated, test) for _, test in tests]
    if asked_panel(request) is not None:
        written["classes"] = [
            {"id": name, "window": _window(own.last, weighted, question.level)}
            for (name, _), own in zip(tests, crossings, strict=True)
        ]
    first, last = combine(crossings, "any")
    times = np.array(answer["curve"]["time_h"])[:, np.newaxis]
    chances = ((first <= times) & (times < last)) @ weighted.weights
    return written | {
        "window": _window(last, weighted, question.level),
        "curve": {"time_h": answer["curve"]["time_h"], "probability_positive": probabilities(chances)},
        "effective_size": round(weighted.effective_size),
        "method": "tempered" if weighted.steps else "importance",
    }


def _tests(request: Mapping[str, Any], question: Question) -> list[tuple[str, Assay]]:
    """The test of the request; of a panel, those that look for something that was used, each with the id of its class."""
    panel = asked_panel(request)
    if panel is None:
        return [("", read_assay(request.get("assay"), *(use.substance for use in question.each)))]
    return [(one.panel_class.id, one.question.assay) for one in classes_of(request, panel)[0]]


def _crossings(
    request: Mapping[str, Any], question: Interpretation, weighted: Weighted, simulated: Simulated, test: Assay
) -> Crossings:
    """First and last positive time of each draw in a test after the results. [h after the last use]"""
    there = read_physiology({name: request[name] for name in OF_SPECIMEN if request.get(name) is not None})
    after = max(one.collected for one in question.asked) + 1.0
    first, last = crossings_given(weighted, Planned(after, there, {ACCOUNT: test}), simulated)
    return Crossings(first, last, np.zeros(len(last), dtype=bool))


def _window(last: Floats, weighted: Weighted, level: float) -> dict[str, float]:
    tail = 0.5 * (1.0 - level)
    low, median, high = weighted_quantiles(last, weighted.weights, [tail, 0.5, 1.0 - tail])
    return {"low_h": hours(low), "median_h": hours(median), "high_h": hours(high), "level": level}


def _question(request: Mapping[str, Any]) -> Interpretation:
    """The question of an estimate with its results as one of an interpretation with one account."""
    account = {"id": ACCOUNT, "timed": True, **_used(request)}
    options = request["options"]
    return read({
        **request,
        "specimens": request["results"],
        "accounts": [account],
        "compare": [],
        "planned": None,
        "options": {**options, "draws": min(options["draws"], MOST_DRAWS)},
    })  # fmt: skip


def _used(request: Mapping[str, Any]) -> dict[str, Any]:
    """What was used, and where no date tells it, when the last of it ended on the clock of the results."""
    if "uses" not in request:
        if request.get("pattern"):
            return {"pattern": request["pattern"], "last_use": _at(0.0)}
        return {"doses": request["doses"]}
    doses = [dose for use in request["uses"] for dose in use.get("doses") or ()]
    if any("start" in dose for dose in doses):
        return {"uses": request["uses"]}
    return {"uses": request["uses"], "last_use": _at(end_of_doses(doses) if doses else 0.0)}


def _at(time: float) -> dict[str, Any]:
    return {"at_h": time, "prior": "uniform"}
