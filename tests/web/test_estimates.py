"""`POST /v1/estimates`."""

import json

import pytest

from detectapi import service
from detectapi.values.errors import NumericalError

PROBLEM = "application/problem+json"


def ask(client, question, **options):
    return client.post("/v1/estimates", json=question, **options)


def pointers(response):
    return {error["pointer"]: error for error in response.get_json()["errors"]}


def test_the_answer_is_the_bytes_of_the_library(client, question):
    response = ask(client, question)

    assert (200, "application/json") == (response.status_code, response.content_type)
    assert service.to_json_bytes(service.answer(question)) == response.data


def test_an_answer_is_not_kept_by_anyone(client, question):
    assert "no-store" == ask(client, question).headers["Cache-Control"]
    assert "ETag" not in ask(client, question).headers


DOSE = {"amount_mg": 35, "route": "intravenous"}
BAD = [
    ("unknown field", {"dosis": 1}, "/dosis", "doses"),
    ("wrong type", {"doses": [{**DOSE, "amount_mg": "35"}]}, "/doses/0/amount_mg", None),
    ("negative dose", {"doses": [{**DOSE, "amount_mg": -35}]}, "/doses/0/amount_mg", None),
    ("unknown substance", {"substance": "ketamin"}, "/substance", "ketamine"),
    ("unknown route", {"doses": [{**DOSE, "route": "osmosis"}]}, "/doses/0/route", "oral"),
    (
        "unknown analyte",
        {"assay": {"analytes": [{"analyte": "norket", "cutoff_ng_ml": 1}]}},
        "/assay/analytes/0/analyte",
        "norketamine",
    ),
    ("unknown assay", {"assay": "mayo-keta"}, "/assay", "mayo-ketau"),
    ("two renal measures", {"renal": {"egfr_ml_min_1_73m2": 60, "ckd_stage": "G2"}}, "/renal", "ckd_stage"),
    ("pH 12", {"urine_ph": 12}, "/urine_ph", None),
    ("eGFR 0", {"renal": {"egfr_ml_min_1_73m2": 0}}, "/renal/egfr_ml_min_1_73m2", None),
    ("10 000 doses", {"doses": [DOSE] * 10_000}, "/doses", None),
    (
        "cutoff 0",
        {"assay": {"analytes": [{"analyte": "ketamine", "cutoff_ng_ml": 0}]}},
        "/assay/analytes/0/cutoff_ng_ml",
        None,
    ),
    ("draws 10^9", {"options": {"draws": 10**9}}, "/options/draws", None),
    ("level 1.5", {"options": {"level": 1.5}}, "/options/level", None),
    (
        "relative and clock times mixed",
        {"doses": [{**DOSE, "start_h": 0}, {**DOSE, "start": "2026-11-23T07:20:00Z"}]},
        "/doses",
        None,
    ),
    ("naive timestamp", {"doses": [{**DOSE, "start": "2026-11-23T07:20:00"}]}, "/doses/0/start", None),
    ("interaction", {"person": {"interactions": ["moonlight"]}}, "/person/interactions/0", None),
    ("parameter", {"model": {"adjust": {"ketamine.colour": {"scale": 2}}}}, "/model/adjust/ketamine.colour", None),
    (
        "duration of a tablet",
        {"doses": [{"amount_mg": 1, "route": "oral", "duration_min": 40}]},
        "/doses/0/duration_min",
        None,
    ),
]


@pytest.mark.parametrize(("change", "pointer", "allowed"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_question_is_a_422_with_pointer_and_what_is_allowed(client, question, change, pointer, allowed):
    response = ask(client, {**question, **change})
    error = pointers(response)[pointer]

    assert (422, PROBLEM) == (response.status_code, response.content_type)
    assert error["detail"]
    assert allowed is None or allowed in error["allowed"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_a_number_that_is_none_is_a_422_at_its_field(client, question, number):
    raw = json.dumps({**question, "urine_ph": "HERE"}).replace('"HERE"', number)
    response = client.post("/v1/estimates", data=raw, content_type="application/json")

    assert 422 == response.status_code
    assert "not-finite" == pointers(response)["/urine_ph"]["code"]


def test_half_a_surrogate_pair_in_a_name_is_a_422(client):
    response = client.post("/v1/estimates", data=rb'{"\ud800": 1}', content_type="application/json")

    assert 422 == response.status_code
    assert "/?" in pointers(response)


def test_deep_nesting_is_a_422(client):
    response = client.post("/v1/estimates", data=b"[" * 100_000 + b"]" * 100_000, content_type="application/json")

    assert (422, "too-deep") == (response.status_code, pointers(response)[""]["code"])


@pytest.mark.parametrize(
    ("raw", "media_type", "status", "kind"),
    [
        (b"{", "application/json", 400, "malformed-json"),
        (b"", "application/json", 400, "malformed-json"),
        (b"\xff\xfe", "application/json", 400, "malformed-json"),
        (b'{"substance": "ketamine", "substance": "esketamine"}', "application/json", 400, "malformed-json"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
        (b"{}", "", 415, "unsupported-media-type"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b" " * 10_000_000, "application/json", 413, "payload-too-large"),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_kind(client, raw, media_type, status, kind):
    response = client.post("/v1/estimates", data=raw, content_type=media_type)

    assert (status, PROBLEM) == (response.status_code, response.content_type)
    assert f"/problems/{kind}" == response.get_json()["type"]


def test_a_compressed_body_is_refused(client):
    response = client.post(
        "/v1/estimates", data=b"\x1f\x8b", content_type="application/json", headers={"Content-Encoding": "gzip"}
    )

    assert 415 == response.status_code


@pytest.mark.parametrize(("accept", "status"), [("*/*", 200), ("application/*", 200), ("text/html", 406)])
def test_the_answer_comes_in_a_media_type_the_caller_accepts(client, question, accept, status):
    assert status == ask(client, question, headers={"Accept": accept}).status_code


def test_our_mistake_is_a_500_without_internals(client, question, monkeypatch):
    def broken(payload):
        raise NumericalError(f"canary {payload}")

    monkeypatch.setattr(service, "answer", broken)
    response = ask(client, question)

    assert (500, PROBLEM) == (response.status_code, response.content_type)
    assert b"canary" not in response.data


def test_an_unexpected_mistake_is_a_500_without_internals(app, question, monkeypatch):
    def broken(payload):
        raise ZeroDivisionError(f"canary {payload}")

    monkeypatch.setattr(service, "answer", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    response = ask(app.test_client(), question)

    assert (500, PROBLEM) == (response.status_code, response.content_type)
    assert b"canary" not in response.data
    assert b"ZeroDivision" not in response.data
