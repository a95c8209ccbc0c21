"""Every field that was filled is used, or refused by name beside the field; so is every part of the address of `/embed`."""

import pytest
from werkzeug.datastructures import MultiDict

from detectapi.web.page import form
from detectapi.web.page.asked_time import LATEST

ORAL = {"substance": "ketamine", "route": "oral", "amount": "50", "draws": "200"}
INFUSED = {**ORAL, "route": "intravenous", "duration_min": "30"}

UNUSED = [
    ({"since": "41667", "since_unit": "d"}, "since"),
    ({"since": "1000001"}, "since"),
    ({"half_life_h": "3"}, "half_life_h"),
    ({"every_h": "8"}, "every_h"),
    ({"frequency": "daily", "for_days": "5", "every_h": "8"}, "every_h"),
    ({"for_days": "5"}, "for_days"),
    ({"count": "5"}, "count"),
    ({"frequency": "daily", "for_days": "5", "count": "5"}, "count"),
    ({"frequency": "dates", "dose_at_0": "2026-11-16T09:00", "last_at": "2026-11-16T09:00"}, "last_at"),
    ({"worn_h": "24"}, "worn_h"),
    ({"duration_min": "30"}, "duration_min"),
    ({"cutoff_ng_ml": "50"}, "cutoff_ng_ml"),
    ({"assay": "mayo-ketau", "cutoff_ng_ml": "50"}, "cutoff_ng_ml"),
    ({"kidney_value": "60"}, "kidney_value"),
    ({"kidney_kind": "G3a", "kidney_value": "60"}, "kidney_value"),
    ({"hydration_value": "60"}, "hydration_value"),
    ({"adjust_name_1": "ketamine.clearance"}, "adjust_value_1"),
    ({"adjust_value_2": "2"}, "adjust_value_2"),
    (
        {f"adjust_{part}_{i}": text for i in (0, 1) for part, text in (("name", "ketamine.clearance"), ("value", "2"))},
        "adjust_value_1",
    ),
    ({"frequency": "daily", "for_days": "5", "ongoing": "yes", "since": "5"}, "since"),
]


@pytest.mark.parametrize(("typed", "field"), UNUSED, ids=lambda one: one if isinstance(one, str) else "-".join(one))
def test_a_field_that_was_filled_for_nothing_is_refused_beside_it(client, typed, field):
    response = client.post("/", data={**ORAL, **typed})

    assert response.status_code == 422
    assert f'id="{field}-fault"' in response.get_data(as_text=True)


@pytest.mark.parametrize("language", ["de", "es"])
def test_the_refusal_is_in_the_language_of_the_reader(client, language):
    english = client.post("/", data={**ORAL, "half_life_h": "3"}).get_data(as_text=True)
    page = client.post(f"/?lang={language}", data={**ORAL, "half_life_h": "3"}).get_data(as_text=True)

    assert "Choose the textbook model" in english
    assert "Choose the textbook model" not in page


def test_the_last_time_that_is_answered_is_answered(client):
    page = client.post("/", data={**ORAL, "since": str(int(LATEST))}).get_data(as_text=True)

    assert "hours:</strong> Positive urine tests" in page


def test_what_the_form_holds_before_anything_was_typed_is_no_entry_of_the_reader(client):
    """The form comes with the length of an infusion; who only chooses another route has typed none."""
    assert client.post("/", data={**form.DEFAULTS, **ORAL}).status_code == 200


def test_drinking_may_take_time():
    typed = {"substance": "alcohol", "route": "oral", "amount": "28", "amount_unit": "g", "duration_min": "90"}
    asked = form.to_request(form.typed(MultiDict(typed)))

    assert asked["doses"] == [{"route": "oral", "amount": 28, "unit": "g", "duration_min": 90}]


def test_a_length_that_was_not_sent_is_none():
    asked = form.to_request(form.typed(MultiDict({**INFUSED, "duration_min": ""})))

    assert "duration_min" not in asked["doses"][0]
    del asked["doses"][0]["route"]
    assert asked["doses"] == [{"amount_mg": 50}]


USE = {"substance": "ketamine", "route": "oral", "amount": "50"}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ({"preset": "one-infusion", "amount": "100"}, "amount"),
        ({"preset": "no-such"}, "preset"),
        ({"education": "ketamine", "route": "oral"}, "route"),
        ({"education": "no-such"}, "education"),
        ({**USE, "age_y": "42"}, "age_y"),
        ({**USE, "amount": ["50", "60"]}, "amount"),
        ({**USE, "count": "4"}, "count"),
        ({**USE, "amount": "5" * 61}, "amount"),
        ({**USE, "lang": "fr"}, "lang"),
        ({**USE, "route": "osmosis"}, "route"),
        ({**USE, "amount": "lots"}, "amount"),
        ({**USE, "duration_min": "30"}, "duration_min"),
    ],
    ids=lambda one: one if isinstance(one, str) else "-".join(one),
)
def test_a_part_of_an_address_that_has_no_use_is_refused_by_its_name(client, address, name):
    response = client.get("/embed", query_string=address)

    assert response.status_code == 422
    assert f"<strong>{name}</strong>" in response.get_data(as_text=True)


def answer_of(response):
    """What a fragment says below the words of the question."""
    return response.get_data(as_text=True).partition("<article")[2].partition('<p class="aside"><a href')[0]


def test_an_address_may_have_a_unit(client):
    grams = client.get("/embed", query_string={**USE, "amount": "0.05", "amount_unit": "g"})

    assert answer_of(grams) == answer_of(client.get("/embed", query_string=USE))


def test_an_address_without_a_length_is_no_infusion_over_some_minutes(client):
    at_once = client.get("/embed", query_string={**USE, "route": "intravenous"}).data
    slowly = client.get("/embed", query_string={**USE, "route": "intravenous", "duration_min": "40"}).data

    assert at_once != slowly
