"""What is known of a person and their urine -> kidney function, urine flow, pH and creatinine of each draw.

What is the same at every void is the `Person`; what differs from void to void is the `Specimen`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from detectapi.inputs.distribution import InputDistribution, population_default
from detectapi.inputs.known import KnownInputs
from detectapi.model import renal, urine
from detectapi.model.arrays import Bools, Floats, Ints, Value
from detectapi.model.draws import Deviates, Selection
from detectapi.values.substance import Parameter

REFERENCE_SURFACE = 1.73
MINUTES_PER_HOUR = 60.0
ML_PER_L = 1000.0
CREATININE_UMOL_PER_MG_DL = 88.4


@dataclass(frozen=True, slots=True)
class Person:
    """Body, kidneys and usual urine of each draw: what is the same at every void.

    Arrays have shape (n,), or (people, n) where several people stand side by side.

    Attributes
    ----------
    covariates : dict
        What parameters may depend on, by name: a number, an array, a word, or None where it is not known.
    gfr : array
        Glomerular filtration rate, not indexed. [mL/min]
    flow, ph : array
        Usual urine. [mL/min], [-]
    creatinine_excretion, osmole_excretion : float or array
        [mg/day], [mOsm/day]
    """

    covariates: Mapping[str, Any]
    gfr: Floats
    flow: Floats
    ph: Floats
    creatinine_excretion: Value
    osmole_excretion: Value

    def of(self, person: int) -> Person:
        """One of several people who stand side by side."""
        covariates = {name: _row(value, person) for name, value in self.covariates.items()}
        return replace(_rows(self, person), covariates=covariates)


@dataclass(frozen=True, slots=True)
class Specimen:
    """The urine of one void of each draw. Arrays as in `Person`.

    Attributes
    ----------
    flow : array
        At which the urine was made. [mL/min]
    ph : array
        [-]
    void_interval : array
        Time over which the bladder filled. [h]
    creatinine : array
        [mg/dL]
    specific_gravity : array
        [-]
    """

    flow: Floats
    ph: Floats
    void_interval: Floats
    creatinine: Floats
    specific_gravity: Floats

    def of(self, person: int) -> Specimen:
        """That of one of several people who stand side by side."""
        return _rows(self, person)


Record = TypeVar("Record", Person, Specimen)


def _row(value: Any, person: int) -> Any:
    return value[person] if np.ndim(value) == 2 else value


def _rows(record: Record, person: int) -> Record:
    """A record with the row of one person of each of its arrays."""
    return replace(record, **{field.name: _row(getattr(record, field.name), person) for field in fields(record)})


class Sampled(NamedTuple):
    """Values of inputs, or of parameters of the population, for the selected draws of one stream."""

    distributions: Mapping[str, InputDistribution | Parameter]
    deviates: Deviates
    stream: str
    chosen: Ints

    def __call__(self, name: str) -> Value:
        """Values of one of them: a float where it is exact."""
        item = self.distributions[name]
        distribution = item if isinstance(item, InputDistribution) else population_default(name, item)
        if distribution.exact:
            return distribution.centre
        values = distribution.value(self.deviates.normal(self.stream, name))
        return np.asarray(values).take(self.chosen, axis=-1)


class Physiology:
    """What is known of a person and their urine, ready to be sampled.

    Parameters
    ----------
    known : KnownInputs
    defaults : dict of str to Parameter
        The population's body and urine, as `detectapi.knowledge.catalog.physiology` gives them.
    people : tuple of int
        Leading axes of the sampled arrays: ``()`` for one person, ``(p,)`` for p people side by side.
    """

    def __init__(self, known: KnownInputs, defaults: Mapping[str, Parameter], people: tuple[int, ...] = ()) -> None:
        self.known = known
        self.defaults = defaults
        self.people = people

    @classmethod
    def side_by_side(cls, several: Sequence[Physiology]) -> Physiology:
        """Several people of one `structure` as one; the arrays get a leading axis with one entry for each person."""
        first = several[0]
        if len(several) == 1:
            return first
        people = [one.known.distributions for one in several]
        columns = {
            name: replace(
                distribution,
                centre=np.array([[person[name].centre] for person in people]),
                spread=0.0 if distribution.exact else np.array([[person[name].spread] for person in people]),
            )
            for name, distribution in first.known.distributions.items()
        }
        return cls(first.known.with_distributions(columns), first.defaults, (len(several),))

    @property
    def structure(self) -> tuple[Any, ...]:
        """What two people must agree in to be sampled side by side: everything but the numbers."""
        return self.known.structure

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers: with `structure`, all that decides the physiology."""
        return self.known.numbers

    # -- the person ---------------------------------------------------------------------------------------------------

    def person(self, deviates: Deviates, selection: Selection) -> Person:
        """Body, kidneys and usual urine of the selected draws."""
        known = self.known.distributions
        deviates.prepare("inputs", [name for name, one in known.items() if not one.exact])
        deviates.prepare("people", [self._excretion_name, "osmole_excretion_mosm_d"])
        inputs = Sampled(known, deviates, "inputs", selection.inputs)
        equations = Sampled(self.defaults, deviates, "inputs", selection.inputs)
        people = Sampled(self.defaults, deviates, "people", selection.people)
        weight = inputs("weight_kg")
        age = inputs("age_y") if "age_y" in known else None
        gfr = self._gfr(inputs, equations, weight, age)
        creatinine = people(self._excretion_name) * weight
        osmoles = people("osmole_excretion_mosm_d")
        covariates = {
            "weight_kg": weight,
            "age_y": age,
            "gfr_ml_min": gfr,
            "sex": self.known.sex,
            "hepatic_class": self.known.hepatic_class,
            "interactions": self.known.interactions,
            **dict(self.known.words),
        }
        flow = self._usual_flow(inputs, equations, creatinine, osmoles)
        shape = (*self.people, len(selection.people))
        gfr, flow, ph = (np.broadcast_to(value, shape) for value in (gfr, flow, inputs("urine_ph")))
        return Person(covariates, gfr, flow, ph, creatinine, osmoles)

    @property
    def _excretion_name(self) -> str:
        return f"creatinine_excretion_mg_kg_d.{self.known.sex or 'unknown'}"

    def _gfr(self, inputs: Sampled, equations: Sampled, weight: Value, age: Value | None) -> Value:
        """Glomerular filtration rate, not indexed. [mL/min]"""
        measure = self.known.renal_measure
        if measure == "creatinine_clearance_ml_min":
            return inputs(measure)
        surface: Value = REFERENCE_SURFACE
        if self.knows_surface:
            surface = renal.body_surface(weight, inputs("height_cm"))
        indexed = inputs(measure)
        if measure != "egfr_ml_min_1_73m2":
            indexed = self._from_creatinine(indexed, age) * equations("gfr_estimation_error")
        return indexed * surface / REFERENCE_SURFACE

    def _from_creatinine(self, creatinine: Value, age: Value | None) -> Value:
        """Estimated GFR by serum creatinine, in the unit it was given. [mL/min/1.73 m2]"""
        if age is None:
            raise ValueError("a GFR by serum creatinine needs the age")
        if self.known.renal_measure == "serum_creatinine_umol_l":
            creatinine = creatinine / CREATININE_UMOL_PER_MG_DL
        return renal.gfr_from_creatinine(creatinine, age, self.known.sex == "female")

    @property
    def estimated_gfr(self) -> float | None:
        """Estimated GFR at the centre of the serum creatinine that was given; None where none was. [mL/min/1.73 m2]"""
        if not self.known.renal_measure.startswith("serum_creatinine"):
            return None
        known = self.known.distributions
        return float(self._from_creatinine(known[self.known.renal_measure].centre, known["age_y"].centre))

    @property
    def knows_surface(self) -> bool:
        """Whether weight and height were both given, so that an indexed GFR can be de-indexed."""
        known = self.known.distributions
        return "height_cm" in known and not known["weight_kg"].is_default

    @property
    def _gravity_slope(self) -> float:
        """Specific gravity above 1 per osmolality. [kg/mOsm]"""
        return self.defaults["specific_gravity_per_osmolality"].value

    def _usual_flow(self, inputs: Sampled, equations: Sampled, creatinine: Value, osmoles: Value) -> Value:
        """The person's usual urine flow. [mL/min]"""
        measure = self.known.hydration_measure
        value = inputs(measure)
        if measure == "urine_flow_ml_h":
            return value / MINUTES_PER_HOUR
        if measure == "fluid_intake_l_day":
            return value * equations("urine_fraction_of_intake") * ML_PER_L / urine.MINUTES_PER_DAY
        if measure == "urine_creatinine_mg_dl":
            return urine.flow_from_creatinine(creatinine, value)
        return urine.flow_from_specific_gravity(value, osmoles, self._gravity_slope)

    # -- the specimen -------------------------------------------------------------------------------------------------

    def specimen(self, person: Person, deviates: Deviates, selection: Selection) -> Specimen:
        """The urine of one void of the same draws; other deviates in the stream ``specimen`` make it another void."""
        names = ["urine_flow_between_voids", "urine_ph_between_voids", "creatinine_between_voids"]
        deviates.prepare("specimen", names)
        known, measured = self.known.distributions, self.known.specimen_measure
        inputs = Sampled(known, deviates, "inputs", selection.inputs)
        voids = Sampled(self.defaults, deviates, "specimen", selection.specimen)
        excretion = person.creatinine_excretion * voids("creatinine_between_voids")
        flow = self._specimen_flow(inputs, voids, person, excretion)
        creatinine = urine.creatinine_concentration(excretion, flow)
        if measured == "urine_creatinine_mg_dl":
            creatinine = inputs("specimen.urine_creatinine_mg_dl")
        gravity = urine.specific_gravity(flow, person.osmole_excretion, self._gravity_slope)
        if measured == "specific_gravity":
            gravity = inputs("specimen.specific_gravity")
        void_interval = inputs("void_interval_h") if "void_interval_h" in known else voids("void_interval_h")
        ph = inputs("specimen.urine_ph") if "specimen.urine_ph" in known else self._specimen_ph(voids, person)
        values = (flow, ph, void_interval, creatinine, gravity)
        return Specimen(*(np.broadcast_to(value, person.gfr.shape) for value in values))

    def _specimen_flow(self, inputs: Sampled, voids: Sampled, person: Person, excretion: Value) -> Value:
        """Flow at which the urine of the specimen was made. [mL/min]"""
        measured = self.known.specimen_measure
        if measured is None:
            return person.flow * voids("urine_flow_between_voids")
        value = inputs(f"specimen.{measured}")
        if measured == "urine_flow_ml_h":
            return value / MINUTES_PER_HOUR
        if measured == "urine_creatinine_mg_dl":
            return urine.flow_from_creatinine(excretion, value)
        return urine.flow_from_specific_gravity(value, person.osmole_excretion, self._gravity_slope)

    def _specimen_ph(self, voids: Sampled, person: Person) -> Floats:
        """Urine pH of the specimen, in the range of ordinary urine; a usual pH outside that range is taken as it was given."""
        ordinary = self.defaults["urine_ph"]
        outside: Bools = (person.ph < ordinary.low) | (person.ph > ordinary.high)
        ph = np.clip(person.ph + voids("urine_ph_between_voids"), ordinary.low, ordinary.high)
        return np.where(outside, person.ph, ph)
