"""The parts of gunicorn's threaded worker that have no public name. `detectapi.web.worker` uses them through this module only.

Why they are needed: gunicorn's `timeout` ends workers that hang, not callers who do. A caller who stops in the middle of a
request keeps a thread for as long as the connection lasts, and no setting bounds that. The time limits need the socket of a
connection before its request is read, and the way to give a connection back to the main loop.

They were read and checked in gunicorn 27.0.1. `tests/web/test_gunicorn_internals.py` fails when a release changes them.
"""

import socket

from gunicorn.workers import gthread

CHECKED_WITH = "27.0.1"

ThreadWorker = gthread.ThreadWorker

DEFER = gthread._DEFER
"""What `ThreadWorker.handle` returns to give a connection back to the main loop, where it waits for its first byte."""


def is_open(connection: gthread.TConn) -> bool:
    """Whether reading has begun: the socket may then be wrapped in TLS."""
    return connection.initialized


def has_data(connection: gthread.TConn) -> bool:
    """Whether something can be read from a connection without waiting."""
    return connection.initialized or connection.data_ready or connection.wait_for_data(0.0)


def replace_socket(connection: gthread.TConn, kind: type[socket.socket]) -> None:
    """Let a connection that is not open yet use a socket of another class."""
    if not isinstance(connection.sock, kind):
        connection.sock = kind(fileno=connection.sock.detach())
