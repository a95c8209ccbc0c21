"""How many requests compute or wait for their turn. Beyond it a caller is told to come back, and everything else is answered.

`detectapi.service` computes one estimate after the other. The body of a request has arrived before it takes a place, so a caller
who sends slowly holds none. Probes, texts and the status of jobs take no place.
"""

import threading

from flask import g, request

from detectapi.web.problems import problem

MOST = 10
"""Requests of a process that compute or wait for their turn."""

RETRY_S = 2
"""Time after which a client that was turned away should try again. [s]"""

MOST_STREAMS = 8
"""Bodies that a thread has to read, since they are large or their sender waits for a word: so many at once in a process."""

THREADS = 3 * MOST
"""Threads of a process: for those that compute or wait, and twice as many for what takes no place."""

PLACES = "detectapi-places"

JOBS = "/v1/jobs"
"""The beginning of the paths where nothing is computed though something is posted."""

COMPUTING = {"page.home", "embed.embed", "results.form"}
"""Views that compute though nothing is posted: presets and embedded answers."""


class Places:
    """The places of a process."""

    def __init__(self, most):
        self._free, self._lock = most, threading.Lock()

    @property
    def is_full(self):
        """Whether there is no place left."""
        return self._free <= 0

    def take(self):
        """Take a place; returns whether there was one."""
        with self._lock:
            if self.is_full:
                return False
            self._free -= 1
            return True

    def give_back(self):
        """Give a place back."""
        with self._lock:
            self._free += 1


def init_app(app):
    """Let requests that compute take a place first."""
    places = app.extensions[PLACES] = Places(MOST)

    @app.before_request
    def take_place():
        if not computes():
            return None
        read_body()
        if not places.take():
            return problem("overloaded", headers={"Retry-After": str(RETRY_S)})
        g.has_place = True
        return None

    @app.teardown_request
    def give_place_back(_error):
        if g.pop("has_place", False):
            places.give_back()


def is_turned_away(app, method, path):
    """Whether a request would get no place, as far as its first line tells: a server may then refuse it without a thread.

    Parameters
    ----------
    app : WSGI application
    method, path : str
    """
    places = getattr(app, "extensions", {}).get(PLACES)
    return places is not None and places.is_full and method == "POST" and JOBS not in path


def computes():
    """Whether the request asks for something that is computed for it."""
    if request.method == "POST":
        return request.blueprint not in (None, "jobs")
    return request.endpoint in COMPUTING and bool(request.args)


def read_body():
    """Let the whole body arrive. What is wrong with a body of JSON is kept for the view to say."""
    if not request.is_json:  # `application/json`, and types such as `application/fhir+json`
        _ = request.form
        return
    try:
        request.get_data(cache=True)
    except Exception as error:  # noqa: BLE001 - each server has its own exceptions for a body that breaks off
        g.body_error = error
