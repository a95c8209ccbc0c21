"""How long a request waits and computes. Work that nobody wants any more stops, and what takes too long is told so."""

import time
from contextlib import ExitStack

from flask import g, request

from detectapi import turns
from detectapi.web.problems import problem

LONGEST_WAIT_S = 5.0
"""Time for which a request waits until others are computed. [s]"""

LONGEST_WORK_S = 10.0
"""Processor time of one request, twice what the dearest question that is accepted should take. [s]"""

LOOK_S = 0.2
"""Time between two looks at the connection and at the clock. [s]"""

RETRY_S = 2
"""Time after which a client that was given up should try again. [s]"""


class Abandoned(Exception):
    """Whoever asked has gone."""


class TooLong(Exception):
    """The request has waited or computed for too long."""


class Patience:
    """The patience of one request, for `detectapi.turns`.

    Parameters
    ----------
    is_abandoned : callable, optional
        Tells whether the caller has gone.
    """

    def __init__(self, is_abandoned=None):
        self._is_abandoned = is_abandoned or (lambda: False)
        self._waits_until = time.monotonic() + LONGEST_WAIT_S
        self._works_until = time.thread_time() + LONGEST_WORK_S
        self._look_at = 0.0

    def wait(self):
        """Wait on, or raise."""
        self._look()
        if time.monotonic() > self._waits_until:
            raise TooLong

    def go_on(self):
        """Compute on, or raise."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        self._look()
        if time.thread_time() > self._works_until:
            raise TooLong

    def _look(self):
        if self._is_abandoned():
            raise Abandoned


def init_app(app):
    """Give every request its patience."""

    @app.before_request
    def begin():
        connection = request.environ.get("gunicorn.socket")
        g.patience = ExitStack()
        g.patience.enter_context(turns.with_patience(Patience(getattr(connection, "is_abandoned", None))))

    @app.teardown_request
    def end(_error):
        if "patience" in g:
            g.pop("patience").close()

    app.register_error_handler(Abandoned, from_abandoned)
    app.register_error_handler(TooLong, from_too_long)


def from_abandoned(_error):
    """The problem that nobody reads; the log has its status."""
    return problem("client-error", status=499)


def from_too_long(_error):
    """The problem of a request that took too long."""
    return problem(
        "overloaded", "This took too long, and was stopped: too much is asked at this moment.",
        headers={"Retry-After": str(RETRY_S)},
    )  # fmt: skip
