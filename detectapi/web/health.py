"""Probes: is the process alive, and can it answer."""

from flask import Blueprint, Response

from detectapi import service
from detectapi.errors import DetectError
from detectapi.web.problems import problem

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive():
    """The process answers."""
    return Response(service.to_json_bytes({"status": "ok"}), mimetype="application/json")


@blueprint.get("/readyz")
def ready():
    """The data loads; an estimate can be answered."""
    try:
        service.ready()
    except DetectError:
        return problem("not-ready", "The substance data cannot be loaded.")
    return Response(service.to_json_bytes({"status": "ready"}), mimetype="application/json")
