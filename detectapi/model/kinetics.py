"""Clearances, compartments and metabolites of each draw, as `detectapi.exponentials` computes with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np

from detectapi.exponentials import Chain, Disposition, disposition
from detectapi.model.arrays import Floats, Value
from detectapi.model.columns import Columns, People
from detectapi.model.dosing import dose_groups
from detectapi.model.physiology import Person
from detectapi.model.population import Population
from detectapi.model.renal import renal_clearance
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Lineage, Substance

PH_SENSITIVITY = "renal.ph_sensitivity"
L_H_PER_ML_MIN = 0.06
REFERENCE_GFR = 110.0
REFERENCE_FLOW = 62.4 / 60.0
REFERENCE_PH = 6.0
"""Kidney and urine for which the data state a total clearance. [mL/min, mL/min, -]"""


class Kinetics:
    """How the body of each draw handles a substance and its metabolites; the same at every void.

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
        self.person = person
        self.columns = Columns(person.gfr.shape)
        self._dispositions: dict[str, Disposition] = {}
        self._nonrenal: dict[str, Value] = {}
        self._chains: dict[tuple[str, ...], Chain] = {}

    # -- elimination --------------------------------------------------------------------------------------------------

    def renal_clearance(self, moiety: str, flow: Value, ph: Value) -> Floats:
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
        tubules = self.person.secretion, self.person.permeability
        clearance = self._renal_clearance(moiety, self.population, self.person.gfr, flow, ph, tubules=tubules)
        return np.asarray(clearance * self.population.given(f"{moiety}.renal_factor", 1.0) * L_H_PER_ML_MIN)

    def _renal_clearance(
        self,
        moiety: str,
        get: Callable[[str], Value],
        gfr: Value,
        flow: Value,
        ph: Value,
        sensitivity: Value | None = None,
        tubules: tuple[Value, Value] = (1.0, 1.0),
    ) -> Value:
        """Renal clearance with parameters that `get` gives. [mL/min]

        The sensitivity to pH is that of the file unless another is given; `tubules` are factors on secretion and reabsorption.
        """
        what, known = self.substance.moiety(moiety), self.population.parameters

        def of(name: str, otherwise: float) -> Value:
            return get(f"{moiety}.{name}") if f"{moiety}.{name}" in known else otherwise

        if sensitivity is None:
            sensitivity = get(PH_SENSITIVITY) if PH_SENSITIVITY in known else 1.0
        return renal_clearance(
            gfr, flow, ph,
            get(f"{moiety}.fraction_unbound"), of("pka", 0.0), of("secretion_clearance", 0.0) * tubules[0],
            of("permeability_surface", 0.0) * tubules[1], sensitivity, what.charge,
        )  # fmt: skip

    def nonrenal_clearance(self, moiety: str) -> Value:
        """Total clearance without the renal part that the reference kidney and urine have. [L/h]

        The renal share is taken once, at typical values. So urine pH and flow move the renal part only, and no draw has a
        negative clearance.
        """
        if moiety not in self._nonrenal:
            typical = self.population.typical
            reference = REFERENCE_GFR, REFERENCE_FLOW, REFERENCE_PH
            renal = L_H_PER_ML_MIN * self._renal_clearance(moiety, typical, *reference, sensitivity=1.0)
            nonrenal_share = max(1.0 - float(renal) / typical(f"{moiety}.clearance"), 0.0)
            total = self.population(f"{moiety}.clearance")
            factor = self.population.given(f"{moiety}.nonrenal_factor", 1.0)
            clearance = total * nonrenal_share * factor * self.person.nonrenal
            self._nonrenal[moiety] = clearance * self.person.liver if self._liver_counts(moiety) else clearance
        return self._nonrenal[moiety]

    def _liver_counts(self, moiety: str) -> bool:
        """Whether liver disease of the person's class changes the non-renal clearance of a moiety."""
        factor, word = (
            self.population.parameters.get(f"{moiety}.nonrenal_factor"),
            self.person.covariates["hepatic_class"],
        )
        effects = [effect for effect in (factor.effects if factor else ()) if effect.covariate == "hepatic_class"]
        return any(effect.factors.get(word, 1.0) != 1.0 for effect in effects)

    def total_clearance(self, moiety: str) -> Floats:
        """Clearance of the person at the usual urine. Shape (columns,). [L/h]"""
        renal = self.renal_clearance(moiety, self.person.flow, self.person.ph)
        return self.columns.wide(self.nonrenal_clearance(moiety) + renal)

    # -- distribution -------------------------------------------------------------------------------------------------

    def disposition(self, moiety: str) -> Disposition:
        """The compartments of a moiety: a centre and its peripherals."""
        if moiety not in self._dispositions:
            get, order = self.population, range(1, self.substance.moiety(moiety).peripherals + 1)
            flows = [get(f"{moiety}.intercompartmental_clearance_{i}") for i in order]
            volumes = [
                self.columns.wide(self._peripheral_volume(moiety, i, q)) for i, q in zip(order, flows, strict=True)
            ]
            exchange = [self.columns.wide(flow) for flow in flows]
            empty = np.empty((0, self.columns.n))
            self._dispositions[moiety] = disposition(
                self.total_clearance(moiety),
                self.columns.wide(get(f"{moiety}.central_volume")),
                np.array(exchange) if exchange else empty,
                np.array(volumes) if volumes else empty,
            )
        return self._dispositions[moiety]

    def _peripheral_volume(self, moiety: str, i: int, exchange: Value) -> Value:
        """Volume of a peripheral compartment, given as such or by the half-life of its release. [L]"""
        if f"{moiety}.peripheral_volume_{i}" in self.population.parameters:
            return self.population(f"{moiety}.peripheral_volume_{i}")
        return exchange * self.population(f"{moiety}.release_half_life_{i}") / math.log(2.0)

    def formation(self, moiety: str, parent: str) -> Floats:
        """Clearance of a parent that forms a metabolite. Shape (columns,). [L/h]

        A draw may make the fractions of one parent's metabolites add up to more than 1; they are then scaled down together.
        """
        siblings = [m for m in self.substance.moieties if parent in m.parents]
        fractions = {m.id: self.population(m.formation_fraction(parent)) for m in siblings}
        excess = np.maximum(sum(fractions.values()), 1.0)
        return self.columns.wide(fractions[moiety] / excess * self.nonrenal_clearance(parent))

    def chain(self, lineage: Lineage, people: People = None) -> Chain:
        """The moieties along a way of formation, in the columns of some people."""
        way = lineage.moieties
        if way not in self._chains:
            dispositions = tuple(self.disposition(moiety) for moiety in way)
            steps = zip(way[1:], way, strict=False)
            self._chains[way] = Chain(dispositions, tuple(self.formation(moiety, parent) for moiety, parent in steps))
        chain, columns = self._chains[way], self.columns.of(people)
        return chain if isinstance(columns, slice) else chain.pick(columns)


def parameter_names(substance: Substance, analytes: Iterable[str], regimen: Regimen) -> tuple[str, ...]:
    """Names of all parameters that a question needs, so that their random numbers are made at once.

    Of a metabolite that is only formed beside those asked about, the fractions in which its parents form it.
    """
    groups = dose_groups(regimen, substance)
    paths = [path.prefix for group in groups for path in substance.routes[group.route].forms[group.form].paths]
    return _names(substance, tuple(analytes), tuple(paths))


@lru_cache(maxsize=1024)
def _names(substance: Substance, analytes: tuple[str, ...], paths: tuple[str, ...]) -> tuple[str, ...]:
    """The same, by the ways along which doses are absorbed. Kept for the next question, because rows of a table are alike."""
    needed = dict.fromkeys(name for analyte in analytes for name in substance.ancestors(analyte))
    needed |= dict.fromkeys(substance.stands_with(analyte) for analyte in analytes)
    parents = {parent for name in needed for parent in substance.moiety(name).parents}
    formed = {m.formation_fraction(parent) for m in substance.moieties for parent in parents.intersection(m.parents)}
    starts = tuple(f"{owner}." for owner in (*needed, *paths, "renal"))
    return tuple(name for name in substance.parameters if name.startswith(starts) or name in formed)
