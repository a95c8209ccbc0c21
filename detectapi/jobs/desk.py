"""What a server does with jobs: accept, list, cancel and delete them, and write their results. Without the web."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import math
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from detectapi import service
from detectapi.batch import about, grid, storage, table
from detectapi.batch.options import Options
from detectapi.batch.storage import errors_place, part_place
from detectapi.jobs import database, tables
from detectapi.jobs.keys import Caller, Keys, pepper
from detectapi.jobs.runner import progress
from detectapi.jobs.settings import DAY_S, Quota, Settings
from detectapi.jobs.store import ACTIVE, TERMINAL, Store, new_id
from detectapi.values.errors import DetectError

FINISHED = ("succeeded", "partial", "cancelled")
JOB_ID = re.compile(r"job_[A-Za-z0-9_-]{22}")
ABANDONED_S = 3600.0
"""An upload that has not grown for so long belongs to a process that died. [s]"""

RESULTS = Path(tempfile.gettempdir()) / "detectapi-results"
"""Where results are written whose parts are on other machines."""

WAIT_S = 0.5
"""Time for which a caller waits for the result that another caller's request writes. [s]"""


class Busy(DetectError):
    """Another request is doing this already; ask again soon."""

    code = "busy"


class OverQuota(DetectError):
    """The jobs of a key would exceed its quota; ``what`` is rows, jobs or bytes."""

    code = "quota-exceeded"

    def __init__(self, what: str, most: int):
        super().__init__(_WORDS[what].format(most=most), code=f"quota-{what}")
        self.what = what


_WORDS = {
    "jobs": "This key may have {most} unfinished jobs at once. Wait for one to end, or cancel one.",
    "rows": "This key may submit {most} rows in 24 hours.",
    "bytes": "The jobs of this key may store {most} bytes. Delete jobs that are no longer needed.",
}


class Desk:
    """The jobs of all callers.

    Parameters
    ----------
    settings : Settings
    patience_s : float
        Time for which work is tried again while the database cannot be used: long for workers, short for answers to a
        caller. [s]
    """

    def __init__(self, settings: Settings, patience_s: float = database.PATIENCE_S):
        self.settings = settings
        self.engine = database.connect(settings.database, min(patience_s, database.BUSY_S))
        self._prepare()
        self._cleared = -math.inf
        self._writing = threading.BoundedSemaphore(1)
        self.store = Store(self.engine, patience_s=patience_s)
        self.keys = Keys(self.engine, pepper(settings), settings.quota, patience_s=patience_s)

    def _prepare(self) -> None:
        if self.settings.database.startswith("sqlite"):  # PostgreSQL is upgraded by `detectapi db upgrade`
            with contextlib.suppress(*database.AWAY):
                database.upgrade(self.engine)

    def why_not_ready(self) -> str | None:
        """Why jobs cannot be served; None if they can."""
        try:
            if not database.is_current(self.engine):
                self._prepare()
            current = database.is_current(self.engine)
        except database.AWAY:
            return "The database of jobs does not answer."
        return None if current else "The tables of jobs are of another version: run detectapi db upgrade."

    # -- new jobs -----------------------------------------------------------------------------------------------------

    def spool(self) -> tuple[str, str]:
        """A new job id, and the local path where the caller writes its table."""
        job = new_id()
        folder = self._incoming()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return job, str(folder / job)

    def _incoming(self) -> Path:
        if storage.is_remote(self.settings.folder):
            return Path(tempfile.gettempdir()) / "detectapi-incoming"
        return Path(self.settings.folder) / "incoming"

    def submit_table(
        self, caller: Caller, job: str, path: str, file_format: str, options, token: str | None
    ) -> tuple[str, bool]:
        """Accept a table that was written to a path from `spool`.

        Parameters
        ----------
        caller : Caller
        job, path : str
            From `spool`; the file is moved.
        file_format : str
            ``csv``, ``ndjson``, ``parquet`` or ``arrow``.
        options : dict
            As `schemas.job.JobOptionsForm` loads them.
        token : str or None
            Idempotency-Key.

        Returns
        -------
        str, bool
            Id of the job, and whether it is new.

        Raises
        ------
        OverQuota, Conflict
        """
        folder = storage.join(self.settings.folder, job)
        place = storage.join(folder, f"source.{file_format}")
        try:
            size = os.path.getsize(path)
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            try:
                storage.take(path, place)
            except BaseException:
                storage.remove(folder)
                raise
            source = {"file": place, "format": file_format}
            return self._submit(caller, job, source, digest, options, token, None, size)
        finally:
            Path(path).unlink(missing_ok=True)

    def submit_grid(self, caller: Caller, content: Mapping[str, Any], options, token: str | None) -> tuple[str, bool]:
        """Accept a grid.

        Raises
        ------
        InputError, OverQuota, Conflict
        """
        axes = grid.axes(content)
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        options = {**options, "echo": options["echo"] or grid.varying(axes)}
        return self._submit(caller, new_id(), {"grid": axes}, digest, options, token, grid.size(axes), 0)

    def _submit(self, caller, job, source, digest, options, token, rows, size):
        own = dict(options)
        name = own.pop("name", "")
        how = Options.from_dict({**own, "chunk_rows": self.settings.chunk_rows})
        source_name = "grid.json" if "grid" in source else f"scenarios.{source['format']}"
        described = about.describe(how, digest, source_name)
        folder = storage.join(self.settings.folder, job)
        values = {
            "id": job, "owner": caller.id, "name": name, "source": source, "options": how.to_dict(), "about": described,
            "folder": folder, "rows_total": rows, "bytes": size,
        }  # fmt: skip

        def check(connection):
            self._check(connection, caller.id, caller.quota, rows or 0, size, 1)

        request_sha256 = described["request_sha256"]
        if name:
            request_sha256 = hashlib.sha256(f"{request_sha256} {name}".encode()).hexdigest()
        new = False
        try:
            accepted, new = self.store.submit(values, token, request_sha256, check)
        finally:
            if not new:
                storage.remove(folder)
        return accepted, new

    def _check(self, connection, owner: str, quota: Quota, rows: int, size: int, jobs: int) -> None:
        j = tables.job.c
        own = j.owner == owner

        def total(what, *where):
            return connection.execute(select(func.coalesce(what, 0)).where(own, *where)).scalar()

        if jobs and total(func.count(), j.state.in_(ACTIVE)) + jobs > quota.jobs:
            raise OverQuota("jobs", quota.jobs)
        since, gone = time.time() - DAY_S, tables.spent.c
        deleted = select(func.coalesce(func.sum(gone.rows), 0)).where(gone.owner == owner, gone.created > since)
        spent = total(func.sum(j.rows_total), j.created > since) + connection.execute(deleted).scalar()
        if spent + rows > quota.rows:
            raise OverQuota("rows", quota.rows)
        if total(func.sum(j.bytes)) + size > quota.bytes:
            raise OverQuota("bytes", quota.bytes)

    def limit_rows(self, owner: str, rows: int, size: int) -> dict[str, Any] | None:
        """The problem with so many rows of an owner, None if the quota allows them; called while a table is read."""
        quota = self.keys.quota_of(owner)
        try:
            with self.engine.begin() as connection:
                self._check(connection, owner, quota, rows, size, 0)
        except OverQuota as error:
            return {"code": error.code, "detail": error.message}
        return None

    # -- jobs that exist ----------------------------------------------------------------------------------------------

    def job(self, job: str, caller: Caller) -> dict[str, Any] | None:
        """A job of a caller; None if there is none, or if it is another caller's."""
        return self.store.job(job, caller.id) if JOB_ID.fullmatch(job) else None

    def status(self, job: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
        """A job as clients see it; its links stand under a prefix where a proxy serves the interface under one."""
        here = f"{prefix}/v1/jobs/{job['id']}"
        links = {"self": here}
        if job["state"] not in TERMINAL:
            links["cancel"] = f"{here}/cancel"
        if job["state"] in FINISHED:
            links |= {"results": f"{here}/results", "manifest": f"{here}/results/manifest"}
        links["errors"] = f"{here}/errors"
        shown = {
            "id": job["id"],
            "name": job["name"],
            "state": job["state"],
            "submitted": _clock(job["created"]),
            "started": _clock(job["started"]),
            "ended": _clock(job["ended"]),
            "expires": _clock(job["expires"]),
            "engine": self.settings.executor.partition(":")[0],
            "progress": progress(job, time.time()),
            "reproduce": about.reproduce(job["about"]),
            "links": links,
        }
        if job["problem"]:
            shown["problem"] = job["problem"]
        return {name: value for name, value in shown.items() if value is not None}

    def cancel(self, job: Mapping[str, Any]) -> None:
        """Cancel a job."""
        self.store.cancel(job["id"], self.settings.retention_s)

    def delete(self, job: Mapping[str, Any]) -> None:
        """Remove a job that has ended, and its files."""
        self.store.remove(job["id"])
        with contextlib.suppress(*database.AWAY):  # the job is gone; the log is emptied another time
            database.empty_log(self.engine)
        storage.remove(job["folder"])
        shutil.rmtree(self._local(job), ignore_errors=True)

    def clear(self) -> None:
        """Remove jobs whose retention has passed, and the files of processes that died."""
        for job in self.store.expired():
            self.delete(job)
        if time.monotonic() - self._cleared < ABANDONED_S / 4:  # listing a remote folder takes long
            return
        self._cleared = time.monotonic()
        for place in storage.older(str(self._incoming()), ABANDONED_S):
            Path(place).unlink(missing_ok=True)
        # Only files older than the retention: this may be the wrong database, or one from a backup.
        for folder in {self.settings.folder, str(RESULTS)}:
            for place in storage.older(folder, max(ABANDONED_S, self.settings.retention_s)):
                name = place.rstrip("/").rpartition("/")[2]
                if JOB_ID.fullmatch(name) and self.store.job(name) is None:
                    storage.remove(place)

    # -- results ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _local(job: Mapping[str, Any]) -> str:
        if not storage.is_remote(job["folder"]):
            return job["folder"]
        RESULTS.mkdir(mode=0o700, exist_ok=True)  # not for other users of this machine
        return str(RESULTS / job["id"])

    def results(self, job: Mapping[str, Any], file_format: str) -> tuple[str, str]:
        """The result as a local file, written at the first request; returns its path and a tag that changes with it.

        Raises
        ------
        OSError
            A part has changed since it was written, or the disk is full.
        Busy
            Another request is writing it.
        """
        parts = self.store.parts(job["id"])
        named = json.dumps(
            [file_format, job["about"], job["options"].formula_guard, [part["sha256"] for part in parts]],
            sort_keys=True,
        )
        tag = hashlib.sha256(named.encode()).hexdigest()[:32]
        path = storage.join(self._local(job), f"results-{tag}.{file_format}")
        if not Path(path).exists():
            with self._one_writer(), _alone(f"{path}.lock"):
                if not Path(path).exists():
                    with storage.replacing(path) as beside:
                        table.write_whole(
                            table.read_parts((part_place(job["folder"], p["idx"]), p["sha256"]) for p in parts),
                            job["options"], job["about"], file_format, beside,
                        )  # fmt: skip
        return path, tag

    @contextlib.contextmanager
    def _one_writer(self):
        """One thread of this process writes a result at a time, so that the others can answer callers."""
        if not self._writing.acquire(timeout=WAIT_S):
            raise Busy("Another result is being written.")
        try:
            yield
        finally:
            self._writing.release()

    def manifest(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a result with their hashes."""
        parts = self.store.parts(job["id"])
        return {
            "id": job["id"],
            "state": job["state"],
            "parts": [
                {"part": p["idx"], "rows": p["rows"], "rows_bad": p["bad"], "bytes": p["bytes"], "sha256": p["sha256"]}
                for p in parts
            ],
            "reproduce": about.reproduce(job["about"]),
        }

    def bad_rows(self, job: Mapping[str, Any]) -> Iterator[bytes]:
        """Lines about bad rows, in order, of the finished chunks."""
        problem = job["problem"] or {}
        for one in problem.get("errors", []):
            yield service.to_json_bytes(
                {"row": None, "pointer": one["pointer"], "code": one["code"], "detail": one["detail"]}
            )
        for part in self.store.parts(job["id"]):
            if part["bad"]:
                yield storage.read(errors_place(job["folder"], part["idx"]))


@contextlib.contextmanager
def _alone(path: str):
    """Hold a lock on a file, so that one process of this machine writes at a time; the others wait a little."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as lock:
        end = time.monotonic() + WAIT_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Busy("The result is being written.") from None
                time.sleep(0.05)
        yield
        Path(path).unlink(missing_ok=True)  # a process that has waited then sees the result


def _clock(moment: float | None) -> str | None:
    return (
        None
        if moment is None
        else datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
