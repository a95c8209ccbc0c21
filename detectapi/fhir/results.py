"""Laboratory results: each value, limit or verdict with its analyte, and what tells its specimen from others."""

import re
from typing import NamedTuple

from detectapi.fhir.elements import Moment, Place, amount, codings, refuse, texts
from detectapi.fhir.names import NOT_ONE, analyte_named_in, analytes, code_of
from detectapi.fhir.person import is_final, when
from detectapi.fhir.verdicts import verdict
from detectapi.knowledge import codes
from detectapi.telling.placed_results import HIGHEST

KINDS = ("quantity", "presence", "class", "class-quantity", "per-creatinine")
SCREEN = re.compile(r"screen|immunoassay|\beia\b|\belisa\b|\bcedia\b|\bemit\b", re.IGNORECASE)
CONFIRM = re.compile(r"confirm|chromatograph|mass spec|\bms\b|\blc|\bgc", re.IGNORECASE)
LIMIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:ng/mL|ng/ml|ug/L)")
ALIKE = 1.2
"""Ratio up to which two quantities of one analyte in one specimen are taken for the same."""


class Reading(NamedTuple):
    """One analyte in one specimen.

    Attributes
    ----------
    analyte : str
    fields : dict
        An entry of ``results``, or ``screen`` with its verdict and its cutoff.
    is_screen : bool
    specimen : tuple
        What tells the specimen from others.
    at : Moment
    place : Place
        The observation, or the component of one.
    observation : Place
        The observation that it belongs to.
    when_path : str
        Where its time was read.
    """

    analyte: str
    fields: dict
    is_screen: bool
    specimen: tuple
    at: Moment
    place: Place
    observation: Place
    when_path: str


def readings(material, recalled=False):
    """Every drug result in urine of a request, in the order of the specimens' times.

    Raises
    ------
    InputError
        A result cannot be read.
    """
    read = []
    for observation in material.of("Observation"):
        components = observation.parts("component")
        places = [*components, *([] if components and not _has_value(observation) else [observation])]
        read += material.each(lambda place, whole=observation: _reading(place, whole, material, recalled), places)
    return sorted(read, key=lambda one: one.at.at)


def _has_value(place):
    return any(name.startswith("value") or name == "interpretation" for name in place.element)


def _reading(place, observation, material, recalled):
    concept, remarks = place.inside("code"), material.remarks
    code = code_of(concept, KINDS, recalled)
    by_text = next(filter(None, map(analyte_named_in, texts(concept))), None)
    analyte = code.of if code else by_text
    if analyte is None or not _is_urine(observation, material) or not is_final(observation, remarks):
        return None
    if code is None:
        remarks.add("deprecated-code" if is_deprecated(concept) else "analyte-by-text", place.path)
    elif code.kind not in ("quantity", "presence"):
        remarks.add("class-result", place.path)
        return None
    elif by_text not in (None, analyte):
        remarks.add("title-disagrees", place.path)
    at, when_path = when(observation, material, remarks)
    if at is None:
        raise refuse("A result needs the time at which its specimen was collected.", "required", when_path)
    method = _method(place, observation, code)
    fields, is_screen = _result(place, observation, code, method, material)
    if fields is None:
        remarks.add("no-value", place.path)
        return None
    if code is not None and code.hydrolysed is not None and not is_screen:
        fields["hydrolysed"] = code.hydrolysed
    return Reading(analyte, fields, is_screen, specimen_of(observation, at), at, place, observation, when_path)


def is_deprecated(concept):
    """Whether a concept has a code that LOINC has deprecated."""
    return any(key in codes.codes() and codes.codes()[key].kind == "deprecated" for key in codings(concept))


def _is_urine(observation, material):
    """Whether a result is of urine, as far as its specimen says."""
    specimen = material.target(observation, "specimen")
    return specimen is None or not any(NOT_ONE.search(text) for text in texts(specimen.inside("type")))


def specimen_of(observation, at):
    """What tells the specimen of an observation from others: its reference, else its time and who measured it."""
    link = observation.inside("specimen").element.get("reference")
    if isinstance(link, str):
        return ("specimen", link)
    performer = next((one.element.get("reference") for one in observation.parts("performer")), None)
    return ("time", at.at, performer if isinstance(performer, str) else None)


def _method(place, observation, code):
    """``screen``, ``confirm`` or ``any``: of the code, else of the words for the method."""
    if code is not None and code.method != "any":
        return code.method
    said = [*texts(place.inside("method")), *texts(observation.inside("method"))]
    if any(SCREEN.search(text) for text in said):
        return "screen"
    return "confirm" if any(CONFIRM.search(text) for text in said) else "any"


def _result(place, observation, code, method, material):
    """An entry of ``results`` or the verdict of a screen, and whether it is one; (None, False) where there is no result."""
    remarks = material.remarks
    if place.inside("valueQuantity").element:
        if method == "screen":
            remarks.add("screen-number", place.path)
            return None, False
        analyte = code.of if code else next(filter(None, map(analyte_named_in, texts(place.inside("code")))))
        return quantity_result(place.inside("valueQuantity"), analyte, remarks), False
    positive = verdict(place, remarks)
    if positive is None:
        return None, False
    cutoff = _cutoff(place, observation, code)
    if method == "confirm":
        if cutoff is None:
            raise refuse(
                "A confirmed result without a number needs its cutoff, as referenceRange.high.", "no-limit", place.path
            )
        return ({"between_ng_ml": {"low": cutoff, "high": HIGHEST}} if positive else {"below_ng_ml": cutoff}), False
    if method == "any":
        remarks.add("method-unknown", place.path)
    return {"positive": positive, "cutoff_ng_ml": cutoff}, True


def quantity_result(quantity, analyte, remarks):
    """A concentration as an entry of ``results``.

    Raises
    ------
    InputError
        Its unit is not read, or it is zero, which is below a limit that is not stated.
    """
    read = amount(quantity, "concentration", "molar")
    if read.by_text:
        remarks.add("unit-by-text", quantity.path)
    value = read.value
    if read.kind == "molar":
        value *= molar_mass(analyte) / 1000.0
    value = round(value, 10)
    if value <= 0.0:
        detail = "A result of zero is below a limit. Send the limit with the comparator <."
        raise refuse(detail, "no-limit", f"{quantity.path}.value")
    if read.comparator in ("<", "<="):
        return {"below_ng_ml": value}
    if read.comparator in (">", ">="):
        remarks.add("above-calibration", quantity.path)
        return {"between_ng_ml": {"low": value, "high": HIGHEST}}
    return {"value_ng_ml": value}


def molar_mass(analyte):
    """Of an analyte. [g/mol]"""
    return next(m.molar_mass.value for one in analytes()[analyte] for m in one.moieties if m.id == analyte)


def _cutoff(place, observation, code):
    """The cutoff of a verdict: of the code, or of the reference range. [ng/mL]"""
    if code is not None and code.cutoff_ng_ml is not None:
        return float(code.cutoff_ng_ml)
    for one in (*place.parts("referenceRange"), *observation.parts("referenceRange")):
        if one.inside("high").element:
            return amount(one.inside("high"), "concentration").value
        match = LIMIT.search(str(one.element.get("text", "")))
        if match:
            return float(match[1])
    return None
