"""The parts of gunicorn's threaded worker that have no public name. `detectapi.web.worker` uses them through this module only.

Why they are needed: gunicorn's `timeout` ends workers that hang, not callers who do. A caller who stops in the middle of a
request keeps a thread for as long as the connection lasts, and a caller who does not close a connection that has ended keeps the
main loop for two seconds; no setting bounds that. The worker takes the place of four methods: `enqueue_req`, `handle`,
`finish_request` and `murder_pending`.

They were read and checked in gunicorn 27.0.1. `tests/web/test_gunicorn_internals.py` fails when a release changes them.
"""

import socket

from gunicorn.workers import gthread

CHECKED_WITH = "27.0.1"

ThreadWorker = gthread.ThreadWorker


def has_read_ahead(connection: gthread.TConn) -> bool:
    """Whether gunicorn itself holds something of the next request."""
    unreader = getattr(connection.parser, "unreader", None)
    return unreader is not None and bool(unreader.buf.getvalue())


def mark_ready(connection: gthread.TConn) -> None:
    """Let a thread begin at once: the request has been received."""
    connection.data_ready = True


def replace_socket(connection: gthread.TConn, kind: type[socket.socket]) -> None:
    """Let a connection use a socket of another class."""
    if not isinstance(connection.sock, kind):
        connection.sock = kind(fileno=connection.sock.detach())
