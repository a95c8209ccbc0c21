"""Several substances in one question, units of a substance, names on packages, and panels, as the form asks for them."""

import html
import json
import re

import pytest
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.web.page import form, uses
from detectapi.web.page.choices import brands, choices

CODEINE = {"substance": "codeine", "route": "oral", "amount": "30", "duration_min": "", "draws": "200"}
DRINKS = {"use_substance_0": "alcohol", "use_route_0": "oral", "use_amount_0": "3", "use_unit_0": "drink-us"}
DATED = {"last_at": "2026-11-16T09:00", "zone": "+01:00"}


def request_of(**typed):
    return form.to_request(form.typed(MultiDict(typed)))


@pytest.mark.parametrize(
    ("row", "use"),
    [
        ({}, {"pattern": {"frequency": "once", "route": "oral", "amount": 3, "unit": "drink-us"}}),
        (
            {"use_frequency_0": "daily", "use_days_0": "10", "use_lasts_0": "1,5"},
            {"pattern": {"frequency": "daily", "route": "oral", "amount": 3, "unit": "drink-us", "duration_min": 90,
                         "for_days": 10}},
        ),
        (
            {"use_at_0": "2026-11-16T20:00"},
            {"doses": [{"route": "oral", "amount": 3, "unit": "drink-us", "start": "2026-11-16T20:00:00+01:00"}]},
        ),
        (
            {"use_at_0": "2026-11-16T20:00", "use_frequency_0": "daily", "use_days_0": "2"},
            {"doses": [{"route": "oral", "amount": 3, "unit": "drink-us", "start": "2026-11-15T20:00:00+01:00",
                        "repeat": {"every_h": 24.0, "count": 2}}]},
        ),
    ],
    ids=["once", "daily", "dated", "dated course"],
)  # fmt: skip
def test_a_further_substance_is_one_of_the_uses_and_comes_back_from_its_request(row, use):
    asked = request_of(**CODEINE, **DATED, **DRINKS, **row)
    first, further = asked["uses"]

    assert first["substance"] == "codeine"
    assert further == {"substance": "alcohol", **use}
    assert "substance" not in asked
    service.load(asked)
    back = form.from_request(asked)
    assert back["request"] == ""
    assert form.to_request(back) == asked


def test_empty_rows_are_left_out_and_gaps_do_not_matter():
    gap = {name.replace("_0", "_4"): text for name, text in DRINKS.items()}

    assert [use["substance"] for use in request_of(**CODEINE, **gap)["uses"]] == ["codeine", "alcohol"]
    assert "uses" not in request_of(**CODEINE, use_frequency_0="daily", use_unit_0="mg")


def test_what_a_row_has_no_place_for_stays_as_json():
    use = {"substance": "morphine", "doses": [{"route": "oral", "amount_mg": 10, "basis": "sulfate"}]}
    asked = {"uses": [{"substance": "codeine", "doses": [{"route": "oral", "amount_mg": 30}]}, use]}

    assert json.loads(form.from_request(asked)["request"]) == asked


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({**DRINKS, "use_substance_0": ""}, "use_substance_0"),
        ({**DRINKS, "use_amount_0": ""}, "use_amount_0"),
        ({**DRINKS, "use_amount_0": "lots"}, "use_amount_0"),
        ({**DRINKS, "use_amount_0": "1,000"}, "use_amount_0"),
        ({**DRINKS, "use_route_0": ""}, "use_route_0"),
        ({**DRINKS, "use_route_0": "smoked"}, "use_route_0"),
        ({**DRINKS, "use_unit_0": "cigarette"}, "use_unit_0"),
        ({**DRINKS, "use_days_0": "5"}, "use_days_0"),
        ({**DRINKS, "use_frequency_0": "daily"}, "use_days_0"),
        ({**DRINKS, "use_substance_0": "morphine", "use_unit_0": "mg", "use_lasts_0": "2"}, "use_lasts_0"),
        ({**DRINKS, "use_at_0": "2026-11-16T20:00"}, "last_at"),
        ({**DRINKS, **DATED, "use_at_0": "soon"}, "use_at_0"),
        ({"use_substance_1": "fentanyl", "use_route_1": "transdermal", "use_amount_1": "3", "use_unit_1": "mg"}, "use_lasts_1"),
        ({"brand": "Adderall"}, "brand"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row_is_told_beside_its_field(client, typed, field):
    response = client.post("/", data={**CODEINE, **typed})
    text = response.get_data(as_text=True)

    assert response.status_code == 422
    assert f'id="{field}-fault"' in text
    assert re.search(rf'<a href="#{field}">(?!{field})', text)  # the list above has its label


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_answer_to_several_uses_names_each_and_links_to_the_numbers_of_each(client, language):
    page = client.post(f"/?lang={language}", data={**CODEINE, **DRINKS}).get_data(as_text=True)

    for substance in ("codeine", "alcohol"):
        assert f'href="./substances/{substance}?lang={language}"' in page
    assert '<h2 class="range"' in page


def test_rows_are_added_without_script(client):
    page = client.post("/", data={**CODEINE, **DRINKS, "action": "use"}).get_data(as_text=True)

    assert 'id="use_substance_1"' in page
    assert '<option value="alcohol" selected>' in page


def test_a_unit_of_a_substance_is_offered_with_it_and_asked(client):
    asked = request_of(
        substance="nicotine", route="smoked", amount="5", amount_unit="cigarette", frequency="daily", for_days="9"
    )
    page = client.get("/").get_data(as_text=True)

    assert asked["pattern"] == {
        "frequency": "daily",
        "route": "smoked",
        "amount": 5,
        "unit": "cigarette",
        "for_days": 9,
    }
    assert form.to_request(form.from_request(asked)) == asked
    for substance, unit, _ in choices()["units"]:
        assert f'<option value="{unit}" data-for="{substance}"' in page


def test_a_name_on_the_package_is_the_substance_of_the_question():
    asked = request_of(substance="amphetamine", brand="Adderall", route="oral", amount="20")

    assert asked["substance"] == "Adderall"
    assert form.to_request(form.from_request(asked)) == asked
    assert form.from_request(asked)["substance"] == "amphetamine"
    assert [entry["value"] for entry in service.answer(asked)["inputs_used"] if entry["name"] == "basis"] == [
        "mixed-salts"
    ]


def test_every_brand_is_offered_and_understood():
    for brand, substance in brands().items():
        assert service.substance(brand)["id"] == substance


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_a_panel_is_answered_by_class_on_the_page(client, language):
    typed = {**CODEINE, **DRINKS, "use_substance_0": "cocaine", "use_route_0": "smoked", "use_unit_0": "mg", "use_amount_0": "50",
             "assay": "dot-panel"}  # fmt: skip
    page = client.post(f"/?lang={language}", data=typed).get_data(as_text=True)
    request = json.loads(html.unescape(re.search(r'name="request" value="([^"]*)"', page)[1]))
    tested = [one for one in service.answer(request)["classes"] if one["tested"]]
    (table,) = re.findall(r'<table class="cards windows".*?</table>', page, re.DOTALL)

    assert {substance for one in tested for substance in one["substances"]} == {"codeine", "cocaine"}
    assert table.count("<tr") == 2 + len(tested)  # heads, the whole, each class


def test_a_use_that_a_panel_does_not_look_for_is_told_first(client):
    page = client.post("/", data={**CODEINE, **DRINKS, "assay": "dot-panel"}).get_data(as_text=True)

    assert "Alcohol is not tested." in page


def test_rows_hold_as_many_substances_as_a_request():
    assert uses.ROWS.most == 9
    typed = {name.replace("_0", f"_{i}"): text for i in range(9) for name, text in DRINKS.items()}

    assert len(request_of(**CODEINE, **typed)["uses"]) == 10
    service.load(request_of(**CODEINE, **typed))
