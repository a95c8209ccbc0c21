"""A batch from the command line or a notebook: one job in a store of its own beside the output, which makes it resumable."""

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
"""How long the record beside the output may be locked, or its disk full, until who waits at the terminal is told. [s]"""


class Busy(Exception):
    """Another process is at the same output."""


class Batch:
    """A table or grid of scenarios, to be answered into a file.

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
        Place for rows and parts that workers on other machines reach too; beside the output by default.

    Raises
    ------
    InputError
        The names of the files or the grid are not as they should be.
    """

    def __init__(self, source, output, options: Options, errors=None, shared=None):
        self.source, self.output = Path(source), Path(output)
        self.form = files.format_of(str(output))
        self.errors = Path(errors) if errors else self.output.with_name("errors.ndjson")
        self.state = self.output.with_name(f"{self.output.name}.job")
        self.shared = shared
        _check_places(self.source, self.output, self.errors)
        self.how = _read_source(self.source)
        if "grid" in self.how and not options.echo:
            options = replace(options, echo=grid.varying(self.how["grid"]))
        self.options = options
        self.about = about.describe(options, _sha256(self.source), self.source.name)
        self.store: Store | None = None

    @property
    def id(self) -> str:
        """The same for the same question to the same model: what is half done can be told from what is another thing."""
        return f"job_{hashlib.sha256((self.about['request_sha256'] + self.about['model_sha256']).encode()).hexdigest()[:32]}"

    def job(self) -> dict[str, Any]:
        """The record of this job."""
        found = self.store.job(self.id) if self.store else None
        if found is None:
            raise RuntimeError("the job has not begun")
        return found

    @contextlib.contextmanager
    def opened(self):
        """Begin, or take up again what was begun; yields whether something had been done before."""
        self.state.mkdir(parents=True, exist_ok=True)
        with open(self.state / "lock", "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(str(self.output)) from None
            engine = database.connect(f"sqlite:///{self.state / 'jobs.sqlite'}")
            try:
                database.upgrade(engine)
                self.store = Store(engine, patience_s=PATIENCE_S)
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
        """Compute until the job has come to its end.

        Parameters
        ----------
        executor : str
            ``local``, ``inline`` or ``dask://host:port``.
        workers : int, optional
            Processes of ``local``; as many as there are cores by default.
        tick : callable, optional
            Called with the job's record several times a second; while rows are read, `rows_total` is their number so far.

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

            def read(rows):
                if tick:
                    tick({**self.job(), "rows_total": rows})

            Runner(self.store, engine, patient=False, on_read=read).run(ended)
        finally:
            engine.close()
        return self.job()

    def finish(self, job: Mapping[str, Any]) -> None:
        """Write the output and the list of bad rows, and remove the state.

        Raises
        ------
        ValueError
            The job has not come to a good end.
        OSError
            A part is not as it was written, or the output cannot be written; the state stays.
        """
        if job["state"] not in ("succeeded", "partial"):
            raise ValueError(f"the job is {job['state']}")
        parts = self.store.parts(self.id)
        with storage.replacing(str(self.output)) as path:
            table.write_whole(
                table.read_parts((part_place(job["folder"], p["idx"]), p["sha256"]) for p in parts),
                self.options, self.about, self.form, path,
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
                raise OSError(f"the bad rows of part {part['idx']} are not as they were written")
            yield raw


def run(source, output, options: Options | None = None, **how) -> dict[str, Any]:
    """Answer a table or grid into a file, from Python.

    Parameters
    ----------
    source, output : path
    options : Options, optional
    **how
        As `Batch.run` takes it.

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
    """The output and the list of bad rows are replaced at the end: they must not be each other, nor what is read."""
    places = {"source": source.resolve(), "output": output.resolve(), "errors": errors.resolve()}
    if len(set(places.values())) < len(places):
        same = " and ".join(name for name, place in places.items() if list(places.values()).count(place) > 1)
        raise InputError(f"The same file as {same}: give another -o or --errors.", code="conflict")


def _read_source(path: Path) -> dict[str, Any]:
    if path.suffix.lower() == ".json":
        return {"grid": grid.axes(service.read_json(path.read_bytes()))}
    return {"file": str(path.resolve()), "format": files.format_of(str(path))}


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
