"""`$estimate-detection-window`: the request read, the service asked, the answer written as a RiskAssessment."""

from datetime import timedelta

from detectapi.fhir import windows
from detectapi.fhir.canonical import extension, percent, span
from detectapi.fhir.material import read_request
from detectapi.fhir.resources import bundle, diagnostic_report, notes, remarks_outcome, risk_assessment
from detectapi.telling import clinical, sentences
from detectapi.telling.summary import some_points, summarize

CODE = "urine-detection-window"
MOST_DATES = 13
"""Dates of the curve that are written, where none is asked about."""


def operation(document, recalled=False):
    """The operation.

    Parameters
    ----------
    document : dict
        Parameters or a Bundle.
    recalled : bool
        Whether codes that were written from memory are used.

    Returns
    -------
    dict
        A Bundle: for each question a RiskAssessment and, where it was asked for, a DiagnosticReport; then what is worth saying
        of the reading.

    Raises
    ------
    InputError
        Each pointer is a FHIRPath.
    """
    material = read_request(document, windows.PARAMETERS)
    wants_report, path = material.one("report", (bool,))
    resources = []
    for asked in windows.questions(material, recalled):
        answer = windows.estimate(asked)
        resources.append(assessment(asked, answer))
        if wants_report:
            said = summarize(answer)
            conclusion = f"{said.headline}. {said.limits}"
            resources.append(diagnostic_report(asked, CODE, clinical.title(answer), conclusion, path))
    return bundle([*resources, remarks_outcome(material.remarks)])


def assessment(asked, answer):
    """An estimate as a RiskAssessment: a prediction for the window, and one for each date."""
    said = summarize(answer)
    lines = [said.test, f"{said.headline}.", *said.sentences, *(note["message"] for note in answer["notes"])]
    document = risk_assessment(
        asked, answer, CODE, clinical.title(answer), prediction=predictions(answer, asked.last_dose),
        note=notes([*lines, said.evidence.line, said.limits]),
    )  # fmt: skip
    return (
        document if document["prediction"] else {key: value for key, value in document.items() if key != "prediction"}
    )


def predictions(answer, last_dose):
    """The window and the chances over time as predictions. A probability of R4 is a percentage."""
    if sentences.is_untested(answer):
        return []
    outcome = {"text": sentences.capital(sentences.cutoffs(answer))}
    asked = answer["asked"] or _dated(answer["curve"], last_dose)
    return [_window(answer, outcome), *(_chance(point, outcome) for point in asked)]


def _window(answer, outcome):
    """The predictive interval of the last time at which a specimen is positive. It has no probability: it is made of three."""
    window = answer["window"]
    period = {name: window[f"{end}_at"] for name, end in (("start", "low"), ("end", "high")) if f"{end}_at" in window}
    hours = [
        extension("window-hours", valueRange=span(window["low_h"], window["high_h"], "h")),
        extension("window-median-hours", valueDecimal=window["median_h"]),
        extension("window-level", valueDecimal=window["level"]),
    ]
    return {
        "extension": hours,
        "outcome": outcome,
        **({"whenPeriod": period} if period else {}),
        "rationale": sentences.headline(window),
    }


def _chance(point, outcome):
    """The chance of a positive specimen at one time, with its band by what is not known of the model."""
    return {
        "extension": [
            extension("model-uncertainty", valueRange=span(percent(point["low"]), percent(point["high"]), "%")),
            extension("hours-after-last-dose", valueDecimal=point["time_h"]),
        ],
        "outcome": outcome,
        "probabilityDecimal": percent(point["probability_positive"]),
        **({"whenPeriod": {"start": point["at"], "end": point["at"]}} if "at" in point else {}),
    }


def _dated(curve, last_dose):
    """Some points of the curve with their dates, in the form of those that were asked about."""
    names = ("time_h", "probability_positive", "low", "high")
    points = [dict(zip(names, point, strict=True)) for point in some_points(curve, MOST_DATES)]
    return [{**point, "at": _clock(last_dose + timedelta(hours=point["time_h"]))} for point in points]


def _clock(at):
    """A moment to the second, which is what FHIR asks of a time."""
    return at.replace(microsecond=0).isoformat()
