"""How far curves are drawn on every surface: a far time that is asked about is said, and leaves the curve readable."""

import json

import pytest

from detectapi import service
from detectapi.telling import pdf, picture, sentences, terminal
from detectapi.telling.drawn_part import drawn_end
from detectapi.telling.summary import summarize
from detectapi.web.page.shown import data

DOSE = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
FAR = 240_000.0
"""10,000 days, in hours."""


def asked_at(*hours, **question):
    request = {"substance": "ketamine", "doses": [DOSE], **question}
    return service.answer({**request, "options": {"draws": 100, "times_h": [*hours], "include": ["concentration"]}})


@pytest.fixture(scope="module")
def near_and_far():
    return asked_at(), asked_at(FAR)


def test_pictures_are_the_same_with_and_without_a_far_time(near_and_far):
    near, far = map(picture.panels, near_and_far)

    assert near == far


def test_the_report_draws_the_same_with_and_without_a_far_time(near_and_far):
    near, far = map(pdf.drawings, near_and_far)

    assert near == far


def test_the_terminal_draws_the_same_with_and_without_a_far_time(near_and_far):
    near, far = (terminal.curve(answer["curve"], sentences.unit_of_answer(answer)) for answer in near_and_far)

    assert near == far


def test_the_page_draws_the_same_with_and_without_a_far_time(near_and_far):
    near, far = (
        data(answer, picture.panels(answer), summarize(answer, terminal.VOICE), terminal.VOICE)
        for answer in near_and_far
    )

    assert json.dumps(near) == json.dumps(far)


def test_a_far_time_is_said_in_words_and_in_the_table_of_chances(near_and_far):
    said = summarize(near_and_far[1])

    assert said.asked[0].startswith("After 10,000 days:")
    assert said.chances[-1].hours == "240,000"


def test_a_time_soon_after_the_curve_is_drawn():
    end = asked_at()["curve"]["time_h"][-1]
    answer = asked_at(1.5 * end)

    assert drawn_end(answer["curve"]) == 1.5 * end


def test_where_nothing_is_ever_positive_a_far_time_changes_no_axis():
    test = {"analytes": [{"analyte": "ketamine", "cutoff_ng_ml": 1e6}]}
    near, far = picture.panels(asked_at(assay=test)), picture.panels(asked_at(FAR, assay=test))

    assert near == far
    assert far[0].x.end == 1.0
