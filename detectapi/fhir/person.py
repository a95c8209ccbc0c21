"""Who the request is about: sex and age from Patient; weight, height, kidneys and usual urine from the newest observations."""

from typing import NamedTuple

from detectapi.fhir.elements import Moment, Place, amount, moment
from detectapi.fhir.names import code_of

FINAL = ("final", "amended", "corrected")
UNITS = {
    "urine-creatinine": ("creatinine",),
    "urine-ph": ("ph",),
    "specific-gravity": ("gravity",),
    "serum-creatinine": ("creatinine",),
    "egfr": ("filtration",),
    "weight": ("weight",),
    "height": ("height",),
}
"""What each measurement is read in."""

FIELDS = {
    "weight": "person/weight_kg",
    "height": "person/height_cm",
    "serum-creatinine": "renal/serum_creatinine_mg_dl",
    "egfr": "renal/egfr_ml_min_1_73m2",
    "urine-creatinine": "hydration/urine_creatinine_mg_dl",
    "specific-gravity": "hydration/specific_gravity",
    "urine-ph": "urine_ph",
}
"""Where each goes in a question, unless it was measured in a specimen that has results."""

ONE_OF = (("serum-creatinine", "egfr"), ("urine-creatinine", "specific-gravity"))
"""Of each of these the newest is used."""


class Measurement(NamedTuple):
    """A measurement of the person or of a specimen."""

    of: str
    method: str
    value: float
    at: Moment
    place: Place


def is_final(place, remarks):
    """Whether an observation counts, with a remark where it does not or only for now."""
    status = place.element.get("status")
    if status == "preliminary":
        remarks.add("preliminary", place.path)
    elif status not in FINAL:
        remarks.add("not-final", place.path)
        return False
    return True


def when(place, material, remarks):
    """When the specimen of an observation was collected, else the time of the observation, with its path.

    Returns
    -------
    Moment or None
    str
    """
    specimen = material.target(place, "specimen")
    sources = [specimen.inside("collection").part("collectedDateTime")] if specimen is not None else []
    if specimen is not None:
        sources.append(specimen.inside("collection").inside("collectedPeriod").part("start"))
    sources += [place.part("effectiveDateTime"), place.inside("effectivePeriod").part("start")]
    for value, path in sources:
        if value is not None:
            read = moment(value, path)
            if read.whole_day:
                remarks.add("day-only", path)
            return read, path
    return None, f"{place.path}.effectiveDateTime"


def measurements(material, recalled=False):
    """Every measurement of a request that is known here by its code, the newest first.

    Raises
    ------
    InputError
        One is in a unit that is not read.
    """
    read = material.each(lambda place: _measurement(place, material, recalled), material.of("Observation"))
    return sorted(read, key=lambda one: one.at.at, reverse=True)


def _measurement(place, material, recalled):
    code = code_of(place.inside("code"), ("measurement",), recalled)
    if code is None or not is_final(place, material.remarks) or "valueQuantity" not in place.element:
        return None
    at, _ = when(place, material, material.remarks)
    if at is None:
        return None
    value = amount(place.inside("valueQuantity"), *UNITS[code.of]).value
    return Measurement(code.of, code.method, round(value, 6), at, place)


def describe(material, measured, at, question, paths):
    """Put what is known of the person into a question.

    Parameters
    ----------
    material : Material
    measured : list of Measurement
        Those that belong to no specimen of the question, the newest first.
    at : datetime
        When the person had the age that counts.
    question : dict
        It gains ``person``, ``renal``, ``hydration`` and ``urine_ph``.
    paths : dict of str to str
        By JSON pointer into the question, the path that it was read from.

    Returns
    -------
    list of Place
        The resources that were used.
    """
    used = _patient(material, at, question, paths)
    person = question.get("person", {})
    taken: set[str] = set()
    for one in measured:
        group = next((group for group in ONE_OF if one.of in group), (one.of,))
        if taken & set(group):
            continue
        if one.of == "serum-creatinine" and not {"age_y", "sex"} <= set(person):
            material.remarks.add("creatinine-without-age-or-sex", one.place.path)
            continue
        taken.add(one.of)
        section, _, name = FIELDS[one.of].partition("/")
        if name:
            question.setdefault(section, {})[name] = one.value
        else:
            question[section] = one.value
        paths[f"/{FIELDS[one.of]}"] = f"{one.place.path}.valueQuantity"
        used.append(one.place)
    return used


def _patient(material, at, question, paths):
    """Sex and age."""
    patient = next(iter(material.of("Patient")), None)
    if patient is None:
        return []
    person = {}
    if patient.element.get("gender") in ("female", "male"):
        person["sex"] = patient.element["gender"]
        paths["/person/sex"] = f"{patient.path}.gender"
    born = patient.element.get("birthDate")
    if isinstance(born, str) and born[:4].isdigit() and at is not None:
        path = f"{patient.path}.birthDate"
        whole = moment(f"{born}-07-01"[:10] if len(born) == 4 else f"{born}-15"[:10] if len(born) == 7 else born, path)
        if len(born) < 10:
            material.remarks.add("birth-date-in-part", path)
        person["age_y"] = round((at - whole.at).days / 365.25, 1)
        paths["/person/age_y"] = path
    if person:
        question.setdefault("person", {}).update(person)
    return [patient] if person else []
