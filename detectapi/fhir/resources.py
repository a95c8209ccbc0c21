"""What all resources of an answer share: subject, basis, method, notes, labels and an id that follows from the question."""

import base64
import hashlib

from detectapi import service
from detectapi.fhir.canonical import BASE, concept
from detectapi.fhir.elements import labels, refuse
from detectapi.telling import clinical

NOT_STATED = {"display": "not stated"}
"""The subject of an answer about a person whom no resource names."""


def question_hash(question):
    """A digest of a question, which with the version repeats the answer."""
    return hashlib.sha256(service.to_json_bytes(question)).hexdigest()


def risk_assessment(asked, answer, code, text, place="", **more):
    """A RiskAssessment without its predictions.

    Parameters
    ----------
    asked : Asked
    answer : dict
        Its answer.
    code, text : str
        What is assessed.
    place : str
        Tells several assessments of one answer apart.
    **more
        Further elements.
    """
    digest = question_hash(asked.question)
    revision = answer["provenance"]["substance_revision"]
    return {
        "resourceType": "RiskAssessment",
        "id": f"{code[:12].rstrip('-')}-{hashlib.sha256((digest + place).encode()).hexdigest()[:16]}",
        **labelled(asked.used),
        "identifier": [{"system": f"{BASE}/question-sha256", "value": digest}],
        "status": "final",
        "method": concept("model", answer["substance"], clinical.method(answer), version=str(revision)),
        "code": concept("assessment", code, text),
        "subject": {"reference": asked.subject} if asked.subject else NOT_STATED,
        **basis(asked.used),
        **more,
    }


def diagnostic_report(asked, code, title, conclusion, path):
    """The printed report of an answer as a DiagnosticReport without results.

    Parameters
    ----------
    asked : Asked
    code, title, conclusion : str
    path : str
        Where the report was asked for.

    Raises
    ------
    InputError
        Reports cannot be printed here.
    """
    try:
        pdf = service.report(asked.question)
    except ImportError:
        raise refuse("Reports are not installed on this server.", "not-supported", path) from None
    return {
        "resourceType": "DiagnosticReport",
        "id": f"report-{question_hash(asked.question)[:16]}",
        **labelled(asked.used),
        "status": "final",
        "code": concept("assessment", code, title),
        "subject": {"reference": asked.subject} if asked.subject else NOT_STATED,
        "conclusion": conclusion,
        "presentedForm": [{"contentType": "application/pdf", "data": base64.b64encode(pdf).decode("ascii")}],
    }


def labelled(used):
    """The security labels of the resources that an answer rests on; the answer has the same."""
    every = sorted(set().union(*map(labels, used)))
    return {"meta": {"security": [{"system": system, "code": code} for system, code in every]}} if every else {}


def basis(used):
    """References to the resources that an answer rests on, as far as they have ids."""
    links = [f"{place.kind}/{place.element['id']}" for place in used if isinstance(place.element.get("id"), str)]
    return {"basis": [{"reference": link} for link in dict.fromkeys(links)]} if links else {}


def notes(lines):
    """Sentences as annotations, each once."""
    return [{"text": line} for line in dict.fromkeys(lines) if line]


def remarks_outcome(remarks):
    """What is worth saying of the reading, as an OperationOutcome; None where there is nothing."""
    issues = [
        {
            "severity": "information",
            "code": "informational",
            "details": concept("remark", code, clinical.REMARKS[code]),
            **({"expression": [path]} if path else {}),
        }
        for code, path in remarks.said
    ]
    return {"resourceType": "OperationOutcome", "issue": issues} if issues else None


def bundle(resources):
    """Some resources as one; the empty ones are left out."""
    entries = [{"resource": one} for one in resources if one]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}
