"""Answers for several tests side by side."""

import pytest

from detectapi import service
from detectapi.telling.common_tests import compare
from detectapi.telling.languages import TranslatedVoice

USE = {"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}], "options": {"draws": 200}}


@pytest.fixture(scope="module")
def answers():
    return [service.answer({**USE, "assay": id}) for id in ("itmc-lcmsms", "strip-1000", "taiwan-screen")]


def test_tests_are_in_the_order_of_their_medians_and_say_what_they_call_positive(answers):
    rows = compare(answers).rows
    ordered = sorted(answers, key=lambda answer: answer["window"]["median_h"])

    assert [row.name.partition(" (")[0] for row in rows] == [answer["assay"]["name"] for answer in ordered]
    assert {"Positive means at least 100 ng/mL of norketamine."} < {row.positive for row in rows}
    assert rows[1].window.endswith("hours")


def test_how_far_the_answer_depends_on_the_test_is_said_in_one_unit(answers):
    ends = [answer["window"]["high_h"] for answer in answers]
    sentence = compare(answers).sentence

    assert min(ends) < 48 < max(ends)
    assert "The test matters" in sentence
    assert "hours" in sentence
    assert "days" not in sentence


def test_one_test_alone_matters_to_nobody(answers):
    assert compare(answers[:1]).sentence == ""


def test_a_test_that_is_never_positive_says_so(answers):
    little = service.answer({**USE, "doses": [{"amount_mg": 0.01, "route": "oral"}]})

    assert compare([little]).rows[0].window == "A positive test is unlikely"
    assert compare([little]).rows[0].median == "never"


def test_what_is_no_name_of_an_issuer_is_translated(answers):
    names = [row.name for row in compare(answers, TranslatedVoice("page", "de")).rows]

    assert any("mehrere Hersteller; Datum nicht angegeben" in name for name in names)
