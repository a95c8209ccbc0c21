"""Killing everything that can be killed, at random moments: nothing is lost, and the result is that of an undisturbed run."""

import hashlib
import json
import os
import random
import time
import urllib.error

import pytest
from processes import Cluster, Server, kill, patience
from scenarios import scattered

from detectapi.batch import storage
from detectapi.batch.options import Options
from detectapi.jobs import database, engines, local
from detectapi.jobs.engines import Inline, Local
from detectapi.jobs.runner import Runner, StorageRefused
from detectapi.jobs.settings import Settings

pytestmark = pytest.mark.slow

OPTIONS = {"draws": 100, "seed": 7, "times_h": [24.0, 72.0]}
QUERY = "?draws=100&seed=7&times_h=24,72"


def body(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def undisturbed(tmp_path, rows, name="undisturbed"):
    (tmp_path / "scenarios.ndjson").write_bytes(body(rows))
    options = Options(draws=100, seed=7, times_h=(24.0, 72.0))
    local.run(tmp_path / "scenarios.ndjson", tmp_path / f"{name}.parquet", options, executor="inline")
    return (tmp_path / f"{name}.parquet").read_bytes()


def deck(seed, **kinds):
    """What to kill, in an order made by chance, and what decides when."""
    chance = random.Random(seed)
    cards = [kind for kind, count in kinds.items() for _ in range(count)]
    chance.shuffle(cards)
    return cards, chance


def work_on(server, rows, cards, kill_one, pause):
    """Hand in the rows again and again, killing all the while, until every card is played; yields the results."""
    while cards:
        job = server.submit(body(rows), "application/x-ndjson", QUERY)
        while (state := server.status(job))["state"] != "succeeded":
            assert state["state"] in ("accepted", "validating", "queued", "running"), state
            time.sleep(pause())
            if cards and kill_one(cards[-1]):
                cards.pop()
        assert state["progress"]["rows_done"] == len(rows)
        yield server.ask("GET", f"/v1/jobs/{job}/results")


def test_workers_coordinators_and_servers_may_die(tmp_path, database_url):
    rows = scattered(600)
    expected = undisturbed(tmp_path, rows)
    few = database_url.startswith("postgresql")
    cards, chance = deck(1, worker=5 if few else 13, coordinator=2 if few else 7, server=1 if few else 3)
    engine = database.connect(database_url)
    database.upgrade(engine)
    engine.dispose()
    environment = {"DETECTAPI_DATABASE": database_url, "DETECTAPI_CHUNK_ROWS": "10", "DETECTAPI_QUOTA_ROWS": "1000000"}
    with Server(tmp_path / "jobs", **environment) as server:

        def kill_one(what):
            if what == "server":
                server.kill()
                server.start()
                return True
            pids = [pid for pid in [server.coordinator] if pid] if what == "coordinator" else server.workers
            if pids:
                kill(chance.choice(pids))
            return bool(pids)

        for result in work_on(server, rows, cards, kill_one, lambda: chance.uniform(0.1, 1.5)):
            assert result == expected


def test_dask_workers_and_schedulers_may_die(tmp_path):
    rows = scattered(600)
    expected = undisturbed(tmp_path, rows)
    cards, chance = deck(2, worker=20, scheduler=7)
    with Cluster(tmp_path / "dask") as cluster:

        def kill_one(what):
            getattr(cluster, f"kill_{what}")()
            return True

        environment = {"DETECTAPI_EXECUTOR": f"dask://{cluster.address}", "DETECTAPI_CHUNK_ROWS": "10"}
        with Server(tmp_path / "jobs", DETECTAPI_QUOTA_ROWS="1000000", **environment) as server:
            for result in work_on(server, rows, cards, kill_one, lambda: chance.uniform(0.2, 2.5)):
                assert result == expected


def test_the_same_bytes_in_one_process_in_two_and_on_dask(tmp_path):
    rows = scattered(300)
    one = undisturbed(tmp_path, rows, "one")
    options = Options(draws=100, seed=7, times_h=(24.0, 72.0), chunk_rows=100)
    source = tmp_path / "scenarios.ndjson"
    local.run(source, tmp_path / "two.parquet", options, executor="local", workers=2)
    assert (tmp_path / "two.parquet").read_bytes() == one
    with Cluster(tmp_path / "dask") as cluster:
        batch = local.Batch(source, tmp_path / "dask.parquet", options, shared=f"file://{tmp_path / 'shared'}")
        with batch.opened():
            batch.finish(batch.run(f"dask://{cluster.address}"))
    assert (tmp_path / "dask.parquet").read_bytes() == one


def test_a_dead_worker_costs_its_own_chunk_only(tmp_path):
    pool = Local(2)
    try:
        task = {"options": Options(draws=100).to_dict(), "part": str(tmp_path / "p"), "errors": str(tmp_path / "e")}
        endless = {
            **task,
            "source": {
                "grid": {"substance": ["ketamine"], "amount_mg": list(range(1, 10**5))},
                "start": 0,
                "stop": 10**5,
            },
        }
        short = {
            **task,
            "source": {
                "grid": {"substance": ["ketamine"], "amount_mg": [1.0], "route": ["oral"]},
                "start": 0,
                "stop": 1,
            },
        }
        pool.submit("endless", endless)
        victim = pool._workers[0].process.pid
        pool.submit("short", short)
        result = {}
        for _ in patience():
            result |= {one.name: one for one in pool.finished(0.2)}
            if "short" in result and victim:
                kill(victim)
                victim = None
            if len(result) == 2:
                break
        assert result["short"].result["rows"] == 1
        assert result["endless"].failure == "lost"
        pool.submit("again", short)
        for _ in patience():
            if again := pool.finished(0.2):
                break
        assert again[0].result["sha256"] == result["short"].result["sha256"]
    finally:
        pool.close()


def test_a_full_disk_stops_the_command_with_a_word_and_the_same_command_goes_on(tmp_path, monkeypatch):
    rows = scattered(60)
    expected = undisturbed(tmp_path, rows)
    options = Options(draws=100, seed=7, times_h=(24.0, 72.0), chunk_rows=10)
    batch = local.Batch(tmp_path / "scenarios.ndjson", tmp_path / "out.parquet", options)
    write, calls = storage.write, []

    def full(place, raw):
        calls.append(place)
        if len(calls) > 10:
            raise OSError(28, "No space left on device")
        return write(place, raw)

    with batch.opened():
        monkeypatch.setattr(storage, "write", full)
        with pytest.raises(StorageRefused, match="No space left on device"):
            batch.run("inline")
        assert batch.job()["problem"]["code"] == "storage"
    monkeypatch.setattr(storage, "write", write)
    with batch.opened() as before:
        assert before
        batch.finish(batch.run("inline"))
    assert (tmp_path / "out.parquet").read_bytes() == expected


def test_a_full_disk_is_waited_out_by_a_server(tmp_path, monkeypatch):
    from detectapi.jobs import runner as module
    from detectapi.jobs.desk import Desk
    from detectapi.jobs.keys import Caller

    monkeypatch.setattr(module, "STORAGE_WAIT_S", 0.1)
    settings = Settings(str(tmp_path / "jobs"), f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    desk = Desk(settings)
    caller = Caller("", frozenset(), settings.quota)
    form = {**OPTIONS, "level": 0.9, "sampling": "common", "on_error": "skip", "echo": []}
    axes = {"substance": "ketamine", "route": "oral", "amount_mg": [50, 100]}
    job, _ = desk.submit_grid(caller, axes, form, None)
    full = [True]
    write = storage.write

    def refuse(place, raw):
        if full[0]:
            raise OSError(28, "No space left on device")
        return write(place, raw)

    monkeypatch.setattr(storage, "write", refuse)
    runner = Runner(desk.store, Inline())
    for _ in range(6):
        runner.step()
    assert desk.store.job(job)["state"] == "running"
    assert "No space left" in desk.status(desk.store.job(job))["problem"]["detail"]
    full[0] = False
    for _ in patience():
        runner.step()
        if desk.store.job(job)["state"] == "succeeded":
            break
    assert "problem" not in desk.status(desk.store.job(job))
    desk.engine.dispose()


def test_a_locked_database_delays_and_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    rows = scattered(40)
    expected = undisturbed(tmp_path, rows)
    options = Options(draws=100, seed=7, times_h=(24.0, 72.0), chunk_rows=5)
    batch = local.Batch(tmp_path / "scenarios.ndjson", tmp_path / "out.parquet", options)
    with batch.opened():
        other = database.connect(str(batch.store.engine.url))
        calls = []

        def hold(_job):
            calls.append(1)
            if len(calls) % 3 == 0:
                held = other.connect()
                transaction = held.begin()
                time.sleep(0.1)
                transaction.rollback()
                held.close()

        batch.finish(batch.run("inline", tick=hold))
        other.dispose()
    assert calls
    assert (tmp_path / "out.parquet").read_bytes() == expected


def test_an_error_of_ours_ends_the_job_and_says_so(tmp_path, monkeypatch):
    undisturbed(tmp_path, scattered(5))
    batch = local.Batch(tmp_path / "scenarios.ndjson", tmp_path / "out.parquet", Options(draws=100))

    def broken(*_):
        raise ZeroDivisionError("a value that must not be told")

    monkeypatch.setattr(engines.chunk, "answer", broken)
    with batch.opened():
        job = batch.run("inline")
    assert job["state"] == "failed"
    assert "ZeroDivisionError" in job["problem"]["detail"]
    assert "must not be told" not in json.dumps(job["problem"])


def test_bad_input_leaves_the_server_alive(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    bomb = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array(["x" * (40 * 2**20)]))
    pq.write_table(pa.table({"id": bomb}), tmp_path / "bomb.parquet", compression="zstd")
    whole = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"id": [str(i) for i in range(5000)]}), whole)
    long_line = b"id,substance,route,amount_mg\n1,ketamine,oral,50\n" + b"x" * (50 * 2**20) + b"\n2,ketamine,oral,50\n"
    parquet = "application/vnd.apache.parquet"
    with Server(tmp_path / "jobs") as server:
        jobs = [
            server.submit((tmp_path / "bomb.parquet").read_bytes(), parquet, QUERY),
            server.submit(whole.read_bytes()[:-200], parquet, QUERY),
            server.submit(b"id,substance\n", "text/csv", QUERY),
        ]
        for job in jobs:
            assert server.ended(job)["state"] == "failed"
            assert server.status(job)["problem"]["code"] in ("malformed-file", "empty")
        job = server.submit(long_line, "text/csv", QUERY)
        assert server.ended(job)["state"] == "partial"
        errors = [json.loads(line) for line in server.ask("GET", f"/v1/jobs/{job}/errors").splitlines()]
        assert {line["row"]: line["code"] for line in errors}[2] == "line-too-long"
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.submit(b"x", "application/zip", QUERY)
        caught.value.close()
        assert caught.value.code == 415
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
            assert "zombie" not in file.read()
        good = server.submit(body(scattered(3)), "application/x-ndjson", QUERY)
        assert server.ended(good)["state"] == "succeeded"


def test_a_job_that_is_cancelled_while_it_runs_comes_to_rest(tmp_path):
    with Server(tmp_path / "jobs", DETECTAPI_CHUNK_ROWS="10") as server:
        job = server.submit(body(scattered(400)), "application/x-ndjson", QUERY)
        for _ in patience():
            if server.status(job)["progress"]["chunks_done"]:
                break
        server.ask("POST", f"/v1/jobs/{job}/cancel", b"")
        assert server.ended(job)["state"] == "cancelled"
        manifest = json.loads(server.ask("GET", f"/v1/jobs/{job}/results/manifest"))
        assert 0 < len(manifest["parts"]) < 40
        for part in manifest["parts"]:
            raw = (tmp_path / "jobs" / job / "parts" / f"{part['part']:06}.parquet").read_bytes()
            assert hashlib.sha256(raw).hexdigest() == part["sha256"]
    assert os.path.exists(tmp_path / "jobs" / job)
