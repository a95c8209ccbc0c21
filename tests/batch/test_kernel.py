"""The kernel against the single estimate, and against itself in other company."""

import random

import pytest
from scenarios import FAST, GRID, scattered

from detectapi import service
from detectapi.batch import grid, kernel, rows
from detectapi.batch.reader import Reader

TIMES = (24.0, 72.0)


def loaded(table, **options):
    reader = Reader({**FAST.of_a_row, **options})
    return [reader.read(row) for row in table]


def grid_rows():
    axes = grid.axes(GRID)
    return [row for _, row in grid.rows(axes, 0, grid.size(axes))]


def single(request_row, **options):
    """The window of the single estimate by the public answer, and what else a batch tells."""
    nested = rows._nested(rows._joined({k: v for k, v in request_row.items() if k != "id"}, []))
    answer = service.answer({**nested, "options": {**FAST.of_a_row, **options}})
    window = answer["window"]
    result = {name: window[name] for name in ("median_h", "low_h", "high_h", "monte_carlo_se_h", "ever_positive")}
    result["evidence"] = answer["evidence"]["grade"]
    result["notes"] = " ".join(note["code"] for note in answer["notes"])
    return result, answer["curve"]


def test_a_row_equals_the_single_estimate():
    table = scattered(40) + grid_rows()[::7]
    for row, got in zip(table, kernel.answer_rows(loaded(table), TIMES), strict=True):
        expected, _ = single(row)
        assert {name: got[name] for name in expected} == expected, row


def test_probabilities_equal_the_curve_of_the_single_estimate():
    for row in scattered(6, seed=3):
        _, curve = single(row)
        (got,) = kernel.answer_rows(loaded([row]), curve["time_h"])
        assert got["probability"] == curve["probability_positive"]


@pytest.mark.slow
def test_a_row_with_a_seed_of_its_own_equals_the_single_estimate_with_that_seed():
    table = scattered(40, seed=6) + [{**row, "id": f"g{i}"} for i, row in enumerate(grid_rows()[::9])]
    seeds = [rows.independent_seed(7, row["id"]) for row in table]
    reader = Reader(FAST.of_a_row)
    ready = [reader.read(row, seed) for row, seed in zip(table, seeds, strict=True)]
    for row, seed, got in zip(table, seeds, kernel.answer_rows(ready, TIMES), strict=True):
        expected, _ = single(row, seed=seed)
        assert {name: got[name] for name in expected} == expected, row


@pytest.mark.slow
def test_a_row_does_not_depend_on_its_company():
    table = scattered(60, seed=2) + grid_rows()
    together = kernel.answer_rows(loaded(table), TIMES)
    order = list(range(len(table)))
    random.Random(5).shuffle(order)  # noqa: S311 - an order, not a secret
    shuffled = kernel.answer_rows(loaded([table[i] for i in order]), TIMES)
    assert [together[i] for i in order] == shuffled
    for i in order[:25]:
        assert kernel.answer_rows(loaded([table[i]]), TIMES) == [together[i]]


def test_lots_of_bodies_do_not_show(monkeypatch):
    ready = loaded(grid_rows())
    whole = kernel.answer_rows(ready, TIMES)
    monkeypatch.setattr(kernel, "MOST_DRAWS_SIDE_BY_SIDE", 300)
    assert kernel.answer_rows(ready, TIMES) == whole
    monkeypatch.setattr(kernel, "MOST_CROSSINGS_AT_ONCE", 300)
    assert kernel.answer_rows(ready, TIMES) == whole


def test_whole_requests_are_answered_too(question):
    whole = [
        {**question, "model": {"kind": "half-life"}},
        {**question, "doses": [*question["doses"], {"amount_mg": 50, "route": "oral", "start_h": 30}]},
        {**question, "doses": []},
        {**question, "assay": {"target": "norketamine", "cutoff_ng_ml": 50, "cross_reactivity": {"ketamine": 0.1}}},
        {**question, "model": {"adjust": {"ketamine.clearance": {"scale": 0.8}}}},
        {**question, "assay": "mayo-ketau"},
        {**question, "options": {"draws": 150, "seed": 9, "level": 0.8}},
    ]
    ready = loaded([{"id": "x", **one} for one in whole])
    for one, got in zip(whole, kernel.answer_rows(ready, TIMES), strict=True):
        own = one["options"] if one["options"].get("seed") else {**FAST.of_a_row, **one["options"]}
        window = service.answer({**one, "options": own})["window"]
        assert {name: got[name] for name in ("median_h", "low_h", "high_h")} == {
            name: window[name] for name in ("median_h", "low_h", "high_h")
        }


@pytest.mark.slow
def test_five_hundred_draws_of_a_thousand_rows_equal_their_single_estimates():
    table = scattered(1000, seed=11)
    for row, got in zip(table, kernel.answer_rows(loaded(table, draws=500), TIMES), strict=True):
        expected, _ = single(row, draws=500)
        assert {name: got[name] for name in expected} == expected, row["id"]
