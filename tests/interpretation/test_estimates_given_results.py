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


# -- several uses, panels ----------------------------------------------------------------------------------------------

MORPHINE = {"collected_h": 20, "results": [{"analyte": "morphine", "value_ng_ml": 1500, "hydrolysed": True}]}
HEROIN = {"substance": "heroin", "doses": [{"amount_mg": {"low": 5, "high": 40}, "route": "intravenous"}]}
CODEINE = {"substance": "codeine", "doses": [{"amount_mg": 60, "route": "oral", "start_h": -8}]}
ONE = {"substance": "ketamine", "doses": QUESTION["doses"]}
NOTHING = {"substance": "zolpidem", "doses": []}


def of_uses(*uses, **more):
    return {"uses": list(uses), "options": {"draws": 1000}, **more}


def test_a_use_that_adds_nothing_changes_nothing_given_results():
    dose = {**QUESTION["doses"][0], "amount_mg": 35}  # a range has random numbers of its own in each place
    one = {**ONE, "doses": [dose]}
    alone = service.answer({**QUESTION, **one, "results": [specimen(60)]})["given_results"]
    beside = service.answer(of_uses(one, NOTHING, assay=QUESTION["assay"], results=[specimen(60)]))["given_results"]

    assert beside == alone


def test_results_narrow_the_window_of_several_uses_that_leave_the_same_analyte():
    asked = of_uses(HEROIN, CODEINE, assay="hhs-opiates-confirm")
    before, low, high = (
        service.answer({**asked, **given})
        for given in ({}, *({"results": [_with_level(MORPHINE, level)]} for level in (300, 6000)))
    )

    assert low["given_results"]["explained"]
    assert low["given_results"]["window"]["median_h"] < high["given_results"]["window"]["median_h"]
    assert {name: value for name, value in high.items() if name != "given_results"} == before


def _with_level(one, level):
    return {**one, "results": [{**one["results"][0], "value_ng_ml": level}]}


def test_dated_uses_and_patterns_have_results_too():
    dated = [
        {**ONE, "doses": [{**QUESTION["doses"][0], "start": "2026-11-16T09:00:00+01:00"}]},
        {"substance": "codeine", "doses": [{"amount_mg": 60, "route": "oral", "start": "2026-11-16T07:00:00+01:00"}]},
    ]
    result = {**specimen(60), "collected": "2026-11-17T09:00:00+01:00"}
    result.pop("collected_h")
    daily = {"substance": "codeine", "pattern": {"frequency": "daily", "amount_mg": 60, "route": "oral", "for_days": 5}}

    for uses, results in ((dated, [result]), ([ONE, daily], [specimen(60)])):
        answer = service.answer(of_uses(*uses, assay=QUESTION["assay"], results=results))
        assert answer["given_results"]["explained"]


def test_the_results_of_several_uses_are_put_on_one_clock():
    """Hours count from the start of the first dose, or whatever the doses count from: here the last one ends at 30."""
    later = {**ONE, "doses": [{**QUESTION["doses"][0], "start_h": 29}]}
    early = {**CODEINE, "doses": [{"amount_mg": 60, "route": "oral", "start_h": 2}]}
    shifted = {**ONE, "doses": [{**QUESTION["doses"][0], "start_h": 0}]}
    before = {**CODEINE, "doses": [{"amount_mg": 60, "route": "oral", "start_h": -27}]}
    one, other = (
        service.answer(of_uses(*uses, assay=QUESTION["assay"], results=[specimen(60, at=at)]))["given_results"]
        for uses, at in (((later, early), 53.0), ((shifted, before), 24.0))
    )

    assert one["window"] == other["window"]


def test_a_panel_given_results_has_the_window_of_each_class():
    asked = {**HEROIN, "assay": "dot-panel", "results": [MORPHINE], "options": {"draws": 1000}}
    answer = service.answer(asked)
    given, alone = answer["given_results"], service.answer({**asked, "assay": "dot-opiates"})["given_results"]

    assert [one["id"] for one in given["classes"]] == ["opiates", "heroin"]
    assert given["classes"][0]["window"] == alone["window"]
    assert given["window"]["median_h"] >= max(one["window"]["median_h"] for one in given["classes"])
    assert not EstimateResponseSchema().validate(json.loads(service.to_json_bytes(answer)))
    assert of_answer(answer)[-1].startswith("Given the measured results")


def test_a_panel_that_looks_for_nothing_that_was_used_has_no_window_given_results():
    answer = service.answer({**QUESTION, "assay": "dot-panel", "results": [specimen(60)]})

    assert answer["given_results"].keys() == {"specimens", "explained"}
    assert not given_results(answer)


def test_an_analyte_that_no_use_forms_is_refused_by_its_place():
    with pytest.raises(InputError) as caught:
        service.answer(of_uses(ONE, CODEINE, assay=QUESTION["assay"], results=[{
            "collected_h": 24, "results": [{"analyte": "benzoylecgonine", "value_ng_ml": 100}],
        }]))  # fmt: skip

    assert {problem.pointer for problem in caught.value.problems} == {"/results/0/results/0/analyte"}


def test_a_specimen_that_is_not_interpreted_changes_nothing_and_is_said_not_to_be():
    answer = service.answer({**QUESTION, "options": {"draws": 100}, "results": [specimen(60) | {"urine_ph": 3.0}]})

    assert answer["given_results"].keys() == {"specimens", "explained"}
    (said,) = given_results(answer)
    assert said == "Specimen 1 would be reported as adulterated (pH below 4 or at least 11). So it is not interpreted."
    assert said in of_answer(answer)
    assert EstimateResponseSchema().validate(answer) == {}
