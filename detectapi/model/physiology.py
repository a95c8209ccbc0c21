"""What is known of person and urine -> the physiology of each draw: kidney function, urine flow, pH, creatinine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detectapi.inputs.distribution import InputDistribution, population_default
from detectapi.inputs.known import KnownInputs
from detectapi.model import renal, urine
from detectapi.values.substance import Parameter

REFERENCE_SURFACE = 1.73
MINUTES_PER_HOUR = 60.0
ML_PER_L = 1000.0
CREATININE_UMOL_PER_MG_DL = 88.4


@dataclass(frozen=True, slots=True)
class State:
    """Physiology of each draw; arrays of shape (n,), or (rows, n) for several people at once, or scalars.

    ``flow`` and ``ph`` are the person's usual urine, ``specimen_flow`` and ``specimen_ph`` those of the specimen.
    """

    covariates: Mapping[str, Any]
    gfr: np.ndarray  # [mL/min]
    flow: np.ndarray  # [mL/min]
    ph: np.ndarray
    specimen_flow: np.ndarray  # [mL/min]
    specimen_ph: np.ndarray
    void_interval: np.ndarray  # [h]
    creatinine: np.ndarray  # [mg/dL]
    specific_gravity: np.ndarray


class Physiology:
    """What is known of person and urine, ready to be sampled.

    Parameters
    ----------
    known : KnownInputs
    defaults : dict of str to Parameter
        The population's body and urine, as `detectapi.knowledge.catalog.physiology` gives them.
    rows : tuple of int
        Leading axes of the sampled arrays: ``()`` for one person, ``(r,)`` for r people side by side.
    """

    def __init__(self, known: KnownInputs, defaults: Mapping[str, Parameter], rows: tuple[int, ...] = ()):
        self.known = known
        self.defaults = defaults
        self.rows = rows

    @classmethod
    def side_by_side(cls, several: Sequence[Physiology]) -> Physiology:
        """Several people of one `structure` as one; the arrays of its `State` get a leading axis, one entry for each person."""
        first = several[0]
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

    def state(self, draws, selection) -> State:
        """Physiology of the selected draws.

        Parameters
        ----------
        draws : Draws or MedianDraw
        selection : Selection

        Returns
        -------
        State
        """
        self._prepare(draws)
        known = self.known.distributions
        inputs = _Values(known, draws, "inputs", selection.inputs)
        equations = _Values(self.defaults, draws, "inputs", selection.inputs)
        people = _Values(self.defaults, draws, "people", selection.people)
        specimen = _Values(self.defaults, draws, "specimen", selection.specimen)
        weight = inputs("weight_kg")
        age = inputs("age_y") if "age_y" in known else None
        gfr = self._gfr(inputs, equations, weight, age)
        excretion = people(self._excretion_name) * weight  # creatinine [mg/day]
        osmoles = people("osmole_excretion_mosm_d")
        slope = self.defaults["specific_gravity_per_osmolality"].value
        flow = self._usual_flow(inputs, equations, excretion, osmoles, slope)
        # What a void holds besides the person's usual: its own dilution, its own creatinine.
        specimen_excretion = excretion * specimen("creatinine_between_voids")
        specimen_flow = self._specimen_flow(inputs, specimen, flow, specimen_excretion, osmoles, slope)
        ph = inputs("urine_ph")
        if "specimen.urine_ph" in known:
            specimen_ph = inputs("specimen.urine_ph")
        else:
            between = self.defaults["urine_ph"]
            specimen_ph = np.clip(ph + specimen("urine_ph_between_voids"), between.low, between.high)
            specimen_ph = np.where(self._outside(ph, between), ph, specimen_ph)
        void = inputs("void_interval_h") if "void_interval_h" in known else specimen("void_interval_h")
        creatinine = urine.creatinine_concentration(specimen_excretion, specimen_flow)
        if self.known.specimen_measure == "urine_creatinine_mg_dl":
            creatinine = inputs("specimen.urine_creatinine_mg_dl")
        gravity = urine.specific_gravity(specimen_flow, osmoles, slope)
        if self.known.specimen_measure == "specific_gravity":
            gravity = inputs("specimen.specific_gravity")
        covariates = {
            "weight_kg": weight,
            "age_y": age,
            "gfr_ml_min": gfr,
            "sex": self.known.sex,
            "hepatic_class": self.known.hepatic_class,
            "interactions": self.known.interactions,
        }
        shape = (*self.rows, len(selection.people))
        wide = [
            np.broadcast_to(a, shape) for a in (gfr, flow, ph, specimen_flow, specimen_ph, void, creatinine, gravity)
        ]
        return State(covariates, *wide)

    @staticmethod
    def _outside(ph, between):
        """A usual pH beyond the range of ordinary urine is taken as told, not pulled back."""
        return (np.asarray(ph) < between.low) | (np.asarray(ph) > between.high)

    @property
    def _excretion_name(self) -> str:
        return f"creatinine_excretion_mg_kg_d.{self.known.sex or 'unknown'}"

    def _prepare(self, draws) -> None:
        draws.prepare("inputs", [name for name, one in self.known.distributions.items() if not one.exact])
        draws.prepare("people", [self._excretion_name, "osmole_excretion_mosm_d"])
        draws.prepare("specimen", ["urine_flow_between_voids", "urine_ph_between_voids", "creatinine_between_voids"])

    def _gfr(self, inputs, equations, weight, age):
        """Glomerular filtration rate, not indexed. [mL/min]"""
        measure = self.known.renal_measure
        if measure == "creatinine_clearance_ml_min":
            return inputs(measure)
        surface = REFERENCE_SURFACE
        if self.knows_surface:
            surface = renal.body_surface(weight, inputs("height_cm"))
        indexed = inputs(measure)
        if measure != "egfr_ml_min_1_73m2":
            indexed = self._from_creatinine(indexed, age) * equations("gfr_estimation_error")
        return indexed * surface / REFERENCE_SURFACE

    def _from_creatinine(self, creatinine, age):
        """Estimated GFR by serum creatinine, in the unit it was given. [mL/min/1.73 m2]"""
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

    def _usual_flow(self, inputs, equations, excretion, osmoles, slope):
        """The person's usual urine flow. [mL/min]"""
        measure = self.known.hydration_measure
        value = inputs(measure)
        if measure == "urine_flow_ml_h":
            return value / MINUTES_PER_HOUR
        if measure == "fluid_intake_l_day":
            return value * equations("urine_fraction_of_intake") * ML_PER_L / urine.MINUTES_PER_DAY
        if measure == "urine_creatinine_mg_dl":
            return urine.flow_from_creatinine(excretion, value)
        return urine.flow_from_specific_gravity(value, osmoles, slope)

    def _specimen_flow(self, inputs, specimen, usual, excretion, osmoles, slope):
        """Flow at which the specimen was made. [mL/min]"""
        if self.known.specimen_measure == "urine_flow_ml_h":
            return inputs("specimen.urine_flow_ml_h") / MINUTES_PER_HOUR
        if self.known.specimen_measure == "urine_creatinine_mg_dl":
            return urine.flow_from_creatinine(excretion, inputs("specimen.urine_creatinine_mg_dl"))
        if self.known.specimen_measure == "specific_gravity":
            return urine.flow_from_specific_gravity(inputs("specimen.specific_gravity"), osmoles, slope)
        return usual * specimen("urine_flow_between_voids")


class _Values:
    """Values of inputs, or of physiological parameters, for the selected draws of one stream."""

    def __init__(self, source, draws, stream, index):
        self.source, self.draws, self.stream, self.index = source, draws, stream, index

    def __call__(self, name):
        item = self.source[name]
        distribution = item if isinstance(item, InputDistribution) else population_default(name, item)
        if distribution.exact:
            return distribution.centre
        return distribution.value(self.draws.normal(self.stream, name))[..., self.index]
