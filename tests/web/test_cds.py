"""`/cds-services`: discovery, cards with the numbers of `/v1`, feedback, and nothing of a person in a log, a refusal or a row."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import cds_rules
import pytest
from fhir_cases import CANARY_ID, CANARY_NAME, PATIENT, medication, observation, quantity
from jsonschema import ValidationError

from detectapi import service
from detectapi.fhir import calls, cards, services
from detectapi.fhir.elements import Place
from detectapi.telling import chances
from detectapi.web import create_app

WINDOW, RESULT = "/cds-services/drug-test-window", "/cds-services/drug-test-result"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTING = calls.Setting(NOW, "https://detect.example/")
INSTANCE = "6d0c3f0e-3c52-4c6f-9d0b-5b8f0f7b2a11"
LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETH"}]}


def searchset(*resources):
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def order(code="19501-6", at="2026-11-18T09:00:00Z"):
    return {
        "resourceType": "ServiceRequest", "id": "uds-1", "status": "draft", "intent": "order",
        "subject": {"reference": "Patient/p1"}, "code": observation(code)["code"], "occurrenceDateTime": at,
    }  # fmt: skip


ORDERED = order()


def window_call(*given, orders=(ORDERED,), hook="order-sign", **context):
    context = {"userId": "Practitioner/1", "patientId": "p1", "draftOrders": searchset(*orders), **context}
    prefetch = {
        "patient": PATIENT,
        "administrations": searchset(*(given or [medication()])),
        "statements": None,
        "renal": None,
    }
    return {"hook": hook, "hookInstance": INSTANCE, "context": context, "prefetch": prefetch}


def result_call(*results, given=None, **more):
    prefetch = {
        "patient": PATIENT,
        "administrations": searchset(*(given or [medication()])),
        "results": searchset(*results),
    }
    context = {"userId": "Practitioner/1", "patientId": "p1"}
    return {"hook": "patient-view", "hookInstance": INSTANCE, "context": context, "prefetch": {**prefetch, **more}}


def norketamine(value=4.2, **more):
    return observation("18322-8", valueQuantity=quantity(value, "ng/mL"), **more)


def window_cards(call):
    return calls.answer(services.WINDOW, call, SETTING)["cards"]


def result_cards(call):
    return calls.answer(services.RESULT, call, SETTING)["cards"]


# -- discovery --------------------------------------------------------------------------------------------------------


def test_discovery_lists_both_services_for_their_hooks(client):
    response = client.get("/cds-services")
    listed = response.get_json()["services"]

    assert 200 == response.status_code
    cds_rules.check_services(response.get_json())
    assert {
        ("drug-test-window", "order-sign"), ("drug-test-window", "order-select"), ("drug-test-window", "appointment-book"),
        ("drug-test-result", "patient-view"),
    } == {(one["id"], one["hook"]) for one in listed}  # fmt: skip
    assert all(one["title"] and one["description"] for one in listed)


def test_queries_can_be_answered_beforehand():
    """CDS Hooks 2.0 has no arithmetic with dates; a query stays short enough for an address."""
    for one in services.discovery()["services"]:
        for query in one["prefetch"].values():
            assert len(query) <= services.LONGEST_QUERY
            assert {"{{context.patientId}}"} == set(re.findall(r"\{\{.*?\}\}", query))
    results = services.prefetch(services.RESULT)["results"]
    assert "http://loinc.org|18322-8" in results
    assert "5811-5" not in results, "a code from memory is not asked for"


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "x" * 140},
        {"detail": None},
        {"links": []},
        {"source": {}},
        {"indicator": "success"},
        {"suggestions": [{"label": "x"}]},
        {"links": [{"label": "x", "url": "https://x.example/", "type": "absolute", "appContext": "x"}]},
    ],
    ids=["long-summary", "null", "empty", "no-source", "indicator", "suggestion", "context-of-an-absolute-link"],
)
def test_the_rules_notice_what_breaks_them(changes):
    card = cards.card("drug-test-window", INSTANCE, "Summary", "Detail", "https://detect.example/")
    cds_rules.check_cards({"cards": [card]})

    with pytest.raises((AssertionError, ValidationError)):
        cds_rules.check_cards({"cards": [{**card, **changes}]})


# -- a planned test ---------------------------------------------------------------------------------------------------


def test_a_card_of_a_planned_test_has_the_numbers_of_v1(client):
    (card,) = window_cards(window_call())
    question = {
        "substance": "ketamine",
        "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40, "start": "2026-11-16T09:00:00Z"}],
        "person": {"sex": "female", "age_y": 42.5},
        "options": {"at": ["2026-11-18T09:00:00Z"]},
    }
    answer = client.post("/v1/estimates", json=question).get_json()

    assert chances.in_100(answer["asked"][0]["probability_positive"]) in card["summary"]
    for share in answer["curve"]["probability_positive"][:: -(-len(answer["curve"]["time_h"]) // 13)]:
        assert f"| {chances.percent(share)} |" in card["detail"]


def assert_card(card):
    """The rules of CDS Hooks, and what this project holds every card to."""
    cds_rules.check_cards({"cards": [card]})
    assert "info" == card["indicator"]
    assert ["absolute"] == [link["type"] for link in card["links"]]
    assert not re.search(r"<[a-z]", card["detail"]), "Markdown only"
    assert "information. Not a laboratory result" in card["detail"]


@pytest.mark.parametrize(
    ("call", "make"),
    [(window_call(), window_cards), (result_call(norketamine()), result_cards)],
    ids=["window", "result"],
)
def test_a_card_keeps_the_rules_of_cds_hooks(call, make):
    (card,) = make(call)
    assert_card(card)

    assert [card] == make(call), "the same call gets the same card"


@pytest.mark.parametrize(
    ("call", "count"),
    [
        (window_call(orders=()), 0),
        (window_call(orders=[order("2345-7")]), 0),
        (window_call(orders=[order("19359-9")]), 0),
        (window_call(orders=[order("24349-3")]), 1),
        (window_call(medication(effectivePeriod={"start": "2025-01-01T09:00:00Z", "end": "2025-01-01T09:40:00Z"})), 0),
        (window_call(medication(status="not-done")), 0),
        (window_call(medication(effectivePeriod={"start": "2026-11-16T09:00:00"})), 0),
        (window_call(medication(meta=LABEL)), 0),
        (window_call(hook="order-select", selections=["ServiceRequest/uds-1"]), 1),
        (window_call(hook="order-select", selections=["ServiceRequest/other"]), 0),
    ],
    ids=[
        "nothing-ordered", "glucose", "another-drug", "panel", "long-ago", "not-done", "no-zone", "protected", "selected",
        "not-selected",
    ],
)  # fmt: skip
def test_a_window_card_is_made_only_where_it_says_something(call, count):
    assert count == len(window_cards(call))


def test_an_appointment_for_a_test_has_a_card():
    booked = {
        "resourceType": "Appointment", "id": "a", "status": "booked", "start": "2026-11-18T09:00:00Z",
        "serviceType": [observation("19501-6")["code"]],
    }  # fmt: skip
    (card,) = window_cards(window_call(orders=(), hook="appointment-book", appointments=searchset(booked)))

    assert "18 November 2026" in card["summary"]


def test_what_cannot_be_read_is_left_out_and_said():
    broken = medication(id="ma-8", effectivePeriod={"start": "2026-11-15T09:00:00"})
    (card,) = window_cards(window_call(medication(), broken))

    assert "could not be read" in card["detail"]


def test_protected_data_make_a_card_where_the_operator_says_so():
    allowed = calls.Setting(NOW, "https://detect.example/", restricted=True)

    assert 1 == len(calls.answer(services.WINDOW, window_call(medication(meta=LABEL)), allowed)["cards"])


def test_a_use_that_rests_on_a_hypothesis_has_no_card(client):
    given = medication(
        medicationCodeableConcept={"text": "alprazolam"},
        dosage={"route": {"text": "oral"}, "dose": quantity(1, "mg")},
    )
    question = {
        "substance": "alprazolam",
        "doses": [{"amount_mg": 1, "route": "oral", "start": "2026-11-16T09:00:00Z"}],
        "options": {"draws": 100},
    }
    answer = client.post("/v1/estimates", json=question).get_json()

    assert "hypothesis" == answer["evidence"]["grade"]
    assert [] == window_cards(window_call(given, orders=[order("24349-3")]))


def test_a_dose_that_the_model_refuses_has_no_card():
    huge = medication(dosage={"route": {"text": "oral"}, "dose": quantity(10**9, "mg")})

    assert [] == window_cards(window_call(huge))


@pytest.mark.parametrize("code", ["24349-3", "19261-7", "12327-3"])
def test_an_order_looks_for_substances_of_the_catalogue(code):
    wanted = calls.looked_for(Place(observation(code)["code"], "code"))

    assert (
        wanted is None or {"ketamine", "esketamine"} <= set(wanted) or {"amphetamine", "methamphetamine"} <= set(wanted)
    )


# -- results ----------------------------------------------------------------------------------------------------------


def test_a_card_of_results_has_the_numbers_of_v1(client):
    (card,) = result_cards(result_call(norketamine()))
    question = {
        "substance": "ketamine",
        "specimens": [
            {"collected": "2026-11-20T08:00:00Z", "results": [{"analyte": "norketamine", "value_ng_ml": 4.2}]}
        ],
        "accounts": [
            {
                "id": "recorded",
                "doses": [
                    {"amount_mg": 35, "route": "intravenous", "duration_min": 40, "start": "2026-11-16T09:00:00Z"}
                ],
            }
        ],
        "person": {"sex": "female", "age_y": 42.5},
    }
    answer = client.post("/v1/interpretations", json=question).get_json()
    (result,) = answer["accounts"][0]["results"]

    assert chances.in_100(result["probability"]) in card["summary"]
    assert "norketamine 4.2 ng/mL on 20 November 2026" in card["summary"]
    assert answer["words"][1] in card["detail"]


@pytest.mark.parametrize(
    ("call", "count"),
    [
        (result_call(), 0),
        (result_call(norketamine(effectiveDateTime="2026-11-15T08:00:00Z")), 0),
        (result_call(norketamine(), given=[medication(effectivePeriod={"start": "2026-11-20T09:00:00Z"})]), 0),
        (result_call(norketamine(meta=LABEL)), 0),
        (result_call(norketamine(status="entered-in-error")), 0),
        (
            result_call(
                observation("19501-6", valueString="Positive", referenceRange=[{"high": quantity(50, "ng/mL")}])
            ),
            0,
        ),
        (result_call(observation("3349-8", valueString="Positive")), 0),
    ],
    ids=["no-result", "before-use", "use-after", "protected", "withdrawn", "screen-only", "class-only"],
)
def test_a_result_card_is_made_only_where_it_says_something(call, count):
    assert count == len(result_cards(call))


def test_a_card_is_about_the_newest_specimen():
    older = norketamine(900.0, id="older", effectiveDateTime="2026-11-17T08:00:00Z")
    (card,) = result_cards(result_call(older, norketamine()))

    assert "norketamine 4.2 ng/mL on 20 November 2026" in card["summary"]
    assert "900" not in card["detail"]


def test_results_older_than_three_months_have_no_card():
    late = calls.Setting(NOW + timedelta(days=120), "https://detect.example/")

    assert [] == calls.answer(services.RESULT, result_call(norketamine()), late)["cards"]


def test_a_screen_and_a_medicine_that_it_responds_to_have_one_card_that_names_it():
    screen = observation("19501-6", valueString="Positive", referenceRange=[{"high": quantity(50, "ng/mL")}])
    other = medication(id="ma-8", medicationCodeableConcept={"text": "quetiapine 100 mg tablet"})
    (card,) = result_cards(result_call(screen, given=[medication(), other]))

    assert "quetiapine" in card["summary"]
    assert_card(card)


# -- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({**window_call(), "hook": "patient-view"}, 422),
        ({**window_call(), "hookInstance": None}, 422),
        ({**window_call(), "prefetch": None}, 412),
        ({**window_call(), "prefetch": {"patient": PATIENT}}, 412),
        ({**window_call(), "prefetch": {"administrations": None}}, 200),
        ({**window_call(), "prefetch": {"administrations": {"resourceType": "OperationOutcome", "issue": []}}}, 200),
        ([], 422),
    ],
    ids=["other-hook", "no-instance", "no-prefetch", "missing-key", "null", "outcome", "list"],
)
def test_a_call_that_lacks_something(client, call, status):
    response = client.post(WINDOW, json=call)

    assert status == response.status_code
    if status == 200:
        assert {"cards": []} == response.get_json()


def test_a_result_service_needs_results_beforehand(client):
    call = result_call(norketamine())
    del call["prefetch"]["results"]

    assert 412 == client.post(RESULT, json=call).status_code


def test_an_unknown_service_is_not_there(client):
    assert 404 == client.post("/cds-services/other", json=window_call()).status_code
    assert 404 == client.post("/cds-services/other/feedback", json={}).status_code


def test_a_call_is_answered_over_http(client, monkeypatch):
    monkeypatch.setattr("detectapi.web.cds.datetime", Frozen)
    response = client.post(WINDOW, json=window_call())
    (card,) = response.get_json()["cards"]

    assert "no-store" == response.headers["Cache-Control"]
    assert "http://localhost/" == card["links"][0]["url"]
    assert cards.is_own("drug-test-window", card["uuid"])


class Frozen(datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def counts(path):
    with sqlite3.connect(path) as database:
        return {
            (service, outcome): number for service, outcome, _, number in database.execute("SELECT * FROM feedback")
        }


def test_feedback_is_counted_and_comments_are_dropped(client, monkeypatch, tmp_path):
    path = tmp_path / "feedback.sqlite"
    monkeypatch.setenv("DETECTAPI_CDS_FEEDBACK", str(path))
    (card,) = window_cards(window_call())
    reason = {"reason": {"code": "other-source", "system": services.OVERRIDE_SYSTEM}, "userComment": CANARY_NAME}
    entries = [
        {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-24T12:00:00Z"},
        {"card": card["uuid"], "outcome": "overridden", "overrideReason": reason},
        {"card": card["uuid"], "outcome": "overridden", "overrideReason": reason},
        {"card": card["uuid"], "outcome": "overridden", "overrideReason": {"reason": {"code": CANARY_ID}}},
        {"card": INSTANCE, "outcome": "accepted"},
        {"card": CANARY_ID},
        CANARY_ID,
    ]
    response = client.post(f"{WINDOW}/feedback", json={"feedback": entries})
    window = "drug-test-window"

    assert 200 == response.status_code
    assert {
        (window, "accepted"): 1, (window, "other-source"): 2, (window, "overridden"): 1, (window, "unknown-card"): 2,
    } == counts(path)  # fmt: skip
    assert CANARY_NAME.encode() not in path.read_bytes()
    assert CANARY_ID.encode() not in path.read_bytes()
    assert 0o600 == path.stat().st_mode & 0o777


def test_a_card_of_one_service_is_unknown_to_the_other():
    (card,) = window_cards(window_call())

    assert cards.is_own("drug-test-window", card["uuid"])
    assert not cards.is_own("drug-test-result", card["uuid"])


@pytest.mark.parametrize(
    ("address", "call"),
    [
        (WINDOW, window_call(medication(identifier=[{"value": CANARY_ID}]))),
        (RESULT, result_call(norketamine(note=[{"text": CANARY_NAME}]))),
        (WINDOW, {**window_call(), "hook": CANARY_NAME}),
        (f"{WINDOW}/feedback", {"feedback": [{"card": CANARY_ID, "overrideReason": {"userComment": CANARY_NAME}}]}),
    ],
    ids=["window", "result", "refused", "feedback"],
)
def test_names_and_identifiers_are_in_no_log_and_no_response(client, capsys, address, call):
    response = client.post(address, json=call)
    captured = capsys.readouterr()
    everything = captured.out + captured.err + response.get_data(as_text=True)

    assert CANARY_NAME not in everything
    assert CANARY_ID not in everything
    assert "norketamine" not in captured.err


def test_other_sites_may_call_if_they_are_listed(monkeypatch):
    monkeypatch.setenv("DETECTAPI_CORS_ORIGINS", "https://ehr.example")
    client = create_app({"TESTING": True}).test_client()
    headers = {"Origin": "https://ehr.example"}
    responses = [
        client.get("/cds-services", headers=headers),
        client.options(WINDOW, headers={**headers, "Access-Control-Request-Method": "POST"}),
        client.post(WINDOW, json=window_call(orders=()), headers=headers),
        client.post(WINDOW, json={}, headers=headers),
        client.post(f"{WINDOW}/feedback", json={}, headers=headers),
    ]

    assert ["https://ehr.example"] * 5 == [one.headers["Access-Control-Allow-Origin"] for one in responses]
    assert "Authorization" in responses[1].headers["Access-Control-Allow-Headers"]
    assert all("Retry-After" in one.headers["Access-Control-Expose-Headers"] for one in responses)


def test_nothing_is_fetched(client, monkeypatch):
    """The caller names a server of its own; a connection to anywhere fails the test."""

    def refuse(*_args, **_more):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("detectapi.web.cds.datetime", Frozen)
    call = {**window_call(), "fhirServer": "http://127.0.0.1:1/fhir", "fhirAuthorization": {"access_token": "t"}}

    assert 1 == len(client.post(WINDOW, json=call).get_json()["cards"])


def test_the_service_is_the_one_of_v1(client, monkeypatch):
    """Cards and operations ask the function that `/v1` asks."""
    questions = []
    original = service.answer
    monkeypatch.setattr(service, "answer", lambda question: questions.append(question) or original(question))
    monkeypatch.setattr("detectapi.web.cds.datetime", Frozen)
    client.post(WINDOW, json=window_call())

    assert 1 == len(questions)
