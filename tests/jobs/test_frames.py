"""Data frames in, data frames of the same kind out: the columns and numbers of a batch of the same rows."""

import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scenarios import scattered

from detectapi import InputError, estimates, interpret, interpretations
from detectapi.batch.options import Options
from detectapi.jobs import frames, local

ROWS = [
    {"id": "a", "substance": "ketamine", "route": "oral", "amount_mg": 25.0},
    {"id": "b", "substance": "ketamine", "route": "oral", "amount_mg": -1.0},
    {"id": None, "substance": None, "route": None, "amount_mg": float("nan")},
    {"id": None, "substance": "ketamine", "route": "oral", "amount_mg": 25.0},
]
TABLE = pa.Table.from_pylist(ROWS)


def asked(frame, **options):
    return estimates(frame, draws=100, seed=7, **options)


def arrow(answers):
    """A result of any kind as a table of pyarrow."""
    if isinstance(answers, pa.RecordBatchReader):
        return answers.read_all()
    return answers.to_arrow() if isinstance(answers, pl.DataFrame) else pa.table(answers)


@pytest.mark.slow
def test_a_frame_has_the_columns_and_numbers_of_the_file_that_the_command_writes(tmp_path):
    rows = [*scattered(60), {"substance": "ketamine", "route": "oral", "amount_mg": 50, "assay": "dot-panel"}]
    rows.insert(7, {"substance": "ketamin", "route": "oral", "amount_mg": 50})
    source, output = tmp_path / "in.parquet", tmp_path / "out.parquet"
    table = pa.Table.from_pylist(rows, schema=pa.Table.from_pylist([{k: v for r in rows for k, v in r.items()}]).schema)
    pq.write_table(table, source)
    local.run(source, output, Options(draws=100, seed=7, echo=("all",)), executor="inline")
    written = pq.read_table(output)

    for frame in (table, pl.from_arrow(table), table.to_reader(9)):
        for processes in (1, 2):
            answers = asked(frame, echo=["all"], processes=processes)
            answers = arrow(answers)
            good = answers.filter(answers["errors"].is_null()).drop_columns("errors")

            assert written.to_pylist() == good.to_pylist()
            assert written.column_names == good.column_names
            assert 1 == answers.num_rows - good.num_rows
            if isinstance(frame, pa.RecordBatchReader):
                break  # it is read once


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (TABLE, pa.Table),
        (TABLE.to_pandas(), pd.DataFrame),
        (pl.from_arrow(TABLE), pl.DataFrame),
        (TABLE.to_batches()[0], pa.Table),
        (TABLE.to_reader(), pa.RecordBatchReader),
    ],
)
def test_the_kind_that_went_in_comes_back(frame, kind):
    answers = asked(frame)

    assert kind is type(answers)
    rows = arrow(answers).to_pylist()
    assert ["a", "b", "3", "4"] == [row["id"] for row in rows]
    assert "The row has no value." == rows[2]["errors"]
    assert rows[0]["median_h"] == rows[3]["median_h"] > 0.0
    assert rows[1]["median_h"] is None
    assert rows[1]["errors"].startswith("amount_mg: Must be a number above 0")


def test_the_result_says_what_reproduces_it():
    about = asked(TABLE).schema.metadata

    assert b"7" == about[b"detectapi.seed"]
    assert b"not evidence of use" in about[b"detectapi.limits"]


def test_words_that_are_kept_as_codes_are_read():
    words = pl.from_arrow(TABLE).with_columns(
        pl.col("substance").cast(pl.Categorical), pl.col("amount_mg").cast(pl.Decimal(8, 2), strict=False)
    )

    assert asked(words)["median_h"].to_list() == asked(TABLE)["median_h"].to_pylist()


def test_the_index_of_pandas_is_no_column_of_a_scenario():
    filtered = TABLE.to_pandas().iloc[[3, 0]]

    assert ["1", "a"] == list(asked(filtered)["id"])
    for name in ("patient", "id", None):
        named = filtered.drop(columns="id").set_index(pd.Index(["p1", "p2"], name=name))

        assert ["1", "2"] == list(asked(named)["id"]), name


def test_a_row_without_a_value_moves_no_number():
    rows = pl.DataFrame(
        {"substance": ["ketamine", None], "route": ["oral", None], "amount_mg": [-30.0, None]}
    ).reverse()
    answers = asked(rows)

    assert ["1", "2"] == answers["id"].to_list()
    assert [True, False] == [error == "The row has no value." for error in answers["errors"]]
    with pytest.raises(InputError, match=r"^rows\[0\]: The row has no value"):
        asked(rows, on_error="fail")
    (line,) = interpretations(pl.DataFrame({"substance": [None]})).to_dicts()
    assert ("1", "The row has no value.") == (line["id"], line["errors"])


@pytest.mark.parametrize("wrong", [[ROWS[0]], pl.Series([1.0]), pd.DataFrame({"amount_mg": [1.0, "12 mg"]}), 7])
def test_what_is_no_table_is_refused(wrong):
    with pytest.raises(InputError, match="Must be a table"):
        asked(wrong)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (pd.DataFrame([[1.0, 2.0]], columns=["amount_mg", "amount_mg"]), "its own name"),
        (pd.DataFrame({"amount_mg": [10**30]}), "64 bits"),
        (pd.DataFrame({"amount_mg": [1j]}), "complex"),
        (pd.DataFrame({"substance": pd.Series(["\ud800"], dtype=object)}), "UTF-8"),
    ],
)
def test_a_table_that_arrow_cannot_hold_is_refused_in_words(wrong, words):
    for function in (asked, interpretations):
        with pytest.raises(InputError, match=words):
            function(wrong)


def test_a_frame_without_rows_gives_one_without_rows():
    assert (0, "errors") == (len(asked(TABLE.slice(0, 0))), asked(TABLE.slice(0, 0)).column_names[-1])


def test_an_option_that_is_not_allowed_is_named():
    with pytest.raises(InputError, match="^draws: "):
        estimates(TABLE, draws=3)
    with pytest.raises(InputError, match="^on_error: "):
        estimates(TABLE, on_error="ignore")
    with pytest.raises(InputError, match="^processes: "):
        estimates(TABLE, processes=0)
    for wrong in (5, "12", b"12"):
        with pytest.raises(InputError, match="^times_h"):
            estimates(TABLE, times_h=wrong)


def test_a_text_is_one_column_to_repeat():
    assert "in_amount_mg" in asked(TABLE.slice(0, 1), echo="amount_mg").column_names


@pytest.mark.parametrize("wrong", [{"draws": 3}, {"drows": 100}, [1], [], "draws", 0])
def test_an_option_of_interpretations_is_checked_once_and_first(wrong):
    for rows in (0, 2):
        with pytest.raises(InputError, match="options"):
            interpretations(pa.Table.from_pylist([FLAT] * 2).slice(0, rows), options=wrong)


def test_on_request_a_wrong_row_is_an_error_that_names_row_and_column():
    with pytest.raises(InputError, match=r"^rows\[1\].amount_mg: Must be a number above 0"):
        asked(TABLE, on_error="fail")


def test_a_stream_is_read_only_as_far_as_its_answers_are():
    taken = []

    def batches():
        for batch in TABLE.slice(0, 1).to_batches() * 5:
            taken.append(1)
            yield batch

    endless = pa.RecordBatchReader.from_batches(TABLE.schema, batches())
    options = Options.checked(draws=100)
    small = Options.from_dict({**options.to_dict(), "chunk_rows": 1})
    answers = frames.answered(endless, small, 1)
    answers.read_next_batch()

    assert 2 >= len(taken)


# -- processes --------------------------------------------------------------------------------------------------------

SCRIPT = """
import multiprocessing
import polars
from detectapi import estimates

multiprocessing.set_start_method("{method}")
print("the script runs")
rows = polars.DataFrame({{"substance": "ketamine", "route": "oral", "amount_mg": [25.0, 50.0]}})
print(estimates(rows, draws=100, processes=2)["median_h"].is_not_null().all())
"""


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_script_without_a_guard_is_run_once(tmp_path, method):
    (tmp_path / "script.py").write_text(SCRIPT.format(method=method), encoding="utf-8")
    run = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300)

    assert (run.stdout.splitlines(), run.stderr) == (["the script runs", "True"], "")


def dies(task):
    """In place of the work of a process."""
    import os

    os._exit(1)


def doubles(task):
    return {"number": 2 * task["number"]}


@pytest.mark.slow
def test_results_come_in_the_order_of_the_tasks():
    tasks = ({"number": n} for n in range(50))

    assert [2 * n for n in range(50)] == [result["number"] for result in frames.in_order(tasks, doubles, 2)]


@pytest.mark.slow
def test_a_process_that_dies_again_and_again_is_an_error(monkeypatch):
    monkeypatch.setattr(frames, "MOST_DEATHS", 1)
    with pytest.raises(frames.FrameError, match="died"):
        list(frames.in_order(iter([{}]), dies, 2))


# -- interpretations --------------------------------------------------------------------------------------------------

RESULT = {
    "specimens": [{"collected_h": 100, "results": [{"analyte": "norketamine", "value_ng_ml": 4.2}]}],
    "accounts": [
        {"id": "once", "doses": [{"amount_mg": 50, "route": "oral", "start_h": 0}]},
        {
            "id": "twice",
            "doses": [{"amount_mg": 50, "route": "oral", "start_h": 0, "repeat": {"every_h": 24, "count": 2}}],
        },
    ],
    "compare": [["once", "twice"]],
}
FLAT = {
    "id": "x",
    "substance": "ketamine",
    "specimens/0/collected_h": 100.0,
    "specimens/0/results/0/analyte": "norketamine",
    "specimens/0/results/0/value_ng_ml": 4.2,
    "accounts/0/id": "once",
    "accounts/0/doses/0/amount_mg": 50.0,
    "accounts/0/doses/0/route": "oral",
    "accounts/0/doses/0/start_h": 0.0,
}


@pytest.mark.slow
def test_a_table_of_results_says_what_the_single_question_says():
    single = interpret(substance="ketamine", **RESULT, options={"draws": 200})
    nested = pa.Table.from_pylist([{"substance": "ketamine", **RESULT}, {"substance": "ketamin", **RESULT}])
    for frame in (nested, pl.from_arrow(nested), nested.to_pandas()):
        answers = pa.table(interpretations(frame, options={"draws": 200})).to_pylist()

        assert single.frame() == {name: [line[name] for line in answers[:-1]] for name in single.frame()}
        assert ["once", "once"] == [answers[0]["account"], answers[2]["account"]]
        assert [None, None, "twice"] == [line["against"] for line in answers[:-1]]
        assert "2" == answers[-1]["id"]
        assert answers[-1]["errors"].startswith("substance: ")


@pytest.mark.slow
def test_a_table_of_results_may_name_each_field_by_its_pointer():
    single = interpret(
        substance="ketamine", specimens=RESULT["specimens"], accounts=RESULT["accounts"][:1], options={"draws": 200}
    )
    (line,) = interpretations(pl.DataFrame([FLAT]), options={"draws": 200}, processes=2).to_dicts()

    assert "x" == line["id"]
    assert single.frame()["percentile"] == [line["percentile"]]


def test_a_place_that_is_left_out_of_a_list_is_an_error_of_its_row():
    wrong = {name.replace("doses/0", "doses/1"): value for name, value in FLAT.items()}
    (line,) = interpretations(pa.Table.from_pylist([wrong])).to_pylist()

    assert line["errors"] == "accounts[0].doses: The places in a list count from 0, and none is left out."


def test_two_columns_of_the_same_field_are_an_error_of_their_row():
    (line,) = interpretations(pa.Table.from_pylist([{**FLAT, "substance/name": "x"}])).to_pylist()

    assert "Another column holds the same field" in line["errors"]
