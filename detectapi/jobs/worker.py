"""`detectapi worker`: computes the jobs of a server until a signal stops it. Any number may run, on any machine."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable

from detectapi.jobs import database
from detectapi.jobs.desk import Desk
from detectapi.jobs.engines import from_address
from detectapi.jobs.runner import Runner
from detectapi.jobs.settings import Settings

OURS_ONLY = 0o077
"""Other users of the machine cannot read what a worker writes: rows and results are data of people."""
CLEAR_EVERY_S = 60.0
"""Time between two removals of expired jobs. [s]"""
AGAIN_S = 1.0
"""Time between two attempts to reach the database or the cluster. [s]"""


def _stop_signal(parent: int | None) -> Callable[[], bool]:
    """A function that is true after SIGTERM or SIGINT, or when the parent process has ended."""
    stopping = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.append(True))
    return lambda: bool(stopping) or (parent is not None and os.getppid() != parent)


def coordinate(settings: Settings, parent: int | None = None) -> None:
    """Lease chunks and let an engine compute them, until a signal comes or the parent process has ended."""
    stop = _stop_signal(parent)
    os.umask(OURS_ONLY)
    desk = Desk(settings)
    engine = _begin(desk, settings, stop)
    if engine is None:
        return
    runner = Runner(
        desk.store, engine, lease_s=settings.lease_s, retention_s=settings.retention_s, limit_rows=desk.limit_rows
    )
    cleared = -math.inf

    def tick():
        nonlocal cleared
        if time.monotonic() - cleared > CLEAR_EVERY_S:
            cleared = time.monotonic()
            with contextlib.suppress(OSError):  # the next attempt clears it
                desk.clear()

    try:
        runner.run(stop, tick)
    except database.AWAY as error:
        _say(f"the database of jobs cannot be used: {type(error).__name__}")
        raise SystemExit(1) from None
    finally:
        engine.close()
        with contextlib.suppress(*database.AWAY):
            for job, idx in runner.flying:
                desk.store.give_back(job, idx, runner.name, 0.0, None)


def _begin(desk: Desk, settings: Settings, stop: Callable[[], bool]):
    """Wait for the database and the cluster; returns the engine, or None if the worker is stopped meanwhile."""
    said = None
    while not stop():
        why = desk.why_not_ready()
        if why is None:
            try:
                return from_address(settings.executor, settings.workers, math.inf)
            except OSError as error:
                why = f"The cluster does not answer ({type(error).__name__})."
        if why != said:
            _say(why)
            said = why
        time.sleep(AGAIN_S)
    return None


def _say(what: str) -> None:
    print(f"detectapi: {what}", file=sys.stderr, flush=True)


def supervise(settings: Settings, parent: int | None = None) -> None:
    """Keep one coordinator running: start another if it dies.

    Parameters
    ----------
    settings : Settings
    parent : int, optional
        Process id; the work ends when this process is no longer the parent.
    """
    context = multiprocessing.get_context("spawn")
    stop = _stop_signal(parent)
    while not stop():
        child = context.Process(target=coordinate, args=(settings, os.getpid()))
        child.start()
        while child.is_alive() and not stop():
            child.join(0.5)
        if stop():
            child.terminate()
            child.join(30.0)
            child.kill()
            child.join()
            return
        _say("the worker died; another is started")
        time.sleep(AGAIN_S)
