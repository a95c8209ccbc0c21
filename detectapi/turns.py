"""Answers are computed one after the other: threads that compute at the same time are slower. Whoever waits may lose patience."""

import threading
from contextlib import contextmanager
from contextvars import ContextVar

ESTIMATE = threading.Lock()
"""Held while an estimate is computed."""
INTERPRETATION = threading.Lock()
"""Held while results are interpreted, which takes longer: estimates do not wait for it."""
DRAWING = threading.Lock()
"""Held while a picture or a report is drawn for a caller."""

TICK_S = 0.1
"""Time after which whoever waits is asked whether they still want to. [s]"""

_patience = ContextVar("patience", default=None)


@contextmanager
def with_patience(patience):
    """What is asked within this has only so much patience.

    Parameters
    ----------
    patience : object
        Its method `wait` is called several times a second while an answer waits for its turn, `go_on` very often while it is
        computed. What they raise ends the one or the other.
    """
    token = _patience.set(patience)
    try:
        yield
    finally:
        _patience.reset(token)


@contextmanager
def turn(lock):
    """Wait for a turn, and hold it.

    Parameters
    ----------
    lock : threading.Lock
        One of this module.
    """
    from detectapi.exponentials import check_between

    patience = _patience.get()
    if patience is None:
        with lock:
            yield
        return
    while not lock.acquire(timeout=TICK_S):
        patience.wait()
    try:
        patience.wait()  # it may have ended with the waiting
        with check_between(patience.go_on):
            yield
    finally:
        lock.release()
