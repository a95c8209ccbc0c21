"""What a request tells about the person and the urine: each number as a distribution, and the words.

What it does not tell is for `detectapi.model.physiology` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from detectapi.inputs.distribution import InputDistribution, from_given
from detectapi.inputs.table import INPUTS, Input, person

Request: TypeAlias = Mapping[str, Any]
Stages: TypeAlias = Mapping[str, tuple[float, float]]
Readable: TypeAlias = tuple[tuple[str, Input], ...]


def _readable(entries: Iterable[Input]) -> Readable:
    """Those of some inputs that are read into distributions, each with its key in its section."""
    return tuple((entry.name, entry) for entry in entries if entry.distribution)


# The table is asked once, because a batch reads a person in each of its rows.
MEASURES = ("kidney", "hydration")
"""Alternatives of which at most one is given: measures of the kidneys, and of the usual urine flow."""

SECTIONS = ("person", "", "specimen", "renal", "hydration")
"""Parts of a request that tell about the person and the urine, in the order in which they are read; ``""`` is its top."""

SINGLE = {
    section: _readable(entry for entry in INPUTS.in_section(section) if entry.alternatives not in MEASURES)
    for section in SECTIONS
}
"""Inputs of a section that do not exclude each other."""

COVARIATES = tuple(entry.name for entry in person.COVARIATES)
"""Covariates of words, as the data name them."""

KIDNEY, HYDRATION = (_readable(INPUTS.among(name)) for name in MEASURES)


@dataclass(frozen=True, slots=True)
class KnownInputs:
    """What is known of the person and the urine. A word or a measure that was not given is None.

    Attributes
    ----------
    distributions : dict of str to InputDistribution
        By name; those of the specimen as ``specimen.urine_ph`` and the like.
    sex, hepatic_class : str or None
    interactions : tuple of str
    words : tuple of (str, str)
        Covariates of words that are told, each with its word.
    pregnant : bool
    renal_measure : str or None
        Name of the distribution that tells the kidney function.
    renal_method : str or None
        How the kidney function was found.
    hydration_measure : str or None
        Name of the distribution that tells the usual urine flow.
    hydration_level : str or None
    specimen_kind : str or None
    read_by_strip : bool
        Whether pH and gravity of the specimen were read from a test strip.
    inferred : tuple of str
        Names of the distributions that were worked out from others and not given.
    """

    distributions: Mapping[str, InputDistribution]
    sex: str | None = None
    hepatic_class: str | None = None
    interactions: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    pregnant: bool = False
    renal_measure: str | None = None
    renal_method: str | None = None
    hydration_measure: str | None = None
    hydration_level: str | None = None
    specimen_kind: str | None = None
    read_by_strip: bool = False
    inferred: tuple[str, ...] = ()

    def with_distributions(self, changed: Mapping[str, InputDistribution]) -> KnownInputs:
        """The same with some distributions changed or added."""
        return replace(self, distributions={**self.distributions, **changed})

    def infer(self, distribution: InputDistribution) -> KnownInputs:
        """The same with one distribution that was worked out from others."""
        return replace(
            self,
            distributions={**self.distributions, distribution.name: distribution},
            inferred=(*self.inferred, distribution.name),
        )

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the distributions that the request itself tells."""
        return tuple(name for name in self.distributions if name not in self.inferred)

    @property
    def structure(self) -> tuple[Any, ...]:
        """Everything but the numbers. Two people with the same structure can be sampled side by side."""
        known = tuple((one.name, one.exact) for one in self.distributions.values())
        return (
            self.sex, self.hepatic_class, self.interactions, self.words, self.pregnant, self.renal_measure, self.renal_method,
            self.hydration_measure, self.hydration_level, self.specimen_kind, self.read_by_strip, self.inferred, known,
        )  # fmt: skip

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers. Two people with the same structure and the same numbers are the same to the model."""
        return tuple((one.centre, one.spread) for one in self.distributions.values())


def read_known(request: Request, stages: Stages) -> KnownInputs:
    """Read what a request tells about the person and the urine.

    Parameters
    ----------
    request : dict
        A loaded request; of its keys ``person``, ``renal``, ``hydration``, ``urine_ph`` and ``specimen`` each may be missing.
    stages : dict of str to tuple of float
        Lowest and highest indexed GFR of each stage of kidney disease. [mL/min/1.73 m2]
    """
    person, renal, hydration, specimen = (
        request.get(name) or {} for name in ("person", "renal", "hydration", "specimen")
    )
    kidneys, flow = _kidneys(renal, stages), _one_of(hydration, HYDRATION)
    known = [
        *_each(person, SINGLE["person"]),
        *([kidneys] if kidneys else []),
        *([flow] if flow else []),
        *_each(request, SINGLE[""]),
        *_each(specimen, SINGLE["specimen"]),
        *_each(renal, SINGLE["renal"]),
        *_each(hydration, SINGLE["hydration"]),
    ]
    return KnownInputs(
        distributions={one.name: one for one in known},
        sex=person.get("sex") or ("female" if person.get("pregnant") == "yes" else None),
        hepatic_class=person.get("hepatic_class"),
        interactions=tuple(person.get("interactions") or ()),
        words=tuple((name, person[name]) for name in COVARIATES if person.get(name) is not None),
        pregnant=person.get("pregnant") == "yes",
        renal_measure=kidneys.name if kidneys else None,
        renal_method=renal.get("method"),
        hydration_measure=flow.name if flow else None,
        hydration_level=hydration.get("level"),
        specimen_kind=specimen.get("kind"),
        read_by_strip=specimen.get("read_by") == "strip",
    )


def distribution_of(entry: Input, value: float | Mapping[str, float]) -> InputDistribution:
    """The distribution of an input that was given, on its scale and within its bounds.

    Parameters
    ----------
    entry : Input
    value : float or dict
        A number or a range. [unit of the input]
    """
    return from_given(entry.distribution, value, entry.scale, *entry.bounds)


def _each(section: Mapping[str, Any], readable: Readable) -> list[InputDistribution]:
    """The inputs of a section that were given."""
    return [distribution_of(entry, section[name]) for name, entry in readable if section.get(name) is not None]


def _one_of(section: Mapping[str, Any], readable: Readable) -> InputDistribution | None:
    """The one of some inputs that was given as a number or a range."""
    return next(
        (distribution_of(entry, section[name]) for name, entry in readable if section.get(name) is not None), None
    )


def _kidneys(renal: Mapping[str, Any], stages: Stages) -> InputDistribution | None:
    stage = renal.get("ckd_stage")
    if stage is None:
        return _one_of(renal, KIDNEY)
    low, high = stages[stage]
    gfr = distribution_of(INPUTS["renal.egfr_ml_min_1_73m2"], {"low": low, "high": high})
    return replace(gfr, source="derived", detail=f"CKD stage {stage} read as its range of eGFR")
