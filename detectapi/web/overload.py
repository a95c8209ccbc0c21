"""How much is computed at once. Beyond it a caller is told to come back, and everything else is answered meanwhile.

A process computes few answers at once, since more would only slow each other. A few more requests wait for their turn. Their
bodies have arrived by then, so a caller who sends slowly holds no place. Probes, texts and the status of jobs take no place.
"""

import threading

from flask import g, request

from detectapi.web.problems import problem

AT_ONCE = 2
"""Answers that a process computes at once."""

MOST_WAITING = 8
"""Requests of a process that may wait for their turn."""

LONGEST_WAIT_S = 15.0
"""The longest time that a request waits for its turn. [s]"""

RETRY_S = 2
"""Time after which a client that was turned away should try again. [s]"""

THREADS = 3 * (AT_ONCE + MOST_WAITING)
"""Threads of a process: for those that compute and wait, and as many again for what takes no place and for slow callers."""

COMPUTING = {"page.home", "page.embed"}
"""Views that compute though nothing is posted: presets and embedded answers."""


class Places:
    """Places to compute, and places to wait for one."""

    def __init__(self, at_once=AT_ONCE, waiting=MOST_WAITING):
        self._computing = threading.BoundedSemaphore(at_once)
        self._inside = threading.BoundedSemaphore(at_once + waiting)

    def enter(self, timeout=LONGEST_WAIT_S):
        """Take a place, after waiting for it; False if too many wait already, or the wait was too long."""
        if not self._inside.acquire(blocking=False):
            return False
        if self._computing.acquire(timeout=timeout):
            return True
        self._inside.release()
        return False

    def leave(self):
        """Give the place back."""
        self._computing.release()
        self._inside.release()


def init_app(app):
    """Let requests that compute take a place first."""
    places = app.extensions["detectapi-places"] = Places()

    @app.before_request
    def take_place():
        if not computes():
            return None
        read_body()
        if not places.enter():
            return problem("overloaded", headers={"Retry-After": str(RETRY_S)})
        g.has_place = True
        return None

    @app.teardown_request
    def give_place_back(_error):
        if g.pop("has_place", False):
            places.leave()


def computes():
    """Whether the request asks for something that is computed for it."""
    if request.method == "POST":
        return request.blueprint not in (None, "jobs")
    return request.endpoint in COMPUTING and bool(request.args)


def read_body():
    """Let the whole body arrive. What is wrong with a body of JSON is kept for the view to say."""
    if request.mimetype != "application/json":
        _ = request.form
        return
    try:
        request.get_data(cache=True)
    except Exception as error:  # noqa: BLE001 - each server has its own exceptions for a body that breaks off
        g.body_error = error
