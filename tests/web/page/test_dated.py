"""Doses in rows of their own, with date and time; when the last dose was."""

import pytest
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.values.errors import InputError
from detectapi.web.page import dated, form

DATES = {"frequency": "dates", "zone": "+01:00", "amount": "50", "route": "oral", "duration_min": ""}
ROWS = {
    "dose_at_0": "2026-11-16T09:00", "dose_amount_0": "", "dose_route_0": "",
    "dose_at_1": "2026-11-18T21:30", "dose_amount_1": "100", "dose_route_1": "intranasal-powder",
}  # fmt: skip


def typed(**fields):
    return form.typed(MultiDict({**form.DEFAULTS, **fields}))


def test_each_row_is_a_dose_and_what_it_leaves_empty_is_as_above():
    asked = form.to_request(typed(**DATES, **ROWS))

    assert asked["doses"] == [
        {"route": "oral", "amount_mg": 50, "start": "2026-11-16T09:00:00+01:00"},
        {"route": "intranasal-powder", "amount_mg": 100, "start": "2026-11-18T21:30:00+01:00"},
    ]
    service.load(asked)


def test_empty_rows_are_left_out():
    with_gap = {**DATES, "dose_at_0": "", "dose_at_7": "2026-11-18T21:30"}

    assert len(form.to_request(typed(**with_gap))["doses"]) == 1


def test_rows_come_back_from_their_request():
    asked = form.to_request(typed(**DATES, **ROWS))
    values = form.from_request(asked)

    assert not values["request"]
    assert form.to_request(values) == asked
    assert [row["at"] for row in values["rows"]] == ["2026-11-16T09:00", "2026-11-18T21:30"]


def test_an_infusion_in_a_row_has_its_length_and_another_dose_has_none():
    rows = ROWS | {"dose_route_0": "intravenous"}
    asked = form.to_request(typed(**DATES | {"duration_min": "40"}, **rows))

    assert [dose.get("duration_min") for dose in asked["doses"]] == [40, None]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"dose_at_1": ""}, "dose_at_1"), ({"dose_at_1": "yesterday"}, "dose_at_1"), ({"dose_amount_1": "1,000"}, "dose_amount_1"),
     ({"dose_route_1": "teleport"}, "dose_route_1"), ({"amount": ""}, "amount"), ({"zone": "Nowhere/Land"}, "dose_at_0"),
     (dict.fromkeys(ROWS, ""), "dose_at_0")],
)  # fmt: skip
def test_a_problem_is_told_at_its_row(wrong, field):
    values = typed(**{**DATES, **ROWS, **wrong})
    with pytest.raises(InputError) as caught:
        service.answer(form.to_request(values))

    assert field in {form.place(problem.pointer, values) for problem in caught.value.problems}


def test_a_problem_in_the_second_filled_row_is_told_there_although_a_row_between_is_empty(client):
    rows = {"dose_at_0": "2026-11-16T09:00", "dose_at_2": "2026-11-17T09:00", "dose_amount_2": "1.000"}
    page = client.post("/", data={"substance": "ketamine", **DATES, **rows}).get_data(as_text=True)

    assert 'id="dose_amount_2-fault"' in page
    assert "1500" in page


def test_a_dose_can_be_added_without_script(client):
    page = client.post("/", data={"substance": "ketamine", **DATES, **ROWS, "action": "row"}).get_data(as_text=True)

    assert page.count('id="dose_at_') == 3
    assert 'value="2026-11-18T21:30"' in page
    assert "dose_at_2" in page


def test_rows_that_would_not_be_used_are_told(client):
    answered = client.post("/", data={"substance": "ketamine", **DATES, **ROWS, "frequency": "once"})

    assert answered.status_code == 422
    assert 'id="frequency-fault"' in answered.get_data(as_text=True)


@pytest.mark.parametrize(
    ("more", "start"),
    [({"frequency": "once"}, "2026-11-16T09:00:00+01:00"), ({"frequency": "daily", "count": "3"}, "2026-11-14T09:00:00+01:00"),
     ({"frequency": "daily", "for_days": "3"}, "2026-11-14T09:00:00+01:00")],
)  # fmt: skip
def test_the_time_of_the_last_dose_gives_that_of_the_first(more, start):
    values = typed(zone="+01:00", last_at="2026-11-16T09:00", **more)
    asked = form.to_request(values)

    assert asked["doses"][0]["start"] == start
    assert form.from_request(asked)["last_at"] == "2026-11-16T09:00"
    assert form.to_request(form.from_request(asked)) == asked


def test_a_zone_may_have_a_name():
    assert dated.moment("2026-07-01T09:00", "Europe/Berlin") == "2026-07-01T09:00:00+02:00"
    assert dated.moment("2026-12-01T09:00", "Europe/Berlin") == "2026-12-01T09:00:00+01:00"
    assert dated.moment("soon", "Europe/Berlin") == "soon"
    assert dated.moment("2026-12-01T09:00", "../etc/passwd") == "2026-12-01T09:00"


def test_the_offsets_are_those_in_use():
    assert {"-12:00", "+00:00", "+05:45", "+14:00"} <= set(dated.offsets())
    assert dated.offsets() == sorted(
        dated.offsets(), key=lambda text: int(text[0] + "1") * (int(text[1:3]) * 60 + int(text[4:]))
    )
