"""What a question costs is estimated before it is computed; too dear ones are refused with what fits."""

import numpy as np
import pytest

from detectapi import service
from detectapi.exponentials import block_of
from detectapi.exponentials.response import FEWEST_DRAWS_AT_ONCE, MOST_DRAWS_AT_ONCE
from detectapi.model.panel import asked_panel, classes_of
from detectapi.model.question import read_question
from detectapi.model.work import MOST_SECONDS, Size, check_work, seconds, sizes_of
from detectapi.values.errors import InputError

ROUTES = ("oral", "intravenous", "sublingual", "rectal", "nasal-spray", "intramuscular")
ANALYTES = ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")


def mixed(count, draws, span_h=6.0, analytes=ANALYTES, **dose):
    """Doses of mixed routes that lie close together, each listed by itself."""
    starts = np.linspace(0.0, span_h, count)
    doses = [
        {"amount_mg": 5.0, "route": ROUTES[i % len(ROUTES)], "start_h": round(float(start), 4), **dose}
        for i, start in enumerate(starts)
    ]
    parts = [{"analyte": one, "cutoff_ng_ml": 0.01} for one in analytes]
    return {
        "substance": "ketamine", "doses": doses, "assay": {"rule": "all", "analytes": parts}, "options": {"draws": draws},
    }  # fmt: skip


def expected(question):
    return seconds(sizes_of(read_question(service.load(question))), question["options"]["draws"])


def refusal(question):
    with pytest.raises(InputError) as refused:
        service.answer(question)
    return refused.value.problems[0]


def test_the_cost_rises_with_doses_draws_and_parts_of_the_test():
    plain = expected(mixed(50, 500))
    assert expected(mixed(100, 500)) > plain
    assert expected(mixed(50, 1000)) > plain
    assert expected(mixed(50, 500, analytes=ANALYTES[:3])) < plain


def test_a_past_train_that_repeats_costs_more_than_a_single_dose():
    last = [{"amount_mg": 5.0, "route": "oral", "start_h": 5000.0}]
    single, train = mixed(50, 500), mixed(50, 500, repeat={"every_h": 24, "count": 2})
    for question in (single, train):
        question["doses"] = question["doses"] + last
    assert expected(train) > expected(single)


def test_too_dear_a_question_is_refused_with_the_draws_that_fit():
    question = mixed(490, 1000)
    problem = refusal(question)
    assert (problem.code, problem.pointer) == ("too-much-work", "/options/draws")
    fewest, most = problem.allowed
    assert fewest == 100
    assert expected({**question, "options": {"draws": most}}) <= MOST_SECONDS


def test_a_thousand_past_trains_are_refused_at_many_draws_although_no_dose_is_open():
    question = mixed(999, 20_000, repeat={"every_h": 24, "count": 5})
    question["doses"].append({"amount_mg": 5.0, "route": "oral", "start_h": 5000.0})
    assert refusal(question).code == "too-much-work"


@pytest.mark.parametrize("draws", [100, 2000])
def test_long_regular_schedules_are_far_below_the_bound(draws):
    doses = [{"amount_mg": 50, "route": "oral", "repeat": {"every_h": 24, "count": 10_000}}]
    assert expected({**mixed(1, draws), "doses": doses}) < MOST_SECONDS / 10


def test_a_panel_over_three_uses_is_below_the_bound():
    uses = [
        {"substance": name, "doses": [{"amount_mg": 10, "route": "oral", "repeat": {"every_h": 12, "count": 60}}]}
        for name in ("oxycodone", "diazepam", "amphetamine")
    ]
    request = service.load({"uses": uses, "assay": "dot-panel", "options": {"draws": 2000}})
    classes, _ = classes_of(request, asked_panel(request))
    assert classes
    assert seconds([size for one in classes for size in sizes_of(one.question)], 2000) < MOST_SECONDS


def test_classes_of_a_panel_are_added_up():
    question = read_question(service.load(mixed(150, 500)))
    once = seconds(sizes_of(question), 500)
    several = 1 + int(MOST_SECONDS / once)
    check_work([question], 500)
    with pytest.raises(InputError):
        check_work([question] * several, 500)


@pytest.mark.slow
def test_where_no_number_of_draws_fits_the_doses_are_refused():
    question = read_question(service.load(mixed(150, 100)))
    with pytest.raises(InputError) as refused:
        check_work([question] * 1000, 100)
    assert refused.value.problems[0].pointer == "/doses"


def test_the_cost_of_a_size_is_the_sum_of_its_terms():
    # 1,000 draws: 4 ms; 10 sums: 0.03 ms; 2 trains: 0.16 ms; 8 corners, 5 exponentials: 0.28 ms, and one block 0.088 ms.
    assert Size(5, 2, 10, 8).seconds(1000) == pytest.approx(4e-3 + 3e-5 + 1.6e-4 + 2.8e-4 + 8.8e-5)


def test_blocks_of_draws_are_smaller_where_there_are_many_corners():
    assert block_of(0, 5) == MOST_DRAWS_AT_ONCE
    assert block_of(1000, 12) == 300
    assert block_of(100_000, 50) == FEWEST_DRAWS_AT_ONCE
