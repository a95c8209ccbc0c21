"""What is known of a person and their urine -> kidney function, urine flow, pH and composition of each draw.

What is the same at every void is the `Person`; what differs from void to void is the `Specimen`. The parts are sampled in
`detectapi.model.sample_body`, `sample_kidneys`, `sample_urine` and `sample_void`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from detectapi.inputs.known import KnownInputs
from detectapi.model import sample_body, sample_kidneys, sample_urine, sample_void
from detectapi.model.arrays import Floats, Value
from detectapi.model.columns import some_draws
from detectapi.model.draws import Deviates, Selection
from detectapi.model.maturation import extrapolation_spread
from detectapi.model.norms import Norms
from detectapi.model.sampler import Sampler

EXTRAPOLATION = "nonrenal_clearance_of_this_body"
"""Name of the random numbers for how far a non-renal clearance is off because its studies had other bodies."""
LIVER = "nonrenal_clearance_in_liver_disease"
"""Name of the random numbers for how far the effect of liver disease is off."""
LIVER_CLASSES = ("B", "C")
HEALTHY = 100.0
"""What the covariate ``gfr_of_normal`` is for healthy kidneys. [%]"""


class Parts(NamedTuple):
    """What a void of a person is sampled from.

    Attributes
    ----------
    body : Body
    usual : UsualUrine
        What is known of the usual urine before anything is measured in a specimen.
    share : array
        GFR relative to healthy kidneys. [-]
    osmoles : array
        Logarithm of the osmoles excreted in a day. [ln mOsm/day]
    least : array
        Logarithm of the flow below which urine would be more concentrated than the kidneys can make it. [ln mL/min]
    measured : array or None
        Logarithm of the flow of the void in which something was measured. [ln mL/min]
    """

    body: sample_body.Body
    usual: sample_urine.UsualUrine
    share: Value
    osmoles: Value
    least: Value
    measured: Floats | None


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
    secretion, permeability : float or array
        Secretion (in proportion to GFR) and reabsorption relative to healthy kidneys in a body of 70 kg. [-]
    nonrenal : float or array
        Factor on non-renal clearances for what is not known of them in such a body. [-]
    liver : float or array
        Factor on non-renal clearances that liver disease changes, for what is not known of its effect. [-]
    parts : Parts or None
        None for one of several people who stood side by side.
    """

    covariates: Mapping[str, Any]
    gfr: Floats
    flow: Floats
    ph: Floats
    secretion: Value
    permeability: Value
    nonrenal: Value
    liver: Value
    parts: Parts | None = None

    def of_draws(self, some: slice) -> Person:
        """Some of the draws of one person. What is known of the body has no draws of its own: it is that of the people."""
        parts = parts_of(self)
        usual = sample_urine.UsualUrine(*(some_draws(value, some) for value in parts.usual))
        own = {name: some_draws(getattr(parts, name), some) for name in ("share", "osmoles", "least", "measured")}
        wide = {field.name: some_draws(getattr(self, field.name), some) for field in fields(self)}
        covariates = {name: some_draws(value, some) for name, value in self.covariates.items()}
        return replace(self, **{**wide, "covariates": covariates, "parts": parts._replace(usual=usual, **own)})

    def of(self, person: int) -> Person:
        """One of several people who stand side by side."""
        covariates = {name: _row(value, person) for name, value in self.covariates.items()}
        return replace(_rows(replace(self, parts=None), person), covariates=covariates)


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
    """

    flow: Floats
    ph: Floats
    void_interval: Floats

    def of(self, person: int) -> Specimen:
        """That of one of several people who stand side by side."""
        return _rows(self, person)


@dataclass(frozen=True, slots=True)
class Composition:
    """What a laboratory measures of the urine itself. Arrays as in `Person`.

    Attributes
    ----------
    creatinine : array
        [mg/dL]
    specific_gravity : array
        [-]
    """

    creatinine: Floats
    specific_gravity: Floats

    def of(self, person: int) -> Composition:
        """That of one of several people who stand side by side."""
        return _rows(self, person)


Record = TypeVar("Record", Person, Specimen, Composition)


def _row(value: Any, person: int) -> Any:
    return value[person] if np.ndim(value) == 2 else value


def _rows(record: Record, person: int) -> Record:
    """A record with the row of one person of each of its arrays."""
    return replace(record, **{field.name: _row(getattr(record, field.name), person) for field in fields(record)})


class Physiology:
    """What is known of a person and their urine, ready to be sampled.

    Parameters
    ----------
    known : KnownInputs
    norms : Norms
        What is usual in the population.
    people : tuple of int
        Leading axes of the sampled arrays: ``()`` for one person, ``(p,)`` for p people side by side.
    """

    def __init__(self, known: KnownInputs, norms: Norms, people: tuple[int, ...] = ()) -> None:
        self.known = known if people else sample_body.with_age(known, norms)
        self.norms = norms
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
        return cls(first.known.with_distributions(columns), first.norms, (len(several),))

    @property
    def structure(self) -> tuple[Any, ...]:
        """What two people must agree in to be sampled side by side: everything but the numbers."""
        return self.known.structure

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers: with `structure`, all that decides the physiology."""
        return self.known.numbers

    @property
    def random_names(self) -> dict[str, list[str]]:
        """The random numbers that people and specimens need, by stream."""
        known = self.known.distributions
        usual = [sample_kidneys.ERROR] if self.known.renal_measure else [sample_kidneys.GFR]
        usual += [name for name in ("weight_kg", "height_cm", "urine_ph") if name not in known]
        usual += [] if self.known.hydration_measure == sample_urine.FLOW else [sample_urine.FLOW]
        return {
            "inputs": [*(name for name, one in known.items() if not one.exact), *usual],
            "people": [sample_urine.OSMOLES, *([sample_urine.CREATININE] if self.tells_urine else [])],
            "specimen": [*sample_void.OF_VOID, *(sample_void.OF_COMPOSITION if self.tells_urine else ())],
            "knowledge": self._uncertain,
        }

    @property
    def tells_urine(self) -> bool:
        """Whether the question tells how much the person drinks, or what was measured in the urine."""
        known = self.known
        by_hydration = known.hydration_measure is not None or known.hydration_level is not None
        return by_hydration or sample_void.is_measured(known)

    @property
    def _uncertain(self) -> list[str]:
        """The population's numbers that the person needs and that are not known exactly."""
        known, names = self.known, ["secretion_exponent", "permeability_exponent", sample_urine.OSMOLES]
        if known.renal_measure is None:
            names += ["gfr_ml_min_1_73m2", *(["pregnancy_gfr_factor"] if known.pregnant else [])]
        if known.hydration_measure is None:
            names.append(sample_urine.flow_parameter(known))
        if "urine_ph" not in known.distributions:
            names.append("urine_ph")
        if "void_interval_h" not in known.distributions:
            names.append(sample_void.interval_parameter(known))
        return names

    # -- the person ---------------------------------------------------------------------------------------------------

    def person(self, deviates: Deviates, selection: Selection) -> Person:
        """Body, kidneys and usual urine of the selected draws."""
        known, norms = self.known, self.norms
        sampler = self._sampler(deviates, selection)
        body = sample_body.sample_body(known, norms, sampler)
        weight = sampler.in_draws(body.weight)
        kidneys = sample_kidneys.sample_kidneys(known, norms, body, sampler)
        tubules = sample_kidneys.sample_tubules(kidneys, weight, norms, sampler)
        usual = sample_urine.sample_usual(known, norms, body, kidneys.share, sampler)
        flow, osmoles, measured = self._usual_flow(body, usual, kidneys, sampler)
        is_told = known.hydration_measure is not None or known.hydration_level is not None
        least = sample_urine.least_flow(usual, osmoles, flow, is_told)
        nonrenal, liver = self._nonrenal(body, sampler)
        ph = sample_void.usual_ph(known, norms, usual, sampler)
        gfr, wide_flow, ph = (self._wide(value, selection) for value in (kidneys.gfr, np.exp(flow), ph))
        parts = Parts(body, usual, kidneys.share, osmoles, least, measured)
        covariates = self._covariates(sampler, weight, kidneys.share)
        return Person(
            covariates, gfr, wide_flow, ph, tubules.secretion, tubules.permeability, nonrenal, liver, parts
        )  # fmt: skip

    def _sampler(self, deviates: Deviates, selection: Selection) -> Sampler:
        return Sampler(self.known.distributions, deviates, selection)

    def _wide(self, value: Value, selection: Selection) -> Floats:
        return np.broadcast_to(value, np.broadcast_shapes(np.shape(value), (*self.people, len(selection.people))))

    def _usual_flow(
        self, body: sample_body.Body, usual: sample_urine.UsualUrine, kidneys: sample_kidneys.Kidneys, sampler: Sampler
    ) -> tuple[Value, Value, Floats | None]:
        """Logarithms of usual flow and osmoles, and of the flow of the void in which something was measured, if any was."""
        if sample_void.is_measured(self.known):
            made = sample_void.measured_void(self.known, self.norms, body, usual, kidneys.share, sampler)
            return made.usual, made.osmoles, made.flow
        osmoles = usual.osmoles + usual.osmoles_spread * sampler.normal("people", sample_urine.OSMOLES)
        if np.all(usual.flow_spread == 0.0):
            return usual.flow, osmoles, None
        return usual.flow + usual.flow_spread * sampler.normal("inputs", sample_urine.FLOW), osmoles, None

    def _nonrenal(self, body: sample_body.Body, sampler: Sampler) -> tuple[Value, Value]:
        """Factors on non-renal clearances for what is not known of them: in such a body, and in liver disease."""
        number = self.norms.number
        age = None if np.all(body.unsurveyed == 1.0) else body.age
        names = ("size.child_spread", "size.child_age", "size.heavy_exponent_uncertainty", "size.heavy_weight")
        spread = extrapolation_spread(age, body.weight, *(number[name] for name in names))
        here: Value = 1.0
        if np.any(spread):
            here = np.exp(sampler.in_draws(spread) * sampler.normal("knowledge", EXTRAPOLATION))
        if self.known.hepatic_class not in LIVER_CLASSES:
            return here, 1.0
        return here, np.exp(number["liver.spread"] * sampler.normal("knowledge", LIVER))

    def _covariates(self, sampler: Sampler, weight: Value, share: Value) -> dict[str, Any]:
        known = self.known
        return {
            "weight_kg": weight,
            "age_y": sampler.in_draws(sampler.told("age_y")) if "age_y" in known.given else None,
            "gfr_of_normal": HEALTHY * share,
            "sex": known.sex,
            "hepatic_class": known.hepatic_class,
            "interactions": known.interactions,
            "pregnant": "yes" if known.pregnant else None,
            **dict(known.words),
        }

    # -- the specimen -------------------------------------------------------------------------------------------------

    def specimen(self, person: Person, deviates: Deviates, selection: Selection) -> Specimen:
        """The urine of one void of the same draws; other deviates in the stream ``specimen`` make it another void."""
        known, norms, parts = self.known, self.norms, parts_of(person)
        sampler = self._sampler(deviates, selection)
        if parts.measured is not None:
            flow: Value = np.exp(parts.measured)
        else:
            age = sampler.in_draws(norms.adult_age(parts.body.age, parts.body.unsurveyed))
            void, spread = sample_void.void_between(known, norms, age, parts.share)
            between = np.exp(void + spread * sampler.normal("specimen", "urine_flow_between_voids"))
            flow = np.maximum(person.flow * between, np.exp(parts.least))
        ph = sample_void.void_ph(known, norms, person.ph, sampler)
        interval = sample_void.void_interval(known, norms, parts.body, sampler)
        return Specimen(*(self._wide(value, selection) for value in (flow, ph, interval)))

    def composition(self, person: Person, specimen: Specimen, deviates: Deviates, selection: Selection) -> Composition:
        """What a laboratory measures in that specimen of the same draws."""
        parts = parts_of(person)
        sampler = self._sampler(deviates, selection)
        values = sample_void.composition(
            self.known, self.norms, parts.body, parts.usual, parts.osmoles, specimen.flow, sampler
        )
        return Composition(*(self._wide(value, selection) for value in values))


def parts_of(person: Person) -> Parts:
    """What voids of the draws' people are sampled from.

    Raises
    ------
    ValueError
        The person is one of several who stood side by side.
    """
    if person.parts is None:
        raise ValueError("one of several people has no void of its own; sample all of them")
    return person.parts
