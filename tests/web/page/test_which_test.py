"""The test on the page: offered by substance, named with issuer and date, side by side where it is not known."""

import html
import re

import pytest

from detectapi import service
from detectapi.values.assay import Panel, PanelClass
from detectapi.values.substance import Origin
from detectapi.web.page.choices import arranged, choices, lists, of_data, test_groups, tests
from detectapi.web.page.voice import BabelVoice

USE = {"substance": "ketamine", "route": "oral", "amount": "50", "draws": "200"}
ASSAYS = {item["id"]: item for item in service.assays()["items"]}
PANELS = {item["id"]: item for item in service.assays()["panels"]}


def page_of(client, **typed):
    return html.unescape(client.post("/", data={**USE, **typed}).get_data(as_text=True))


def options_of(page, name):
    """The options of a list outside the part for other substances."""
    body = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)[0]
    return re.findall(
        r'<option value="([^"]*)"', re.sub(r'<optgroup label="[^"]*" data-others>.*?</optgroup>', "", body)
    )


def test_the_answer_names_the_assumed_test_and_says_so(client):
    page = page_of(client)

    assert (
        "No test was named. Assumed test: Mayo ketamine and metabolite confirmation, urine (KETAU) (Mayo Medical"
        in page
    )


def test_who_does_not_know_the_test_gets_the_common_ones_side_by_side(client):
    page = page_of(client)
    common = [item["id"] for item in ASSAYS.values() if item["common"] and "ketamine" in item["substances"]]
    section = re.search(r'<section class="common">.*?</section>', page, re.DOTALL)[0]

    assert len(common) >= 4
    for id in common:
        assert ASSAYS[id]["name"] in section
        assert ASSAYS[id]["issuer"] in section
    assert "the upper end of this range lies between" in section


def test_who_names_the_test_gets_its_answer_alone(client):
    page = page_of(client, assay="strip-1000")

    assert 'class="common"' not in page
    assert "Test: Ketamine cassette or strip, 1000 ng/mL (several manufacturers; date not stated)." in page


@pytest.mark.parametrize("id", [id for id, item in ASSAYS.items() if item["test"] is None])
def test_a_test_that_gives_no_window_is_answered_with_its_sentence(client, id):
    for substance in ASSAYS[id]["substances"]:
        response = client.post("/", data={**USE, "substance": substance, "assay": id})
        page = html.unescape(response.get_data(as_text=True))
        sentence = ASSAYS[id]["because"]

        assert response.status_code == 200
        assert sentence[:1].upper() + sentence[1:] in page
        assert ASSAYS[id]["issuer"] in page


@pytest.mark.parametrize("substance", [item["id"] for item in service.substances()["items"]])
def test_lists_offer_only_what_fits_the_substance(client, substance):
    page = client.post("/", data={"substance": substance, "amount": ""}).get_data(as_text=True)
    card = service.substance(substance)
    fitting = [id for id, item in ASSAYS.items() if substance in item["substances"]]

    assert set(options_of(page, "route")) == {route["id"] for route in card["routes"]}
    assert set(options_of(page, "assay")) == {"", "own", *fitting, *PANELS}
    assert set(options_of(page, "analyte")) == set(card["analytes"])
    assert set(options_of(page, "basis")) == {"base", *(salt["id"] for salt in card["salts"])}
    parameters = re.search(r'<datalist id="parameters".*?</datalist>', page, re.DOTALL)[0]
    assert re.findall(r'value="([^"]*)"', parameters) == [entry["name"] for entry in card["parameters"]]
    assert ('id="education"' in page) == (service.education_of(substance) is not None)


def test_every_test_is_offered_in_a_group_with_its_issuer_and_date(app):
    with app.test_request_context("/"):
        voice = BabelVoice("page")
        known = {option.value: option for option in tests(voice)}
        order, groups = list(test_groups(voice).values()), lists("ketamine", voice)["tests"]
        alone = arranged(list(known.values()), "ketamine", voice)

    assert set(known) == {*ASSAYS, *PANELS}
    assert groups == alone
    for id, option in known.items():
        assert (ASSAYS | PANELS)[id]["issuer"] in option.words
        assert option.group
    labels = [label for label, others, _ in groups if not others]
    assert labels == sorted(labels, key=order.index)


def test_the_lists_know_every_substance():
    assert {id for id, _ in choices()["substances"]} == set(choices()["parameters"])


def test_days_are_asked_for_in_words(client):
    response = client.post("/", data={**USE, "amount": "150", "frequency": "daily"})
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert "For how many days was it taken?" in page
    assert 'id="for_days-fault"' in page


def test_the_fragment_says_it_too(client):
    response = client.get("/embed?substance=ketamine&route=oral&amount=50&assay=dot-panel")

    assert response.status_code == 200
    assert "laboratories must not test these specimens for other drugs" in response.get_data(as_text=True)


@pytest.fixture
def panel(monkeypatch):
    """A panel that looks for amphetamine and for nothing else."""
    origin = Origin("assumed", reason="made up")
    classes = (PanelClass("amphetamines", "Amphetamines", ("hhs-amphetamine-confirm",)),)
    made = Panel("a-panel", "A panel", "An employer", "2026", "It is not in the list.", origin, classes)
    monkeypatch.setattr("detectapi.knowledge.catalog.panels", lambda: {"a-panel": made})
    of_data.cache_clear()
    yield made
    monkeypatch.undo()
    of_data.cache_clear()


def test_panels_are_offered_for_every_substance_and_those_that_do_not_look_for_it_are_named(panel, client):
    for substance in ("ketamine", "amphetamine"):
        page = page_of(client, substance=substance)

        assert "a-panel" in options_of(page, "assay")
        assert ("Some panels do not look for" in page) == (substance == "ketamine")
    assert "do not look for ketamine at all</summary>\n<ul><li>A panel (An employer; 2026)</li></ul>" in page_of(client)


def test_the_list_of_tests_has_the_panels(panel, client):
    document = client.get("/v1/assays").get_json()

    assert [item["id"] for item in document["panels"]] == ["a-panel"]
    assert document["panels"][0]["substances"] == ASSAYS["hhs-amphetamine-confirm"]["substances"]
