"""The time that the reader asks about on the page."""

import html
import json
import re

import pytest
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.telling.sentences import chance_then
from detectapi.telling.voice import ENGLISH
from detectapi.web.page import form
from detectapi.web.page.asked_time import asked_time, last_end

DOSE = {"substance": "ketamine", "route": "oral", "amount": "50", "duration_min": "", "zone": "+01:00", "draws": "200"}
LAST = {"last_at": "2026-11-16T09:00"}


def values(**typed):
    return (
        dict.fromkeys(("since", "since_unit", "collected_at", "ongoing", "frequency", "every_h"), "")
        | {"zone": "+01:00"}
        | typed
    )


def asked(**dose):
    return {"doses": [{"start": "2026-11-16T09:00:00+01:00", **dose}]}


def test_a_specimen_by_date_and_time_lies_so_many_hours_after_the_end_of_the_last_dose():
    at = values(collected_at="2026-11-17T09:00")

    assert asked_time(at, asked(), ENGLISH).hours == 24.0
    assert asked_time(at, asked(duration_min=60), ENGLISH).hours == 23.0
    assert asked_time(at, asked(repeat={"every_h": 6, "count": 3}), ENGLISH).hours == 12.0
    assert asked_time(at, {"doses": [{"route": "oral"}]}, ENGLISH) is None


def test_the_last_of_several_doses_counts():
    doses = [{"start": "2026-11-16T09:00:00+01:00"}, {"start": "2026-11-16T10:00:00Z"}]

    assert last_end({"doses": doses}).isoformat() == "2026-11-16T10:00:00+00:00"


@pytest.mark.parametrize(
    ("typed", "hours"),
    [({"since": "2", "since_unit": "d"}, 48.0), ({"since": "7,5", "since_unit": "h"}, 7.5),
     ({"ongoing": "yes", "frequency": "daily"}, 24.0), ({"ongoing": "yes", "frequency": "every", "every_h": "8"}, 8.0)],
)  # fmt: skip
def test_a_time_after_the_last_dose_or_before_the_next_one(typed, hours):
    assert asked_time(values(**typed), {}, ENGLISH).hours == hours


def test_the_page_says_the_chance_at_the_time_of_the_specimen(client):
    page = client.post("/", data={**DOSE, **LAST, "collected_at": "2026-11-17T09:00"}).get_data(as_text=True)

    assert re.search(r"17 November 2026, 09:00, 24 hours after the last dose:</strong> Positive urine tests", page)


def test_the_page_says_the_chance_before_the_next_dose_while_it_is_taken(client):
    typed = {**DOSE, "frequency": "daily", "for_days": "30", "ongoing": "yes"}
    page = client.post("/", data=typed).get_data(as_text=True)

    assert "While it is taken, just before the next dose:" in page


@pytest.mark.parametrize(
    ("typed", "words", "reached"),
    [
        # Long after everything is negative: the time is said, and the curve stays as it is without it.
        ({"since": "300", "since_unit": "d"}, "After 300 days:", False),
        ({"since": "30", "since_unit": "h"}, "After 30 hours:", True),
    ],
)
def test_the_chance_of_the_page_is_that_of_the_answer_at_that_time(client, typed, words, reached):
    page = client.post("/", data={**DOSE, **typed}).get_data(as_text=True)
    request = json.loads(html.unescape(re.search(r'name="request" value="([^"]*)"', page)[1]))
    (entry,) = service.answer(request)["asked"]

    assert f"<strong>{words}</strong> {html.escape(chance_then(entry))}" in page
    curve = json.loads(re.search(r'id="answer-data">(.*?)</script>', page, re.DOTALL)[1])["curve"]
    assert (curve["time_h"][-1] >= entry["time_h"]) is reached


@pytest.mark.parametrize(
    "typed",
    [
        {"since": "300", "since_unit": "d"},
        {"since": "30.5", "since_unit": "h"},
        {**LAST, "collected_at": "2026-11-17T09:00"},
    ],
)
def test_a_time_comes_back_from_a_link(client, typed):
    fields = MultiDict({**DOSE, **typed})
    request = form.to_request(form.typed(fields))

    back = form.from_request(request)

    assert back["request"] == ""
    assert {name: back[name] for name in typed} == typed
    assert form.to_request(back) == request


@pytest.mark.parametrize(
    ("typed", "field"),
    [({**LAST, "collected_at": "2026-11-15T09:00"}, "collected_at"), ({"collected_at": "2026-11-17T09:00"}, "last_at"),
     ({**LAST, "collected_at": "soon"}, "collected_at"), ({**LAST, "collected_at": "2026-11-17T09:00", "since": "3"}, "since"),
     ({"ongoing": "yes"}, "frequency"), ({"last_at": "soon"}, "last_at")],
)  # fmt: skip
def test_times_that_cannot_be_are_told_at_their_field(client, typed, field):
    response = client.post("/", data={**DOSE, **typed})

    assert response.status_code == 422
    assert f'id="{field}-fault"' in response.get_data(as_text=True)
