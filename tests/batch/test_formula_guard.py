"""Texts of a CSV result that a spreadsheet would read as formulas have an apostrophe before them, unless that is not wanted."""

import csv
import json
import re

import pytest
from click.testing import CliRunner

from detectapi.batch import about, table
from detectapi.batch.options import Options
from detectapi.cli.main import cli

FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "'=1", "''-1"]
PLAIN = ["a", "1-1", "a=b", "'a", " ", "'", "é=", "a\n=1"]
OF_A_READER = re.compile("'('*[=+\\-@＝＋－＠\t\r\n])")
"""What docs/batches.md tells a reader to look for at the beginning of a text."""


def line(row_id, **row):
    figures = {name: -1.5 for name, *_ in table.figures(Options())}
    return {"id": row_id, "row": row, **figures, "probability": [0.5] * 5, "evidence": "", "notes": "", "class": None}


def write(path, file_format, ids, **changes):
    options = Options(echo=("substance", "urine_ph"), **changes)
    good = [line(one, substance=one, urine_ph=-2.0) for one in ids]
    table.write_whole([table.to_table(good, options)], options, {"version": "1"}, file_format, str(path))
    return path


def cells(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_texts_that_look_like_formulas_get_one_apostrophe_in_csv(tmp_path):
    rows = cells(write(tmp_path / "out.csv", "csv", FORMULAS + PLAIN))
    wanted = [f"'{text}" for text in FORMULAS] + PLAIN
    assert [row["id"] for row in rows] == wanted
    assert [row["in_substance"] for row in rows] == wanted


def test_numbers_are_never_changed_in_csv(tmp_path):
    (row,) = cells(write(tmp_path / "out.csv", "csv", ["=1"]))
    assert (row["median_h"], row["in_urine_ph"]) == ("-1.5", "-2")


def test_an_empty_cell_stays_empty(tmp_path):
    (row,) = cells(write(tmp_path / "out.csv", "csv", ["=1"]))
    assert row["class"] == ""


def test_a_reader_gets_the_texts_back_as_the_documentation_says(tmp_path):
    read = [row["id"] for row in cells(write(tmp_path / "out.csv", "csv", FORMULAS + PLAIN))]
    assert [text[1:] if OF_A_READER.match(text) else text for text in read] == FORMULAS + PLAIN


def test_without_the_guard_texts_stay_as_they_are(tmp_path):
    rows = cells(write(tmp_path / "out.csv", "csv", FORMULAS + PLAIN, formula_guard=False))
    assert [row["id"] for row in rows] == FORMULAS + PLAIN


def test_a_csv_without_such_texts_is_the_same_bytes_either_way(tmp_path):
    one = write(tmp_path / "one.csv", "csv", PLAIN)
    other = write(tmp_path / "other.csv", "csv", PLAIN, formula_guard=False)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("file_format", ["ndjson", "parquet", "arrow"])
def test_other_formats_are_the_same_bytes_either_way(tmp_path, file_format):
    one = write(tmp_path / "one", file_format, FORMULAS)
    other = write(tmp_path / "other", file_format, FORMULAS, formula_guard=False)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_the_command_line_guards_unless_it_is_asked_not_to(tmp_path):
    source = tmp_path / "rows.ndjson"
    row = {"id": "=1+1", "substance": "ketamine", "route": "oral", "amount_mg": 50}
    source.write_text(json.dumps(row), encoding="utf-8")
    for flags, wanted in (([], "'=1+1"), (["--no-formula-guard"], "=1+1")):
        output = tmp_path / "out.csv"
        words = ["batch", str(source), "-o", str(output), "--draws", "100", "--workers", "1", *flags]
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
        assert [one["id"] for one in cells(output)] == [wanted]


def test_the_request_and_its_command_say_that_the_guard_is_off():
    on, off = (about.describe(Options(formula_guard=guard), "0", "rows.csv") for guard in (True, False))
    assert on["request_sha256"] != off["request_sha256"]
    assert "formula" not in on["command"]
    assert "--no-formula-guard" in off["command"].split()
