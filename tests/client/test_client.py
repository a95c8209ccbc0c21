"""The client of a service: the answers of the library, patience, typed refusals, downloads that go on."""

import inspect
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

import detectapi
from detectapi import InputError, client
from detectapi.client import connection
from detectapi.client.jobs import Job

ADDRESS = "http://service.test"
PROBLEM = {
    "type": "/problems/overloaded",
    "title": "Too much",
    "status": 503,
    "detail": "Later.",
    "instance": "urn:uuid:1",
}


@pytest.fixture
def service(app):
    """A client of the service within this process."""
    with client.Client(ADDRESS, transport=httpx.WSGITransport(app)) as one:
        yield one


class Played:
    """A service that gives prepared answers; it notes requests, and how long it was waited for."""

    def __init__(self, *answers, key=None):
        self.answers, self.requests, self.waits = iter(answers), [], []
        self.client = client.Client(ADDRESS, key, transport=httpx.MockTransport(self.answer))
        self.client._connection.sleep = self.waits.append

    def answer(self, request):
        self.requests.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def busy(**headers):
    return httpx.Response(503, json=PROBLEM, headers=headers)


def items(*names):
    return httpx.Response(200, json={"items": [{"id": name} for name in names]})


# -- questions --------------------------------------------------------------------------------------------------------


def test_an_answer_is_that_of_the_library(service, question):
    assert detectapi.estimate(**question) == service.estimate(**question) == service.estimate_request(question)
    assert "after the last dose" in repr(service.estimate(**question))


def test_questions_have_the_keywords_of_the_library():
    for name in ("estimate", "interpret"):
        ours, theirs = (inspect.signature(getattr(home, name)) for home in (client.Client, detectapi))

        assert ["self", *theirs.parameters] == list(ours.parameters)
    with pytest.raises(TypeError, match="wieght"):
        client.Client.estimate(None, wieght=3)


def test_what_there_is_can_be_listed(service):
    assert "ketamine" in [one.id for one in service.substances()]
    assert "mayo-ketau" in [one.id for one in service.assays()]


def test_a_refusal_names_the_fields_as_in_the_library(service, question):
    with pytest.raises(client.QuestionRefused) as caught:
        service.estimate(**{**question, "urine_ph": 12})
    with pytest.raises(InputError) as in_library:
        detectapi.estimate(**{**question, "urine_ph": 12})

    assert isinstance(caught.value, InputError)
    assert in_library.value.problems == caught.value.problems
    assert ("validation", 422) == (caught.value.code, caught.value.status)
    assert caught.value.instance.startswith("urn:uuid:")
    assert repr(caught.value).startswith("QuestionRefused('urine_ph: ")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, client.NotAllowed),
        (403, client.NotAllowed),
        (404, client.NotFound),
        (409, client.Conflict),
        (500, client.ServiceFailed),
    ],
)
def test_each_kind_of_refusal_has_a_class_and_is_not_tried_again(status, kind):
    played = Played(httpx.Response(status, text="<html>a proxy</html>"))
    with pytest.raises(kind, match=str(status)):
        played.client.substances()

    assert [] == played.waits


# -- patience ---------------------------------------------------------------------------------------------------------


def test_a_busy_service_is_asked_again_when_it_says():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    played = Played(busy(**{"Retry-After": "3"}), busy(**{"Retry-After": later}), items("a"))

    assert ["a"] == [one.id for one in played.client.substances()]
    assert 3.0 == played.waits[0]
    assert 20.0 < played.waits[1] <= 30.0


def test_a_broken_connection_is_tried_again_after_longer_and_longer_waits():
    breaks = [httpx.ConnectError("refused"), httpx.ReadError("reset"), httpx.ReadTimeout("slow")]
    played = Played(*breaks, items("a"))

    assert ["a"] == [one.id for one in played.client.substances()]
    for attempt, wait in enumerate(played.waits):
        assert 0.5 * connection.FIRST_WAIT_S * 2**attempt <= wait <= connection.FIRST_WAIT_S * 2**attempt


def test_patience_ends():
    without = Played(*[httpx.ConnectError("refused")] * connection.ATTEMPTS)
    with pytest.raises(client.Unreachable, match="ConnectError"):
        without.client.substances()
    overloaded = Played(*[busy()] * connection.ATTEMPTS)
    with pytest.raises(client.Busy, match="Later") as caught:
        overloaded.client.substances()

    assert "overloaded" == caught.value.code
    assert connection.ATTEMPTS - 1 == len(without.waits) == len(overloaded.waits)


def test_nobody_waits_for_a_quota_or_for_an_hour():
    for refusal in (httpx.Response(429, json=PROBLEM), busy(**{"Retry-After": "3600"})):
        played = Played(refusal)
        with pytest.raises(client.Busy):
            played.client.substances()

        assert [] == played.waits


# -- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_that_is_sent_twice_is_the_same_job(tmp_path):
    table = tmp_path / "rows.csv"
    table.write_bytes(b"substance,route,amount_mg\nketamine,oral,50\n")
    accepted = httpx.Response(202, json={"id": "job_1", "state": "accepted"})
    played = Played(httpx.ReadError("reset"), accepted, key="dk_live_1")
    job = played.client.submit(table, draws=100, times_h=[24, 72.5], serial=True, echo=["amount_mg"])
    first, second = played.requests

    assert "<Job job_1: accepted>" == repr(job)
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert table.read_bytes() == second.read()
    assert "Bearer dk_live_1" == second.headers["Authorization"]
    assert {"draws": "100", "times_h": "24,72.5", "serial": "true", "echo": "amount_mg"} == dict(second.url.params)


def test_a_job_is_one_of_a_table_rows_and_a_grid():
    for wrong in ({}, {"rows": [], "grid": {}}):
        with pytest.raises(InputError, match="exactly one"):
            Played().client.submit(**wrong)
    with pytest.raises(InputError, match="known format"):
        Played().client.submit("rows.xlsx")


def status(state, done, **more):
    return {"id": "job_1", "state": state, "progress": {"rows_done": done, "rows_total": 9}, **more}


def test_a_job_is_followed_and_each_change_is_told():
    answers = [
        httpx.Response(200, json=status("running", 3), headers={"ETag": 'W/"a"', "Retry-After": "2"}),
        httpx.Response(304, headers={"Retry-After": "2"}),
        httpx.Response(200, json=status("succeeded", 9), headers={"ETag": 'W/"b"'}),
    ]
    played, seen = Played(*answers), []
    job = Job(played.client._connection, status("queued", 0))
    job.wait(lambda now: seen.append(now.progress.rows_done))

    assert [3, 9] == seen
    assert [None, 'W/"a"', 'W/"a"'] == [request.headers.get("If-None-Match") for request in played.requests]
    assert [2.0, 2.0] == played.waits  # the answers came at once, so too many others were waiting


def test_a_job_that_fails_says_why():
    why = {
        "code": "header",
        "detail": "Column 2 has no name.",
        "errors": [{"pointer": "", "code": "header", "detail": "Column 2."}],
    }
    played = Played(httpx.Response(200, json=status("failed", 0, problem=why)))
    with pytest.raises(client.JobFailed, match="Column 2") as caught:
        Job(played.client._connection, status("queued", 0)).wait()

    assert "header" == caught.value.code == caught.value.problems[0].code


def test_patience_with_a_job_has_an_end():
    with pytest.raises(TimeoutError, match="queued"):
        Job(Played().client._connection, status("queued", 0)).wait(timeout_s=0.0)


class Breaks(httpx.SyncByteStream):
    """A body that ends in the middle."""

    def __init__(self, content):
        self.content = content

    def __iter__(self):
        yield self.content
        raise httpx.ReadError("reset")


RESULT = bytes(range(256)) * 40


def results(request):
    """The result of a job of which each answer has 3,000 bytes at most."""
    headers = {"ETag": '"v1"', "Content-Length": str(len(RESULT))}
    if request.method == "HEAD":
        return httpx.Response(200, headers=headers)
    start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    assert "Range" not in request.headers or request.headers["If-Range"] == '"v1"'
    left, code = RESULT[start:], 206 if start else 200
    return httpx.Response(code, stream=Breaks(left[:3000]) if len(left) > 3000 else httpx.ByteStream(left))


def test_a_download_goes_on_where_it_was_cut_off(tmp_path):
    played, requests = Played(), []
    played.client._connection.http = httpx.Client(
        base_url=ADDRESS, transport=httpx.MockTransport(lambda request: (requests.append(request), results(request))[1])
    )
    job = Job(played.client._connection, status("succeeded", 9))
    target = job.download(tmp_path / "out.csv")

    assert RESULT == target.read_bytes()
    assert [None, "bytes=3000-", "bytes=6000-", "bytes=9000-"] == [r.headers.get("Range") for r in requests[1:]]
    assert {"format": "csv"} == dict(requests[0].url.params)
    assert [target] == list(tmp_path.iterdir())


def test_a_download_that_was_given_up_goes_on_with_the_next_call(tmp_path):
    played = Played()
    played.client._connection.attempts = 1
    played.client._connection.http = httpx.Client(base_url=ADDRESS, transport=httpx.MockTransport(results))
    job = Job(played.client._connection, status("succeeded", 9))
    for size in (3000, 6000, 9000):
        with pytest.raises(client.Unreachable):
            job.download(tmp_path / "out.parquet")
        (part,) = tmp_path.iterdir()
        assert size == part.stat().st_size

    assert RESULT == job.download(tmp_path / "out.parquet").read_bytes()
    assert ["out.parquet"] == [one.name for one in tmp_path.iterdir()]
