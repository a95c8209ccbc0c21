"""A dilute negative says by how much less it weighs."""

import json

import pytest
from click.testing import CliRunner
from every import every

from detectapi import service
from detectapi.cli.main import cli
from detectapi.interpretation.validity import undecided
from detectapi.telling.dilute_negatives import dilute_negative
from detectapi.telling.interpretation_summary import summarize
from detectapi.telling.languages import TranslatedVoice
from schemas import InterpretationResponseSchema

DILUTE = {"urine_creatinine_mg_dl": 8, "specific_gravity": 1.002}


@pytest.fixture
def negative(one):
    """A dilute specimen in which nothing was found at 25 ng/mL."""
    one["specimens"] = [
        {"id": "A", "collected_h": 0, **DILUTE, "results": [{"analyte": "norketamine", "below_ng_ml": 25}]}
    ]
    one["accounts"][0]["last_use"] = {"earliest_h": -96}
    one["options"] = {"draws": 500}
    return one


def test_a_dilute_specimen_is_more_often_negative_than_a_usual_one(negative):
    answer = service.interpret(negative)
    (entry,) = answer["accounts"][0]["dilute_negatives"]

    # Both chances are of the same 500 draws; with 10,000 they are 0.70 and 0.60.
    assert entry["probability_negative"] > entry["probability_negative_usually"] + 0.03
    assert entry["probability_negative"] == answer["accounts"][0]["results"][0]["probability"]
    assert not InterpretationResponseSchema().validate(json.loads(service.to_json_bytes(answer)))


def test_a_dilute_negative_before_a_further_use_is_answered():
    use = {"amount_mg": 50, "route": "intranasal-powder"}
    negative = {"id": "A", "collected_h": 0, **DILUTE, "results": [{"analyte": "benzoylecgonine", "below_ng_ml": 100}]}
    later = {"id": "B", "collected_h": 48, "results": [{"analyte": "benzoylecgonine", "value_ng_ml": 900}]}
    answer = service.interpret({
        "substance": "cocaine",
        "specimens": [negative, later],
        "accounts": [
            {"id": "before", "doses": [use], "last_use": {"at_h": -30}},
            {"id": "again", "extends": "before", "further_use": {**use, "earliest_h": 1, "latest_h": 47}},
        ],
        "options": {"draws": 100},
    })  # fmt: skip
    before, again = (one["dilute_negatives"] for one in answer["accounts"])

    assert before == again  # the further use is later than the negative


def test_the_sentence_stands_on_every_surface(negative):
    answer = service.interpret(negative)
    said = dilute_negative("“reported”", answer["accounts"][0]["dilute_negatives"][0])
    shown = CliRunner().invoke(cli, ["interpret", "--summary", "-"], input=json.dumps(negative)).output

    assert said.endswith("So this negative weighs less than a usual one.")
    assert said in answer["words"]
    assert said in summarize(answer).accounts[0].sentences
    assert said in " ".join(shown.split())


@pytest.mark.parametrize("language", ["de", "es"])
def test_it_is_said_in_every_language(language):
    entry = {"specimen": "A", "probability_negative": 0.7, "probability_negative_usually": 0.5}
    voice = TranslatedVoice("page", language)

    for usual in (0.5, 0.7):
        said = dilute_negative("“a”", {**entry, "probability_negative_usually": usual}, voice)
        assert "70" in said
        assert "specimen" not in said


def test_chances_that_are_alike_are_not_told_to_differ():
    said = dilute_negative(
        "“a”", {"specimen": "A", "probability_negative": 0.9999, "probability_negative_usually": 0.9995}
    )

    assert said.endswith("weighs as much as a usual one.")


@pytest.mark.parametrize(
    "change",
    [
        {"urine_creatinine_mg_dl": 88},
        {"results": [{"analyte": "norketamine", "value_ng_ml": 40}]},
        {"screen": {"assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 25}]}, "positive": True}},
    ],
)
def test_nothing_is_said_of_what_is_not_dilute_or_not_negative(negative, change):
    negative["specimens"][0] |= change

    assert "dilute_negatives" not in service.interpret(negative)["accounts"][0]


def test_the_verdict_of_a_screen_is_a_negative_too(negative):
    test = {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 25}]}
    negative["specimens"][0] |= {"results": [], "screen": {"assay": test, "positive": False}}
    (entry,) = service.interpret(negative)["accounts"][0]["dilute_negatives"]

    assert entry["probability_negative"] > entry["probability_negative_usually"]


@every(
    "measured, word",
    [
        ({"urine_creatinine_mg_dl": 12.0}, "dilute"), ({"urine_creatinine_mg_dl": 1.0}, "substituted"),
        ({"urine_creatinine_mg_dl": 20.0}, None), ({"urine_creatinine_mg_dl": 12.0, "specific_gravity": 1.002}, None),
        ({"urine_creatinine_mg_dl": 12.0, "specific_gravity": 1.004}, None), ({"specific_gravity": 1.002}, None), ({}, None),
    ],
)  # fmt: skip
def test_a_rule_for_low_creatinine_is_undecided_only_without_specific_gravity(measured, word):
    rule = undecided(measured)

    assert (rule.word if rule else None) == word


def test_a_specimen_with_low_creatinine_and_no_gravity_is_not_called_dilute_and_a_note_says_why(negative):
    del negative["specimens"][0]["specific_gravity"]
    negative["options"] = {"draws": 100}
    answer = service.interpret(negative)
    said = {note["code"]: note["message"] for note in answer["notes"]}

    assert answer["specimens"][0]["validity"] == "valid"
    assert "dilute-specimen" not in said
    assert "cannot be said without specific gravity" in said["specific-gravity-missing"]
    assert "as dilute (creatinine from 2 to below 20 mg/dL" in said["specific-gravity-missing"]
