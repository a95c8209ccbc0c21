"""A grid: lists of values by column, and every combination of them a row; made when needed, never held as a whole."""

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
        By column a value, a list of values, or ``{"from": a, "to": b, "step": c}`` (b included where the steps meet it);
        a value may be a range ``{"low": a, "high": b}`` where the column has ranges.

    Raises
    ------
    InputError
    """
    problems: list[Problem] = []
    found: dict[str, list[Any]] = {}
    if not isinstance(grid, Mapping) or not grid:
        raise InputError("A grid is an object with a value, a list or from, to and step for each column.", code="type")
    for name, given in grid.items():
        pointer = f"/{name}".replace("~", "~0")
        if name not in COLUMNS or name == "id":
            problems.append(
                Problem(pointer, "unknown-column", "Unknown column.", tuple(nearest(name, COLUMNS) or PLACES))
            )
            continue
        try:
            found[name] = _values(name, given)
        except ValueError as error:
            problems.append(Problem(pointer, "grid", str(error)))
    if problems:
        raise InputError("The grid needs attention.", problems=problems)
    return found


def _values(name: str, given) -> list[Any]:
    if isinstance(given, Mapping):
        if set(given) == {"low", "high"} and name in RANGED:
            return [given]
        if set(given) != {"from", "to", "step"}:
            raise ValueError("Must be a value, a list, or an object with from, to and step.")
        ends = [given[key] for key in ("from", "to", "step")]
        if any(isinstance(v, bool) or not isinstance(v, (int, float)) or not math.isfinite(v) for v in ends):
            raise ValueError("from, to and step must be finite numbers.")
        start, stop, step = ends
        if step <= 0 or stop < start or (stop - start) / step >= MOST_VALUES:
            raise ValueError(f"from must not be above to, step above 0, and there are at most {MOST_VALUES} values.")
        count = math.floor((stop - start) / step + 1e-9) + 1
        return [float(f"{start + i * step:.12g}") for i in range(count)]
    values = given if isinstance(given, list) else [given]
    if not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(f"A list must have 1 to {MOST_VALUES} values.")
    return values


def size(found: Mapping[str, list[Any]]) -> int:
    """Number of rows."""
    return math.prod(len(values) for values in found.values())


def varying(found: Mapping[str, list[Any]]) -> tuple[str, ...]:
    """The columns in which the rows differ; of ranges, their ends. What a result repeats where nothing else was asked for."""
    names = []
    for name, values in found.items():
        if len(values) > 1:
            ranges = [isinstance(value, Mapping) for value in values]
            names += [] if all(ranges) else [name]
            names += [f"{name}_low", f"{name}_high"] if any(ranges) else []
    return tuple(names)


def rows(found: Mapping[str, list[Any]], start: int, stop: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows ``start`` to ``stop`` (from 0, stop excluded) with their numbers (from 1); the last column moves fastest."""
    names, lists = list(found), list(found.values())
    for index in range(start, stop):
        row, rest = {}, index
        for name, values in zip(reversed(names), reversed(lists), strict=True):
            rest, here = divmod(rest, len(values))
            row[name] = values[here]
        yield index + 1, row
