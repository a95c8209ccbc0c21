"""Problems of jobs that the request does not cause: quotas, a database that cannot be used, a full disk."""

import errno
import time

from flask import current_app

from detectapi.jobs import database
from detectapi.jobs.desk import Busy, OverQuota
from detectapi.web import problems
from detectapi.web.problems import problem

RETRY_S = 5
"""Time after which a client should try again, and after which one request tries the database again. [s]"""
RETRY_AT = "detectapi-jobs-retry-at"
FULL = (errno.ENOSPC, errno.EDQUOT)


def init_blueprint(blueprint):
    """Register the exceptions of the desk."""
    blueprint.register_error_handler(OverQuota, from_quota)
    blueprint.register_error_handler(Busy, from_busy)
    blueprint.register_error_handler(OSError, from_storage)
    for kind in database.FAILURES:
        blueprint.register_error_handler(kind, from_database)


def database_has_failed():
    """Whether the database has failed in the last seconds.

    After that time one request tries it again while the others are refused at once, so that threads stay free for estimates.
    """
    retry_at, now = current_app.extensions.get(RETRY_AT), time.monotonic()
    if retry_at is None or now >= retry_at:
        if retry_at is not None:
            current_app.extensions[RETRY_AT] = now + RETRY_S
        return False
    return True


def note_success():
    """Note that the database has answered."""
    current_app.extensions.pop(RETRY_AT, None)


def from_quota(error):
    """The problem of an exceeded quota."""
    headers = {"Retry-After": "60"} if error.what == "jobs" else {}
    return problem("quota-exceeded", error.message, headers=headers)


def from_busy(error):
    """The problem of a request that another one already does."""
    return problem("busy", error.message, headers={"Retry-After": "2"})


def from_storage(error):
    """The problem of storage that cannot be read or written."""
    if error.errno is None:
        return problems.from_ours(error)
    current_app.log_exception((type(error), error, error.__traceback__))
    kind = "storage-full" if error.errno in FULL else "jobs-away"
    return problem(kind, headers={"Retry-After": str(RETRY_S)})


def from_database(error):
    """The problem of a database that is locked or full, cannot be reached, or has no tables."""
    desk = current_app.extensions["detectapi-desk"]
    why = None if isinstance(error, database.AWAY) else desk.why_not_ready()
    if why is None and not isinstance(error, database.AWAY):
        return problems.from_ours(error)
    current_app.log_exception((type(error), error, error.__traceback__))
    current_app.extensions[RETRY_AT] = time.monotonic() + RETRY_S
    return refused(why)


def refused(why=None):
    """The problem of jobs that cannot be served now."""
    return problem("jobs-away", why, headers={"Retry-After": str(RETRY_S)})
