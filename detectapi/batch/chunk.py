"""Compute one chunk of rows: its part depends on the rows, the options and the version of the program only."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from detectapi.batch import grid, panels, rows, storage, table
from detectapi.batch.options import Options
from detectapi.batch.reader import Reader
from detectapi.values.errors import DetectError, InputError, Problem


def compute(task: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the rows of a chunk and write its part.

    Parameters
    ----------
    task : dict
        Plain data, so that it can be sent to another machine: ``options``; ``source``, either ``{"file": place}`` or
        ``{"grid": axes, "start": i, "stop": j}``; ``part`` and ``errors``, the places to write to.

    Returns
    -------
    dict
        ``rows``: number of answered rows, a panel once; ``bad``: number of bad rows; ``sha256`` of the part;
        ``errors_sha256``; ``bytes``.

    Raises
    ------
    OSError
        The rows cannot be read or the part cannot be written.
    """
    options = Options.from_dict(task["options"])
    source = task["source"]
    numbered = (
        _from_file(source["file"]) if "file" in source else grid.rows(source["grid"], source["start"], source["stop"])
    )
    good, bad = answer(numbered, options)
    buffer = io.BytesIO()
    table.write_part(table.to_table(good, options), buffer)
    errors = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in bad).encode("utf-8", "replace")
    part = buffer.getvalue()
    return {
        "rows": sum(one["class"] is None for one in good),
        "bad": len({line["row"] for line in bad}),
        "errors_sha256": storage.write(task["errors"], errors),
        "sha256": storage.write(task["part"], part),
        "bytes": len(part) + len(errors),
    }


def _from_file(place: str):
    for line in storage.read(place).splitlines():
        entry = json.loads(line)
        if "row" in entry:
            yield entry["n"], entry["row"]
        else:
            problems = [Problem(**problem) for problem in entry["problems"]]
            yield entry["n"], InputError("The row cannot be read.", problems=problems)


def answer(numbered: Iterable[tuple[int, Any]], options: Options) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Answer numbered rows, and list the mistakes of those that cannot be answered.

    Returns
    -------
    good : list of dict
        In the order of the rows, for `table.to_table`; a panel has one more for each class.
    bad : list of dict
        One for each mistake: ``row``, ``id`` if it has one, ``pointer``, ``code``, ``detail`` and ``allowed``.
    """
    reader = Reader(options.of_a_row)
    readable: list[tuple[int, str, Any, panels.AnyRow]] = []
    bad: list[dict[str, Any]] = []
    for number, row in numbered:
        name = None
        try:
            if isinstance(row, InputError):
                raise row
            name = rows.identity(row, number)
            seed = rows.independent_seed(options.seed, name) if options.sampling == "independent" else None
            readable.append((number, name, row, reader.read(row, seed)))
        except InputError as error:
            bad += lines(number, name, row, error)
    good = []
    answers = panels.answer_rows([ready for *_, ready in readable], options.times_h, options.serial)
    for (number, name, row, _), own in zip(readable, answers, strict=True):
        if isinstance(own, DetectError):
            bad += lines(number, name, row, own)
        else:
            good += [{"number": number, "id": name, "row": row, **one} for one in own]
    bad.sort(key=lambda line: line["row"])
    return good, bad


def lines(number: int, name: str | None, row, error: DetectError) -> Iterable[dict[str, Any]]:
    """One line of `errors.ndjson` for each mistake in a row. It never repeats the wrong value."""
    problems = error.problems if isinstance(error, InputError) else (Problem("", error.code, error.message),)
    flat = isinstance(row, dict) and not rows.is_whole(row)
    for problem in problems:
        place = rows.column(problem.pointer) or problem.pointer if flat else problem.pointer
        line = {"row": number, "pointer": place, "code": problem.code}
        if name is not None and name != str(number):
            line["id"] = name
        line["detail"] = problem.detail
        if problem.allowed is not None:
            line["allowed"] = list(problem.allowed)
        yield line
