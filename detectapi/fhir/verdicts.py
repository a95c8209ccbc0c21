"""Whether a result without a number is positive or negative: by code, by text, else by its interpretation."""

import re

from detectapi.fhir.elements import texts
from detectapi.fhir.names import code_of

NEGATIVE = re.compile(
    r"\b(negative|neg|not detected|none detected|undetected|absent|nonreactive|non-reactive)\b", re.IGNORECASE
)
POSITIVE = re.compile(r"\b(positive|pos|detected|present|reactive)\b", re.IGNORECASE)


def verdict(place, remarks):
    """Whether a result is positive.

    Parameters
    ----------
    place : Place
        An Observation or a component of one.
    remarks : Remarks

    Returns
    -------
    bool or None
        None where there is no result.
    """
    value = place.inside("valueCodeableConcept")
    if value.element:
        return _of_concept(value)
    text, path = place.part("valueString")
    if isinstance(text, str):
        remarks.add("verdict-by-text", path)
        return of_text(text)
    return next((said for said in map(_of_concept, place.parts("interpretation")) if said is not None), None)


def _of_concept(concept):
    code = code_of(concept, ("verdict",))
    if code is not None and code.of in ("positive", "negative"):
        return code.of == "positive"
    return next((said for said in map(of_text, texts(concept)) if said is not None), None)


def of_text(text):
    """Whether words say positive; None where they say neither. What is negated is negative."""
    if NEGATIVE.search(text):
        return False
    return True if POSITIVE.search(text) else None
