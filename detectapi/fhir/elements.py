"""Elements of resources, read from plain dicts: codes, texts, quantities and times. What is not understood is refused.

A path is a FHIRPath, such as ``Parameters.parameter[0].resource.effectiveDateTime``. A message never repeats what was sent.
"""

import math
import re
from datetime import UTC, datetime
from typing import NamedTuple

from detectapi.knowledge import codes
from detectapi.values.errors import InputError

YEARS = range(1900, 2200)
"""Years that a question may have times of."""

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Place(NamedTuple):
    """A resource, or a part of one, with its path."""

    element: dict
    path: str

    @property
    def kind(self):
        """The type of the resource."""
        return self.element.get("resourceType")

    def part(self, *names):
        """The first of some parts that is there, as a value with its path; None and the path of the first where none is."""
        for name in names:
            if self.element.get(name) is not None:
                return self.element[name], f"{self.path}.{name}"
        return None, f"{self.path}.{names[0]}"

    def parts(self, name):
        """Each object of a list, or the one object, as places."""
        value, path = self.part(name)
        if isinstance(value, list):
            return [Place(one, f"{path}[{i}]") for i, one in enumerate(value) if isinstance(one, dict)]
        return [Place(value, path)] if isinstance(value, dict) else []

    def inside(self, *names):
        """The first of some objects that is there; an empty one where none is."""
        value, path = self.part(*names)
        return Place(value if isinstance(value, dict) else {}, path)


class Moment(NamedTuple):
    """A time; ``whole_day`` where only the day is known."""

    at: datetime
    whole_day: bool

    @property
    def text(self):
        """As a question has it."""
        return self.at.isoformat()


class Amount(NamedTuple):
    """A quantity in the unit of the question.

    Attributes
    ----------
    value : float
    kind : str
        What it measures: a key of `codes.units`.
    comparator : str
        ``<``, ``<=``, ``>``, ``>=`` or empty.
    unit : str
        UCUM.
    by_text : bool
        Whether the unit was read from text for people.
    """

    value: float
    kind: str
    comparator: str
    unit: str
    by_text: bool


def refuse(detail, code, path, allowed=None):
    """The refusal of one element."""
    return InputError(detail, pointer=path, code=code, allowed=allowed)


def moment(value, path):
    """A dateTime.

    Raises
    ------
    InputError
        It has no offset from UTC, or is no date.
    """
    text = value if isinstance(value, str) else ""
    try:
        read = None
        if DAY.fullmatch(text):
            read = Moment(datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC), True)
        elif TIME.fullmatch(text):
            read = Moment(datetime.fromisoformat(text.replace("Z", "+00:00")), False)
    except ValueError:
        read = None
    if read is not None and read.at.year not in YEARS:
        raise refuse("Must lie between the years 1900 and 2200.", "range", path)
    if read is not None:
        return read
    if WITHOUT_ZONE.fullmatch(text):
        raise refuse("A time needs its offset from UTC: end with Z or, for example, +01:00.", "no-offset", path)
    raise refuse("Must be a date, or a date and time with its offset, such as 2026-11-23T07:20:00Z.", "format", path)


def number(value, path):
    """A decimal.

    Raises
    ------
    InputError
        It is no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise refuse("Must be a number.", "type", path)
    return float(value)


def amount(place, *kinds):
    """A Quantity whose unit measures one of some kinds.

    Raises
    ------
    InputError
        The unit is none of these, or the value no number.
    """
    value = number(place.element.get("value"), f"{place.path}.value")
    code, text = place.element.get("code"), place.element.get("unit")
    known = codes.units()
    for word, by_text in ((code, False), (text, True)):
        for kind in kinds:
            unit = known[kind].get(word) if isinstance(word, str) else None
            if unit is not None:
                by_text = by_text or word != unit.code
                return Amount(value * unit.factor, kind, place.element.get("comparator") or "", unit.code, by_text)
        if isinstance(word, str) and word and not by_text:
            break  # a coded unit counts, not the text beside it
    allowed = list(dict.fromkeys(unit.code for kind in kinds for unit in known[kind].values()))
    where = f"{place.path}.code" if code else f"{place.path}.unit"
    raise refuse("This unit is not read here.", "unknown-unit", where, allowed)


def _is_text(value, none=False):
    return isinstance(value, str) or (none and value is None)


def codings(place):
    """The codings of a CodeableConcept, as (system, code)."""
    return [
        (one.element.get("system"), one.element.get("code"))
        for one in place.parts("coding")
        if _is_text(one.element.get("code")) and _is_text(one.element.get("system"), none=True)
    ]


def texts(place):
    """The texts of a CodeableConcept for people: its own, then the displays."""
    said = [place.element.get("text"), *(one.element.get("display") for one in place.parts("coding"))]
    return [text for text in said if isinstance(text, str) and text.strip()]


def labels(place):
    """Security labels of a resource that say its data are protected, as (system, code)."""
    known = codes.codes()
    return {
        label
        for label in codings(Place({"coding": place.inside("meta").element.get("security")}, ""))
        if label in known and known[label].kind == "label"
    }


def reference(place, *names):
    """The end of a reference (``Patient/p1``); None where there is none."""
    value = place.inside(*names).element.get("reference")
    return "/".join(value.split("/")[-2:]) if isinstance(value, str) and value else None
