"""`/metrics` for Prometheus, where the operator switches it on: how many requests, how long they took, how many are in progress.

The labels are the route as the code has it, the method and the status: none comes from a caller, so their number is bounded, and
nothing of a question is in them. Each process counts in a file of its own in a folder that all processes share; the process that
is asked adds them up.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, request

from detectapi.web import logs

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable in which prometheus-client looks for the folder of all processes."""

OURS = "detectapi-metrics-"
"""The beginning of the name of a folder that the server itself has made."""

PLACE = "/metrics"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Ends of the classes of durations. [s]"""

blueprint = Blueprint("metrics", __name__)


@blueprint.route(PLACE)
def counts():
    """The counts of all processes, as Prometheus reads them."""
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

    registry = REGISTRY
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def init_app(app):
    """Count requests and offer the counts."""
    requests, seconds, in_progress = _meters()

    @app.before_request
    def start():
        g.counted_from = time.perf_counter()
        in_progress.inc()

    @app.after_request
    def count(response):
        route = request.url_rule.rule if request.url_rule else "unmatched"
        requests.labels(route, logs.known_method(request.method), str(response.status_code)).inc()
        seconds.labels(route).observe(time.perf_counter() - g.counted_from)
        return response

    @app.teardown_request
    def end(_error):
        if g.pop("counted_from", None) is not None:
            in_progress.dec()

    app.register_blueprint(blueprint)


def count_refusal(method, status):
    """Count a request that was refused before the application saw it; nothing where nothing is counted."""
    if _KEPT:
        _KEPT[0].labels("unmatched", logs.known_method(method), str(status)).inc()


_KEPT: list[Any] = []


def _meters():
    """The meters of this process: one of each, however many applications are made in it."""
    from prometheus_client import Counter, Gauge, Histogram

    if not _KEPT:
        _KEPT.extend(
            (
                Counter("detectapi_requests", "Requests that were answered", ("route", "method", "status")),
                Histogram("detectapi_request_seconds", "Time from head to answer", ("route",), buckets=SECONDS),
                Gauge(
                    "detectapi_requests_in_progress", "Requests that are being answered now", multiprocess_mode="livesum"
                ),
            )
        )  # fmt: skip
    return _KEPT


# -- for the server ---------------------------------------------------------------------------------------------------


def make_folder():
    """Make the folder in which all processes of a server count; called before any of them starts."""
    if not os.environ.get(FOLDER):  # a folder that the operator has named is the operator's
        os.environ[FOLDER] = tempfile.mkdtemp(prefix=OURS)


def forget_process(pid):
    """Leave out what an ended process had as its present state; its counts stay."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)


def remove_folder():
    """Remove the folder that was made; called when the server ends."""
    folder = Path(os.environ.get(FOLDER, ""))
    if folder.name.startswith(OURS):
        shutil.rmtree(folder, ignore_errors=True)
