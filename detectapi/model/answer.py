"""An estimate written as the contract's answer: names with units, figures rounded to what the draws can carry."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from detectapi._version import __version__
from detectapi.inputs.distribution import CENTRAL_90, InputDistribution, population_default
from detectapi.knowledge import catalog
from detectapi.model.renal import body_surface
from detectapi.model.window import Bands
from detectapi.telling.sentences import LIMITS

FINE_HOURS = 240.0

_UNITS = {
    "weight_kg": "kg", "height_cm": "cm", "age_y": "years", "void_interval_h": "h", "half_life_h": "h",
    "urine_ph": "-", "specific_gravity": "-",
}  # fmt: skip


def hours(value: float) -> float:
    """A time rounded to 0.1 h below ten days and to 1 h beyond. [h]"""
    return round(float(value), 1) if value < FINE_HOURS else float(round(float(value)))


def probabilities(values) -> list[float]:
    """Probabilities rounded to 0.001."""
    return [round(float(v), 3) for v in values]


def significant(values, digits: int = 3) -> list[float]:
    """Concentrations rounded to so many significant digits."""
    return [float(f"{float(v):.{digits}g}") for v in values]


def write(request: Mapping[str, Any], estimate, graded, remarks) -> dict[str, Any]:
    """The answer to a request.

    Parameters
    ----------
    request : dict
    estimate : detectapi.model.recipe.Estimate
    graded : detectapi.knowledge.evidence.Evidence
    remarks : list of dict
        Notes.

    Returns
    -------
    dict
    """
    question = estimate.question
    substance = question.substance
    include = request["options"].get("include") or ()
    references = catalog.references()
    return {
        "substance": substance.id,
        "rule": question.assay.rule,
        "window": _window(estimate.window, question.regimen),
        "analytes": [
            _analyte(component, part, estimate, include)
            for component, part in zip(question.assay.components, estimate.parts, strict=True)
        ],
        "curve": {
            "time_h": [hours(t) for t in estimate.curve.time],
            "probability_positive": probabilities(estimate.curve.probability),
            "low": probabilities(estimate.curve.low),
            "high": probabilities(estimate.curve.high),
        },
        "uncertainty": {stream: round(estimate.shares[stream], 3) for stream in _SHARE_ORDER},
        "inputs_used": inputs_used(request, question),
        "evidence": {
            "grade": graded.grade,
            "because": graded.because,
            "sources": [references[key].citation for key in graded.sources],
            "rows": list(graded.rows),
        },
        "notes": remarks,
        "provenance": {
            "detectapi": __version__,
            "substance_revision": substance.revision,
            "substance_sha256": substance.sha256,
            "assay": question.assay.id,
            "model": "half-life" if question.half_life else "population",
            "calibration": question.posterior.fingerprint[:16] if question.posterior else None,
            "seed": estimate.seed,
            "draws": estimate.plan.draws,
            "safe_route_draws": estimate.safe_route_draws,
        },
        "limits": LIMITS,
    }


_SHARE_ORDER = ("people", "specimen", "knowledge", "inputs", "assay")


def _window(window, regimen) -> dict[str, Any]:
    written: dict[str, Any] = {
        "median_h": hours(window.median),
        "low_h": hours(window.low),
        "high_h": hours(window.high),
        "level": window.level,
        "monte_carlo_se_h": round(window.standard_error, 2),
        "ever_positive": round(window.ever_positive, 3),
        "median_knowledge_h": {"low": hours(window.knowledge[0]), "high": hours(window.knowledge[1])},
    }
    if regimen.ended_at is not None:
        for name in ("median", "low", "high"):
            at = regimen.ended_at + timedelta(hours=getattr(window, name))
            written[f"{name}_at"] = at.replace(second=0).isoformat(timespec="seconds")
    return written


def _analyte(component, part, estimate, include) -> dict[str, Any]:
    ever = part.crossings.last > 0.0
    written: dict[str, Any] = {
        "analyte": component.analyte,
        "cutoff_ng_ml": component.cutoff_ng_ml,
        "window": _window(part.window, estimate.question.regimen),
        "first_positive_h": hours(np.median(part.crossings.first[ever])) if ever.any() else None,
    }
    if len(component.weights) > 1:
        written["cross_reactivity"] = {a: w for a, w in component.weights.items() if a != component.analyte}
    if part.concentration is not None:
        written["concentration"] = _concentration(part.concentration)
    if "draws" in include:
        written["draws"] = {
            "first_h": [round(float(t), 3) for t in part.crossings.first],
            "last_h": [round(float(t), 3) for t in part.crossings.last],
        }
    return written


def _concentration(bands: Bands) -> dict[str, Any]:
    written = {"time_h": [hours(t) for t in bands.time], "typical_ng_ml": significant(bands.typical)}
    return written | {f"p{100 * share:02.0f}": significant(values) for share, values in bands.quantiles.items()}


def inputs_used(request: Mapping[str, Any], question) -> list[dict[str, Any]]:
    """What every input was taken as, and how it was learnt."""
    routes = question.regimen.routes
    used = (
        [{"name": "route", "value": routes[0] if len(routes) == 1 else list(routes), "source": "given"}]
        if routes
        else []
    )
    known = question.physiology.known
    used += [_used(distribution) for distribution in known.distributions.values()]
    if "void_interval_h" not in known.distributions:
        used.append(_used(population_default("void_interval_h", question.physiology.defaults["void_interval_h"])))
    person = request.get("person") or {}
    used += [{"name": n, "value": person[n], "source": "given"} for n in ("sex", "hepatic_class") if person.get(n)]
    if person.get("interactions"):
        used.append({"name": "interactions", "value": list(person["interactions"]), "source": "given"})
    if question.physiology.estimated_gfr is not None:
        used.append(_estimated_gfr(question.physiology))
    if known.renal_measure != "creatinine_clearance_ml_min":
        used.append(_surface(question.physiology))
    if question.half_life is not None:
        used.append(_used(question.half_life))
    used.append(_imprecision(question.assay))
    for name, change in ((request.get("model") or {}).get("adjust") or {}).items():
        parameter = question.parameters[name]
        detail = "scaled" if "scale" in change else "set"
        used.append(
            {"name": name, "value": parameter.value, "unit": parameter.unit, "source": "given", "detail": detail}
        )
    return used


def _imprecision(assay) -> dict[str, Any]:
    """The imprecision of the test; as stated, or as the data have it."""
    written = {"name": "assay_imprecision_cv", "value": assay.imprecision_cv}
    if assay.imprecision_origin is None:
        return written | {"source": "given"}
    return written | {"source": assay.imprecision_origin.basis, "origin": catalog.origin_card(assay.imprecision_origin)}


def _estimated_gfr(physiology) -> dict[str, Any]:
    """What serum creatinine, age and sex come to, with what the equation itself may be off by."""
    error = physiology.defaults["gfr_estimation_error"]
    ends = (physiology.estimated_gfr * math.exp(error.variability * z) for z in (-CENTRAL_90, CENTRAL_90))
    low, high = (float(f"{end:.4g}") for end in ends)
    return {"name": "egfr_ml_min_1_73m2", "value": float(f"{physiology.estimated_gfr:.4g}"), "low": low, "high": high,
            "source": "derived", "detail": "from serum creatinine, age and sex by CKD-EPI 2021, whose own error is the range",
            "origin": catalog.origin_card(error.origin)}  # fmt: skip


def _surface(physiology) -> dict[str, Any]:
    """The body surface that an indexed GFR is de-indexed with."""
    if not physiology.knows_surface:
        return {"name": "body_surface_m2", "value": 1.73, "source": "population default",
                "detail": "an indexed GFR is de-indexed only where weight and height are given"}  # fmt: skip
    weight, height = (physiology.known.distributions[name].centre for name in ("weight_kg", "height_cm"))
    return {"name": "body_surface_m2", "value": float(f"{float(body_surface(weight, height)):.3g}"),
            "source": "derived", "detail": "from weight and height; an indexed GFR is de-indexed with it"}  # fmt: skip


def _used(distribution: InputDistribution) -> dict[str, Any]:
    written: dict[str, Any] = {"name": distribution.name, "value": float(f"{distribution.centre:.6g}")}
    if distribution.name in _UNITS:
        written["unit"] = _UNITS[distribution.name]
    if distribution.spread:
        ends = (distribution.value(np.array(z)) for z in (-CENTRAL_90, CENTRAL_90))
        written["low"], written["high"] = (float(f"{float(end):.4g}") for end in ends)
    written["source"] = distribution.source
    if distribution.detail:
        written["detail"] = distribution.detail
    if distribution.origin:
        written["origin"] = catalog.origin_card(distribution.origin)
    return written
