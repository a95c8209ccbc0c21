"""Answers to whole questions: what must hold whatever the numbers of a substance are."""

import copy
import json

import numpy as np
import pytest

from detectapi import service
from detectapi.interpretation.comparisons import ratio
from detectapi.interpretation.question import read
from detectapi.interpretation.recipe import run
from detectapi.telling import interpretation
from detectapi.telling.interpretation_picture import draw_alone
from detectapi.telling.interpretation_summary import summarize
from detectapi.values.errors import InputError
from schemas import InterpretationResponseSchema

HIGH = [
    {"analyte": "ketamine", "value_ng_ml": 60},
    {"analyte": "norketamine", "value_ng_ml": 150},
    {"analyte": "dehydronorketamine", "value_ng_ml": 600},
]
"""What a use a day or two before a specimen leaves in it."""


def single(answer):
    return answer["accounts"][0]


@pytest.mark.parametrize("name", ["answer_of_one", "answer_of_pair"])
def test_an_answer_has_the_form_of_the_contract(name, request):
    assert not InterpretationResponseSchema().validate(json.loads(service.to_json_bytes(request.getfixturevalue(name))))


def test_the_same_question_gets_the_same_bytes(one, answer_of_one):
    assert service.to_json_bytes(service.interpret(one)) == service.to_json_bytes(answer_of_one)


def test_the_order_of_analytes_changes_nothing(one, answer_of_one):
    one["specimens"][0]["results"].reverse()

    assert service.interpret(one) == answer_of_one


@pytest.mark.slow
def test_the_order_of_specimens_changes_nothing(pair, answer_of_pair):
    pair["specimens"].reverse()

    assert service.interpret(pair) == answer_of_pair


def test_without_results_the_time_of_use_is_its_prior(one):
    one["specimens"][0]["results"] = []
    when = single(service.interpret(one))["time_of_use"]

    assert {name: when[name] for name in ("low_h", "median_h", "high_h")} == {
        name: when["prior"][name] for name in ("low_h", "median_h", "high_h")
    }


def test_without_results_the_ratio_is_one(pair):
    for specimen in pair["specimens"]:
        specimen["results"] = []
    again, earlier = (one.weighted for one in run(read(service.load(pair, service.interpretation_form()))))

    assert (ratio(again, earlier).log10, ratio(again, earlier).error) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_the_ratio_of_two_equal_accounts_is_one(pair):
    pair["accounts"][1] = {**pair["accounts"][0], "id": "the same"}
    pair["compare"] = [["the same", "earlier"]]
    (comparison,) = service.interpret(pair)["comparisons"]

    assert comparison["log10_lr"] == 0.0
    assert comparison["monte_carlo_se"] == 0.0


@pytest.mark.slow
def test_turning_a_comparison_turns_its_sign(pair, answer_of_pair):
    pair["compare"] = [["earlier", "again"]]
    (turned,), (straight,) = service.interpret(pair)["comparisons"], answer_of_pair["comparisons"]

    assert turned["log10_lr"] == pytest.approx(-straight["log10_lr"])
    assert turned["favours"] == straight["favours"]


def test_a_value_beyond_anything_possible_is_not_explained_and_has_no_ratio(pair):
    pair["specimens"][1]["results"] = [{"analyte": "norketamine", "value_ng_ml": 1e8}]
    answer = service.interpret(pair)

    assert not any(entry["explained"] for entry in answer["accounts"])
    assert answer["comparisons"][0]["log10_lr"] is None
    assert "model-does-not-explain" in {one["code"] for one in answer["notes"]}
    assert "no ratio" in answer["words"][0]


def test_what_is_read_from_results_is_left_out_where_the_account_does_not_explain_them(one):
    one["specimens"][0]["results"] = [{"analyte": "norketamine", "value_ng_ml": 1e8}]

    assert "time_of_use" not in single(service.interpret(one))


def test_the_same_values_later_mean_a_later_last_use(one, answer_of_one):
    one["specimens"][0]["results"] = [{"analyte": "norketamine", "value_ng_ml": 4.2}]
    early = single(service.interpret(one))["time_of_use"]["median_h"]
    one["specimens"][0]["results"][0]["value_ng_ml"] = 42.0

    assert single(service.interpret(one))["time_of_use"]["median_h"] < early


@pytest.mark.slow
def test_a_much_higher_second_specimen_supports_further_use_and_a_much_lower_one_does_not(pair):
    risen = copy.deepcopy(pair)
    risen["specimens"][1]["results"] = HIGH
    (up,) = service.interpret(risen)["comparisons"]
    for entry in pair["specimens"][1]["results"][1:]:
        entry["below_ng_ml"] = entry.pop("value_ng_ml") / 20
    (down,) = service.interpret(pair)["comparisons"]

    assert up["favours"] == "again"
    assert down["log10_lr"] < 0.0


@pytest.mark.slow
def test_no_ratio_beyond_what_the_evidence_allows_is_shown(pair):
    pair["specimens"][1]["results"] = HIGH
    answer = service.interpret(pair)
    (comparison,) = answer["comparisons"]

    assert "hypothesis" in {entry["evidence"]["grade"] for entry in answer["accounts"]}
    assert comparison["largest_shown"] == 10
    assert comparison["log10_lr"] == 1.0
    assert comparison["at_least"]


@pytest.mark.parametrize(
    ("urine", "word"),
    [
        ({"urine_creatinine_mg_dl": 1.0, "specific_gravity": 1.0005}, "substituted"),
        ({"urine_ph": 9.5}, "invalid"),
        ({"urine_ph": 3.0}, "adulterated"),
    ],
)
def test_a_specimen_that_no_kidney_makes_is_not_interpreted(one, urine, word):
    del one["specimens"][0]["urine_creatinine_mg_dl"]
    one["specimens"][0] |= urine
    answer = service.interpret(one)

    assert answer["specimens"][0]["validity"] == word
    assert not answer["specimens"][0]["interpreted"]
    assert single(answer)["results"] == []


def test_a_dilute_specimen_is_interpreted_and_said_to_be_dilute(one):
    one["specimens"][0] |= {"urine_creatinine_mg_dl": 12, "specific_gravity": 1.002}
    answer = service.interpret(one)

    assert answer["specimens"][0]["interpreted"]
    assert "dilute-specimen" in {one["code"] for one in answer["notes"]}


def test_a_screen_and_its_confirmation_are_one_specimen(one):
    one["specimens"][0]["screen"] = {
        "assay": {"target": "norketamine", "cutoff_ng_ml": 100, "cross_reactivity": {"ketamine": 0.5}},
        "positive": False,
    }
    answer = service.interpret(one)

    assert single(answer)["explained"]


def test_a_planned_test_has_a_chance_before_and_after_the_results(one):
    one["planned"] = {"at_h": 1, "assay": {"analytes": [{"analyte": "dehydronorketamine", "cutoff_ng_ml": 30}]}}
    chance = single(service.interpret(one))["planned"]

    assert chance["probability_given_results"] > chance["probability_before"] + 0.3


@pytest.mark.parametrize("support", ["none", "weak", "strong"])
def test_a_comparison_is_said_without_a_verdict_and_the_same_in_both_directions(support):
    entry = {"first": "a", "second": "b", "log10_lr": 0.5, "ratio": 3.2, "at_least": False, "support": support}
    one, other = (interpretation.comparison(entry | {"favours": name}) for name in ("a", "b"))

    assert other == one.replace("“a”", "“x”").replace("“b”", "“a”").replace("“x”", "“b”") or support == "none"
    assert ("not the probability that" in one) == (support != "none")


def test_no_sentence_is_a_verdict(answer_of_one, answer_of_pair):
    said = " ".join([*answer_of_one["words"], *answer_of_pair["words"]]).lower()

    assert not [word for word in ("guilty", "relapse", "tamper", "cheat", "used again", "clean") if word in said]


def refused(question):
    with pytest.raises(InputError) as caught:
        service.interpret(question)
    return {(problem.pointer, problem.code) for problem in caught.value.problems}


def test_a_result_needs_one_quantity(one):
    one["specimens"][0]["results"][0]["value_ng_ml"] = 3.0

    assert ("/specimens/0/results/0", "exactly-one") in refused(one)


def test_an_analyte_occurs_once(one):
    one["specimens"][0]["results"].append({"analyte": "ketamine", "value_ng_ml": 3.0})

    assert ("/specimens/0/results/3/analyte", "duplicate") in refused(one)


def test_an_analyte_must_be_formed_from_what_was_used(one):
    one["specimens"][0]["results"][0]["analyte"] = "methamphetamine"

    assert {pointer for pointer, _ in refused(one)} == {"/specimens/0/results/0/analyte"}


def test_a_specimen_needs_a_time(one):
    del one["specimens"][0]["collected_h"]

    assert ("/specimens/0", "exactly-one") in refused(one)


def test_a_specimen_before_the_first_dose_is_refused(pair):
    pair["specimens"][0]["collected_h"] = -2000

    assert ("/specimens/0", "collected-before-use") in refused(pair)


def test_an_account_is_not_compared_with_itself(pair):
    pair["compare"] = [["again", "again"]]

    assert ("/compare/0", "conflict") in refused(pair)


def test_specimens_have_ids_of_their_own(pair):
    pair["specimens"][1]["id"] = pair["specimens"][0]["id"]

    assert ("/specimens/1/id", "duplicate") in refused(pair)


def test_the_missing_one_of_two_times_is_named_in_the_unit_of_the_other(pair):
    del pair["accounts"][1]["further_use"]["latest_h"]

    assert ("/accounts/1/further_use/latest_h", "required") in refused(pair)


def test_a_comparison_names_accounts(pair):
    pair["compare"] = [["again", "nobody"]]

    assert ("/compare/0", "unknown-account") in refused(pair)


def test_dates_and_hours_are_not_mixed(pair):
    pair["specimens"][0] = {**pair["specimens"][0], "collected": "2026-11-20T08:00:00Z"}
    del pair["specimens"][0]["collected_h"]

    assert {code for _, code in refused(pair)} == {"mixed-times"}


def test_a_thousand_specimens_are_refused(one):
    one["specimens"] *= 1000

    assert ("/specimens", "length") in refused(one)


def test_too_much_work_is_refused_with_what_fits(pair):
    pair["specimens"] = [{**pair["specimens"][0], "id": f"S{i}", "collected_h": 96 + i} for i in range(10)]
    pair["options"] = {"draws": 10_000}

    assert ("/options/draws", "too-much-work") in refused(pair)


def test_specimens_and_accounts_that_take_too_long_are_refused_with_the_number_of_specimens_that_fits(pair):
    pair["specimens"] = [{**pair["specimens"][0], "id": f"S{i}", "collected_h": 96 + 24 * i} for i in range(10)]
    pair["accounts"] = [{**pair["accounts"][0], "id": f"account {i}"} for i in range(6)]
    pair["compare"], pair["options"] = [], {"draws": 1000}
    with pytest.raises(InputError) as caught:
        service.interpret(pair)
    fits = int(caught.value.problems[0].allowed[1])
    pair["specimens"] = pair["specimens"][:fits]

    assert caught.value.problems[0].pointer == "/specimens"
    assert 2 <= fits < 10
    read(service.load(pair, service.interpretation_form()))  # so many are not refused


def test_ten_specimens_with_two_accounts_are_not_too_many(pair):
    pair["specimens"] = [{**pair["specimens"][0], "id": f"S{i}", "collected_h": 96 + 24 * i} for i in range(10)]
    pair["accounts"][1]["further_use"]["latest_h"] = 312
    del pair["options"]

    assert len(read(service.load(pair, service.interpretation_form())).specimens) == 10


def test_many_doses_listed_one_by_one_are_too_much_to_read_backwards(one):
    doses = [{**one["accounts"][0]["doses"][0], "start_h": -400 + i} for i in range(300)]
    one["accounts"] = [{"id": "reported", "doses": doses}]

    assert "too-much-work" in {code for _, code in refused(one)}


def test_the_half_life_view_has_no_likelihood(one):
    one["model"] = {"kind": "half-life"}

    assert ("/model/kind", "no-likelihood") in refused(one)


def test_a_wrong_route_of_a_further_use_points_at_it(pair):
    pair["accounts"][1]["further_use"]["route"] = "transdermal"

    assert {pointer for pointer, _ in refused(pair)} == {"/accounts/1/further_use/route"}


def test_an_id_of_a_specimen_stands_in_no_refusal(one):
    one["specimens"][0]["id"] = "Miller 1980"
    one["specimens"][0]["results"][0]["analyte"] = "unheard-of"
    with pytest.raises(InputError) as caught:
        service.interpret(one)

    assert "Miller" not in str(caught.value) + repr(caught.value.problems)


@pytest.mark.slow
def test_a_specimen_is_held_against_the_earlier_ones(pair):
    pair["options"]["in_turn"] = True
    answer = service.interpret(pair)
    earlier, again = answer["accounts"]
    later = [entry for entry in earlier["results"] if "after_earlier" in entry]

    assert {entry["specimen"] for entry in later} == {"B"}
    assert not [entry for entry in again["results"] if "after_earlier" in entry]
    for entry in later:
        # What was found before makes the band narrower than the account alone does.
        wide, narrow = (
            np.log(part["high_ng_ml"] / part["low_ng_ml"]) for part in (entry["expected"], entry["after_earlier"])
        )
        assert narrow < wide
    assert [said for said in answer["words"] if said.startswith("Given the earlier specimens")]


@pytest.mark.slow
def test_each_of_six_specimens_is_held_against_the_earlier_ones(pair):
    pair["specimens"] = [{**pair["specimens"][i % 2], "id": str(i), "collected_h": 96 + 48 * i} for i in range(6)]
    pair["accounts"], pair["compare"] = pair["accounts"][:1], []
    pair["options"] = {"draws": 100, "in_turn": True}
    (earlier,) = service.interpret(pair)["accounts"]
    later = [entry for entry in earlier["results"] if "after_earlier" in entry]

    assert {entry["specimen"] for entry in later} == {"1", "2", "3", "4", "5"}


def test_many_specimens_in_turn_are_refused(pair):
    pair["specimens"] = [{**pair["specimens"][0], "id": str(i), "collected_h": 96 + 24 * i} for i in range(7)]
    pair["options"]["in_turn"] = True

    assert ("/options/in_turn", "too-much-work") in refused(pair)


NOT_READ = [
    ({"urine_creatinine_mg_dl": 1.0, "specific_gravity": 1.0005}, "would be reported as substituted"),
    ({"urine_ph": 9.5}, "would be reported as invalid"),
    ({"urine_ph": 3.0}, "would be reported as adulterated"),
    ({"results": []}, "has neither a result nor a screen"),
]


@pytest.mark.parametrize(("urine", "because"), NOT_READ)
def test_where_no_specimen_is_interpreted_nothing_else_is_said_of_results(pair, urine, because):
    pair["specimens"] = [{**pair["specimens"][0], "id": "A", **urine}]
    pair["options"] = {"draws": 100}
    answer = service.interpret(pair)
    shown = interpretation.summary(answer)

    (said,) = answer["words"]
    assert said.startswith(f"Specimen A {because}")
    assert said.endswith("So it is not interpreted.")
    assert [note["message"] for note in answer["notes"]] == [said]
    assert [comparison["because"] for comparison in answer["comparisons"]] == ["no-specimen-interpreted"]
    assert shown.count("not interpreted") == 1
    assert "results" not in shown.lower().replace("laboratory result", "")
    assert interpretation.headline(answer) == said
    assert InterpretationResponseSchema().validate(answer) == {}
    summed_up = summarize(answer)
    assert (summed_up.headline, summed_up.comparisons, summed_up.accounts, summed_up.notes) == (said, (), (), ())
    picture = draw_alone(answer)
    assert "Specimen A" in picture
    assert "Bar:" not in picture


def test_a_specimen_without_results_beside_another_one_is_named_and_changes_nothing_else(one):
    one["options"] = {"draws": 100}
    alone = service.interpret(one)
    one["specimens"].append({"id": "empty", "collected_h": 500.0, "results": []})
    beside = service.interpret(one)

    assert single(beside)["results"] == single(alone)["results"]
    assert [note for note in beside["notes"] if note not in alone["notes"]] == [
        {
            "code": "specimen-without-results",
            "message": "Specimen empty has neither a result nor a screen. So it is not interpreted.",
        }
    ]
