"""One line of JSON on stderr for each request. A list of names says what it may have; all else is dropped.

Never logged: bodies, query strings, parameters in the path, values of headers, addresses, messages of exceptions.
"""

import sys
import time
import traceback
import uuid

import structlog
from flask import g, request

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "failure",
        "where",
    }
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


def keep_allowed(_logger, _method, event):
    """Drop all entries that are not in the list."""
    return {name: value for name, value in event.items() if name in ALLOWED}


class StderrLogger:
    """Writes to stderr, as it is at the moment of writing."""

    def msg(self, message):
        """Write one line, at once."""
        sys.stderr.write(message + "\n")
        sys.stderr.flush()

    info = error = msg


logger = structlog.wrap_logger(
    StderrLogger(),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        keep_allowed,
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.BoundLogger,
)


def request_id_from(header):
    """The request id of the client if it is a UUID, else a new one, so that no other data get into the log."""
    try:
        return str(uuid.UUID(header or ""))
    except ValueError:
        return str(uuid.uuid4())


def request_id():
    """The id of the current request."""
    return g.request_id


def init_app(app):
    """Give every request an id, return it as `X-Request-ID`, and log one line for each response."""

    @app.before_request
    def start():
        g.request_id = request_id_from(request.headers.get("X-Request-ID"))
        g.started = time.perf_counter()

    @app.after_request
    def finish(response):
        response.headers["X-Request-ID"] = g.request_id
        logger.info(
            "request",
            request_id=g.request_id,
            method=known_method(request.method),
            route=request.url_rule.rule if request.url_rule else "unmatched",
            status=response.status_code,
            duration_ms=round(1000 * (time.perf_counter() - g.started), 1),
        )
        return response


def log_refusal(method, status, identity):
    """Log one line for a request that was refused before anything of it was read but its first line."""
    logger.info(
        "request",
        request_id=str(identity),
        method=known_method(method),
        route="unmatched",
        status=status,
        duration_ms=0.0,
    )


def known_method(method):
    """A method of HTTP; "other" for what a caller has made up."""
    return method if method in METHODS else "other"


def log_failure(exc_info):
    """Log the class of an exception and the place where it was raised."""
    kind, _, trace = exc_info
    frame = traceback.extract_tb(trace)[-1]
    place = f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
    logger.error("failure", request_id=g.request_id, failure=kind.__name__, where=place)
