"""A trial: the people of a study, simulated with the doses of the study; their plasma and their specimens."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from detectapi import service
from detectapi.evaluation.validation import one_volume
from detectapi.model.arrays import Floats
from detectapi.model.draws import Deviates, Selection, spawn_key
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Lineage

NO_VOID = 1e-4
"""A void so short that plasma is not averaged over it. [h]"""

EARLY_POINTS = 25
"""Times for the interpolation of concentrations while a dose is still within the void."""

_QUESTIONS: dict[tuple, tuple] = {}

CIRCUMSTANCES = ("person", "renal", "hydration", "urine_ph")


class StudyDeviates(Deviates, Protocol):
    """Where the simulation of a study takes its standard normal numbers from: `StudyNumbers` and those of calibration."""

    def at_visit(self, visit: int) -> Deviates:
        """The same people and typical values at one visit of the study, each visit with a specimen of its own."""


class StudyNumbers(StudyDeviates):
    """Standard normal numbers for a study that is repeated once for each knowledge row.

    Parameters
    ----------
    seed : int
    rows : int
        Repetitions of the study, each with its own typical values and its own people.
    people : int
        People of each repetition.
    knowledge : dict of str to array, shape (rows,), optional
        Known deviates of typical values; the others are drawn.
    """

    def __init__(self, seed: int, rows: int, people: int, knowledge: Mapping[str, Floats] | None = None) -> None:
        self.seed, self.rows, self.people = seed, rows, people
        self.knowledge = dict(knowledge or {})
        self.visit = 0
        self._numbers: dict[tuple[int, int, int], Floats] = {}

    def at_visit(self, visit: int) -> StudyNumbers:
        """The same people and typical values with the specimens of one visit."""
        other = copy(self)
        other.visit = visit
        return other

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Nothing to prepare."""

    def normal(self, stream: str, name: str) -> Floats:
        """Numbers of one name: shape (rows,) for knowledge, else (rows * people,)."""
        if stream == "knowledge" and name in self.knowledge:
            return self.knowledge[name]
        visit = self.visit if stream in ("specimen", "assay") else 0
        key = (*spawn_key(stream, name), visit)
        if key not in self._numbers:
            size = self.rows if stream == "knowledge" else self.rows * self.people
            numbers = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key)).standard_normal(size)
            if visit:
                return numbers
            self._numbers[key] = numbers
        return self._numbers[key]

    def selection(self) -> Selection:
        """Every person of every repetition."""
        each = np.arange(self.rows * self.people)
        return Selection(np.repeat(np.arange(self.rows), self.people), each, each, each, each)


class Trial:
    """One arm of a study under some circumstances.

    Parameters
    ----------
    study : Study
    circumstances : dict
        ``study.given``, or ``study.compared_with`` for the other side of a fold change.
    numbers : StudyDeviates
    model : dict, optional
        The ``model`` of the request, for baselines.
    same_people : Trial, optional
        A trial of the same numbers and circumstances, with other doses of the same substance, whose people are used again.
    """

    def __init__(
        self,
        study,
        circumstances: Mapping[str, Any],
        numbers: StudyDeviates,
        model: Mapping[str, Any] | None = None,
        same_people: Trial | None = None,
    ):
        self.study = study
        self.circumstances = circumstances
        self.numbers = numbers
        self.selection = numbers.selection()
        key = (id(study), id(circumstances), repr(model))
        if key not in _QUESTIONS:
            _QUESTIONS[key] = (
                _question(study, circumstances, model),
                study,
                circumstances,
            )  # both are kept, so that no other object gets their id
        self.question = _QUESTIONS[key][0]
        if same_people is None:
            self.simulation = Simulation(self.question, numbers, self.selection)
        else:
            self.simulation = same_people.simulation.after_other_doses(self.question)
        self.departure = 1.0
        self._plasma: dict[str, Any] = {}

    @property
    def size(self) -> int:
        """Draws: repetitions times people."""
        return len(self.selection.people)

    @property
    def dose_duration(self) -> float:
        """From the start of the first dose to the end of the last one. [h]"""
        return -min(train.start for train in self.question.regimen.trains)

    @property
    def mass(self) -> dict[str, float]:
        """Molar mass of each moiety. [g/mol]"""
        return {moiety.id: moiety.molar_mass.value for moiety in self.question.substance.moieties}

    # -- plasma -------------------------------------------------------------------------------------------------------

    def plasma(self, analyte: str, time) -> np.ndarray:
        """Concentration at times after the start of the first dose. Shape (m, size). [umol/L]"""
        if analyte not in self._plasma:
            regimen = Regimen(
                tuple(replace(t, start=t.start + self.dose_duration) for t in self.question.regimen.trains)
            )
            void = np.full(self.size, NO_VOID)
            self._plasma[analyte] = self.simulation.plasma(analyte, (regimen,), void)
        return np.maximum(self._plasma[analyte].concentration(np.asarray(time, dtype=float) + NO_VOID), 1e-300)

    def entering(self, analyte: str) -> np.ndarray:
        """All of an analyte that ever enters the circulation. Shape (size,). [umol]"""
        first, *others = [self._entering_along(lineage) for lineage in self.question.substance.lineages(analyte)]
        return sum(others, start=first)

    def _entering_along(self, lineage: Lineage) -> np.ndarray:
        way = lineage.moieties
        arrives = np.zeros((len(way), self.size))
        for group in self.simulation.dosing.doses(lineage, self.question.regimen):
            amount = float(np.sum(group.amount * group.count)) * (1.0 if group.scale is None else group.scale)
            for path in group.absorptions:
                arrives += amount * path.delivered
        total = arrives[0]
        for i in range(1, len(way)):
            formed = self.simulation.kinetics.formation(way[i], way[i - 1])
            total = arrives[i] + total * formed / self.total_clearance(way[i - 1])
        return total

    def total_clearance(self, analyte: str) -> np.ndarray:
        """Clearance of the person at the usual urine. Shape (size,). [L/h]"""
        return self.simulation.kinetics.total_clearance(analyte)

    def renal_clearance(self, analyte: str) -> np.ndarray:
        """Renal clearance of the person at the usual urine. Shape (size,). [L/h]"""
        person = self.simulation.person
        return self.simulation.kinetics.renal_clearance(analyte, person.flow, person.ph)

    def auc(self, analyte: str) -> np.ndarray:
        """Area under the curve to infinity. Shape (size,). [umol*h/L]"""
        return self.entering(analyte) / self.total_clearance(analyte)

    def dose(self) -> np.ndarray:
        """Amount given of what was taken, which may be a carrier that urine does not show. Shape (size,) or a scalar. [umol]"""
        (lineage,) = self.question.substance.lineages(self.question.substance.root.id)
        groups = self.simulation.dosing.doses(lineage, self.question.regimen, queued=False)
        amounts = [float(np.sum(g.amount * g.count)) * (1.0 if g.scale is None else g.scale) for g in groups]
        return sum(amounts[1:], start=np.asarray(amounts[0]))

    # -- specimens ----------------------------------------------------------------------------------------------------

    def phase(self) -> np.ndarray:
        """The start of each person within the interval of sampling. Shape (size,). [0 to 1]"""
        numbers = self.numbers.normal("people", "sampling-phase")
        return 0.5 * (1.0 + np.vectorize(math.erf)(numbers / math.sqrt(2.0)))

    def specimen(self, analytes, time, visit: int, hydrolysed: bool = False) -> dict[str, np.ndarray]:
        """Measured concentrations in one specimen of each person, at the person's time after the last dose. [ng/mL]

        After hydrolysis the conjugates of an analyte count with what is set free from them.
        """
        there = self.simulation.at_another_void(self.numbers.at_visit(visit))
        readings = {}
        for component in self.question.assay.components:
            analyte = component.analyte
            if analyte in analytes:
                parts = self.parts(analyte, hydrolysed)
                there_is = [self._after(each, time) * there.per_plasma(each) * by for each, by in parts.items()]
                readings[analyte] = sum(there_is[1:], start=there_is[0]) * there.noise(component)
        return readings

    def usual_specimen(self, analyte: str, time: float, hydrolysed: bool = False) -> np.ndarray:
        """Concentration in the usual specimen of each person, as the urine of its questions is, without a measurement. [ng/mL]

        Shape (size,). ``time``: after the last dose. [h]
        """
        parts, when = self.parts(analyte, hydrolysed), np.full(self.size, time)
        there_is = [self._after(each, when) * self.simulation.per_plasma(each) * by for each, by in parts.items()]
        return np.sum(there_is, axis=0)

    def parts(self, analyte: str, hydrolysed: bool) -> dict[str, float]:
        """What a test reads as an analyte: itself and, after hydrolysis, its conjugates. With the mass that each counts as."""
        moieties = self.question.substance.moieties if hydrolysed else ()
        freed = [moiety.id for moiety in moieties if moiety.conjugate_of == analyte]
        return {analyte: 1.0} | {each: self.mass[analyte] / self.mass[each] for each in freed}

    def _after(self, analyte: str, time) -> np.ndarray:
        """Concentration in plasma averaged over the void, at the time of each person. Shape (size,). [umol/L]"""
        response = self.simulation.response(analyte)
        since = np.maximum(time - response.tail_start, 0.0)
        late = (response.tail * np.exp(-response.poles * since)).sum(axis=0)
        early = time < response.tail_start
        if not early.any():
            return late
        grid = np.linspace(0.0, float(response.tail_start.max()), EARLY_POINTS)
        curve = response.concentration(grid)
        place = np.clip(time / grid[1], 0.0, EARLY_POINTS - 1.001)
        below, draws = place.astype(int), np.arange(self.size)
        between = curve[below, draws] + (place - below) * (curve[below + 1, draws] - curve[below, draws])
        return np.where(early, between, late)


def _question(study, circumstances, model):
    analytes = _analytes(study)
    request = {
        "substance": study.substance,
        "doses": [_plain(dose) for dose in study.doses],
        "assay": {"rule": "any", "analytes": [{"analyte": a, "cutoff_ng_ml": 1.0} for a in analytes]},
    }
    request |= {key: _plain(circumstances[key]) for key in CIRCUMSTANCES if circumstances.get(key) is not None}
    if request.get("person", {}).get("hepatic_class") == "none":
        del request["person"]["hepatic_class"]
    whole = bool(model) and model["kind"] == one_volume.KIND
    if model and not whole:
        request["model"] = dict(model)
    question = read_question(service.load(request))
    return one_volume.in_one_volume(question) if whole else question


def _analytes(study) -> list[str]:
    from detectapi.knowledge import catalog

    moieties = catalog.substance(study.substance).moieties
    return [moiety.id for moiety in moieties if not moiety.carrier and not moiety.no_analyte]


def _plain(content):
    """Content as plain dictionaries and lists, without the keys whose value is None."""
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items() if value is not None}
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    return content
