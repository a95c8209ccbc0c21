"""A backup that is taken while jobs run restores to the state that the server reaches without it."""

import contextlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import postgres
import pytest
from click.testing import CliRunner
from job_requests import as_ndjson
from processes import Server, patience
from scenarios import scattered
from sqlalchemy import select

from detectapi.cli.main import cli
from detectapi.jobs import database, tables

FORMATS = ("application/vnd.apache.parquet", "text/csv")
pytestmark = pytest.mark.slow


def run(*words, environment=None):
    return subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout


def command(server, *words):
    return run(sys.executable, "-m", "detectapi", *words, environment=server.environment)


@pytest.fixture
def server(tmp_path, database_url):
    """A real server with its worker and a key."""
    folder = tmp_path / "jobs"
    settings = {"DETECTAPI_DATABASE": database_url, "DETECTAPI_CHUNK_ROWS": "5", "DETECTAPI_JOBS": str(folder)}
    if database_url.startswith("postgresql"):
        run(sys.executable, "-m", "detectapi", "db", "upgrade", environment={**os.environ, **settings})
    with Server(folder, **settings) as one:
        yield one


def results_of(server, jobs):
    """Status, manifest and result of each job, to the byte, without what depends on the clock."""
    kept = {}
    for job in jobs:
        status = server.ended(job)
        manifest = json.loads(server.ask("GET", f"/v1/jobs/{job}/results/manifest"))
        files = [server.ask("GET", f"/v1/jobs/{job}/results", Accept=media) for media in FORMATS]
        errors = server.ask("GET", f"/v1/jobs/{job}/errors")
        kept[job] = (status["state"], status["name"], status["reproduce"], manifest, files, errors)
    return kept


def chunk_states(url):
    """The state of every chunk in a database."""
    with database.connected(url) as engine, engine.connect() as connection:
        return {(row.job, row.idx): row.state for row in connection.execute(select(tables.chunk))}


def save(server, url, folder):
    """Back up as the operator's page says. Returns the address of a database that holds the copy."""
    if url.startswith("sqlite"):
        command(server, "db", "backup", str(folder))
        return f"sqlite:///{folder / 'jobs.sqlite'}"
    address = url.replace("+psycopg", "")
    dump, other = folder.with_suffix(".dump"), f"{url.rpartition('/')[2]}_copy"
    run("pg_dump", "--format=custom", f"--file={dump}", address)
    command(server, "db", "backup", str(folder))
    run(postgres.programs() / "createdb", f"--maintenance-db={address}", other)
    run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={address}_copy", dump)
    return f"{url}_copy"


def test_a_backup_taken_under_load_restores_to_an_equal_state(server, database_url, tmp_path):
    bad = {**scattered(1)[0], "id": "bad", "amount_mg": -1}
    tasks = [scattered(150, 1), [*scattered(20, 2), bad], scattered(40, 3)]
    query = "?draws=500&seed=7&times_h=24,72&name=a%20job"
    jobs = [server.submit(as_ndjson(rows), "application/x-ndjson", query) for rows in tasks]
    for _ in patience():
        if server.status(jobs[0])["progress"]["chunks_done"] >= 2:
            break
    copy = save(server, database_url, tmp_path / "backup")

    at_backup = chunk_states(copy)
    assert "done" in at_backup.values()  # it was taken in the middle
    assert set(at_backup.values()) & {"queued", "running"} or {job for job, _ in at_backup} != set(jobs)
    without_backup = results_of(server, jobs)
    assert {state for state, *_ in without_backup.values()} == {"succeeded", "partial"}

    server.kill()
    shutil.rmtree(tmp_path / "jobs")
    shutil.copytree(tmp_path / "backup", tmp_path / "jobs")
    if database_url.startswith("sqlite"):
        for file in tmp_path.glob("jobs.sqlite*"):  # here the database is not in the folder of jobs
            file.unlink()
        shutil.move(tmp_path / "jobs" / "jobs.sqlite", tmp_path / "jobs.sqlite")
    else:
        server.environment["DETECTAPI_DATABASE"] = copy
    server.start()

    assert results_of(server, jobs) == without_backup


def test_a_backup_is_for_its_owner_and_has_no_half_written_files(tmp_path):
    folder, target = tmp_path / "jobs", tmp_path / "backup"
    counts = tmp_path / "counts of cards.sqlite"
    environment = {"DETECTAPI_JOBS": str(folder), "DETECTAPI_CDS_FEEDBACK": str(counts)}
    with contextlib.closing(sqlite3.connect(counts)) as connection, connection:
        connection.execute("CREATE TABLE feedback (number)")
        connection.execute("INSERT INTO feedback VALUES (7)")
    issue = ["keys", "issue", "--owner", "a", "--scope", "batch:read"]
    assert CliRunner().invoke(cli, issue, env=environment).exit_code == 0
    parts = folder / "job_aaaaaaaaaaaaaaaaaaaaaa" / "parts"
    parts.mkdir(parents=True)
    for name in ("000000.parquet", ".000001.parquet.ab.tmp"):
        (parts / name).write_bytes(b"x" * 7)
    (folder / "incoming").mkdir()
    (folder / "incoming" / "job_b").write_bytes(b"half")
    done = CliRunner().invoke(cli, ["db", "backup", str(target)], env=environment)
    again = CliRunner().invoke(cli, ["db", "backup", str(target)], env=environment)

    assert (done.exit_code, again.exit_code) == (0, 1)
    assert done.output.startswith("The database and the counts of cards and 2 files (")
    assert "exists" in again.output
    files = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
    assert files.keys() == {"jobs.sqlite", "cards.sqlite", "pepper", "job_aaaaaaaaaaaaaaaaaaaaaa/parts/000000.parquet"}
    for path in (target, *target.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    with contextlib.closing(sqlite3.connect(target / "jobs.sqlite")) as connection:
        assert connection.execute("SELECT owner FROM api_key").fetchall() == [("a",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with contextlib.closing(sqlite3.connect(target / "cards.sqlite")) as connection:
        assert connection.execute("SELECT number FROM feedback").fetchall() == [(7,)]


def test_where_nothing_is_here_there_is_nothing_to_back_up(tmp_path):
    environment = {
        "DETECTAPI_JOBS": "memory://jobs", "DETECTAPI_DATABASE": "postgresql://nobody@127.0.0.1:1/x",
        "DETECTAPI_KEY_PEPPER": "a",
    }  # fmt: skip
    done = CliRunner().invoke(cli, ["db", "backup", str(tmp_path / "b")], env=environment)

    assert done.exit_code == 1
    assert "use the tools of both" in done.output
    assert not Path(tmp_path / "b").exists()


def test_a_backup_is_not_kept_in_the_folder_of_the_jobs(tmp_path):
    folder = tmp_path / "jobs"
    done = CliRunner().invoke(cli, ["db", "backup", str(folder / "inside")], env={"DETECTAPI_JOBS": str(folder)})

    assert done.exit_code == 1
    assert "A backup cannot be kept in the folder of the jobs." in done.output
    assert not (folder / "inside").exists()


def test_where_there_is_no_database_nothing_is_left_behind(tmp_path):
    environment = {
        "DETECTAPI_JOBS": str(tmp_path / "absent"),
        "DETECTAPI_DATABASE": f"sqlite:///{tmp_path}/none.sqlite",
    }
    done = CliRunner().invoke(cli, ["db", "backup", str(tmp_path / "b")], env=environment)

    assert done.exit_code == 1
    assert "There is no database of jobs yet." in done.output
    assert not (tmp_path / "b").exists()
