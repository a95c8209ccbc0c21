"""THE RECIPE: from a question to an answer, top to bottom.

question -> draws -> simulation -> crossings -> window -> every void -> shares of variance -> evidence and notes -> answer
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detectapi.exponentials import Crossings
from detectapi.knowledge import evidence
from detectapi.model import answer, answer_panel, notes
from detectapi.model.arrays import Floats
from detectapi.model.asked_times import AskedTime, read_asked_times
from detectapi.model.draws import Draws, Layout, layout
from detectapi.model.estimate import Asked, Estimate, Part, Readings, Stage
from detectapi.model.memory import keep_memory
from detectapi.model.panel import as_a_whole, asked_panel, classes_of
from detectapi.model.question import Question, read_question
from detectapi.model.serial import serial
from detectapi.model.several_uses import AnySimulation, simulate, simulate_typical_person
from detectapi.model.shares import plan_chains, variance_shares
from detectapi.model.walk_of_voids import Series
from detectapi.model.window import (
    Bands,
    bands,
    chances_at,
    combine_stages,
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
    panel = asked_panel(request)
    if panel is None:
        return _answered(request, read_question(request))[1]
    classes, untested = classes_of(request, panel)
    answered = [_answered(request, one.question) for one in classes]
    whole = as_a_whole([estimate for estimate, _ in answered], request["options"]["level"]) if answered else None
    written = list(zip(classes, [part for _, part in answered], strict=True))
    return answer_panel.write(request, panel, written, untested, whole)


def _answered(request: Mapping[str, Any], question: Question) -> tuple[Estimate, dict[str, Any]]:
    """The estimate of a question, and the answer that is written from it."""
    options = request["options"]
    with_concentration = "concentration" in (options.get("include") or ())
    asked = read_asked_times(options, question.regimen)
    simulated = run(question, options["draws"], options["seed"], options["level"], with_concentration, asked)
    graded = evidence.of(question, simulated.person.covariates)
    remarks = notes.collect(question, simulated.person, simulated.composition, simulated.window.ever_positive)
    return simulated, answer.write(request, simulated, graded, remarks)


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
    keep_memory()
    plan = layout(draws)
    deviates = [Draws(seed, plan, use.posterior) for use in question.each]
    simulation = simulate(question, deviates)
    stages: Sequence[AnySimulation] = simulation.stages()
    crossings = [[stage.crossings(component) for component in stage.assay.components] for stage in stages]
    *each, whole = combine_stages(crossings, question.assay)
    first, last = whole.first, whole.last
    if not (np.isfinite(first).all() and np.isfinite(last).all()):
        raise NumericalError("A crossing time is not a finite number.")
    window = summarise(first, last, plan, level)
    windows = [summarise(own.first, own.last, plan, level) for own in each] if len(each) > 1 else [window]
    times = np.array([one.hours for one in asked], dtype=float)
    curve = probability_curve(first, last, plan, level, curve_times(last))
    at_times = chances_at(first, last, plan, level, curve, times)
    chances, curve = zip(*at_times, strict=True), reaching(curve, times, *at_times)
    shown = (curve.time, times) if with_concentration else ()
    parts = [_parts(stage, own, plan, level, shown) for stage, own in zip(stages, crossings, strict=True)]
    of_stages = [Stage(stage.assay, *own) for stage, own in zip(stages, zip(parts, windows, strict=True), strict=True)]
    readings = None
    if with_serial:
        readings, of_stages = _readings(simulation, of_stages, plan, level)
    # Draws between the draws tell the share of each stream in the variance of the window.
    chains = plan_chains(plan, seed)
    between = _last_positive(simulate(question, deviates, chains.between))
    return Estimate(
        question,
        plan,
        seed,
        simulation.person,
        simulation.specimen,
        simulation.composition(),
        tuple(of_stages),
        window,
        readings,
        curve,
        tuple(Asked(time, *map(float, chance)) for time, chance in zip(asked, chances, strict=True)),
        variance_shares(last, between, chains),
        sum(int(part.safe_route.sum()) for own in crossings for part in own),
        between,
    )


def _parts(
    stage: AnySimulation, crossings: Sequence[Crossings], plan: Layout, level: float, times: Sequence[Floats]
) -> tuple[Part, ...]:
    """The parts of a stage of the test, with their concentrations at each of some lists of times."""
    concentrations = [_concentrations(stage, time) if len(time) else [None] * len(crossings) for time in times]
    return tuple(
        Part(own, summarise(own.first, own.last, plan, level), None, *(bands[i] for bands in concentrations))
        for i, own in enumerate(crossings)
    )


def _readings(
    simulation: AnySimulation, stages: Sequence[Stage], plan: Layout, level: float
) -> tuple[Readings, list[Stage]]:
    """What is said of a series in which every void is tested: of the whole test, and of each of its stages and parts."""
    known: dict[int, Readings] = {}

    def read(one: Series) -> Readings:
        if id(one) not in known:  # a test of one part has its series for its own
            last, first = (reading(times, plan, level) for times in (one.last_positive, one.first_negative))
            known[id(one)] = Readings(last, first, float(np.mean(one.last_positive > 0.0)))
        return known[id(one)]

    series, whole = serial(simulation)
    written = [
        replace(
            stage,
            parts=tuple(replace(part, readings=read(one)) for part, one in zip(stage.parts, parts, strict=True)),
            readings=read(own),
        )
        for stage, (parts, own) in zip(stages, series, strict=True)
    ]
    return read(whole), written


def _concentrations(simulation: AnySimulation, time: Floats) -> list[Bands]:
    """Concentration in the specimen for each part of a stage of the test: of the typical person, and of all draws."""
    typical = simulate_typical_person(simulation.question)
    return [
        bands(time, typical.concentration(component, time)[:, 0], simulation.concentration(component, time))
        for component in simulation.assay.components
    ]


def _last_positive(simulation: AnySimulation) -> Floats:
    """Last positive time of the whole test in each draw. [h]"""
    assay = simulation.question.assay
    # With several parts that must all be positive, a first crossing after a last one makes a specimen never positive.
    is_any = not assay.stages and (assay.rule == "any" or len(assay.components) == 1)
    first_from = np.inf if is_any else 0.0
    stages: Sequence[AnySimulation] = simulation.stages()
    crossings = [[stage.crossings(part, first_from) for part in stage.assay.components] for stage in stages]
    return combine_stages(crossings, assay)[-1].last
