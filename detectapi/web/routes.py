"""`/v1`: read the request, ask the service, write the response."""

from contextlib import suppress

from flask import Response, g, request
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
from detectapi.telling.filing import MOST_CHARACTERS, read_filing
from detectapi.telling.spoken import spoken
from detectapi.values.errors import InputError, UnknownSubstance
from detectapi.web.api import ContractBlueprint, cacheable, examples, is_utf8
from detectapi.web.computed_once import bytes_computed_once, computed_once
from detectapi.web.own_questions import is_own
from detectapi.web.page import files
from detectapi.web.page.voice import LANGUAGES, BabelVoice
from detectapi.web.problems import problem
from schemas import (
    EstimateRequestSchema,
    EstimateResponseSchema,
    InterpretationRequestSchema,
    InterpretationResponseSchema,
)

JSON = "application/json"
MEDIA = {
    "v1.estimate": (JSON, *files.PICTURES),
    "v1.interpret": (JSON, *(media for kind, media in files.OF_INTERPRETATIONS.items() if kind != "json")),
}
"""The media types of what is also a picture or a report, that of who takes any first."""
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILED_AS = {"case": "Detectapi-Case-Number", "date": "Detectapi-Date"}
"""The headers that say what a report is filed under. They are in no address and in no log."""

IN_LANGUAGE = {
    "in": "query",
    "name": "lang",
    "schema": {"type": "string"},
    "description": f"The language of sentences: {', '.join(LANGUAGES)}. Any other, or none: by `Accept-Language`.",
}

blueprint = ContractBlueprint(
    "v1", __name__, url_prefix="/v1", description="Estimates, and the data that they are made from."
)


@blueprint.before_request
def accept_json():
    """Refuse a request whose response has no media type that the client accepts."""
    offered = MEDIA.get(request.endpoint, (JSON,))
    if request.accept_mimetypes and not request.accept_mimetypes.best_match(offered):
        raise NotAcceptable()


@blueprint.route("/estimates", methods=["POST"])
@blueprint.refusals(400, 406, 408, 413, 415, 422, 429, 500, 503)
@blueprint.response(200, EstimateResponseSchema, description="The estimate. Never cached.")
@blueprint.doc(
    operationId="estimate",
    parameters=[
        {
            "in": "header",
            "name": FILED_AS["case"],
            "schema": {"type": "string", "maxLength": MOST_CHARACTERS},
            "description": "Case number of a report (`Accept: application/pdf`), in UTF-8. Without it there is an empty line.",
        },
        {
            "in": "header",
            "name": FILED_AS["date"],
            # A generator of clients has no dates in headers.
            "schema": {"type": "string", "maxLength": 10},
            "description": "Date of issue of a report: 2026-11-29. Without it there is a line to write it on; no clock is read.",
        },
    ],
    # The estimate is also a picture or a printed report, in the language of `Accept-Language`.
    responses={
        "200": {
            "description": "The estimate. Never cached.",
            "content": {
                JSON: {"schema": EstimateResponseSchema},
                **{media: BINARY for media in files.PICTURES},
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

    The answer has the probability of a positive specimen at each time after the last dose, the window, and how sure it is.
    """
    wanted = request.accept_mimetypes.best_match((JSON, *files.PICTURES), JSON)
    try:
        filing = filed_under(wanted)
    except InputError as error:
        return problem("bad-request", error.message)
    question = read_request()
    if wanted == JSON:
        return Response(estimate_bytes(question), mimetype=JSON, headers={"Cache-Control": "no-store"})
    answer = service.answer(service.including(question, "concentration") if wanted == files.KINDS["pdf"] else question)
    return pictured(wanted, lambda kind, voice: files.estimate(kind, answer, question, voice, filing))


def estimate_bytes(question):
    """The answer to a question as JSON; one of the project's own is computed once."""

    def computed():
        return service.to_json_bytes(service.answer(question))

    return bytes_computed_once(question, computed) if is_own(question) else computed()


@blueprint.route("/interpretations", methods=["POST"])
@blueprint.refusals(400, 406, 408, 413, 415, 422, 429, 500, 503)
@blueprint.response(200, InterpretationResponseSchema, description="The interpretation. Never cached.")
@blueprint.doc(
    operationId="interpret",
    # The interpretation is also a picture or a printed report, in the language of `Accept-Language`.
    responses={
        "200": {
            "description": "The interpretation. Never cached.",
            "content": {
                JSON: {"schema": InterpretationResponseSchema},
                **{media: BINARY for kind, media in files.OF_INTERPRETATIONS.items() if kind != "json"},
            },
        }
    },
    requestBody={"required": True, "content": {JSON: {"schema": InterpretationRequestSchema}}},
)
def interpret():
    """Read measured results backwards.

    The answer says where results lie among those that each account of use gives, how much more probable they are under one account
    than under another, when the last use was if an account is true, and how probable a positive planned test is. It gives no
    verdict on use and no probability of use.
    """
    question = read_request()
    wanted = request.accept_mimetypes.best_match(MEDIA["v1.interpret"], JSON)
    answer = service.interpret(question)
    if wanted != JSON:
        return pictured(wanted, lambda kind, voice: files.interpretation(kind, answer, question, voice))
    return Response(service.to_json_bytes(answer), mimetype=JSON, headers={"Cache-Control": "no-store"})


@blueprint.route("/substances")
@blueprint.refusals(406)
@blueprint.response(200, {"type": "object"}, description="All substances, in short.")
@blueprint.doc(operationId="listSubstances", parameters=[IN_LANGUAGE])
@computed_once()
def substances():
    """List the substances."""
    return in_language(service.substances())


@blueprint.route("/substances/<substance_id>")
@blueprint.refusals(404, 406)
@blueprint.response(200, {"type": "object"}, description="The substance's card.")
@blueprint.doc(operationId="showSubstance", parameters=[IN_LANGUAGE])
@computed_once()
def substance(substance_id):
    """Show a substance: every number of its model with its source."""
    try:
        card = service.substance(substance_id)
    except UnknownSubstance as error:
        return problem("not-found", error.message, errors=[error.problems[0]._replace(pointer="")])
    return in_language(card)


@blueprint.route("/education/<substance_id>")
@blueprint.refusals(404, 406)
@blueprint.response(200, {"type": "object"}, description="Statements in plain words, each with its sources.")
@blueprint.doc(
    operationId="showEducation",
    parameters=[IN_LANGUAGE],
)
@computed_once()
def education(substance_id):
    """Show statements for patients about a substance and a urine test"""
    card = service.education_of(substance_id)
    if card is None:
        return problem("not-found", "There is no text about a substance of this name.")
    voice = BabelVoice("page")
    return cacheable(service.to_json_bytes(files.told(card, voice)), voice.language)


@blueprint.route("/assays")
@blueprint.refusals(406)
@blueprint.response(200, {"type": "object"}, description="All registered assays.")
@blueprint.doc(operationId="listAssays", parameters=[IN_LANGUAGE])
@computed_once()
def assays():
    """List the registered assays."""
    return in_language(service.assays())


def in_language(document):
    """A document of the data that may be kept, its sentences in the language of the client."""
    voice = BabelVoice("page")
    return cacheable(service.to_json_bytes(spoken(document, voice)), voice.language)


def filed_under(media_type):
    """What a report is filed under, by the headers of the request.

    Raises
    ------
    InputError
        They break a rule, or stand beside an answer that is no report.
    """
    sent = {part: in_utf8(request.headers.get(name, "")) for part, name in FILED_AS.items()}
    if any(sent.values()) and media_type != files.KINDS["pdf"]:
        raise InputError(f"{' and '.join(FILED_AS.values())} belong to a report: send Accept: application/pdf.")
    return read_filing(**sent)


def in_utf8(header):
    """The text of a header, whose bytes arrive as Latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def pictured(media_type, write):
    """An answer as a picture or as a printed report, in the language of the client.

    Parameters
    ----------
    media_type : str
    write : callable
        kind, voice -> bytes.
    """
    kind, voice = next(kind for kind, media in files.KINDS.items() if media == media_type), BabelVoice("report")
    try:
        return files.response(kind, lambda: write(kind, voice), voice)
    except files.NotInstalledError:
        return problem("not-acceptable", "This media type needs the extra `report`, which is not installed here.")


def read_request(media_types=(JSON,)):
    """The JSON of the request.

    Parameters
    ----------
    media_types : iterable of str
        Those that a body may have.

    Raises
    ------
    UnsupportedMediaType
        The body is of another media type, in another encoding than UTF-8, or compressed.
    BadRequest
        The body is shorter than its length, or its chunks are broken.
    RequestTimeout
        The body takes too long to arrive.
    RequestEntityTooLarge
        The body is larger than the application allows.
    MalformedRequest
        The body is not JSON.
    """
    if request.mimetype not in media_types or not is_utf8() or request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType()
    try:
        if "body_error" in g:
            raise g.body_error
        raw = request.get_data(cache=False)
        # Werkzeug cuts off a body without a length at the limit, without an error.
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
    except Exception:  # broken chunks, or a closed connection: each server has its own exceptions for that
        raise BadRequest() from None
    if request.content_length is not None and len(raw) < request.content_length:
        raise BadRequest()
    return service.read_json(raw)


def drain(stream):
    """Read the rest of a body that is too large, since a client that still sends does not see the response.

    Parameters
    ----------
    stream : file-like
        Up to 16 MiB are read; of a longer body the connection is closed.
    """
    with suppress(Exception):  # as above
        for _ in range(256):
            if not stream.read(64 * 1024):
                return
