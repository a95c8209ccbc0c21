"""The page with every number of a model."""

import html
import re

import pytest

from detectapi import service

IDS = [item["id"] for item in service.substances()["items"]]


@pytest.mark.parametrize("substance", IDS)
def test_every_number_of_a_substance_is_on_its_page(client, substance):
    text = html.unescape(client.get(f"/substances/{substance}").get_data(as_text=True))
    parameters = service.substance(substance)["parameters"]
    assumed = sum(parameter["origin"]["basis"] == "assumed" for parameter in parameters)

    assert f"{assumed} of {len(parameters)} numbers in the model are assumptions." in text
    assert [parameter["name"] for parameter in parameters] == re.findall(
        r'<span class="aside">([\w.-]+)</span></th>', text
    )
    for parameter in parameters:
        assert parameter["meaning"] in text


def test_it_speaks_the_readers_language_and_is_linked_from_an_answer(client):
    answered = client.get("/?preset=one-infusion&lang=de").get_data(as_text=True)
    page = client.get("/substances/ketamine?lang=de")

    assert 'href="./substances/ketamine?lang=de"' in answered
    assert "de" == page.headers["Content-Language"]
    assert "Zahlen im Modell sind Annahmen" in page.get_data(as_text=True)


def test_an_unknown_substance_has_no_page(client):
    assert 404 == client.get("/substances/water").status_code
