"""What stands in the log, and above all what does not."""

import json

import pytest

from detectapi import service
from detectapi.web.logs import ALLOWED, request_id_from


def lines(capsys):
    captured = capsys.readouterr()
    assert "" == captured.out
    return [json.loads(line) for line in captured.err.splitlines()]


def test_one_line_for_each_request(client, capsys):
    client.get("/v1/substances/ketamine")
    (line,) = lines(capsys)

    assert ("GET", "/v1/substances/<substance_id>", 200) == (line["method"], line["route"], line["status"])
    assert line["duration_ms"] >= 0
    assert set(line) <= ALLOWED


CANARY = "canary"


@pytest.mark.parametrize(
    "send",
    [
        lambda c, q: c.post("/v1/estimates", json={**q, "urine_ph": 7.777}),
        lambda c, q: c.post("/v1/estimates", json={**q, "urine_ph": 7777}),
        lambda c, q: c.post("/v1/estimates", json={**q, "substance": CANARY}),
        lambda c, q: c.post("/v1/estimates", json={**q, CANARY: 7777}),
        lambda c, q: c.post("/v1/estimates", data='{"canary": 7777', content_type="application/json"),
        lambda c, q: c.post("/v1/estimates?name=canary", json=q),
        lambda c, q: c.post("/v1/estimates", json=q, headers={"X-Request-ID": CANARY, "User-Agent": CANARY}),
        lambda c, q: c.post("/v1/estimates", json=q, content_type="text/canary"),
        lambda c, q: c.get("/v1/substances/canary"),
        lambda c, q: c.get("/canary"),
        lambda c, q: c.open("/v1/estimates", method="CANARY"),
    ],
)
def test_nothing_that_was_sent_is_in_the_log(client, question, capsys, send):
    send(client, question)
    written = lines(capsys)
    for line in written:
        # Made here, and full of digits that may look like those that were sent.
        for own in ("timestamp", "request_id", "duration_ms"):
            del line[own]
    written = json.dumps(written).lower()

    assert '"event": "request"' in written
    for secret in (CANARY, "7777", "7.777", "ketamine", "intravenous"):
        assert secret not in written


def test_a_mistake_of_ours_is_logged_by_its_place_without_its_message(app, question, monkeypatch, capsys):
    def broken(payload):
        raise ZeroDivisionError(f"{CANARY} {payload}")

    monkeypatch.setattr(service, "answer", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    app.test_client().post("/v1/estimates", json=question)
    failure, request = lines(capsys)

    assert "ZeroDivisionError" == failure["failure"]
    assert failure["where"].endswith("broken")
    assert failure["request_id"] == request["request_id"]
    assert CANARY not in json.dumps([failure, request])


@pytest.mark.parametrize("header", [None, "", "patient-7", "7" * 5000])
def test_an_id_that_is_no_uuid_is_replaced(header):
    assert header != request_id_from(header)
    assert 36 == len(request_id_from(header))
