"""Where jobs are handed in and looked after: what the web asks for, without the web."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from detectapi import service
from detectapi.batch import about, database, grid, storage, table, tables
from detectapi.batch.keys import Caller, Keys, pepper
from detectapi.batch.options import Options
from detectapi.batch.runner import progress
from detectapi.batch.settings import DAY_S, Quota, Settings
from detectapi.batch.store import ACTIVE, TERMINAL, Store, errors_place, new_id, part_place
from detectapi.errors import DetectError

FINISHED = ("succeeded", "partial", "cancelled")


class OverQuota(DetectError):
    """A key's jobs would take more than they may; ``what`` is rows, jobs or bytes."""

    code = "quota-exceeded"

    def __init__(self, what: str, most: int):
        super().__init__(_WORDS[what].format(most=most), code=f"quota-{what}")
        self.what = what


_WORDS = {
    "jobs": "This key may have {most} unfinished jobs at once. Wait for one to end, or cancel one.",
    "rows": "This key may hand in {most} rows in 24 hours.",
    "bytes": "The jobs of this key may keep {most} bytes. Delete jobs that are no longer needed.",
}


class Desk:
    """Jobs of all callers.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.engine = database.connect(settings.database)
        if settings.database.startswith("sqlite"):
            database.upgrade(self.engine)
        self.store = Store(self.engine)
        self.keys = Keys(self.engine, pepper(settings), settings.quota)

    # -- handing in ---------------------------------------------------------------------------------------------------

    def spool(self) -> tuple[str, str]:
        """A new job id, and the local path to which its table is to be written."""
        job = new_id()
        folder = Path(tempfile.gettempdir() if "://" in self.settings.folder else self.settings.folder) / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return job, str(folder / job)

    def submit_table(
        self, caller: Caller, job: str, path: str, form: str, options, token: str | None
    ) -> tuple[str, bool]:
        """Accept a table that was written to a path of `spool`.

        Parameters
        ----------
        caller : Caller
        job, path : str
            From `spool`; the file is taken away.
        form : str
            ``csv``, ``ndjson``, ``parquet`` or ``arrow``.
        options : dict
            As `schemas.job.JobOptionsForm` loads them.
        token : str or None
            Idempotency key.

        Returns
        -------
        str, bool
            The job, and whether it is new.

        Raises
        ------
        OverQuota, Conflict
        """
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        folder = storage.join(self.settings.folder, job)
        place = storage.join(folder, f"source.{form}")
        try:
            storage.take(path, place)
            return self._submit(caller, job, {"file": place, "format": form}, digest, options, token, None, size)
        finally:
            Path(path).unlink(missing_ok=True)

    def submit_grid(self, caller: Caller, given: Mapping[str, Any], options, token: str | None) -> tuple[str, bool]:
        """Accept a grid.

        Raises
        ------
        InputError, OverQuota, Conflict
        """
        axes = grid.axes(given)
        digest = hashlib.sha256(json.dumps(given).encode()).hexdigest()
        options = {**options, "echo": options["echo"] or grid.varying(axes)}
        return self._submit(caller, new_id(), {"grid": axes}, digest, options, token, grid.size(axes), 0)

    def _submit(self, caller, job, source, digest, options, token, rows, size):
        given = dict(options)
        name = given.pop("name", "")
        how = Options.from_dict({**given, "chunk_rows": self.settings.chunk_rows})
        source_name = "grid.json" if "grid" in source else f"scenarios.{source['format']}"
        described = about.describe(how, digest, source_name)
        folder = storage.join(self.settings.folder, job)
        values = {
            "id": job, "owner": caller.id, "name": name, "source": source, "options": how.to_dict(), "about": described,
            "folder": folder, "rows_total": rows, "bytes": size,
        }  # fmt: skip

        def check(connection):
            self._check(connection, caller.id, caller.quota, rows or 0, size, 1)

        new = False
        try:
            found, new = self.store.submit(values, token, described["request_sha256"], check)
        finally:
            if not new:
                storage.remove(folder)
        return found, new

    def _check(self, connection, owner: str, quota: Quota, rows: int, size: int, jobs: int) -> None:
        j = tables.job.c
        own = j.owner == owner

        def total(what, *where):
            return connection.execute(select(func.coalesce(what, 0)).where(own, *where)).scalar()

        if jobs and total(func.count(), j.state.in_(ACTIVE)) + jobs > quota.jobs:
            raise OverQuota("jobs", quota.jobs)
        if total(func.sum(j.rows_total), j.created > time.time() - DAY_S) + rows > quota.rows:
            raise OverQuota("rows", quota.rows)
        if total(func.sum(j.bytes)) + size > quota.bytes:
            raise OverQuota("bytes", quota.bytes)

    def limit_rows(self, owner: str, rows: int, size: int) -> dict[str, Any] | None:
        """What is wrong with so many rows of an owner, asked when those of a table are counted."""
        quota = self.keys.quota_of(owner)
        try:
            with self.engine.begin() as connection:
                self._check(connection, owner, quota, rows, size, 0)
        except OverQuota as error:
            return {"code": error.code, "detail": error.message}
        return None

    # -- looking after ------------------------------------------------------------------------------------------------

    def job(self, job: str, caller: Caller) -> dict[str, Any] | None:
        """A caller's own job."""
        return self.store.job(job, caller.id)

    def status(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """A job as callers see it."""
        here = f"/v1/jobs/{job['id']}"
        links = {"self": here}
        if job["state"] not in TERMINAL:
            links["cancel"] = f"{here}/cancel"
        if job["state"] in FINISHED:
            links |= {"results": f"{here}/results", "manifest": f"{here}/results/manifest"}
        links["errors"] = f"{here}/errors"
        written = {
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
            written["problem"] = job["problem"]
        return {name: value for name, value in written.items() if value is not None}

    def cancel(self, job: Mapping[str, Any]) -> None:
        """Stop a job."""
        self.store.cancel(job["id"], self.settings.retention_s)

    def delete(self, job: Mapping[str, Any]) -> None:
        """Forget a job that has ended, with its files."""
        storage.remove(job["folder"])
        self.store.remove(job["id"])

    # -- results ------------------------------------------------------------------------------------------------------

    def results(self, job: Mapping[str, Any], form: str) -> tuple[str, str]:
        """The result as a local file, written when first asked for; returns its path and a tag that changes with it.

        Raises
        ------
        OSError
            A part is not as it was written.
        """
        parts = self.store.parts(job["id"])
        named = json.dumps([form, job["about"], [part["sha256"] for part in parts]], sort_keys=True)
        tag = hashlib.sha256(named.encode()).hexdigest()[:32]
        local = job["folder"]
        if storage.is_remote(local):
            local = str(Path(tempfile.gettempdir()) / "detectapi-results" / job["id"])
        path = storage.join(local, f"results-{tag}.{form}")
        if not Path(path).exists():
            with storage.replacing(path) as beside:
                table.write_whole(
                    table.read_parts((part_place(job["folder"], p["idx"]), p["sha256"]) for p in parts),
                    job["options"], job["about"], form, beside,
                )  # fmt: skip
        return path, tag

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
        """Lines of bad rows, in order, of the chunks that are done."""
        problem = job["problem"] or {}
        for one in problem.get("errors", []):
            yield service.to_json_bytes(
                {"row": None, "pointer": one["pointer"], "code": one["code"], "detail": one["detail"]}
            )
        for part in self.store.parts(job["id"]):
            if part["bad"]:
                yield storage.read(errors_place(job["folder"], part["idx"]))


def _clock(moment: float | None) -> str | None:
    return (
        None
        if moment is None
        else datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
