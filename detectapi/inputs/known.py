"""What a request tells about the person and the urine, each input as a distribution.

The population's distributions stand in for what was not given. Only what the model always needs has a default here: body weight,
kidney function, urine flow and urine pH.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from detectapi.inputs.distribution import InputDistribution, from_given, population_default
from detectapi.values.substance import Parameter

Request: TypeAlias = Mapping[str, Any]
Defaults: TypeAlias = Mapping[str, Parameter]
Stages: TypeAlias = Mapping[str, tuple[float, float]]

BODY_BOUNDS = {"weight_kg": (2.0, 400.0), "height_cm": (40.0, 250.0), "age_y": (0.0, 120.0)}
RENAL_BOUNDS = {
    "egfr_ml_min_1_73m2": (3.0, 250.0),
    "creatinine_clearance_ml_min": (3.0, 300.0),
    "serum_creatinine_mg_dl": (0.1, 25.0),
    "serum_creatinine_umol_l": (9.0, 2200.0),
}
URINE_BOUNDS = {
    "urine_flow_ml_h": (6.0, 1500.0),
    "fluid_intake_l_day": (0.3, 15.0),
    "urine_creatinine_mg_dl": (1.0, 600.0),
    "specific_gravity": (1.001, 1.04),
}
PH_BOUNDS = (4.0, 9.0)
VOID_BOUNDS = (0.25, 24.0)
LINEAR = ("age_y", "specific_gravity")


@dataclass(frozen=True, slots=True)
class KnownInputs:
    """What is known of the person and the urine.

    Attributes
    ----------
    distributions : dict of str to InputDistribution
        By name; those of the specimen as ``specimen.urine_ph`` and the like.
    sex, hepatic_class : str or None
    interactions : tuple of str
    renal_measure : str
        Name of the distribution that tells the kidney function.
    hydration_measure : str
        Name of the distribution that tells the usual urine flow.
    specimen_measure : str or None
        Which measurement of the specimen tells its own urine flow, without ``specimen.``; None if none was made.
    """

    distributions: Mapping[str, InputDistribution]
    sex: str | None
    hepatic_class: str | None
    interactions: tuple[str, ...]
    renal_measure: str
    hydration_measure: str
    specimen_measure: str | None

    def with_distributions(self, changed: Mapping[str, InputDistribution]) -> KnownInputs:
        """The same with some distributions changed; the order stays."""
        return replace(self, distributions={**self.distributions, **changed})

    @property
    def structure(self) -> tuple[Any, ...]:
        """Everything but the numbers. Two people with the same structure can be sampled side by side."""
        known = tuple((one.name, one.exact, one.is_default) for one in self.distributions.values())
        return (
            self.sex, self.hepatic_class, self.interactions,
            self.renal_measure, self.hydration_measure, self.specimen_measure, known,
        )  # fmt: skip

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers. Two people with the same structure and the same numbers are the same to the model."""
        return tuple((one.centre, one.spread) for one in self.distributions.values())


def read_known(request: Request, defaults: Defaults, stages: Stages) -> KnownInputs:
    """Read what a request tells about the person and the urine.

    Parameters
    ----------
    request : dict
        A loaded request; of its keys ``person``, ``renal``, ``hydration``, ``urine_ph`` and ``specimen`` each may be missing.
    defaults : dict of str to Parameter
        The population's body and urine, as `detectapi.knowledge.catalog.physiology` gives them.
    stages : dict of str to tuple of float
        Lowest and highest indexed GFR of each stage of kidney disease. [mL/min/1.73 m2]
    """
    person, specimen = request.get("person") or {}, request.get("specimen") or {}
    renal, hydration = request.get("renal") or {}, request.get("hydration") or {}
    distributions = [
        *_body(person, defaults),
        _kidneys(renal, defaults, stages),
        _usual_flow(hydration, defaults),
        _usual_ph(request, defaults),
        *_specimen(specimen),
    ]
    return KnownInputs(
        distributions={one.name: one for one in distributions},
        sex=person.get("sex"),
        hepatic_class=person.get("hepatic_class"),
        interactions=tuple(person.get("interactions") or ()),
        renal_measure=_first_given(renal, RENAL_BOUNDS) or "egfr_ml_min_1_73m2",
        hydration_measure=_first_given(hydration, URINE_BOUNDS) or "urine_flow_ml_h",
        specimen_measure=_first_given(specimen, URINE_BOUNDS),
    )


def _first_given(section: Mapping[str, Any], names: Mapping[str, Any]) -> str | None:
    """The first of some inputs that a section of the request has."""
    return next((name for name in names if section.get(name) is not None), None)


def _given(name: str, value: Any, bounds: tuple[float, float], prefix: str = "") -> InputDistribution:
    """The distribution of an input that was given, on its own scale and within its own bounds."""
    return from_given(f"{prefix}{name}", value, "linear" if name in LINEAR else "log", *bounds)


def _body(person: Mapping[str, Any], defaults: Defaults) -> list[InputDistribution]:
    found = [_given(name, person[name], bounds) for name, bounds in BODY_BOUNDS.items() if person.get(name) is not None]
    if person.get("weight_kg") is None:
        found.append(population_default("weight_kg", defaults["weight_kg"]))
    return found


def _kidneys(renal: Mapping[str, Any], defaults: Defaults, stages: Stages) -> InputDistribution:
    name = _first_given(renal, RENAL_BOUNDS)
    if name is not None:
        return _given(name, renal[name], RENAL_BOUNDS[name])
    stage = renal.get("ckd_stage")
    if stage is None:
        return population_default("egfr_ml_min_1_73m2", defaults["gfr_ml_min_1_73m2"])
    low, high = stages[stage]
    gfr = _given("egfr_ml_min_1_73m2", {"low": low, "high": high}, RENAL_BOUNDS["egfr_ml_min_1_73m2"])
    return replace(gfr, source="derived", detail=f"CKD stage {stage} read as its range of eGFR")


def _usual_flow(hydration: Mapping[str, Any], defaults: Defaults) -> InputDistribution:
    name = _first_given(hydration, URINE_BOUNDS)
    if name is not None:
        return _given(name, hydration[name], URINE_BOUNDS[name])
    level = hydration.get("level")
    default = defaults["urine_flow_ml_h" if level in (None, "usual") else f"urine_flow_ml_h.{level}"]
    if level is None:
        return population_default("urine_flow_ml_h", default)
    return population_default("urine_flow_ml_h", default, "derived", f"hydration level {level}")


def _usual_ph(request: Request, defaults: Defaults) -> InputDistribution:
    if request.get("urine_ph") is None:
        return population_default("urine_ph", defaults["urine_ph"])
    return from_given("urine_ph", request["urine_ph"], "linear", *PH_BOUNDS)


def _specimen(specimen: Mapping[str, Any]) -> list[InputDistribution]:
    found = [
        _given(name, specimen[name], bounds, "specimen.")
        for name, bounds in URINE_BOUNDS.items()
        if specimen.get(name) is not None
    ]
    if specimen.get("urine_ph") is not None:
        found.append(from_given("specimen.urine_ph", specimen["urine_ph"], "linear", *PH_BOUNDS))
    if specimen.get("void_interval_h") is not None:
        found.append(from_given("void_interval_h", specimen["void_interval_h"], "log", *VOID_BOUNDS))
    return found
