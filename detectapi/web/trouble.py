"""What can go wrong with jobs besides what is asked: quotas, a database that is away, storage that is full; each as a problem."""

import errno
import time

from flask import current_app

from detectapi.jobs import database
from detectapi.jobs.desk import Busy, OverQuota
from detectapi.web import problems
from detectapi.web.problems import problem

RETRY_S = 5
AWAY = "detectapi-jobs-away"
FULL = (errno.ENOSPC, errno.EDQUOT)


def init_blueprint(blueprint):
    """Register what the desk raises."""
    blueprint.register_error_handler(OverQuota, over_quota)
    blueprint.register_error_handler(Busy, busy)
    blueprint.register_error_handler(OSError, storage)
    for kind in database.FAILURES:
        blueprint.register_error_handler(kind, away)


def is_away():
    """Whether jobs were away just now: then one caller after the other finds out, and threads are left for estimates."""
    until, now = current_app.extensions.get(AWAY), time.monotonic()
    if until is None or now >= until:
        if until is not None:
            current_app.extensions[AWAY] = now + RETRY_S
        return False
    return True


def is_back():
    """The database has answered."""
    current_app.extensions.pop(AWAY, None)


def over_quota(error):
    """A quota that was passed."""
    headers = {"Retry-After": "60"} if error.what == "jobs" else {}
    return problem("quota-exceeded", error.message, headers=headers)


def busy(error):
    """Somebody else is at it."""
    return problem("busy", error.message, headers={"Retry-After": "2"})


def storage(error):
    """The storage refuses."""
    if error.errno is None:
        return problems.from_ours(error)
    current_app.log_exception((type(error), error, error.__traceback__))
    kind = "storage-full" if error.errno in FULL else "jobs-away"
    return problem(kind, headers={"Retry-After": str(RETRY_S)})


def away(error):
    """The database is locked, full, not there, or without its tables."""
    desk = current_app.extensions["detectapi-desk"]
    why = None if isinstance(error, database.AWAY) else desk.why_not_ready()
    if why is None and not isinstance(error, database.AWAY):
        return problems.from_ours(error)
    current_app.log_exception((type(error), error, error.__traceback__))
    current_app.extensions[AWAY] = time.monotonic() + RETRY_S
    return refused(why)


def refused(why=None):
    """Jobs cannot be looked after now."""
    return problem("jobs-away", why, headers={"Retry-After": str(RETRY_S)})
