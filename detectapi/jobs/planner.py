"""Read the rows of a job once and divide them into chunks: files of rows for a table, bounds for a grid."""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

from detectapi.batch import files, grid, storage
from detectapi.batch.options import Options
from detectapi.batch.storage import input_place
from detectapi.jobs import processes
from detectapi.values.errors import InputError, Problem

MEMORY_BYTES = 1024 * 1024 * 1024
"""Memory that the process which reads a binary table may use. A table that needs more ends that process only. [bytes]"""


WAIT_S = 0.05
"""Time that is waited for a table whose process has read nothing more. [s]"""


class ReaderKilled(Exception):
    """The process that reads a table was killed from outside, so the table itself may be right."""


MOST_CHUNKS = 1_000_000
"""Chunks of the largest grid that is accepted. The list of chunks is held in memory."""


def bounds(total: int, chunk_rows: int) -> list[tuple[int, int]]:
    """The first row of each chunk, and the row after its last."""
    return [(start, min(start + chunk_rows, total)) for start in range(0, total, chunk_rows)]


class Progress(NamedTuple):
    """How far a table is read.

    Attributes
    ----------
    rows : int
        Read so far.
    size : int
        Written so far. [bytes]
    declared : int
        Rows that a binary table says it has, as far as it has been looked at.
    """

    rows: int
    size: int
    declared: int


Cut = tuple[list[tuple[int, int]], int]
"""Bounds of the chunks, and bytes written."""


def cut(source: dict[str, Any], options: Options, folder: str) -> Cut:
    """Divide the rows of a job into chunks, all at once; as `cutting` does."""
    steps = cutting(source, options, folder)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Cut = end.value
            return result


def cutting(source: dict[str, Any], options: Options, folder: str) -> Generator[Progress, None, Cut]:
    """Divide the rows of a job into chunks, step by step, so that other jobs have their turn between two steps.

    Parameters
    ----------
    source : dict
        ``{"grid": axes}`` or ``{"file": path, "format": file_format}``.
    options : Options
    folder : str
        Where the files of rows are written.

    Yields
    ------
    Progress

    Returns
    -------
    tuple
        Bounds of the chunks, and bytes written.

    Raises
    ------
    InputError
        The table as a whole cannot be read.
    ReaderKilled
        The process that reads the table was killed from outside.
    """
    if "grid" in source:
        size = grid.size(source["grid"])
        if size > MOST_CHUNKS * options.chunk_rows:
            raise InputError(
                f"A grid has at most {MOST_CHUNKS} chunks; with chunks of {options.chunk_rows} rows this one has more.",
                code="too-large",
            )
        return bounds(size, options.chunk_rows), 0
    total = written = declared = 0
    lines: list[str] = []

    def flush(index):
        raw = "\n".join(lines).encode("utf-8", "surrogatepass")
        storage.write(input_place(folder, index), raw)
        lines.clear()
        return len(raw)

    with storage.local_copy(source["file"]) as path:
        for line in row_lines(path, source["format"]):
            if line is None or isinstance(line, int):
                declared = line or declared
                yield Progress(total, written, declared)
                continue
            lines.append(line)
            total += 1
            if len(lines) == options.chunk_rows:
                written += flush((total - 1) // options.chunk_rows)
            if total % files.SLICE_ROWS == 0 or not lines:
                yield Progress(total, written, declared)
    if lines:
        written += flush((total - 1) // options.chunk_rows)
    return bounds(total, options.chunk_rows), written


def row_lines(path: str, file_format: str) -> Iterator[str | int | None]:
    """Rows of a file as lines. A process of its own, with bounded memory, reads a binary table.

    Yields
    ------
    str, int or None
        A line; how many rows the table declares; None where nothing has been read for a moment.
    """
    if file_format in ("csv", "ndjson"):
        for number, row in files.read(path, file_format):
            yield files.to_line(number, row)
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_read_bounded, args=(theirs, path, file_format), daemon=True)
    processes.start(process)
    theirs.close()
    try:
        while True:
            while not ours.poll(WAIT_S):
                yield None
            lines = ours.recv()
            if lines is None:
                return
            if isinstance(lines, dict):
                problems = [Problem(**problem) for problem in lines["problems"]]
                raise InputError(lines["message"], code=problems[0].code, problems=problems)
            if isinstance(lines, int):
                yield lines
            else:
                yield from lines
    except EOFError:
        process.join()
        if process.exitcode == -signal.SIGKILL:
            raise ReaderKilled from None
        raise InputError(
            f"Not a {file_format} file that can be read in bounded memory.", code="malformed-file"
        ) from None
    finally:
        ours.close()
        process.kill()
        process.join()


def _read_bounded(connection, path: str, file_format: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet  # noqa: F401 - loaded before the memory is bounded

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    pa.set_memory_pool(pa.system_memory_pool())
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines: list[str] = []
    try:
        for number, row in files.read(path, file_format, connection.send):
            lines.append(files.to_line(number, row))
            if len(lines) >= files.SLICE_ROWS:
                connection.send(lines)
                lines = []
        connection.send(lines)
        connection.send(None)
    except InputError as error:
        connection.send({"message": error.message, "problems": [problem._asdict() for problem in error.problems]})
    except MemoryError:
        message = f"Not a {file_format} file that can be read in bounded memory."
        connection.send({"message": message, "problems": [Problem("", "malformed-file", message)._asdict()]})
