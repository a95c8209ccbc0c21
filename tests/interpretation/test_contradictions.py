"""A screen and a confirmation of one specimen that do not fit each other are named; ordinary imprecision is not."""

import math

import pytest
from every import every

from detectapi import service
from detectapi.interpretation.contradiction import contradicts
from detectapi.interpretation.likelihood import Result
from detectapi.interpretation.readings import Reading
from detectapi.interpretation.verdicts import Stage, Verdict
from detectapi.telling import interpretation
from detectapi.telling.languages import TranslatedVoice
from detectapi.telling.retelling import quoted

CUTOFF = 50.0
SCREEN = math.log1p(0.15**2) + 0.2**2
CONFIRMATION = math.log1p(0.1**2)


def stage(*weights, needs_all=False, error=SCREEN):
    readings = tuple(Reading(one, error) for one in weights)
    return Stage(readings, (math.log(CUTOFF),) * len(weights), needs_all)


def measured(low, high=None, **weights):
    ends = [math.log(end) if end else -math.inf for end in (low, low if high is None else high)]
    return Result(Reading(weights or {"a": 1.0}, CONFIRMATION), *ends)


@every(
    "positive, stages, results, expected",
    [
        # An ordinary value on the other side of the cutoff, and one that errors do not explain: 3 sd are a factor of 2.2.
        (False, [stage({"a": 1.0})], [measured(75.0)], False),
        (False, [stage({"a": 1.0})], [measured(150.0)], True),
        # A screen may read 50/15 more than its analyte, so that 15 at a cutoff of 50 is ordinary.
        (True, [stage({"a": 1.0})], [measured(15.0)], False),
        (True, [stage({"a": 1.0})], [measured(3.0)], True),
        # Limits count by the end that fits the verdict better.
        (False, [stage({"a": 1.0})], [measured(0.0, 500.0)], False),
        (False, [stage({"a": 1.0})], [measured(150.0, 500.0)], True),
        (True, [stage({"a": 1.0})], [measured(0.0, 40.0)], False),
        (True, [stage({"a": 1.0})], [measured(0.0, 3.0)], True),
        # What a screen without a bias of its kit states is taken as no better than a factor of two.
        (False, [stage({"a": 1.0}, error=0.0)], [measured(95.0)], False),
        (False, [stage({"a": 1.0}, error=0.0)], [measured(105.0)], True),
        # A small response needs a high value; nothing is said of what the screen does not respond to.
        (False, [stage({"a": 0.01})], [measured(1000.0)], False),
        (False, [stage({"a": 0.01})], [measured(20_000.0)], True),
        (False, [stage({"b": 1.0})], [measured(1e5)], False),
        # Only a negative screen can contradict without everything that it responds to.
        (True, [stage({"a": 1.0, "b": 1.0})], [measured(1.0)], False),
        (False, [stage({"a": 1.0, "b": 1.0})], [measured(150.0)], True),
        (True, [stage({"a": 1.0, "b": 1.0})], [measured(1.0), measured(1.0, b=1.0)], True),
        # What was measured after hydrolysis counts at the largest response to it, or the least.
        (True, [stage({"a": 1.0, "b": 0.5})], [measured(3.0, a=1.0, b=0.6)], True),
        (False, [stage({"a": 1.0, "b": 0.01})], [measured(150.0, a=1.0, b=0.6)], False),
        # Several parts: any of them, or all.
        (False, [stage({"a": 1.0}, {"b": 1.0})], [measured(150.0)], True),
        (False, [stage({"a": 1.0}, {"b": 1.0}, needs_all=True)], [measured(150.0)], False),
        (True, [stage({"a": 1.0}, {"b": 1.0})], [measured(1.0)], False),
        (True, [stage({"a": 1.0}, {"b": 1.0}, needs_all=True)], [measured(1.0)], True),
        # Several stages: a positive needs every one.
        (False, [stage({"a": 0.01}), stage({"a": 1.0})], [measured(150.0)], False),
        (True, [stage({"a": 100.0}), stage({"a": 1.0})], [measured(3.0)], True),
        # A result of what the second stage reads is that stage: no error is between them. Of one stage it is another measurement.
        (True, [stage({"a": 1.0, "b": 1.0}), stage({"a": 1.0})], [measured(49.0)], True),
        (True, [stage({"a": 1.0, "b": 1.0}), stage({"a": 1.0})], [measured(50.0)], False),
        (True, [stage({"a": 1.0, "b": 1.0}), stage({"a": 1.0})], [measured(0.0, 50.0)], True),
        (True, [stage({"a": 1.0}), stage({"a": 1.0}, {"b": 1.0})], [measured(20.0)], False),
        (True, [stage({"a": 1.0}), stage({"a": 1.0}, {"b": 1.0}, needs_all=True)], [measured(20.0)], True),
        (True, [stage({"a": 1.0})], [measured(49.0)], False),
    ],
)  # fmt: skip
def test_only_what_errors_do_not_explain_is_a_contradiction(positive, stages, results, expected):
    assert contradicts(Verdict(tuple(stages), positive), results) == expected


def test_a_positive_screen_is_not_contradicted_where_it_responds_to_more_than_what_was_used_forms():
    verdict = Verdict((stage({"a": 1.0}),), True)

    assert contradicts(verdict, [measured(3.0)])
    assert not contradicts(verdict, [measured(3.0)], {"of another drug"})


TEST = {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 100}], "kit_bias_sd": 0.2}


def notes(one, positive, value, assay=TEST):
    one["options"] = {"draws": 100}
    one["specimens"][0] |= {
        "results": [{"analyte": "norketamine", "value_ng_ml": value}], "screen": {"assay": assay, "positive": positive},
    }  # fmt: skip
    return {note["code"]: note["message"] for note in service.interpret(one)["notes"] if "contradicted" in note["code"]}


@pytest.mark.parametrize(
    ("positive", "value", "codes"),
    [(False, 900, {"negative-screen-contradicted"}), (True, 4.2, {"positive-screen-contradicted"}), (True, 60, set())],
)
def test_a_note_says_which_specimen_has_a_screen_that_does_not_fit_its_confirmation(one, positive, value, codes):
    said = notes(one, positive, value)

    assert set(said) == codes
    assert all(message.startswith("Specimen A: the verdict of its test is") for message in said.values())
    for sentence in (
        "do not fit each other, and the verdict is left out",
        "Check whether both are of the same specimen",
    ):
        assert all(sentence in text for text in said.values()), sentence
    # What else may have made a screen positive cannot have made one negative.
    assert all(("another drug of its class" in message) == positive for message in said.values())
    for message in said.values():
        assert all(quoted(message, TranslatedVoice("page", language)).language == language for language in ("de", "es"))


@pytest.mark.slow
def test_a_registered_screen_of_more_than_was_measured_is_contradicted_only_where_it_is_negative():
    opioid = {
        "substance": "codeine",
        "specimens": [{"id": "A", "collected_h": 0}],
        "accounts": [{"id": "reported", "doses": [{"amount_mg": 30, "route": "oral"}], "last_use": {"earliest_h": -96}}],
    }  # fmt: skip
    screen = "hhs-opiates-screen"

    def codes(positive, value):
        opioid["options"] = {"draws": 100}
        result = {"analyte": "codeine", "value_ng_ml": value}
        opioid["specimens"][0] |= {"results": [result], "screen": {"assay": screen, "positive": positive}}
        return {note["code"] for note in service.interpret(opioid)["notes"]}

    assert "negative-screen-contradicted" in codes(False, 50_000)
    assert "positive-screen-contradicted" not in codes(True, 5)


@pytest.mark.slow
def test_a_verdict_is_contradicted_by_what_one_account_never_forms_in_whatever_order_accounts_stand():
    accounts = [
        {"id": "H", "substance": "heroin", "doses": [{"amount_mg": 50, "route": "intravenous", "start_h": -10}]},
        {"id": "M", "substance": "morphine", "doses": [{"amount_mg": 10, "route": "oral", "start_h": -6}]},
    ]
    specimen = {
        "id": "A", "collected_h": 0, "results": [{"analyte": "6-acetylmorphine", "value_ng_ml": 500}],
        "screen": {"assay": "as-nzs-opiates-confirm", "positive": False},
    }  # fmt: skip
    for order in (accounts, accounts[::-1]):
        answer = service.interpret({"specimens": [specimen], "accounts": order, "options": {"draws": 100}})

        assert "negative-screen-contradicted" in {note["code"] for note in answer["notes"]}
        assert interpretation.title(answer) == "Results of heroin + morphine in urine"


def test_a_screen_that_the_confirmation_contradicts_is_left_out():
    logs = []
    for level in ({"value_ng_ml": 3000}, {"between_ng_ml": {"low": 2500, "high": 3500}}):
        for screen in ({}, {"screen": {"assay": "hhs-cocaine-screen", "positive": False}}):
            doses = [{"amount_mg": 100, "route": "intranasal-powder"}]
            answer = service.interpret({
                "substance": "cocaine",
                "specimens": [{"collected_h": 0, "results": [{"analyte": "benzoylecgonine", **level}], **screen}],
                "accounts": [{"id": str(at), "doses": [{**doses[0], "start_h": at}]} for at in (-24, -40)],
                "compare": [["-24", "-40"]],
                "options": {"draws": 500},
            })  # fmt: skip
            logs.append(answer["comparisons"][0]["log10_lr"])

    assert logs[0] == logs[1]
    assert logs[2] == logs[3]
    assert logs[0] == pytest.approx(logs[2], abs=0.1)  # a range a sixth to either side of the value
