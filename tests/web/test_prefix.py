"""The service behind a proxy that serves it under `/det`."""

import html
import re
from urllib.parse import urljoin, urlsplit

import pytest

from detectapi.web import create_app

OUTSIDE = "https://portal.example/det"
TOLD = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "portal.example", "X-Forwarded-Prefix": "/det"}
ASKED = {"substance": "ketamine", "route": "intravenous", "amount": "35", "duration_min": "40", "draws": "100"}
PAGES = [
    "/",
    pytest.param("/?preset=one-infusion", marks=pytest.mark.slow),
    "/embed?preset=one-infusion",
    "/embed/editor",
    "/docs",
    "/docs/try",
    "/problems",
    "/problems/validation",
    "/substances/ketamine",
    "/interpret",
    "/interpret/ratio",
]


def links(text):
    """Every address that a page links to, loads or sends to."""
    every = re.findall(r'(?:href|src|action|formaction)="([^"]*)"', text)
    # Other sites read the address of oEmbed, which must be a full one.
    return {html.unescape(link) for link in every if "oembed?" not in link} - {"data:,"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.slow
def test_every_link_stays_under_a_prefix_that_the_service_was_not_told_of(client, page):
    result = {urljoin(OUTSIDE + page, link) for link in links(client.get(page).get_data(as_text=True))}

    assert result
    for address in result:
        assert address.startswith((f"{OUTSIDE}/", "https://doi.org/")), address
        place = urlsplit(address.removeprefix(OUTSIDE))
        if place.path.startswith("/save/") or address.startswith("https://doi.org/"):
            continue
        assert client.get(f"{place.path}?{place.query}").status_code == 200, address


def test_an_answer_stays_under_the_prefix_too(client):
    text = client.post("/", data=ASKED).get_data(as_text=True)

    assert 'formaction="./save/svg"' in text
    assert all(urljoin(f"{OUTSIDE}/", link).startswith(f"{OUTSIDE}/") for link in links(text) if "doi.org" not in link)


def test_the_viewer_reads_the_description_beside_it(client):
    assert 'url: "../openapi.json"' in client.get("/static/viewer.js").get_data(as_text=True)
    assert client.get("/openapi.json").json["servers"] == [{"url": "."}]


def test_full_addresses_have_the_prefix_that_the_server_was_told_of(client):
    text = client.post("/", data=ASKED, base_url=f"{OUTSIDE}/").get_data(as_text=True)
    refused = client.post("/v1/estimates", json={}, base_url=f"{OUTSIDE}/")

    assert f">{OUTSIDE}/#v1." in text
    assert f"curl -sS {OUTSIDE}/v1/estimates" in text
    assert refused.json["type"] == "/det/problems/validation"


def test_headers_of_a_proxy_are_believed_only_where_the_operator_says_so(client, monkeypatch):
    untold = client.post("/", data=ASKED, headers=TOLD).get_data(as_text=True)
    monkeypatch.setenv("DETECTAPI_TRUSTED_PROXIES", "1")
    page_text = create_app({"TESTING": True}).test_client().post("/", data=ASKED, headers=TOLD).get_data(as_text=True)

    assert "portal.example" not in untold
    assert f">{OUTSIDE}/#v1." in page_text


@pytest.mark.parametrize("number", ["-1", "many", "11", "1.5"])
def test_a_number_of_proxies_that_makes_no_sense_is_refused_at_the_start(monkeypatch, number):
    monkeypatch.setenv("DETECTAPI_TRUSTED_PROXIES", number)
    with pytest.raises(ValueError, match="DETECTAPI_TRUSTED_PROXIES"):
        create_app()
