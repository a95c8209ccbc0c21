"""Every error as problem details (RFC 9457): the kinds there are, and which exception becomes which."""

from flask import Response, current_app

from detectapi import service
from detectapi.values.errors import DetectError, InputError, MalformedRequest
from detectapi.web.logs import request_id

MEDIA_TYPE = "application/problem+json"

# kind: (status, title, explanation for its page)
KINDS = {
    "validation": (
        422,
        "The request cannot be answered as it stands",
        "It is JSON, but fields are missing, unknown, out of bounds, or name something that the data does not have."
        " Each entry of errors points at one of them and says what is allowed.",
    ),
    "malformed-json": (400, "The request is not JSON", "The body must be one JSON object in UTF-8."),
    "bad-request": (400, "The request is not proper HTTP", "A header or the address is not as it should be."),
    "unauthorized": (401, "A key is needed", "Send an API key of this service: Authorization: Bearer dk_live_…"),
    "forbidden": (
        403,
        "The key does not allow this",
        "The key is known, but lacks the scope that this operation needs.",
    ),
    "conflict": (409, "This does not fit the state of things", "The job has not ended, or has ended already."),
    "conflict-idempotency": (
        409,
        "The Idempotency-Key was used for another request",
        "The same key with the same request is the same job. Another request needs another key.",
    ),
    "quota-exceeded": (
        429,
        "More than the key may have",
        "A key has a limit of rows a day, jobs at once and bytes kept.",
    ),
    "not-found": (404, "There is nothing at this address", "The description of the interface is at /docs."),
    "method-not-allowed": (405, "This method is not for this address", "The Allow header lists the methods that are."),
    "not-acceptable": (
        406,
        "The answer has no such media type",
        "Estimates, substances and assays are application/json.",
    ),
    "request-timeout": (408, "The request took too long to arrive", "Send it again, at once."),
    "length-required": (411, "The length of the request is needed", "Send a Content-Length header."),
    "payload-too-large": (413, "The request is too large", "At most 1 MiB. Use repeat for regular doses."),
    "unsupported-media-type": (
        415,
        "The request has the wrong media type",
        "Send JSON, uncompressed, with Content-Type: application/json.",
    ),
    "range-not-satisfiable": (
        416,
        "The range is not within the result",
        "Content-Range says how long the result is.",
    ),
    "internal": (500, "Something went wrong here", "It is our mistake. The instance identifies it in our log."),
    "not-ready": (503, "Not ready", "The service cannot answer estimates at the moment."),
    "jobs-away": (
        503,
        "Jobs cannot be looked after now",
        "Their database or storage does not answer. Nothing is lost; try again. Estimates go on.",
    ),
    "busy": (503, "Busy", "Somebody else asked for the same just now. Try again in a moment."),
    "storage-full": (
        507,
        "There is no room",
        "The server's storage is full. Nothing was kept of the request; try again when its operator has made room.",
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
DOCUMENTED = {**BY_STATUS, 400: "malformed-json", 422: "validation", 503: "not-ready"}
# What an HTTP exception says in its headers is part of the answer, e.g. Allow with a 405.
KEPT_HEADERS = ("Allow", "Content-Range", "WWW-Authenticate", "Retry-After", "Accept-Post")


def problem(kind, detail=None, *, errors=(), status=None, headers=None):
    """A problem as a response.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    detail : str, optional
        What is wrong this time; the kind's explanation where it is left out.
    errors : iterable of Problem
        Each thing to mend.
    status : int, optional
        Replaces the kind's own.
    headers : dict, optional

    Returns
    -------
    Response
    """
    usual_status, title, explanation = KINDS[kind]
    body = {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status or usual_status,
        "detail": detail or explanation,
        "instance": f"urn:uuid:{request_id()}",
    }
    if errors:
        body["errors"] = [entry(error) for error in errors]
    return Response(service.to_json_bytes(body), body["status"], headers=headers, content_type=MEDIA_TYPE)


def entry(error):
    """One thing to mend, as in the problem's `errors`."""
    written = {"pointer": printable(error.pointer), "code": error.code, "detail": error.detail}
    if error.allowed is not None:
        written["allowed"] = list(error.allowed)
    return written


def printable(pointer):
    """A pointer that can be written as UTF-8: names in a request may hold halves of surrogate pairs."""
    return pointer.encode("utf-8", "replace").decode()


def from_http(error):
    """An HTTP exception, also the one Flask makes of an unexpected exception, as a problem."""
    if error.response is not None:
        return error.response
    status = error.code if isinstance(error.code, int) else 500
    kind = BY_STATUS.get(status, "client-error" if 400 <= status < 500 else "internal")
    given = error.get_response().headers
    headers = {name: given[name] for name in KEPT_HEADERS if name in given}
    return problem(kind, status=status, headers=headers)


def from_input(error):
    """A question that cannot be answered as asked."""
    kind = "malformed-json" if isinstance(error, MalformedRequest) else "validation"
    return problem(kind, error.message, errors=() if kind == "malformed-json" else error.problems)


def from_ours(error):
    """Our own mistake: logged, and told without internals."""
    current_app.log_exception((type(error), error, error.__traceback__))
    return problem("internal")


def init_app(app):
    """Register what the library raises; HTTP exceptions are registered by `detectapi.web.api`."""
    app.register_error_handler(InputError, from_input)
    app.register_error_handler(DetectError, from_ours)
