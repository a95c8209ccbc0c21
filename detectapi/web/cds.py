"""`/cds-services`: discovery, calls and feedback of CDS Hooks 2.0. Nothing is fetched from the caller's server."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request

from detectapi import service
from detectapi.fhir import calls, cards, services
from detectapi.settings import setting
from detectapi.web.feedback import count
from detectapi.web.fhir import recalled_codes
from detectapi.web.problems import problem
from detectapi.web.routes import JSON, read_request

MOST_FEEDBACK = 100
"""Entries of one report of feedback."""

blueprint = Blueprint("cds", __name__, url_prefix="/cds-services")
blueprint.register_error_handler(calls.LacksPrefetch, lambda error: problem("precondition", error.message))


def reply(document):
    """JSON that nobody keeps."""
    return Response(service.to_json_bytes(document), mimetype=JSON, headers={"Cache-Control": "no-store"})


@blueprint.get("", strict_slashes=False)
def discovery():
    """What services there are."""
    return reply(services.discovery())


@blueprint.post("/<service_id>")
def call(service_id):
    """The cards of a call."""
    if service_id not in services.HOOKS:
        abort(404)
    how = calls.Setting(datetime.now(UTC), request.url_root, recalled_codes(), setting("DETECTAPI_CDS_SHOW_RESTRICTED"))
    return reply(calls.answer(service_id, read_request(), how))


@blueprint.post("/<service_id>/feedback")
def feedback(service_id):
    """Count what became of cards: by service, outcome, reason and day. Comments of users are dropped."""
    if service_id not in services.HOOKS:
        abort(404)
    document = read_request()
    entries = document.get("feedback", ()) if isinstance(document, dict) else ()
    for entry in entries[:MOST_FEEDBACK] if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            count(service_id, outcome_of(service_id, entry), datetime.now(UTC).date().isoformat())
    return reply({})


def outcome_of(service_id, entry):
    """What a feedback says, in our words only: `unknown-card`, `accepted`, `overridden` or the reason of an override."""
    if not cards.is_own(service_id, entry.get("card")):
        return "unknown-card"
    if entry.get("outcome") == "accepted":
        return "accepted"
    reason = entry.get("overrideReason")
    reason = reason.get("reason", reason) if isinstance(reason, dict) else {}
    code = reason.get("code") if isinstance(reason, dict) else None
    return code if isinstance(code, str) and code in services.OVERRIDES else "overridden"
