"""`detectapi batch` on a terminal: reads the options, shows progress on stderr, returns the exit code."""

from __future__ import annotations

import contextlib
import sys
import time

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from detectapi.batch.options import Options
from detectapi.jobs import database
from detectapi.jobs.engines import WorkersDieError
from detectapi.jobs.local import Batch, Busy
from detectapi.jobs.runner import StorageRefused, progress
from detectapi.values.errors import InputError
from schemas.row import COLUMNS

PLAIN_EVERY_S = 10.0
"""Time between two lines of progress where there is no terminal. [s]"""
STOPPED = 130
"""The exit code of Ctrl-C, as in shells."""
KEPT = "finished rows are kept, and the same command continues"


def batch(source, output, *, errors, shared, workers, dask, times, echo, **others) -> int:
    """Run a batch and return the exit code."""
    options = Options(times_h=_times(times), echo=_columns(echo), **others)
    kept: dict[str, int] = {}  # noted while it runs, since the record cannot always be read at the end
    try:
        work = Batch(source, output, options, errors=errors, shared=shared)
        with work.opened() as before:
            if before:
                kept["rows"] = work.job()["rows_done"]
                _say(f"continuing: {_rows(kept['rows'])} {'is' if kept['rows'] == 1 else 'are'} finished")
            with _shown(kept.get("rows", 0)) as show:

                def look(job):
                    kept["rows"] = job["rows_done"]
                    show(job)

                job = work.run(f"dask://{dask}" if dask else "local", workers, look)
            return _end(work, job)
    except KeyboardInterrupt:
        _say(f"stopped: {_rows(kept.get('rows', 0))} kept; the same command continues")
        return STOPPED
    except WorkersDieError as error:
        _say(f"cannot go on: {error} {KEPT[0].upper()}{KEPT[1:]}.")
    except StorageRefused as error:
        _say(f"the storage cannot be used: {error}; {KEPT}")
    except Busy:
        _say("another process is writing this output")
        return 2
    except OSError as error:
        place = f": {error.filename}" if isinstance(error.filename, str) else ""
        _say(f"cannot go on: {error.strerror or error}{place}; {KEPT}")
    except OperationalError as error:  # the database is locked, full or read-only
        _say(f"cannot go on: {database.trouble(error)} ({output}.job/jobs.sqlite); {KEPT}")
    except DBAPIError as error:
        _say(f"cannot go on: {database.trouble(error)}; remove the folder {output}.job to begin again")
    return 1


def _end(work: Batch, job) -> int:
    if job["state"] == "failed":
        problem = job["problem"]
        _say(problem["detail"])
        for one in problem.get("errors", []):
            if one["pointer"] or one["detail"] != problem["detail"]:
                _say(f"{one['pointer'] or 'file'}: {one['detail']}")
        ours = problem["code"] in ("ours", "lost", "storage")
        if problem["code"] == "bad-rows":
            _list_bad(work, job)
        return 1 if ours else 2
    work.finish(job)
    good = job["rows_total"] - job["rows_bad"]
    _say(f"{_rows(good)} in {work.output}")
    if job["rows_bad"]:
        _say(f"{_rows(job['rows_bad'])} cannot be answered: see {work.errors}")
    return 0


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _list_bad(work: Batch, job) -> None:
    from detectapi.batch import storage
    from detectapi.jobs.local import error_lines

    with storage.replacing(str(work.errors)) as path, open(path, "wb") as file:
        file.writelines(error_lines(job["folder"], work.store.parts(work.id)))
    _say(f"see {work.errors}")


def _say(text: str) -> None:
    click.echo(f"detectapi: {text}", err=True)


def _times(text: str) -> tuple[float, ...]:
    try:
        times = tuple(dict.fromkeys(float(word) for word in text.split(",") if word.strip()))
    except ValueError:
        times = (-1.0,)
    if len(times) > 100 or not all(0.0 <= t <= 100_000.0 for t in times):
        raise InputError("At most 100 numbers from 0 to 100000, separated by commas.", pointer="/times_h", code="type")
    return times


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(word.strip() for word in text.split(",") if word.strip())
    unknown = [name for name in names if name != "all" and name not in COLUMNS]
    if unknown:
        raise InputError("Unknown column to echo.", pointer="/echo", code="unknown-column", allowed=["all", *COLUMNS])
    return names


@contextlib.contextmanager
def _shown(before: int):
    """Show the progress of a job: a bar on a terminal, else a line from time to time.

    `before` is the number of rows that earlier runs have finished.
    """
    if sys.stderr.isatty():
        with contextlib.suppress(ImportError):
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[speed]}"),
            )  # fmt: skip
            with Progress(*columns, console=Console(stderr=True)) as bar:
                task = bar.add_task("reading rows", total=None, speed="")

                def show(job):
                    if job["chunks_total"] is None:
                        bar.update(task, completed=job["rows_total"] or 0)
                        return
                    so_far = progress(job, time.time(), before)
                    done, total = so_far["rows_done"], so_far["rows_total"]
                    bar.update(task, description="rows", completed=done, total=total, speed=_speed(so_far))

                yield show
            return
    last = time.monotonic()

    def say(job):
        nonlocal last
        if time.monotonic() - last >= PLAIN_EVERY_S:
            last = time.monotonic()
            if job["chunks_total"] is None:
                _say(f"reading rows: {job['rows_total'] or 0} so far")
                return
            so_far = progress(job, time.time(), before)
            _say(f"{so_far['rows_done']} of {so_far['rows_total']} rows, {_speed(so_far)}")

    yield say


def _speed(so_far) -> str:
    """Rows per second since the start, and the time left at this rate."""
    text = f"{so_far['rows_per_s']:,.0f} rows/s"
    if so_far["eta_s"] is None:
        return text
    minutes, seconds = divmod(round(so_far["eta_s"]), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{text}, {f'{hours}:{minutes:02}' if hours else minutes}:{seconds:02} left"
