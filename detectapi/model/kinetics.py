"""The parameters of each draw put together into what `detectapi.exponentials` computes with: dispositions, chains, doses.

The amounts of doses are derived here and nowhere else: molar amounts, doses per kg, amounts that are ranges, and the share of a
dose that each form of a route takes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np

from detectapi.exponentials import Absorption, Chain, Disposition, Doses, disposition
from detectapi.inputs.distribution import CENTRAL_90
from detectapi.model.arrays import Floats, Ints, Value
from detectapi.model.physiology import Person
from detectapi.model.population import Population
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

People: TypeAlias = Sequence[int] | None
"""Which of the people who stand side by side are meant, in this order; None: all of them."""


class Kinetics:
    """How the body of each draw handles a substance and its metabolites; the same at every void.

    The draws of several people stand one after the other along the last axis of every array: these are the columns. One person
    has n of them, p people have p n.

    Parameters
    ----------
    substance : Substance
    population : Population
    person : Person
        Of the same draws.

    Attributes
    ----------
    n : int
        Columns.
    """

    def __init__(self, substance: Substance, population: Population, person: Person) -> None:
        self.substance = substance
        self.population = population
        self.person = person
        self.n = person.gfr.size
        self._dispositions: dict[str, Disposition] = {}
        self._nonrenal: dict[str, Value] = {}
        self._chains: dict[str, Chain] = {}
        self._absorptions: dict[tuple[str, int, str], tuple[Absorption, ...]] = {}

    def wide(self, value: Value) -> Floats:
        """A value in every column. Shape (n,)."""
        value = np.asarray(value, dtype=float)
        if value.shape != self.person.gfr.shape:
            value = np.broadcast_to(value, self.person.gfr.shape)
        return value.reshape(self.n)

    def columns(self, people: People) -> slice | Ints:
        """The columns of some people."""
        each = self.person.gfr.shape[-1]
        if people is None or np.array_equal(people, np.arange(self.n // each)):
            return slice(None)
        columns: Ints = (np.asarray(people)[:, np.newaxis] * each + np.arange(each)).ravel()
        return columns

    # -- elimination --------------------------------------------------------------------------------------------------

    def renal_clearance(self, moiety: str, flow: Value, ph: Value) -> Value:
        """Renal clearance of the person at a urine flow and pH.

        Parameters
        ----------
        moiety : str
        flow, ph : array
            [mL/min], [-]

        Returns
        -------
        array, shape (n,) or (people, n)
            [L/h]
        """
        get = self.population
        clearance = renal_clearance(
            self.person.gfr, flow, ph,
            get(f"{moiety}.fraction_unbound"), get(f"{moiety}.pka"), get(f"{moiety}.secretion_clearance"),
            get(f"{moiety}.permeability_surface"), get("renal.ph_sensitivity"),
        )  # fmt: skip
        return clearance * get(f"{moiety}.renal_factor") * L_H_PER_ML_MIN

    def nonrenal_clearance(self, moiety: str) -> Value:
        """Total clearance without the renal part that the reference kidney and urine have. [L/h]

        The renal share is taken once, at typical values. So urine pH and flow move the renal part only, and no draw has a
        negative clearance.
        """
        if moiety not in self._nonrenal:
            typical = self.population.typical
            renal = L_H_PER_ML_MIN * renal_clearance(
                REFERENCE_GFR, REFERENCE_FLOW, REFERENCE_PH,
                typical(f"{moiety}.fraction_unbound"), typical(f"{moiety}.pka"),
                typical(f"{moiety}.secretion_clearance"), typical(f"{moiety}.permeability_surface"),
            )  # fmt: skip
            nonrenal_share = max(1.0 - float(renal) / typical(f"{moiety}.clearance"), 0.0)
            total = self.population(f"{moiety}.clearance")
            self._nonrenal[moiety] = total * nonrenal_share * self.population(f"{moiety}.nonrenal_factor")
        return self._nonrenal[moiety]

    def total_clearance(self, moiety: str) -> Floats:
        """Clearance of the person at the usual urine. Shape (n,). [L/h]"""
        renal = self.renal_clearance(moiety, self.person.flow, self.person.ph)
        return self.wide(self.nonrenal_clearance(moiety) + renal)

    # -- distribution -------------------------------------------------------------------------------------------------

    def disposition(self, moiety: str) -> Disposition:
        """The compartments of a moiety: a centre and its peripherals."""
        if moiety not in self._dispositions:
            get, order = self.population, range(1, self.substance.moiety(moiety).peripherals + 1)
            flows = [get(f"{moiety}.intercompartmental_clearance_{i}") for i in order]
            volumes = [self.wide(self._peripheral_volume(moiety, i, q)) for i, q in zip(order, flows, strict=True)]
            exchange = [self.wide(flow) for flow in flows]
            empty = np.empty((0, self.n))
            self._dispositions[moiety] = disposition(
                self.total_clearance(moiety),
                self.wide(get(f"{moiety}.central_volume")),
                np.array(exchange) if exchange else empty,
                np.array(volumes) if volumes else empty,
            )
        return self._dispositions[moiety]

    def _peripheral_volume(self, moiety: str, i: int, exchange: Value) -> Value:
        """Volume of a peripheral compartment, given as such or by the half-life of its release. [L]"""
        if f"{moiety}.peripheral_volume_{i}" in self.population.parameters:
            return self.population(f"{moiety}.peripheral_volume_{i}")
        return exchange * self.population(f"{moiety}.release_half_life_{i}") / math.log(2.0)

    def formation(self, moiety: str) -> Floats:
        """Clearance of the parent that forms a metabolite. Shape (n,). [L/h]

        A draw may make the fractions of one parent's metabolites add up to more than 1; they are then scaled down together.
        """
        parent = self.substance.moiety(moiety).formed_from
        if parent is None:
            raise ValueError(f"{moiety} is not formed from another moiety")
        siblings = [m.id for m in self.substance.moieties if m.formed_from == parent]
        fractions = {m: self.population(f"{m}.formation_fraction") for m in siblings}
        excess = np.maximum(sum(fractions.values()), 1.0)
        return self.wide(fractions[moiety] / excess * self.nonrenal_clearance(parent))

    def chain(self, analyte: str, people: People = None) -> Chain:
        """The moieties from the administered one to an analyte, in the columns of some people."""
        if analyte not in self._chains:
            lineage = [moiety.id for moiety in self.substance.lineage(analyte)]
            dispositions = tuple(self.disposition(moiety) for moiety in lineage)
            self._chains[analyte] = Chain(dispositions, tuple(self.formation(moiety) for moiety in lineage[1:]))
        chain, columns = self._chains[analyte], self.columns(people)
        return chain if isinstance(columns, slice) else chain.pick(columns)

    # -- doses --------------------------------------------------------------------------------------------------------

    def doses(self, analyte: str, *regimens: Regimen, people: People = None, per_mg: bool = False) -> list[Doses]:
        """Doses in groups that share what `DoseGroup` names.

        Parameters
        ----------
        analyte : str
        *regimens : Regimen
            One for all, or one for each of the people; then they differ in the amounts only, and one regimen's amounts are a
            multiple of another's within each group.
        people : sequence of int, optional
        per_mg : bool
            As if each dose were 1 mg (or 1 mg/kg) but had the form of the real one; where `amount_is_a_factor`.

        Returns
        -------
        list of Doses
            In the columns of the people. [umol]
        """
        gathered = []
        for group, shares in dose_groups(regimens[0], self.substance).items():
            factors = [self._weight(people)] if group.per_kg else []
            if per_mg:
                amounts = np.full(len(shares), self._umol_per_mg)
            else:
                amounts, others = self._molar_amounts(group, list(shares), regimens, people)
                factors += others
            first = [regimens[0].trains[i] for i in shares]
            starts, durations, intervals = np.array([[train.start, train.duration, train.every] for train in first]).T
            counts = np.array([train.count for train in first])
            scale = reduce(np.multiply, factors) if factors else None
            absorptions = self._absorbed(group.route, group.form, analyte, people)
            gathered.append(Doses(amounts, starts, durations, intervals, counts, scale, absorptions))
        return gathered

    def amounts(self, regimens: Sequence[Regimen], people: People = None) -> Floats:
        """Amount of each dose of regimens of one train, one regimen for each of some people.

        Returns
        -------
        array, shape (people, 1), or (people, n) where the amounts are ranges
            [mg, or mg/kg for doses per kg]
        """
        trains = [regimen.trains[0] for regimen in regimens]
        centre = np.array([[train.amount.centre] for train in trains])
        return centre if trains[0].amount.exact else centre * self._within_range(trains, people)

    @property
    def _umol_per_mg(self) -> float:
        return UMOL_PER_MMOL / self.substance.root.molar_mass.value

    def _weight(self, people: People) -> Floats:
        """Body weight in the columns of some people. [kg]"""
        return self.wide(self.person.covariates["weight_kg"])[self.columns(people)]

    def _molar_amounts(
        self, group: DoseGroup, trains: Sequence[int], regimens: Sequence[Regimen], people: People
    ) -> tuple[Floats, list[Floats]]:
        """Amounts of the trains of a group [umol, or umol/kg], and factors on them in the columns of some people. [-]"""
        shares = [dose_groups(regimen, self.substance)[group] for regimen in regimens]
        amounts = np.array([
            [regimen.trains[i].amount.centre * share[i] * self._umol_per_mg for i in trains]
            for regimen, share in zip(regimens, shares, strict=True)
        ])  # fmt: skip
        factors = []
        if group.pointer:
            ranges = self._within_range([regimen.trains[trains[0]] for regimen in regimens], people)
            factors.append(self.one_row_each(ranges))
        if len(regimens) > 1:
            multiples = amounts[:, :1] / amounts[0, 0]
            if not np.allclose(amounts, multiples * amounts[0], rtol=1e-9):
                raise ValueError("doses of people side by side must be multiples of each other")
            factors.append(self.one_row_each(multiples))
        return amounts[0], factors

    def one_row_each(self, values: Floats) -> Floats:
        """Values of some people, shape (people, 1) or (people, n), in their columns."""
        each = self.person.gfr.shape[-1]
        return np.broadcast_to(values, (len(values), each)).reshape(-1)

    def _within_range(self, trains: Sequence[Train], people: People) -> Floats:
        """Where in its range an amount lies in each draw, relative to its centre, for one train for each person. Shape (people, n).

        A range is the central 90 % of a log-normal distribution.
        """
        amounts = [train.amount for train in trains]
        spread = np.array([[math.log(amount.high / amount.low) / (2.0 * CENTRAL_90)] for amount in amounts])
        numbers = self.population.deviates.normal("inputs", f"amount{trains[0].pointer}")
        if numbers.ndim == 2 and people is not None:
            numbers = numbers[list(people)]
        return np.exp(spread * numbers).take(self.population.selection.inputs, axis=-1)

    def _absorbed(self, route: str, form: int, analyte: str, people: People) -> tuple[Absorption, ...]:
        """The ways by which a dose reaches the moieties of an analyte's chain, in the columns of some people."""
        key = route, form, analyte
        if key not in self._absorptions:
            lineage = [moiety.id for moiety in self.substance.lineage(analyte)]
            self._absorptions[key] = self._paths(self.substance.routes[route].forms[form], lineage)
        columns = self.columns(people)
        paths = self._absorptions[key]
        return paths if isinstance(columns, slice) else tuple(path.pick(columns) for path in paths)

    def _paths(self, form: RouteForm, lineage: list[str]) -> tuple[Absorption, ...]:
        get = self.population
        fractions = {(path.prefix, m): get(f"{path.prefix}.fraction_{m}") for path in form.paths for m in path.delivers}
        excess = np.maximum(sum(fractions.values()), 1.0)  # no draw absorbs more than was given
        absorptions = []
        for path in form.paths:
            delivered = np.zeros((len(lineage), self.n))
            for position, moiety in enumerate(lineage):
                if (path.prefix, moiety) in fractions:
                    delivered[position] = self.wide(fractions[path.prefix, moiety] / excess)
            first_order = path.kind in ("first-order", "zero-then-first-order")
            zero_order = path.kind in ("zero-order", "zero-then-first-order")
            absorptions.append(
                Absorption(
                    delivered,
                    self.wide(get(f"{path.prefix}.absorption_rate_constant")) if first_order else None,
                    get.typical(f"{path.prefix}.lag_time") if path.lag else 0.0,
                    get.typical(f"{path.prefix}.release_duration") if zero_order else 0.0,
                )
            )
        return tuple(absorptions)


def form_shares(route: Route, amount_mg: float) -> dict[int, float]:
    """Which forms of a route hold for a single dose, and the share of the dose that each takes.

    A form holds up to its largest dose, the next one from twice that dose on. In between the drug that is absorbed rises in a
    straight line from one to the other. A step at the largest dose could mean that a little more drug leaves less in the body.
    """
    for i, form in enumerate(route.forms):
        limit = form.up_to_mg
        if limit is None or amount_mg <= limit:
            return {i: 1.0}
        if amount_mg < 2.0 * limit:
            beyond = 2.0 * (amount_mg - limit) / amount_mg
            return {i: 1.0 - beyond, i + 1: beyond}
    return {len(route.forms) - 1: 1.0}


class DoseGroup(NamedTuple):
    """What doses must share to be computed together.

    Attributes
    ----------
    route : str
    form : int
        Of the route.
    per_kg : bool
    pointer : str
        Where the request gives an amount as a range: each range has random numbers of its own. Empty for exact amounts.
    """

    route: str
    form: int
    per_kg: bool
    pointer: str


def dose_groups(regimen: Regimen, substance: Substance) -> dict[DoseGroup, dict[int, float]]:
    """The groups of a regimen's doses: for each, the positions of its trains, with the share of their doses in this group."""
    groups: dict[DoseGroup, dict[int, float]] = {}
    for i, train in enumerate(regimen.trains):
        amount = train.amount.centre * (REFERENCE_WEIGHT if train.amount.per_kg else 1.0)
        pointer = "" if train.amount.exact else train.pointer
        for form, share in form_shares(substance.routes[train.route], amount).items():
            groups.setdefault(DoseGroup(train.route, form, train.amount.per_kg, pointer), {})[i] = share
    return groups


def amount_is_a_factor(regimen: Regimen, substance: Substance) -> bool:
    """Whether every concentration is a multiple of the amount: one train of doses that one form of a route takes in whole."""
    return len(regimen.trains) == 1 and len(dose_groups(regimen, substance)) == 1


def parameter_names(substance: Substance, analytes: Iterable[str], regimen: Regimen) -> list[str]:
    """Names of all parameters that a question needs, so that their random numbers are made at once."""
    needed = dict.fromkeys(m.id for analyte in analytes for m in substance.lineage(analyte))
    parents = {substance.moiety(m).formed_from for m in needed}
    needed |= dict.fromkeys(m.id for m in substance.moieties if m.formed_from is not None and m.formed_from in parents)
    prefixes = [f"{m}." for m in needed]
    for group in dose_groups(regimen, substance):
        prefixes += [f"{path.prefix}." for path in substance.routes[group.route].forms[group.form].paths]
    return [name for name in substance.parameters if name.startswith((*prefixes, "renal."))]
