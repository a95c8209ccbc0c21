"""An interpretation written as the contract's answer: names with units, numbers rounded to what the draws can carry."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from detectapi._version import __version__
from detectapi.interpretation import notes
from detectapi.interpretation.comparisons import LOG_10, Ratio, show, support
from detectapi.interpretation.given_results import Interval
from detectapi.interpretation.outcome import Outcome
from detectapi.interpretation.predictive import Place
from detectapi.interpretation.question import Interpretation
from detectapi.interpretation.specimen_entry import clock_time, specimen_entry
from detectapi.knowledge import catalog
from detectapi.knowledge.interpretation import rules
from detectapi.model.answer import hours, significant
from detectapi.telling import interpretation as telling

DIGITS = 12
"""Significant digits of what was measured: as many as its logarithm keeps."""


def write(
    request: Mapping[str, Any], question: Interpretation, accounts: Sequence[Outcome], ratios: Sequence[Ratio]
) -> dict[str, Any]:
    """The answer to a request.

    Parameters
    ----------
    request : dict
    question : Interpretation
    accounts : sequence of Outcome
    ratios : sequence of Ratio
        Of each comparison.
    """
    comparisons = [
        _comparison(accounts[one], accounts[other], ratio if question.specimens else None)
        for (one, other), ratio in zip(question.compare, ratios, strict=True)
    ]
    written: dict[str, Any] = {
        "substance": accounts[0].account.question.substance.id,
        "level": question.level,
        "specimens": [specimen_entry(one, question.clock) for one in question.asked],
        "accounts": [_account(one, question) for one in accounts],
        "comparisons": comparisons,
    }
    return written | {
        "words": telling.lines(written),
        "notes": notes.collect(request, question, accounts),
        "provenance": _provenance(question, accounts),
        "limits": telling.LIMITS,
    }


# -- an account -------------------------------------------------------------------------------------------------------


def _account(one: Outcome, question: Interpretation) -> dict[str, Any]:
    question_of, references = one.account.question, catalog.references()
    substance = question_of.substance
    written: dict[str, Any] = {
        "id": one.account.id,
        "substance": substance.id,
        **({"substances": [use.substance.id for use in question_of.uses]} if question_of.uses else {}),
        "explained": one.is_explained,
        "departure_probability": _probability(max(one.departures, default=0.0)),
        "results": _results(one, question),
        "joint": {
            "pattern_probability": _probability(one.places.joint.pattern),
            "percentile": None if one.places.joint.percentile is None else _probability(one.places.joint.percentile),
        },
    }
    if one.dilute:
        written["dilute_negatives"] = [
            {
                "specimen": negative.specimen,
                "probability_negative": _probability(negative.here),
                "probability_negative_usually": _probability(negative.usual),
            }
            for negative in one.dilute
        ]
    if one.is_explained:
        written |= _given_results(one, question)
    written["evidence"] = {
        "grade": one.evidence.grade,
        "because": one.evidence.because,
        "sources": [references[key].citation for key in one.evidence.sources],
        "rows": list(one.evidence.rows),
    }
    return written


def _results(one: Outcome, question: Interpretation) -> list[dict[str, Any]]:
    interpreted = [asked for asked in question.asked if asked.is_interpreted]
    written = []
    for visit, (asked, specimen) in enumerate(zip(interpreted, question.specimens, strict=True)):
        results = specimen.findings[one.account.id].results
        later = one.in_turn[visit - 1] if one.in_turn is not None and visit > 0 else ()
        for result, place, after in zip_longest(results, one.places.places[visit], later):
            entry: dict[str, Any] = {"specimen": asked.id, "analyte": next(iter(result.reading.weights))}
            if len(result.reading.weights) > 1:
                entry["hydrolysed"] = True
            entry |= _reported(result.low, result.high)
            entry |= {"expected": _expected(place), "probability": _probability(place.percentile)}
            if after is not None:
                entry["after_earlier"] = {**_expected(after), "probability": _probability(after.percentile)}
            written.append(entry)
    return written


def _expected(place: Place) -> dict[str, float]:
    low, median, high = significant((place.low, place.median, place.high))
    return {"low_ng_ml": low, "median_ng_ml": median, "high_ng_ml": high}


def _reported(low: float, high: float) -> dict[str, Any]:
    lower, upper = (float(f"{math.exp(end):.{DIGITS}g}") if math.isfinite(end) else None for end in (low, high))
    if lower == upper:
        return {"value_ng_ml": upper}
    return {"below_ng_ml": upper} if lower is None else {"between_ng_ml": {"low": lower, "high": upper}}


def _given_results(one: Outcome, question: Interpretation) -> dict[str, Any]:
    """What is read from the results: only where the account explains them."""
    written: dict[str, Any] = {}
    if one.time is not None:
        written["time_of_use"] = _time_of_use(one, question)
    if one.planned is not None and question.planned is not None:
        before, given_results = one.planned
        test = question.planned.assays[one.account.id]
        written["planned"] = {
            "assay": test.id,
            "probability_before": _probability(before),
            "probability_given_results": _probability(given_results),
        }
    if one.windows is not None:
        earlier, later = one.windows
        written["window"] = {"before": _interval(earlier), "given_results": _interval(later)}
    return written


def _time_of_use(one: Outcome, question: Interpretation) -> dict[str, Any]:
    if one.time is None:
        raise ValueError("the time is known")
    cells, time = one.account.cells, one.time
    reference = cells.reference
    named = min(question.asked, key=lambda asked: abs(asked.collected - reference))
    written: dict[str, Any] = {
        "before_specimen": named.id,
        **_before(time.given_results, reference),
        "prior": {"kind": cells.prior, **_before(time.prior, reference)},
        "curve": {
            "hours_before": [hours(reference - at) for at in cells.edges],
            "probability": [round(float(p), 4) for p in time.probability],
        },
    }
    if question.clock.origin is not None:
        low, median, high = (clock_time(question.clock, at) for at in time.given_results)
        written |= {"earliest_at": low, "median_at": median, "latest_at": high}
    written["other_assumptions"] = [
        {"change": alternative.code, **_analyte(alternative.analyte), **_before(other.last_use, reference)}
        for alternative, other in one.changed.items()
        if other.last_use is not None
    ]
    return written


def _before(when: Interval, reference: float) -> dict[str, float]:
    """Quantiles of a time as hours before a specimen."""
    return {
        "low_h": hours(reference - when.high),
        "median_h": hours(reference - when.median),
        "high_h": hours(reference - when.low),
    }


def _interval(window: Interval) -> dict[str, float]:
    return {"low_h": hours(window.low), "median_h": hours(window.median), "high_h": hours(window.high)}


def _analyte(analyte: str) -> dict[str, str]:
    return {"analyte": analyte} if analyte else {}


def _probability(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 3)


# -- a comparison -----------------------------------------------------------------------------------------------------


def _comparison(one: Outcome, other: Outcome, ratio: Ratio | None) -> dict[str, Any]:
    """A comparison of two accounts; there is no ratio where no specimen is interpreted."""
    grades = one.evidence.grade, other.evidence.grade
    largest = min(rules().largest_ratio[grade] for grade in grades)
    written: dict[str, Any] = {"first": one.account.id, "second": other.account.id, "largest_shown": largest}
    if ratio is None:
        return written | {"log10_lr": None, "because": "no-specimen-interpreted"}
    if not (one.is_explained or other.is_explained):
        return written | {"log10_lr": None, "because": "model-does-not-explain"}
    shown = show(ratio.log10, grades)
    changes = _changes(one, other, ratio)
    sizes = [ratio.log10, *(size for _, size in changes)]
    words = {(support(min(10.0 ** min(abs(size), 300.0), largest)), size >= 0.0) for size in sizes}
    words = {(word, up and word != "none") for word, up in words}
    return written | {
        "log10_lr": _shown(ratio.log10, largest),
        "monte_carlo_se": round(ratio.error, 2),
        "ratio": significant([shown.ratio], 2)[0],
        "at_least": shown.at_least,
        "favours": None if shown.support == "none" else (one if shown.favours_first else other).account.id,
        "support": shown.support,
        "range_log10": {"low": _shown(min(sizes), largest), "high": _shown(max(sizes), largest)},
        "robust": len(words) == 1,
        "other_assumptions": [
            {"change": code, **_analyte(analyte), "log10_lr": _shown(size, largest)}
            for (code, analyte), size in changes
        ],
    }


def _changes(one: Outcome, other: Outcome, ratio: Ratio) -> list[tuple[tuple[str, str], float]]:
    """The ratio under each other assumption that both accounts have."""
    return [
        ((key.code, key.analyte), ratio.log10 + (one.changed[key].log_ratio - other.changed[key].log_ratio) / LOG_10)
        for key in one.changed
        if key in other.changed
    ]


def _shown(log10: float, largest: float) -> float:
    """A logarithm as it is shown: to two decimals, and not beyond the largest ratio that is shown."""
    most = math.log10(largest)
    return round(min(max(log10, -most), most), 2) + 0.0


def _provenance(question: Interpretation, accounts: Sequence[Outcome]) -> dict[str, Any]:
    first = accounts[0].account.question
    return {
        "detectapi": __version__,
        "substance_revision": first.substance.revision,
        "substance_sha256": first.substance.sha256,
        "calibration": first.posterior.label if first.posterior else None,
        "seed": question.seed,
        "draws": question.draws,
        "departure": question.departure,
        "scale": rules().scale_source,
        "accounts": [
            {
                "id": one.account.id,
                "method": "tempered" if one.weighted.steps else "importance",
                "steps": one.weighted.steps,
                "effective_size": round(one.weighted.effective_size),
            }
            for one in accounts
        ],
    }
