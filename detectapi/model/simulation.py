"""Use pattern + draws -> for each part of the test, when a specimen's concentration crosses the cutoff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectapi.exponentials import Absorption, Chain, Crossings, Disposition, Doses, crossings, mix, respond
from detectapi.inputs.distribution import InputDistribution
from detectapi.knowledge.posterior import NONE, Posterior
from detectapi.model.draws import MedianDraw
from detectapi.model.kinetics import Kinetics, parameter_names
from detectapi.model.physiology import Physiology, State
from detectapi.model.population import Population
from detectapi.values.assay import Assay, Component
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Parameter, Substance


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides the answer but the random numbers."""

    substance: Substance
    parameters: Mapping[str, Parameter]
    regimen: Regimen
    assay: Assay
    physiology: Physiology
    half_life: InputDistribution | None = None
    posterior: Posterior | None = None
    calibration: str = NONE

    @property
    def analytes(self) -> tuple[str, ...]:
        """Every analyte that some part of the test responds to."""
        return tuple(dict.fromkeys(a for component in self.assay.components for a in component.weights))


class Simulation:
    """A question answered for the selected draws.

    Parameters
    ----------
    question : Question
    draws : Draws or MedianDraw
    selection : Selection
    """

    def __init__(self, question: Question, draws, selection):
        self.question = question
        self.draws = draws
        self.selection = selection
        self.state: State = question.physiology.state(draws, selection)
        self.population = Population(
            question.parameters, question.substance.correlations, draws, selection, self.state.covariates
        )
        self.population.prepare(parameter_names(question.substance, question.analytes, question.regimen))
        self.kinetics = Kinetics(question.substance, self.population, self.state)
        self._responses: dict[str, Any] = {}

    def response(self, analyte: str):
        """Plasma concentration of an analyte averaged over the void [umol/L], or what stands for it in the half-life view."""
        if analyte not in self._responses:
            make = self._one_compartment if self.question.half_life else self._cascade
            self._responses[analyte] = make(analyte)
        return self._responses[analyte]

    def per_plasma(self, analyte: str) -> np.ndarray:
        """Concentration measured in the specimen per concentration in plasma. Shape (n,). [ng/mL per umol/L]"""
        state, mass = self.state, self.question.substance.moiety(analyte).molar_mass.value
        flow = state.specimen_flow * 0.06  # [L/h]
        if self.question.half_life:
            clearance = self._excretion(analyte)
        else:
            clearance = self.kinetics.renal_clearance(analyte, state.specimen_flow, state.specimen_ph)
        return clearance / flow * mass * self.population(f"{analyte}.residual_factor")

    def noise(self, component: Component) -> np.ndarray | float:
        """Factor by which a measurement differs from what is in the specimen. Shape (n,) or a float."""
        cv = self.question.assay.imprecision_cv
        if cv == 0.0:
            return 1.0
        numbers = self.draws.normal("assay", component.analyte)
        return np.exp(np.sqrt(np.log1p(cv * cv)) * numbers)[self.selection.assay]

    def crossings(self, component: Component, last_only=False) -> Crossings:
        """First and last time a specimen reads at or above the cutoff of one part of the test. [h after the last dose]

        The first is left at 0 where only the last is asked for, which takes half the time.
        """
        cutoff = component.cutoff_ng_ml / self.noise(component)
        if component.weights == {component.analyte: 1.0}:
            return crossings(self.response(component.analyte), cutoff / self.per_plasma(component.analyte), last_only)
        return crossings(self.mixture(component), np.broadcast_to(cutoff, (self.kinetics.n,)), last_only)

    def mixture(self, component: Component):
        """What a test with cross-reactivity responds to: the weighted sum of its analytes in the specimen. [ng/mL]"""
        responses = [self.response(analyte) for analyte in component.weights]
        weights = [weight * self.per_plasma(analyte) for analyte, weight in component.weights.items()]
        return mix(responses, weights)

    def concentration(self, component: Component, time) -> np.ndarray:
        """Concentration in the specimen as the test reads it, without assay imprecision. Shape (m, n). [ng/mL]"""
        if component.weights == {component.analyte: 1.0}:
            return self.response(component.analyte).concentration(time) * self.per_plasma(component.analyte)
        return self.mixture(component).concentration(time)

    # -- the two models -----------------------------------------------------------------------------------------------

    def _cascade(self, analyte: str):
        doses = self.kinetics.doses(analyte, self.question.regimen)
        return respond(self.kinetics.chain(analyte), doses, self.state.void_interval)

    def _elimination_rate(self) -> np.ndarray:
        known = self.question.half_life
        half_life = known.value(self.draws.normal("inputs", known.name))
        half_life = half_life[self.selection.inputs] if np.ndim(half_life) else half_life
        return np.broadcast_to(np.log(2.0) / half_life, (self.kinetics.n,))

    def _excretion(self, analyte: str) -> np.ndarray:
        """Amount excreted as the analyte per hour and amount of substance in the body. [1/h]"""
        excreted = self.question.substance.half_life_model.fraction_excreted.get(analyte)
        return self._elimination_rate() * (excreted.value if excreted else 0.0)

    def _one_compartment(self, analyte: str):
        """The textbook view: the whole absorbed dose in one litre, falling with one half-life."""
        n = self.kinetics.n
        chain = Chain((Disposition(np.ones(n), self._elimination_rate()[None, :], np.empty((0, n))),), ())
        groups = []
        for doses in self.kinetics.doses(self.question.substance.root.id, self.question.regimen):
            absorbed = np.minimum(sum(a.delivered.sum(axis=0) for a in doses.absorptions), 1.0)
            whole = Absorption(np.ones((1, n)) * absorbed, None)
            groups.append(Doses(*doses[:5], doses.scale, (whole,)))
        return respond(chain, groups, self.state.void_interval)


def simulate_typical(question: Question) -> Simulation:
    """The typical person: every random effect at its median, everything known, the usual specimen."""
    draw = MedianDraw(question.posterior)
    return Simulation(question, draw, draw.all())
