"""Which notes an answer needs, and their values. Those of one substance are in its data (see `detectapi.knowledge.evidence`).

Their sentences stand in `detectapi.telling.notes`.
"""

from __future__ import annotations

import numpy as np

from detectapi.inputs.distribution import CENTRAL_90, InputDistribution
from detectapi.inputs.known import KnownInputs
from detectapi.knowledge import catalog, evidence
from detectapi.knowledge.posterior import STALE
from detectapi.model.arrays import Value
from detectapi.model.creatinine import UMOL_PER_MG_DL, normal_creatinine
from detectapi.model.kinetics import parameter_names
from detectapi.model.physiology import Composition, Person
from detectapi.model.question import Question
from detectapi.model.sample_kidneys import CREATININE
from detectapi.model.without_effect import without_effect
from detectapi.telling.inputs_used import input_name, medicine
from detectapi.telling.notes import note
from detectapi.values.physiology import SpecimenValidity
from detectapi.values.regimen import ORDINARY_WEIGHT

WORTH_SAYING = 0.03
"""The share of specimens from which on a note speaks of them. Where nothing is told of the urine, at most 2.6 % are dilute."""
ADULT_AGE = 18.0
SIZES_STUDIED = (45.0, 120.0)
LOW_GFR = 15.0
HIGH_CREATININE = 1.5
"""A child's creatinine beyond so many times the normal one of its age is said to be high. [-]"""


def collect(
    question: Question, person: Person, composition: Composition | None, ever_positive: float
) -> list[dict[str, str]]:
    """Every note an answer needs.

    Parameters
    ----------
    question : Question
    person : Person
        Of each draw.
    composition : Composition or None
        Of each draw's specimen; None where the question tells nothing of the urine.
    ever_positive : float
        Share of the draws in which a specimen is positive at any time after the last dose.

    Returns
    -------
    list of {"code", "message"}
    """
    if question.uses:
        return _of_several(question, person, composition, ever_positive)
    known = question.physiology.known
    names = list(known.given)
    names += [name for name in ("hepatic_class", "interactions") if getattr(known, name) not in (None, "none", ())]
    if known.hepatic_class == "C":
        names.append("hepatic_class_c")
    regimen = question.regimen
    remarks = evidence.remarks(question.substance, regimen.routes, regimen.pattern, question.readings, names)
    remarks += _specimen(known, composition) if composition is not None else []
    remarks += _person(person, known)
    remarks += _kidneys(known)
    if question.half_life is not None:
        remarks.append(note("half-life-model"))
    else:
        remarks += _doses(question, known)
        remarks += _idle(question)
        remarks += [_assumptions(question)] if regimen.count else []
        remarks += [note("calibration-stale")] if question.calibration == STALE else []
        if question.posterior is not None and question.posterior.own:
            remarks.append(note("calibration-own", substance=question.substance.name))
    if question.assay.stages:
        remarks.append(note("two-stages"))
    if regimen.count and ever_positive < 0.5:
        remarks.append(note("mostly-below-cutoff"))
    if not regimen.count:
        remarks.append(note("no-dose"))
    return remarks


def _of_several(
    question: Question, person: Person, composition: Composition | None, ever_positive: float
) -> list[dict[str, str]]:
    """The notes of several uses, each once. A use that the test does not see has one only, that says so."""
    seen = [use for use in question.uses if use.analytes]
    remarks = [remark for use in seen for remark in collect(use, person, composition, ever_positive)]
    if any(use.regimen.count for use in seen):
        remarks = [remark for remark in remarks if remark["code"] != "no-dose"]
    unseen = ", ".join(use.substance.name for use in question.uses if not use.analytes)
    if unseen:
        remarks.append(note("not-looked-for", substances=unseen))
    return list({(remark["code"], remark["message"]): remark for remark in remarks}.values())


def _specimen(known: KnownInputs, composition: Composition) -> list[dict[str, str]]:
    """What a laboratory would report of the urine itself."""
    measured = known.distributions
    gravity_is_told = "specimen.specific_gravity" in measured
    dilute, substituted = _validity(composition, gravity_is_told, catalog.physiology().specimen_validity)
    if gravity_is_told and "specimen.urine_creatinine_mg_dl" in measured:  # both were measured: it is this specimen
        codes = {"dilute-specimen": dilute, "substituted-specimen": substituted}
        return [note(code) for code, share in codes.items() if share > 0.5]
    shares = {"dilute-specimen-possible": dilute, "substituted-specimen-possible": substituted}
    return [note(code, part=share) for code, share in shares.items() if share >= WORTH_SAYING]


def _validity(composition: Composition, gravity_is_told: bool, rule: SpecimenValidity) -> tuple[float, float]:
    """The shares of specimens that would be reported as dilute and as substituted."""
    creatinine, gravity = composition.creatinine, composition.specific_gravity
    low, high = rule.substituted_specific_gravity_low, rule.substituted_specific_gravity_high
    substituted = creatinine < rule.substituted_creatinine_mg_dl
    dilute = (creatinine < rule.dilute_creatinine_mg_dl) & ~substituted & (gravity < rule.dilute_specific_gravity)
    if gravity_is_told:  # a gravity that is computed from a high flow may be lower than any kidney can make urine
        dilute = dilute & (gravity > low)
    substituted = substituted & ((gravity <= low) | (gravity >= high))
    return float(np.mean(dilute)), float(np.mean(substituted))


def _person(person: Person, known: KnownInputs) -> list[dict[str, str]]:
    """What must be said of a person, judged over the whole of a range that was given."""
    remarks = []
    age = known.distributions.get("age_y")
    if age is not None and _ends(age)[0] < ADULT_AGE:
        remarks.append(note("child-extrapolated"))
    low, high = _ends(known.distributions["weight_kg"]) if "weight_kg" in known.given else SIZES_STUDIED
    if low < SIZES_STUDIED[0] or high > SIZES_STUDIED[1]:
        remarks.append(note("size-extrapolated"))
    if _lowest_gfr(person, known) < LOW_GFR:
        remarks.append(note("kidney-failure-extrapolated"))
    if known.pregnant:
        remarks.append(note("pregnancy-extrapolated"))
    return remarks


def _ends(distribution: InputDistribution) -> tuple[float, float]:
    """Both ends of the range that was given; twice the number where it was one."""
    here = np.ones(np.shape(distribution.centre))
    low, high = (_middle(distribution.value(z * here)) for z in (-CENTRAL_90, CENTRAL_90))
    return round(low, 6), round(high, 6)


def _lowest_gfr(person: Person, known: KnownInputs) -> float:
    """The median glomerular filtration rate at the worse end of the kidney function that was given. [mL/min]"""
    middle = _middle(person.gfr)
    if known.renal_measure is None:
        return middle
    distribution = known.distributions[known.renal_measure]
    low, high = _ends(distribution)
    centre = _middle(distribution.centre)
    if known.renal_measure in CREATININE:
        return middle * centre / high
    return middle if low >= LOW_GFR else min(middle, low)


def _doses(question: Question, known: KnownInputs) -> list[dict[str, str]]:
    """Amounts and combinations that no study in the data had."""
    remarks = []
    for studied in amounts_not_studied(question):
        low, high = (f"{end:g}" for end in studied)
        remarks.append(note("amount-not-studied", low=low, high=high))
    together = [medicine(name) for name in known.interactions]
    if known.hepatic_class in ("B", "C"):
        together.append(input_name("hepatic_class"))
    if len(together) > 1:
        remarks.append(note("combination-not-studied", inputs=", ".join(together)))
    return remarks


def amounts_not_studied(question: Question) -> tuple[tuple[float, float], ...]:
    """Of each use with single doses far from those of its studies, the amounts of these studies. [mg]"""
    ends = []
    for use in question.each:
        per_kg = {train: ORDINARY_WEIGHT if train.amount.per_kg else 1.0 for train in use.regimen.trains}
        doses = [(train.route, train.amount.low * kg, train.amount.high * kg) for train, kg in per_kg.items()]
        ends.append(evidence.amounts_not_studied(use.substance.id, doses))
    return tuple(one for one in ends if one is not None)


def _kidneys(known: KnownInputs) -> list[dict[str, str]]:
    """What must be said of a creatinine in blood."""
    if known.renal_measure not in CREATININE:
        return []
    remarks = [note("creatinine-steady")]
    serum, age = (known.distributions[name].centre for name in (known.renal_measure, "age_y"))
    if _middle(age) < ADULT_AGE:
        usual = normal_creatinine(age, known.sex == "female") / UMOL_PER_MG_DL * CREATININE[known.renal_measure]
        if _middle(serum / usual) > HIGH_CREATININE:
            remarks.append(note("creatinine-high-for-age"))
    return remarks


def _middle(value: Value) -> float:
    """The median over the draws of what may be the same in all of them."""
    return float(np.median(value)) if np.ndim(value) else float(value)


def _idle(question: Question) -> list[dict[str, str]]:
    names = without_effect(question)
    return [note("inputs-without-effect", inputs=", ".join(input_name(name) for name in names))] if names else []


def _assumptions(question: Question) -> dict[str, str]:
    names = parameter_names(question.substance, question.analytes, question.regimen)
    origins = [question.parameters[name].origin for name in names]
    assumed = sum(origin.basis == "assumed" for origin in origins)
    return note("assumed-parameters", assumed=assumed, total=len(origins), substance=question.substance.id)
