"""THE RECIPE: from a question to an answer, top to bottom.

question -> draws -> simulation -> crossings -> window -> every void -> shares of variance -> evidence and notes -> answer
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detectapi.knowledge import evidence
from detectapi.model import answer, notes
from detectapi.model.arrays import Floats
from detectapi.model.asked_times import AskedTime, read_asked_times
from detectapi.model.draws import Draws, Layout, layout
from detectapi.model.estimate import Asked, Estimate, Part, Readings
from detectapi.model.question import Question, read_question
from detectapi.model.serial import serial
from detectapi.model.shares import Share, plan_chains, variance_shares
from detectapi.model.simulation import Simulation, simulate_typical
from detectapi.model.window import (
    Bands,
    bands,
    chances_at,
    combine,
    curve_times,
    probability_curve,
    reaching,
    reading,
    summarise,
)
from detectapi.values.errors import NumericalError


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
    question, options = read_question(request), request["options"]
    with_concentration = "concentration" in (options.get("include") or ())
    asked = read_asked_times(options, question.regimen)
    simulated = run(question, options["draws"], options["seed"], options["level"], with_concentration, asked)
    graded = evidence.of(question, simulated.person.covariates)
    remarks = notes.collect(question, simulated.person, simulated.composition, simulated.window.ever_positive)
    return answer.write(request, simulated, graded, remarks)


def run(
    question: Question,
    draws: int,
    seed: int,
    level: float,
    with_concentration: bool = False,
    asked: Sequence[AskedTime] = (),
    with_serial: bool = True,
) -> Estimate:
    """The estimate itself: draw, simulate, find the crossings, summarise.

    Parameters
    ----------
    question : Question
    draws : int
        At least so many (see `detectapi.model.draws.layout`).
    seed : int
    level : float
        Probability that the interval and the band of model uncertainty hold.
    with_concentration : bool
        Whether bands of the concentration in the specimen are wanted.
    asked : sequence of AskedTime
        When the chance of a positive specimen is wanted.
    with_serial : bool
        Whether the readings of every void are wanted.

    Raises
    ------
    NumericalError
        When a crossing time is not a finite number.
    """
    plan = layout(draws)
    deviates = Draws(seed, plan, question.posterior)
    simulation = Simulation(question, deviates)
    crossings = [simulation.crossings(component) for component in question.assay.components]
    first, last = combine(crossings, question.assay.rule)
    if not (np.isfinite(first).all() and np.isfinite(last).all()):
        raise NumericalError("A crossing time is not a finite number.")
    window = summarise(first, last, plan, level)
    times = np.array([one.hours for one in asked], dtype=float)
    curve = probability_curve(first, last, plan, level, curve_times(last))
    at_times = chances_at(first, last, plan, level, curve, times)
    chances, curve = zip(*at_times, strict=True), reaching(curve, times, *at_times)
    concentrations, at_asked = (
        _concentrations(simulation, time) if with_concentration and len(time) else [None] * len(crossings)
        for time in (curve.time, times)
    )
    readings, of_parts = _readings(simulation, plan, level) if with_serial else (None, [None] * len(crossings))
    parts = [
        Part(own, summarise(own.first, own.last, plan, level), *one)
        for own, one in zip(crossings, zip(of_parts, concentrations, at_asked, strict=True), strict=True)
    ]
    shares = _shares_of_variance(question, deviates, plan, last)
    safe_route_draws = sum(int(own.safe_route.sum()) for own in crossings)
    return Estimate(
        question,
        plan,
        seed,
        simulation.person,
        simulation.specimen,
        simulation.composition(),
        tuple(parts),
        window,
        readings,
        curve,
        tuple(Asked(time, *map(float, chance)) for time, chance in zip(asked, chances, strict=True)),
        shares,
        safe_route_draws,
    )


def _readings(simulation: Simulation, plan: Layout, level: float) -> tuple[Readings, list[Readings]]:
    """What is said of a series in which every void is tested: of the whole test, and of each of its parts."""
    parts, whole = serial(simulation)
    written = [
        Readings(
            reading(one.last_positive, plan, level),
            reading(one.first_negative, plan, level),
            float(np.mean(one.last_positive > 0.0)),
        )
        for one in (whole, *parts)
    ]
    return written[0], written[1:]


def _concentrations(simulation: Simulation, time: Floats) -> list[Bands]:
    """Concentration in the specimen for each part of the test: of the typical person, and of all draws."""
    typical = simulate_typical(simulation.question)
    return [
        bands(time, typical.concentration(component, time)[:, 0], simulation.concentration(component, time))
        for component in simulation.question.assay.components
    ]


def _shares_of_variance(question: Question, deviates: Draws, plan: Layout, last: Floats) -> dict[str, Share]:
    """Share of each stream in the variance of the window: draws between the draws are simulated for it."""
    chains = plan_chains(plan, deviates.seed)
    return variance_shares(last, _last_positive(Simulation(question, deviates, chains.between)), chains)


def _last_positive(simulation: Simulation) -> Floats:
    """Last positive time of the whole test in each draw. [h]"""
    components, rule = simulation.question.assay.components, simulation.question.assay.rule
    # With several parts that must all be positive, a first crossing after a last one makes a specimen never positive.
    first_from = np.inf if rule == "any" or len(components) == 1 else 0.0
    return combine([simulation.crossings(component, first_from) for component in components], rule)[1]
