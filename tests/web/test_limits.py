"""Limits for callers: off unless they are switched on, by address, never logged."""

import logging

import pytest

from detectapi.settings import WrongSetting, checking, setting
from detectapi.web import create_app

OTHER = "203.0.113.77"


@pytest.fixture
def limited(monkeypatch):
    def make(rates="2/minute", **more):
        for name, text in {"DETECTAPI_LIMITS": rates, **more}.items():
            monkeypatch.setenv(name, text)
        return create_app({"TESTING": True}).test_client()

    return make


def statuses(client, count, path="/v1/assays", address="192.0.2.1", **headers):
    return [client.get(path, headers=headers, environ_base={"REMOTE_ADDR": address}).status_code for _ in range(count)]


def test_there_is_no_limit_unless_it_is_switched_on(client):
    assert statuses(client, 30) == [200] * 30


def test_beyond_the_limit_a_caller_is_told_when_to_come_back(limited):
    client = limited()
    assert statuses(client, 2) == [200, 200]
    answer = client.get("/", environ_base={"REMOTE_ADDR": "192.0.2.1"})  # one limit for all that is asked

    assert (answer.status_code, answer.json["type"]) == (429, "/problems/too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 120
    assert statuses(client, 1, address=OTHER) == [200]


@pytest.mark.slow
def test_probes_and_files_of_pages_have_no_limit(limited):
    client = limited()

    for path in ("/healthz", "/readyz", "/static/page.css"):
        assert statuses(client, 4, path) == [200] * 4, path
    assert statuses(client, 2) == [200, 200]


@pytest.mark.slow
def test_a_caller_is_known_by_what_trusted_proxies_tell_and_by_nothing_else(limited):
    told = [{"X-Forwarded-For": f"192.0.2.{i}"} for i in range(4)]
    client = limited()
    assert [statuses(client, 1, **headers)[0] for headers in told] == [200, 200, 429, 429]
    client = limited(DETECTAPI_TRUSTED_PROXIES="1")
    assert [statuses(client, 1, **headers)[0] for headers in told] == [200] * 4


def test_addresses_of_one_network_of_ipv6_are_one_caller(limited):
    client = limited()
    near, far = [f"2001:db8:0:1::{i}" for i in range(1, 4)], "2001:db8:0:2::1"

    assert [statuses(client, 1, address=address)[0] for address in [*near, far]] == [200, 200, 429, 200]
    assert [statuses(client, 1, address=address)[0] for address in ("::ffff:192.0.2.9", "192.0.2.9", "192.0.2.9")] == [
        200, 200, 429,
    ]  # fmt: skip


def test_a_store_that_is_away_does_no_harm(limited):
    client = limited(DETECTAPI_LIMITS_STORE="redis://127.0.0.1:1/0")

    assert statuses(client, 3) == [200, 200, 429]


def test_no_address_is_logged(limited, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    statuses(limited(), 4, address=OTHER)
    printed = capfd.readouterr()

    assert '"status": 429' in printed.err
    assert OTHER not in caplog.text + printed.out + printed.err


@pytest.mark.parametrize("rates", ["60/minute", "10 per second; 1000/hour", "5/10 minutes", "1/day,2/second"])
def test_rates_are_written_in_one_way(rates):
    assert setting("DETECTAPI_LIMITS", {"DETECTAPI_LIMITS": rates}) == rates


@pytest.mark.parametrize(
    "rates", ["60", "0/minute", "many/minute", "1/fortnight", "-1/day", "1/minute;", "1/0 minutes"]
)
def test_other_rates_stop_the_start(rates):
    with pytest.raises(WrongSetting, match="60/minute"):
        setting("DETECTAPI_LIMITS", {"DETECTAPI_LIMITS": rates})


def test_a_store_without_limits_is_a_contradiction():
    assert checking.contradictions({"DETECTAPI_LIMITS_STORE": "redis://cache/0"}) == [
        "DETECTAPI_LIMITS_STORE has no effect without DETECTAPI_LIMITS."
    ]
