"""`/v1/jobs` when something is wrong: database away, storage full, callers who ask for the same at once, processes that died."""

import errno
import os
import sqlite3
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from job_requests import CSV, FEW, QUERY, assert_problem, compute, coordinator, leftovers, submit
from processes import patience
from scenarios import GRID, scattered

from detectapi.batch import storage, table
from detectapi.jobs import database, planner
from detectapi.jobs.desk import ABANDONED_S, RESULTS, Desk
from detectapi.jobs.engines import Inline, attempt
from detectapi.jobs.runner import Runner
from detectapi.jobs.settings import Settings
from detectapi.values.errors import InputError
from detectapi.web import create_app, jobs
from detectapi.web import waiting as waiting_room

pytestmark = pytest.mark.slow

ESTIMATE = {"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}], "options": {"draws": 100}}
ESTIMATE |= {"assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]}}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.1)


# -- the database -------------------------------------------------------------------------------------------------------


def test_a_locked_database_refuses_writing_soon_and_does_not_hold_up_reading(impatient, client, desk, settings):
    if "sqlite" not in settings.database:
        pytest.skip("SQLite has one writer")
    place = submit(client).headers["Location"]
    with sqlite3.connect(desk.engine.url.database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.get(place).status_code == 200
        assert client.get("/readyz").status_code == 200
        assert assert_problem(submit(client), 503, "jobs-away").headers["Retry-After"]
        assert client.post("/v1/estimates", json=ESTIMATE).status_code == 200
        other.execute("ROLLBACK")


def test_where_the_database_is_away_jobs_say_so_and_estimates_go_on(impatient, app, client, desk, monkeypatch):
    place = submit(client).headers["Location"]
    asked = []

    def away(*_arguments, **_options):
        asked.append(1)
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused"))

    with monkeypatch.context() as broken:
        broken.setattr(sa.engine.Engine, "begin", away)
        broken.setattr(desk.store._reading, "begin", away)
        response = assert_problem(client.get(place), 503, "jobs-away")
        assert response.headers["Retry-After"]
        once = len(asked)
        assert_problem(client.get("/v1/jobs"), 503, "jobs-away")
        assert len(asked) == once  # who comes next is not kept waiting
        assert "database" in assert_problem(client.get("/readyz"), 503, "not-ready").get_json()["detail"]
        assert client.get("/healthz").status_code == 200
        assert client.post("/v1/estimates", json=ESTIMATE).status_code == 200
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr("detectapi.web.trouble.RETRY_S", 0)
    app.extensions["detectapi-jobs-retry-at"] = 0.0
    assert client.get(place).status_code == 200
    assert client.get(place).status_code == 200


def test_tables_of_another_version_are_not_ready(client, desk, settings, tmp_path):
    assert database.is_current(desk.engine)
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    assert not database.is_current(desk.engine)
    empty = database.connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert not database.is_current(empty)
    empty.dispose()


def test_tables_that_are_missing_are_told(client, desk, settings):
    if "sqlite" in settings.database:
        pytest.skip("SQLite is brought up to date when it is opened")
    with desk.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version, submission, chunk, job, api_key"))
    assert "detectapi db upgrade" in assert_problem(client.get("/v1/jobs"), 503, "jobs-away").get_json()["detail"]
    assert "detectapi db upgrade" in assert_problem(client.get("/readyz"), 503, "not-ready").get_json()["detail"]


def test_an_exception_of_the_database_does_not_quote_what_was_asked(desk):
    with pytest.raises(sa.exc.DBAPIError) as raised, desk.engine.begin() as connection:
        connection.execute(sa.text("SELECT :given FROM nowhere"), {"given": "norketamine"})
    assert "norketamine" not in str(raised.value)


# -- the storage --------------------------------------------------------------------------------------------------------


def full(*_arguments, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_and_leaves_nothing(client, settings, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(jobs.shutil, "copyfileobj", full)
        assert_problem(client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv"), 507, "storage-full")
        broken.setattr(jobs, "json", SimpleNamespace(dumps=full))
        assert_problem(
            client.post("/v1/jobs", data=b'{"rows": [{"id": "a"}]}', content_type="application/json"),
            507,
            "storage-full",
        )
    assert leftovers(settings) == []
    with monkeypatch.context() as broken:
        broken.setattr(storage, "sync", full)
        assert_problem(client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv"), 507, "storage-full")
    assert leftovers(settings) == []


def test_a_result_for_which_there_is_no_room_is_put_together_later(client, desk, monkeypatch):
    place = submit(client).headers["Location"]
    compute(desk)
    with monkeypatch.context() as broken:
        broken.setattr(table, "write_whole", full)
        assert_problem(client.get(f"{place}/results"), 507, "storage-full")
    assert client.get(f"{place}/results").status_code == 200


def test_rows_that_cannot_be_written_now_are_read_again(client, desk, monkeypatch):
    place = client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv").headers["Location"]
    monkeypatch.setattr("detectapi.jobs.runner.STORAGE_WAIT_S", 0.0)
    runner = Runner(desk.store, Inline())
    with monkeypatch.context() as broken:
        broken.setattr(storage, "write", full)
        runner.step()
    status = client.get(place).get_json()
    assert (status["state"], status["problem"]["code"]) == ("validating", "storage")
    compute(desk)
    status = client.get(place).get_json()
    assert status["state"] == "succeeded"
    assert "problem" not in status


@pytest.mark.slow
def test_a_reader_that_is_killed_says_nothing_about_its_table(client, desk, monkeypatch):
    table = pa.table({"substance": ["ketamine"], "amount_mg": [50.0], "route": ["oral"]})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    media = "application/vnd.apache.parquet"
    place = client.post(f"/v1/jobs?{QUERY}", data=sink.getvalue().to_pybytes(), content_type=media).headers["Location"]
    monkeypatch.setattr("detectapi.jobs.runner.STORAGE_WAIT_S", 0.0)
    with monkeypatch.context() as broken:
        broken.setattr(planner, "_read_bounded", killed)
        runner = Runner(desk.store, Inline())
        for _ in patience():
            runner.step()
            if "problem" in client.get(place).get_json():
                break
    runner.run(lambda: True)  # it stops, and gives back what it reads
    assert client.get(place).get_json()["state"] == "validating"
    compute(desk)
    assert client.get(place).get_json()["state"] == "succeeded"


def killed(*_arguments):
    os.kill(os.getpid(), 9)


@pytest.mark.slow
def test_what_breaks_while_rows_are_read_ends_that_job_only(client, desk, monkeypatch):
    place = client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv").headers["Location"]
    monkeypatch.setattr("detectapi.jobs.runner.STORAGE_WAIT_S", 0.0)
    with monkeypatch.context() as broken:
        broken.setattr(planner, "cutting", lambda *_: 1 / 0)
        runner = Runner(desk.store, Inline())
        for _ in range(3):
            runner.step()
    status = client.get(place).get_json()
    assert (status["state"], status["problem"]["code"]) == ("failed", "ours")


# -- what is left behind ------------------------------------------------------------------------------------------------


def test_what_dead_processes_left_is_cleared(client, desk, settings):
    place = submit(client).headers["Location"]
    kept = Path(desk.store.job(place.rpartition("/")[2])["folder"])
    kept.mkdir(exist_ok=True)
    orphan, young = (Path(settings.folder) / f"job_{letter * 22}" for letter in "ab")
    upload = Path(desk.spool()[1])
    upload.write_bytes(b"half")
    for folder in (orphan, young):
        (folder / "parts").mkdir(parents=True)
    os.utime(young, (time.time() - ABANDONED_S - 60,) * 2)  # its job may be in another database
    for path in (kept, orphan, upload):
        os.utime(path, (time.time() - settings.retention_s - 60,) * 2)
    desk.clear()
    assert (kept.exists(), young.exists(), orphan.exists(), upload.exists()) == (True, True, False, False)


def test_results_put_together_here_go_with_their_job(tmp_path):
    settings = Settings(f"file://{tmp_path / 'shared'}", f"sqlite:///{tmp_path / 'jobs.sqlite'}", anonymous=True)
    os.environ["DETECTAPI_KEY_PEPPER"] = "pepper"
    try:
        app = create_app({"TESTING": True, "JOBS": settings})
    finally:
        del os.environ["DETECTAPI_KEY_PEPPER"]
    desk, client = app.extensions["detectapi-desk"], app.test_client()
    place = submit(client).headers["Location"]
    compute(desk)
    client.get(f"{place}/results", buffered=True)
    local = RESULTS / place.rpartition("/")[2]
    assert list(local.iterdir())
    assert RESULTS.stat().st_mode & 0o077 == 0 or RESULTS.stat().st_uid == os.getuid()
    assert client.delete(place).status_code == 204
    assert not local.exists()
    orphan = tmp_path / "shared" / f"job_{'c' * 22}"
    orphan.mkdir()
    (orphan / "x").write_bytes(b"")
    os.utime(orphan / "x", (time.time() - settings.retention_s - 60,) * 2)
    desk.clear()
    assert not orphan.exists()
    desk.engine.dispose()


def test_a_deleted_job_can_be_submitted_again(client, desk):
    headers = {"Idempotency-Key": "once"}
    first = client.post("/v1/jobs", json={**FEW, "grid": GRID}, headers=headers).headers["Location"]
    client.post(f"{first}/cancel")
    assert client.delete(first).status_code == 204
    again = client.post("/v1/jobs", json={**FEW, "grid": GRID}, headers=headers)
    assert again.status_code == 202
    assert again.headers["Location"] != first


# -- at once ------------------------------------------------------------------------------------------------------------


def test_those_who_wait_leave_threads_for_others(app, client, desk, key):
    place = submit(client).headers["Location"]
    waiting = []
    for _ in range(waiting_room.MOST_WAITING):
        assert waiting_room.waiting.acquire(blocking=False)
        waiting.append(1)
    try:
        started = time.monotonic()
        response = client.get(place, headers={"Prefer": "wait=20"})
        assert (response.status_code, response.get_json()["state"]) == (200, "accepted")
        response = client.post("/v1/jobs", json={**FEW, "grid": GRID}, headers={"Prefer": "wait=20"})
        assert response.status_code == 202
        assert time.monotonic() - started < 10
    finally:
        for _ in waiting:
            waiting_room.waiting.release()


@pytest.mark.slow
def test_a_result_is_put_together_once(app, client, desk, key, monkeypatch):
    place = submit(client).headers["Location"]
    compute(desk)
    begun, go_on, written = threading.Event(), threading.Event(), []
    real = table.write_whole

    def slowly(*arguments):
        written.append(1)
        begun.set()
        go_on.wait(20)
        return real(*arguments)

    monkeypatch.setattr(table, "write_whole", slowly)
    first = []
    other = app.test_client()
    headers = {"Authorization": f"Bearer {key}"}
    thread = threading.Thread(target=lambda: first.append(other.get(f"{place}/results", headers=headers)))
    thread.start()
    assert begun.wait(20)
    assert assert_problem(client.get(f"{place}/results"), 503, "busy").headers["Retry-After"]
    elsewhere = Desk(desk.settings)  # another process
    with pytest.raises(Exception, match="being written"):
        elsewhere.results(elsewhere.store.job(place.rpartition("/")[2]), "parquet")
    elsewhere.engine.dispose()
    go_on.set()
    thread.join()
    assert client.get(f"{place}/results").data == first[0].data
    assert len(written) == 1


def test_a_long_table_does_not_hold_up_the_chunks_of_others(client, desk, monkeypatch):
    monkeypatch.setattr("detectapi.jobs.runner.TICK_S", 0.0)
    first = client.post("/v1/jobs", json={**FEW, "rows": scattered(2)}).headers["Location"]
    runner = Runner(desk.store, Inline())
    runner.step()
    second = client.post(f"/v1/jobs?{QUERY}", data=CSV * 3, content_type="text/csv").headers["Location"]
    monkeypatch.setattr(planner, "cutting", endless)
    for _ in range(3):
        runner.step()

    assert client.get(second).get_json()["state"] == "validating"
    assert client.get(first).get_json()["state"] == "succeeded"
    runner.run(lambda: True)


def endless(*_):
    while True:
        yield planner.Progress(1, 1, 0)


def test_a_long_table_of_one_key_does_not_hold_up_the_table_of_another(client, app, desk, monkeypatch):
    monkeypatch.setattr("detectapi.jobs.runner.TICK_S", 0.0)
    runner, real = Runner(desk.store, Inline()), planner.cutting
    monkeypatch.setattr(planner, "cutting", endless)
    tables = [client.post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv").headers["Location"] for _ in range(2)]
    runner.step()
    monkeypatch.setattr(planner, "cutting", real)
    other = {"Authorization": f"Bearer {desk.keys.issue('clinic', ['batch:read', 'batch:write'])}"}
    later = (
        app.test_client()
        .post(f"/v1/jobs?{QUERY}", data=CSV, content_type="text/csv", headers=other)
        .headers["Location"]
    )
    for _ in range(5):
        runner.step()

    assert [client.get(place).get_json()["state"] for place in tables] == ["validating", "accepted"]
    assert app.test_client().get(later, headers=other).get_json()["state"] == "succeeded"
    runner.run(lambda: True)


@pytest.mark.slow
def test_a_table_that_declares_more_rows_than_its_key_may_have_is_not_read(client, desk):
    schema, sink = pa.schema([("id", pa.null())]), pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays([pa.nulls(2_000_000_000)], schema=schema))
    raw, media = sink.getvalue().to_pybytes(), table.MEDIA_TYPES["arrow"]
    place = client.post(f"/v1/jobs?{QUERY}", data=raw, content_type=media).headers["Location"]
    step_until_read(coordinator(desk))

    assert client.get(place).get_json()["problem"]["code"] == "quota-rows"  # not "too-large", as rows that are blank
    assert len(raw) < 1000


def step_until_read(runner):
    """Go on until no table is being read."""
    for _ in patience():
        runner.step()
        if not runner.readings:
            return


@pytest.mark.slow
def test_a_table_that_cannot_be_read_counts_against_the_quota(app, desk):
    key = desk.keys.issue("lab", ["batch:read", "batch:write"], quota=(1500, 10, 10**9))
    client, headers = app.test_client(), {"Authorization": f"Bearer {key}"}

    def post():
        return client.post(
            f"/v1/jobs?{QUERY}", data=b"PAR1", content_type="application/vnd.apache.parquet", headers=headers
        )

    def broken(*_):
        raise InputError("Not a table.", code="malformed-file")
        yield

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(planner, "cutting", broken)
        states = []
        for _ in range(2):
            place = post().headers["Location"]
            coordinator(desk).step()
            states.append(client.get(place, headers=headers).get_json()["state"])

    assert states == ["failed", "failed"]
    assert_problem(post(), 429, "quota-exceeded")


def test_rows_are_counted_while_they_are_read(client, desk, settings, monkeypatch):
    monkeypatch.setattr("detectapi.jobs.runner.TICK_S", 0.0)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"substance": ["ketamine"] * 50_000}), sink)
    media = "application/vnd.apache.parquet"
    place = client.post(f"/v1/jobs?{QUERY}", data=sink.getvalue().to_pybytes(), content_type=media).headers["Location"]
    read = []
    real = planner.row_lines
    monkeypatch.setattr(planner, "row_lines", lambda *a: (read.append(1) or line for line in real(*a)))
    step_until_read(Runner(desk.store, Inline(), lease_s=0.0, limit_rows=desk.limit_rows))
    status = client.get(place).get_json()
    assert (status["state"], status["problem"]["code"]) == ("failed", "quota-rows")
    assert len(read) < 10_000
    assert not (Path(desk.store.job(status["id"])["folder"]) / "rows").exists()


def test_the_rows_of_a_grid_are_counted_once(client, desk):
    grid = {**GRID, "amount_mg": {"from": 1, "to": 50, "step": 1}, "egfr_ml_min_1_73m2": 90, "urine_ph": 6}
    grid = {name: value[0] if isinstance(value, list) else value for name, value in grid.items()}
    grid = {**grid, "urine_ph": {"from": 5, "to": 7, "step": 0.2}}
    place = submit(client, grid=grid).headers["Location"]
    assert client.get(place).get_json()["progress"]["rows_total"] == 550
    Runner(desk.store, Inline(), limit_rows=desk.limit_rows)._plan()
    assert client.get(place).get_json()["state"] == "queued"


def test_chunks_of_a_job_of_another_version_are_not_mixed():
    assert attempt({"model_sha256": "0" * 64})[:2] == (None, "version")
