"""Everything beside estimates: cards, probes, pages, errors of HTTP itself, headers."""

import gzip
import re
import uuid

import pytest

from detectapi import service
from detectapi._version import __version__
from detectapi.web import create_app
from detectapi.web.docs import FILES
from detectapi.web.problems import KINDS

PROBLEM = "application/problem+json"
CARDS = ["/v1/substances", "/v1/substances/ketamine", "/v1/assays", "/v1/education/ketamine", "/openapi.json"]
IN_LANGUAGES = [
    "/v1/education/ketamine",
    "/v1/substances",
    "/v1/substances/ketamine",
    "/v1/assays",
    "/substances/ketamine",
]
PAGES = ["/docs", "/docs/try", "/problems", "/problems/validation"]
STATIC = ["/static/page.css", "/static/viewer.js", "/static/swagger-ui.css", "/static/swagger-ui-bundle.js"]
PROBES = ["/healthz", "/readyz"]


@pytest.mark.parametrize("path", [*CARDS, *PAGES, *STATIC, *PROBES])
def test_it_is_there(client, path):
    assert 200 == client.get(path).status_code


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v1/substances", service.substances),
        ("/v1/substances/ketamine", lambda: service.substance("ketamine")),
        ("/v1/assays", service.assays),
    ],
)
def test_a_card_is_the_bytes_of_the_service(client, path, document):
    assert service.to_json_bytes(document()) == client.get(path).data


@pytest.mark.parametrize("path", CARDS)
def test_a_card_may_be_kept_and_is_asked_for_again_by_its_tag(client, path):
    first = client.get(path)
    tag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})

    assert "public, max-age=300" == first.headers["Cache-Control"]
    assert not tag.startswith("W/")
    assert (304, b"", tag) == (again.status_code, again.data, again.headers["ETag"])
    assert 200 == client.get(path, headers={"If-None-Match": '"other"'}).status_code


@pytest.mark.parametrize("path", IN_LANGUAGES)
def test_what_is_said_in_languages_has_a_tag_for_each(client, path):
    tags = {}
    for language in ("en", "de", "es"):
        first = client.get(path, headers={"Accept-Language": language})
        again = client.get(path, headers={"Accept-Language": language, "If-None-Match": first.headers["ETag"]})
        tags[language] = first.headers["ETag"]

        assert first.headers["Content-Language"] == language
        assert "Accept-Language" in first.vary
        assert "Accept-Language" in again.vary
        assert (200, 304, b"") == (first.status_code, again.status_code, again.data)
    assert len(set(tags.values())) == 3
    english = client.get(path, headers={"Accept-Language": "de", "If-None-Match": tags["en"]})
    assert 200 == english.status_code


@pytest.mark.parametrize(("language", "reason"), [("de", "aus der Erinnerung"), ("es", "de memoria")])
def test_reasons_are_said_in_the_language_that_is_asked_for(client, language, reason):
    english = client.get("/v1/substances/codeine").get_data(as_text=True)
    for asked in ({"query_string": {"lang": language}}, {"headers": {"Accept-Language": language}}):
        for path in ("/v1/substances/codeine", "/substances/codeine"):
            assert reason in client.get(path, **asked).get_data(as_text=True)
    assert reason not in english


def test_an_unknown_substance_is_a_404_with_the_nearest_names(client):
    response = client.get("/v1/substances/ketamin")

    assert (404, PROBLEM) == (response.status_code, response.content_type)
    assert "ketamine" in response.get_json()["errors"][0]["allowed"]
    assert "no-store" == response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/nothing", "/problems/nothing", "/static/nothing", "/static/..%2fapi.py"]
)
def test_what_is_not_there_is_a_404_problem(client, path):
    response = client.get(path)

    assert (404, PROBLEM) == (response.status_code, response.content_type)


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/estimates"), ("DELETE", "/v1/assays"), ("POST", "/docs")])
def test_a_wrong_method_is_a_405_that_says_which_are_right(client, method, path):
    response = client.open(path, method=method)

    assert (405, PROBLEM) == (response.status_code, response.content_type)
    assert "OPTIONS" in response.headers["Allow"]


def test_a_problem_has_all_of_rfc_9457(client):
    response = client.get("/nothing")
    problem = response.get_json()

    assert {"type", "title", "status", "detail", "instance"} == set(problem)
    assert 404 == problem["status"]
    assert f"urn:uuid:{response.headers['X-Request-ID']}" == problem["instance"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_of_a_problem_is_a_page(client, kind):
    page = client.get(f"/problems/{kind}")

    assert 200 == page.status_code
    assert KINDS[kind][1] in page.text


@pytest.mark.parametrize("path", [*CARDS, *PAGES, *STATIC, *PROBES, "/nothing"])
def test_every_answer_has_the_security_headers(client, path):
    headers = client.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "no-referrer" == headers["Referrer-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Cache-Control" in headers
    assert "Set-Cookie" not in headers
    assert "Strict-Transport-Security" not in headers


def test_behind_tls_the_browser_is_told_to_stay_there(client):
    assert "max-age" in client.get("/healthz", base_url="https://localhost").headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_no_inline_code(client, path):
    page = client.get(path).text
    loaded = " ".join(re.findall(r'(?:src|href|action)="[^"]*"', page))

    assert "http" not in loaded
    for forbidden in ("<style", "style=", "onload=", "<script>"):
        assert forbidden not in page


def test_large_files_come_compressed_where_that_is_accepted(client):
    path = "/static/swagger-ui-bundle.js"
    compressed = client.get(path, headers={"Accept-Encoding": "gzip"})
    whole = client.get(path)

    assert "gzip" == compressed.headers["Content-Encoding"]
    assert "Content-Encoding" not in whole.headers
    assert gzip.decompress(compressed.data) == whole.data
    assert compressed.headers["ETag"] != whole.headers["ETag"]
    assert "Accept-Encoding" == whole.headers["Vary"]


def test_the_front_door_is_the_page_and_leads_to_the_interface(client):
    assert 'href="./docs"' in client.get("/").text


def test_not_ready_is_a_503_problem(client, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", "/no/such/folder")
    response = client.get("/readyz")

    assert (503, PROBLEM) == (response.status_code, response.content_type)
    assert b"folder" not in response.data
    assert 200 == client.get("/healthz").status_code


def test_a_request_keeps_its_id_when_that_is_a_uuid(client):
    mine = str(uuid.uuid4())

    assert mine == client.get("/healthz", headers={"X-Request-ID": mine}).headers["X-Request-ID"]
    assert "patient 7" != client.get("/healthz", headers={"X-Request-ID": "patient 7"}).headers["X-Request-ID"]


def test_only_trusted_hosts_are_answered_where_they_are_named(monkeypatch):
    monkeypatch.setenv("DETECTAPI_TRUSTED_HOSTS", "window.example, localhost")
    client = create_app().test_client()

    assert 200 == client.get("/v1/substances", base_url="http://window.example").status_code
    refused = client.get("/v1/substances", base_url="http://elsewhere.example")
    assert (400, PROBLEM) == (refused.status_code, refused.content_type)


def test_probes_are_answered_under_any_host_name(monkeypatch):
    monkeypatch.setenv("DETECTAPI_TRUSTED_HOSTS", "window.example")
    client = create_app().test_client()

    for probe in ("/healthz", "/readyz"):
        answer = client.get(probe, base_url="http://127.0.0.1:8000")
        assert (200, __version__) == (answer.status_code, answer.json["version"])


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/validation", *(f"/static/{name}" for name in FILES)])
def test_pages_for_developers_and_files_are_not_sent_again_to_who_has_them(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (200, 304, b"") == (first.status_code, again.status_code, again.data)
