"""What the client refuses before it asks, and what it makes of answers that are not those of a service."""

import json
from datetime import UTC, datetime

import httpx
import numpy as np
import pytest

from detectapi import InputError, client
from detectapi.client.jobs import Job

ADDRESS = "http://service.test"
STATUS = {"id": "job_1", "state": "running"}


def playing(*answers, requests=None):
    """A client of a service that gives prepared answers, each once. A wait is a failure."""
    left = iter(answers)

    def answer(request):
        if requests is not None:
            requests.append(request)
        one = next(left)
        if isinstance(one, Exception):
            raise one
        return one

    played = client.Client(ADDRESS, transport=httpx.MockTransport(answer))
    played._connection.sleep = lambda time: pytest.fail("it waits")
    return played


# -- before anything is sent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["", "service.test", "127.0.0.1:8000", "ftp://service.test", "http://", None, "http://a\n"]
)
def test_an_address_that_is_none_is_refused_at_once(address):
    with pytest.raises(InputError, match="^address: "):
        client.Client(address)


@pytest.mark.parametrize("key", ["abc\n", "a\0b", "clé", "鍵", " abc", 7])
def test_a_key_that_no_header_can_have_is_refused_without_being_repeated(key):
    with pytest.raises(InputError, match="^key: ") as caught:
        client.Client(ADDRESS, key)
    assert str(key) not in str(caught.value)
    with pytest.raises(InputError, match="^idempotency_key: "):
        playing().submit(rows=[{}], idempotency_key=key)


@pytest.mark.parametrize("attempts", [0, -1, True, 2.0])
def test_a_number_of_attempts_is_one_or_more(attempts):
    with pytest.raises(InputError, match="^attempts: "):
        client.Client(ADDRESS, attempts=attempts)


def test_a_request_that_cannot_be_sent_is_not_tried_again():
    with pytest.raises(client.Unreachable):
        playing(httpx.LocalProtocolError("a header")).substances()


# -- what is written --------------------------------------------------------------------------------------------------


def test_numbers_of_numpy_and_moments_are_written_as_the_library_takes_them():
    requests = []
    played = playing(
        *[httpx.Response(201, json=STATUS)] * 2, httpx.Response(200, json={"window": {}}), requests=requests
    )
    start = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    dose = {"amount_mg": np.float32(50), "start": start}
    played.submit(
        rows=[{"amount_mg": np.int64(50), "x": np.bool_(True)}], times_h=np.array([24, 48]), draws=np.int64(100)
    )
    played.job("../x?y")
    played.estimate(substance="ketamine", doses=(dose,))

    body = json.loads(requests[0].content)
    assert {"draws": 100, "times_h": [24, 48], "rows": [{"amount_mg": 50, "x": True}]} == body
    assert b"/v1/jobs/..%2Fx%3Fy" == requests[1].url.raw_path
    assert [{"amount_mg": 50.0, "start": "2026-01-02T03:04:00+00:00"}] == json.loads(requests[2].content)["doses"]
    with pytest.raises(InputError, match="JSON"):
        played.estimate(substance=object())


def test_options_beside_a_file_are_words_of_the_query(tmp_path):
    (tmp_path / "rows.csv").write_text("amount_mg\n50\n", encoding="utf-8")
    requests = []
    played = playing(httpx.Response(201, json=STATUS), requests=requests)
    played.submit(tmp_path / "rows.csv", times_h=np.array([24, 48]), draws=np.int64(100), serial=np.bool_(True))

    assert {"draws": "100", "times_h": "24,48", "serial": "true"} == dict(requests[0].url.params)


# -- what is answered -------------------------------------------------------------------------------------------------

ODD = [
    httpx.Response(200, text="<html>a proxy</html>"),
    httpx.Response(200, json=[1]),
    httpx.Response(200, json={}),
    httpx.Response(204),
    httpx.Response(302, headers={"Location": "https://service.test/"}),
    httpx.Response(304),
]


@pytest.mark.parametrize("answer", ODD, ids=lambda answer: f"{answer.status_code} {answer.text[:4]}")
def test_an_answer_of_another_program_is_a_failure_of_the_service(answer):
    for ask in (
        lambda one: one.substances(),
        lambda one: one.jobs(),
        lambda one: one.job("job_1"),
        lambda one: one.submit(rows=[{}]),
        lambda one: one.estimate(substance="ketamine"),
        lambda one: one.report({"substance": "ketamine"}),
        lambda one: Job(one._connection, STATUS).refresh(),
    ):
        with pytest.raises(client.ServiceFailed, match=str(answer.status_code)):
            ask(playing(answer))


@pytest.mark.parametrize("errors", [None, "x", 5, {"a": 1}, ["x"], [{}], [{"detail": "Wrong.", "allowed": 5}]])
def test_a_refusal_with_odd_errors_is_a_refusal(errors):
    with pytest.raises(client.QuestionRefused, match=r"Odd\.|Wrong\."):
        playing(httpx.Response(422, json={"detail": "Odd.", "errors": errors})).estimate(substance="ketamine")


def test_a_download_that_is_refused_says_why(tmp_path):
    words = {"type": "/problems/not-finished", "detail": "The job is running."}
    played = playing(httpx.Response(409), httpx.Response(409, json=words))
    with pytest.raises(client.Conflict, match="running") as caught:
        Job(played._connection, STATUS).download(tmp_path / "out.csv")

    assert ("not-finished", 409) == (caught.value.code, caught.value.status)
    with pytest.raises(client.ServiceFailed):
        Job(playing(httpx.Response(204))._connection, STATUS).download(tmp_path / "out.csv")
    assert [] == list(tmp_path.iterdir())
