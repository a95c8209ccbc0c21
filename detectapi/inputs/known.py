"""What a request tells about the person and the urine, each input as a distribution.

The population's distributions stand in for what was not given. Only what the model always needs has a default here: body weight,
kidney function, urine flow and urine pH.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from detectapi.inputs.distribution import InputDistribution, from_given, population_default
from detectapi.inputs.table import INPUTS, Input, entries
from detectapi.values.substance import Parameter

Request: TypeAlias = Mapping[str, Any]
Defaults: TypeAlias = Mapping[str, Parameter]
Stages: TypeAlias = Mapping[str, tuple[float, float]]
Readable: TypeAlias = tuple[tuple[str, Input], ...]


def _readable(entries: Iterable[Input]) -> Readable:
    """Those of some inputs that are read into distributions, each with its key in its section."""
    return tuple((entry.name, entry) for entry in entries if entry.distribution)


# The table is asked once, because a batch reads a person in each of its rows.
SINGLE = {
    section: _readable(entry for entry in INPUTS.in_section(section) if not entry.alternatives)
    for section in ("person", "", "specimen")
}
"""Inputs of a section that do not exclude each other."""

COVARIATES = tuple(entry.name for entry in entries.COVARIATES)
"""Covariates of words, as the data name them."""

KIDNEY, HYDRATION, SPECIMEN = (_readable(INPUTS.among(name)) for name in ("kidney", "hydration", "specimen flow"))
"""Inputs of which at most one is given: measures of the kidneys, of the usual urine flow, and of the specimen's."""


@dataclass(frozen=True, slots=True)
class KnownInputs:
    """What is known of the person and the urine.

    Attributes
    ----------
    distributions : dict of str to InputDistribution
        By name; those of the specimen as ``specimen.urine_ph`` and the like.
    sex, hepatic_class : str or None
    interactions : tuple of str
    words : tuple of (str, str)
        Covariates of words that are told, each with its word.
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
    words: tuple[tuple[str, str], ...]
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
            self.sex, self.hepatic_class, self.interactions, self.words,
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
    person, renal, hydration, specimen = (
        request.get(name) or {} for name in ("person", "renal", "hydration", "specimen")
    )
    kidney, flow, own_flow = _which(renal, KIDNEY), _which(hydration, HYDRATION), _which(specimen, SPECIMEN)
    known = _each(person, SINGLE["person"])
    if person.get("weight_kg") is None:
        known.append(population_default("weight_kg", defaults["weight_kg"]))
    known.append(distribution_of(*kidney) if kidney else _kidneys(renal, defaults, stages))
    known.append(distribution_of(*flow) if flow else _usual_flow(hydration, defaults))
    known += _each(request, SINGLE[""])
    if request.get("urine_ph") is None:
        known.append(population_default("urine_ph", defaults["urine_ph"]))
    if own_flow:
        known.append(distribution_of(*own_flow))
    known += _each(specimen, SINGLE["specimen"])
    return KnownInputs(
        distributions={one.name: one for one in known},
        sex=person.get("sex"),
        hepatic_class=person.get("hepatic_class"),
        interactions=tuple(person.get("interactions") or ()),
        words=tuple((name, person[name]) for name in COVARIATES if person.get(name) is not None),
        renal_measure=kidney[0].name if kidney else "egfr_ml_min_1_73m2",
        hydration_measure=flow[0].name if flow else "urine_flow_ml_h",
        specimen_measure=own_flow[0].name if own_flow else None,
    )


def distribution_of(entry: Input, given: float | Mapping[str, float]) -> InputDistribution:
    """The distribution of an input that was given, on its scale and within its bounds.

    Parameters
    ----------
    entry : Input
    given : float or dict
        A number or a range. [unit of the input]
    """
    return from_given(entry.distribution, given, entry.scale, *entry.bounds)


def _each(given: Mapping[str, Any], readable: Readable) -> list[InputDistribution]:
    """The inputs of a section that were given."""
    return [distribution_of(entry, given[name]) for name, entry in readable if given.get(name) is not None]


def _which(given: Mapping[str, Any], readable: Readable) -> tuple[Input, Any] | None:
    """The input of a section that was given, and its value; None where none was."""
    return next(((entry, given[name]) for name, entry in readable if given.get(name) is not None), None)


def _kidneys(renal: Mapping[str, Any], defaults: Defaults, stages: Stages) -> InputDistribution:
    """The kidney function where no number is known: that of a stage, or the population's."""
    stage = renal.get("ckd_stage")
    if stage is None:
        return population_default("egfr_ml_min_1_73m2", defaults["gfr_ml_min_1_73m2"])
    low, high = stages[stage]
    gfr = distribution_of(INPUTS["renal.egfr_ml_min_1_73m2"], {"low": low, "high": high})
    return replace(gfr, source="derived", detail=f"CKD stage {stage} read as its range of eGFR")


def _usual_flow(hydration: Mapping[str, Any], defaults: Defaults) -> InputDistribution:
    """The usual urine flow where no number is known: that of a level, or the population's."""
    level = hydration.get("level")
    default = defaults["urine_flow_ml_h" if level in (None, "usual") else f"urine_flow_ml_h.{level}"]
    if level is None:
        return population_default("urine_flow_ml_h", default)
    return population_default("urine_flow_ml_h", default, "derived", f"hydration level {level}")
