"""Errors as problem details (RFC 9457): the kinds of problem, and the kind of each exception."""

from flask import Response, current_app

from detectapi import service
from detectapi.values.errors import DetectError, InputError, MalformedRequest
from detectapi.web.addresses import under_prefix
from detectapi.web.logs import request_id

MEDIA_TYPE = "application/problem+json"

# kind: (status, title, explanation for its page)
KINDS = {
    "validation": (
        422,
        "The request cannot be answered as it is",
        "It is JSON, but fields are missing, unknown or out of bounds, or name something that the data do not have."
        " Each entry of errors points at one of them and says what is allowed.",
    ),
    "malformed-json": (400, "The request is not JSON", "The body must be one JSON object in UTF-8."),
    "bad-request": (400, "The request is not correct HTTP", "A header, the address or the body is wrong."),
    "unauthorized": (401, "A key is needed", "Send an API key of this service: Authorization: Bearer dk_live_…"),
    "forbidden": (
        403,
        "The key does not allow this",
        "The key is known, but lacks the scope that this operation needs.",
    ),
    "conflict": (409, "The state of the job does not allow this", "The job has not ended, or has ended already."),
    "conflict-idempotency": (
        409,
        "The Idempotency-Key was used for another request",
        "The same key with the same request is the same job. Another request needs another key.",
    ),
    "quota-exceeded": (
        429,
        "The quota of the key is exceeded",
        "A key has limits: rows per day, unfinished jobs at once, stored bytes.",
    ),
    "too-many-requests": (
        429,
        "Too many requests from one address",
        "This service limits how often one address may ask. Send the request again after the time in Retry-After.",
    ),
    "not-found": (404, "Nothing exists at this address", "The description of the interface is at /docs."),
    "method-not-allowed": (
        405,
        "This address does not allow the method",
        "The Allow header lists the methods that it allows.",
    ),
    "not-acceptable": (
        406,
        "The response has no such media type",
        "Answers are application/json; an estimate is also a picture (PNG, SVG) or a report (PDF).",
    ),
    "request-timeout": (408, "The request took too long to arrive", "Send it again, without pauses."),
    "precondition": (
        412,
        "Data are missing that the caller sends beforehand",
        "Send the prefetch of the service: a key for which there are no data is null.",
    ),
    "length-required": (411, "The length of the request is needed", "Send a Content-Length header."),
    "payload-too-large": (413, "The request is too large", "At most 1 MiB. Use repeat for regular doses."),
    "unsupported-media-type": (
        415,
        "The request has the wrong media type",
        "Send JSON in UTF-8, uncompressed, with Content-Type: application/json.",
    ),
    "range-not-satisfiable": (
        416,
        "The range is not within the result",
        "Content-Range has the length of the result.",
    ),
    "internal": (
        500,
        "The service has failed",
        "This is a fault of the service. The instance identifies it in the log.",
    ),
    "overloaded": (
        503,
        "Too much is asked at this moment",
        "Other answers are being computed. Send the request again after the time in Retry-After.",
    ),
    "not-ready": (503, "Not ready", "The service cannot answer at the moment."),
    "jobs-away": (
        503,
        "Jobs cannot be served now",
        "Their database or storage does not answer. Nothing is lost; try again. Estimates are answered.",
    ),
    "busy": (503, "Busy", "Another request does the same at this moment. Try again soon."),
    "storage-full": (
        507,
        "The storage is full",
        "Nothing of the request was stored. Try again when the operator has made room.",
    ),
    "client-error": (400, "The request was refused", "The status and the detail say why."),
}
BY_STATUS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "request-timeout",
    411: "length-required",
    413: "payload-too-large",
    415: "unsupported-media-type",
    416: "range-not-satisfiable",
    500: "internal",
}
DOCUMENTED = {**BY_STATUS, 400: "malformed-json", 422: "validation", 429: "too-many-requests", 503: "overloaded"}
# Headers of an HTTP exception that belong to the response, such as Allow with a 405.
KEPT_HEADERS = ("Allow", "Content-Range", "WWW-Authenticate", "Retry-After", "Accept-Post")


def problem(kind, detail=None, *, errors=(), status=None, headers=None):
    """A problem as a response.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    detail : str, optional
        What is wrong; the explanation of the kind by default.
    errors : iterable of Problem
        One for each mistake in the request.
    status : int, optional
        In place of the status of the kind.
    headers : dict, optional

    Returns
    -------
    Response
    """
    usual_status, title, explanation = KINDS[kind]
    body = {
        "type": under_prefix(f"/problems/{kind}"),
        "title": title,
        "status": status or usual_status,
        "detail": detail or explanation,
        "instance": f"urn:uuid:{request_id()}",
    }
    if errors:
        body["errors"] = [entry(error) for error in errors]
    return Response(service.to_json_bytes(body), body["status"], headers=headers, content_type=MEDIA_TYPE)


def entry(error):
    """One entry of `errors` in a problem."""
    written = {"pointer": printable(error.pointer), "code": error.code, "detail": error.detail}
    if error.allowed is not None:
        written["allowed"] = list(error.allowed)
    return written


def printable(pointer):
    """A pointer that can be written as UTF-8. Names in a request may have halves of surrogate pairs."""
    return pointer.encode("utf-8", "replace").decode()


def from_http(error):
    """The problem of an HTTP exception, also of the one that Flask makes of an unexpected exception."""
    if error.response is not None:
        return error.response
    status = error.code if isinstance(error.code, int) else 500
    kind = BY_STATUS.get(status, "client-error" if 400 <= status < 500 else "internal")
    own = error.get_response().headers
    headers = {name: own[name] for name in KEPT_HEADERS if name in own}
    return problem(kind, status=status, headers=headers)


def from_input(error):
    """The problem of a request that cannot be answered as it is."""
    kind = "malformed-json" if isinstance(error, MalformedRequest) else "validation"
    return problem(kind, error.message, errors=() if kind == "malformed-json" else error.problems)


def from_ours(error):
    """The problem of a fault of the service: the log has its place, the response says nothing of it."""
    current_app.log_exception((type(error), error, error.__traceback__))
    return problem("internal")


def init_app(app):
    """Register the exceptions of the library; `detectapi.web.api` registers HTTP exceptions."""
    app.register_error_handler(InputError, from_input)
    app.register_error_handler(DetectError, from_ours)
