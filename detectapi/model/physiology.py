"""From what is known of person and urine to the physiology of each draw: kidney function, urine flow, pH, creatinine.

Each input is a `Reading`; what is not given is the population's distribution. Everything that was used is listed in
``used``, so that an answer can say what it assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detectapi.inputs.distribution import Reading, population, read
from detectapi.knowledge import catalog
from detectapi.model import renal, urine

REFERENCE_SURFACE = 1.73
MINUTES_PER_HOUR = 60.0
ML_PER_L = 1000.0
GFR_DEFAULT_AGE = 40.0
"""Age up to which the population's kidney function needs no correction. [years]"""

RENAL_BOUNDS = {
    "egfr_ml_min_1_73m2": (3.0, 250.0),
    "creatinine_clearance_ml_min": (3.0, 300.0),
    "serum_creatinine_mg_dl": (0.1, 25.0),
    "serum_creatinine_umol_l": (9.0, 2200.0),
}
FLOW_BOUNDS = (6.0, 1500.0)
PH_BOUNDS = (4.0, 9.0)
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
    """What a request says of person and urine, ready to be drawn from.

    Parameters
    ----------
    request : dict
        A loaded request: the keys ``person``, ``renal``, ``hydration``, ``urine_ph`` and ``specimen``, each may be missing.
    """

    def __init__(self, request: Mapping[str, Any]):
        self.defaults = catalog.physiology()
        self.rows: tuple[int, ...] = ()
        person = request.get("person") or {}
        self.sex = person.get("sex")
        self.hepatic_class = person.get("hepatic_class")
        self.interactions = tuple(person.get("interactions") or ())
        self.readings: dict[str, Reading] = {}
        self._read_body(person)
        self._read_renal(request.get("renal") or {})
        self._read_urine(request.get("hydration") or {}, request.get("urine_ph"))
        self._read_specimen(request.get("specimen") or {})

    # -- reading the request ------------------------------------------------------------------------------------------

    def _add(self, reading: Reading) -> None:
        self.readings[reading.name] = reading

    def _read_body(self, person: Mapping[str, Any]) -> None:
        bounds = {"weight_kg": (2.0, 400.0), "height_cm": (40.0, 250.0), "age_y": (0.0, 120.0)}
        for name, (low, high) in bounds.items():
            if person.get(name) is not None:
                self._add(read(name, person[name], "linear" if name == "age_y" else "log", low, high))
        if "weight_kg" not in self.readings:
            self._add(population("weight_kg", self.defaults["weight_kg"]))

    def _read_renal(self, given: Mapping[str, Any]) -> None:
        for name, bounds in RENAL_BOUNDS.items():
            if given.get(name) is not None:
                self._add(read(name, given[name], "log", *bounds))
                self.renal = name
                return
        if given.get("ckd_stage") is not None:
            low, high = catalog.ckd_stages()[given["ckd_stage"]]
            stage = read("egfr_ml_min_1_73m2", {"low": low, "high": high}, "log", *RENAL_BOUNDS["egfr_ml_min_1_73m2"])
            detail = f"CKD stage {given['ckd_stage']} read as its range of eGFR"
            self._add(Reading(stage.name, stage.centre, stage.spread, "log", stage.low, stage.high, "derived", detail))
        else:
            self._add(self._unknown_gfr())
        self.renal = "egfr_ml_min_1_73m2"

    def _unknown_gfr(self) -> Reading:
        """The population's kidney function; where the age is known, that of people of this age."""
        unknown = population("egfr_ml_min_1_73m2", self.defaults["gfr_ml_min_1_73m2"])
        if "age_y" not in self.readings:
            return unknown
        years = max(self.readings["age_y"].centre - GFR_DEFAULT_AGE, 0.0)
        return replace(
            unknown, centre=unknown.centre * renal.CKD_EPI_PER_YEAR**years, detail="lowered by age as CKD-EPI 2021 does"
        )

    def _read_urine(self, given: Mapping[str, Any], urine_ph) -> None:
        names = ("urine_flow_ml_h", "fluid_intake_l_day", "urine_creatinine_mg_dl", "specific_gravity")
        self.hydration = next((name for name in names if given.get(name) is not None), "urine_flow_ml_h")
        if given.get(self.hydration) is not None:
            scale = "linear" if self.hydration == "specific_gravity" else "log"
            self._add(read(self.hydration, given[self.hydration], scale, *_BOUNDS[self.hydration]))
        else:
            level = given.get("level")
            name = "urine_flow_ml_h" if level in (None, "usual") else f"urine_flow_ml_h.{level}"
            how = () if level is None else ("derived", f"hydration level {level}")
            self._add(population("urine_flow_ml_h", self.defaults[name], *how))
        if urine_ph is not None:
            self._add(read("urine_ph", urine_ph, "linear", *PH_BOUNDS))
        else:
            self._add(population("urine_ph", self.defaults["urine_ph"]))

    def _read_specimen(self, given: Mapping[str, Any]) -> None:
        self.measured = None
        for name in ("urine_flow_ml_h", "urine_creatinine_mg_dl", "specific_gravity"):
            if given.get(name) is not None:
                scale = "linear" if name == "specific_gravity" else "log"
                self._add(read(f"specimen.{name}", given[name], scale, *_BOUNDS[name]))
                self.measured = name
        if given.get("urine_ph") is not None:
            self._add(read("specimen.urine_ph", given["urine_ph"], "linear", *PH_BOUNDS))
        if given.get("void_interval_h") is not None:
            self._add(read("void_interval_h", given["void_interval_h"], "log", 0.25, 24.0))

    @classmethod
    def side_by_side(cls, several: Sequence[Physiology]) -> Physiology:
        """Several people as one, for whom the same inputs are known in the same way: `State` gets a leading axis."""
        first = several[0]
        pack = copy(first)
        pack.rows = (len(several),)
        pack.readings = {
            name: replace(
                reading,
                centre=np.array([[one.readings[name].centre] for one in several]),
                spread=np.array([[one.readings[name].spread] for one in several]) if reading.spread else 0.0,
            )
            for name, reading in first.readings.items()
        }
        return pack

    @property
    def structure(self) -> tuple:
        """What two people must agree in to stand side by side: all but the numbers."""
        known = tuple((r.name, r.spread > 0.0, r.source == "population default") for r in self.readings.values())
        return self.sex, self.hepatic_class, self.interactions, self.renal, self.hydration, self.measured, known

    @property
    def numbers(self) -> tuple:
        """The numbers: with `structure`, all that decides the physiology."""
        return tuple((reading.centre, reading.spread) for reading in self.readings.values())

    # -- drawing ------------------------------------------------------------------------------------------------------

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
        inputs = _Values(self.readings, draws, "inputs", selection.inputs)
        reading = _Values(self.defaults, draws, "inputs", selection.inputs)
        people = _Values(self.defaults, draws, "people", selection.people)
        specimen = _Values(self.defaults, draws, "specimen", selection.specimen)
        weight = inputs("weight_kg")
        age = inputs("age_y") if "age_y" in self.readings else None
        gfr = self._gfr(inputs, reading, weight, age)
        excretion = people(self._excretion_name) * weight  # creatinine [mg/day]
        osmoles = people("osmole_excretion_mosm_d")
        slope = self.defaults["specific_gravity_per_osmolality"].value
        flow = self._usual_flow(inputs, reading, excretion, osmoles, slope)
        # What a void holds besides the person's usual: its own dilution, its own creatinine.
        specimen_excretion = excretion * specimen("creatinine_between_voids")
        specimen_flow = self._specimen_flow(inputs, specimen, flow, specimen_excretion, osmoles, slope)
        ph = inputs("urine_ph")
        if "specimen.urine_ph" in self.readings:
            specimen_ph = inputs("specimen.urine_ph")
        else:
            between = self.defaults["urine_ph"]
            specimen_ph = np.clip(ph + specimen("urine_ph_between_voids"), between.low, between.high)
            specimen_ph = np.where(self._outside(ph, between), ph, specimen_ph)
        void = inputs("void_interval_h") if "void_interval_h" in self.readings else specimen("void_interval_h")
        creatinine = urine.creatinine_concentration(specimen_excretion, specimen_flow)
        if self.measured == "urine_creatinine_mg_dl":
            creatinine = inputs("specimen.urine_creatinine_mg_dl")
        gravity = urine.specific_gravity(specimen_flow, osmoles, slope)
        if self.measured == "specific_gravity":
            gravity = inputs("specimen.specific_gravity")
        covariates = {
            "weight_kg": weight,
            "age_y": age,
            "gfr_ml_min": gfr,
            "sex": self.sex,
            "hepatic_class": self.hepatic_class,
            "interactions": self.interactions,
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
        return f"creatinine_excretion_mg_kg_d.{self.sex or 'unknown'}"

    def _prepare(self, draws) -> None:
        draws.prepare("inputs", [name for name, reading in self.readings.items() if not reading.exact])
        draws.prepare("people", [self._excretion_name, "osmole_excretion_mosm_d"])
        draws.prepare("specimen", ["urine_flow_between_voids", "urine_ph_between_voids", "creatinine_between_voids"])

    def _gfr(self, inputs, reading, weight, age):
        """Glomerular filtration rate, not indexed. [mL/min]"""
        if self.renal == "creatinine_clearance_ml_min":
            return inputs(self.renal)
        surface = REFERENCE_SURFACE
        if self.knows_surface:
            surface = renal.body_surface(weight, inputs("height_cm"))
        if self.renal == "egfr_ml_min_1_73m2":
            return inputs(self.renal) * surface / REFERENCE_SURFACE
        return (
            self._from_creatinine(inputs(self.renal), age)
            * reading("gfr_estimation_error")
            * surface
            / REFERENCE_SURFACE
        )

    def _from_creatinine(self, creatinine, age):
        """Estimated GFR by serum creatinine, in the unit it was given. [mL/min/1.73 m2]"""
        if self.renal == "serum_creatinine_umol_l":
            creatinine = creatinine / CREATININE_UMOL_PER_MG_DL
        return renal.gfr_from_creatinine(creatinine, age, self.sex == "female")

    @property
    def estimated_gfr(self) -> float | None:
        """Estimated GFR at the centre of the serum creatinine that was given; None where none was. [mL/min/1.73 m2]"""
        if not self.renal.startswith("serum_creatinine"):
            return None
        return float(self._from_creatinine(self.readings[self.renal].centre, self.readings["age_y"].centre))

    @property
    def knows_surface(self) -> bool:
        """Whether weight and height were both given, so that an indexed GFR can be de-indexed."""
        return "height_cm" in self.readings and self.readings["weight_kg"].source != "population default"

    def _usual_flow(self, inputs, reading, excretion, osmoles, slope):
        """The person's usual urine flow. [mL/min]"""
        value = inputs(self.hydration)
        if self.hydration == "urine_flow_ml_h":
            return value / MINUTES_PER_HOUR
        if self.hydration == "fluid_intake_l_day":
            return value * reading("urine_fraction_of_intake") * ML_PER_L / urine.MINUTES_PER_DAY
        if self.hydration == "urine_creatinine_mg_dl":
            return urine.flow_from_creatinine(excretion, value)
        return urine.flow_from_specific_gravity(value, osmoles, slope)

    def _specimen_flow(self, inputs, specimen, usual, excretion, osmoles, slope):
        """Flow at which the specimen was made. [mL/min]"""
        if self.measured == "urine_flow_ml_h":
            return inputs("specimen.urine_flow_ml_h") / MINUTES_PER_HOUR
        if self.measured == "urine_creatinine_mg_dl":
            return urine.flow_from_creatinine(excretion, inputs("specimen.urine_creatinine_mg_dl"))
        if self.measured == "specific_gravity":
            return urine.flow_from_specific_gravity(inputs("specimen.specific_gravity"), osmoles, slope)
        return usual * specimen("urine_flow_between_voids")


_BOUNDS = {
    "urine_flow_ml_h": FLOW_BOUNDS,
    "fluid_intake_l_day": (0.3, 15.0),
    "urine_creatinine_mg_dl": (1.0, 600.0),
    "specific_gravity": (1.001, 1.04),
}


class _Values:
    """Values of readings, or of physiological parameters, for the selected draws of one stream."""

    def __init__(self, source, draws, stream, index):
        self.source, self.draws, self.stream, self.index = source, draws, stream, index

    def __call__(self, name):
        item = self.source[name]
        reading = item if isinstance(item, Reading) else population(name, item)
        if reading.exact:
            return reading.centre
        return reading.value(self.draws.normal(self.stream, name))[..., self.index]
