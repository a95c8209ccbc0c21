"""Clients that wait for a job: the header Prefer (RFC 7240), and how many may wait at once."""

import re
import threading
import time

from flask import g, request

LONGEST_WAIT_S = 20.0
"""The longest time that `Prefer: wait` can ask for. [s]"""

SECONDS = re.compile("[0-9]{1,9}")
"""A number of seconds in a header. Other digits, such as superscripts, are none."""

MOST_WAITING = 2
"""Clients that may wait for a job at once in one process. Its other threads answer the rest."""
waiting = threading.BoundedSemaphore(MOST_WAITING)


def preferences() -> dict[str, str]:
    """The preferences of the Prefer header."""
    words: dict[str, str] = {}
    for part in request.headers.get("Prefer", "").replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        if name:
            words.setdefault(name.lower(), value.strip('" '))
    return words


def wait_wanted(prefer) -> float:
    """The time that the client is willing to wait. [s]"""
    text = prefer.get("wait", "")
    return min(float(text), LONGEST_WAIT_S) if SECONDS.fullmatch(text) else 0.0


def wait_until_changed(desk, job, seconds, changed):
    """Wait until a job has changed, for some time at most; not at all if enough clients of this process wait already."""
    if changed(job) or not waiting.acquire(blocking=False):
        return job
    try:
        end = time.monotonic() + seconds
        while job is not None and not changed(job) and time.monotonic() < end:
            time.sleep(0.2)
            job = desk.job(job["id"], g.caller)
        return job
    finally:
        waiting.release()
