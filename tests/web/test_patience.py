"""Work that nobody wants any more stops, and nobody waits behind others for long."""

import pytest

from detectapi import service, turns
from detectapi.web import patience


class Caller:
    """A connection whose caller has gone after so many looks at it."""

    def __init__(self, looks):
        self.looks = looks

    def is_abandoned(self):
        self.looks -= 1
        return self.looks < 0


def ask(client, question, looks=10**9):
    return client.post("/v1/estimates", json=question, environ_overrides={"gunicorn.socket": Caller(looks)})


@pytest.fixture(autouse=True)
def looking_always(monkeypatch):
    monkeypatch.setattr(patience, "LOOK_S", 0.0)


def all_turns_are_free():
    return not any(lock.locked() for lock in (turns.ESTIMATE, turns.INTERPRETATION, turns.DRAWING))


def test_who_has_gone_while_waiting_is_not_computed_for(client, question, monkeypatch):
    monkeypatch.setattr("detectapi.model.recipe.estimate_request", lambda _: pytest.fail("it was computed"))
    with turns.ESTIMATE:
        assert ask(client, question, looks=1).status_code == 499
    assert ask(client, question, looks=0).status_code == 499
    assert all_turns_are_free()


def test_who_goes_meanwhile_stops_the_calculation(client, question):
    assert ask(client, question).status_code == 200
    assert ask(client, question, looks=3).status_code == 499
    assert all_turns_are_free()


def test_nobody_waits_for_long(client, question, monkeypatch):
    monkeypatch.setattr(patience, "LONGEST_WAIT_S", 0.0)
    with turns.ESTIMATE:
        answer = ask(client, question)

    assert (answer.status_code, answer.json["type"]) == (503, "/problems/overloaded")
    assert answer.headers["Retry-After"] == str(patience.RETRY_S)


def test_nothing_is_computed_for_long(client, question, monkeypatch):
    monkeypatch.setattr(patience, "LONGEST_WORK_S", 0.0)

    assert ask(client, question).status_code == 503
    assert all_turns_are_free()


def test_an_interpretation_that_moves_draws_stops_too():
    """A result that the account hardly gives needs moved draws, in a dozen pieces at least."""

    class ForSoLong:
        left = 6

        def wait(self):
            pass

        def go_on(self):
            self.left -= 1
            if not self.left:
                raise patience.TooLong

    result = {"analyte": "norketamine", "value_ng_ml": 5000.0}
    question = {
        "substance": "ketamine",
        "specimens": [{"id": "A", "collected_h": 30.0, "results": [result]}],
        "accounts": [{"id": "reported", "doses": [{"amount_mg": 35.0, "route": "intravenous", "start_h": 0.0}]}],
        "options": {"draws": 200},
    }
    with pytest.raises(patience.TooLong), turns.with_patience(ForSoLong()):
        service.interpret(question)
    assert all_turns_are_free()
