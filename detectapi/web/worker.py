"""gunicorn's threaded worker, with time limits for callers and problem details for what is not HTTP."""

import socket
import time
import uuid
from contextlib import suppress
from http import HTTPStatus

from gunicorn.http import errors

from detectapi import service
from detectapi.web import gunicorn_internals
from detectapi.web.problems import KINDS, MEDIA_TYPE

PATIENCE_S = 10.0
"""Time for a request to arrive, and more as it does: one second for each SLOWEST bytes. [s]"""

SLOWEST = 16 * 1024
"""The slowest rate at which a request may arrive. [bytes/s]"""

STALLED_S = 30.0
"""Time for the caller to take a part of the answer, before the connection is closed. [s]"""

OURS = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
"""Errors of this service, not of the caller."""

REFUSALS = {errors.LimitRequestLine: 414, errors.ExpectationFailed: 417, errors.LimitRequestHeaders: 431}
"""Status by what is wrong with a request that is not HTTP; 400 for all other errors."""


class Connection(socket.socket):
    """A socket that waits for its caller for a limited time."""

    due = None  # when the request must have arrived; None between requests [s, monotonic]

    def setblocking(self, flag):
        """Block with a time limit, or not at all."""
        self.settimeout(STALLED_S if flag else 0.0)

    def recv(self, size, flags=0):
        """Receive bytes, and allow more time for each.

        Raises
        ------
        TimeoutError
            The request is overdue.
        """
        if self.due is None:
            return super().recv(size, flags)
        usual = self.gettimeout()
        left = max(self.due - time.monotonic(), 1e-3)
        try:
            self.settimeout(left if usual is None else min(left, usual))
            received = super().recv(size, flags)
        finally:
            self.settimeout(usual)
        self.due += len(received) / SLOWEST
        return received


class Worker(gunicorn_internals.ThreadWorker):
    """A threaded worker in which no caller can keep a thread."""

    def handle(self, conn):
        """Read and answer one request."""
        if not gunicorn_internals.is_open(conn):
            gunicorn_internals.replace_socket(conn, Connection)
        # Until the first byte comes, the connection waits beside the threads, not in one.
        if not gunicorn_internals.has_data(conn):
            return gunicorn_internals.DEFER
        connection = conn.sock
        connection.due = time.monotonic() + PATIENCE_S
        try:
            return super().handle(conn)
        finally:
            connection.due = None

    def handle_error(self, req, client, addr, exc):
        """Answer a request that is not HTTP with a problem that repeats none of it."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Invalid request")
        status = next((status for kind, status in REFUSALS.items() if isinstance(exc, kind)), 400)
        with suppress(OSError):
            client.sendall(refusal(status))


def refusal(status):
    """The whole response to a request that is not HTTP.

    Parameters
    ----------
    status : int

    Returns
    -------
    bytes
    """
    _, title, explanation = KINDS["bad-request"]
    body = service.to_json_bytes(
        {
            "type": "/problems/bad-request",
            "title": title,
            "status": status,
            "detail": explanation,
            "instance": f"urn:uuid:{uuid.uuid4()}",
        }
    )
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
