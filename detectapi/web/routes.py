"""`/v1`: read, ask the service, write."""

from contextlib import suppress

from flask import Response, request
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    NotAcceptable,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)

from detectapi import service
from detectapi.values.errors import UnknownSubstance
from detectapi.web.api import ContractBlueprint, cacheable, examples
from detectapi.web.page import files
from detectapi.web.page.voice import LANGUAGES, BabelVoice
from detectapi.web.problems import problem
from schemas import EstimateRequestSchema, EstimateResponseSchema

JSON = "application/json"

blueprint = ContractBlueprint("v1", __name__, url_prefix="/v1", description="Estimates, and what they are made from.")


@blueprint.before_request
def accept_json():
    """Refuse what cannot be written in a media type the caller accepts."""
    offered = (JSON, *files.PICTURES) if request.endpoint == "v1.estimate" else (JSON,)
    if request.accept_mimetypes and not request.accept_mimetypes.best_match(offered):
        raise NotAcceptable()


@blueprint.route("/estimates", methods=["POST"])
@blueprint.refusals(400, 406, 408, 413, 415, 422, 500)
@blueprint.response(200, EstimateResponseSchema, description="The estimate. Never cached.")
@blueprint.doc(
    operationId="estimate",
    # The same estimate as a picture, or as a printed report, in the language of `Accept-Language`.
    responses={
        "200": {
            "description": "The estimate. Never cached.",
            "content": {
                JSON: {"schema": EstimateResponseSchema},
                **{media: {"schema": {"type": "string", "format": "binary"}} for media in files.PICTURES},
            },
        }
    },
    requestBody={
        "required": True,
        "content": {JSON: {"schema": EstimateRequestSchema, "examples": examples()}},
    },
)
def estimate():
    """Estimate a detection window.

    How likely a specimen is to test positive at each time after the last dose, until when, and how sure that is.
    """
    asked = read_request()
    answer = service.answer(asked)
    wanted = request.accept_mimetypes.best_match((JSON, *files.PICTURES), JSON)
    if wanted != JSON:
        return pictured(wanted, answer, asked)
    return Response(service.to_json_bytes(answer), mimetype=JSON, headers={"Cache-Control": "no-store"})


@blueprint.route("/substances")
@blueprint.refusals(406)
@blueprint.response(200, {"type": "object"}, description="All substances, in short.")
@blueprint.doc(operationId="listSubstances")
def substances():
    """List the substances."""
    return cacheable(service.to_json_bytes(service.substances()))


@blueprint.route("/substances/<substance_id>")
@blueprint.refusals(404, 406)
@blueprint.response(200, {"type": "object"}, description="The substance's card.")
@blueprint.doc(operationId="showSubstance")
def substance(substance_id):
    """Show a substance: every number of its model with its source."""
    try:
        card = service.substance(substance_id)
    except UnknownSubstance as error:
        return problem("not-found", error.message, errors=[error.problems[0]._replace(pointer="")])
    return cacheable(service.to_json_bytes(card))


@blueprint.route("/education/<substance_id>")
@blueprint.refusals(404, 406)
@blueprint.response(200, {"type": "object"}, description="Statements in plain words, each with its sources.")
@blueprint.doc(
    operationId="showEducation",
    parameters=[
        {
            "in": "query",
            "name": "lang",
            "schema": {"type": "string", "enum": list(LANGUAGES)},
            "description": "Else by `Accept-Language`.",
        }
    ],
)
def education(substance_id):
    """Show what patients may want to read about a substance and a urine test"""
    known = service.education_of(substance_id)
    if known is None:
        return problem("not-found", "Nothing has been written about a substance of this name.")
    voice = BabelVoice("page")
    response = cacheable(service.to_json_bytes(files.spoken(known, voice)))
    response.headers["Content-Language"] = voice.language
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.route("/assays")
@blueprint.refusals(406)
@blueprint.response(200, {"type": "object"}, description="All registered assays.")
@blueprint.doc(operationId="listAssays")
def assays():
    """List the registered assays."""
    return cacheable(service.to_json_bytes(service.assays()))


def pictured(media_type, answer, asked):
    """The estimate as a picture or as a printed report, in the caller's language."""
    kind = next(kind for kind, media in files.KINDS.items() if media == media_type)
    try:
        return files.response(kind, answer, asked, BabelVoice("report"))
    except files.NotInstalledError:
        return problem("not-acceptable", "This media type needs the extra `report`, which is not installed here.")


def read_request():
    """The JSON of the request.

    Raises
    ------
    UnsupportedMediaType
        It says that it is something else, or compressed.
    BadRequest
        It ends before its end, or its chunks are broken.
    RequestTimeout
        It takes too long to arrive.
    RequestEntityTooLarge
        It is longer than the application allows.
    MalformedRequest
        It says that it is JSON and is not.
    """
    if request.mimetype != JSON or request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType()
    try:
        raw = request.get_data(cache=False)
        # A body sent in chunks without a length is silently cut off at the limit.
        if request.content_length is None and len(raw) >= request.max_content_length:
            raise RequestEntityTooLarge()
    except RequestEntityTooLarge:
        drain(request.environ["wsgi.input"])
        raise
    except ClientDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise RequestTimeout() from None
        raise
    except HTTPException:
        raise
    except Exception:  # broken chunks, a caller who has gone: each server has its own exceptions for that
        raise BadRequest() from None
    if request.content_length is not None and len(raw) < request.content_length:
        raise BadRequest()
    return service.read_json(raw)


def drain(stream):
    """Read over the rest of a body that is too large: a caller still sending would not see the answer.

    Parameters
    ----------
    stream : file-like
        Read up to 16 MiB further; a caller with more than that finds the connection closed.
    """
    with suppress(Exception):  # as above
        for _ in range(256):
            if not stream.read(64 * 1024):
                return
