"""Data frames: rows in from anything that gives an Arrow stream, results out as the same kind of table.

No library of data frames is imported here. pandas, Polars, pyarrow, DuckDB and others give a stream by `__arrow_c_stream__`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from detectapi.batch import about, chunk, files, table
from detectapi.batch.options import Options
from detectapi.values.errors import InputError, Problem

INDEX = re.compile(r"__index_level_\d+__")
"""Names of the columns in which pandas sends an index without a name. They are left out."""


def stream(frame: Any) -> pa.RecordBatchReader:
    """The rows of a table as a stream of Arrow.

    Parameters
    ----------
    frame : object
        Anything with `__arrow_c_stream__`.

    Raises
    ------
    InputError
        It is no table.
    """
    if isinstance(frame, pa.RecordBatchReader):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        try:
            return pa.RecordBatchReader.from_stream(frame)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError, ValueError, OverflowError) as error:
            raise _no_table(error) from None  # a single column is a stream too; a column of mixed kinds is none
    raise _no_table(None)


def _no_table(error: Exception | None) -> InputError:
    """What is wrong with a table that gives no stream; None where it does not offer one."""
    if isinstance(error, UnicodeEncodeError):
        return InputError("A text must be one that UTF-8 can hold.", code="encoding")
    if isinstance(error, OverflowError):
        return InputError("A whole number has at most 64 bits.", code="range")
    if isinstance(error, pa.ArrowNotImplementedError):
        return InputError("A column has a kind of values that Arrow does not have, such as complex.", code="type")
    if type(error) is ValueError:  # of pandas
        return InputError("Each column must have its own name, a text.", code="header")
    return InputError(
        "Must be a table of pandas, Polars or pyarrow, or anything else with __arrow_c_stream__, "
        "with one kind of values in each column.",
        code="type",
    )


def like(frame: Any, columns: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Any:
    """A result as the kind of table that was sent: pandas and Polars as such, a stream as a stream, all else as `pyarrow.Table`."""
    if isinstance(frame, pa.RecordBatchReader):
        return pa.RecordBatchReader.from_batches(columns, batches)
    whole = pa.Table.from_batches(batches, columns)
    for kind in type(frame).__mro__:
        if kind.__module__.partition(".")[0] == "pandas":
            return whole.to_pandas()
        if kind.__module__.partition(".")[0] == "polars":
            return kind(whole)  # type: ignore[call-arg]
    return whole


def slices(rows: pa.RecordBatchReader, size: int) -> Iterator[dict[str, Any]]:
    """The rows of a stream, some at a time, as the part of a task that has the rows.

    Parameters
    ----------
    rows : pyarrow.RecordBatchReader
    size : int
        Rows of a slice.

    Yields
    ------
    dict
        ``first``: number of the first row, from 1; ``rows``: bytes. A row without any value counts too.

    Raises
    ------
    InputError
        The columns cannot be those of a table of scenarios.
    """
    index = _index(rows.schema)
    wanted = pa.schema([
        pa.field(field.name, _plain(field.type))
        for field in rows.schema
        if field.name not in index and not INDEX.fullmatch(field.name)
    ])  # fmt: skip
    files.check_columns(wanted)
    tables = (_cast(batch, wanted) for batch in rows)
    first = 1
    for some in table.regrouped(tables, wanted, size):
        yield {"first": first, "rows": packed(some)}
        first += some.num_rows


def _index(columns: pa.Schema) -> set[str]:
    """Names of the columns in which pandas sends an index that has a name."""
    try:
        index = json.loads((columns.metadata or {}).get(b"pandas", b"{}"))["index_columns"]
        return {name for name in index if isinstance(name, str)}
    except (ValueError, KeyError, TypeError):
        return set()


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of a column as it is handed on: codes and views of words become texts, also within lists."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.large_list(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(one.name, _plain(one.type)) for one in kind])
    return pa.large_string() if pa.types.is_string_view(kind) else kind


def _cast(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.Table:
    """The wanted columns of a batch."""
    columns = [_decoded(batch.column(field.name), field.type) for field in wanted]
    return pa.table(columns, schema=wanted)


def _decoded(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, column.dictionary.cast(kind)).dictionary_decode()
    return column.cast(kind)


def packed(rows: pa.Table) -> bytes:
    """A table as bytes, for another process."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    packed_rows: bytes = sink.getvalue().to_pybytes()
    return packed_rows


def unpacked(raw: bytes) -> Iterable[pa.RecordBatch]:
    """The inverse of `packed`."""
    batches: Iterable[pa.RecordBatch] = pa.ipc.open_stream(raw)
    return batches


def columns_of(options: Options) -> pa.Schema:
    """The columns of a result of scenarios, with what reproduces it."""
    wanted = table.schema(options, with_errors=True)
    return wanted.with_metadata({f"detectapi.{name}": text for name, text in about.of_options(options).items()})


def compute(task: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a slice of scenarios.

    Parameters
    ----------
    task : dict
        Plain data: ``options``, and one of `slices`.

    Returns
    -------
    dict
        ``table``: lines in the order of the rows, as bytes; ``bad``: the mistakes, as in `errors.ndjson`.
    """
    options = Options.from_dict(task["options"])
    numbered = {
        number: row
        for number, row in enumerate(
            (row for batch in unpacked(task["rows"]) for row in files.plain_rows(batch)), task["first"]
        )
    }
    answered, bad = chunk.answer(((number, row or blank()) for number, row in numbered.items()), options)
    for number, mistakes in by_row(bad).items():
        name = mistakes[0].get("id", str(number))
        answered.append(table.unanswered(number, name, numbered[number], in_words(mistakes), options))
    answered.sort(key=lambda line: line["number"])
    return {"table": packed(table.to_table(answered, options, with_errors=True)), "bad": bad}


def blank() -> InputError:
    """The error for a row without any value."""
    return InputError("The row has no value.", code="empty")


def by_row(bad: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    """The mistakes of each row that has some."""
    rows: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for line in bad:
        rows[line["row"]].append(line)
    return rows


def problem(line: Mapping[str, Any]) -> Problem:
    """The mistake that a line of `errors.ndjson` tells."""
    allowed = line.get("allowed")
    return Problem(line["pointer"], line["code"], line["detail"], None if allowed is None else tuple(allowed))


def in_words(mistakes: Iterable[Mapping[str, Any]]) -> str:
    """The mistakes of a row, one on each line: the column, what is wrong, and what is allowed."""
    return "\n".join(problem(line).in_words for line in mistakes)
