"""Grids: every combination once, made when needed."""

import itertools

import pytest
from scenarios import GRID

from detectapi.batch import grid
from detectapi.values.errors import InputError


def test_every_combination_once_and_in_order():
    axes = grid.axes({"substance": "ketamine", "amount_mg": [25, 50], "urine_ph": {"from": 5, "to": 5.3, "step": 0.1}})
    rows = list(grid.rows(axes, 0, grid.size(axes)))
    expected = itertools.product(["ketamine"], [25, 50], [5.0, 5.1, 5.2, 5.3])
    assert [tuple(row[name] for name in ("substance", "amount_mg", "urine_ph")) for _, row in rows] == list(expected)
    assert [number for number, _ in rows] == list(range(1, 9))


def test_what_varies_is_known_so_that_a_result_can_repeat_it():
    ranges = [{"low": 5, "high": 6}, 7.0]
    axes = grid.axes(
        {"substance": "ketamine", "amount_mg": [25, 50], "urine_ph": ranges, "age_y": {"low": 20, "high": 30}}
    )
    assert grid.varying(axes) == ("amount_mg", "urine_ph", "urine_ph_low", "urine_ph_high")


def test_an_unknown_column_is_refused_with_those_that_begin_so():
    with pytest.raises(InputError) as caught:
        grid.axes({"egfr": [30, 60]})
    assert caught.value.problems[0].allowed[0] == "egfr_ml_min_1_73m2"


def test_any_part_can_be_made_alone():
    axes = grid.axes(GRID)
    whole = list(grid.rows(axes, 0, grid.size(axes)))
    assert list(grid.rows(axes, 7, 19)) == whole[7:19]


def test_a_thousand_million_rows_are_no_matter():
    axes = grid.axes(
        {
            "amount_mg": {"from": 1, "to": 1000, "step": 1},
            "urine_ph": {"from": 5, "to": 8, "step": 0.003},
            "cutoff_ng_ml": {"from": 1, "to": 1000, "step": 1},
        }
    )
    assert grid.size(axes) == 1000 * 1001 * 1000
    assert len(list(grid.rows(axes, 10**9, 10**9 + 3))) == 3


def test_a_range_of_the_contract_is_a_value():
    axes = grid.axes({"weight_kg": {"low": 60, "high": 80}})
    assert list(grid.rows(axes, 0, 1)) == [(1, {"weight_kg": {"low": 60, "high": 80}})]


@pytest.mark.parametrize(
    "bad",
    [
        {}, [], {"dose": [1]}, {"id": ["a"]}, {"amount_mg": []}, {"amount_mg": {"from": 1, "to": 2}},
        {"amount_mg": {"from": 2, "to": 1, "step": 1}}, {"amount_mg": {"from": 1, "to": 2, "step": 0}},
        {"amount_mg": {"from": 0, "to": 1e9, "step": 1e-3}}, {"amount_mg": {"from": "1", "to": 2, "step": 1}},
        {"amount_mg": {"from": 1, "to": float("inf"), "step": 1}}, {"sex": {"low": 1, "high": 2}},
    ],
)  # fmt: skip
def test_what_is_no_grid_is_refused(bad):
    with pytest.raises(InputError):
        grid.axes(bad)
