"""From flat names to a request, and what is wrong by column."""

import json
import random

import pytest
from scenarios import FAST, scattered

from detectapi import service
from detectapi.batch import rows
from detectapi.values.errors import InputError
from schemas.row import COLUMNS, PLACES, RANGED, WORDS, RowSchema

GOOD = {"substance": "ketamine", "route": "oral", "amount_mg": 50, "analyte": "norketamine", "cutoff_ng_ml": 50}


def wrong(**changes):
    row = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    with pytest.raises(InputError) as caught:
        rows.request(row, FAST.of_a_row)
    return {problem.pointer: problem.code for problem in caught.value.problems}


def test_flat_names_mean_what_the_contract_means():
    row = {
        **GOOD, "every_h": 24, "count": 5, "weight_kg_low": 60, "weight_kg_high": 80, "age_y": 42, "sex": "female",
        "serum_creatinine_mg_dl": 1.1, "hydration_level": "low", "urine_ph": 6.2, "void_interval_h": 3,
    }  # fmt: skip
    asked = {
        "substance": "ketamine",
        "doses": [{"amount_mg": 50, "route": "oral", "repeat": {"every_h": 24, "count": 5}}],
        "person": {"weight_kg": {"low": 60, "high": 80}, "age_y": 42, "sex": "female"},
        "renal": {"serum_creatinine_mg_dl": 1.1},
        "hydration": {"level": "low"},
        "urine_ph": 6.2,
        "specimen": {"void_interval_h": 3},
        "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
        "options": FAST.of_a_row,
    }
    assert rows.request(row, FAST.of_a_row) == service.load(asked)


def test_the_schema_of_a_row_has_every_place():
    assert set(RowSchema().fields) == {"id", *PLACES}
    assert set(RANGED) | set(WORDS) < set(PLACES)
    assert len(COLUMNS) == len(set(COLUMNS))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount_mg": ..., "amount": 2, "unit": ...}, {"/unit": "required"}),
        ({"unit": "g"}, {"/unit": "conflict"}),
        ({"amount_mg": "35 mg"}, {"/amount_mg": "type"}),
        ({"amount_mg": float("nan")}, {"/amount_mg": "not-finite"}),
        ({"amount_mg": True}, {"/amount_mg": "type"}),
        ({"amount_mg": ...}, {"/amount_mg": "exactly-one"}),
        ({"weight_lb": 150}, {"/weight_lb": "unknown-column"}),
        ({"urine_ph": [6, 7]}, {"/urine_ph": "type"}),
        ({"urine_ph_low": 5, "urine_ph_high": 12}, {"/urine_ph_high": "range"}),
        ({"urine_ph_low": 5}, {"/urine_ph_high": "required"}),
        ({"urine_ph_low": 7, "urine_ph_high": 6}, {"/urine_ph": "empty-range"}),
        ({"urine_ph": 6, "urine_ph_low": 5, "urine_ph_high": 7}, {"/urine_ph": "conflict"}),
        ({"assay": "mayo-ketau"}, {"/assay": "conflict"}),
        ({"serum_creatinine_mg_dl": 1.1}, {"/age_y": "required", "/sex": "required"}),
        ({"ckd_stage": "G9"}, {"/ckd_stage": "choice"}),
        ({"count": 2}, {"/every_h": "required"}),
        ({"cutoff_ng_ml": 0, "sex": "x"}, {"/cutoff_ng_ml": "range", "/sex": "choice"}),
    ],
)
def test_every_problem_points_at_its_column(changes, expected):
    assert wrong(**changes) == expected


def test_text_cells_are_read_as_numbers_where_numbers_belong():
    cells = {
        "amount_mg": " 35 ",
        "urine_ph": "",
        "route": "oral",
        "count": "1_0",
        "cutoff_ng_ml": "NaN",
        "weight_kg_low": "6e1",
    }
    row = rows.from_text(cells)
    assert row == {"amount_mg": 35.0, "route": "oral", "count": "1_0", "weight_kg_low": 60.0}


@pytest.mark.parametrize(
    ("value", "name"), [(None, "17"), ("", "17"), ("a b", "a b"), (3, "3"), (3.0, "3"), (2.5, "2.5")]
)
def test_the_id_is_the_row_s_or_its_number(value, name):
    assert rows.identity({"id": value}, 17) == name


@pytest.mark.parametrize("value", [True, [1], "x" * 201, float("inf")])
def test_an_id_is_text_or_a_number(value):
    with pytest.raises(InputError):
        rows.identity({"id": value}, 17)


def test_independent_seeds_depend_on_seed_and_id_only():
    assert rows.independent_seed(7, "a") == rows.independent_seed(7, "a")
    assert len({rows.independent_seed(seed, name) for seed in (7, 8) for name in ("a", "b")}) == 4


@pytest.mark.parametrize(
    ("name", "value"), [("include", ["draws"]), ("times_h", [72.0]), ("at", ["2026-01-03T08:00:00Z"])]
)
def test_a_table_has_no_place_for_what_each_row_would_have_in_a_column_of_its_own(question, name, value):
    question["options"] = {"seed": 3, name: value}

    with pytest.raises(InputError) as caught:
        rows.request(question, FAST.of_a_row)

    assert caught.value.problems[0].pointer == f"/options/{name}"


def test_a_whole_request_keeps_its_own_options(question):
    question["options"] = {"seed": 3}
    nothing_more = {"include": [], "times_h": [], "at": []}

    assert rows.request(question, FAST.of_a_row)["options"] == {**FAST.of_a_row, "seed": 3, **nothing_more}


def said(row, seed=7):
    try:
        return rows.request(row, {"draws": 100, "seed": seed, "level": 0.9})
    except InputError as error:
        return [problem._asdict() for problem in error.problems]


def test_a_row_of_a_kind_seen_before_is_loaded_as_if_it_were_the_first(monkeypatch):
    source = random.Random(3)  # noqa: S311 - cells, not secrets
    table = scattered(120) + scattered(120, seed=2)
    odd = (-1, 0, 2.5, 1e9, 10**400, True, "x", None, [], float("nan"), {"low": 1, "high": 2}, {"low": 2, "high": 1})
    for row in table[::3]:
        row[source.choice(list(row))] = source.choice(odd)
    first = []
    for row in table:
        monkeypatch.setattr(rows, "_seen", {})
        first.append(said(row))
    monkeypatch.setattr(rows, "_seen", {})
    assert [said(row) for row in table] == first
    assert len(rows._seen) < sum(isinstance(one, dict) for one in first)
    for row, one in zip(table, first, strict=True):
        again = said(row, seed=9)
        assert again == ({**one, "options": {**one["options"], "seed": 9}} if isinstance(one, dict) else one)
        assert json.dumps(said(row)) == json.dumps(one)


def test_kinds_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(rows, "MOST_KINDS", 3)
    monkeypatch.setattr(rows, "_seen", {})
    for row in scattered(60):
        said(row)
        assert len(rows._seen) <= 3


@pytest.mark.parametrize("name", ["amount_mg", "weight_kg"])
def test_a_range_in_one_cell_is_refused_in_the_words_of_a_table(name):
    row = {"substance": "ketamine", "route": "oral", "amount_mg": "30", name: "70-80"}
    with pytest.raises(InputError) as caught:
        rows.request(rows.from_text(row), {"draws": 100, "seed": 1, "level": 0.9})
    (problem,) = caught.value.problems

    assert problem.pointer == f"/{name}"
    assert problem.detail.endswith(f"; a range goes into {name}_low and {name}_high.")
