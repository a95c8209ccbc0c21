"""Probes: `/healthz` tells whether the process runs, `/readyz` whether it can answer."""

from flask import Response, current_app

from detectapi import service
from detectapi._version import __version__
from detectapi.values.errors import DetectError
from detectapi.web.api import ContractBlueprint
from detectapi.web.problems import problem

blueprint = ContractBlueprint("health", __name__, description="Probes.")


PROBES = ("/healthz", "/readyz")
"""They are answered under any host name, whatever `DETECTAPI_TRUSTED_HOSTS` says."""

STATUS = {
    "type": "object",
    "required": ["status", "version"],
    "properties": {"status": {"type": "string"}, "version": {"type": "string"}},
}


@blueprint.route("/healthz")
@blueprint.response(200, STATUS, description="The process runs.")
@blueprint.doc(operationId="alive")
def alive():
    """Whether the process runs."""
    return Response(service.to_json_bytes({"status": "ok", "version": __version__}), mimetype="application/json")


@blueprint.route("/readyz")
@blueprint.refusals(503)
@blueprint.response(200, STATUS, description="Estimates can be answered, and jobs if the service offers them.")
@blueprint.doc(operationId="ready")
def ready():
    """Whether requests can be answered: the data are loaded and, if the service offers jobs, their database can be used."""
    try:
        service.ready()
    except DetectError:
        return problem("not-ready", "The substance data cannot be loaded.")
    desk = current_app.extensions.get("detectapi-desk")
    why = desk.why_not_ready() if desk else None
    if why:
        return problem("not-ready", f"{why} Estimates are answered.")
    return Response(service.to_json_bytes({"status": "ready", "version": __version__}), mimetype="application/json")
