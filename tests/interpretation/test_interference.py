"""Medicines after which a screen was more often positive without its drug: named beside a positive screen, and nowhere else."""

import pytest

from detectapi import service
from detectapi.knowledge.interpretation import rules
from detectapi.telling.interpretation_notes import interference
from detectapi.telling.languages import TranslatedVoice
from detectapi.telling.retelling import quoted

SCREEN = {"analytes": [{"analyte": "methamphetamine", "cutoff_ng_ml": 500}]}
QUESTION = {
    "substance": "methamphetamine",
    "specimens": [{"id": "A", "collected_h": 0, "results": [], "screen": {"assay": SCREEN, "positive": True}}],
    "accounts": [{"id": "reported", "doses": [{"amount_mg": 10, "route": "oral"}], "last_use": {"earliest_h": -96}}],
    "options": {"draws": 100},
}


def notes(**of_specimen):
    specimen = {**QUESTION["specimens"][0], **of_specimen}
    answer = service.interpret({**QUESTION, "specimens": [specimen]})
    return {note["code"]: note["message"] for note in answer["notes"]}


def test_a_positive_screen_alone_names_the_medicines_with_their_odds():
    said = notes()["screen-interference"]

    assert "false positive screens for amphetamines" in said
    assert "trazodone 6 (5.2 to 6.8)" in said
    assert "Abbott MULTIGENT" in said
    assert "None of this is part of the calculation." in said


@pytest.mark.parametrize(
    "change",
    [
        {"screen": {"assay": SCREEN, "positive": False}},
        {"results": [{"analyte": "methamphetamine", "value_ng_ml": 900}]},
    ],
)
def test_a_negative_or_confirmed_screen_names_none(change):
    assert "screen-interference" not in notes(**change)


@pytest.mark.slow
@pytest.mark.parametrize("assay", ["hhs-methamphetamine", "hhs-methamphetamine-confirm"])
def test_the_verdict_of_a_test_with_a_confirmation_is_not_called_a_screen(assay):
    assert not {"screen-only", "screen-interference"} & set(notes(screen={"assay": assay, "positive": True}))
    assert "screen-only" in notes(screen={"assay": "hhs-methamphetamine-screen", "positive": True})


def test_the_note_is_said_in_every_language():
    for known in rules().interference:
        message = interference("A", known)["message"]
        for language, odds in (("de", "8,7 bis"), ("es", "8,7 a")):
            said = quoted(message, TranslatedVoice("page", language))
            assert said.language == language, known.called
            assert known.called != "cannabinoids" or odds in said.text


def test_a_screen_is_found_by_what_it_responds_to():
    analytes = [analyte for known in rules().interference for analyte in known.analytes]

    assert len(analytes) == len(set(analytes))
    assert {"amphetamine", "methamphetamine", "buprenorphine", "carboxy-thc", "methadone"} == set(analytes)
