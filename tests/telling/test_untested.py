"""An answer in which nothing is tested: a reason, and no table of times that nobody computed."""

import re

import pytest

from detectapi import service
from detectapi.telling import notebook, terminal
from detectapi.telling.languages import TranslatedVoice
from detectapi.telling.summary import summarize

ASKED = {
    "substance": "ketamine", "doses": [{"amount_mg": 35, "route": "oral"}], "assay": "dot-panel", "options": {"draws": 100},
}  # fmt: skip


@pytest.fixture(scope="module")
def answer():
    return service.answer(ASKED)


def test_nothing_is_told_in_a_table(answer):
    said = summarize(answer)

    assert (said.windows, said.series) == ((), ())
    assert said.caption not in terminal.summary(answer)
    assert said.series_caption not in terminal.summary(answer)
    assert "<table>" not in notebook.html(answer)


def test_the_list_decides_and_not_the_model(answer):
    assert "no model was asked" in terminal.summary(answer)
    assert "measurements it had not seen" not in terminal.summary(answer)


@pytest.mark.parametrize(("language", "name"), [("de", "Ketamin"), ("es", "Ketamina")])
def test_what_is_not_tested_is_named_in_the_language(language, name):
    said = summarize(service.answer(ASKED), TranslatedVoice("report", language))

    for sentence in (said.headline, said.sentences[0]):
        assert name in re.findall(r"\w+", sentence)
