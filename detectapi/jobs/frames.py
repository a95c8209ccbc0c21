"""Slices of a data frame, answered in this process or in several, in the order of the rows and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from detectapi.batch import frames, interpretations
from detectapi.batch.options import ON_ERROR, Options
from detectapi.jobs.engines import Local, Work
from detectapi.values.errors import DetectError, InputError

MOST_PROCESSES = 1000
WAIT_S = 10.0
"""Longest time that is waited for a result before processes are looked at again. [s]"""
QUESTIONS = 4
"""Questions about results in one task: each takes about half a second."""
AHEAD = 4
"""Slices for each process that may be begun while an earlier one is not finished."""
MOST_DEATHS = 3
"""Times that a slice is begun again whose process died."""


class FrameError(DetectError):
    """A process that answers rows failed. This is a fault of the program or of the machine, not of the rows."""

    code = "frame"


def answered(frame: Any, options: Options, processes: int) -> Any:
    """The answers to a table of scenarios, as the same kind of table.

    Raises
    ------
    InputError
        The table as a whole cannot be read, or a row is wrong and ``on_error`` is ``fail``.
    """
    slices = frames.slices(frames.stream(frame), options.chunk_rows)
    tasks = ({"options": options.to_dict(), **some} for some in slices)
    columns = frames.columns_of(options)
    results = in_order(tasks, frames.compute, processes)
    return frames.like(frame, columns, _batches(results, columns, options.on_error))


def interpreted(frame: Any, options: Mapping[str, Any], on_error: str, processes: int) -> Any:
    """The answers to a table of questions about measured results, as the same kind of table.

    Raises
    ------
    InputError
        As of `answered`.
    """
    if on_error not in ON_ERROR:
        raise InputError("Unknown word.", pointer="/on_error", code="choice", allowed=ON_ERROR)
    asked = interpretations.checked(options)
    slices = frames.slices(frames.stream(frame), QUESTIONS)
    tasks = ({"options": asked, **some} for some in slices)
    columns = interpretations.columns()
    results = in_order(tasks, interpretations.compute, processes)
    return frames.like(frame, columns, _batches(results, columns, on_error))


def _batches(results: Iterable[Mapping[str, Any]], columns: pa.Schema, on_error: str) -> Iterator[pa.RecordBatch]:
    """The lines of results; an error in place of a wrong row where ``on_error`` is ``fail``."""
    for result in results:
        if on_error == "fail" and result["bad"]:
            number, mistakes = next(iter(frames.by_row(result["bad"]).items()))
            problems = [frames.problem(line) for line in mistakes]
            in_frame = [one._replace(pointer=f"/rows/{number - 1}{one.pointer}") for one in problems]
            raise InputError(f"Row {number} cannot be answered.", problems=in_frame)
        for batch in frames.unpacked(result["table"]):
            yield batch.cast(columns)


def in_order(tasks: Iterable[Mapping[str, Any]], work: Work, processes: int) -> Iterator[Mapping[str, Any]]:
    """Results of tasks in their order.

    Parameters
    ----------
    tasks : iterable of dict
        Plain data. A task is taken only when there is room for it.
    work : callable
        A function of a module.
    processes : int
        1 for this process.

    Raises
    ------
    InputError
        `processes` is no number of processes.
    FrameError
        A process failed.
    """
    if isinstance(processes, bool) or not isinstance(processes, int) or not 1 <= processes <= MOST_PROCESSES:
        raise InputError(f"Must be a whole number from 1 to {MOST_PROCESSES}.", pointer="/processes", code="range")
    return map(work, tasks) if processes == 1 else _side_by_side(tasks, work, processes)


def _side_by_side(tasks: Iterable[Mapping[str, Any]], work: Work, processes: int) -> Iterator[Mapping[str, Any]]:
    engine = Local(processes, work)
    try:
        yield from _shared_out(enumerate(tasks), engine)
    finally:
        engine.close()


def _shared_out(waiting: Iterator[tuple[int, Mapping[str, Any]]], engine: Local) -> Iterator[Mapping[str, Any]]:
    """Give each free process the next task, and yield what is finished once all before it is."""
    flying: dict[int, Mapping[str, Any]] = {}
    finished: dict[int, Mapping[str, Any]] = {}
    deaths: dict[int, int] = {}
    following, more = 0, True
    while more or flying:
        while more and len(flying) < engine.capacity and len(flying) + len(finished) < AHEAD * engine.capacity:
            number, task = next(waiting, (-1, {}))
            more = number >= 0
            if more:
                flying[number] = task
                engine.submit(number, task)
        for outcome in engine.finished(WAIT_S) if flying else ():
            task = flying.pop(outcome.name)
            if outcome.result is not None:
                finished[outcome.name] = outcome.result
            elif outcome.failure == "lost" and deaths.get(outcome.name, 0) < MOST_DEATHS:
                deaths[outcome.name] = deaths.get(outcome.name, 0) + 1
                flying[outcome.name] = task
                engine.submit(outcome.name, task)
            else:
                raise FrameError(f"A process that answers rows failed: {outcome.detail}.")
        while following in finished:
            yield finished.pop(following)
            following += 1
