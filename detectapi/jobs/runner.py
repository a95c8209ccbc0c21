"""Run jobs from acceptance to their end: read the rows, lease the chunks, let an engine compute them, record them."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any

from detectapi.batch import storage
from detectapi.jobs import database, planner
from detectapi.jobs.engines import Engine, Outcome
from detectapi.jobs.store import LEASE_S, MOST_ATTEMPTS, Leased, Store
from detectapi.values.errors import InputError

TICK_S = 0.2
"""Time that one turn of the loop waits for outcomes. [s]"""
STORAGE_WAIT_S, LONGEST_STORAGE_WAIT_S = 5.0, 60.0
"""First and longest wait before the storage is tried again; each wait is twice the one before. [s]"""
LONGEST_WAIT_S = 5.0
"""Longest wait before a chunk is computed again whose worker died. [s]"""
MOST_READINGS = 4
"""Tables that are read at once, each of another key, so that a long one does not keep others waiting."""
FAILED_READ_ROWS = 1000
"""Rows that a table which cannot be read counts for at least, against the quota of its key."""
MOST_FAILURES = 3
"""Attempts after which a fault of the program ends a job."""
WHY = {
    "storage": "The storage cannot be read or written; it is tried again.",
    "lost": "A worker died; its chunk is computed again.",
    "version": "The job was submitted to another version of the program or its data; submit it again.",
    "ours": "The calculation failed; this is a fault of the program.",
}


class _Lost(Exception):
    """A job is no longer this worker's to read."""


class _TooMany(Exception):
    """The rows of a job exceed the quota of its owner."""


class StorageRefused(Exception):
    """The storage could not be read or written several times, and the command ends with a message."""


class _Reading:
    """A job whose table is being read."""

    def __init__(self, job: dict[str, Any]):
        self.job = job
        self.steps: Generator[planner.Progress, None, planner.Cut] | None = None
        self.rows = self.declared = 0
        self.kept = time.monotonic()

    @property
    def cost(self) -> int:
        """Rows that count against the quota where the table cannot be read. [rows]"""
        return max(self.rows, FAILED_READ_ROWS)

    def close(self) -> None:
        """End the process that reads a binary table."""
        if self.steps is not None:
            self.steps.close()


class Runner:
    """A coordinator of jobs. Several may use the same store at once.

    Parameters
    ----------
    store : Store
    engine : Engine
    lease_s : float
        Time after which another coordinator takes over the jobs and chunks of one that has died. [s]
    retention_s : float, optional
        Time after which results are deleted. [s]
    limit_rows : callable, optional
        ``(owner, rows, bytes) -> problem or None``, called when the rows of a job are counted.
    patient : bool
        Whether to try a storage again without end (a service), or a few times (a command).
    on_read : callable
        Called several times a second while the rows of a job are read, with their number so far.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        *,
        lease_s=LEASE_S,
        retention_s=None,
        limit_rows=None,
        patient=True,
        on_read: Callable[[int], None] = lambda rows: None,
    ):
        self.store, self.engine = store, engine
        self.lease_s, self.retention_s, self.limit_rows, self.patient = lease_s, retention_s, limit_rows, patient
        self.on_read = on_read
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{os.urandom(4).hex()}"
        self.flying: dict[tuple[str, int], Leased] = {}
        self._renewed = time.monotonic()
        self._refused = 0
        self._tries: dict[str, int] = {}
        self.readings: list[_Reading] = []
        self.ended: list[tuple[str, str]] = []

    def run(self, until: Callable[[], bool], tick: Callable[[], None] = lambda: None) -> None:
        """Work until `until` is true; `tick` is called several times a second."""
        try:
            while not until():
                self.step()
                tick()
        finally:
            self._put_off()

    def step(self) -> None:
        """Do one turn: read rows, lease, submit, wait, record."""
        self._plan()
        self._turn(0.0 if self.readings else TICK_S)

    def _turn(self, wait_s: float) -> None:
        room = self.engine.capacity - len(self.flying)
        if room > 0:
            for leased in self.store.lease(self.name, room, self.lease_s):
                name = (leased.job, leased.idx)
                if name in self.flying:  # this process was held up and its own lease has ended: the task still runs
                    continue
                self.flying[name] = leased
                self.engine.submit(name, leased.task)
        for outcome in self.engine.finished(wait_s):
            self._record(outcome)
        if time.monotonic() - self._renewed > self.lease_s / 4:
            self.store.renew(self.name, list(self.flying), self.lease_s)
            self._renewed = time.monotonic()
        self.ended += self.store.settle(self.retention_s)

    def _plan(self) -> None:
        """Read on in every table that is being read, each for a moment; begin with one more if another key has one."""
        if len(self.readings) < MOST_READINGS:
            job = self.store.claim(self.name, self.lease_s, [one.job["owner"] for one in self.readings])
            if job is not None:
                self.readings.append(_Reading(job))
        for reading in list(self.readings):
            try:
                more = self._read(reading)
            except BaseException:
                self.readings.remove(reading)
                reading.close()
                raise
            if not more:
                self.readings.remove(reading)
                reading.close()

    def _read(self, reading: _Reading) -> bool:
        """Read on in a table for a moment; whether there is more to read."""
        job = reading.job
        try:
            cut = self._read_on(reading)
            if cut is None:
                return True
            cuts, written = cut
            self._limit(job, cuts[-1][1] if cuts else 0, written)
        except _Lost:  # the job is cancelled, or another worker has it
            return False
        except InputError as error:
            problems = [problem._asdict() for problem in error.problems]
            code = problems[0]["code"] if problems else error.code
            problem = {"code": code, "detail": error.message, "errors": problems}
            self.store.fail(job["id"], problem, self.retention_s, reading.cost)
        except _TooMany as error:
            self._make_room(job)
            self.store.fail(job["id"], error.args[0], self.retention_s, reading.cost)
        except (StorageRefused, *database.AWAY):
            raise
        except Exception as error:  # noqa: BLE001 - the job reports it, and other jobs continue
            self._cannot_read(job, error)
        else:
            self.store.plan(job["id"], self.name, cuts, cuts[-1][1] if cuts else 0, written)
        return False

    def _read_on(self, reading: _Reading) -> planner.Cut | None:
        """Read on until the moment is over; the chunks if all is read."""
        job, until = reading.job, time.monotonic() + TICK_S
        if reading.steps is None:
            reading.steps = planner.cutting(job["source"], job["options"], job["folder"])
        while True:
            try:
                rows, size, declared = next(reading.steps)
            except StopIteration as end:
                cut: planner.Cut = end.value
                return cut
            now = time.monotonic()
            if declared > reading.declared:
                reading.declared = declared
                self._limit(job, declared, size)
            reading.rows = rows
            if now - reading.kept >= min(1.0, self.lease_s / 4):
                reading.kept = now
                self._limit(job, rows, size)
                if not self.store.keep(job["id"], self.name, self.lease_s):
                    raise _Lost
            if now >= until:
                self.on_read(rows)
                return None

    def _put_off(self) -> None:
        """Stop reading: another worker may go on at once."""
        for reading in self.readings:
            reading.close()
            with contextlib.suppress(*database.AWAY):  # the lease ends by itself
                self.store.put_off(reading.job["id"], self.name, 0.0, None)
        self.readings.clear()

    def _limit(self, job: dict[str, Any], rows: int, size: int) -> None:
        rows -= job["rows_total"] or 0  # the rows of a grid were counted when it was submitted
        problem = self.limit_rows(job["owner"], rows, size) if self.limit_rows else None
        if problem:
            raise _TooMany(problem)

    def _cannot_read(self, job: dict[str, Any], error: Exception) -> None:
        """Put off a job whose rows could not be read, or end it if a later attempt cannot help."""
        tries = self._tries[job["id"]] = self._tries.get(job["id"], 0) + 1
        if isinstance(error, OSError):
            detail = os.strerror(error.errno) if error.errno else type(error).__name__
            problem = {"code": "storage", "detail": f"The rows cannot be read: {detail}."}
            again = self.patient and not isinstance(error, FileNotFoundError) and tries < MOST_ATTEMPTS
            self._make_room(job)
        else:
            problem = {"code": "ours", "detail": f"{WHY['ours']} ({type(error).__name__})"}
            again = tries < MOST_FAILURES
        if again:
            wait = min(STORAGE_WAIT_S * 2.0 ** (tries - 1), LONGEST_STORAGE_WAIT_S) if self.patient else 0.0
            self.store.put_off(job["id"], self.name, wait, problem)
        else:
            self.store.fail(job["id"], problem, self.retention_s)

    @staticmethod
    def _make_room(job: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the rows written so far take room on the disk that other jobs need
            storage.remove(storage.join(job["folder"], "rows"))

    def _record(self, outcome: Outcome) -> None:
        leased = self.flying.pop(outcome.name)
        if outcome.result is not None:
            self._refused = 0
            self.store.done(leased.job, leased.idx, outcome.result)
            return
        problem = {"code": outcome.failure, "detail": f"{WHY[outcome.failure]} ({outcome.detail})", "chunk": leased.idx}
        if outcome.failure == "storage":
            self._refused += 1
            self.store.give_back(leased.job, leased.idx, self.name, STORAGE_WAIT_S if self.patient else 0.5, problem)
            if not self.patient and self._refused >= 3 * self.engine.capacity:
                raise StorageRefused(outcome.detail)
        elif leased.attempts >= (MOST_FAILURES if outcome.failure == "ours" else MOST_ATTEMPTS):
            self.store.fail(leased.job, problem, self.retention_s)
        else:
            wait = min(0.05 * 2.0**leased.attempts, LONGEST_WAIT_S)
            self.store.give_back(leased.job, leased.idx, self.name, wait, problem)


def progress(job: Mapping[str, Any], now: float, before: int = 0) -> dict[str, Any]:
    """Progress of a job: rows, chunks, rate and time left; `before` is the number of rows that earlier runs have finished."""
    done, total = job["rows_done"], job["rows_total"]
    spent = (job["ended"] or now) - job["started"] if job["started"] else 0.0
    rate = (done - before) / spent if spent > 0 else 0.0
    left = (total - done) / rate if rate and total is not None else None
    return {
        "rows_done": done,
        "rows_total": total,
        "rows_bad": job["rows_bad"],
        "chunks_done": job["chunks_done"],
        "chunks_total": job["chunks_total"],
        "rows_per_s": round(rate, 1),
        "eta_s": round(left, 1) if left is not None else None,
    }
