"""An estimate written as the contract's answer: names with units, numbers rounded to what the draws can carry.

Nothing is computed here but roundings: the recipe has found everything before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from detectapi._version import __version__
from detectapi.knowledge import catalog
from detectapi.knowledge.evidence import Evidence
from detectapi.model.estimate import Asked, Estimate, Part, Readings, Stage
from detectapi.model.inputs_used import inputs_used
from detectapi.model.shares import Share
from detectapi.model.window import Bands, Curve, Reading, Window
from detectapi.telling.sentences import LIMITS
from detectapi.values.assay import Assay, Component
from detectapi.values.regimen import Regimen

FINE_HOURS = 240.0
"""Below it a time is rounded to 0.1 h, from there on to 1 h."""

LEAST_ERROR, NO_ERROR = 0.01, 1e-9
"""The smallest standard error that is written; below the second number it is the rounding of arithmetic. [h]"""

NOTHING_LEFT = 1e-9
"""A concentration of less counts as 0: a specimen holds fewer than a million molecules then. [ng/mL]"""

SHARES = ("people", "specimen", "knowledge", "inputs", "assay")
"""The streams in the order in which an answer lists their shares of variance."""


def hours(value: float) -> float:
    """A time rounded to 0.1 h below ten days and to 1 h beyond. [h]"""
    return round(float(value), 1) if value < FINE_HOURS else float(round(float(value)))


def error_in_hours(value: float) -> float:
    """A standard error rounded to 0.01 h; one that is not 0 is never written as 0. [h]"""
    return max(round(float(value), 2), LEAST_ERROR) if value > NO_ERROR else 0.0


def probabilities(values: Iterable[float]) -> list[float]:
    """Probabilities rounded to 0.001."""
    return [round(float(v), 3) for v in values]


def significant(values: Iterable[float], digits: int = 3) -> list[float]:
    """Concentrations rounded to so many significant digits; 0 where nothing is left."""
    return [float(f"{float(v):.{digits}g}") if v >= NOTHING_LEFT else 0.0 for v in values]


def write(
    request: Mapping[str, Any], estimate: Estimate, graded: Evidence, remarks: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """The answer to a request.

    Parameters
    ----------
    request : dict
    estimate : Estimate
    graded : Evidence
    remarks : sequence of dict
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
        "substance": " + ".join(use.substance.id for use in question.each),
        **({"uses": [use.substance.id for use in question.uses]} if question.uses else {}),
        "assay": _assay(question.assay, "assay" in request),
        "rule": question.assay.rule,
        "window": written_window(estimate.window, question.regimen),
        **_serial(estimate.readings, question.regimen),
        "analytes": _analytes(estimate.stages[-1], question.regimen, include),
        **_stages(estimate, include),
        "curve": written_curve(estimate.curve),
        "asked": [written_asked(one) for one in estimate.asked],
        **written_shares(estimate.shares),
        "inputs_used": inputs_used(request, question),
        "evidence": {
            "grade": graded.grade,
            "because": graded.because,
            "sources": [references[key].citation for key in graded.sources],
            "rows": list(graded.rows),
        },
        "notes": list(remarks),
        "provenance": {
            "detectapi": __version__,
            "substance_revision": substance.revision,
            "substance_sha256": substance.sha256,
            "assay": question.assay.id,
            "model": "half-life" if question.half_life else "population",
            "calibration": question.posterior.label if question.posterior else None,
            "seed": estimate.seed,
            "draws": estimate.plan.draws,
            "safe_route_draws": estimate.safe_route_draws,
        },
        "limits": LIMITS,
    }


def written_curve(curve: Curve) -> dict[str, list[float]]:
    """The chance of a positive specimen over time."""
    return {
        "time_h": [hours(t) for t in curve.time],
        "probability_positive": probabilities(curve.probability),
        "low": probabilities(curve.low),
        "high": probabilities(curve.high),
    }


def written_shares(shares: Mapping[str, Share]) -> dict[str, dict[str, float]]:
    """The share of each stream in the variance of the window, and its error."""
    return {
        "uncertainty": {stream: round(shares[stream].value, 2) for stream in SHARES},
        "uncertainty_se": {stream: round(shares[stream].error, 2) for stream in SHARES},
    }


def _stages(estimate: Estimate, include: Collection[str]) -> dict[str, Any]:
    """What each stage of a test would find alone; nothing of a test in one stage."""
    if len(estimate.stages) == 1:
        return {}
    regimen = estimate.question.regimen
    written = [
        {
            **{name: value for name, value in _assay(stage.assay, True).items() if name != "asked"},
            "rule": stage.assay.rule,
            "window": written_window(stage.window, regimen),
            **_serial(stage.readings, regimen),
            "analytes": _analytes(stage, regimen, include),
        }
        for stage in estimate.stages
    ]
    return {"stages": written}


def _assay(assay: Assay, asked: bool) -> dict[str, Any]:
    """The test by its entry in the registry; a test given in full has none."""
    registered = catalog.assay(assay.id) if assay.id else None
    names = ("id", "name", "issuer", "date")
    return {**{name: getattr(registered, name, None) for name in names}, "asked": asked}


def written_window(window: Window, regimen: Regimen) -> dict[str, Any]:
    """A window, with its clock times where doses have them."""
    written: dict[str, Any] = {
        "median_h": hours(window.median),
        "low_h": hours(window.low),
        "high_h": hours(window.high),
        "level": window.level,
        "monte_carlo_se_h": error_in_hours(window.standard_error),
        "ever_positive": round(window.ever_positive, 3),
        "median_knowledge_h": {"low": hours(window.knowledge[0]), "high": hours(window.knowledge[1])},
    }
    return written | _clock_times(window, regimen)


def _clock_times(times: Window | Reading, regimen: Regimen) -> dict[str, str]:
    """Median and ends of an interval as clock times, where doses have them."""
    if regimen.ended_at is None:
        return {}
    ends = ("median", "low", "high")
    at = {name: regimen.ended_at + timedelta(hours=getattr(times, name)) for name in ends}
    return {f"{name}_at": moment.replace(second=0).isoformat(timespec="seconds") for name, moment in at.items()}


def _serial(readings: Readings | None, regimen: Regimen) -> dict[str, Any]:
    """The readings of every void, where they were asked for."""
    if readings is None:
        return {}
    last, first = (
        written_reading(one) | _clock_times(one, regimen) for one in (readings.last_positive, readings.first_negative)
    )
    ever = round(readings.ever_positive, 3)
    return {"serial": {"last_positive": last, "first_negative": first, "ever_positive": ever}}


def written_reading(reading: Reading) -> dict[str, Any]:
    """When something happens in a series of specimens."""
    return {
        "median_h": hours(reading.median),
        "low_h": hours(reading.low),
        "high_h": hours(reading.high),
        "level": reading.level,
        "monte_carlo_se_h": error_in_hours(reading.standard_error),
    }


def written_asked(asked: Asked) -> dict[str, Any]:
    """A time that was asked about, as it was asked."""
    probability, low, high = probabilities((asked.probability, asked.low, asked.high))
    written: dict[str, Any] = {"time_h": asked.time.hours}
    if asked.time.at is not None:
        written["at"] = asked.time.at.isoformat()
    return written | {"probability_positive": probability, "low": low, "high": high}


def _analytes(stage: Stage, regimen: Regimen, include: Collection[str]) -> list[dict[str, Any]]:
    parts = zip(stage.assay.components, stage.parts, strict=True)
    return [_analyte(component, part, regimen, include) for component, part in parts]


def _analyte(component: Component, part: Part, regimen: Regimen, include: Collection[str]) -> dict[str, Any]:
    ever = part.crossings.last > 0.0
    written: dict[str, Any] = {
        "analyte": component.analyte,
        "cutoff_ng_mg_creatinine" if component.per_creatinine else "cutoff_ng_ml": component.cutoff_ng_ml,
        "window": written_window(part.window, regimen),
        **_serial(part.readings, regimen),
        "first_positive_h": hours(float(np.median(part.crossings.first[ever]))) if ever.any() else None,
    }
    if component.hydrolysed:
        written["hydrolysed"] = True
    others = [analyte for analyte in component.asked if analyte != component.analyte]
    if others:
        written["cross_reactivity"] = {analyte: component.weights[analyte] for analyte in others}
    if part.concentration is not None:
        written["concentration"] = _concentration(part.concentration)
    if part.asked_concentration is not None:
        written["concentration_asked"] = _concentration(part.asked_concentration, exact_time=True)
    if "draws" in include:
        written["draws"] = {
            "first_h": [round(float(t), 3) for t in part.crossings.first],
            "last_h": [round(float(t), 3) for t in part.crossings.last],
        }
    return written


def _concentration(bands: Bands, exact_time: bool = False) -> dict[str, Any]:
    time = [float(t) if exact_time else hours(t) for t in bands.time]
    written: dict[str, Any] = {"time_h": time, "typical_ng_ml": significant(bands.typical)}
    return written | {f"p{100 * share:02.0f}": significant(values) for share, values in bands.quantiles.items()}
