"""The parameters of each draw assembled into what `detectapi.exponentials` computes with: dispositions, chains, doses."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np

from detectapi.exponentials import Absorption, Chain, Disposition, Doses, disposition
from detectapi.inputs.distribution import CENTRAL_90
from detectapi.model.renal import renal_clearance
from detectapi.values.regimen import Regimen, Train
from detectapi.values.substance import Route, RouteForm, Substance

L_H_PER_ML_MIN = 0.06
UMOL_PER_MMOL = 1000.0
REFERENCE_GFR = 110.0
REFERENCE_FLOW = 62.4 / 60.0
REFERENCE_PH = 6.0
REFERENCE_WEIGHT = 70.0
"""Kidney, urine and weight for which the data state a total clearance. [mL/min, mL/min, -, kg]"""


class Kinetics:
    """Disposition of a substance and its metabolites for the selected draws.

    Parameters
    ----------
    substance : Substance
    population : Population
    state : State
        Physiology of the same draws.
    """

    def __init__(self, substance: Substance, population, state):
        self.substance = substance
        self.population = population
        self.state = state
        self.n = state.gfr.size
        self._dispositions: dict[str, Disposition] = {}
        self._nonrenal: dict[str, np.ndarray] = {}

    def _wide(self, value) -> np.ndarray:
        """A value of each draw, shape (n,); of several people one after the other."""
        value = np.asarray(value, dtype=float)
        if value.shape != self.state.gfr.shape:
            value = np.broadcast_to(value, self.state.gfr.shape)
        return value.reshape(self.n)

    @property
    def weight(self) -> np.ndarray:
        """Body weight. Shape (n,). [kg]"""
        return self._wide(self.state.covariates["weight_kg"])

    # -- elimination --------------------------------------------------------------------------------------------------

    def renal_clearance(self, moiety: str, flow, ph) -> np.ndarray:
        """Renal clearance at a urine flow and pH. Shape (n,). [L/h]"""
        get = self.population
        clearance = renal_clearance(
            self.state.gfr, flow, ph,
            get(f"{moiety}.fraction_unbound"), get(f"{moiety}.pka"), get(f"{moiety}.secretion_clearance"),
            get(f"{moiety}.permeability_surface"), get("renal.ph_sensitivity"),
        )  # fmt: skip
        return clearance * get(f"{moiety}.renal_factor") * L_H_PER_ML_MIN

    def nonrenal_clearance(self, moiety: str) -> np.ndarray:
        """What is left of the total clearance when the renal part at reference kidney and urine is taken away. [L/h]

        The split is made once, at typical values, so that urine pH and flow move the renal part only and no draw has a negative
        clearance.
        """
        if moiety not in self._nonrenal:
            typical = self.population.typical
            renal = L_H_PER_ML_MIN * renal_clearance(
                REFERENCE_GFR, REFERENCE_FLOW, REFERENCE_PH,
                typical(f"{moiety}.fraction_unbound"), typical(f"{moiety}.pka"),
                typical(f"{moiety}.secretion_clearance"), typical(f"{moiety}.permeability_surface"),
            )  # fmt: skip
            nonrenal_share = max(1.0 - renal / typical(f"{moiety}.clearance"), 0.0)
            total = self.population(f"{moiety}.clearance")
            self._nonrenal[moiety] = total * nonrenal_share * self.population(f"{moiety}.nonrenal_factor")
        return self._nonrenal[moiety]

    def disposition(self, moiety: str) -> Disposition:
        """Mammillary system of a moiety."""
        if moiety not in self._dispositions:
            get, order = self.population, range(1, self.substance.moiety(moiety).peripherals + 1)
            clearance = self.nonrenal_clearance(moiety) + self.renal_clearance(moiety, self.state.flow, self.state.ph)
            flows = [get(f"{moiety}.intercompartmental_clearance_{i}") for i in order]
            volumes = [self._wide(self._peripheral_volume(moiety, i, q)) for i, q in zip(order, flows, strict=True)]
            exchange = [self._wide(flow) for flow in flows]
            empty = np.empty((0, self.n))
            self._dispositions[moiety] = disposition(
                self._wide(clearance),
                self._wide(get(f"{moiety}.central_volume")),
                np.array(exchange) if exchange else empty,
                np.array(volumes) if volumes else empty,
            )
        return self._dispositions[moiety]

    def _peripheral_volume(self, moiety, i, exchange):
        if f"{moiety}.peripheral_volume_{i}" in self.population.parameters:
            return self.population(f"{moiety}.peripheral_volume_{i}")
        return exchange * self.population(f"{moiety}.release_half_life_{i}") / math.log(2.0)

    def formation(self, moiety: str) -> np.ndarray:
        """Clearance of the parent that forms a metabolite. [L/h]

        The fractions of one parent's metabolites are scaled down together where a draw would make more than all of it.
        """
        parent = self.substance.moiety(moiety).formed_from
        siblings = [m.id for m in self.substance.moieties if m.formed_from == parent]
        fractions = {m: self.population(f"{m}.formation_fraction") for m in siblings}
        excess = np.maximum(sum(fractions.values()), 1.0)
        return self._wide(fractions[moiety] / excess * self.nonrenal_clearance(parent))

    def chain(self, analyte: str) -> Chain:
        """The cascade from the administered moiety to an analyte."""
        lineage = self.substance.lineage(analyte)
        return Chain(
            tuple(self.disposition(moiety.id) for moiety in lineage),
            tuple(self.formation(moiety.id) for moiety in lineage[1:]),
        )

    # -- input --------------------------------------------------------------------------------------------------------

    def doses(self, analyte: str, regimen: Regimen) -> list[Doses]:
        """Doses by what they share: route, form, and a factor that differs from draw to draw."""
        lineage = [moiety.id for moiety in self.substance.lineage(analyte)]
        weight = self.weight
        molar = UMOL_PER_MMOL / self.substance.root.molar_mass.value  # [umol/mg]
        groups = defaultdict(list)
        for train in regimen.trains:
            for key, share in group_keys(train, self.substance).items():
                groups[key].append((train, share))
        gathered = []
        for (route, form, per_kg, pointer), trains in groups.items():
            scale = weight if per_kg else None
            if pointer:
                factor = self._amount_factor(trains[0][0])
                scale = factor if scale is None else scale * factor
            paths = self._absorptions(self.substance.routes[route].forms[form], lineage)
            column = np.array(
                [[t.amount.centre * share * molar, t.start, t.duration, t.every, t.count] for t, share in trains]
            ).T
            gathered.append(Doses(*column[:4], column[4].astype(int), scale, paths))
        return gathered

    def _amount_factor(self, train: Train) -> np.ndarray:
        """What an amount given as a range is in each draw, relative to its centre."""
        spread = math.log(train.amount.high / train.amount.low) / (2.0 * CENTRAL_90)
        numbers = self.population.draws.normal("inputs", f"amount{train.pointer}")
        return np.exp(spread * numbers)[self.population.selection.inputs]

    def _absorptions(self, form: RouteForm, lineage: list[str]) -> tuple[Absorption, ...]:
        get = self.population
        fractions = {(path.prefix, m): get(f"{path.prefix}.fraction_{m}") for path in form.paths for m in path.delivers}
        excess = np.maximum(sum(fractions.values()), 1.0)  # no draw absorbs more than was given
        absorptions = []
        for path in form.paths:
            delivered = np.zeros((len(lineage), self.n))
            for row, moiety in enumerate(lineage):
                if (path.prefix, moiety) in fractions:
                    delivered[row] = self._wide(fractions[path.prefix, moiety] / excess)
            first_order = path.kind in ("first-order", "zero-then-first-order")
            zero_order = path.kind in ("zero-order", "zero-then-first-order")
            absorptions.append(
                Absorption(
                    delivered,
                    self._wide(get(f"{path.prefix}.absorption_rate_constant")) if first_order else None,
                    get.typical(f"{path.prefix}.lag_time") if path.lag else 0.0,
                    get.typical(f"{path.prefix}.release_duration") if zero_order else 0.0,
                )
            )
        return tuple(absorptions)


def form_shares(route: Route, amount_mg: float) -> dict[int, float]:
    """Which forms of a route hold for a single dose, and the share of the dose that each takes.

    A form holds up to its largest dose, the next from twice that on. In between what is absorbed rises in a straight line from
    one to the other: with a step, a little more drug would be less in the body.
    """
    for i, form in enumerate(route.forms):
        limit = form.up_to_mg
        if limit is None or amount_mg <= limit:
            return {i: 1.0}
        if amount_mg < 2.0 * limit:
            beyond = 2.0 * (amount_mg - limit) / amount_mg
            return {i: 1.0 - beyond, i + 1: beyond}
    return {len(route.forms) - 1: 1.0}


def group_keys(train: Train, substance: Substance) -> dict[Any, float]:
    """What doses must share to be computed together, with the share of this train's doses that belongs there.

    Route, its form, per kg or not, and an uncertain amount of their own.
    """
    amount = train.amount.centre * (REFERENCE_WEIGHT if train.amount.per_kg else 1.0)
    own = train.pointer if train.amount.high > train.amount.low else ""
    shares = form_shares(substance.routes[train.route], amount)
    return {(train.route, form, train.amount.per_kg, own): share for form, share in shares.items()}


def parameter_names(substance: Substance, analytes, regimen: Regimen) -> list[str]:
    """Names of all parameters that a question needs, so that their random numbers are made at once."""
    needed = dict.fromkeys(m.id for analyte in analytes for m in substance.lineage(analyte))
    parents = {substance.moiety(m).formed_from for m in needed}
    needed |= dict.fromkeys(m.id for m in substance.moieties if m.formed_from is not None and m.formed_from in parents)
    prefixes = [f"{m}." for m in needed]
    for train in regimen.trains:
        for route, form, *_ in group_keys(train, substance):
            prefixes += [f"{path.prefix}." for path in substance.routes[route].forms[form].paths]
    return [name for name in substance.parameters if name.startswith((*prefixes, "renal."))]
