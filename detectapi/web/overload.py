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

THREADS = 3 * MOST
"""Threads of a process: for those that compute or wait, and twice as many for what takes no place and for slow callers."""

COMPUTING = {"page.home", "page.embed", "results.form"}
"""Views that compute though nothing is posted: presets and embedded answers."""


def init_app(app):
    """Let requests that compute take a place first."""
    places = app.extensions["detectapi-places"] = threading.BoundedSemaphore(MOST)

    @app.before_request
    def take_place():
        if not computes():
            return None
        read_body()
        if not places.acquire(blocking=False):
            return problem("overloaded", headers={"Retry-After": str(RETRY_S)})
        g.has_place = True
        return None

    @app.teardown_request
    def give_place_back(_error):
        if g.pop("has_place", False):
            places.release()


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
