"""`detectapi batch` as a whole: the same bytes however the work is done, every bad row told, and going on after a stop."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scenarios import GRID, scattered

from detectapi.batch import about
from detectapi.batch.options import Options
from detectapi.cli.batch import _end, _speed
from detectapi.cli.main import cli
from detectapi.jobs import local, runner
from detectapi.jobs.runner import progress

pytestmark = pytest.mark.slow

DRAWS = ["--draws", "100", "--seed", "7", "--times", "24,72"]
OPTIONS = Options(draws=100, seed=7, times_h=(24.0, 72.0))


def command(*arguments, **environment):
    line = [sys.executable, "-m", "detectapi", "batch", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, env={**os.environ, **environment})


def refused(*arguments):
    """What the command says on stderr when it refuses its input."""
    result = CliRunner().invoke(cli, ["batch", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    return result.stderr


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inline(source, output, **changes):
    options = Options(**{**OPTIONS.to_dict(), **changes})
    return local.run(source, output, options, executor="inline")


@pytest.fixture
def grid_file(tmp_path):
    path = tmp_path / "grid.json"
    path.write_text(json.dumps(GRID), encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_result_is_the_same_bytes_however_the_work_is_cut(tmp_path, ndjson):
    source = ndjson(scattered(60))
    found = set()
    for name, chunk_rows in (("a", 7), ("b", 60), ("c", 10_000)):
        assert inline(source, tmp_path / f"{name}.parquet", chunk_rows=chunk_rows)["state"] == "succeeded"
        found.add(digest(tmp_path / f"{name}.parquet"))
    assert len(found) == 1
    result = command(source, "-o", tmp_path / "d.parquet", *DRAWS, "--workers", 2, "--chunk-rows", 10)
    assert result.returncode == 0, result.stderr
    assert {digest(tmp_path / "d.parquet")} == found


@pytest.mark.slow
def test_a_shuffled_table_gives_the_same_rows(tmp_path, ndjson):
    table = scattered(40)
    inline(ndjson(table), tmp_path / "a.parquet", chunk_rows=16)
    random.Random(3).shuffle(table)
    inline(ndjson(table, "shuffled.ndjson"), tmp_path / "b.parquet", chunk_rows=11)
    one, other = (pq.read_table(tmp_path / f"{name}.parquet").sort_by("id") for name in "ab")
    assert one.equals(other)


@pytest.mark.slow
def test_every_format_in_and_out_says_the_same(tmp_path, ndjson):
    rows = scattered(12)
    source = ndjson(rows)
    columns = sorted({name for row in rows for name in row})
    table = pa.table({name: [row.get(name) for row in rows] for name in columns})
    pa.csv.write_csv(table, tmp_path / "rows.csv")
    pq.write_table(table, tmp_path / "rows.parquet")
    with pa.OSFile(str(tmp_path / "rows.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    inline(source, tmp_path / "out.parquet")
    expected = pq.read_table(tmp_path / "out.parquet")
    for form in ("csv", "parquet", "arrow"):
        inline(tmp_path / f"rows.{form}", tmp_path / f"{form}.parquet")
        assert pq.read_table(tmp_path / f"{form}.parquet").equals(expected)
    for form in ("csv", "ndjson", "arrow"):
        inline(source, tmp_path / f"result.{form}")
    with pa.OSFile(str(tmp_path / "result.arrow")) as file:
        assert pa.ipc.open_file(file).read_all().equals(expected)
    lines = [json.loads(line) for line in (tmp_path / "result.ndjson").read_text().splitlines()]
    assert lines == expected.to_pylist()
    as_text = pa.csv.read_csv(
        tmp_path / "result.csv", convert_options=pa.csv.ConvertOptions(column_types={"id": pa.string()})
    )
    assert as_text.column("median_h").cast(pa.float64()).to_pylist() == expected.column("median_h").to_pylist()


@pytest.mark.slow
def test_the_footer_says_how_to_repeat_it(tmp_path, grid_file):
    inline(grid_file, tmp_path / "out.parquet", echo=("urine_ph", "route"))
    file = pq.ParquetFile(tmp_path / "out.parquet")
    footer = {
        name.decode().removeprefix("detectapi."): text.decode() for name, text in file.schema_arrow.metadata.items()
    }
    assert {"version", "model_sha256", "seed", "draws", "numpy", "request_sha256", "limits"} <= set(footer)
    assert file.schema_arrow.field("median_h").metadata[b"unit"] == b"h"
    assert file.read().column("in_urine_ph").to_pylist()[:5:4] == [5.5, 7.5]
    words = footer["command"].split()
    assert words[:2] == ["detectapi", "batch"]
    words = [str(grid_file) if word == "grid.json" else word for word in words[2:]]
    words = [str(tmp_path / "again.parquet") if word == "results.parquet" else word for word in words]
    assert command(*words).returncode == 0
    assert digest(tmp_path / "again.parquet") == digest(tmp_path / "out.parquet")


SERIES = [
    f"{reading}_{figure}"
    for reading in ("last_positive", "first_negative")
    for figure in ("median_h", "low_h", "high_h", "monte_carlo_se_h")
]


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow", "ndjson"])
def test_a_series_of_specimens_has_columns_where_it_is_asked_for(tmp_path, ndjson, ending):
    source = ndjson(scattered(2))
    names = {}
    for name, asked in (("without", False), ("with", True)):
        inline(source, tmp_path / f"{name}.{ending}", serial=asked)
        names[name] = columns(tmp_path / f"{name}.{ending}")
    place = names["without"].index("ever_positive") + 1
    assert names["with"] == [*names["without"][:place], *SERIES, *names["without"][place:]]


def columns(path):
    """Names of the columns of a result."""
    if path.suffix == ".parquet":
        return pq.read_schema(path).names
    if path.suffix == ".arrow":
        return pa.ipc.open_file(path).schema.names
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return [name.strip('"') for name in first.split(",")] if path.suffix == ".csv" else list(json.loads(first))


@pytest.mark.slow
def test_the_command_asks_for_a_series(tmp_path, ndjson):
    result = CliRunner().invoke(
        cli, ["batch", str(ndjson(scattered(1))), "-o", str(tmp_path / "out.csv"), *DRAWS, "--serial", "--workers", "1"]
    )
    assert result.exit_code == 0, result.output
    assert set(SERIES) < set(columns(tmp_path / "out.csv"))


def test_what_reproduces_a_result_says_whether_a_series_was_asked_for():
    digests = set()
    for asked in (False, True):
        options = Options(serial=asked)
        assert ("--serial" in about.command(options, "rows.csv").split()) is asked
        digests.add(about.describe(options, "0", "rows.csv")["request_sha256"])
    assert len(digests) == 2


def test_independent_sampling_gives_each_row_numbers_of_its_own(tmp_path, ndjson):
    same = [{**scattered(1)[0], "id": name} for name in "abc"]
    inline(ndjson(same), tmp_path / "common.parquet")
    inline(ndjson(same), tmp_path / "own.parquet", sampling="independent")
    inline(ndjson(same[::-1], "reversed.ndjson"), tmp_path / "again.parquet", sampling="independent")
    common, own, again = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("common", "own", "again"))
    assert len(set(common.column("high_h").to_pylist())) == 1
    assert len(set(own.column("high_h").to_pylist())) == 3
    assert again.sort_by("id").equals(own)


# -- bad rows -----------------------------------------------------------------------------------------------------------

BREAK = [
    lambda row: {**row, "weight_lb": 150},
    lambda row: {**row, "cutoff_ng_ml": "fifty"},
    lambda row: {name: value for name, value in row.items() if name != "route"},
    lambda row: {**row, "urine_ph": float("nan")},
    lambda row: {**row, "urine_ph": 14},
    lambda row: {**row, "substance": "ketamin"},
    lambda row: {**row, "analyte": ["norketamine"]},
    lambda row: [row],
]


@pytest.mark.slow
def test_every_bad_row_is_told_and_the_others_are_right(tmp_path, ndjson):
    good = scattered(160)
    table = list(good)
    for i, spoil in zip(range(5, 160, 20), BREAK, strict=True):
        table[i] = spoil(table[i])
    source = ndjson(table)
    with open(source, "a", encoding="utf-8") as file:
        file.write("not json\n" + "x" * 2_000_000 + "\n")
    result = command(
        source, "-o", tmp_path / "out.parquet", *DRAWS, "--chunk-rows", 50, "--errors", tmp_path / "bad.ndjson"
    )
    assert result.returncode == 0
    assert "10 rows cannot be answered" in result.stderr
    bad = [json.loads(line) for line in (tmp_path / "bad.ndjson").read_text().splitlines()]
    assert [line["row"] for line in bad] == [6, 26, 46, 66, 86, 106, 126, 146, 161, 162]
    assert [(line["pointer"], line["code"]) for line in bad] == [
        ("/weight_lb", "unknown-column"), ("/cutoff_ng_ml", "type"), ("/route", "required"), ("/urine_ph", "not-finite"),
        ("/urine_ph", "range"), ("/substance", "unknown-substance"), ("/analyte", "type"), ("", "type"),
        ("", "malformed-json"), ("", "line-too-long"),
    ]  # fmt: skip
    assert "weight_kg" in bad[0]["allowed"]
    assert "ketamine" in bad[5]["allowed"]
    assert "fifty" not in (tmp_path / "bad.ndjson").read_text()
    inline(ndjson(good, "good.ndjson"), tmp_path / "good.parquet")
    broken = {good[line["row"] - 1]["id"] for line in bad[:8]}
    expected = [row for row in pq.read_table(tmp_path / "good.parquet").to_pylist() if row["id"] not in broken]
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == expected


@pytest.mark.slow
def test_with_on_error_fail_nothing_is_written(tmp_path, ndjson):
    source = ndjson([scattered(1)[0], {}])
    refused(source, "-o", tmp_path / "out.parquet", *DRAWS, "--on-error", "fail", "--workers", 1)
    assert not (tmp_path / "out.parquet").exists()
    assert (tmp_path / "errors.ndjson").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rows.csv", "rows.ndjson", "rows.parquet", "rows.arrow", "grid.json"])
def test_an_empty_file_is_refused(tmp_path, name):
    (tmp_path / name).touch()
    assert refused(tmp_path / name, "-o", tmp_path / "out.csv", "--workers", 1).startswith("detectapi: ")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("arguments", [["--echo", "dose"], ["--times", "1,x"], ["--times", "-1"]])
def test_options_without_sense_are_refused(tmp_path, grid_file, arguments):
    assert refused(grid_file, "-o", tmp_path / "out.csv", *arguments)


def test_an_unknown_ending_is_refused(tmp_path, grid_file):
    assert refused(grid_file, "-o", tmp_path / "out.xlsx")


@pytest.mark.parametrize("same", ["output and errors", "source and output", "source and errors"])
def test_no_file_is_replaced_by_another(tmp_path, ndjson, same):
    source = ndjson(scattered(1))
    kept = source.read_bytes()
    arguments = {
        "output and errors": ["-o", tmp_path / "errors.ndjson"],
        "source and output": ["-o", source],
        "source and errors": ["-o", tmp_path / "out.csv", "--errors", source],
    }
    assert same in refused(source, *arguments[same])
    assert source.read_bytes() == kept


def test_a_grid_that_is_no_grid_is_refused_in_a_line(tmp_path, grid_file):
    for text, message in (
        ("[" * 100_000, "Nested too deeply"),
        ('{"urine_ph": 6, "urine_ph": 7}', "twice"),
        (
            json.dumps({name: list(range(100_000)) for name in ("amount_mg", "weight_kg", "age_y")}),
            "at most 1000000 chunks",
        ),
    ):
        grid_file.write_text(text, encoding="utf-8")
        assert message in refused(grid_file, "-o", tmp_path / "out.csv", "--workers", 1)


def test_an_id_that_no_file_can_hold_costs_its_row_only(tmp_path, ndjson):
    good = scattered(2)
    result = inline(ndjson([good[0], {**good[0], "id": "\ud800"}, good[1]]), tmp_path / "out.parquet")
    assert (result["state"], result["rows_bad"]) == ("partial", 1)
    (line,) = map(json.loads, (tmp_path / "errors.ndjson").read_text().splitlines())
    assert (line["row"], line["pointer"], line["code"]) == (2, "/id", "encoding")


def test_the_command_in_the_footer_has_every_digit():
    words = about.command(Options(times_h=(12345.678, 24.0), level=0.8765432), "rows.csv").split()
    assert "12345.678,24" in words
    assert "0.8765432" in words


# -- stopping and going on ------------------------------------------------------------------------------------------------


def begun(state):
    """Wait until some parts are written."""
    end = time.monotonic() + 60
    while len(list((state / "parts").glob("*.parquet"))) < 2:
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_same_command_goes_on_after_a_stop(tmp_path, ndjson, how):
    source = ndjson(scattered(400))
    inline(source, tmp_path / "undisturbed.parquet")
    line = [source, "-o", tmp_path / "out.parquet", *DRAWS, "--chunk-rows", 10, "--workers", 2]
    process = subprocess.Popen(
        [sys.executable, "-m", "detectapi", "batch", *map(str, line)], stderr=subprocess.PIPE, text=True
    )
    begun(tmp_path / "out.parquet.job")
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert "the same command continues" in said or how == signal.SIGKILL
    assert not (tmp_path / "out.parquet").exists()
    again = command(*line)
    assert again.returncode == 0
    assert "continuing" in again.stderr
    assert digest(tmp_path / "out.parquet") == digest(tmp_path / "undisturbed.parquet")
    assert not (tmp_path / "out.parquet.job").exists()


def test_rows_of_an_earlier_run_do_not_count_for_the_rate():
    job = {"rows_done": 600, "rows_total": 1000, "rows_bad": 0, "chunks_done": 6, "chunks_total": 10}
    result = progress({**job, "started": 50.0, "ended": None}, 60.0, before=500)
    assert (result["rows_per_s"], result["eta_s"]) == (10.0, 40.0)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.5, 0.8, 1.0, 1.2, 1.5])
def test_ctrl_c_at_a_terminal_reaches_workers_that_just_start_and_nobody_sees_a_traceback(tmp_path, ndjson, delay):
    line = [
        sys.executable,
        "-m",
        "detectapi",
        "batch",
        ndjson(scattered(400)),
        "-o",
        tmp_path / "out.parquet",
        "--workers",
        "2",
    ]
    process = subprocess.Popen(list(map(str, line)), stderr=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: everyone at once
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode != 0


def test_another_question_begins_anew(tmp_path, ndjson):
    source = ndjson(scattered(4))
    batch = local.Batch(source, tmp_path / "out.parquet", OPTIONS)
    with batch.opened():
        pass
    state = inline(ndjson(scattered(3, seed=9)), tmp_path / "out.parquet")
    assert (state["state"], state["rows_total"]) == ("succeeded", 3)


@pytest.mark.slow
def test_two_processes_do_not_write_the_same_output(tmp_path, ndjson):
    batch = local.Batch(ndjson(scattered(4)), tmp_path / "out.parquet", OPTIONS)
    with batch.opened():
        result = command(batch.source, "-o", tmp_path / "out.parquet", *DRAWS)
    assert result.returncode == 2
    assert "another process" in result.stderr


def test_a_part_that_was_changed_is_noticed(tmp_path, ndjson):
    batch = local.Batch(ndjson(scattered(4)), tmp_path / "out.parquet", OPTIONS)
    with batch.opened():
        job = batch.run("inline")
        (part,) = (batch.state / "parts").glob("*.parquet")
        part.write_bytes(part.read_bytes()[:-1] + b"x")
        with pytest.raises(OSError, match="has changed since it was written"):
            batch.finish(job)
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("left", "words"),
    [(None, ""), (0.0, ", 0:00 left"), (59.6, ", 1:00 left"), (125.0, ", 2:05 left"), (7384.0, ", 2:03:04 left")],
)
def test_what_is_left_is_told_at_the_rate_that_is_told(left, words):
    assert f"1,093 rows/s{words}" == _speed({"rows_per_s": 1093.2, "eta_s": left})


def test_rows_are_counted_while_they_are_read(tmp_path, ndjson, monkeypatch):
    monkeypatch.setattr(runner, "TICK_S", 0.0)
    seen = []
    batch = local.Batch(ndjson(scattered(6)), tmp_path / "out.parquet", Options(draws=100, chunk_rows=2))
    with batch.opened():
        batch.run("inline", tick=lambda job: seen.append((job["chunks_total"], job["rows_total"])))

    assert [2, 4, 6] == [rows for chunks, rows in seen if chunks is None and rows]


def test_where_not_one_row_can_be_answered_the_input_is_wrong(tmp_path):
    source, output = tmp_path / "bad.csv", tmp_path / "out.csv"
    source.write_text("id,substance,route,amount_mg\na,ketamin,oral,50\nb,ketamin,oral,100\n", encoding="utf-8")
    state = local.run(source, output, OPTIONS, executor="inline")
    work = local.Batch(source, output, OPTIONS)
    with work.opened():
        code = _end(work, work.job() | {"state": state["state"], "problem": state["problem"]})

    assert (state["state"], state["rows_bad"], state["problem"]["code"]) == ("failed", 2, "bad-rows")
    assert code == 2
    assert not output.exists()
    assert len((tmp_path / "errors.ndjson").read_text(encoding="utf-8").splitlines()) == 2
