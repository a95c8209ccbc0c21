"""Results read backwards on simulated cases: the report is fresh, its measures are right, and a run goes on where it stopped."""

from pathlib import Path

import numpy as np
import pytest

from detectapi.evaluation.validation import backwards_measures as measures
from detectapi.evaluation.validation import backwards_report, backwards_runs
from detectapi.evaluation.validation.backwards import TimeRead
from detectapi.evaluation.validation.backwards_cases import People
from detectapi.evaluation.validation.backwards_runs import Answers, NotFinished

REPORT = Path(__file__).parents[3] / "docs" / "validation" / backwards_report.REPORT
TABLES = backwards_report.settings()
TASK = backwards_report.rows(TABLES)[0].tasks[0]._replace(cases=25)


@pytest.fixture
def answered(monkeypatch):
    """Which cases were answered; their answers are their numbers."""
    asked = []

    def answer(task, places):
        asked.extend(places)
        return [TimeRead(float(place), 0, 1.0, False, False) for place in places]

    monkeypatch.setattr(backwards_runs, "answer", answer)
    monkeypatch.setattr(backwards_runs, "numbers", lambda _: "one")
    return asked


def test_a_run_goes_on_where_it_stopped(answered, tmp_path):
    with pytest.raises(NotFinished, match="0 of 25 cases"):
        Answers(tmp_path).of([TASK], minutes=-1.0)
    (first,) = Answers(tmp_path).of([TASK._replace(cases=15)])
    (whole,) = Answers(tmp_path).of([TASK])

    assert answered == list(range(25))
    assert [read.rank for read in whole] == list(range(25))
    assert whole[:15] == first


def test_nothing_is_taken_from_other_numbers_or_another_truth(answered, tmp_path, monkeypatch):
    Answers(tmp_path).of([TASK])
    Answers(tmp_path).of([TASK._replace(seed=1)])
    monkeypatch.setattr(backwards_runs, "numbers", lambda _: "other")
    Answers(tmp_path).of([TASK])

    assert len(answered) == 75


def test_a_person_is_the_same_however_many_others_there_are():
    few, many = (People(TASK.setting, count, TASK.seed) for count in (3, 8))

    assert np.array_equal(few.used, many.used[:3])
    assert few.case(2).levels == many.case(2).levels


def test_ratios_of_one_cost_one_bit_and_sure_ones_nothing():
    new = np.array([True, True, False, False])
    sure = np.where(new, 20.0, -20.0)

    assert measures.cost(np.zeros(4), new) == pytest.approx(1.0)
    assert measures.cost(sure, new) == pytest.approx(0.0, abs=1e-9)
    assert measures.cost(-sure, new) > 30.0
    assert measures.mean_posterior(sure, new) == pytest.approx(0.0, abs=1e-9)


def test_a_rule_costs_what_its_errors_leave_open():
    new = np.arange(200) < 100
    calls = np.where(new, np.arange(200) % 10 < 8, np.arange(200) % 10 < 1)  # 80 hits and 10 false alarms in 100
    p = np.array([0.8, 0.2]), np.array([0.1, 0.9])
    mixed = 0.5 * (p[0] + p[1])
    expected = 1.0 - sum(0.5 * float(np.sum(one * np.log2(one / mixed))) for one in p)

    assert measures.cost(measures.rule_as_ratios(calls, new), new) == pytest.approx(expected)


def test_turings_bound_allows_for_chance():
    new = np.arange(200) < 100
    logs = np.where(new, 3.0, -3.0)
    for wrong, holds in (
        (3, True),
        (5, False),
    ):  # of 100 at 1 in 100: 3 or more happen in 8 of 100 studies, 5 or more in 0.3
        some = logs.copy()
        some[100 : 100 + wrong] = 2.5
        assert measures.misled(some, new, 100.0).holds is holds


def test_even_ranks_are_uniform_and_heaped_ones_are_not():
    reads = [TimeRead((i + 0.5) / 100, 0, 1.0, False, False) for i in range(100)]
    heaped = [read._replace(rank=read.rank**3) for read in reads]

    assert measures.coverage(reads).uniform[1] > 0.99
    assert measures.coverage(heaped).uniform[1] < 0.01


def test_a_share_inside_is_held_against_what_so_many_cases_allow():
    def covers(inside, cases):
        reads = [TimeRead(0.5, 0 if i < inside else 1, 1.0, False, False) for i in range(cases)]
        return backwards_report._covers(measures.coverage(reads))

    assert covers(344, 400)
    assert not covers(343, 400)
    assert covers(84, 100)
    assert not covers(83, 100)


def test_the_report_has_every_row_of_the_settings_and_every_open_case():
    text = REPORT.read_text(encoding="utf-8")

    for row in backwards_report.rows(TABLES):
        assert row.name in backwards_report.first_numbers(text), row.name
    for table in TABLES["published"]:
        assert f"| {table['id']} | {table['use']}" in text
    assert {table["id"] for table in TABLES["published"]} == {f"O{i}" for i in range(1, 9)}


@pytest.mark.slow
def test_the_report_is_of_the_numbers_at_hand():
    shown = backwards_report.first_numbers(REPORT.read_text(encoding="utf-8"))
    for row in backwards_report.rows(TABLES):
        reads = [
            read
            for task in row.tasks
            for read in backwards_runs.answer(task, range(min(backwards_report.FIRST, task.cases)))
        ]
        numbers = [backwards_report.number_of(read) for read in reads]
        # Written to four decimals; other processors round sums otherwise.
        assert numbers == pytest.approx(shown[row.name], abs=0.002), (
            f"{row.name}: run detectapi validate interpretation"
        )
