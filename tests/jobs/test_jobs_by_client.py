"""Jobs by the client of Python: within this process, and by a real server."""

import httpx
import pytest
from job_requests import FEW, compute
from scenarios import GRID

from detectapi.client import Client, NotAllowed, NotFound, QuestionRefused

ROWS = [{"substance": "ketamine", "route": "oral", "amount_mg": amount} for amount in (25, -1)]


@pytest.fixture
def service(app, key):
    with Client("http://service.test", key, transport=httpx.WSGITransport(app)) as one:
        yield one


def test_a_job_from_its_submission_to_its_end(service, desk, tmp_path):
    job = service.submit(rows=ROWS, **FEW)
    compute(desk)
    done = service.job(job.id).wait()

    assert ("partial", 1) == (done.state, done.progress.rows_bad)
    assert ["/amount_mg"] == [line["pointer"] for line in job.errors()]
    table = job.download(tmp_path / "out.csv").read_text(encoding="utf-8")
    assert table.startswith('"id","median_h"')
    assert [job.id] == [one.id for one in service.jobs()]
    job.delete()
    with pytest.raises(NotFound):
        job.refresh()


def test_a_table_is_sent_as_it_is(service, desk, tmp_path):
    (tmp_path / "in.csv").write_text("substance,route,amount_mg\nketamine,oral,50\n", encoding="utf-8")
    job = service.submit(tmp_path / "in.csv", draws=100)
    compute(desk)

    assert "succeeded" == job.wait().state


def test_a_job_can_be_cancelled(service):
    job = service.submit(grid=GRID, draws=100)

    assert job.cancel().state in ("cancelling", "cancelled")


def test_wrong_options_are_refused_by_their_fields(service):
    with pytest.raises(QuestionRefused) as caught:
        service.submit(rows=ROWS, draws=3)

    assert "/draws" == caught.value.problems[0].pointer


def test_without_a_key_nothing_is_done(app):
    with Client("http://service.test", transport=httpx.WSGITransport(app)) as nobody, pytest.raises(NotAllowed):
        nobody.jobs()
