"""Under more requests than can be computed: some are told to come back at once, and probes are answered meanwhile."""

import threading

import pytest

from detectapi import service
from detectapi.web import create_app, overload


@pytest.fixture
def app(monkeypatch):
    monkeypatch.setattr(overload, "MOST", 2)
    return create_app({"TESTING": True})


@pytest.fixture
def held(monkeypatch):
    """Computations that go on until they are let go, and a count of those that have begun."""
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def slow(_question):
        begun.release()
        assert go_on.wait(30)
        return {"done": True}

    monkeypatch.setattr(service, "answer", slow)
    yield go_on, begun
    go_on.set()


def post(app, answers):
    answers.append(app.test_client().post("/v1/estimates", json={}))


def start(app, answers, count):
    threads = [threading.Thread(target=post, args=(app, answers)) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_beyond_those_that_compute_and_wait_callers_are_told_to_come_back(app, held):
    (go_on, begun), answers = held, []
    threads = start(app, answers, 2)
    for _ in threads:
        assert begun.acquire(timeout=30)
    turned_away = app.test_client().post("/v1/estimates", json={})
    probes = [app.test_client().get(place).status_code for place in ("/healthz", "/readyz", "/")]
    go_on.set()
    for thread in threads:
        thread.join(30)

    assert (turned_away.status_code, turned_away.json["type"]) == (503, "/problems/overloaded")
    assert turned_away.headers["Retry-After"] == str(overload.RETRY_S)
    assert probes == [200, 200, 200]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert app.test_client().post("/v1/estimates", json={}).status_code == 200


def test_a_request_that_fails_gives_its_place_back(app, monkeypatch):
    def fails(_question):
        raise ZeroDivisionError

    monkeypatch.setattr(service, "answer", fails)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for _ in range(5):
        assert app.test_client().post("/v1/estimates", json={}).status_code == 500
