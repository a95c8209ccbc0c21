"""A grid: lists of values by column. Every combination of values is a row; rows are made when they are needed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from detectapi.values.errors import InputError, Problem, nearest
from schemas.row import COLUMNS, PLACES, RANGED

MOST_VALUES = 1_000_000


def axes(grid: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values of each column.

    Parameters
    ----------
    grid : dict
        By column a value, a list of values, or ``{"from": a, "to": b, "step": c}``, which includes b if a whole number of
        steps reaches it. In a column that takes ranges a value may be ``{"low": a, "high": b}``.

    Raises
    ------
    InputError
        With every mistake in the grid.
    """
    problems: list[Problem] = []
    columns: dict[str, list[Any]] = {}
    if not isinstance(grid, Mapping) or not grid:
        raise InputError("A grid is an object with a value, a list or from, to and step for each column.", code="type")
    for name, content in grid.items():
        pointer = f"/{name}".replace("~", "~0")
        if name not in COLUMNS or name == "id":
            problems.append(
                Problem(pointer, "unknown-column", "Unknown column.", tuple(nearest(name, COLUMNS) or PLACES))
            )
            continue
        try:
            columns[name] = _values(name, content)
        except ValueError as error:
            problems.append(Problem(pointer, "grid", str(error)))
    if problems:
        raise InputError("The grid needs attention.", problems=problems)
    return columns


def _values(name: str, content: Any) -> list[Any]:
    if isinstance(content, Mapping):
        if set(content) == {"low", "high"} and name in RANGED:
            return [content]
        if set(content) != {"from", "to", "step"}:
            raise ValueError("Must be a value, a list, or an object with from, to and step.")
        ends = [content[key] for key in ("from", "to", "step")]
        if any(isinstance(v, bool) or not isinstance(v, (int, float)) or not math.isfinite(v) for v in ends):
            raise ValueError("from, to and step must be finite numbers.")
        start, stop, step = ends
        if step <= 0 or stop < start or (stop - start) / step >= MOST_VALUES:
            raise ValueError(f"from must not be above to, step above 0, and there are at most {MOST_VALUES} values.")
        count = math.floor((stop - start) / step + 1e-9) + 1
        return [float(f"{start + i * step:.12g}") for i in range(count)]
    values = content if isinstance(content, list) else [content]
    if not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(f"A list must have 1 to {MOST_VALUES} values.")
    return values


def size(columns: Mapping[str, list[Any]]) -> int:
    """The number of rows."""
    return math.prod(len(values) for values in columns.values())


def varying(columns: Mapping[str, list[Any]]) -> tuple[str, ...]:
    """The columns in which rows differ, with both ends of a range. A result repeats these by default."""
    names = []
    for name, values in columns.items():
        if len(values) > 1:
            ranges = [isinstance(value, Mapping) for value in values]
            names += [] if all(ranges) else [name]
            names += [f"{name}_low", f"{name}_high"] if any(ranges) else []
    return tuple(names)


def rows(columns: Mapping[str, list[Any]], start: int, stop: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows ``start`` to ``stop`` (from 0, without ``stop``), with their numbers (from 1). The last column varies fastest."""
    names, lists = list(columns), list(columns.values())
    for index in range(start, stop):
        row, rest = {}, index
        for name, values in zip(reversed(names), reversed(lists), strict=True):
            rest, here = divmod(rest, len(values))
            row[name] = values[here]
        yield index + 1, row
