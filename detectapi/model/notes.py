"""Which notes an answer needs, and their values. Those of one substance are in its data (see `detectapi.knowledge.evidence`).

Their sentences stand in `detectapi.telling.notes`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.knowledge import catalog, evidence
from detectapi.knowledge.posterior import STALE
from detectapi.model.kinetics import parameter_names
from detectapi.model.physiology import Person, Specimen
from detectapi.model.question import Question
from detectapi.telling.notes import note

WORTH_SAYING = 0.01
ADULT_AGE = 18.0
SIZES_STUDIED = (45.0, 120.0)
LOW_GFR = 15.0


def collect(question: Question, person: Person, specimen: Specimen, ever_positive: float) -> list[dict[str, str]]:
    """Every note an answer needs.

    Parameters
    ----------
    question : Question
    person : Person
        Of each draw.
    specimen : Specimen
        Of each draw.
    ever_positive : float
        Share of the draws in which a specimen is positive at any time after the last dose.

    Returns
    -------
    list of {"code", "message"}
    """
    known = question.physiology.known
    given = [name for name, distribution in known.distributions.items() if not distribution.is_default]
    given += [name for name in ("hepatic_class", "interactions") if getattr(known, name) not in (None, "none", ())]
    if known.hepatic_class == "C":
        given.append("hepatic_class_c")
    regimen = question.regimen
    found = evidence.remarks(question.substance, regimen.routes, regimen.pattern, question.readings, given)
    found += _specimen(specimen, known.specimen_measure == "specific_gravity")
    found += _person(person, given)
    if question.half_life is not None:
        found.append(note("half-life-model"))
    else:
        found += [_assumptions(question)] if regimen.count else []
        found += [note("calibration-stale")] if question.calibration == STALE else []
    if regimen.count and ever_positive < 0.5:
        found.append(note("mostly-below-cutoff"))
    if not regimen.count:
        found.append(note("no-dose"))
    return found


def _specimen(specimen: Specimen, gravity_measured: bool) -> list[dict[str, str]]:
    creatinine, gravity = specimen.creatinine, specimen.specific_gravity
    rule = catalog.specimen_validity()
    substituted = creatinine < rule.substituted_creatinine_mg_dl
    low, high = rule.substituted_specific_gravity_low, rule.substituted_specific_gravity_high
    dilute = (creatinine < rule.dilute_creatinine_mg_dl) & ~substituted & (gravity < rule.dilute_specific_gravity)
    if gravity_measured:  # a gravity that is computed from a high flow may be lower than any kidney can make urine
        dilute = dilute & (gravity > low)
    substituted = substituted & ((gravity <= low) | (gravity >= high))
    shares = {
        "dilute-specimen-possible": float(np.mean(dilute)),
        "substituted-specimen-possible": float(np.mean(substituted)),
    }
    return [note(code, part=share) for code, share in shares.items() if share >= WORTH_SAYING]


def _person(person: Person, given: Sequence[str]) -> list[dict[str, str]]:
    found = []
    age, weight = person.covariates["age_y"], person.covariates["weight_kg"]
    if age is not None and float(np.median(age)) < ADULT_AGE:
        found.append(note("child-extrapolated"))
    if "weight_kg" in given and not SIZES_STUDIED[0] <= float(np.median(weight)) <= SIZES_STUDIED[1]:
        found.append(note("size-extrapolated"))
    if float(np.median(person.gfr)) < LOW_GFR:
        found.append(note("kidney-failure-extrapolated"))
    return found


def _assumptions(question: Question) -> dict[str, str]:
    names = parameter_names(question.substance, question.analytes, question.regimen)
    origins = [question.parameters[name].origin for name in names]
    assumed = sum(origin.basis == "assumed" for origin in origins)
    return note("assumed-parameters", assumed=assumed, total=len(origins), substance=question.substance.id)
