"""Accounts that name several substances: what they leave in one specimen adds up."""

import copy
import json

import pytest

from detectapi import service
from detectapi.telling import interpretation, interpretation_question
from detectapi.telling.interpretation_summary import summarize
from detectapi.values.errors import InputError
from schemas import InterpretationResponseSchema

CODEINE = {"substance": "codeine", "doses": [{"amount_mg": 60, "route": "oral", "start_h": 0}]}
HEROIN = {"substance": "heroin", "doses": [{"amount_mg": 10, "route": "intravenous", "start_h": 4}]}
MORPHINE = {"substance": "morphine", "doses": [{"amount_mg": 30, "route": "oral", "start_h": 0}]}
SPECIMEN = {
    "id": "A",
    "collected_h": 24,
    "hydrolysed": True,
    "results": [{"analyte": "morphine", "value_ng_ml": 900}, {"analyte": "codeine", "value_ng_ml": 2500}],
}


def of_accounts(*accounts, **more):
    return copy.deepcopy({
        "specimens": [SPECIMEN], "accounts": list(accounts), "options": {"draws": 200}, **more,
    })  # fmt: skip


def test_what_several_uses_leave_adds_up():
    answer = service.interpret(
        of_accounts(
            {"id": "both", "uses": [CODEINE, MORPHINE]},
            {"id": "codeine", **CODEINE},
            compare=[["both", "codeine"]],
        )
    )
    assert interpretation.title(answer) == "Results of codeine + morphine in urine"
    both, alone = answer["accounts"]
    medians = [one["results"][1]["expected"]["median_ng_ml"] for one in (both, alone)]

    assert both["results"][1]["analyte"] == "morphine"
    assert medians[0] > medians[1]  # codeine forms morphine too, but less than a dose of morphine leaves beside it
    assert both["results"][0]["expected"] == alone["results"][0]["expected"]  # morphine forms no codeine
    assert both["substances"] == ["codeine", "morphine"]
    assert answer["comparisons"][0]["log10_lr"] is not None
    assert not InterpretationResponseSchema().validate(json.loads(service.to_json_bytes(answer)))


def test_an_account_of_one_use_is_that_use():
    several, one = (
        service.interpret(of_accounts(account))["accounts"][0]
        for account in ({"id": "it", "uses": [CODEINE]}, {"id": "it", **CODEINE})
    )

    assert several == one


def of_some_amount(use, low, high):
    (dose,) = use["doses"]
    kept = {name: value for name, value in dose.items() if name != "amount_mg"}
    return {**use, "doses": [{**kept, "amount_mg": {"low": low, "high": high}}]}


def test_the_order_of_uses_and_the_way_of_writing_one_change_nothing():
    codeine, morphine = of_some_amount(CODEINE, 30, 90), of_some_amount(MORPHINE, 10, 40)
    answer = service.interpret(
        of_accounts(
            {"id": "one way", "uses": [codeine, morphine]},
            {"id": "the other", "uses": [morphine, codeine]},
            {"id": "of uses", "uses": [codeine]},
            {"id": "of doses", **codeine},
            {"id": "twice", "uses": [codeine, of_some_amount(CODEINE, 10, 20)]},
            {"id": "twice, turned", "uses": [of_some_amount(CODEINE, 10, 20), codeine]},
            compare=[["one way", "the other"], ["of uses", "of doses"], ["twice", "twice, turned"]],
        )
    )

    assert [(one["log10_lr"], one["monte_carlo_se"]) for one in answer["comparisons"]] == [(0.0, 0.0)] * 3


def opiates(level, **more):
    """A specimen after heroin or morphine, of which 6-acetylmorphine is told."""
    specimen = {"id": "A", "collected_h": 24, "results": [{"analyte": "6-AM", **level}]}
    heroin, morphine = {"id": "heroin", **HEROIN}, {"id": "morphine", **MORPHINE}
    return of_accounts(heroin, morphine, specimens=[specimen], compare=[["heroin", "morphine"]], **more)


def test_what_an_account_never_becomes_in_the_body_speaks_for_the_other_account():
    answer = service.interpret(opiates({"value_ng_ml": 5}))
    (comparison,), (heroin, morphine) = answer["comparisons"], answer["accounts"]
    (note,) = (one for one in answer["notes"] if one["code"] == "never-formed")

    assert (comparison["favours"], comparison["at_least"]) == ("heroin", True)
    assert comparison["ratio"] == comparison["largest_shown"]
    assert heroin["explained"]
    assert not morphine["explained"]
    assert morphine["results"] == []
    assert morphine["joint"]["pattern_probability"] == 0.0
    assert "6-acetylmorphine" in note["message"]
    assert not InterpretationResponseSchema().validate(json.loads(service.to_json_bytes(answer)))


def test_what_an_account_never_becomes_and_was_not_detected_fits_it():
    answer = service.interpret(opiates({"below_ng_ml": 5}))

    assert all(account["explained"] for account in answer["accounts"])
    assert answer["comparisons"][0]["log10_lr"] <= 0.0
    assert "never-formed" not in {one["code"] for one in answer["notes"]}


def test_what_a_dilute_specimen_holds_that_an_account_never_becomes_is_no_dilute_negative():
    for level in ({"value_ng_ml": 20}, {"below_ng_ml": 20}):
        request = opiates(level)
        request["specimens"][0] |= {"urine_creatinine_mg_dl": 10, "specific_gravity": 1.002}
        morphine = service.interpret(request)["accounts"][1]

        assert "dilute_negatives" not in morphine, level


def test_without_what_only_one_account_forms_the_results_fit_both():
    request = opiates({"value_ng_ml": 5})
    request["specimens"][0]["results"].append({"analyte": "morphine", "value_ng_ml": 30})
    (comparison,) = service.interpret(request)["comparisons"]
    without = {one.get("analyte"): one["log10_lr"] for one in comparison["other_assumptions"]}

    assert abs(without["6-acetylmorphine"]) < 1.5 < without["morphine"]


def test_an_analyte_that_a_tree_only_does_not_have_is_refused():
    request = opiates({"value_ng_ml": 5})
    request["accounts"][1] = {"id": "morphine", "substance": "ketamine", "doses": MORPHINE["doses"]}
    with pytest.raises(InputError) as refused:
        service.interpret(request)

    assert refused.value.problems[0].pointer == "/specimens/0/results/0/analyte"


def test_a_further_use_is_of_the_substance_that_it_names():
    further = {"amount_mg": 10, "route": "oral", "earliest_h": 4, "latest_h": 20}
    answer = service.interpret(
        of_accounts(
            {"id": "both", "uses": [CODEINE, MORPHINE]},
            {"id": "again", "extends": "both", "further_use": {"substance": "morphine", **further}},
        )
    )
    both, again = answer["accounts"]

    assert both["results"][0]["expected"] == again["results"][0]["expected"]  # as much codeine
    assert both["results"][1]["expected"]["median_ng_ml"] < again["results"][1]["expected"]["median_ng_ml"]


def test_a_further_use_that_the_planned_test_does_not_look_for_leaves_its_chance():
    drinks = {"substance": "alcohol", "doses": [{"amount_mg": 20_000, "route": "oral", "start_h": 0}]}
    further = {"substance": "alcohol", "amount_mg": 20_000, "route": "oral", "earliest_h": 4, "latest_h": 20}
    answer = service.interpret(
        of_accounts(
            {"id": "both", "uses": [CODEINE, drinks]},
            {"id": "again", "extends": "both", "further_use": further},
            specimens=[{"id": "A", "collected_h": 24, "results": [{"analyte": "codeine", "value_ng_ml": 2500}]}],
            planned={"at_h": 40, "assay": {"analytes": [{"analyte": "codeine", "cutoff_ng_ml": 300}]}},
        )
    )
    both, again = (account["planned"] for account in answer["accounts"])

    assert again["probability_before"] == pytest.approx(both["probability_before"], abs=1e-6)
    assert again["probability_given_results"] == pytest.approx(both["probability_given_results"], abs=1e-6)


@pytest.mark.parametrize(
    ("account", "pointer", "code"),
    [
        ({"uses": [CODEINE, MORPHINE], "substance": "codeine"}, "/accounts/0/substance", "conflict"),
        ({"uses": []}, "/accounts/0/uses", "length"),
        ({"uses": [{"substance": "codeine", "doses": []}]}, "/accounts/0/uses/0/doses", "length"),
        ({"uses": [CODEINE], "doses": CODEINE["doses"]}, "/accounts/0", "exactly-one"),
        ({"doses": CODEINE["doses"]}, "/substance", "required"),
        (
            {"uses": [{"substance": "codeine", "pattern": {"frequency": "once", "amount_mg": 60, "route": "oral"}}]},
            "/accounts/0/last_use", "required",
        ),
        ({"uses": "codeine"}, "/accounts/0/uses", "type"),
        ({"uses": [CODEINE, {**MORPHINE, "substance": "x"}]}, "/accounts/0/uses/1/substance", "unknown-substance"),
        ({**CODEINE, "substance": "x"}, "/accounts/0/substance", "unknown-substance"),
        (
            {"uses": [CODEINE, {"substance": "morphine", "doses": [{"amount_mg": 1, "route": "smoked", "start_h": 0}]}]},
            "/accounts/0/uses/1/doses/0/route", "unknown-route",
        ),
    ],
)  # fmt: skip
def test_what_an_account_of_several_uses_cannot_say(account, pointer, code):
    with pytest.raises(InputError) as caught:
        service.interpret(of_accounts({"id": "it", **account}))

    assert (pointer, code) in {(problem.pointer, problem.code) for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("named", "code"),
    [({}, "required"), ({"substance": "ketamine"}, "unknown-substance"), ({"substance": "x"}, "unknown-substance")],
)
def test_a_further_use_after_several_says_what_it_is_of(named, code):
    further = {"amount_mg": 10, "route": "oral", "earliest_h": 4, "latest_h": 20, **named}
    question = of_accounts(
        {"id": "both", "uses": [CODEINE, MORPHINE]}, {"id": "again", "extends": "both", "further_use": further}
    )
    with pytest.raises(InputError) as caught:
        service.interpret(question)

    assert {one.pointer for one in caught.value.problems} == {"/accounts/1/further_use/substance"}
    assert caught.value.problems[0].code == code


def test_several_uses_are_told_apart_where_an_account_is_told():
    lines = interpretation_question.account({"id": "both", "uses": [CODEINE, HEROIN]})
    again = {"substance": "heroin", "amount_mg": 5, "route": "intravenous", "earliest_h": 1, "latest_h": 2}
    further = interpretation_question.account({"id": "again", "extends": "both", "further_use": again})

    assert [line.partition(":")[0] for line in lines] == ["codeine", "heroin"]
    assert further[1].startswith("heroin: 5 mg")


def test_the_evidence_of_several_uses_is_the_weakest():
    grades = [
        service.interpret(of_accounts({"id": "it", **account}))["accounts"][0]["evidence"]["grade"]
        for account in ({"uses": [CODEINE, MORPHINE]}, CODEINE)
    ]
    order = ("validated", "calibrated", "extrapolated", "hypothesis")

    assert order.index(grades[0]) >= order.index(grades[1])


def test_every_surface_takes_several_uses(client):
    question = of_accounts({"id": "both", "uses": [CODEINE, MORPHINE]})
    response = client.post("/v1/interpretations", json=question)

    assert response.status_code == 200
    assert response.data == service.to_json_bytes(service.interpret(question))
    assert summarize(response.get_json()).accounts[0].heading == "Under “both”:"
