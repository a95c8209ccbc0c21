"""The table of results: its columns, the part of a chunk, and the whole in each format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from detectapi.batch import storage
from detectapi.batch.options import Options, column_of, number
from schemas.row import COLUMNS, WORDS

MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}
GROUP_ROWS = 50_000
"""Rows of one group of a finished file, for every size of chunks."""

FORMULA = r"\A('*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\t\r\n])"
"""The beginning of a text that a spreadsheet would read as a formula: the characters that are known to begin one, also in
full width. Texts with apostrophes before such a character count too, so that a reader can take the added one off without doubt."""

_FIGURES = (
    ("median_h", "h", "time until which half of single specimens are positive, after the end of the last dose"),
    ("low_h", "h", "lower end of the predictive interval of the time until which a single specimen is positive"),
    ("high_h", "h", "upper end of the same interval"),
    ("monte_carlo_se_h", "h", "standard error of the median from the finite number of draws"),
    ("ever_positive", "1", "probability of a positive specimen at any time after the last dose"),
)

_OF_SERIES = (
    ("last_positive", "last positive specimen, where every specimen is tested"),
    ("first_negative", "first negative specimen that follows a positive one, where every specimen is tested"),
)
_OF_READING = (
    ("median_h", "h", "median time of the {}, after the end of the last dose"),
    ("low_h", "h", "lower end of the predictive interval of the {}"),
    ("high_h", "h", "upper end of the predictive interval of the {}"),
    ("monte_carlo_se_h", "h", "standard error of the median from the finite number of draws: {}"),
)
_SERIES = tuple(
    (f"{reading}_{name}", unit, text.format(words)) for reading, words in _OF_SERIES for name, unit, text in _OF_READING
)


def figures(options: Options) -> tuple[tuple[str, str, str], ...]:
    """Name, unit and description of each column with a number of the window, and of a series where that is asked for."""
    return (*_FIGURES, *_SERIES) if options.serial else _FIGURES


def schema(options: Options, with_errors: bool = False) -> pa.Schema:
    """The columns of a result, with units and descriptions; the last one for the mistakes of rows, where that is asked for."""

    def column(name, kind, unit, description):
        return pa.field(name, kind, metadata={"unit": unit, "description": description})

    fields = [column("id", pa.string(), "", "id of the row, or its number")]
    for name in echoed(options):
        words = name in WORDS
        fields.append(column(f"in_{name}", pa.string() if words else pa.float64(), "", "as given"))
    fields += [column(name, pa.float64(), unit, text) for name, unit, text in figures(options)]
    fields += [
        column(
            column_of(t),
            pa.float64(),
            "1",
            f"probability of a positive specimen {number(t)} h after the end of the last dose",
        )
        for t in options.times_h
    ]
    fields.append(column("evidence", pa.string(), "", "grade of the evidence"))
    fields.append(column("notes", pa.string(), "", "codes of the notes, separated by spaces"))
    fields.append(
        column("class", pa.string(), "", "id of the class of a panel; null for a test, and a panel as a whole")
    )
    if with_errors:
        fields.append(column("errors", pa.string(), "", "what is wrong with the row; null where it is answered"))
    return pa.schema(fields)


def echoed(options: Options) -> list[str]:
    """The input columns that the result repeats."""
    if "all" in options.echo:
        return [name for name in COLUMNS if name != "id"]
    return [name for name in COLUMNS if name in options.echo]


def to_table(good: Sequence[Mapping[str, Any]], options: Options, with_errors: bool = False) -> pa.Table:
    """Answered rows as a table; with those of `unanswered` among them, and a column of mistakes, where that is asked for."""
    wanted = schema(options, with_errors)
    columns: dict[str, list[Any]] = {"id": [one["id"] for one in good]}
    for name in echoed(options):
        columns[f"in_{name}"] = [_echoed_value(one["row"], name) for one in good]
    for name, *_ in figures(options):
        columns[name] = [one[name] for one in good]
    for i, t in enumerate(options.times_h):
        columns[column_of(t)] = [one["probability"][i] for one in good]
    for name in ("evidence", "notes", "class"):
        columns[name] = [one[name] for one in good]
    columns["errors"] = [one.get("errors") for one in good]
    return pa.table([pa.array(columns[field.name], field.type) for field in wanted], schema=wanted)


def unanswered(number: int, name: str, row: Mapping[str, Any], errors: str, options: Options) -> dict[str, Any]:
    """A row that cannot be answered, in the form of one that was: it has no figures.

    Parameters
    ----------
    number : int
        From 1.
    name : str
        Its id.
    row : dict
        As it was sent; what its column cannot hold is not repeated.
    errors : str
        What is wrong with it.
    options : Options
    """
    empty = dict.fromkeys((*(column for column, *_ in figures(options)), "evidence", "notes", "class"))
    none = [None] * len(options.times_h)
    return {**empty, "number": number, "id": name, "row": _repeatable(row), "probability": none, "errors": errors}


def _repeatable(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a wrong row that its columns can hold."""
    return {name: value for name, value in row.items() if name in WORDS or type(value) in (int, float)}


def _echoed_value(row: Mapping[str, Any], name: str):
    value = row.get(name)
    base, _, end = name.rpartition("_")
    if end in ("low", "high") and isinstance(row.get(base), Mapping):
        return float(row[base][end])
    if isinstance(value, Mapping) or value is None:
        return None
    return str(value) if name in WORDS else float(value)


def write_part(part: pa.Table, target) -> None:
    """Write the part of one chunk."""
    pq.write_table(part, target, compression="zstd")


def read_parts(parts: Iterable[tuple[str, str]]) -> Iterator[pa.Table]:
    """Parts in order, each checked against its hash.

    Parameters
    ----------
    parts : iterable of (place, sha256)

    Raises
    ------
    OSError
        A part is missing, or has changed since it was written.
    """
    for place, sha256 in parts:
        raw = storage.read(place)
        if hashlib.sha256(raw).hexdigest() != sha256:
            raise OSError(f"{place.rpartition('/')[2]} has changed since it was written")
        with pq.ParquetFile(pa.BufferReader(raw)) as file:  # read_table would import all of pyarrow.dataset
            yield file.read(use_threads=False)


def _completed(part: pa.Table, wanted: pa.Schema) -> pa.Table:
    """A part with every column; one that the version did not know that computed the part is null."""
    for field in wanted:
        if field.name not in part.column_names:
            part = part.append_column(field, pa.nulls(part.num_rows, field.type))
    return part.select([*wanted.names, *(name for name in part.column_names if name not in wanted.names)])


def regrouped(tables: Iterable[pa.Table], wanted: pa.Schema, rows: int = GROUP_ROWS) -> Iterator[pa.Table]:
    """The same rows in groups of a fixed size, so that the bytes of a file do not depend on the size of chunks."""
    waiting = wanted.empty_table()
    for one in tables:
        waiting = pa.concat_tables([waiting, _completed(one, wanted).cast(wanted)])
        while waiting.num_rows >= rows:
            yield waiting.slice(0, rows).combine_chunks()
            waiting = waiting.slice(rows)
    if waiting.num_rows:
        yield waiting.combine_chunks()


def _guarded(group: pa.Table) -> pa.Table:
    """The same rows, with an apostrophe before each text that a spreadsheet would read as a formula."""
    for i, field in enumerate(group.schema):
        if pa.types.is_string(field.type):
            texts = pc.replace_substring_regex(group.column(i), pattern=FORMULA, replacement=r"'\1")
            group = group.set_column(i, field, texts)
    return group


def write_whole(
    tables: Iterable[pa.Table], options: Options, about: Mapping[str, str], file_format: str, path: str
) -> None:
    """Write a whole result to a local file.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        Parts in order.
    options : Options
    about : dict of str to str
        What reproduces it; in the footer of Parquet and the schema of Arrow.
    file_format : str
        A key of `MEDIA_TYPES`.
    path : str
    """
    plain = schema(options)
    wanted = plain.with_metadata({f"detectapi.{name}": text for name, text in about.items()})
    groups = regrouped(tables, plain)
    if file_format == "parquet":
        with pq.ParquetWriter(path, wanted, compression="zstd") as writer:
            for group in groups:
                writer.write_table(group.cast(wanted), row_group_size=GROUP_ROWS)
    elif file_format == "arrow":
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, wanted) as writer:
            for group in groups:
                writer.write_table(group.cast(wanted))
    elif file_format == "csv":
        with pyarrow.csv.CSVWriter(
            path, plain, write_options=pyarrow.csv.WriteOptions(quoting_style="needed")
        ) as writer:
            for group in groups:
                writer.write_table(_guarded(group) if options.formula_guard else group)
    else:
        with open(path, "w", encoding="utf-8") as file:
            for group in groups:
                for batch in group.to_batches(max_chunksize=1000):
                    file.writelines(
                        json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in batch.to_pylist()
                    )
