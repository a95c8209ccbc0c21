"""Remarks on an answer that hold for any substance; those of one substance are in its data (see `detectapi.knowledge.evidence`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.knowledge import catalog, evidence
from detectapi.knowledge.posterior import STALE
from detectapi.model.kinetics import parameter_names
from detectapi.model.physiology import Person, Specimen
from detectapi.model.question import Question

WORTH_SAYING = 0.01
ADULT_AGE = 18.0
SIZES_STUDIED = (45.0, 120.0)
LOW_GFR = 15.0


def collect(question: Question, person: Person, specimen: Specimen, ever_positive: float) -> list[dict[str, str]]:
    """Every remark an answer needs.

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
    found = evidence.remarks(question.substance, regimen.routes, regimen.pattern, question.analytes, given)
    found += _specimen(specimen, known.specimen_measure == "specific_gravity")
    found += _person(person, given)
    if question.half_life is not None:
        found.append(_note(
            "half-life-model",
            "One compartment and one half-life for everything that is excreted: the textbook view, shown for teaching and as a"
            " baseline. It leaves out how differently metabolites are formed and lost. Kidney function, urine pH, liver disease,"
            " medicines and clearances do not enter it, also where they were given.",
        ))  # fmt: skip
    else:
        found += [_assumptions(question)] if regimen.count else []
        found += _calibration(question)
    if regimen.count and ever_positive < 0.5:
        found.append(_note(
            "mostly-below-cutoff",
            "More than half of specimens would stay below the cutoff at all times after the last dose; the median is then zero.",
        ))  # fmt: skip
    if not regimen.count:
        found.append(_note("no-dose", "No dose was given, so nothing is there to detect."))
    return found


def _note(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def _specimen(specimen: Specimen, gravity_measured: bool) -> list[dict[str, str]]:
    creatinine, gravity = specimen.creatinine, specimen.specific_gravity
    rule = catalog.specimen_validity()
    substituted = creatinine < rule.substituted_creatinine_mg_dl
    low, high = rule.substituted_specific_gravity_low, rule.substituted_specific_gravity_high
    dilute = (creatinine < rule.dilute_creatinine_mg_dl) & ~substituted & (gravity < rule.dilute_specific_gravity)
    if (
        gravity_measured
    ):  # one computed from the flow is thinner than kidneys can make it where there is next to no creatinine
        dilute = dilute & (gravity > low)
    substituted = substituted & ((gravity <= low) | (gravity >= high))
    found = []
    for code, share, words in (
        (
            "dilute-specimen-possible",
            np.mean(dilute),
            "dilute (creatinine 2 to 20 mg/dL and specific gravity between 1.001 and 1.003)",
        ),
        ("substituted-specimen-possible", np.mean(substituted), "substituted (creatinine below 2 mg/dL)"),
    ):
        if share >= WORTH_SAYING:
            found.append(_note(code, f"{one_in(share)} would be reported as {words} under 49 CFR 40.88."))
    return found


def one_in(share: float) -> str:
    """A share in words: "About 1 in 12 specimens"."""
    if share > 0.9:
        return "Nearly all specimens"
    if share > 0.45:
        return f"About {round(share * 10)} in 10 specimens"
    return f"About 1 in {round(1.0 / share)} specimens"


def _person(person: Person, given: Sequence[str]) -> list[dict[str, str]]:
    found = []
    age, weight = person.covariates["age_y"], person.covariates["weight_kg"]
    if age is not None and float(np.median(age)) < ADULT_AGE:
        found.append(_note("child-extrapolated", "The data are of adults; for a child or adolescent this is an extrapolation by"
                           " body size alone."))  # fmt: skip
    if "weight_kg" in given and not SIZES_STUDIED[0] <= float(np.median(weight)) <= SIZES_STUDIED[1]:
        found.append(_note("size-extrapolated", "Body weight lies outside the range most studies cover (about 45 to 120 kg);"
                           " size is extrapolated by allometry."))  # fmt: skip
    if float(np.median(person.gfr)) < LOW_GFR:
        found.append(_note("kidney-failure-extrapolated", "At a glomerular filtration rate below 15 mL/min the model is"
                           " extrapolated, and dialysis is not in it."))  # fmt: skip
    return found


def _calibration(question) -> list[dict[str, str]]:
    if question.calibration != STALE:
        return []
    return [_note(
        "calibration-stale",
        "The calibration that is shipped belongs to other data than these: what studies say of the typical values was left"
        " aside, and their uncertainty is that of the substance's file.",
    )]  # fmt: skip


def _assumptions(question) -> dict[str, str]:
    names = parameter_names(question.substance, question.analytes, question.regimen)
    origins = [question.parameters[name].origin for name in names]
    assumed = sum(origin.basis == "assumed" for origin in origins)
    return _note(
        "assumed-parameters",
        f"{assumed} of the {len(origins)} numbers of the model used here are assumed rather than measured or derived; each"
        f" is listed with its reason under /v1/substances/{question.substance.id}.",
    )
