"""Resources of FHIR for the tests: one ketamine infusion, its laboratory results, and the request that holds them."""

import copy

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
CANARY_NAME, CANARY_ID = "Zzyzxcanaryname", "canary-mrn-7777"


def quantity(value, unit, **more):
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}


ADMINISTRATION = {
    "resourceType": "MedicationAdministration",
    "id": "ma-7",
    "status": "completed",
    "medicationCodeableConcept": {"text": "ketamine"},
    "subject": {"reference": "Patient/p1"},
    "effectivePeriod": {"start": "2026-11-16T09:00:00Z", "end": "2026-11-16T09:40:00Z"},
    "dosage": {"route": {"text": "intravenous"}, "dose": quantity(35, "mg")},
}
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": CANARY_NAME}],
    "identifier": [{"value": CANARY_ID}],
    "gender": "female",
    "birthDate": "1984-05-02",
}


def medication(**changes):
    """The infusion with some elements changed; None leaves one out."""
    changed = {**copy.deepcopy(ADMINISTRATION), **changes}
    return {name: value for name, value in changed.items() if value is not None}


def observation(code, id="o-1", **more):
    """A final laboratory result of the infusion's patient."""
    made = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-20T08:00:00Z",
        **more,
    }
    return {name: value for name, value in made.items() if value is not None}


RESULTS = (
    observation("18322-8", "nk-1", valueQuantity=quantity(4.2, "ng/mL")),
    observation("20537-7", "k-1", valueQuantity=quantity(1.0, "ng/mL", comparator="<")),
)
ACCOUNTS = (
    {
        "name": "account",
        "part": [{"name": "id", "valueString": "earlier"}, {"name": "medication", "resource": ADMINISTRATION}],
    },
    {
        "name": "account",
        "part": [
            {"name": "id", "valueString": "again"},
            {"name": "extends", "valueString": "earlier"},
            {
                "name": "furtherUse",
                "part": [
                    {"name": "amount", "valueQuantity": quantity(50, "mg")},
                    {"name": "route", "valueString": "oral"},
                    {"name": "earliest", "valueDateTime": "2026-11-17T00:00:00Z"},
                    {"name": "latest", "valueDateTime": "2026-11-20T00:00:00Z"},
                ],
            },
        ],
    },
    {
        "name": "compare",
        "part": [{"name": "first", "valueString": "again"}, {"name": "second", "valueString": "earlier"}],
    },
)
"""What a request for a comparison holds beside results: an infusion, and the same with one more dose."""


def parameters(*resources, draws=100, groups=(), **values):
    """A request with resources, and parameters of simple types such as ``at="2026-11-18T09:00:00Z"``."""
    kinds = {bool: "valueBoolean", int: "valueInteger", float: "valueDecimal", str: "valueString"}
    names = {"Patient": "patient", "Observation": "observation", "Bundle": "bundle", "Specimen": "specimen"}
    simple = [
        {"name": name, "valueDateTime" if name == "at" else kinds[type(value)]: value}
        for name, value in {"draws": draws, **values}.items()
    ]
    entries = [{"name": names.get(one["resourceType"], "medication"), "resource": one} for one in resources]
    return {"resourceType": "Parameters", "parameter": [*entries, *groups, *simple]}


def resources_of(bundle, kind):
    """The resources of a type in a Bundle."""
    every = [entry["resource"] for entry in bundle.get("entry", ())]
    return [resource for resource in every if resource["resourceType"] == kind]
