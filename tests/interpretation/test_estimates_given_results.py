"""An estimate whose question has measured results."""

import json

import pytest

from detectapi import service
from detectapi.telling.sentences import given_results, of_answer
from detectapi.values.errors import InputError
from schemas import EstimateResponseSchema

QUESTION = {
    "substance": "ketamine",
    "doses": [{"amount_mg": {"low": 20, "high": 60}, "route": "intravenous", "duration_min": 40}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    "options": {"draws": 1000},
}


def specimen(norketamine, at=24.0):
    return {
        "collected_h": at,
        "urine_creatinine_mg_dl": 100,
        "results": [{"analyte": "norketamine", "value_ng_ml": norketamine}],
    }


def after_results(*specimens, **changes):
    answer = service.answer({**QUESTION, **changes, "results": list(specimens)})
    return answer["given_results"]


def test_a_high_level_makes_the_window_later_and_a_low_one_earlier():
    before = service.answer(QUESTION)["window"]["median_h"]

    assert (
        after_results(specimen(5))["window"]["median_h"] < before < after_results(specimen(400))["window"]["median_h"]
    )


def test_the_answer_without_results_is_what_it_was():
    plain, asked = service.answer(QUESTION), service.answer({**QUESTION, "results": [specimen(60)]})

    assert "given_results" not in plain
    assert plain == {name: value for name, value in asked.items() if name != "given_results"}


def test_results_narrow_the_window():
    before, after = service.answer(QUESTION)["window"], after_results(specimen(60))["window"]

    assert after["high_h"] - after["low_h"] < before["high_h"] - before["low_h"]


def test_the_answer_has_the_form_of_the_contract():
    answer = service.answer({**QUESTION, "results": [specimen(60)]})

    assert not EstimateResponseSchema().validate(json.loads(service.to_json_bytes(answer)))


def test_the_chances_are_at_the_times_of_the_curve_and_fall_after_the_first_hours():
    answer = service.answer({**QUESTION, "results": [specimen(60)]})
    curve = answer["given_results"]["curve"]
    late = [p for t, p in zip(curve["time_h"], curve["probability_positive"], strict=True) if t >= 12]

    assert curve["time_h"] == answer["curve"]["time_h"]
    assert late == sorted(late, reverse=True)


def test_a_level_that_the_model_does_not_expect_changes_nothing_and_is_said():
    answer = service.answer({**QUESTION, "results": [specimen(1e7)]})

    assert answer["given_results"].keys() == {"specimens", "explained"}
    assert "does not expect" in given_results(answer)[0]


def test_the_window_given_results_is_said():
    answer = service.answer({**QUESTION, "results": [specimen(60)]})

    assert of_answer(answer)[-1].startswith("Given the measured results")


def test_a_pattern_has_its_results_in_hours_after_the_last_use():
    pattern = {"frequency": "daily", "amount_mg": 50, "route": "oral", "for_days": 10}
    question = {name: value for name, value in QUESTION.items() if name != "doses"}
    answer = service.answer({**question, "pattern": pattern, "results": [specimen(60)]})

    assert answer["given_results"]["explained"]


@pytest.mark.parametrize(
    ("results", "place"),
    [
        ([specimen(60, at=-5.0)], "/results/0"),
        ([{"collected_h": 24, "results": [{"analyte": "norketamine"}]}], "/results/0/results/0"),
        ([{"collected_h": 24, "results": [{"analyte": "caffeine", "value_ng_ml": 1}]}], "/results/0/results/0/analyte"),
        ([], "/results"),
    ],
)
def test_a_mistake_points_at_its_result(results, place):
    with pytest.raises(InputError) as caught:
        service.answer({**QUESTION, "results": results})

    assert place in {problem.pointer for problem in caught.value.problems}


def test_the_half_life_view_cannot_be_given_results():
    with pytest.raises(InputError) as caught:
        service.answer({**QUESTION, "model": {"kind": "half-life"}, "results": [specimen(60)]})

    assert caught.value.problems[0].code == "no-likelihood"
