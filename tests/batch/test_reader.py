"""Rows put together from parts that were read before are the rows themselves."""

import pytest
from scenarios import FAST, GRID, scattered

from detectapi.batch import grid, rows
from detectapi.batch.reader import ASSAY, BODY, DOSES, Reader
from detectapi.model.question import read_question
from detectapi.values.errors import InputError
from schemas.row import COLUMNS

GOOD = {"substance": "ketamine", "route": "oral", "amount_mg": 1, "analyte": "norketamine", "cutoff_ng_ml": 50}


def same(one, other):
    """Whether two rows ask the same; calibrations are compared by identity, physiology by what is known."""
    assert one.request == other.request
    assert one.question.regimen == other.question.regimen
    assert one.question.assay == other.question.assay
    assert one.question.substance is other.question.substance
    assert one.question.posterior is other.question.posterior
    assert one.question.physiology.known == other.question.physiology.known
    return True


def test_every_column_belongs_to_one_group():
    assert sorted((*DOSES, *BODY, *ASSAY, "id")) == sorted(COLUMNS)


def test_what_is_put_together_is_what_is_read_alone():
    axes = grid.axes(GRID)
    table = [row for _, row in grid.rows(axes, 0, grid.size(axes))] + scattered(50)
    reader = Reader(FAST.of_a_row)
    for row in table * 2:
        alone = rows.request(row, FAST.of_a_row)
        own = Reader(FAST.of_a_row).read(row)
        assert own.request == alone
        assert own.question.regimen == read_question(alone).regimen
        assert same(reader.read(row), own)


def test_a_seed_of_its_own_is_kept():
    reader = Reader(FAST.of_a_row)
    reader.read(GOOD)
    assert [reader.read(GOOD, seed).request["options"]["seed"] for seed in (3, None)] == [3, FAST.seed]


@pytest.mark.parametrize(
    "bad",
    [{"amount_mg": True}, {"weight_lb": 1}, {"cutoff_ng_ml": float("nan")}, {"route": "osmosis"}, {"urine_ph": [6]}],
)
def test_a_bad_row_is_refused_also_when_its_like_was_good(bad):
    reader = Reader(FAST.of_a_row)
    reader.read(GOOD)
    with pytest.raises(InputError):
        reader.read({**GOOD, **bad})


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("detectapi.batch.reader.MOST_KEPT", 10)
    reader = Reader(FAST.of_a_row)
    for row in scattered(30):
        reader.read(row)
    assert len(reader._kept) <= 13
