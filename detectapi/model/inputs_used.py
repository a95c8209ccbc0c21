"""What every input of a question was taken as, and how it is known: the list `inputs_used` of an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from detectapi.inputs.distribution import CENTRAL_90, POPULATION_DEFAULT, InputDistribution
from detectapi.inputs.table import INPUTS
from detectapi.knowledge import catalog
from detectapi.model.physiology import Physiology
from detectapi.model.question import Question
from detectapi.model.usual_inputs import told_gfr, typical_body, usual_inputs
from detectapi.telling.details import detail
from detectapi.values.assay import Assay, KitBias

WORDS = (
    "person.sex", "person.pregnant", "person.hepatic_class", "renal.method", "specimen.kind", "specimen.read_by",
)  # fmt: skip
"""Inputs of person and urine that are words and stand in an answer as they were given."""
UNITS = {
    "weight_kg": "kg", "height_cm": "cm", "age_y": "years", "void_interval_h": "h", "half_life_h": "h",
    "urine_ph": "-", "specific_gravity": "-",
}  # fmt: skip
"""Units of inputs whose name in an answer is written with its unit beside it."""


def inputs_used(request: Mapping[str, Any], question: Question) -> list[dict[str, Any]]:
    """Every input with the value that was used and how it is known.

    Parameters
    ----------
    request : dict
    question : Question
        Read from the request.
    """
    physiology, here = question.physiology, typical_body(question.physiology)
    used = [entry for use in question.each for entry in _routes(use, question)] + _basis(request, question)
    used += [_distribution(one) for one in physiology.known.distributions.values()]
    used += [_distribution(one) for one in usual_inputs(physiology, here)]
    used += _words(request) + _covariates(question)
    true_gfr = told_gfr(physiology, here)
    used += [_distribution(true_gfr)] if true_gfr else []
    used.append(_surface(physiology, float(here.surface)))
    used += [_distribution(use.half_life) for use in question.each if use.half_life is not None]
    used += [entry for stage in question.assay.in_turn for entry in _of_test(stage, question.assay)]
    changes = (request.get("model") or {}).get("adjust") or {}
    for name, change in changes.items():
        used += [_adjusted(name, change, use) for use in question.each if name in use.parameters][:1]
    return used


def _routes(use: Question, question: Question) -> list[dict[str, Any]]:
    """The routes of a use; which use that is stands beside it where there are several."""
    routes = use.regimen.routes
    if not routes:
        return []
    entry = {"name": "route", "value": routes[0] if len(routes) == 1 else list(routes), "source": "given"}
    return [{**entry, "detail": use.substance.name} if question.uses else entry]


def _basis(request: Mapping[str, Any], question: Question) -> list[dict[str, Any]]:
    """What amounts are of: the free base, or a salt that the question states or that the name of a brand means."""
    words = []
    for asked, use in zip(request.get("uses") or (request,), question.each, strict=True):
        brand = catalog.brand(use.substance, str(asked.get("substance", "")))
        doses = [asked["pattern"]] if asked.get("pattern") else asked.get("doses") or []
        words += [dose.get("basis") or (brand.salt if brand else None) or "base" for dose in doses]
    words = list(dict.fromkeys(words))
    return [{"name": "basis", "value": words[0] if len(words) == 1 else words, "source": "given"}] if words else []


def _words(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The inputs that are words."""
    used = []
    for entry in (INPUTS[path] for path in WORDS):
        words = (request.get(entry.section) or {}).get(entry.name)
        if words:
            used.append({"name": entry.column, "value": words, "source": "given"})
    interactions = (request.get("person") or {}).get("interactions")
    return used + ([{"name": "interactions", "value": list(interactions), "source": "given"}] if interactions else [])


def _covariates(question: Question) -> list[dict[str, Any]]:
    """Covariates of words: told, implied by the pattern of use, or drawn among people by their shares."""
    known = question.physiology.known
    used: list[dict[str, Any]] = [{"name": name, "value": word, "source": "given"} for name, word in known.words]
    drawn = {name: (covariate, use) for use in question.each for name, covariate in use.substance.covariates.items()}
    for name, (covariate, use) in drawn.items():
        if name in dict(known.words):
            continue
        origin = catalog.origin_card(covariate.origin)
        if name in use.covariates:
            pattern = use.regimen.pattern
            used.append({"name": name, "value": use.covariates[name], "source": "derived",
                         "detail": detail("from-pattern", pattern=pattern), "origin": origin})  # fmt: skip
            continue
        shares = (f"{word} {share:.0%}" for word, share in zip(covariate.words, covariate.shares, strict=True))
        used.append({"name": name, "value": list(covariate.words), "source": "population default",
                     "detail": detail("drawn", shares=", ".join(shares)), "origin": origin})  # fmt: skip
    return used


def _adjusted(name: str, change: Mapping[str, float], question: Question) -> dict[str, Any]:
    """A typical value that the request scaled or set."""
    parameter, words = question.parameters[name], detail("scaled" if "scale" in change else "set")
    return {"name": name, "value": parameter.value, "unit": parameter.unit, "source": "given", "detail": words}


def _of_test(stage: Assay, whole: Assay) -> list[dict[str, Any]]:
    """What is used of a stage of a test; which stage that is stands beside it where there are several."""
    used = [_imprecision(stage)]
    if stage.kit_bias is not None:
        used.append(_kit_bias(stage.kit_bias))
    if any(component.split for component in stage.components):
        used.append(_hydrolysis(stage))
    if not whole.stages or stage.id is None:
        return used
    return [{**entry, "detail": catalog.assay(stage.id).name} for entry in used]


def _imprecision(assay: Assay) -> dict[str, Any]:
    """The imprecision of the test: as stated, or as the data have it."""
    written: dict[str, Any] = {"name": "assay_imprecision_cv", "value": assay.imprecision_cv}
    if assay.imprecision_origin is None:
        return written | {"source": "given"}
    return written | {"source": assay.imprecision_origin.basis, "origin": catalog.origin_card(assay.imprecision_origin)}


def _kit_bias(bias: KitBias) -> dict[str, Any]:
    """The factor of a kit on all its readings, which nobody knows."""
    ends = (math.exp(bias.log_sd * z) for z in (-CENTRAL_90, CENTRAL_90))
    written: dict[str, Any] = {"name": "kit_bias", "value": 1.0}
    written["low"], written["high"] = (_figures(end, 4) for end in ends)
    if bias.origin is None:
        return written | {"source": "given"}
    return written | {"source": bias.origin.basis, "origin": catalog.origin_card(bias.origin)}


def _hydrolysis(assay: Assay) -> dict[str, Any]:
    """What share of conjugates the test sets free and reads."""
    split = assay.hydrolysis_yield
    written: dict[str, Any] = {"name": "hydrolysis_yield", "value": split.value}
    if split.uncertainty:
        ends = (split.value * math.exp(split.uncertainty * z) for z in (-CENTRAL_90, CENTRAL_90))
        written["low"], written["high"] = (_figures(end, 4) for end in ends)
    if split.origin is None:
        return written | {"source": "given"}
    return written | {"source": split.origin.basis, "origin": catalog.origin_card(split.origin)}


def _surface(physiology: Physiology, surface: float) -> dict[str, Any]:
    """The body surface that an indexed GFR is de-indexed with, as it is at the medians."""
    size_is_known = {"weight_kg", "height_cm"} & set(physiology.known.distributions)
    return {"name": "body_surface_m2", "value": _figures(surface, 3),
            "source": "derived" if size_is_known else POPULATION_DEFAULT,
            "detail": detail("surface")}  # fmt: skip


def _distribution(distribution: InputDistribution) -> dict[str, Any]:
    """An input that is a number or a distribution, with the ends of its central 90 %."""
    written: dict[str, Any] = {"name": distribution.name, "value": _figures(float(distribution.centre), 6)}
    if distribution.name in UNITS:
        written["unit"] = UNITS[distribution.name]
    if not distribution.exact:
        ends = distribution.value(np.array([-CENTRAL_90, CENTRAL_90]))
        written["low"], written["high"] = (_figures(end, 4) for end in np.asarray(ends))
    written["source"] = distribution.source
    if distribution.detail:
        written["detail"] = distribution.detail
    if distribution.origin:
        written["origin"] = catalog.origin_card(distribution.origin)
    return written


def _figures(value: float, digits: int) -> float:
    """A number rounded to so many significant figures."""
    return float(f"{value:.{digits}g}")
