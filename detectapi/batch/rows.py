"""A row of a table -> a request, or what is wrong with the row, by column."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from typing import Any

from detectapi import service
from detectapi.values.errors import InputError, Problem, nearest
from schemas.cell import read as read_cell
from schemas.fields import OR_RANGE
from schemas.row import COLUMNS, PLACES, RANGED, WORDS

LONGEST_ID = 200
NO_PLACE = ("include", "times_h", "at")
"""Options of a question that a table has no place for: the times of a batch are those of all its rows."""
NOT_GIVEN = frozenset({"na", "n/a", "#n/a", "nan", "null"})
"""How programs write that there is no value, in small letters: R, spreadsheets, numpy, databases."""
MOST_KINDS = 1000
KNOWN = frozenset(COLUMNS)
ENDS = {f"{name}_{end}": (name, end) for name in RANGED for end in ("low", "high")}
OWN_TEST = tuple(name for name, path in PLACES.items() if path[0] == "assay" and len(path) > 1)
"""Columns that describe a test that is not registered."""
NUMBERS = frozenset(PLACES) - frozenset(WORDS) | frozenset(ENDS)
POINTERS = sorted(((f"/{'/'.join(map(str, path))}", name) for name, path in PLACES.items()), key=lambda p: -len(p[0]))

_seen: dict[Any, dict[str, Any]] = {}  # by kind of row, a request that was loaded


def from_text(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row of text cells with its numbers read; empty cells, and `NOT_GIVEN`, are left out; what is no number stays text."""
    row: dict[str, Any] = {}
    for name, cell in cells.items():
        text = cell.strip()
        if text and (text.lower() not in NOT_GIVEN or name == "id"):
            row[name] = _number(text) if name in NUMBERS else text
    return row


def meant_column(name: str) -> str:
    """The column that a name of a header means: capitals do not matter, and a space is an underscore."""
    plain = re.sub(r"\s+", "_", name.strip().lower())
    return plain if plain in KNOWN or plain in ENDS else name


def _number(text: str):
    try:
        return text if "_" in text else float(text)
    except ValueError:
        return text


def request(row: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The loaded request that a row asks.

    Parameters
    ----------
    row : dict
        By flat names (None is not given), or a whole request; an ``id`` beside either.
    options : dict
        ``draws``, ``seed`` and ``level`` of the job; a whole request may have its own.

    Raises
    ------
    InputError
        With pointers to columns.
    """
    cells = {name: value for name, value in row.items() if value is not None and name != "id"}
    if is_whole(cells):
        return _whole(cells, options)
    problems = [
        Problem(pointer(name), "unknown-column", "Unknown column.", tuple(nearest(name, COLUMNS) or PLACES))
        for name in cells
        if name not in KNOWN
    ]
    flat = _joined({name: value for name, value in cells.items() if name in KNOWN}, problems)
    kind = None if problems else _kind(flat, options)
    known = _seen.get(kind) if kind else None
    loaded = known and _with_numbers(known, flat, options["seed"])
    if loaded:
        return loaded
    try:
        loaded = service.load({**_nested(flat), "options": dict(options)})
    except InputError as error:
        problems += [_of_column(problem) for problem in error.problems]
    if problems:
        raise InputError("The row cannot be answered.", problems=problems)
    if kind:
        if len(_seen) >= MOST_KINDS:
            _seen.clear()
        _seen[kind] = loaded
    return loaded


def _of_column(problem: Problem) -> Problem:
    """A mistake of a request as one of its column, in which a range takes two columns."""
    place = column(problem.pointer)
    name = place.removeprefix("/")
    two_columns = f"; a range goes into {name}_low and {name}_high"
    return problem._replace(
        pointer=place, detail=problem.detail.replace(OR_RANGE, two_columns if name in RANGED else "")
    )


def _kind(flat: Mapping[str, Any], options: Mapping[str, Any]):
    """What two rows must have in common for their requests to differ in numbers only; None where nobody can tell."""
    if set(options) != {"draws", "seed", "level"}:
        return None
    try:
        kind = (options["draws"], options["level"], *((name, flat[name] if name in WORDS else None) for name in flat))
        hash(kind)
    except TypeError:  # a list in place of a word
        return None
    return kind


def _with_numbers(known: Mapping[str, Any], flat: Mapping[str, Any], seed: int) -> dict[str, Any] | None:
    """The request of a row of a kind that was loaded before: each number is read by its own field; None if one refuses.

    Between fields, forms ask only which of them are there, which rows of a kind have in common.
    """
    request = {**known, "options": {**known["options"], "seed": seed}}
    fresh = {}
    for name, value in flat.items():
        if name in WORDS:
            continue
        number = read_cell(name, value)
        if number is None:
            return None
        *above, last = PLACES[name]
        place = request
        for i, step in enumerate(above):
            path = tuple(above[: i + 1])
            if path not in fresh:
                fresh[path] = place[step] = place[step].copy()
            place = fresh[path]
        place[last] = number
    return request


def is_whole(row: Mapping[str, Any]) -> bool:
    """Whether a row is a whole request rather than flat names."""
    return "doses" in row or "pattern" in row or "uses" in row


def _whole(request, options) -> dict[str, Any]:
    own = request.get("options", {})
    for name in NO_PLACE:
        if isinstance(own, Mapping) and own.get(name):
            raise InputError("A table has no place for this.", pointer=f"/options/{name}", code="not-supported")
    return service.load({**request, "options": {**options, **own} if isinstance(own, Mapping) else own})


def _joined(cells, problems) -> dict[str, Any]:
    """Flat names with the two columns of each range made one."""
    ranges: dict[str, dict[str, Any]] = {}
    flat = {}
    for name, value in cells.items():
        if name in ENDS:
            base, end = ENDS[name]
            ranges.setdefault(base, {})[end] = value
        else:
            flat[name] = value
    for base, ends in ranges.items():
        if base in flat:
            problems.append(Problem(pointer(base), "conflict", f"Give {base}, or {base}_low and {base}_high."))
        else:
            flat[base] = ends
    if "assay" in flat and any(name in flat for name in OWN_TEST):
        problems.append(Problem("/assay", "conflict", f"Give assay, or a test of your own by {', '.join(OWN_TEST)}."))
        flat = {name: value for name, value in flat.items() if name not in OWN_TEST}
    return flat


def _nested(flat) -> dict[str, Any]:
    asked: dict[str, Any] = {"doses": [{}]}
    for name, value in flat.items():
        place: Any = asked
        *above, last = PLACES[name]
        for step, following in zip(above, PLACES[name][1:], strict=True):
            if isinstance(step, int):
                place = place[step]
            else:
                place = place.setdefault(step, [{}] if isinstance(following, int) else {})
        place[last] = value
    return asked


def pointer(name: str) -> str:
    """JSON pointer to a column of a row."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def column(place: str) -> str:
    """The pointer to a column for the pointer into the request that the row was turned into."""
    for start, name in POINTERS:
        if place == start:
            return f"/{name}"
        if name in RANGED and place in (f"{start}/low", f"{start}/high"):
            return f"/{name}_{place.rpartition('/')[2]}"
    return {
        "/doses/0": "/amount_mg",
        "/renal": "",
        "/hydration": "",
        "/doses/0/repeat": "/every_h",
        "/assay/analytes/0": "/cutoff_ng_ml",
    }.get(place, "")


def identity(row: Mapping[str, Any], number: int) -> str:
    """The id of a row, else its number."""
    row_id = row.get("id")
    if row_id is None or row_id == "":
        return str(number)
    if isinstance(row_id, bool) or not isinstance(row_id, (str, int, float)) or len(str(row_id)) > LONGEST_ID:
        raise InputError(f"Must be text of at most {LONGEST_ID} characters, or a number.", pointer="/id", code="type")
    if isinstance(row_id, str) and not _is_text(row_id):
        raise InputError("Must be text that UTF-8 can hold.", pointer="/id", code="encoding")
    if isinstance(row_id, float) and not math.isfinite(row_id):
        raise InputError("Must be text, or a finite number.", pointer="/id", code="not-finite")
    if isinstance(row_id, float) and row_id.is_integer():
        return str(int(row_id))
    return str(row_id)


def _is_text(text: str) -> bool:
    """Whether a text can be written: JSON may spell half of a surrogate pair, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def independent_seed(seed: int, name: str) -> int:
    """A seed for one row that depends on the job's seed and the row's id only."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass"), zlib.crc32(seed.to_bytes(8, "little")))
