"""A batch of the command line or a notebook: one job, recorded beside its output, so that it can be continued after a stop."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from detectapi import service
from detectapi.batch import about, files, grid, storage, table
from detectapi.batch.options import Options
from detectapi.batch.storage import errors_place, part_place
from detectapi.jobs import database
from detectapi.jobs.engines import from_address
from detectapi.jobs.runner import Runner
from detectapi.jobs.store import TERMINAL, Store
from detectapi.values.errors import InputError

PATIENCE_S = 20.0
"""Time for which a locked record or a full disk is tried again, before the command ends with a message. [s]"""


class Busy(Exception):
    """Another process is writing the same output."""


class Batch:
    """A table or grid of scenarios, and the file that its results go to.

    Parameters
    ----------
    source : str
        A table (``.csv``, ``.ndjson``, ``.parquet``, ``.arrow``) or a grid (``.json``).
    output : str
        Its ending decides the format.
    options : Options
    errors : str, optional
        Where bad rows are listed; ``errors.ndjson`` beside the output by default.
    shared : str, optional
        Where rows and parts are stored, if workers on other machines must reach them; beside the output by default.

    Raises
    ------
    InputError
        Two of the files are the same, the ending of a file is unknown, or the grid is wrong.
    """

    def __init__(self, source, output, options: Options, errors=None, shared=None):
        self.source, self.output = Path(source), Path(output)
        self.file_format = files.format_of(str(output))
        self.errors = Path(errors) if errors else self.output.with_name("errors.ndjson")
        self.state = self.output.with_name(f"{self.output.name}.job")
        self.shared = shared
        _check_places(self.source, self.output, self.errors)
        self.how = _read_source(self.source)
        if "grid" in self.how and not options.echo:
            options = replace(options, echo=grid.varying(self.how["grid"]))
        self.options = options
        self.about = about.describe(options, _sha256(self.source), self.source.name)
        self._store: Store | None = None

    @property
    def id(self) -> str:
        """The id: the same for the same request to the same model, so that a batch continues only its own parts."""
        return f"job_{hashlib.sha256((self.about['request_sha256'] + self.about['model_sha256']).encode()).hexdigest()[:32]}"

    @property
    def store(self) -> Store:
        """The record of batches, once the batch is open."""
        if self._store is None:
            raise RuntimeError("the job has not begun")
        return self._store

    def job(self) -> dict[str, Any]:
        """The record of this job."""
        job = self._store.job(self.id) if self._store else None
        if job is None:
            raise RuntimeError("the job has not begun")
        return job

    @contextlib.contextmanager
    def opened(self):
        """Begin the job, or continue it; yields whether an earlier run has finished some of its chunks."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)  # rows of people are in it
        with open(self.state / "lock", "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(str(self.output)) from None
            engine = database.connect(f"sqlite:///{self.state / 'jobs.sqlite'}")
            try:
                database.upgrade(engine)
                self._store = Store(engine, patience_s=PATIENCE_S)
                known = self.store.job(self.id)
                if known is None:
                    self._begin()
                else:
                    self.store.reopen(self.id)
                yield known is not None and known["chunks_done"] > 0
            finally:
                engine.dispose()

    def _begin(self) -> None:
        for name in ("rows", "parts"):
            shutil.rmtree(self.state / name, ignore_errors=True)
        folder = storage.join(self.shared, self.id) if self.shared else str(self.state.resolve())
        self.store.submit({
            "id": self.id, "owner": "", "name": self.source.name[:200], "source": self.how, "options": self.options.to_dict(),
            "about": self.about, "folder": folder,
        })  # fmt: skip

    def run(
        self, executor: str = "local", workers: int | None = None, tick: Callable[[dict[str, Any]], None] | None = None
    ):
        """Compute until the job has ended.

        Parameters
        ----------
        executor : str
            ``local``, ``inline`` or ``dask://host:port``.
        workers : int, optional
            Processes of ``local``; one per core by default.
        tick : callable, optional
            Called with the record of the job several times a second; while rows are read, `rows_total` is their number so far.

        Returns
        -------
        dict
            The record of the job.
        """
        engine = from_address(executor, workers)
        try:

            def ended():
                job = self.job()
                if tick:
                    tick(job)
                return job["state"] in TERMINAL

            def count(rows):
                if tick:
                    tick({**self.job(), "rows_total": rows})

            Runner(self.store, engine, patient=False, on_read=count).run(ended)
        finally:
            engine.close()
        return self.job()

    def finish(self, job: Mapping[str, Any]) -> None:
        """Write the output and the list of bad rows, and remove the state.

        Raises
        ------
        ValueError
            The job has not succeeded.
        OSError
            A part has changed since it was written, or the output cannot be written; the record is kept.
        """
        if job["state"] not in ("succeeded", "partial"):
            raise ValueError(f"the job is {job['state']}")
        parts = self.store.parts(self.id)
        with storage.replacing(str(self.output)) as path:
            table.write_whole(
                table.read_parts((part_place(job["folder"], p["idx"]), p["sha256"]) for p in parts),
                self.options, self.about, self.file_format, path,
            )  # fmt: skip
        if job["rows_bad"]:
            with storage.replacing(str(self.errors)) as path, open(path, "wb") as file:
                for raw in error_lines(job["folder"], parts):
                    file.write(raw)
        else:
            self.errors.unlink(missing_ok=True)
        if self.shared:
            storage.remove(job["folder"])
        shutil.rmtree(self.state, ignore_errors=True)


def error_lines(folder: str, parts):
    """The bad rows of all parts in order, as bytes."""
    for part in parts:
        if part["bad"]:
            raw = storage.read(errors_place(folder, part["idx"]))
            if hashlib.sha256(raw).hexdigest() != part["errors_sha256"]:
                raise OSError(f"the bad rows of part {part['idx']} have changed since they were written")
            yield raw


def run(source, output, options: Options | None = None, **how) -> dict[str, Any]:
    """Answer a table or grid into a file, from Python.

    Parameters
    ----------
    source, output : path
    options : Options, optional
    **how
        Arguments of `Batch.run`.

    Returns
    -------
    dict
        ``state``, ``rows_total``, ``rows_bad``.
    """
    batch = Batch(source, output, options or Options())
    with batch.opened():
        job = batch.run(**how)
        if job["state"] in ("succeeded", "partial"):
            batch.finish(job)
    return {name: job[name] for name in ("state", "rows_total", "rows_bad", "problem")}


def _check_places(source: Path, output: Path, errors: Path) -> None:
    """Refuse places that are the same file: the output and the list of bad rows are replaced at the end."""
    places = {"source": source.resolve(), "output": output.resolve(), "errors": errors.resolve()}
    if len(set(places.values())) < len(places):
        same = " and ".join(name for name, place in places.items() if list(places.values()).count(place) > 1)
        raise InputError(f"The {same} are the same file: give another -o or --errors.", code="conflict")


def _read_source(path: Path) -> dict[str, Any]:
    if path.suffix.lower() == ".json":
        return {"grid": grid.axes(service.read_json(path.read_bytes()))}
    return {"file": str(path.resolve()), "format": files.format_of(str(path))}


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
