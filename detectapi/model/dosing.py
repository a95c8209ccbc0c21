"""Doses: from the amounts of a regimen to what reaches the circulation in each draw.

Molar amounts, doses per kg, amounts that are ranges, and the share of a dose that each form of a route takes are derived here and
nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import Absorption, Doses, Segments
from detectapi.inputs.distribution import CENTRAL_90
from detectapi.model.arrays import Floats, Value
from detectapi.model.backlog import backlog
from detectapi.model.columns import Columns, People
from detectapi.model.draws import Deviates, Selection
from detectapi.model.physiology import Person
from detectapi.model.population import AMOUNT, Population, depends_on_amount
from detectapi.values.regimen import Regimen, Train
from detectapi.values.substance import Lineage, Route, RouteForm, Substance

UMOL_PER_MMOL = 1000.0
QUEUED = "capacity-limited"
"""The kind of a path whose doses are eliminated at a constant rate."""
SHORTEST_DELAY = 1e-3
"""The shortest lag or release of a draw, where they differ between draws. [h]"""
REFERENCE_WEIGHT = 70.0
"""Body weight by which the form of a route is chosen for a dose per kg. [kg]"""


class Dosing:
    """How doses of a substance reach the circulation of each draw.

    Parameters
    ----------
    substance : Substance
    population : Population
    person : Person
        Of the same draws.
    """

    def __init__(self, substance: Substance, population: Population, person: Person) -> None:
        self.substance = substance
        self.population = population
        self.columns = Columns(person.gfr.shape)
        self._weight = person.covariates["weight_kg"]
        self._absorptions: dict[tuple[DoseGroup, Lineage], tuple[Absorption, ...]] = {}

    def doses(
        self, lineage: Lineage, *regimens: Regimen, people: People = None, per_mg: bool = False, queued: bool = True
    ) -> list[Doses]:
        """Doses in groups that share what `DoseGroup` names.

        Parameters
        ----------
        lineage : Lineage
            The way of formation whose moieties they reach.
        *regimens : Regimen
            One for all, or one for each of the people; then they differ in the amounts only, and one regimen's amounts are a
            multiple of another's within each group.
        people : sequence of int, optional
        per_mg : bool
            As if each dose were 1 mg (or 1 mg/kg) but had the form of the real one; where `amount_is_a_factor`.
        queued : bool
            Whether doses that are eliminated at a constant rate wait for each other; else they are doses like others.

        Returns
        -------
        list of Doses
            In the columns of the people. [umol]
        """
        gathered = self._queued(lineage, regimens, people) if queued else []
        for group, shares in dose_groups(regimens[0], self.substance).items():
            if queued and is_queued(self.substance.routes[group.route].forms[group.form]):
                continue
            factors = [self.columns.wide(self._weight)[self.columns.of(people)]] if group.per_kg else []
            if per_mg:
                amounts = np.full(len(shares), self._umol_per_mg)
            else:
                amounts, others = self._molar_amounts(group, list(shares), regimens, people)
                factors += others
            first = [regimens[0].trains[i] for i in shares]
            starts, durations, intervals = np.array([[train.start, train.duration, train.every] for train in first]).T
            counts = np.array([train.count for train in first])
            scale = reduce(np.multiply, factors) if factors else None
            absorptions = self._absorbed(group, lineage, people, regimens)
            gathered.append(Doses(amounts, starts, durations, intervals, counts, scale, absorptions))
        return gathered

    def _queued(self, lineage: Lineage, regimens: Sequence[Regimen], people: People) -> list[Doses]:
        """What forms from doses that wait in the body, because they are eliminated at a constant rate."""
        columns, gathered = self.columns.of(people), []
        for route, form in dict.fromkeys((g.route, g.form) for g in dose_groups(regimens[0], self.substance)):
            for path in (path for path in self.substance.routes[route].forms[form].paths if path.kind == QUEUED):
                trains = [i for i, train in enumerate(regimens[0].trains) if train.route == route]
                rate = self.columns.wide(self.population(f"{path.prefix}.elimination_rate"))[columns]
                waiting = self._backlog(trains, regimens, people, rate * self._umol_per_mg)
                if path.lag:
                    late = self._time(self.population(f"{path.prefix}.lag_time"))
                    late = late[columns] if isinstance(late, np.ndarray) else late
                    waiting = waiting._replace(begin=waiting.begin + late)
                delivered = np.zeros((len(lineage.moieties), len(rate)))
                for position, (moiety, counts) in enumerate(zip(*lineage, strict=True)):
                    if counts and moiety in path.delivers:
                        formed = self.population(f"{path.prefix}.formation_rate_{moiety}")
                        delivered[position] = self.columns.wide(formed)[columns]
                none = np.empty(0)
                absorption = Absorption(delivered, None)
                gathered.append(Doses(none, none, none, none, none.astype(int), None, (absorption,), waiting))
        return gathered

    def _backlog(self, trains: Sequence[int], regimens: Sequence[Regimen], people: People, rate: Floats) -> Segments:
        """What waits in the body of the columns of some people. [umol]"""
        starts, durations, amounts = [], [], []
        for i in trains:
            own = np.array([[regimen.trains[i].amount.centre] for regimen in regimens]) * self._umol_per_mg
            train = regimens[0].trains[i]
            if not train.amount.exact:
                own = own * self._within_range([regimen.trains[i] for regimen in regimens], people)
            amount = np.broadcast_to(own, (len(rate) // self.columns.draws, self.columns.draws)).reshape(-1)
            if train.amount.per_kg:
                amount = amount * self.columns.wide(self._weight)[self.columns.of(people)]
            starts += [train.start + j * train.every for j in range(train.count)]
            durations += [train.duration] * train.count
            amounts += [amount] * train.count
        return backlog(np.array(starts), np.array(durations), np.array(amounts), rate)

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
            factors.append(self.columns.one_row_each(ranges))
        if len(regimens) > 1:
            multiples = amounts[:, :1] / amounts[0, 0]
            if not np.allclose(amounts, multiples * amounts[0], rtol=1e-9, atol=0.0):
                raise ValueError("doses of people side by side must be multiples of each other")
            factors.append(self.columns.one_row_each(multiples))
        return amounts[0], factors

    def _within_range(self, trains: Sequence[Train], people: People) -> Floats:
        """Where in its range an amount lies in each draw, relative to its centre, for one train for each person. Shape (people, n).

        A range is the central 90 % of a log-normal distribution.
        """
        numbers = self.population.deviates.normal("inputs", f"amount{trains[0].pointer}")
        if numbers.ndim == 2 and people is not None:
            numbers = numbers[list(people)]
        spread = np.array([[_spread(train)] for train in trains])
        return np.exp(spread * numbers).take(self.population.selection.inputs, axis=-1)

    def _absorbed(
        self, group: DoseGroup, lineage: Lineage, people: People, regimens: Sequence[Regimen]
    ) -> tuple[Absorption, ...]:
        """The ways by which a dose reaches the moieties of a chain, in the columns of some people."""
        key = group._replace(pointer="") if group.amount is None else group, lineage
        if key not in self._absorptions:
            form = self.substance.routes[group.route].forms[group.form]
            amount = None if group.amount is None else self._single_dose(group, regimens[0])
            self._absorptions[key] = self._paths(form, lineage, amount)
        columns = self.columns.of(people)
        paths = self._absorptions[key]
        return paths if isinstance(columns, slice) else tuple(path.pick(columns) for path in paths)

    def _single_dose(self, group: DoseGroup, regimen: Regimen) -> Value:
        """Amount of a single dose of a group in each draw, on which parameters of its paths depend. [mg]"""
        (train, *_) = (regimen.trains[i] for i in dose_groups(regimen, self.substance)[group])
        return single_dose(train, self._weight, self.population.deviates, self.population.selection)

    def _paths(self, form: RouteForm, lineage: Lineage, amount: Value | None) -> tuple[Absorption, ...]:
        def get(name: str) -> Value:
            return self.population.of_dose(name, amount)

        fractions = self._fractions(form, amount)
        absorptions = []
        for path in form.paths:
            delivered = np.zeros((len(lineage.moieties), self.columns.n))
            for position, (moiety, counts) in enumerate(zip(*lineage, strict=True)):
                if counts and (path.prefix, moiety) in fractions:
                    delivered[position] = self.columns.wide(fractions[path.prefix, moiety])
            first_order = path.kind in ("first-order", "zero-then-first-order")
            zero_order = path.kind in ("zero-order", "zero-then-first-order")
            absorptions.append(
                Absorption(
                    delivered,
                    self.columns.wide(get(f"{path.prefix}.absorption_rate_constant")) if first_order else None,
                    self._time(get(f"{path.prefix}.lag_time")) if path.lag else 0.0,
                    self._time(get(f"{path.prefix}.release_duration")) if zero_order else 0.0,
                )
            )
        return tuple(absorptions)

    def _fractions(self, form: RouteForm, amount: Value | None) -> dict[tuple[str, str], Value]:
        """Share of a dose that each path of a form delivers as each moiety, by prefix of the path and moiety. [-]"""
        paths = [path for path in form.paths if path.kind != QUEUED]
        names = [(path.prefix, moiety) for path in paths for moiety in path.delivers]
        fractions = {name: self.population.of_dose("{}.fraction_{}".format(*name), amount) for name in names}
        excess = np.maximum(sum(fractions.values()), 1.0)  # no draw absorbs more than was given
        return {name: fraction / excess for name, fraction in fractions.items()}

    def absorbed_at_once(self, *regimens: Regimen, per_mg: bool = False) -> list[Doses]:
        """Doses as the half-life view has them: all that is absorbed, as whatever moiety, enters at once.

        Of a substance that is a carrier only, all is absorbed.

        Parameters
        ----------
        *regimens : Regimen
        per_mg : bool
            As in `doses`.
        """
        root = self.substance.root
        (lineage,) = self.substance.lineages(root.id)
        groups = dose_groups(regimens[0], self.substance)
        entering = []
        for group, doses in zip(groups, self.doses(lineage, *regimens, per_mg=per_mg, queued=False), strict=True):
            form = self.substance.routes[group.route].forms[group.form]
            amount = None if group.amount is None else self._single_dose(group, regimens[0])
            absorbed: Value = 1.0 if root.carrier else sum(self._fractions(form, amount).values())
            at_once = Absorption(self.columns.wide(absorbed)[np.newaxis], None)
            entering.append(doses._replace(absorptions=(at_once,)))
        return entering

    def _time(self, value: Value) -> Floats | float:
        """A lag time or a release duration: a number where no draw differs from another. [h]"""
        return self.columns.wide(np.maximum(value, SHORTEST_DELAY)) if np.ndim(value) else float(value)


def single_dose(train: Train, weight: Value, deviates: Deviates, selection: Selection) -> Value:
    """Amount of a single dose of a train in each draw. [mg]

    Parameters
    ----------
    train : Train
    weight : float, or array, shape (n,) or (people, n)
        [kg]
    deviates : Deviates
    selection : Selection
    """
    amount: Value = train.amount.centre
    if not train.amount.exact:
        numbers = deviates.normal("inputs", f"amount{train.pointer}")
        amount = amount * np.exp(_spread(train) * numbers).take(selection.inputs, axis=-1)
    return amount * weight if train.amount.per_kg else amount


def largest_dose(regimen: Regimen, weight: Value, deviates: Deviates, selection: Selection) -> Value | None:
    """Amount of the largest single dose in each draw, None without doses. Parameters as in `single_dose`. [mg]"""
    amounts = [single_dose(train, weight, deviates, selection) for train in regimen.trains]
    return reduce(np.maximum, amounts) if amounts else None


def _spread(train: Train) -> float:
    """Standard deviation of the logarithm of an amount that is a range."""
    return math.log(train.amount.high / train.amount.low) / (2.0 * CENTRAL_90)


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


def is_queued(form: RouteForm) -> bool:
    """Whether doses of a form are eliminated at a constant rate, and wait for each other."""
    return any(path.kind == QUEUED for path in form.paths)


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
    amount : float or None
        Of a single dose, where parameters of the form's paths depend on it. [mg or mg/kg]
    """

    route: str
    form: int
    per_kg: bool
    pointer: str
    amount: float | None = None


def dose_groups(regimen: Regimen, substance: Substance) -> dict[DoseGroup, dict[int, float]]:
    """The groups of a regimen's doses: for each, the positions of its trains, with the share of their doses in this group."""
    groups: dict[DoseGroup, dict[int, float]] = {}
    for i, train in enumerate(regimen.trains):
        amount = train.amount.centre * (REFERENCE_WEIGHT if train.amount.per_kg else 1.0)
        pointer = "" if train.amount.exact else train.pointer
        for form, share in form_shares(substance.routes[train.route], amount).items():
            own = train.amount.centre if _depends_on_amount(substance, train.route, form) else None
            groups.setdefault(DoseGroup(train.route, form, train.amount.per_kg, pointer, own), {})[i] = share
    return groups


def _depends_on_amount(substance: Substance, route: str, form: int) -> bool:
    """Whether a parameter of a form's paths depends on the amount of the dose."""
    if AMOUNT not in substance.effects_of:
        return False
    prefixes = tuple(f"{path.prefix}." for path in substance.routes[route].forms[form].paths)
    return any(name.startswith(prefixes) and depends_on_amount(p) for name, p in substance.parameters.items())


def amount_is_a_factor(regimen: Regimen, substance: Substance) -> bool:
    """Whether every concentration is a multiple of the amount: one train of doses that one form of a route takes in whole."""
    forms = [substance.routes[group.route].forms[group.form] for group in dose_groups(regimen, substance)]
    if any(map(is_queued, forms)):
        return False
    return AMOUNT not in substance.effects_of and len(regimen.trains) == 1 and len(dose_groups(regimen, substance)) == 1
