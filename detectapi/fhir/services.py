"""The two services of CDS Hooks: what discovery says of them, with queries that any server of FHIR can answer beforehand."""

from detectapi.fhir.canonical import BASE
from detectapi.knowledge import codes

WINDOW, RESULT = "drug-test-window", "drug-test-result"
HOOKS = {WINDOW: ("order-sign", "order-select", "appointment-book"), RESULT: ("patient-view",)}
"""By service, the hooks that it is for; one id serves several."""

LONGEST_QUERY = 2000
"""Characters of a query. Codes that no longer fit are left out, the last ones first."""

PATIENT = "{{context.patientId}}"
MEDICATION = {
    "patient": f"Patient/{PATIENT}",
    "administrations": f"MedicationAdministration?patient={PATIENT}&status=completed&_count=200",
    "statements": f"MedicationStatement?patient={PATIENT}&_count=100",
}
RENAL = ("serum-creatinine", "egfr")

TEXTS = {
    WINDOW: (
        "Urine detection window of recorded medication",
        "When a drug test in urine is ordered or planned: the chance that recorded medication makes it positive, with a range.",
    ),
    RESULT: (
        "Drug test results beside recorded medication",
        "Where the newest drug test results in urine lie among those that recorded medication gives. No verdict on use.",
    ),
}
NEEDS = "Needs at least one dated administration or statement of a known substance; other inputs are population values."

OVERRIDES = {
    "dose-record-wrong": "The dose record is wrong or incomplete",
    "other-source": "There is another source",
    "not-relevant": "Not relevant here",
    "already-reviewed": "Reviewed already",
}
OVERRIDE_SYSTEM = f"{BASE}/CodeSystem/override"
TOPIC_SYSTEM = f"{BASE}/CodeSystem/topics"


def discovery():
    """The answer of the discovery endpoint."""
    return {
        "services": [
            {
                "hook": hook,
                "id": service,
                "title": TEXTS[service][0],
                "description": TEXTS[service][1],
                "prefetch": prefetch(service),
                "usageRequirements": NEEDS,
            }
            for service, hooks in HOOKS.items()
            for hook in hooks
        ]
    }


def prefetch(service):
    """The queries of a service by their keys."""
    renal = f"Observation?patient={PATIENT}&code={{codes}}&_sort=-date&_count=2"
    queries = {**MEDICATION, "renal": _with_codes(renal, [code for code in _active() if code.of in RENAL])}
    if service == RESULT:
        results = f"Observation?patient={PATIENT}&category=laboratory&code={{codes}}&_sort=-date&_count=100"
        measured = [code for code in _active() if code.kind in ("quantity", "presence")]
        of_urine = [code for code in _active() if code.of in ("urine-creatinine", "specific-gravity", "urine-ph")]
        queries["results"] = _with_codes(
            results, [*of_urine, *sorted(measured, key=lambda code: code.kind, reverse=True)]
        )
    return queries


def _active():
    return [code for code in codes.codes().values() if code.is_active and code.system == codes.system("loinc")]


def _with_codes(query, wanted):
    """A query with as many codes as fit."""
    listed = ""
    for code in wanted:
        longer = f"{listed},{code.system}|{code.code}" if listed else f"{code.system}|{code.code}"
        if len(query) + len(longer) > LONGEST_QUERY:
            break
        listed = longer
    return query.replace("{codes}", listed)
