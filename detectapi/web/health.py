"""Probes: is the process alive, and can it answer."""

from flask import Response, current_app

from detectapi import service
from detectapi.values.errors import DetectError
from detectapi.web.api import ContractBlueprint
from detectapi.web.problems import problem

blueprint = ContractBlueprint("health", __name__, description="Probes.")


STATUS = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}


@blueprint.route("/healthz")
@blueprint.response(200, STATUS, description="It does.")
@blueprint.doc(operationId="alive")
def alive():
    """Whether the process answers."""
    return Response(service.to_json_bytes({"status": "ok"}), mimetype="application/json")


@blueprint.route("/readyz")
@blueprint.refusals(503)
@blueprint.response(200, STATUS, description="They can.")
@blueprint.doc(operationId="ready")
def ready():
    """Whether all that is offered can be answered: the data loads, and the database of jobs, where there are jobs, is there."""
    try:
        service.ready()
    except DetectError:
        return problem("not-ready", "The substance data cannot be loaded.")
    desk = current_app.extensions.get("detectapi-desk")
    why = desk.why_not_ready() if desk else None
    if why:
        return problem("not-ready", f"{why} Estimates go on.")
    return Response(service.to_json_bytes({"status": "ready"}), mimetype="application/json")
