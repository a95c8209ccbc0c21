"""Reading tables: every bad row in its place, the others as they are, memory bounded."""

import io
import json
import resource

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detectapi import service
from detectapi.batch import files
from detectapi.batch.options import Options
from detectapi.jobs import planner
from detectapi.values.errors import InputError

HEADER = b"id,substance,amount_mg\n"


def read(reader, raw):
    return [(n, row.problems[0].code if isinstance(row, InputError) else row) for n, row in reader(io.BytesIO(raw))]


def test_csv_rows():
    raw = b"\xef\xbb\xbf" + HEADER + b'a,ketamine,35\n\n"b, quoted\nover two lines",ketamine,\r\n'
    assert read(files.read_csv, raw) == [
        (1, {"id": "a", "substance": "ketamine", "amount_mg": 35.0}),
        (2, {"id": "b, quoted\nover two lines", "substance": "ketamine"}),
    ]


def test_csv_rows_that_cannot_be_read_are_told_apart():
    raw = HEADER + b'a,ketamine\nb,ketamine,1\nc,"ket"amine,1\nd,ketamine,2,3\nf,ketamine,3\n'
    assert read(files.read_csv, raw) == [
        (1, "cells"),
        (2, {"id": "b", "substance": "ketamine", "amount_mg": 1.0}),
        (3, "malformed-csv"),
        (4, "cells"),
        (5, {"id": "f", "substance": "ketamine", "amount_mg": 3.0}),
    ]


@pytest.mark.parametrize("raw", [b"", b"\n", b"id,id\na,b\n", b",".join([b"c%d" % i for i in range(500)]) + b"\n1\n"])
def test_a_csv_without_a_proper_header_is_refused(raw):
    with pytest.raises(InputError):
        list(files.read_csv(io.BytesIO(raw)))


@pytest.mark.parametrize("raw", [b"id;substance\na;ketamine\n", "id,substance\na,ketamine\n".encode("utf-16")])
def test_semicolons_and_other_encodings_are_named_once(raw):
    with pytest.raises(InputError, match="UTF-8 text, with commas"):
        list(files.read_csv(io.BytesIO(raw)))


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_a_table_in_another_encoding_is_refused_once_with_what_to_do(encoding):
    raw = "id,substance,amount_mg\na,ketamine,35\nPr\u00fcfung,ketamine,35\n".encode(encoding)
    with pytest.raises(InputError, match=r"not UTF-8 text \(row 2\). Save the table as CSV UTF-8"):
        read(files.read_csv, raw)
    with pytest.raises(InputError, match="header must be UTF-8"):
        read(files.read_csv, "id,größe\na,1\n".encode(encoding))


@pytest.mark.parametrize("first", [b"sep=,\n", b"sep=,\r\n", b"\xef\xbb\xbfsep=,\r\n", b'"sep=,"\r\n', b"SEP=,\n"])
def test_the_line_by_which_excel_names_the_mark_between_cells_is_read_over(first):
    assert read(files.read_csv, first + HEADER + b"a,ketamine,35\n") == [
        (1, {"id": "a", "substance": "ketamine", "amount_mg": 35.0})
    ]


@pytest.mark.parametrize("mark", [b";", b"\t", b"|"])
def test_another_mark_between_cells_is_refused_once(mark):
    with pytest.raises(InputError, match="Save the table with commas"):
        read(files.read_csv, b"sep=" + mark + b"\n" + HEADER.replace(b",", mark) + b"a;ketamine;35\n")


def test_lines_that_end_in_carriage_returns_alone_are_refused_once():
    with pytest.raises(InputError, match="LF or in CR LF"):
        read(files.read_csv, HEADER.replace(b"\n", b"\r") + b"a,ketamine,35\r")


@pytest.mark.parametrize(
    ("header", "said"),
    [(b'"","substance"', "Column 1 has no name"), (b"Unnamed: 0,substance", "Column 1 is called Unnamed: 0"),
     (b"substance,,route", "Column 2 has no name"), (b"substance,__index_level_0__", "Column 2 is called __index")],
)  # fmt: skip
def test_row_names_of_r_and_the_index_of_pandas_are_refused_once_with_what_to_do(header, said):
    with pytest.raises(InputError, match=said) as caught:
        read(files.read_csv, header + b"\n1,ketamine,oral\n")
    assert "row.names = FALSE, index=False" in caught.value.message


def test_blank_rows_and_columns_of_spreadsheets_do_not_count():
    raw = b"id,substance,amount_mg,,\na,ketamine,35,,\n,,,,\n , ,,,\n,,\nb,ketamine,36,,\nc,ketamine,37,,x\n,,,,\n"
    assert read(files.read_csv, raw) == [
        (1, {"id": "a", "substance": "ketamine", "amount_mg": 35.0}),
        (2, {"id": "b", "substance": "ketamine", "amount_mg": 36.0}),
        (3, "cells"),
    ]


def test_the_na_of_r_is_not_given_except_as_an_id():
    raw = HEADER + b"NA,ketamine,NA\n"
    assert read(files.read_csv, raw) == [(1, {"id": "NA", "substance": "ketamine"})]


@pytest.mark.parametrize("word", ["na", "N/A", "#N/A", "NaN", "nan", "NULL", "null"])
def test_what_programs_write_for_no_value_is_not_given(word):
    raw = HEADER + f"{word},ketamine,{word}\n".encode()

    assert read(files.read_csv, raw) == [(1, {"id": word, "substance": "ketamine"})]


@pytest.mark.parametrize("header", [b"ID,Substance,Amount_mg\n", b"Id, SUBSTANCE ,Amount mg\n"])
def test_columns_have_any_capitals(header):
    assert read(files.read_csv, header + b"a,ketamine,35\n") == [
        (1, {"id": "a", "substance": "ketamine", "amount_mg": 35.0})
    ]


def test_two_columns_that_mean_the_same_are_refused():
    with pytest.raises(InputError, match="each column once"):
        read(files.read_csv, b"id,substance,Substance\na,ketamine,ketamine\n")


def test_a_quote_that_is_never_closed_costs_its_own_line():
    rows = [b"r%d,ketamine,%d\n" % (i, i) for i in range(1, 61)]
    rows[4], rows[30] = b'w,"ketamine,5\n', b'"v\nv",ketamine,31\n'
    rows[58] = b'x,"ketamine,59\n'
    result = read(files.read_csv, HEADER + b"".join(rows))
    assert [number for number, _ in result] == list(range(1, 61))
    assert [(number, row) for number, row in result if isinstance(row, str)] == [
        (5, "malformed-csv"),
        (59, "malformed-csv"),
    ]
    assert [row["amount_mg"] for _, row in result if not isinstance(row, str)] == [
        i for i in range(1, 61) if i not in (5, 59)
    ]


def test_a_header_without_rows_is_an_empty_file():
    with pytest.raises(InputError) as caught:
        list(files.read_csv(io.BytesIO(HEADER)))
    assert caught.value.code == "empty"


def test_a_name_that_occurs_twice_is_called_that():
    with pytest.raises(InputError, match="occurs twice"):
        service.read_json(b'{"id": 1, "id": 2}')


def test_ndjson_rows():
    raw = b'{"id": 1}\n\nnot json\n[1]\n{"a": 1, "a": 2}\n\xff\n' + b'{"a":' * 30 + b"1" + b"}" * 30 + b'\n{"id": 2}'
    result = read(files.read_ndjson, raw)
    codes = ["malformed-json", "type", "malformed-json", "malformed-json", "too-deep"]
    assert result == [(1, {"id": 1}), *enumerate(codes, 2), (7, {"id": 2})]


class Endless(io.RawIOBase):
    """A line of 100 MB that is never held as a whole, with good lines around."""

    def __init__(self, before, after, size=100 * 2**20):
        self.parts = [before, *[b"x" * 2**20] * (size // 2**20), b"\n" + after]
        self.largest = 0

    def readable(self):
        return True

    def readinto(self, target):
        if not self.parts:
            return 0
        piece = self.parts[0][: len(target)]
        self.parts[0] = self.parts[0][len(piece) :]
        if not self.parts[0]:
            self.parts.pop(0)
        target[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize(
    ("reader", "before", "after"),
    [(files.read_ndjson, b'{"id": 1}\n', b'{"id": 3}\n'), (files.read_csv, HEADER + b"1,k,1\n", b"3,k,3\n")],
)
def test_a_line_of_100_megabytes_costs_one_row_and_no_memory(reader, before, after):
    high = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = list(reader(io.BufferedReader(Endless(before, after), 2**16)))
    assert [n for n, _ in result] == [1, 2, 3]
    assert result[1][1].problems[0].code == "line-too-long"
    assert isinstance(result[2][1], dict)
    # ru_maxrss is in KiB; far less than the line, more than the buffers.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - high < 60 * 1024


def test_an_unclosed_quote_does_not_swallow_the_file():
    raw = HEADER + b'a,"ketamine,1\n' + b"b,ketamine,2\n" * 20_000
    result = read(files.read_csv, raw)
    assert result[0] == (1, "malformed-csv")
    assert len(result) == 20_001
    assert result[-1][1] == {"id": "b", "substance": "ketamine", "amount_mg": 2.0}


# -- binary tables ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["parquet", "arrow"])
def binary(request, tmp_path):
    """Write a table in either binary format; returns path and format."""

    def write(table):
        path = tmp_path / f"table.{request.param}"
        if request.param == "parquet":
            pq.write_table(table, path)
        else:
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
        return str(path), request.param

    return write


def test_binary_tables_are_read_like_the_others(binary):
    table = pa.table(
        {
            "id": ["a", None],
            "amount_mg": [35.0, None],
            "count": [2, 3],
            "route": pa.array(["oral", "oral"]).dictionary_encode(),
        }
    )
    rows = list(files.read(*binary(table)))
    assert rows == [
        (1, {"id": "a", "amount_mg": 35.0, "count": 2, "route": "oral"}),
        (2, {"count": 3, "route": "oral"}),
    ]


def test_nan_and_rows_without_any_value_are_not_given(binary):
    table = pa.table({"id": ["a", None, "b"], "weight_kg": [float("nan"), float("nan"), 70.0]})
    assert list(files.read(*binary(table))) == [(1, {"id": "a"}), (2, {"id": "b", "weight_kg": 70.0})]


@pytest.mark.slow
def test_the_index_of_pandas_is_refused_once(binary):
    table = pa.table({"substance": ["ketamine"], "__index_level_0__": [7]})
    with pytest.raises(InputError, match="Column 2 is called __index_level_0__"):
        list(planner.row_lines(*binary(table)))


def test_every_kind_of_text_column_is_text(tmp_path):
    kinds = {
        "a": pa.string(),
        "b": pa.large_string(),
        "c": pa.string_view(),
        "d": pa.dictionary(pa.int32(), pa.string()),
    }
    pq.write_table(pa.table({name: pa.array(["x"], kind) for name, kind in kinds.items()}), tmp_path / "t.parquet")
    with pa.OSFile(str(tmp_path / "t.arrow"), "wb") as sink:
        table = pa.table({name: pa.array(["x"], kind) for name, kind in kinds.items()})
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    for form in ("parquet", "arrow"):
        assert list(files.read(str(tmp_path / f"t.{form}"), form)) == [(1, dict.fromkeys(kinds, "x"))]


def test_what_is_no_plain_value_is_left_to_be_refused(binary):
    table = pa.table({"amount_mg": [[1.0, 2.0], None], "sex": [{"a": 1}, None], "id": [b"x", None], "urine_ph": [1, 2]})
    rows = [row for _, row in files.read(*binary(table))]
    assert rows == [{"amount_mg": [], "sex": [], "id": [], "urine_ph": 1}, {"urine_ph": 2}]


@pytest.mark.slow
@pytest.mark.parametrize("keep", [0, 4, 0.5, 0.99])
def test_a_truncated_table_is_refused_as_a_whole(binary, keep):
    path, form = binary(pa.table({"id": [str(i) for i in range(5000)]}))
    with open(path, "rb") as file:
        raw = file.read()
    with open(path, "wb") as file:
        file.write(raw[: keep if isinstance(keep, int) else int(len(raw) * keep)])
    with pytest.raises(InputError):
        list(planner.row_lines(path, form))


@pytest.mark.slow
def test_a_page_that_decodes_to_gigabytes_breaks_nothing(tmp_path):
    # One text of 40 MB, named two thousand times by a dictionary: 80 GB once written out, some KB in the file.
    indices = pa.array([0] * 2000, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * (40 * 2**20)]))
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"id": column}), path, compression="zstd")
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError) as caught:
        list(planner.row_lines(str(path), "parquet"))
    assert caught.value.code in ("malformed-file", "too-large")


def test_a_small_file_that_declares_billions_of_rows_is_refused_at_once(tmp_path):
    path = tmp_path / "many.arrow"
    schema = pa.schema([("id", pa.null())])
    batch = pa.RecordBatch.from_arrays([pa.nulls(2_000_000_000)], schema=schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(batch)

    assert path.stat().st_size < 1000
    with pytest.raises(InputError) as refused:
        list(files.read(str(path), "arrow"))
    assert refused.value.code == "too-large"


def test_blank_lines_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BLANK_ROWS", 10)
    for name, raw in (
        ("a.csv", b"id,substance\na,ketamine\n" + b"\n" * 20),
        ("b.csv", b"id,substance\na,ketamine\n" + b" ,\n" * 20),
        ("c.ndjson", b'{"id": "a"}\n' + b" \n" * 20),
    ):
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(InputError) as refused:
            list(files.read(str(tmp_path / name), files.format_of(name)))
        assert refused.value.code == "too-large", name


def test_a_binary_table_tells_its_rows_before_they_are_read(binary):
    declared = []
    rows = files.read(*binary(pa.table({"id": [str(i) for i in range(2500)]})), declared.append)
    next(rows)

    assert declared == [2500]


def test_chunks_hold_every_row_once(tmp_path, ndjson):
    path = ndjson([{"id": str(i)} for i in range(25)])
    source = {"file": str(path), "format": "ndjson"}
    cuts, _ = planner.cut(source, Options(chunk_rows=10), str(tmp_path / "job"))
    assert cuts == [(0, 10), (10, 20), (20, 25)]
    lines = [line for i in range(3) for line in (tmp_path / "job" / "rows" / f"{i:06}.ndjson").read_text().splitlines()]
    assert [json.loads(line) for line in lines] == [{"n": i + 1, "row": {"id": str(i)}} for i in range(25)]
