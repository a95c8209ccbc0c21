"""The page by HTTP: what it weighs, what it may load, who may frame it, what it keeps to itself."""

import gzip
import html
import json
import re
import sys
from pathlib import Path

import pytest

from detectapi.web.page.choices import presets
from detectapi.web.page.views import URINE

QUESTION = json.loads(Path(__file__).with_name("question.json").read_text(encoding="utf-8"))
CANARY = "31337.25"


def test_all_of_it_weighs_less_than_100_kb(client):
    page = client.get("/?preset=six-infusions").get_data()
    parts = [gzip.compress(page)]
    for path in set(re.findall(rb'(?:src|href)="\./(static/[^"]+)"', page)):
        body = client.get(f"/{path.decode()}", headers={"Accept-Encoding": "gzip"})
        parts.append(body.data if body.headers.get("Content-Encoding") == "gzip" else gzip.compress(body.data))

    assert len(parts) == 5  # the page, two style sheets, two scripts
    assert sum(map(len, parts)) < 100_000


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline(client):
    page = client.get("/?preset=six-infusions")
    policy = page.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "Set-Cookie" not in page.headers
    text = page.get_data(as_text=True)
    assert re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!\./static/|data:)[^"]*"', text) == []
    assert re.findall(r'<[^>]+\s(?:style|on\w+)="', text) == []


def test_the_drawing_alone_may_use_its_own_style_only(client):
    response = client.post("/v1/estimates", json=QUESTION, headers={"Accept": "image/svg+xml"})

    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]


def test_json_stays_what_anyone_gets_who_does_not_ask_for_a_picture(client):
    for accept in ("*/*", "application/json, image/png;q=0.5", None):
        response = client.post("/v1/estimates", json=QUESTION, headers={"Accept": accept} if accept else {})
        assert response.mimetype == "application/json"
    assert client.post("/v1/estimates", json=QUESTION, headers={"Accept": "text/csv"}).status_code == 406


def test_a_picture_speaks_the_callers_language(client):
    headers = {"Accept": "image/svg+xml", "Accept-Language": "de"}
    response = client.post("/v1/estimates", json=QUESTION, headers=headers)

    assert "Kein Laborergebnis" in response.get_data(as_text=True)
    assert response.headers["Content-Language"] == "de"


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("json", b"{")])
def test_the_answer_can_be_kept_as_a_file(client, kind, start):
    response = client.post(f"/save/{kind}", data={"request": json.dumps(QUESTION)})

    assert response.data.startswith(start)
    assert f"detection-window.{kind}" in response.headers["Content-Disposition"]
    assert client.post("/save/exe", data={"request": "{}"}).status_code == 404
    assert client.post("/save/svg", data={"request": "{"}).status_code == 400


def test_without_the_extra_only_what_can_be_made_is_offered(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr("detectapi.web.page.files.find_spec", lambda name: None)
    refused = client.post("/v1/estimates", json=QUESTION, headers={"Accept": "application/pdf"})

    assert refused.status_code == 406
    assert "extra" in refused.json["detail"]
    assert "/save/pdf" not in client.get("/?preset=one-infusion").get_data(as_text=True)
    assert "/save/svg" in client.get("/?preset=one-infusion").get_data(as_text=True)
    assert client.post("/save/pdf", data={"request": json.dumps(QUESTION)}).status_code == 404


def test_the_json_on_the_page_is_the_exact_request(client):
    text = client.get("/?preset=six-infusions").get_data(as_text=True)
    shown = re.search(r'<textarea readonly rows="12"[^>]*>(.*?)</textarea>', text, re.DOTALL)[1].replace("&#34;", '"')

    assert json.loads(shown)["doses"][0]["repeat"]["count"] == 6


def test_a_time_that_cannot_be_read_is_told_at_its_field(client):
    response = client.post("/", data={"substance": "ketamine", "route": "oral", "amount": "5", "since": "soon"})

    assert response.status_code == 422
    assert 'id="since-fault"' in response.get_data(as_text=True)
    assert 'value="soon"' in response.get_data(as_text=True)


def every_number_field():
    """Each number field of the form with what else must be typed for it to be read, but those whose bounds settle it."""
    own = {"assay": "own", "analyte": "norketamine", "cutoff_ng_ml": "50"}
    every = {"frequency": "every", "every_h": "24", "count": "2"}
    return {
        "amount": {}, "since": {}, "duration_min": {"route": "intravenous"}, "every_h": every,
        "for_days": {**every, "count": ""}, "cutoff_ng_ml": own,
        "kidney_value": {"kidney_kind": "creatinine_clearance_ml_min"}, "hydration_value": {"hydration_kind": "urine_flow_ml_h"},
        "half_life_h": {"model_kind": "half-life"},
        "adjust_value_0": {"adjust_name_0": "ketamine.clearance", "adjust_how_0": "scale"},
        "specimen_urine_flow_ml_h": {}, "specimen_urine_creatinine_mg_dl": {},
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", *(pytest.param(one, marks=pytest.mark.slow) for one in ("de", "es"))])
@pytest.mark.parametrize("typed", ["1,000", "1.000"])
def test_a_thousand_is_never_silently_one(client, typed, language):
    question = {
        "substance": "ketamine",
        "route": "oral",
        "amount": "50",
        "amount_unit": "mg",
        "lang": language,
        "draws": "100",
    }
    for name, beside in every_number_field().items():
        response = client.post("/", data={**question, **beside, name: typed})
        text = response.get_data(as_text=True)

        if name in ("hydration_value", "specimen_urine_flow_ml_h"):  # 1 mL an hour cannot be
            sent = html.unescape(re.search(r'name="request" value="([^"]*)"', text)[1])
            assert '"urine_flow_ml_h":1000}' in sent
        else:
            assert response.status_code == 422, name
            assert f'id="{name}-fault"' in text, name
            assert "1500" in text, name


def test_the_fragment_asks_which_number_is_meant(client):
    assert client.get("/embed?substance=ketamine&route=oral&amount=1,000").status_code == 422
    assert client.get("/embed?substance=ketamine&route=oral&amount=1000").status_code == 200


def test_clock_times_are_told_where_the_doses_have_them(client):
    dose = {"amount_mg": 35, "route": "oral", "start": "2026-11-16T09:00:00+01:00"}
    asked = {"substance": "ketamine", "doses": [dose]}
    text = client.post("/", data={"request": json.dumps(asked)}).get_data(as_text=True)
    answer = client.post("/v1/estimates", json=asked).json

    assert re.search(r"Date and time \(UTC\+01:00\): 1\d November 2026, \d\d:00 to ", text)
    assert re.fullmatch(r"2026-11-\d\dT\d\d:\d\d:00\+01:00", answer["window"]["median_at"])  # as RFC 3339 has it


def test_a_second_case_has_the_urine_of_the_first(client):
    first = QUESTION | {"urine_ph": 6, "specimen": {"void_interval_h": 4}}
    form = {"substance": "ketamine", "route": "oral", "amount": "5", "first": json.dumps(first)}
    urine = {"hydration_kind": "high", "urine_ph": "8", "specimen_specific_gravity": "1.002"}
    for second in (
        form | urine,
        form | {"request": json.dumps(QUESTION | {"hydration": {"level": "high"}, "urine_ph": 8})},
    ):
        text = client.post("/", data=second).get_data(as_text=True)
        asked = json.loads(html.unescape(re.findall(r'name="request" value="(\{.*?)"', text)[1]))

        assert {"urine_ph": 6, "specimen": {"void_interval_h": 4}}.items() <= asked.items()
        assert "hydration" not in asked
        assert 'id="urine_ph"' not in text


def test_hostile_text_is_text(client):
    hostile = "</textarea><script>alert(1)</script>\"'{{7*70707}}"
    for name in ("amount", "substance", "request", "first", "lang", "assay", "analyte"):
        text = client.post("/", data={"substance": "ketamine", "route": "oral", "amount": "5", name: hostile}).get_data(
            as_text=True
        )
        assert "<script>alert" not in text
        assert "494949" not in text


def test_nothing_typed_reaches_the_log(client, capsys):
    client.post("/", data={"substance": "ketamine", "route": "oral", "amount": CANARY, "age_y": CANARY})
    client.get(f"/embed?substance=ketamine&route=oral&amount={CANARY}")

    logged = capsys.readouterr().err
    assert "/embed" in logged
    assert CANARY not in logged


def test_nobody_may_frame_the_page_and_only_those_on_the_list_the_fragment(client, monkeypatch):
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]
    own = client.get("/embed?preset=one-infusion")  # the page for editors shows it
    assert "frame-ancestors 'self';" in own.headers["Content-Security-Policy"]
    assert own.headers["X-Frame-Options"] == "SAMEORIGIN"
    monkeypatch.setenv("DETECTAPI_EMBED_ORIGINS", "https://portal.example, https://other.example")
    framed = client.get("/embed?preset=one-infusion")

    assert (
        "frame-ancestors 'self' https://portal.example https://other.example;"
        in framed.headers["Content-Security-Policy"]
    )
    assert "X-Frame-Options" not in framed.headers
    assert "script-src 'self';" in framed.headers["Content-Security-Policy"]
    assert re.findall("<script[^>]*>", framed.get_data(as_text=True)) == ['<script src="./static/frame.js" defer>']
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


def test_the_fragment_takes_nothing_about_a_person(client):
    assert client.get("/embed?preset=one-infusion&age_y=42").status_code == 422
    assert client.get("/embed?substance=ketamine&route=oral&amount=50").status_code == 200
    assert client.get("/embed?education=ketamine&lang=es").headers["Content-Language"] == "es"


def test_only_sites_on_the_list_may_call(client, monkeypatch):
    monkeypatch.setenv("DETECTAPI_CORS_ORIGINS", "https://portal.example")
    mine = client.options(
        "/v1/estimates", headers={"Origin": "https://portal.example", "Access-Control-Request-Method": "POST"}
    )
    other = client.get("/v1/substances", headers={"Origin": "https://evil.example"})

    assert mine.headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert "Content-Type" in mine.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Origin" in other.headers["Vary"]


def test_limits_stand_on_every_page_with_an_answer(client):
    for path in ("/", "/?preset=heavy-daily", "/embed?preset=one-infusion"):
        assert "Not a laboratory result" in client.get(path).get_data(as_text=True)


def test_no_worked_example_varies_the_urine():
    for preset in presets():
        assert not set(URINE) & set(preset["request"]), preset["id"]
