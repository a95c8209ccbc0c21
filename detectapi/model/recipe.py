"""THE RECIPE: from a question to an answer, top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectapi.exponentials import Crossings
from detectapi.knowledge import evidence
from detectapi.model import answer, notes
from detectapi.model.draws import Draws, Layout, Selection, layout
from detectapi.model.question import read_question
from detectapi.model.shares import plan_chains, variance_shares
from detectapi.model.simulation import Question, Simulation
from detectapi.model.window import Curve, Window, combine, curve_times, probability_curve, summarise
from detectapi.values.errors import NumericalError


@dataclass(frozen=True, slots=True)
class Part:
    """Outcome for one part of the test: its crossings and window."""

    crossings: Crossings
    window: Window


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything the answer is written from."""

    question: Question
    plan: Layout
    seed: int
    simulation: Simulation
    parts: tuple[Part, ...]
    window: Window
    curve: Curve
    shares: Mapping[str, float]
    safe_route_draws: int


def estimate_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a loaded request.

    Parameters
    ----------
    request : dict
        As `schemas.EstimateRequestSchema` loads it, with defaults filled in.

    Returns
    -------
    dict
        The answer of the contract, rounded, ready for JSON.

    Raises
    ------
    InputError
        When the request is of good form but has no meaning (see `detectapi.model.question`).
    """
    options = request["options"]
    estimate = run(read_question(request), options["draws"], options["seed"], options["level"])
    graded = evidence.of(estimate.question, estimate.simulation.state.covariates)
    remarks = notes.collect(request, estimate)
    return answer.write(request, estimate, graded, remarks)


def run(question: Question, draws: int, seed: int, level: float) -> Estimate:
    """The estimate itself: draw, simulate, find the crossings, summarise.

    Parameters
    ----------
    question : Question
    draws : int
        At least so many (see `detectapi.model.draws.layout`).
    seed : int
    level : float
        Probability that the interval and the knowledge band hold.
    """
    plan = layout(draws)
    numbers = Draws(seed, plan, question.posterior)

    simulation = Simulation(question, numbers, plan.all())
    crossings = [simulation.crossings(component) for component in question.assay.components]
    first, last = combine(crossings, question.assay.rule)
    if not (np.isfinite(first).all() and np.isfinite(last).all()):
        raise NumericalError("A crossing time is not a finite number.")

    window = summarise(first, last, plan, level)
    curve = probability_curve(first, last, plan, level, curve_times(last))
    parts = tuple(Part(c, summarise(c.first, c.last, plan, level)) for c in crossings)

    start, end, order, between = plan_chains(plan, seed)
    shares = variance_shares(last, _last_positive(question, numbers, between), start, end, order)

    safe = int(sum(c.safe_route.sum() for c in crossings))
    return Estimate(question, plan, seed, simulation, parts, window, curve, shares, safe)


def _last_positive(question: Question, numbers: Draws, selection: Selection):
    simulation, components, rule = (
        Simulation(question, numbers, selection),
        question.assay.components,
        question.assay.rule,
    )
    # With several parts that must all be positive, a first crossing after a last one makes a specimen never positive.
    last_only = rule == "any" or len(components) == 1
    return combine([simulation.crossings(component, last_only) for component in components], rule)[1]
