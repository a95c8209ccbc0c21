"""`/v1/jobs` against the letter of HTTP: ranges, Accept, names, bodies that break off."""

import json
import shutil
from pathlib import Path

import pytest
from job_requests import CSV, FEW, assert_problem, compute, leftovers, submit
from scenarios import GRID

from detectapi.jobs import database

pytestmark = pytest.mark.slow


def test_ranges_that_make_no_sense_are_ignored(client, desk):
    place = submit(client).headers["Location"] + "/results"
    compute(desk)
    whole = client.get(place)
    for other in (
        "bytes=0-0,5-9",
        "bytes=a-b",
        "rows=1-2",
        "bytes=5-2",
        "bytes=",
        f"bytes=0-{'9' * 5000}",
        "bytes=٢-٣".encode().decode("latin-1"),
    ):
        response = client.get(place, headers={"Range": other})
        assert (response.status_code, response.data) == (200, whole.data), other
    beyond = assert_problem(
        client.get(place, headers={"Range": f"bytes={len(whole.data)}-"}), 416, "range-not-satisfiable"
    )
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    head = client.head(place, headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(whole.data)))
    stale = client.get(place, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, stale.data) == (200, whole.data)


def test_the_best_of_what_is_accepted_is_sent(client, desk):
    place = submit(client).headers["Location"] + "/results"
    compute(desk)
    for accept, media in (
        ("text/csv, */*;q=0.1", "text/csv"),
        ("*/*", "application/vnd.apache.parquet"),
        ("application/jsonl", "application/x-ndjson"),
        ("application/json;q=0.5, application/*", "application/vnd.apache.parquet"),
    ):
        assert client.get(place, headers={"Accept": accept}).mimetype == media, accept
    stream = {"Accept": "application/vnd.apache.arrow.stream"}
    assert client.get(place, headers=stream).status_code == 406  # the file is another form


def test_names_that_no_database_keeps_are_refused(client):
    for name in ("a\u0000b", "\ud800", "a\nb"):
        body = json.dumps({**FEW, "grid": GRID, "name": name})
        response = client.post("/v1/jobs", data=body, content_type="application/json")
        assert (response.status_code, response.get_json()["errors"][0]["pointer"]) == (422, "/name")
    assert client.get("/v1/jobs/a%00b").status_code == 404


def test_another_name_is_another_request(client):
    headers = {"Idempotency-Key": "named"}
    assert client.post("/v1/jobs", json={**FEW, "grid": GRID, "name": "a"}, headers=headers).status_code == 202
    assert client.post("/v1/jobs", json={**FEW, "grid": GRID, "name": "a"}, headers=headers).status_code == 202
    assert client.post("/v1/jobs", json={**FEW, "grid": GRID, "name": "b"}, headers=headers).status_code == 409


def test_an_option_given_twice_is_refused(client):
    response = client.post("/v1/jobs?draws=100&draws=200", data=CSV, content_type="text/csv")
    assert (response.status_code, response.get_json()["errors"][0]["code"]) == (422, "duplicate")


def test_a_body_that_breaks_off_is_the_callers_mistake(client, settings):
    class Broken:
        def read(self, *_):
            raise OSError("Invalid chunk size")

    environment = {"wsgi.input": Broken(), "wsgi.input_terminated": True, "CONTENT_TYPE": "text/csv"}
    assert_problem(client.post("/v1/jobs", environ_overrides=environment), 400, "bad-request")
    assert leftovers(settings) == []


def test_a_body_that_is_shorter_than_announced_is_no_job(client, settings):
    environment = {"CONTENT_LENGTH": "1000", "wsgi.input_terminated": True}  # as gunicorn hands it on
    response = client.post("/v1/jobs", data=CSV, content_type="text/csv", environ_overrides=environment)
    assert_problem(response, 400, "bad-request")
    assert client.get("/v1/jobs").get_json() == {"items": []}
    assert leftovers(settings) == []


def test_a_large_grid_does_not_make_its_status_large_work(client, desk):
    place = submit(client, grid=GRID).headers["Location"]
    job = place.rpartition("/")[2]
    assert "source" not in desk.store.job(job)
    assert all("source" not in one for one in desk.store.jobs(desk.store.job(job)["owner"]))


def test_the_folder_of_a_job_is_gone_before_nothing_else(client, desk, monkeypatch):
    place = submit(client).headers["Location"]
    compute(desk)
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", lambda *_a, **_o: None)  # killed between record and files
        assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


def test_the_addresses_of_a_job_stand_under_the_prefix(client):
    response = client.post(
        "/v1/jobs", data="substance,route,amount_mg\nketamine,oral,50\n", content_type="text/csv",
        base_url="https://portal.example/det/",
    )  # fmt: skip

    assert response.headers["Location"].startswith("/det/v1/jobs/job_")
    assert all(link.startswith("/det/v1/jobs/job_") for link in response.get_json()["links"].values())


@pytest.mark.parametrize("wait", ["\u00b2", "-1", "1e3", "9" * 5000, "\u0663".encode().decode("latin-1")])
def test_a_time_to_wait_that_is_no_number_is_no_time(client, wait):
    sent = client.post("/v1/jobs", json={**FEW, "grid": GRID}, headers={"Prefer": f"wait={wait}"})

    assert sent.status_code == 202
    assert "Preference-Applied" not in sent.headers


def test_other_users_of_the_machine_cannot_read_what_people_asked(tmp_path):
    folder = tmp_path / "made" / "here"
    database.upgrade(database.connect(f"sqlite:///{folder / 'jobs.sqlite'}"))

    assert folder.stat().st_mode & 0o077 == 0
    assert {"jobs.sqlite", "jobs.sqlite-wal"} <= {file.name for file in folder.iterdir()}
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())


def test_of_a_deleted_job_nothing_stays_in_the_database(client, desk, settings):
    rows = [{"id": "canary-7777", "substance": "ketamine", "route": "oral", "amount_mg": 50}]
    body = {**FEW, "rows": rows, "name": "canary-7777"}  # the name stands in the database, the rows in files
    place = client.post("/v1/jobs", json=body).headers["Location"]
    compute(desk)
    around = Path(settings.folder).parent
    assert any(b"canary-7777" in file.read_bytes() for file in around.rglob("*") if file.is_file())
    assert client.delete(place).status_code == 204

    left = [file for file in around.rglob("*") if file.is_file() and b"canary-7777" in file.read_bytes()]
    assert left == []
