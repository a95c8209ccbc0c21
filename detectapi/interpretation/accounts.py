"""Accounts of use: when and how much was used, and what the model then expects in each specimen, in each draw and cell of time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import Response
from detectapi.interpretation.cells import Cells
from detectapi.interpretation.likelihood import Findings, departure_probability, with_departures
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.readings import Logs
from detectapi.interpretation.voids import measured_void
from detectapi.model.arrays import Bools, Floats, Ints
from detectapi.model.physiology import Physiology
from detectapi.model.physiology import Specimen as Void
from detectapi.model.question import Question
from detectapi.model.several_uses import AnySimulation, SeveralUses, simulate
from detectapi.model.simulation import Simulation
from detectapi.values.regimen import Amount, Regimen, Train, from_end

VOIDS, FEWER_VOIDS, FEW_SPECIMENS = 8, 4, 3
"""Voids that stand for all that a draw might have given at a visit: in questions with two specimens or a few, and with more.

With one specimen it is the draw's own void."""
TINY = 1e-300
"""A concentration is not let below this, so that it has a logarithm. [ng/mL]"""


class FurtherUse(NamedTuple):
    """One more use beside the others of an account, at a time that is not known.

    Attributes
    ----------
    regimen : Regimen
    cells : Cells
        Of its end.
    substance : str
        Id of what was used.
    """

    regimen: Regimen
    cells: Cells
    substance: str


class Account(NamedTuple):
    """What is said to have been used.

    Attributes
    ----------
    id : str
    question : Question
        The person, the doses, and every analyte that some result or planned test concerns.
    ended : Cells
        When the last of the doses ended; one cell where that is known.
    further : FurtherUse or None
        Only where the time of the others is known.
    """

    id: str
    question: Question
    ended: Cells
    further: FurtherUse | None = None

    @property
    def cells(self) -> Cells:
        """The cells of the time of use that is not known."""
        return self.ended if self.further is None else self.further.cells

    @property
    def time_is_known(self) -> bool:
        """Whether nothing is asked of the time of use."""
        return len(self.cells.time) == 1


class Specimen(NamedTuple):
    """One specimen of the person.

    Attributes
    ----------
    collected : float
        On the common clock. [h]
    physiology : Physiology
        Of the person, with what was measured of the urine in this specimen.
    findings : dict of str to Findings
        What was found, as each account's substance has it.
    contradicted : bool
        Whether the results contradict the verdict of the test, which is then left out of the findings.
    """

    collected: float
    physiology: Physiology
    findings: Mapping[str, Findings]
    contradicted: bool = False


class Expected(NamedTuple):
    """What an account expects in the specimens.

    Attributes
    ----------
    account : Account
    specimens : tuple of Specimen
    logs : tuple of dict
        For each specimen, the logarithm of the concentration of each analyte without its residual, shape (cells, draws); of one
        cell where it is the same in all. [ln ng/mL]
    urine : array, shape (draws,)
        Logarithm of the density of what was measured of the urine, given the person.
    voids : tuple of dict
        For each specimen, how far the logarithms would lie from these in other voids of the draw, shape (voids, draws). The first
        is the draw's own void. Empty where that one stands for all.
    """

    account: Account
    specimens: tuple[Specimen, ...]
    logs: tuple[Logs, ...]
    urine: Floats
    voids: tuple[Logs, ...]

    def findings(self, place: int) -> Findings:
        """What was found in one of the specimens."""
        return self.specimens[place].findings[self.account.id]

    def taken(self, chosen: Ints) -> Expected:
        """The same of copies of some draws."""
        logs, voids = (
            tuple({name: log[:, chosen] for name, log in here.items()} for here in each)
            for each in (self.logs, self.voids)
        )
        return self._replace(logs=logs, voids=voids, urine=self.urine[chosen])

    def where(self, accepted: Bools, other: Expected) -> Expected:
        """That of other draws where a mask is set."""
        logs, voids = (
            tuple(
                {name: np.where(accepted, there[name], log) for name, log in here.items()}
                for here, there in zip(own, its, strict=True)
            )
            for own, its in ((self.logs, other.logs), (self.voids, other.voids))
        )
        return self._replace(logs=logs, voids=voids, urine=np.where(accepted, other.urine, self.urine))

    def log_likelihood(self, departure: float, scatter: float = 1.0, wide: float = 0.0) -> Floats:
        """Logarithm of the probability of all results in each cell and draw. Shape (cells, draws)."""
        total = np.zeros((len(self.account.cells.time), len(self.urine)))
        for place, (logs, voids) in enumerate(zip(self.logs, self.voids, strict=True)):
            total += with_departures(logs, self.findings(place), departure, scatter, wide, voids)
        return total

    def departures(self, departure: float) -> list[Floats]:
        """For each specimen the probability that it departs from the model, in each cell and draw."""
        return [
            departure_probability(logs, self.findings(place), departure, voids)
            for place, (logs, voids) in enumerate(zip(self.logs, self.voids, strict=True))
        ]


class Simulated:
    """The people of some particles under one question, with the void of each of their visits; kept, as accounts share them."""

    def __init__(self, particles: Particles) -> None:
        self.particles = particles
        self._people: dict[int, tuple[Question, AnySimulation]] = {}
        self._voids: dict[tuple[int, int], tuple[AnySimulation, Floats, Void, int]] = {}

    def people(self, question: Question) -> AnySimulation:
        """The simulation of the people."""
        if id(question) not in self._people:
            self._people[id(question)] = question, simulate(question, self.particles.of_uses(question))
        return self._people[id(question)][1]

    def void(self, question: Question, physiology: Physiology, visit: int) -> tuple[AnySimulation, Floats]:
        """The people at one void, and the evidence of what was measured of its urine."""
        return self._void(question, physiology, visit, 1)[:2]

    def other_voids(self, question: Question, physiology: Physiology, visit: int, voids: int) -> Void:
        """Flow and pH of voids that each draw might have given at a visit, its own first. Shape (voids, draws)."""
        return self._void(question, physiology, visit, voids)[2]

    def _void(
        self, question: Question, physiology: Physiology, visit: int, voids: int
    ) -> tuple[AnySimulation, Floats, Void, int]:
        """The same with the other voids, and how many these are."""
        key = id(question), visit
        if key not in self._voids or voids not in (1, self._voids[key][3]):
            people, particles = self.people(question), self.particles.at_visit(visit, voids=voids)
            specimen, evidence = measured_void(people.person, physiology, particles)
            each = specimen.flow, specimen.ph, specimen.void_interval
            own = Void(*(value if value.ndim == 1 else value[0] for value in each))
            there = at_visit(people, self.particles.at_visit(visit), own)
            self._voids[key] = there, evidence, specimen, voids
        return self._voids[key]


def at_visit(people: AnySimulation, particles: Particles, specimen: Void) -> AnySimulation:
    """The people at the void of a visit.

    Parameters
    ----------
    people : Simulation or SeveralUses
    particles : Particles
        At the visit.
    specimen : detectapi.model.physiology.Specimen
        Of the void.
    """
    if isinstance(people, SeveralUses):
        return people.at_another_void(particles.of_uses(people.question), specimen)
    return people.at_another_void(particles, specimen)


def voids_of(specimens: int) -> int:
    """How many voids stand for all that a draw might have given at a visit, in a question with so many specimens."""
    if specimens <= 1:
        return 1
    return VOIDS if specimens <= FEW_SPECIMENS else FEWER_VOIDS


def expect(account: Account, specimens: Sequence[Specimen], simulated: Simulated) -> Expected:
    """What an account expects in specimens.

    Parameters
    ----------
    account : Account
    specimens : sequence of Specimen
        In order of their time; the visits of the person are numbered by it.
    simulated : Simulated
    """
    logs, urine = [], np.zeros(simulated.particles.count)
    voids: list[Logs] = []
    count = voids_of(len(specimens))
    for visit, specimen in enumerate(specimens):
        others = simulated.other_voids(account.question, specimen.physiology, visit, count)
        there, evidence = simulated.void(account.question, specimen.physiology, visit)
        urine = urine + evidence
        analytes = analytes_of(specimen.findings[account.id])
        logs.append(concentrations(account, there, specimen.collected, analytes))
        is_one = count == 1 or len(there.simulations) > 1
        voids.append({} if is_one else _shifts(there.simulations[0], others, analytes))
    return Expected(account, tuple(specimens), tuple(logs), urine, tuple(voids))


def _shifts(there: Simulation, others: Void, analytes: Sequence[str]) -> dict[str, Floats]:
    """How far the logarithm of each concentration in other voids lies from that in the draw's own. Shape (voids, draws)."""
    shifts = {}
    for analyte in analytes:
        made = np.log(np.maximum(there.made_at(analyte, others.flow, others.ph), TINY))
        shifts[analyte] = np.broadcast_to(made - made[0], np.broadcast_shapes(made.shape, others.flow.shape))
    return shifts


def analytes_of(findings: Findings) -> tuple[str, ...]:
    """Every analyte that some result or screen responds to."""
    readings = [result.reading for result in findings.results]
    readings += [reading for screen in findings.screens for reading in screen.readings]
    return tuple(dict.fromkeys(analyte for reading in readings for analyte in reading.weights))


def concentrations(account: Account, there: AnySimulation, time: float, analytes: Sequence[str]) -> dict[str, Floats]:
    """Logarithm of the concentration of analytes in a specimen, without residual; of several uses, of their sum.

    Parameters
    ----------
    account : Account
    there : Simulation or SeveralUses
        At the void of the specimen.
    time : float
        When it was collected, on the common clock. [h]
    analytes : sequence of str

    Returns
    -------
    dict of str to array, shape (cells, draws)
        [ln ng/mL]
    """
    return {analyte: np.log(np.maximum(_in_specimen(account, there, time, analyte), TINY)) for analyte in analytes}


def _in_specimen(account: Account, there: AnySimulation, time: float, analyte: str) -> Floats:
    """Concentration in the specimen, without residual. Shape (cells, draws). [ng/mL]"""
    forming = [one for one in there.simulations if one.question.substance.forms(analyte)]
    parts = [np.asarray(_in_plasma(account, one, time, analyte) * one.per_plasma(analyte)) for one in forming]
    return sum(parts[1:], parts[0])


def _in_plasma(account: Account, there: Simulation, time: float, analyte: str) -> Floats:
    """Concentration in plasma averaged over the void. Shape (cells, draws). [umol/L]"""
    since = time - account.ended.time
    regimen = there.question.regimen
    if len(since) == 1 and since[0] < 0.0:
        regimen, shift = until(regimen, float(since[0]))
        since = since - shift
    whole = regimen is there.question.regimen
    plasma = _after(there.response(analyte) if whole else there.respond(analyte, [regimen]), since, regimen)
    if account.further is None:
        return plasma
    later = time - account.further.cells.time
    is_past = later >= 0.0
    if account.further.substance != there.question.substance.id or not is_past.any():
        return plasma  # the same in every cell
    more = np.zeros((len(later), plasma.shape[1]))
    response = there.respond(analyte, [account.further.regimen])
    more[is_past] = response.concentration(later[is_past])
    return more + plasma


def _after(response: Response, since: Floats, regimen: Regimen) -> Floats:
    if not regimen.trains:
        return np.zeros((len(since), response.n))
    return response.concentration(np.maximum(since, 0.0))


def until(regimen: Regimen, time: float) -> tuple[Regimen, float]:
    """The part of a regimen before a time, and when that part ends.

    Parameters
    ----------
    regimen : Regimen
    time : float
        Relative to the end of the whole regimen. An infusion that runs then is cut off. [h]

    Returns
    -------
    Regimen
        Relative to its own end.
    float
        That end, relative to the end of the whole. [h]
    """
    kept: list[Train] = []
    for train in regimen.trains:
        begun = _begun(train, time)
        running = begun - 1 if begun and train.start + (begun - 1) * train.every + train.duration > time else begun
        if running:
            kept.append(replace(train, count=running))
        if running < begun:
            start = train.start + running * train.every
            kept.append(replace(_part(train, (time - start) / train.duration), start=start, count=1))
    if not kept:
        return Regimen(()), time
    return from_end(kept), max(train.end for train in kept)


def _begun(train: Train, time: float) -> int:
    """How many doses of a train have begun before a time."""
    if train.start >= time:
        return 0
    if train.count == 1 or train.every <= 0.0:
        return train.count
    return min(train.count, math.ceil((time - train.start) / train.every))


def _part(train: Train, share: float) -> Train:
    """A part of each dose, given at the same rate."""
    amount = Amount(train.amount.low * share, train.amount.high * share, train.amount.per_kg)
    return replace(train, amount=amount, duration=train.duration * share)
