"""The kernel against the single estimate, and against itself in other company."""

import random

import pytest
from scenarios import FAST, GRID, scattered

from detectapi import service
from detectapi.batch import chunk, grid, kernel, rows
from detectapi.batch.options import Options
from detectapi.batch.reader import Reader

TIMES = (24.0, 72.0)
FIGURES = ("median_h", "low_h", "high_h", "monte_carlo_se_h", "ever_positive")


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
    result = {name: window[name] for name in FIGURES}
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


def test_the_readings_of_a_series_equal_those_of_the_single_estimate(question):
    several = {
        "uses": [{"substance": "methamphetamine", "doses": [{"amount_mg": 10, "route": "oral"}]}, question],
        "assay": {"analytes": [{"analyte": "amphetamine", "cutoff_ng_ml": 50}]},
    }
    several["uses"][1] = {name: question[name] for name in ("substance", "doses")}
    table = [*scattered(5, seed=4), {**question, "model": {"kind": "half-life"}}, several]
    for row, got in zip(table, kernel.answer_rows(loaded(table), TIMES, with_serial=True), strict=True):
        asked = (
            row if rows.is_whole(row) else rows._nested(rows._joined({k: v for k, v in row.items() if k != "id"}, []))
        )
        expected = service.answer({**asked, "options": FAST.of_a_row})["serial"]
        for reading in ("last_positive", "first_negative"):
            for name in ("median_h", "low_h", "high_h", "monte_carlo_se_h"):
                assert got[f"{reading}_{name}"] == expected[reading][name], (row, reading, name)


def several_uses(count):
    """Whole requests about two or three uses, of people, doses and cutoffs of their own; every third with a screen."""
    source, table = random.Random(8), []  # noqa: S311 - a table, not a secret
    for i in range(count):
        amounts = [round(source.uniform(5, 60), 1) for _ in range(3)]
        uses = [
            {"substance": name, "doses": [{"amount_mg": amount, "route": "oral", "start_h": source.choice([0, 3])}]}
            for name, amount in zip(("codeine", "morphine", "amphetamine"), amounts, strict=True)
        ]
        analytes = [
            {"analyte": name, "cutoff_ng_ml": source.choice([50, 300])}
            for name in ("codeine", "morphine", "amphetamine")
        ]
        if i % 3 == 2:
            analytes = [{**analytes[1], "hydrolysed": True}]
        table.append({
            "uses": uses[: 2 + i % 2] if i % 3 else uses,
            "person": {"age_y": 40, "weight_kg": round(source.uniform(55, 110), 1)},
            "assay": {"analytes": analytes if i % 2 or not i % 3 else analytes[:2]},
        })  # fmt: skip
    return table


def test_rows_about_several_uses_equal_their_single_estimates():
    table = several_uses(8)
    for row, got in zip(table, kernel.answer_rows(loaded(table), TIMES), strict=True):
        answer = service.answer({**row, "options": FAST.of_a_row})
        assert got["notes"] == " ".join(note["code"] for note in answer["notes"])
        assert {name: got[name] for name in FIGURES} == {name: answer["window"][name] for name in FIGURES}, row


def test_rows_about_several_uses_are_simulated_side_by_side(monkeypatch):
    ready = loaded(several_uses(7)[::3])
    whole, portions = kernel.answer_rows(ready, TIMES), []
    answer_portion = kernel._answer_portion
    monkeypatch.setattr(
        kernel, "_answer_portion", lambda rows, people, t: portions.append(people) or answer_portion(rows, people, t)
    )
    assert kernel.answer_rows(ready, TIMES) == whole
    assert len(portions) == 1


def test_a_panel_has_the_series_of_the_class_that_is_positive_longest():
    row = {"substance": "methamphetamine", "route": "oral", "amount_mg": 10, "assay": "dot-panel"}
    answer = service.answer({**rows._nested(row), "options": FAST.of_a_row})
    good, bad = chunk.answer([(1, row)], Options(**{**FAST.to_dict(), "serial": True}))
    assert bad == []
    expected = [answer, *(one for one in answer["classes"] if one["tested"])]
    for one, got in zip(expected, good, strict=True):
        for reading in ("last_positive", "first_negative"):
            assert got[f"{reading}_median_h"] == one["serial"][reading]["median_h"]


def test_what_is_told_of_single_specimens_is_the_same_with_a_series():
    ready = loaded(scattered(5, seed=4))
    without = kernel.answer_rows(ready, TIMES)
    for one, other in zip(without, kernel.answer_rows(ready, TIMES, with_serial=True), strict=True):
        assert {name: other[name] for name in one} == one


@pytest.mark.slow
def test_five_hundred_draws_of_a_thousand_rows_equal_their_single_estimates():
    table = scattered(1000, seed=11)
    for row, got in zip(table, kernel.answer_rows(loaded(table, draws=500), TIMES), strict=True):
        expected, _ = single(row, draws=500)
        assert {name: got[name] for name in expected} == expected, row["id"]
