"""`/fhir`: operations of FHIR R4. Every refusal below this address is an OperationOutcome."""

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import NotAcceptable

from detectapi import service
from detectapi.fhir import definitions, estimates, interpretations, outcomes
from detectapi.settings import setting
from detectapi.web import problems
from detectapi.web.routes import JSON, read_request

PREFIX = "/fhir"
FHIR_JSON = "application/fhir+json"
ACCEPTED = {FHIR_JSON, JSON, "text/json", "json", "application/*", "*/*"}
"""Media types of which a client must accept one; parameters such as `fhirVersion` make no difference."""

blueprint = Blueprint("fhir", __name__, url_prefix=PREFIX)


def recalled_codes():
    """Whether codes count that were written from memory and not looked up."""
    return bool(setting("DETECTAPI_RECALLED_CODES"))


def resource(document):
    """A resource as a response that nobody keeps."""
    return Response(service.to_json_bytes(document), content_type=FHIR_JSON, headers={"Cache-Control": "no-store"})


@blueprint.before_request
def accept_json():
    """Refuse a request whose response has no media type that the client accepts."""
    accepted = {value.partition(";")[0].strip().lower() for value, _ in request.accept_mimetypes}
    if accepted and not accepted & ACCEPTED:
        raise NotAcceptable()


@blueprint.get("/metadata")
def metadata():
    """What this server offers."""
    return resource(definitions.capability_statement())


@blueprint.get("/OperationDefinition/<name>")
def operation_definition(name):
    """The definition of one operation."""
    document = definitions.operation_definition(name)
    return resource(document) if document else abort(404)


@blueprint.post("/$estimate-detection-window")
def estimate():
    """Estimate detection windows from medications that were recorded."""
    return resource(estimates.operation(read_request((FHIR_JSON, JSON)), recalled_codes()))


@blueprint.post("/$interpret-drug-test")
def interpret():
    """Hold measured results against accounts of use."""
    return resource(interpretations.operation(read_request((FHIR_JSON, JSON)), recalled_codes()))


def init_app(app):
    """Register the addresses, and write refusals of them, of whatever origin, as OperationOutcome."""
    app.register_blueprint(blueprint)

    @app.after_request
    def refuse_as_outcome(response):
        ours = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
        if ours and response.mimetype == problems.MEDIA_TYPE:
            outcome = outcomes.from_problem(response.get_json())
            response.set_data(service.to_json_bytes(outcome))
            response.headers["Content-Type"] = FHIR_JSON
        return response
