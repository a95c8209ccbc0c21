"""Rows answered together: which rows share a simulation, and how many at once.

The numbers come from `detectapi.model`, by the same code as those of a single estimate; here rows are only brought together.
Rows of one structure (substances, routes and their forms, analytes, which inputs are known and how) go through one simulation,
side by side along the draw axis. Rows of one seed share their random numbers. Rows of one person, seed and schedule that differ in
amount and cutoff share the response too: the model is linear, so an amount k times as large crosses a cutoff where the unit amount
crosses a k-th of it.

Every number of a draw comes from that draw alone, so a row's answer does not depend on the rows beside it. One thing does: beside
a draw with nearly equal poles, others may take another way to a crossing, which moves it by about 1e-10 of itself. Answers are
rounded to 0.1 h.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from detectapi.batch.seeded import SeededDraws
from detectapi.batch.summaries import of_series, summaries
from detectapi.exponentials import Crossings
from detectapi.knowledge.posterior import Posterior
from detectapi.model.arrays import Floats
from detectapi.model.dosing import amount_is_a_factor, dose_groups
from detectapi.model.draws import Deviates, Draws, Layout, layout
from detectapi.model.memory import keep_memory
from detectapi.model.population import AMOUNT
from detectapi.model.question import Question
from detectapi.model.serial import serial
from detectapi.model.several_uses import AnySimulation, simulate
from detectapi.model.simulation import Simulation
from detectapi.model.window import combine_stages
from detectapi.values.assay import Assay
from detectapi.values.errors import NumericalError

MOST_DRAWS_SIDE_BY_SIDE = 32_768
"""Draws of all people in one simulation. With so many, an array operation costs what its numbers cost; more gain nothing."""

MOST_CROSSINGS_AT_ONCE = 1_000_000
"""Crossings of all rows of one simulation: they are kept in memory until the rows are summarised."""


class Row(NamedTuple):
    """A row ready to be answered.

    Attributes
    ----------
    request : dict
    question : Question
    of_panel : bool
        Whether it is a class of a panel. Its answer then has its crossings too: ``first`` and ``last``, shape (n,). [h]
    """

    request: Mapping[str, Any]
    question: Question
    of_panel: bool = False

    @property
    def options(self) -> Mapping[str, Any]:
        """Draws, seed and level."""
        options: Mapping[str, Any] = self.request["options"]
        return options


class Turn(NamedTuple):
    """Rows that share responses: one row of each of some people in each round, all after doses of one schedule.

    Attributes
    ----------
    people : list of int
        Positions of the people in the simulation.
    rounds : list of list of int
        Positions of the rows; in each round one row for each of the people, in the same order.
    """

    people: list[int]
    rounds: list[list[int]]


def answer_rows(
    rows: Sequence[Row], times: Sequence[float], with_serial: bool = False
) -> list[dict[str, Any] | NumericalError]:
    """Windows of many rows.

    Parameters
    ----------
    rows : sequence of Row
        As `detectapi.batch.reader` makes them.
    times : sequence of float
        Times at which the probability of a positive specimen is wanted. [h after the last dose]
    with_serial : bool
        Whether the readings of a series are wanted, in which every specimen is tested. Each row then has a simulation of its own
        beside the one that it shares.

    Returns
    -------
    list of dict or NumericalError
        In the order of the rows. Figures are those of the single estimate with the same seed and draws.
    """
    keep_memory()
    groups: dict[Any, list[int]] = defaultdict(list)
    answers: list[Any] = [None] * len(rows)
    for i, row in enumerate(rows):
        structure = _structure(row)
        groups[i if structure is None else structure].append(i)
    for members in groups.values():
        first = rows[members[0]]
        size = layout(first.options["draws"]).draws, len(first.question.assay.every_component)
        for people in _portions(_people(rows, members), *size):
            together = [i for own in people for i in own]
            for i, answer in zip(together, _answer_portion(rows, people, np.asarray(times, dtype=float)), strict=True):
                answers[i] = answer
    if with_serial:
        answers = [
            one | _readings(row) if isinstance(one, dict) else one for row, one in zip(rows, answers, strict=True)
        ]
    return answers


# -- which rows go together -------------------------------------------------------------------------------------------


def _structure(row: Row) -> tuple[Any, ...] | None:
    """What rows must agree in to be simulated side by side. None for a row that is simulated alone."""
    question, options = row.question, row.options
    if row.request["model"]["adjust"] or any(len(use.regimen.trains) != 1 or use.half_life for use in question.each):
        return None
    return (
        question.physiology.structure, options["draws"], options["level"], row.of_panel,
        tuple(_structure_of_use(use) for use in question.each),
        tuple(_structure_of_stage(stage) for stage in question.assay.in_turn),
    )  # fmt: skip


def _structure_of_use(use: Question) -> tuple[Any, ...]:
    regimen, substance = use.regimen, use.substance
    amounts = tuple(train.amount for train in regimen.trains) if AMOUNT in substance.effects_of else ()
    return substance.id, *dose_groups(regimen, substance), *use.covariates.items(), amounts


def _structure_of_stage(stage: Assay) -> tuple[Any, ...]:
    """All of a stage of a test but its cutoffs."""
    parts = tuple(
        (part.analyte, part.per_creatinine, part.hydrolysed, part.split, tuple(part.weights.items()))
        for part in stage.components
    )
    return parts, stage.rule, stage.imprecision_cv, stage.kit_bias, stage.hydrolysis_yield


def _people(rows: Sequence[Row], members: Iterable[int]) -> list[list[int]]:
    """The rows of each person: one seed and one body."""
    people: dict[Any, list[int]] = defaultdict(list)
    for i in members:
        people[rows[i].options["seed"], rows[i].question.physiology.numbers].append(i)
    return list(people.values())


def _portions(people: Iterable[list[int]], draws: int, parts: int) -> Iterator[list[list[int]]]:
    """People with their rows, as many at a time as there is room for; a person with more rows comes several times."""
    most_people, most_rows = max(1, MOST_DRAWS_SIDE_BY_SIDE // draws), max(1, MOST_CROSSINGS_AT_ONCE // (draws * parts))
    portion: list[list[int]] = []
    for own in people:
        for start in range(0, len(own), most_rows):
            some = own[start : start + most_rows]
            if portion and (len(portion) == most_people or sum(map(len, portion)) + len(some) > most_rows):
                yield portion
                portion = []
            portion.append(some)
    if portion:
        yield portion


def _turns(rows: Sequence[Row], people: Sequence[Sequence[int]]) -> Iterator[Turn]:
    """All rows of some people, in turns of one schedule."""
    schedules: dict[Any, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for person, own in enumerate(people):
        for i in own:
            trains = (train for use in rows[i].question.each for train in use.regimen.trains)
            schedule = tuple((train.start, train.duration, train.every, train.count) for train in trains)
            schedules[schedule][person].append(i)
    for waiting in schedules.values():
        yield from _turns_of_schedule(waiting)


def _turns_of_schedule(waiting: Mapping[int, list[int]]) -> Iterator[Turn]:
    """One turn for all people where they have nearly as many rows each; a row is then repeated to fill a round.

    Otherwise as many rows at a time as there are people, each turn of one round.
    """
    everybody, count = list(waiting), sum(map(len, waiting.values()))
    rounds = max(map(len, waiting.values()))
    if rounds * len(everybody) <= 1.25 * count:
        filled = [[own[min(n, len(own) - 1)] for own in waiting.values()] for n in range(rounds)]
        yield Turn(everybody, filled)
        return
    pairs = [(person, i) for person, own in waiting.items() for i in own]
    for start in range(0, count, len(everybody)):
        some = pairs[start : start + len(everybody)]
        yield Turn([person for person, _ in some], [[i for _, i in some]])


# -- through the model ------------------------------------------------------------------------------------------------


def _answer_portion(rows: Sequence[Row], people: Sequence[Sequence[int]], times: Floats) -> list[Any]:
    """Answers of the rows of some people, person after person, by one simulation."""
    simulation = _simulation([rows[own[0]] for own in people])
    assay, stages = simulation.question.assay, list[AnySimulation](simulation.stages())
    # With several parts, or several classes, a first crossing decides together with the last ones of others.
    alone = len(assay.every_component) == 1 and not rows[people[0][0]].of_panel
    first_from = float(np.min(times, initial=np.inf)) if alone else 0.0
    together = [i for own in people for i in own]
    place = {i: position for position, i in enumerate(together)}
    shape = len(together), simulation.columns.draws
    parts = [[_no_crossings(shape) for _ in stage.assay.components] for stage in stages]
    for turn in _turns(rows, people):
        for stage, own in zip(stages, parts, strict=True):
            for position, part in enumerate(own):
                for members, crossed in _crossings(stage, position, turn, rows, first_from):
                    where = [place[i] for i in members]
                    for whole, some in zip(part, crossed, strict=True):
                        whole[where] = some.reshape(-1, simulation.columns.draws)
    first, last, _ = combine_stages(parts, assay)[-1]
    composition = simulation.composition()
    persons = [(simulation.person.of(p), composition and composition.of(p)) for p in range(len(people))]
    bodies = [persons[p] for p, own in enumerate(people) for _ in own]
    return _summaries([rows[i] for i in together], bodies, first, last, times)


def _readings(row: Row) -> dict[str, float]:
    """What is said of a series of specimens of a row, as the single estimate computes it."""
    options = row.options
    return of_series(serial(_simulated_alone(row))[1], layout(options["draws"]), options["level"])


def _simulated_alone(row: Row) -> AnySimulation:
    """The simulation of one row, as the single estimate has it."""
    question, plan = row.question, layout(row.options["draws"])
    return simulate(question, [_draws(row.options["seed"], plan, use.posterior) for use in question.each])


def _summaries(rows: Sequence[Row], bodies: Sequence[Any], first: Floats, last: Floats, times: Floats) -> list[Any]:
    """The summaries of rows, with their crossings where they are classes of a panel."""
    written = summaries(rows, bodies, first, last, times)
    for i, (row, one) in enumerate(zip(rows, written, strict=True)):
        if row.of_panel and isinstance(one, dict):
            one |= {"first": first[i], "last": last[i]}
    return written


def _no_crossings(shape: tuple[int, ...]) -> Crossings:
    """Memory for the crossings of one part of the test, not yet written."""
    return Crossings(np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool))


def _simulation(rows: Sequence[Row]) -> AnySimulation:
    """The people of some rows side by side."""
    questions, plan = [row.question for row in rows], layout(rows[0].options["draws"])
    seeds = [row.options["seed"] for row in rows]
    posteriors = [use.posterior for use in questions[0].each]
    deviates: list[Deviates]
    if len(set(seeds)) == 1:
        deviates = [_draws(seeds[0], plan, posterior) for posterior in posteriors]
    else:
        deviates = [SeededDraws(seeds, plan, posterior) for posterior in posteriors]
    return simulate(questions, deviates)


@lru_cache(maxsize=16)
def _draws(seed: int, plan: Layout, posterior: Posterior | None) -> Draws:
    return Draws(seed, plan, posterior)


def _crossings(
    simulation: AnySimulation, part: int, turn: Turn, rows: Sequence[Row], first_from: float
) -> Iterator[tuple[list[int], Crossings]]:
    """Crossings of one part of a stage of the test in each round of a turn, with the positions of the round's rows."""
    component = simulation.assay.components[part]
    first = rows[turn.rounds[0][0]].question
    per_mg = None
    if isinstance(simulation, Simulation) and amount_is_a_factor(first.regimen, first.substance):
        per_mg = simulation.signal(component, [first.regimen], turn.people, per_mg=True)
    for members in turn.rounds:
        questions = [rows[i].question for i in members]
        tests = [question.assay.in_turn[simulation.stage] for question in questions]
        cutoffs = np.array([[test.components[part].cutoff_ng_ml] for test in tests])
        if per_mg is not None and isinstance(simulation, Simulation):
            signal = per_mg
            cutoffs = cutoffs / simulation.dosing.amounts([question.regimen for question in questions], turn.people)
        else:
            signal = simulation.signal_after(component, questions, turn.people)
        yield members, signal.crossings(simulation.columns.one_row_each(cutoffs), first_from)
