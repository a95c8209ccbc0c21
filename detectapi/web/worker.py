"""gunicorn's threaded worker, with time limits for callers and problem details for what is not HTTP.

gunicorn's `timeout` is for workers that hang. It lets a caller who stops in the middle of a request keep a thread for as
long as the connection lasts, and a handful of them keep all.
"""

import socket
import time
import uuid
from contextlib import suppress
from http import HTTPStatus

from gunicorn.http import errors
from gunicorn.workers import gthread

from detectapi import service
from detectapi.web.problems import KINDS, MEDIA_TYPE

PATIENCE_S = 10.0
"""A request has this long to arrive, and more as it does: a second for each SLOWEST bytes. [s]"""

SLOWEST = 16 * 1024
"""[bytes/s]"""

STALLED_S = 30.0
"""An answer that cannot be sent for this long is given up. [s]"""

OURS = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
REFUSALS = {errors.LimitRequestLine: 414, errors.ExpectationFailed: 417, errors.LimitRequestHeaders: 431}
"""Status by what is wrong with a request that is not HTTP; 400 for all else."""


class Connection(socket.socket):
    """A connection that waits for its caller so long and no longer."""

    due = None  # when the request must have arrived; None between requests [s, monotonic]

    def setblocking(self, flag):
        """Blocking is with a time limit."""
        self.settimeout(STALLED_S if flag else 0.0)

    def recv(self, size, flags=0):
        """What has come, once something has.

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


class Worker(gthread.ThreadWorker):
    """A threaded worker whose threads no caller keeps waiting."""

    def handle(self, conn):
        """Read and answer one request."""
        if not (conn.initialized or isinstance(conn.sock, Connection)):  # once initialised, it may be wrapped in TLS
            conn.sock = Connection(fileno=conn.sock.detach())
        # Until the first byte comes, the connection waits beside the threads, not in one.
        if not (conn.initialized or conn.data_ready or conn.wait_for_data(0.0)):
            return gthread._DEFER
        connection = conn.sock
        connection.due = time.monotonic() + PATIENCE_S
        try:
            return super().handle(conn)
        finally:
            connection.due = None

    def handle_error(self, req, client, addr, exc):
        """Answer a request that is not HTTP with a problem, without repeating any of it."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Invalid request")
        status = next((status for kind, status in REFUSALS.items() if isinstance(exc, kind)), 400)
        with suppress(OSError):
            client.sendall(refusal(status))


def refusal(status):
    """A whole response that says what is wrong with a request that is not HTTP.

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
