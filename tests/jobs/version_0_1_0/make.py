"""Make the files beside this one: a database of version 0.1.0 with keys and jobs of every state, and the files of the jobs.

Run with the source of 0.1.0 (revision f198be0b7380) before everything else on the path, and the address of a PostgreSQL server:

    git archive f198be0b7380 | tar -x -C OLD
    PYTHONPATH=OLD python tests/jobs/version_0_1_0/make.py postgresql+psycopg://user@host:port

`sqlite.sql` and `postgresql.sql` hold the same rows. Every place of a file in them begins with `/srv/jobs`.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from detectapi.batch.desk import Desk
from detectapi.batch.engines import Inline
from detectapi.batch.runner import Runner
from detectapi.batch.settings import Quota, Settings
from sqlalchemy import insert, select

from detectapi import __version__
from detectapi.batch import database, tables
from schemas.job import JobOptionsForm

HERE = Path(__file__).parent
PLACE = Path("/srv/jobs")
GRID = {
    "substance": "ketamine", "route": "intravenous", "duration_min": 40, "amount_mg": [35, 100],
    "urine_ph": [5.5, 7.5], "analyte": "norketamine", "cutoff_ng_ml": [10, 50],
}  # fmt: skip
CSV = b"id,substance,route,amount_mg,analyte,cutoff_ng_ml\n%s"
GOOD = b"%s,ketamine,oral,50,norketamine,50\n"
BAD = b"%s,ketamine,oral,-1,norketamine,50\n"


def main(postgres):
    assert __version__ == "0.1.0"
    os.environ["DETECTAPI_KEY_PEPPER"] = "pepper of the example"
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    settings = Settings(
        str(PLACE), f"sqlite:///{PLACE / 'jobs.sqlite'}", chunk_rows=2, retention_s=86_400.0 * 365_000, quota=Quota()
    )
    desk = Desk(settings)
    secrets = {
        "live": desk.keys.issue("lab A", ["batch:read", "batch:write", "estimate"], None, (500, 4, 1_000_000)),
        "expired": desk.keys.issue("lab B", ["batch:read"], 1e-3),
        "revoked": desk.keys.issue("lab C", ["admin", "cds"]),
    }
    desk.keys.revoke(secrets["revoked"].split("_")[2])
    caller = desk.keys.caller(secrets["live"])

    def options(**others):
        return JobOptionsForm().load({"draws": 100, "seed": 7, "times_h": [24, 72], **others})

    def table(rows, token=None, **others):
        job, path = desk.spool()
        Path(path).write_bytes(CSV % b"".join(rows))
        return desk.submit_table(caller, job, path, "csv", options(**others), token)[0]

    runner = Runner(desk.store, Inline(), retention_s=settings.retention_s, limit_rows=desk.limit_rows)

    def work(until):
        for _ in range(400):
            if until():
                return
            runner.step()
        raise AssertionError("it did not get there")

    def state(job):
        return desk.store.job(job)["state"]

    jobs = {
        "succeeded": desk.submit_grid(
            caller, GRID, options(name="a grid", echo=["urine_ph", "cutoff_ng_ml"]), "token of the grid"
        )[0],
        "partial": table([GOOD % b"a", BAD % b"b", GOOD % b"c"], "token of the table", name="a table"),
        "failed": table([GOOD % b"a", BAD % b"b"], on_error="fail"),
    }
    for job in jobs.values():
        work(lambda job=job: state(job) in ("succeeded", "partial", "failed"))
    gone = desk.submit_grid(caller, GRID, options(), "token of a deleted job")[0]
    work(lambda: state(gone) == "succeeded")
    desk.delete(desk.store.job(gone))
    jobs["cancelled"] = table([GOOD % b"a"])
    desk.cancel(desk.store.job(jobs["cancelled"]))
    jobs["running"] = table([GOOD % str(i).encode() for i in range(8)])
    work(lambda: desk.store.job(jobs["running"])["chunks_done"] == 2)
    jobs["accepted"] = desk.submit_grid(caller, GRID, options(), None)[0]
    for name, job in jobs.items():
        assert state(job) == name, (name, state(job))
    results = {}
    for name in ("succeeded", "partial"):
        path, _ = desk.results(desk.store.job(jobs[name]), "ndjson")
        results[name] = Path(path).read_text(encoding="utf-8").splitlines()
        Path(path).unlink()
    statuses = {
        job: desk.status(desk.store.job(job)) for name, job in jobs.items() if name not in ("running", "accepted")
    }
    desk.engine.dispose()

    with sqlite3.connect(PLACE / "jobs.sqlite") as connection:
        write("sqlite.sql", "\n".join(connection.iterdump()) + "\n")
    copy_to_postgres(desk.engine, postgres)
    known = {"keys": secrets, "jobs": jobs, "results": results, "statuses": statuses}
    write("known.json", json.dumps(known, indent=1, ensure_ascii=False) + "\n")
    shutil.rmtree(HERE / "files", ignore_errors=True)
    shutil.copytree(
        PLACE, HERE / "files", ignore=shutil.ignore_patterns("jobs.sqlite*", "incoming", "pepper", "*.lock")
    )


def copy_to_postgres(engine, address):
    """The same rows in tables that 0.1.0 made in PostgreSQL, as text."""
    subprocess.run(
        ["psql", "-q", f"{address.replace('+psycopg', '')}/postgres", "-c", "CREATE DATABASE v010"], check=True
    )
    other = database.connect(f"{address}/v010")
    database.upgrade(other)
    with engine.connect() as source, other.begin() as target:
        for table in tables.metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            assert rows, table.name
            target.execute(insert(table), rows)
    other.dispose()
    dump = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", f"{address.replace('+psycopg', '')}/v010"]
    text = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    lines = [
        line for line in text.splitlines() if line and not line.startswith(("--", "\\", "SET transaction_timeout"))
    ]
    write("postgresql.sql", "\n".join(lines) + "\n")


def write(name, text):
    (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    started = time.monotonic()
    main(sys.argv[1])
    print(f"{time.monotonic() - started:.0f} s")
