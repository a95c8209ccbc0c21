"""Many questions answered in one pass, side by side along the draw axis.

Rows that agree in structure (substance, route and its form, analytes, which inputs are known and how) go through the model
together. Rows of one seed share their random numbers; rows of the same body, seed and schedule that differ in amount and cutoff
also share their poles: the model is linear, so an amount only moves the cutoff. Every number of a draw comes from that draw
alone, so a row's answer does not depend on which rows stood beside it. Beside a draw whose poles nearly coincide others may
take another way to a crossing, to about 1e-10 of it: far below the 0.1 h that figures are rounded to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from detectapi.batch.seeded import SeededDraws
from detectapi.batch.summaries import summaries
from detectapi.exponentials import Chain, Crossings, Disposition, crossings, respond
from detectapi.inputs.distribution import CENTRAL_90
from detectapi.model.draws import Draws, Layout, layout
from detectapi.model.kinetics import UMOL_PER_MMOL, group_keys
from detectapi.model.physiology import Physiology
from detectapi.model.simulation import Question, Simulation
from detectapi.model.window import combine
from detectapi.values.errors import NumericalError

COLUMNS_AT_ONCE = 32_768
"""Draws of all bodies side by side: enough that the cost of each array operation is its numbers; more gain nothing."""

CROSSINGS_AT_ONCE = 1_000_000
"""Crossings of all rows that are kept side by side: a bound of the memory, whatever the rows and draws."""


class Row(NamedTuple):
    """A row ready to be answered."""

    request: Mapping[str, Any]
    question: Question

    @property
    def options(self) -> Mapping[str, Any]:
        """Draws, seed and level."""
        return self.request["options"]


def answer_rows(rows: Sequence[Row], times: Sequence[float]) -> list[dict[str, Any] | NumericalError]:
    """Windows of many rows.

    Parameters
    ----------
    rows : sequence of Row
        As `detectapi.batch.reader` makes them.
    times : sequence of float
        Times at which the probability of a positive specimen is wanted. [h after the last dose]

    Returns
    -------
    list of dict or NumericalError
        In the order of the rows. Figures are those of the single estimate with the same seed and draws.
    """
    found: list[Any] = [None] * len(rows)
    packs: dict[Any, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        key = _structure(row)
        packs[i if key is None else key].append(i)
    moments = np.asarray(times, dtype=float)
    for key, members in packs.items():
        some = [rows[i] for i in members]
        answers = _alone(some[0], moments) if isinstance(key, int) else _together(some, moments)
        for i, one in zip(members, answers, strict=True):
            found[i] = one
    return found


def _structure(row: Row):
    """What rows must agree in to be answered together; None for a question that has to be answered alone."""
    question, options = row.question, row.options
    trains = question.regimen.trains
    simple = all(c.weights == {c.analyte: 1.0} for c in question.assay.components)
    if len(trains) != 1 or not simple or question.half_life is not None or row.request["model"]["adjust"]:
        return None
    assay = question.assay
    return (
        question.substance.id, *group_keys(trains[0], question.substance), question.physiology.structure,
        tuple(c.analyte for c in assay.components), assay.rule, assay.imprecision_cv, options["draws"], options["level"],
    )  # fmt: skip


@lru_cache(maxsize=4)
def _numbers(seed: int, plan: Layout, posterior) -> Draws:
    return Draws(seed, plan, posterior)


# -- one by one -------------------------------------------------------------------------------------------------------


def _alone(row: Row, times) -> list[Any]:
    numbers = _numbers(row.options["seed"], layout(row.options["draws"]), row.question.posterior)
    simulation = Simulation(row.question, numbers, numbers.plan.all())
    found = [simulation.crossings(component) for component in row.question.assay.components]
    state = simulation.state
    return summaries([row], [state], *(a[None] for a in combine(found, row.question.assay.rule)), times)


# -- side by side -----------------------------------------------------------------------------------------------------


def _together(rows: Sequence[Row], times) -> list[Any]:
    """Answers of rows of one structure: bodies in lots, each lot once through the model."""
    bodies: dict[Any, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        bodies[row.options["seed"], row.question.physiology.numbers].append(i)
    answers: list[Any] = [None] * len(rows)
    for lot in _lots(bodies.values(), layout(rows[0].options["draws"]).draws):
        for i, one in zip([i for group in lot for i in group], _lot(rows, lot, times), strict=True):
            answers[i] = one
    return answers


def _lots(bodies, draws: int) -> Iterator[list[list[int]]]:
    """Bodies with their rows, as many at a time as there is room for; a body with more rows comes several times."""
    most_bodies, most_rows = max(1, COLUMNS_AT_ONCE // draws), max(1, CROSSINGS_AT_ONCE // draws)
    lot: list[list[int]] = []
    for group in bodies:
        for start in range(0, len(group), most_rows):
            some = group[start : start + most_rows]
            if lot and (len(lot) == most_bodies or sum(map(len, lot)) + len(some) > most_rows):
                yield lot
                lot = []
            lot.append(some)
    if lot:
        yield lot


def _lot(rows: Sequence[Row], lot: Sequence[Sequence[int]], times) -> list[Any]:
    """Answers of the rows of some bodies; `lot` has each body's rows."""
    first = rows[lot[0][0]]
    question = first.question
    plan, seeds = layout(first.options["draws"]), [rows[group[0]].options["seed"] for group in lot]
    several = [rows[group[0]].question.physiology for group in lot]
    if len(set(seeds)) == 1:
        numbers, physiology = _numbers(seeds[0], plan, question.posterior), Physiology.side_by_side(several)
        selection = plan.all()
    else:
        numbers, physiology = SeededDraws(seeds, plan, question.posterior), _in_line(several, plan)
        selection = numbers.all()
    simulation = Simulation(replace(question, physiology=physiology), numbers, selection)
    n, members = plan.draws, [i for group in lot for i in group]
    body = {i: b for b, group in enumerate(lot) for i in group}
    schedules: dict[Any, list[int]] = defaultdict(list)
    for i in members:
        train = rows[i].question.regimen.trains[0]
        schedules[train.start, train.duration, train.every, train.count].append(i)
    # With several parts a first crossing decides together with the last ones of others.
    since = float(np.min(times, initial=np.inf)) if len(question.assay.components) == 1 else None
    parts = []
    for c, component in enumerate(question.assay.components):
        part = Crossings(*(np.empty((len(rows), n)) for _ in range(2)), None)
        chain, doses = _unit_doses(simulation, component.analyte)
        scale = simulation.noise(component) * simulation.per_plasma(component.analyte)
        scale = np.broadcast_to(scale, simulation.state.gfr.shape).reshape(len(lot), n)
        for schedule, some in schedules.items():
            when = dict(zip(("start", "duration", "every", "count"), map(np.atleast_1d, schedule), strict=True))
            train_doses = [one._replace(**when) for one in doses]
            turns = _turns(some, body)
            if len(doses) > 1:  # between two forms of a route another amount is not a multiple: no row shares poles
                turns = [[round_] for turn in turns for round_ in turn]
            for turn in turns:
                _cross(part, turn, rows, body, c, chain, train_doses, simulation, scale, since)
        parts.append(part)
    chosen = [Crossings(part.first[members], part.last[members], None) for part in parts]
    states = {b: _state_of(simulation.state, b, n) for b in range(len(lot))}
    return summaries(
        [rows[i] for i in members], [states[body[i]] for i in members], *combine(chosen, question.assay.rule), times
    )


def _turns(members, body) -> list[list[list[int]]]:
    """Rows of one schedule as rounds over the same bodies, where bodies have (nearly) as many rows each; else all at once."""
    groups: dict[int, list[int]] = defaultdict(list)
    for i in members:
        groups[body[i]].append(i)
    rounds = max(map(len, groups.values()))
    if rounds * len(groups) > 1.25 * len(members):
        return [[members[start : start + len(groups)]] for start in range(0, len(members), len(groups))]
    return [[[group[min(turn, len(group) - 1)] for group in groups.values()] for turn in range(rounds)]]


def _cross(part, turn, rows, body, c, chain, doses, simulation, scale, since) -> None:
    """Crossings of rows that share a schedule; each round of the turn has one row of each of the same bodies."""
    n, which = scale.shape[1], np.array([body[i] for i in turn[0]])
    columns = slice(None)
    if not np.array_equal(which, np.arange(len(scale))):
        columns = (which[:, None] * n + np.arange(n)).ravel()
    response = respond(
        _of(chain, columns),
        _shared([_doses_of(one, columns) for one in doses], [rows[i].question for i in turn[0]], n),
        simulation.state.void_interval.reshape(-1)[columns],
    )
    for members in turn:
        cutoff = np.array([[rows[i].question.assay.components[c].cutoff_ng_ml] for i in members])
        level = cutoff / (scale[which] * _amounts([rows[i].question for i in members], which, simulation))
        first, last = _window_of(response, level.reshape(-1), since)
        part.first[members] = first.reshape(-1, n)
        part.last[members] = last.reshape(-1, n)


def _window_of(response, level, since):
    """First and last crossings, as far as they show: first ones up to `since` may stand as 0 where nobody asks earlier. [h]

    Finding the first crossing takes as long as finding the last. A draw at or above the cutoff at the earliest time that is
    asked for had its first crossing by then, and one whose last was by then is never asked for.
    """
    if since is None:
        found = crossings(response, level)
        return found.first, found.last
    last = crossings(response, level, last_only=True).last
    first = np.zeros_like(last)
    if not np.isfinite(since):
        return first, last
    open_draws = (last > since) & ~response.surely_reaches(level, since)
    if open_draws.any():
        first[open_draws] = crossings(response, np.where(open_draws, level, np.inf)).first[open_draws]
    return first, last


def _unit_doses(simulation: Simulation, analyte: str):
    """Chain of an analyte, and its doses of one micromole each, by form of the route; of all bodies one after the other."""
    doses = simulation.kinetics.doses(analyte, simulation.question.regimen)
    train = simulation.question.regimen.trains[0]
    scale = simulation.kinetics.weight if train.amount.per_kg else None
    return simulation.kinetics.chain(analyte), [one._replace(amount=np.ones(1), scale=scale) for one in doses]


def _shared(doses, questions, n):
    """Doses of which each form takes its share of each row's amount."""
    if len(doses) == 1:
        return doses
    shares = np.array([list(group_keys(one.regimen.trains[0], one.substance).values()) for one in questions])
    shares = np.repeat(shares, n, axis=0).T
    return [
        one._replace(scale=share if one.scale is None else one.scale * share)
        for one, share in zip(doses, shares, strict=True)
    ]


def _amounts(questions, which, simulation):
    """Amount of each dose, of rows of these bodies. Shape (rows, 1), or (rows, n) where it is a range. [umol, or umol/kg]"""
    amounts = [question.regimen.trains[0].amount for question in questions]
    molar = UMOL_PER_MMOL / questions[0].substance.root.molar_mass.value
    centre = np.array([[amount.centre * molar] for amount in amounts])
    pointer = questions[0].regimen.trains[0].pointer
    if amounts[0].low == amounts[0].high:
        return centre
    spread = np.array([[np.log(amount.high / amount.low) / (2.0 * CENTRAL_90)] for amount in amounts])
    plan = simulation.draws.plan
    numbers = simulation.draws.normal("inputs", f"amount{pointer}").reshape(-1, plan.size("inputs"))
    own = numbers[which] if len(numbers) > 1 else numbers
    return centre * np.exp(spread * own)[:, plan.all().inputs]


def _of(chain: Chain, columns) -> Chain:
    if isinstance(columns, slice):
        return chain
    dispositions = tuple(Disposition(*(array[..., columns] for array in one)) for one in chain.dispositions)
    return Chain(dispositions, tuple(array[columns] for array in chain.formation))


def _doses_of(doses, columns):
    if isinstance(columns, slice):
        return doses
    paths = tuple(
        path._replace(
            delivered=path.delivered[:, columns],
            rate_constant=None if path.rate_constant is None else path.rate_constant[columns],
        )
        for path in doses.absorptions
    )
    return doses._replace(absorptions=paths, scale=None if doses.scale is None else doses.scale[columns])


def _in_line(several: Sequence[Physiology], plan: Layout) -> Physiology:
    """Several people as one, for whom the same inputs are known in the same way; their draws stand one after the other."""
    people = [one.known.distributions for one in several]

    def numbers(name, field, exact):
        times = plan.draws if exact else plan.size("inputs")
        return np.repeat([getattr(person[name], field) for person in people], times)

    line = {
        name: replace(
            one,
            centre=numbers(name, "centre", one.exact),
            spread=0.0 if one.exact else numbers(name, "spread", False),
        )
        for name, one in people[0].items()
    }
    return Physiology(several[0].known.with_distributions(line), several[0].defaults)


def _state_of(state, b: int, n: int):
    """The part of the physiology that remarks are made from, of one body of `n` draws."""

    def own(value):
        if np.ndim(value) == 2:
            return value[b]
        return value[b * n : (b + 1) * n] if np.ndim(value) == 1 and len(value) > n else value

    covariates = {name: own(value) for name, value in state.covariates.items()}
    return replace(state, covariates=covariates, **{
        name: own(getattr(state, name)) for name in ("gfr", "creatinine", "specific_gravity")
    })  # fmt: skip
