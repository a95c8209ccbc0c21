"""What the service offers to FHIR clients: its CapabilityStatement and the definitions of its operations."""

from typing import Any

from detectapi._version import __version__
from detectapi.fhir.canonical import BASE

FHIR_VERSION = "4.0.1"
DATE = "2026-11-29"

MEDICATION = (
    "medication",
    "Resource",
    "*",
    "MedicationAdministration, MedicationStatement or MedicationDispense: what was used.",
)
OBSERVATION = (
    "observation",
    "Observation",
    "*",
    "Person, kidneys, urine and, to be interpreted, results.",
)
BODY = (
    ("bundle", "Bundle", "1", "All resources in one; other parameters may stand beside it."),
    MEDICATION,
    OBSERVATION,
    ("patient", "Patient", "1", "Sex and date of birth are read, nothing else."),
)
DRAWS = (
    ("draws", "integer", "1", "Simulated cases."),
    ("seed", "integer", "1", "Seed of the random numbers: the same request with the same seed gets the same answer."),
    ("level", "decimal", "1", "Level of the intervals."),
)

FURTHER_USE = (
    ("amount", "Quantity", "1", "Of one more use."),
    ("route", "string", "1", "Its route."),
    ("earliest", "dateTime", "1", "The earliest time at which it may have ended."),
    ("latest", "dateTime", "1", "The latest such time."),
)
ACCOUNT = (
    ("id", "string", "1", "Its name in the answer."),
    ("medication", "Resource", "*", "What was used, as medications of the request."),
    ("extends", "string", "1", "Id of the account whose use this one has too."),
    ("furtherUse", None, "1", "What comes to it.", FURTHER_USE),
)
PAIR = (("first", "string", "1", "Id of an account."), ("second", "string", "1", "Id of another."))

OPERATIONS: dict[str, dict[str, Any]] = {
    "estimate-detection-window": {
        "title": "Estimate a detection window",
        "description": "Until when a urine test is likely to be positive after recorded doses, and how sure that is.",
        "parameters": (
            *BODY,
            ("at", "dateTime", "*", "Times at which the chance of a positive specimen is asked for."),
            ("substance", "string", "1", "The one substance that is asked about."),
            ("assay", "string", "1", "Id of a registered test or panel. Left out: the usual one of each substance."),
            *DRAWS,
            ("report", "boolean", "1", "Whether the printed report is wanted as well."),
        ),
        "returns": "RiskAssessments, DiagnosticReports where they were wanted, and an OperationOutcome with remarks.",
    },
    "interpret-drug-test": {
        "title": "Interpret a drug test",
        "description": "Holds measured results against accounts of use. No verdict, and no probability that somebody used it.",
        "parameters": (
            *BODY,
            ("specimen", "Specimen", "*", "Specimens that observations refer to: when each was collected."),
            (
                "account",
                None,
                "*",
                "An account of use. Left out: what was recorded; and that with what was ordered.",
                ACCOUNT,
            ),
            (
                "compare",
                None,
                "*",
                "Two accounts, by their ids: how much more probable the results are under the first.",
                PAIR,
            ),
            ("at", "dateTime", "1", "When a test is planned."),
            ("substance", "string", "1", "The one substance that is asked about."),
            ("assay", "string", "1", "Id of the planned test. Left out: the usual one of the substance."),
            ("screen", "string", "1", "Id of the registered test that verdicts of screens are of."),
            ("programme", "code", "1", "Rules that the reader is bound by, such as dot."),
            *DRAWS,
            ("report", "boolean", "1", "Whether the printed report is wanted as well."),
        ),
        "returns": "RiskAssessments, DiagnosticReports where they were wanted, and an OperationOutcome with remarks.",
    },
}
"""By name, the operations; a parameter is its name, type, largest number and meaning."""


def operation_definition(name):
    """The OperationDefinition of an operation; None where there is none of this name."""
    if name not in OPERATIONS:
        return None
    operation = OPERATIONS[name]
    return {
        "resourceType": "OperationDefinition",
        "id": name,
        "url": f"{BASE}/OperationDefinition/{name}",
        "version": __version__,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "title": operation["title"],
        "status": "active",
        "kind": "operation",
        "date": DATE,
        "description": operation["description"],
        "affectsState": False,
        "code": name,
        "comment": "By POST only: data of a person do not belong in an address.",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [*(_parameter(*row) for row in operation["parameters"]), _returned(operation["returns"])],
    }


def _parameter(name, kind, most, meaning, parts=()):
    described = {"name": name, "use": "in", "min": 0, "max": most, "documentation": meaning}
    return {**described, "part": [_parameter(*part) for part in parts]} if parts else {**described, "type": kind}


def _returned(meaning):
    return {"name": "return", "use": "out", "min": 1, "max": "1", "documentation": meaning, "type": "Bundle"}


def capability_statement():
    """The CapabilityStatement."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "detectapi",
        "url": f"{BASE}/CapabilityStatement/detectapi",
        "version": __version__,
        "name": "Detectapi",
        "title": "Detection windows in urine, and measured results read backwards",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "implementation": {"description": "Computes answers and stores nothing."},
        "software": {"name": "detectapi", "version": __version__},
        "fhirVersion": FHIR_VERSION,
        "format": ["application/fhir+json", "application/json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Operations only. No resource is stored, searched or read.",
                "operation": [
                    {
                        "name": name,
                        "definition": f"{BASE}/OperationDefinition/{name}",
                        "documentation": row["description"],
                    }
                    for name, row in OPERATIONS.items()
                ],
            }
        ],
    }
