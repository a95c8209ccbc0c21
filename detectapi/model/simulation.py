"""Questions + draws -> what a test reads in each draw's specimen, and when that crosses a cutoff.

One question or several are simulated by the same code. Several stand side by side along the draw axis, each with a person of its
own: the columns are the draws of the first person, then those of the second, and so on. A single question is the case of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np

from detectapi.exponentials import Chain, Crossings, Disposition, Response, respond
from detectapi.model.arrays import Floats, Value
from detectapi.model.columns import Columns, People
from detectapi.model.dosing import Dosing, largest_dose
from detectapi.model.draws import Deviates, MedianDraw, Selection
from detectapi.model.kinetics import L_H_PER_ML_MIN, Kinetics, parameter_names
from detectapi.model.physiology import Composition, Physiology, Specimen
from detectapi.model.plasma import Plasma
from detectapi.model.population import AMOUNT, Population, random_names
from detectapi.model.question import Question
from detectapi.model.signal import Signal, together
from detectapi.values.assay import Assay, Component
from detectapi.values.regimen import Regimen

ML_PER_DL = 100.0
"""Millilitres in a decilitre: creatinine in urine is known in mg/dL. [mL/dL]"""
AFTER_HYDROLYSIS = ", after hydrolysis"
"""End of the name of the random numbers of a measurement after hydrolysis: the free analyte is measured apart."""
KIT_BIAS = "kit_bias."
"""Beginning of the name of the random numbers of the bias of a kit."""
HYDROLYSIS_YIELD = "hydrolysis_yield"
"""Name of the random numbers of what is not known of a laboratory's hydrolysis."""


class Simulation:
    """Specimens of the selected draws, for one question or several side by side.

    Parameters
    ----------
    questions : Question or sequence of Question
        One for each person. Several have the same substance, parameters and assay but for its cutoffs, the same covariates of
        their doses (`Question.covariates`), the same structure of inputs (`Physiology.structure`) and of doses
        (`detectapi.model.dosing.dose_groups`), and no half-life.
    deviates : Deviates
    selection : Selection, optional
        All draws of the deviates where it is left out.

    Attributes
    ----------
    person : Person
        What is the same at every void of a draw.
    specimen : Specimen
        What belongs to this void.
    population : Population
        Parameters.
    columns : Columns
    kinetics : Kinetics
        The same at every void.
    dosing : Dosing
        The same at every void.
    stage : int
        Number of the stage of the test by which specimens are read; the last one, but for those that `stages` gives.
    """

    def __init__(
        self, questions: Question | Sequence[Question], deviates: Deviates, selection: Selection | None = None
    ) -> None:
        self.questions = (questions,) if isinstance(questions, Question) else tuple(questions)
        self.question = self.questions[0]
        self.deviates = deviates
        self.selection = deviates.selection() if selection is None else selection
        self.physiology = Physiology.side_by_side([question.physiology for question in self.questions])
        self._prepare()
        self.person = self.physiology.person(deviates, self.selection)
        self.specimen = self.physiology.specimen(self.person, deviates, self.selection)
        substance = self.question.substance
        known = {name: value for name, value in self.person.covariates.items() if value is not None}
        covariates = {**self.question.covariates, **known}
        if AMOUNT in substance.effects_of:
            weight = self.person.covariates["weight_kg"]
            covariates[AMOUNT] = largest_dose(self.question.regimen, weight, deviates, self.selection)
        self.population = Population(
            self.question.parameters, substance.correlations, deviates, self.selection, covariates, substance.covariates
        )
        self.columns = Columns(self.person.gfr.shape)
        self.stage = len(self.question.assay.in_turn) - 1
        self.kinetics = Kinetics(substance, self.population, self.person)
        self.dosing = Dosing(substance, self.population, self.person)
        self._plasma = Plasma(substance, self.kinetics, self.dosing)
        self._responses: dict[str, Response] = {}
        self._per_plasma: dict[str, Value] = {}
        self._noise: dict[str, Value] = {}

    def _prepare(self) -> None:
        """Make all random numbers of a stream at once, which is faster than one by one."""
        question = self.question
        needed = parameter_names(question.substance, question.analytes, question.regimen)
        of_parameters = random_names(question.parameters, question.substance.correlations, needed)
        of_person = self.physiology.random_names
        for stream in of_person | of_parameters:
            names = (*of_person.get(stream, ()), *of_parameters.get(stream, ()))
            self.deviates.prepare(stream, dict.fromkeys(names))

    # -- the same draws in other circumstances ------------------------------------------------------------------------

    def at_another_void(self, deviates: Deviates, specimen: Specimen | None = None) -> Simulation:
        """The same people after the same doses at another void.

        Parameters
        ----------
        deviates : Deviates
            Differ from those of this simulation in the streams ``specimen`` and ``assay`` only.
        specimen : Specimen, optional
            Of this void, where it was sampled before.
        """
        other = copy(self)
        other.deviates = deviates
        other.specimen = specimen or self.physiology.specimen(self.person, deviates, self.selection)
        other.population = self.population.at_another_void(deviates)
        other._responses, other._per_plasma, other._noise = {}, {}, {}
        return other

    def of_draws(self, some: slice) -> Simulation:
        """Some of the draws of one person, as their voids are read: in single precision, without specimen, doses and responses."""
        other = copy(self)
        other.person = self.person.of_draws(some)
        other.population = self.population.of_draws(some)
        other.selection = other.population.selection
        other.columns = Columns(other.person.gfr.shape)
        other.kinetics = Kinetics(self.question.substance, other.population, other.person)
        other._plasma = Plasma(self.question.substance, other.kinetics, self.dosing)
        other._responses, other._per_plasma, other._noise = {}, {}, {}
        return other

    @property
    def simulations(self) -> tuple[Simulation, ...]:
        """One for each use: of one use, this one."""
        return (self,)

    def readers_of(self, component: Component) -> list[tuple[Simulation, Component]]:
        """What reads a part of the test: one for each use that adds to it, with what of the part concerns it."""
        return [(self, component)]

    def stages(self) -> tuple[Simulation, ...]:
        """This simulation as each stage of the test reads its specimens, in turn; of a test in one stage, itself."""
        last = len(self.question.assay.in_turn) - 1
        return (*(self._in_stage(number) for number in range(last)), self)

    def _in_stage(self, number: int) -> Simulation:
        """The same specimens, read by one stage of the test."""
        other = copy(self)
        other.stage, other._noise = number, {}
        return other

    @property
    def assay(self) -> Assay:
        """The test by which specimens are read: of a test in stages, the last one, or that of `stages`."""
        return self.question.assay.in_turn[self.stage]

    def _name_in_stage(self, name: str) -> str:
        """The name of random numbers of a stage. Those of the last stage have the names that they have without the others."""
        return name if self.stage == len(self.question.assay.in_turn) - 1 else f"stage {self.stage + 1}, {name}"

    def after_other_doses(self, question: Question) -> Simulation:
        """The same draws of one person in a question that differs in its doses only."""
        if AMOUNT in question.substance.effects_of:
            return Simulation(question, self.deviates, self.selection)
        other = copy(self)
        other.questions, other.question = (question,), question
        other.stage = len(question.assay.in_turn) - 1
        other._responses = {}
        return other

    # -- what is in the specimen --------------------------------------------------------------------------------------

    def composition(self) -> Composition | None:
        """Creatinine and specific gravity of the specimens; None where nothing is told of the urine, so that nobody asks."""
        return self._composition() if self.physiology.tells_urine else None

    def _composition(self) -> Composition:
        return self.physiology.composition(self.person, self.specimen, self.deviates, self.selection)

    def response(self, analyte: str) -> Response:
        """Plasma concentration of an analyte averaged over the void, after the doses of the questions. [umol/L]

        In the half-life view: the amount of substance in the body. [umol]
        """
        if analyte not in self._responses:
            self._responses[analyte] = self.respond(analyte, [question.regimen for question in self.questions])
        return self._responses[analyte]

    def respond(
        self, analyte: str, regimens: Sequence[Regimen], people: People = None, per_mg: bool = False
    ) -> Response:
        """The same after other doses. Parameters as in `signal`."""
        void_interval = self.columns.wide(self.specimen.void_interval)[self.columns.of(people)]
        if self.question.half_life is not None:
            return self._one_compartment(regimens, void_interval, per_mg)
        return self.plasma(analyte, regimens, void_interval, people, per_mg)

    def plasma(
        self,
        analyte: str,
        regimens: Sequence[Regimen],
        averaging_time: Floats,
        people: People = None,
        per_mg: bool = False,
    ) -> Response:
        """Plasma concentration of an analyte after doses, along every way of its formation. [umol/L]

        Parameters
        ----------
        analyte : str
        averaging_time : array, shape (columns,)
            [h]
        regimens, people, per_mg
            As in `signal`.
        """
        return self._plasma.response(analyte, regimens, averaging_time, people, per_mg)

    def per_plasma(self, analyte: str) -> Value:
        """Concentration in the specimen for each unit of the response. Shape (n,) or (people, n). [ng/mL per umol/L]"""
        if analyte not in self._per_plasma:
            residual = self.population(self.residual_name(analyte))
            self._per_plasma[analyte] = self.made_at(analyte, self.specimen.flow, self.specimen.ph) * residual
        return self._per_plasma[analyte]

    def residual_name(self, analyte: str) -> str:
        """Name of the parameter by which a specimen of an analyte departs from the model."""
        return f"{self.question.substance.stands_with(analyte)}.residual_factor"

    def made_at(self, analyte: str, flow: Value, ph: Value) -> Value:
        """Concentration in urine made at a flow and pH, for each unit of the response, without the residual.

        Parameters
        ----------
        analyte : str
        flow, ph : float or array
            Of the shape of the draws, or with one more axis before it. [mL/min], [-]

        Returns
        -------
        array
            [ng/mL per umol/L]
        """
        if self.question.half_life is not None:
            excreted: Value = self._excretion(analyte)
        else:
            excreted = self.kinetics.renal_clearance(analyte, flow, ph)
        mass = self.question.substance.moiety(analyte).molar_mass.value
        return excreted / (flow * L_H_PER_ML_MIN) * mass

    def noise(self, component: Component) -> Value:
        """Factor by which a reading differs from what is in the specimen: imprecision of the measurement, bias of the kit.

        Returns
        -------
        array, shape (n,) or (people, n), or a number
            [-]
        """
        measured = _measured(component)
        if measured not in self._noise:
            self._noise[measured] = self._imprecision(measured) * self.kit_bias(component)
        return self._noise[measured]

    def compared(self, component: Component) -> Value:
        """Factor from the concentration in the specimen to what the test compares with its cutoff.

        It is the `noise`; where the cutoff is stated per creatinine, also one over the creatinine of the specimen.

        Returns
        -------
        array, shape (n,) or (people, n), or a number
            [-], or [mL/mg]
        """
        if not component.per_creatinine:
            return self.noise(component)
        return self.noise(component) * ML_PER_DL / self._composition().creatinine

    def _imprecision(self, measured: str) -> Value:
        """The same specimen measured twice gives two numbers."""
        cv = self.assay.imprecision_cv
        if cv == 0.0:
            return 1.0
        numbers = self.deviates.normal("assay", self._name_in_stage(measured))
        factors: Floats = np.exp(np.sqrt(np.log1p(cv * cv)) * numbers)
        return factors.take(self.selection.assay, axis=-1)

    def kit_bias(self, component: Component) -> Value:
        """How far all readings of the kit lie from the truth: nobody knows it, and it is the same in every specimen."""
        bias = self.assay.kit_bias
        if bias is None:
            return 1.0
        numbers = self.deviates.normal("knowledge", f"{KIT_BIAS}{_measured(component)}")
        biases: Floats = np.exp(bias.log_sd * numbers)
        return biases.take(self.selection.knowledge, axis=-1)

    def hydrolysis_yield(self) -> Value:
        """Share of a conjugate that the laboratory sets free and reads. Shape (n,) or (people, n), or a number. [-]"""
        split = self.assay.hydrolysis_yield
        if split.uncertainty == 0.0:
            return split.value
        numbers = self.deviates.normal("knowledge", self._name_in_stage(HYDROLYSIS_YIELD))
        return split.value * np.exp(split.uncertainty * numbers).take(self.selection.knowledge, axis=-1)

    def signal(
        self,
        component: Component,
        regimens: Sequence[Regimen] = (),
        people: People = None,
        per_mg: bool = False,
    ) -> Signal:
        """What one part of the test reads.

        Parameters
        ----------
        component : Component
            Its cutoff does not matter.
        regimens : sequence of Regimen, optional
            Other doses than those of the questions: one regimen for all, or one for each of the people.
        people : sequence of int, optional
            Some of the people who stand side by side.
        per_mg : bool
            As if each dose were 1 mg, or 1 mg/kg: see `detectapi.model.dosing.Dosing.doses`.
        """
        columns = self.columns.of(people)
        noise = self.columns.wide(self.compared(component))[columns]

        def of(analyte: str) -> Signal:
            response = self.respond(analyte, regimens, people, per_mg) if regimens else self.response(analyte)
            return Signal(response, self.columns.wide(self.per_plasma(analyte))[columns], noise)

        if component.is_single:
            return of(component.analyte)
        weights = self.weights(component, people)
        return together([of(analyte) for analyte in weights], list(weights.values()))

    def signal_after(self, component: Component, questions: Sequence[Question], people: People = None) -> Signal:
        """What one part of the test reads after the doses of other questions, one for each of some people: as `signal`."""
        return self.signal(component, [question.regimen for question in questions], people)

    def weights(self, component: Component, people: People = None) -> dict[str, Value]:
        """What each analyte counts for in one part of the test, with what hydrolysis sets free. Numbers, or shape (columns,)."""
        if not component.split:
            return dict(component.weights)
        freed = self.columns.wide(self.hydrolysis_yield())[self.columns.of(people)]
        return {a: w * freed if a in component.split else w for a, w in component.weights.items()}

    def crossings(self, component: Component, first_from: float = 0.0) -> Crossings:
        """First and last time at which a specimen is read at or above the cutoff of one part of the test: `Signal.crossings`."""
        return self.signal(component).crossings(component.cutoff_ng_ml, first_from)

    def concentration(self, component: Component, time: Floats) -> Floats:
        """Concentration in the specimen that one part of the test responds to: `Signal.concentration`."""
        return self.signal(component).concentration(time)

    # -- the half-life view -------------------------------------------------------------------------------------------

    def _elimination_rate(self) -> Floats:
        """Shape (n,). [1/h]"""
        known = self.question.half_life
        if known is None:
            raise ValueError("the question has no half-life")
        half_life = known.value(self.deviates.normal("inputs", known.name))
        if not known.exact:
            half_life = np.asarray(half_life).take(self.selection.inputs, axis=-1)
        return self.columns.wide(np.log(2.0) / half_life)

    def _excretion(self, analyte: str) -> Floats:
        """Amount excreted as the analyte per hour and amount of substance in the body. Shape (n,). [1/h]"""
        fraction = self.question.substance.half_life_model.fraction_excreted.get(analyte)
        return self._elimination_rate() * (fraction.value if fraction is not None else 0.0)

    def _one_compartment(self, regimens: Sequence[Regimen], void_interval: Floats, per_mg: bool) -> Response:
        """The textbook view: all that is absorbed enters one litre at once and falls with one half-life."""
        n = self.columns.n
        chain = Chain((Disposition(np.ones(n), self._elimination_rate()[np.newaxis], np.empty((0, n))),), ())
        return respond(chain, self.dosing.absorbed_at_once(*regimens, per_mg=per_mg), void_interval)


def _measured(component: Component) -> str:
    """The end of the name of the random numbers of a component's measurement."""
    return component.analyte + (AFTER_HYDROLYSIS if component.hydrolysed else "")


def simulate_typical(question: Question) -> Simulation:
    """The typical person: every random effect at its median, the typical values of the parameters, the usual specimen."""
    return Simulation(question, MedianDraw(question.posterior))
