"""Read tables of scenarios as a stream: CSV and NDJSON line by line, Parquet and Arrow in slices, in bounded memory.

Each reader yields ``(number, row)``, with numbers from 1. For a row that cannot be read it yields an `InputError` in place of the
row.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from detectapi import service
from detectapi.batch.rows import from_text, meant_column
from detectapi.values.errors import InputError, MalformedRequest
from schemas.row import COLUMNS

FORMATS = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
LONGEST_LINE = 1024 * 1024
"""Length of the longest line that is read. [bytes]"""
MOST_LINES = 20
"""Lines of one CSV row, whose cells may have line breaks between quotes."""
MOST_COLUMNS = 200
NO_TEXT = "\ufffd"
"""The character that replaces a zero byte. A file in UTF-16 has many of them."""
SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The line that tells Excel which mark stands between cells."""
ROW_NAMES = re.compile(r"|Unnamed: \d+|__index_level_\d+__")
"""Names of the columns of row names that R and pandas add to a table."""
MOST_BLANK_ROWS = 100_000
"""Rows without any value that may follow each other. A file of a few hundred bytes can declare billions of them."""
SLICE_ROWS = 1000
"""Rows of a binary table that are decoded at a time."""
LARGEST_PAGE = 512 * 1024 * 1024
"""Decoded size of the largest column of a row group that is read. [bytes]"""

Rows = Iterator[tuple[int, "dict[str, Any] | InputError"]]


def format_of(path: str) -> str:
    """The format of a file, by the ending of its name.

    Raises
    ------
    InputError
        The ending is unknown.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise InputError(
            "The name must end in a known format.", pointer="", code="unknown-format", allowed=sorted(FORMATS)
        )
    return FORMATS[ending]


def read(path: str, file_format: str, declared: Callable[[int], None] = lambda rows: None) -> Rows:
    """The rows of a file.

    Parameters
    ----------
    path : str
    file_format : {'csv', 'ndjson', 'parquet', 'arrow'}
    declared : callable
        Called before rows of a binary table are read, with how many rows the table has up to the end of these. A table of a few
        hundred bytes can declare billions.

    Yields
    ------
    (int, dict or InputError)

    Raises
    ------
    InputError
        The file as a whole cannot be read: it is empty, truncated or not of this format.
    """
    if Path(path).stat().st_size == 0:
        raise InputError("The file is empty.", code="empty")
    if file_format in ("csv", "ndjson"):
        with open(path, "rb") as stream:
            yield from (read_csv if file_format == "csv" else read_ndjson)(stream)
    else:
        yield from _read_binary(path, file_format, declared)


def lines(stream) -> Iterator[bytes | None]:
    """The lines of a binary stream. For a line that is too long it yields None; such a line is never held in memory."""
    blank = 0
    while True:
        line = stream.readline(LONGEST_LINE + 1)
        if not line:
            return
        blank = 0 if line.strip() else blank + 1
        _check_blank(blank)
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield None


def _check_blank(rows: int) -> None:
    """Refuse a file in which so many rows without a value follow each other."""
    if rows > MOST_BLANK_ROWS:
        raise InputError(f"More than {MOST_BLANK_ROWS} rows without any value follow each other.", code="too-large")


def too_long() -> InputError:
    """The error for a line that is too long."""
    return InputError(f"A line has at most {LONGEST_LINE} bytes.", code="line-too-long")


def read_ndjson(stream) -> Rows:
    """The rows of newline-delimited JSON; empty lines are skipped."""
    number = 0
    for line in lines(stream):
        if line is not None and not line.strip():
            continue
        number += 1
        if line is None:
            yield number, too_long()
            continue
        try:
            row = service.read_json(line)
        except MalformedRequest as error:
            yield number, InputError(error.message, code=error.code)
        except InputError as error:
            yield number, error
        else:
            yield number, row if isinstance(row, dict) else InputError("A row must be an object.", code="type")
    if not number:
        raise InputError("The file has no rows.", code="empty")


def read_csv(stream) -> Rows:
    """The rows of comma-separated values with a header."""
    texts = _without_separator(_text(lines(stream)))
    cells = next(_records(texts), None)
    header = _header(cells)
    width, number, blank = len(cells or ()), 0, 0
    for cells in _records(texts, width):
        if not isinstance(cells, InputError) and not any(map(str.strip, cells)):
            blank += 1  # as spreadsheets leave them at the end
            _check_blank(blank)
            continue
        number, blank = number + 1, 0
        yield number, cells if isinstance(cells, InputError) else _csv_row(header, width, cells, number)
    if not number:
        raise InputError("The file has no rows.", code="empty")


def _without_separator(texts: Iterator[str | None]) -> Iterator[str | None]:
    """The lines without the first one where that only names the mark between cells, as spreadsheets write it."""
    first = next(texts, "")
    named = SEPARATOR.fullmatch(first) if first else None
    if named and named[1] != ",":
        raise InputError(
            "The first line says that another mark than a comma stands between cells. Save the table with commas.",
            code="header",
        )
    if first and "\r" in first.rstrip("\r\n"):
        raise InputError(
            "The lines must end in LF or in CR LF, not in CR alone. Save the table as CSV UTF-8.", code="header"
        )
    return texts if named else itertools.chain([first], texts)


def _header(cells) -> list[str]:
    """The names of the columns; columns without a name at the end, as spreadsheets leave them, are none."""
    if cells is None or isinstance(cells, InputError):
        raise InputError("The file has no header of comma-separated names.", code="empty")
    header = [meant_column(name.strip()) for name in cells]
    while header and not header[-1]:
        header.pop()
    _check_names(header)
    if not any(header) or len(set(header)) < len(header) or len(header) > MOST_COLUMNS:
        raise InputError(f"The header must name each column once, and at most {MOST_COLUMNS} of them.", code="header")
    unreadable = any(NO_TEXT in name for name in header) or not _is_utf8(header)
    if unreadable or (len(header) == 1 and header[0] not in COLUMNS):
        raise InputError("The header must be UTF-8 text, with commas between the names of columns.", code="header")
    return header


def _check_names(names: list[str]) -> None:
    """Refuse columns that programs add to a table by themselves."""
    for position, name in enumerate(names, 1):
        if ROW_NAMES.fullmatch(name):
            called = f"is called {name}" if name else "has no name"
            raise InputError(
                f"Column {position} {called}. So R and pandas write row names: write the table without them "
                "(row.names = FALSE, index=False), or call the column id.",
                code="header",
            )


def _is_utf8(cells: list[str]) -> bool:
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


def _records(texts: Iterator[str | None], width: int | None = None) -> Iterator[list[str] | InputError]:
    """The cells of each row that is not empty. A quote that is never closed spoils its own line only."""
    waiting: deque[str | None] = deque()
    while True:
        line = waiting.popleft() if waiting else next(texts, "")
        if line is None:
            yield too_long()
            continue
        if not line:
            return
        cells, block = _cells([line]), [line]
        while cells is None and '"' in line and len(block) < MOST_LINES and sum(map(len, block)) < LONGEST_LINE:
            following = waiting.popleft() if waiting else next(texts, "")
            if not following:  # the end of the file, or a line that is too long
                waiting.extendleft([following] if following is None else [])
                break
            block.append(following)
            cells = _cells(block) if '"' in following else None
        if cells is None or (len(block) > 1 and len(cells) != width):
            waiting.extendleft(reversed(block[1:]))
            yield InputError("Not a row of comma-separated values.", code="malformed-csv")
        elif cells:
            yield cells


def _cells(block: list[str]) -> list[str] | None:
    try:
        return next(csv.reader(block, strict=True))
    except csv.Error:
        return None


def _csv_row(header, width, cells, number):
    if len(cells) != width:
        return InputError(f"A row has as many cells as the header: {width}.", code="cells")
    if any(map(str.strip, cells[len(header) :])):
        return InputError("A cell stands in a column without a name.", code="cells")
    if not _is_utf8(cells):  # of the whole file: who wrote it wrote all rows so
        raise InputError(f"The file is not UTF-8 text (row {number}). Save the table as CSV UTF-8.", code="encoding")
    return from_text(dict(zip(header, cells, strict=False)))


def _text(rows: Iterable[bytes | None]) -> Iterator[str | None]:
    """Lines as text; None for None."""
    for i, line in enumerate(rows):
        if line is None:
            yield None
        else:
            yield line.decode("utf-8-sig" if i == 0 else "utf-8", "surrogateescape").replace("\0", NO_TEXT)


def _read_binary(path: str, file_format: str, declared: Callable[[int], None]) -> Rows:
    import pyarrow as pa

    number = blank = 0
    try:
        for batch in (_parquet_batches if file_format == "parquet" else _arrow_batches)(path, declared):
            for row in plain_rows(batch):
                if row:
                    number, blank = number + 1, 0
                    yield number, row
                else:  # a row without any value is none
                    blank += 1
            _check_blank(blank)
    except (pa.ArrowException, OSError, MemoryError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise InputError(
            f"Not a complete {file_format} file, or one that is too large when decoded (broken after row {number}).",
            code="malformed-file",
        ) from None
    if not number:
        raise InputError("The file has no rows.", code="empty")


def _parquet_batches(path: str, declared: Callable[[int], None]):
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=True, pre_buffer=False) as file:
        layout = file.metadata
        check_columns(file.schema_arrow)
        declared(layout.num_rows)
        for group in range(layout.num_row_groups):
            for column in range(layout.num_columns):
                if layout.row_group(group).column(column).total_uncompressed_size > LARGEST_PAGE:
                    raise InputError(f"A column of a row group holds at most {LARGEST_PAGE} bytes.", code="too-large")
        yield from file.iter_batches(batch_size=SLICE_ROWS, use_threads=False)


def _arrow_batches(path: str, declared: Callable[[int], None]):
    import pyarrow as pa

    rows = 0
    with pa.memory_map(path) as source:
        try:
            reader = pa.ipc.open_file(source)
            check_columns(reader.schema)
            batches: Iterable = (reader.get_batch(i) for i in range(reader.num_record_batches))
        except pa.ArrowInvalid:
            source.seek(0)
            batches = reader = pa.ipc.open_stream(source)
            check_columns(reader.schema)
        for batch in batches:
            rows += batch.num_rows
            declared(rows)
            for start in range(0, batch.num_rows, SLICE_ROWS):
                yield batch.slice(start, SLICE_ROWS)


def check_columns(schema) -> None:
    """Refuse a binary table with too many columns, two of one name, or names that programs add by themselves."""
    if len(schema) > MOST_COLUMNS or len(set(map(meant_column, schema.names))) < len(schema):
        raise InputError(
            f"Each column must have its own name, and there are at most {MOST_COLUMNS} of them.", code="header"
        )
    _check_names(schema.names)


def plain_rows(batch) -> Iterator[dict[str, Any]]:
    """Rows as plain values. A list, structure or byte string becomes an empty list, which is refused later."""
    import pyarrow.types as kinds

    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        kind = column.type
        if kinds.is_dictionary(kind):
            kind = kind.value_type
        if kinds.is_floating(kind):  # NaN is how numpy and pandas write that there is no value
            values = [None if value is None or math.isnan(value) else value for value in column.to_pylist()]
        elif (
            kinds.is_integer(kind)
            or kinds.is_boolean(kind)
            or kinds.is_large_string(kind)
            or kinds.is_string(kind)
            or kinds.is_string_view(kind)
        ):
            values = column.to_pylist()
        elif kinds.is_decimal(kind):
            values = [float(v) if isinstance(v, Decimal) else v for v in column.to_pylist()]
        else:
            values = [[] if valid else None for valid in column.is_valid().to_pylist()]
        columns.append((meant_column(name), values))
    for i in range(batch.num_rows):
        yield {name: values[i] for name, values in columns if values[i] is not None}


def to_line(number: int, row) -> str:
    """A row as a line of the file of rows of a chunk."""
    if isinstance(row, InputError):
        problems = [problem._asdict() for problem in row.problems]
        return json.dumps({"n": number, "problems": problems})
    return json.dumps({"n": number, "row": row})
