"""Medications that were given, stated or ordered, read into doses. What was given is certain; what was ordered is only possible."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from detectapi.fhir.elements import Place, amount, moment, number, refuse
from detectapi.fhir.names import route_of, substance_of
from detectapi.knowledge import catalog

TAKEN = {
    "MedicationAdministration": ("completed",),
    "MedicationStatement": ("active", "completed", "recorded"),
    "MedicationDispense": ("completed",),
    "MedicationRequest": ("active", "completed"),
}
"""By type, the states of a resource that count."""

STATED, ORDERED = ("MedicationStatement", "MedicationDispense"), ("MedicationRequest",)
CONCEPTS = ("medicationCodeableConcept", "medication")
STARTS = ("effectiveDateTime", "occurenceDateTime", "occurrenceDateTime", "whenHandedOver", "authoredOn")
PERIODS = ("effectivePeriod", "occurencePeriod", "occurrencePeriod")
"""R4 has ``effective``, R5 ``occurence`` with one r, later versions two."""

MOST_PER_HOUR, MOST_DOSES = 4, 10_000
"""Doses in an hour, and in all, that a question may have."""

LONGEST_SUPPLY_H = 87_660.0
"""Ten years. [h]"""


class Dose(NamedTuple):
    """One dose, perhaps repeated, as a question has it.

    Attributes
    ----------
    substance : str
    fields : dict
        One entry of ``doses``.
    paths : dict of str to str
        By field, the path that it was read from; ``""`` is the whole.
    place : Place
        The resource.
    """

    substance: str
    fields: dict
    paths: dict
    place: Place

    @property
    def is_ordered(self):
        """Whether it was only ordered and perhaps not taken."""
        return self.place.kind in ORDERED


def doses(material, recalled=False):
    """Every dose of the catalogue's substances in a request, in the order of their times.

    Parameters
    ----------
    material : Material
    recalled : bool
        Whether codes that were written from memory are used.

    Returns
    -------
    list of Dose

    Raises
    ------
    InputError
        A dose of a substance of the catalogue cannot be read.
    """
    read = material.each(lambda place: _read(place, material, recalled), material.of(*TAKEN))
    return sorted(read, key=lambda dose: datetime.fromisoformat(dose.fields["start"]))


def _read(place, material, recalled):
    if place.element.get("status") not in TAKEN[place.kind] or place.element.get("taken") == "n":
        material.remarks.add("not-taken", place.path)
        return None
    concept = _concept(place, material)
    substance, code = substance_of(concept, material.remarks, recalled)
    if substance is None:
        material.remarks.add("other-medication", place.path)
        return None
    dosage = next(iter(place.parts("dosage") or place.parts("dosageInstruction")), None)
    timing = dosage.inside("timing", "occurrenceTiming").inside("repeat").element if dosage else {}
    if place.kind != "MedicationAdministration" and not timing and not _once(place):
        material.remarks.add("dose-times-unknown", place.path)
        return None
    fields: dict[str, Any] = {}
    paths = {"": place.path}
    if dosage is None:
        raise refuse("A dose needs its amount.", "required", f"{place.path}.dosage")
    _when(place, dosage, timing, fields, paths, material.remarks)
    _how_much(dosage, code, fields, paths, material.remarks)
    if dosage.inside("route").element:
        fields["route"] = route_of(dosage.inside("route"), substance)
    elif code is not None and code.route:
        fields["route"] = code.route
    paths["route"] = f"{dosage.path}.route"
    _drop_idle_duration(substance, fields)
    if place.kind in STATED:
        material.remarks.add("stated-use", place.path)
    return Dose(substance, fields, paths, place)


def _drop_idle_duration(substance, fields):
    """A record may have a period for what is over at once, such as a tablet: the model knows lengths of some routes only."""
    route = catalog.substance(substance).routes.get(fields.get("route"))
    if route is not None and not route.accepts_duration and "unit" not in fields:
        fields.pop("duration_min", None)


def _once(place):
    """Whether a statement without a timing is of one dose. When a medicine was handed out says nothing of when it was taken."""
    return place.kind == "MedicationStatement" and place.part(*STARTS)[0] is not None


def _concept(place, material):
    """What was given, from the resource itself or from the medication that it names."""
    concept = place.inside(*CONCEPTS)
    concept = concept.inside("concept") if "concept" in concept.element else concept
    if concept.element and "reference" not in concept.element:
        return concept
    for names in (("medicationReference",), ("medication",)):
        link = place.inside(*names)
        link = link.inside("reference") if isinstance(link.element.get("reference"), dict) else link
        medication = material.target(place, *names) or _within(place, material, names)
        if medication is not None:
            return medication.inside("code")
        if link.element.get("display"):
            return link._replace(element={"text": link.element["display"]})
    return concept


def _within(place, material, names):
    """R5 keeps the reference one level deeper."""
    inner = place.inside(*names)
    return material.target(
        inner._replace(element={**inner.element, "contained": place.element.get("contained")}), "reference"
    )


def _when(place, dosage, timing, fields, paths, remarks):
    """Start and length of a dose, and how it repeats."""
    period = place.inside(*PERIODS)
    if timing:
        bounds = dosage.inside("timing").inside("repeat").inside("boundsPeriod")
        period = bounds if bounds.element else period
    start, path = period.part("start") if period.element.get("start") else place.part(*STARTS)
    if start is None:
        raise refuse("A dose needs its date and time.", "required", path)
    begin = moment(start, path)
    fields["start"], paths["start"] = begin.text, path
    if begin.whole_day:
        remarks.add("day-only", path)
    end = moment(*period.part("end")) if period.element.get("end") else _end_of_supply(place, begin)
    if end is not None and end.at < begin.at:
        raise refuse("The end lies before the start.", "conflict", f"{period.path}.end")
    if timing:
        _repeat(dosage.inside("timing").inside("repeat"), begin, end, fields, paths)
    elif end is not None and not begin.whole_day and place.kind == "MedicationAdministration":
        fields["duration_min"] = round((end.at - begin.at).total_seconds() / 60, 4)
        paths["duration_min"] = f"{period.path}.end"


def _end_of_supply(place, begin):
    """When what was handed out or ordered is used up; None where that is not stated."""
    supply = place.inside("daysSupply")
    supply = supply if supply.element else place.inside("dispenseRequest").inside("expectedSupplyDuration")
    if not supply.element:
        return None
    # The last dose is taken before the supply ends.
    hours = min(amount(supply, "time").value, LONGEST_SUPPLY_H)
    return begin._replace(at=begin.at + timedelta(hours=hours) - timedelta(seconds=1))


def _repeat(repeat, begin, end, fields, paths):
    """A regular interval from the timing of a dosage."""
    frequency, path = repeat.part("frequency")
    per = number(*repeat.part("period")) if "period" in repeat.element else 1.0
    unit = repeat.element.get("periodUnit", "d")
    hours = per * amount(repeat._replace(element={"value": 1.0, "code": unit, "unit": unit}), "time").value
    times = number(frequency, path) if frequency is not None else 1.0
    if not 0.0 < times <= hours * MOST_PER_HOUR:
        raise refuse("Doses must be at least a quarter of an hour apart.", "range", repeat.path)
    every = hours / times
    count = repeat.element.get("count")
    if count is not None and (not isinstance(count, int) or not 0 < count <= MOST_DOSES):
        raise refuse(f"Must be a number of doses of at most {MOST_DOSES}.", "range", f"{repeat.path}.count")
    if count is None:
        if end is None:
            raise refuse("Repeated doses need an end.", "required", f"{repeat.path}.boundsPeriod")
        count = int((end.at - begin.at).total_seconds() / 3600 / every) + 1
    if count > 1:
        if every * count > LONGEST_SUPPLY_H:
            raise refuse("Repeated doses must end within ten years.", "range", repeat.path)
        fields["repeat"] = {"every_h": round(every, 6), "count": count}
        paths["repeat"] = repeat.path


def _how_much(dosage, code, fields, paths, remarks):
    """The amount of a dose, in the unit that it has."""
    each = next(iter(dosage.parts("doseAndRate")), dosage)
    dose, rate = each.inside("dose", "doseQuantity"), each.inside("rateQuantity")
    quantity = dose if dose.element else rate
    if not quantity.element:
        raise refuse("A dose needs its amount.", "required", f"{each.path}.dose")
    kinds = ("dose", "dose-per-kg", "pieces") if quantity is dose else ("dose-rate",)
    read = amount(quantity, *kinds)
    if read.by_text:
        remarks.add("unit-by-text", quantity.path)
    value = round(read.value, 10)
    if read.kind == "dose-rate":
        fields.update(amount=value, unit="mg/h")
    elif read.kind == "pieces":
        if code is None or code.strength_mg is None:
            raise refuse("A number of tablets needs a product whose strength is known here; send the dose in mg.",
                         "unknown-unit", quantity.path, ["mg", "mg/kg"])  # fmt: skip
        fields.update(amount_mg=value * code.strength_mg, basis=code.basis)
    else:
        fields["amount_mg" if read.kind == "dose" else "amount_mg_per_kg"] = value
    for name in ("amount", "amount_mg", "amount_mg_per_kg"):
        paths[name] = quantity.path
