"""Refusals as OperationOutcome: each entry of a problem document is an issue with its FHIRPath."""

from detectapi.fhir.canonical import concept

CODES = {
    "required": "required",
    "exactly-one": "structure",
    "unknown-field": "structure",
    "structure": "structure",
    "duplicate": "structure",
    "not-supported": "not-supported",
    "unknown-route": "not-supported",
    "unknown-analyte": "not-supported",
    "unknown-assay": "not-supported",
    "unknown-substance": "not-supported",
    "no-analyte": "not-supported",
    "too-much-work": "too-costly",
    "too-many-doses": "too-costly",
    "format": "value",
    "no-offset": "value",
    "range": "value",
    "type": "value",
    "unknown-unit": "value",
}
"""The type of an issue by our code; `invalid` for all others."""

BY_STATUS = {
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    413: "too-long",
    415: "not-supported",
    503: "transient",
}
"""The type of the one issue of a problem that has no entries, by its status."""


def from_problem(problem):
    """A problem document as an OperationOutcome.

    Parameters
    ----------
    problem : dict
        As `schemas.ProblemSchema`.
    """
    entries = problem.get("errors")
    if not entries:
        code = BY_STATUS.get(problem["status"], "exception" if problem["status"] >= 500 else "invalid")
        return {"resourceType": "OperationOutcome", "issue": [_issue(code, problem["detail"])]}
    return {"resourceType": "OperationOutcome", "issue": [_of_entry(entry) for entry in entries]}


def _of_entry(entry):
    """One issue. What is allowed stands in its text."""
    detail = entry["detail"]
    if entry.get("allowed"):
        detail += f" Allowed: {', '.join(map(str, entry['allowed']))}."
    issue = _issue(CODES.get(entry["code"], "invalid"), detail, entry["code"])
    return {**issue, "expression": [entry["pointer"]]} if entry["pointer"] else issue


def _issue(code, detail, slug=None):
    details = concept("problem", slug, detail) if slug else {"text": detail}
    return {"severity": "error", "code": code, "details": details}
