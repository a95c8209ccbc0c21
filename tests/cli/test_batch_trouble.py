"""A database that is locked, full, damaged or away: who waits at the terminal is told in a line, and nothing is lost."""

import hashlib
import sqlite3

import pytest
from click.testing import CliRunner
from scenarios import scattered
from sqlalchemy import event

from detectapi.batch.options import Options
from detectapi.cli.main import cli
from detectapi.jobs import database, local

DRAWS = ["--draws", "100", "--seed", "7", "--times", "24,72"]
OPTIONS = Options(draws=100, seed=7, times_h=(24.0, 72.0))


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def after_trouble(monkeypatch, source, output):
    """What the command says, and its exit code, where waiting is of no use."""
    monkeypatch.setattr(local, "PATIENCE_S", 0.0)
    monkeypatch.setattr(database, "BUSY_S", 0.1)
    return CliRunner().invoke(
        cli, ["batch", str(source), "-o", str(output), *DRAWS, "--chunk-rows", "2", "--workers", "1"]
    )


@pytest.mark.slow
def test_a_record_that_stays_locked_is_told_and_the_same_command_goes_on(tmp_path, ndjson, monkeypatch):
    source, output = ndjson(scattered(4)), tmp_path / "out.parquet"
    local.run(source, tmp_path / "undisturbed.parquet", OPTIONS, executor="inline")
    with local.Batch(source, output, OPTIONS).opened():
        pass
    holder = sqlite3.connect(f"{output}.job/jobs.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    locked = after_trouble(monkeypatch, source, output)
    holder.close()
    assert locked.exit_code == 1
    assert "database is locked" in locked.stderr
    assert "the same command continues" in locked.stderr
    assert after_trouble(monkeypatch, source, output).exit_code == 0
    assert digest(output) == digest(tmp_path / "undisturbed.parquet")


@pytest.mark.slow
def test_a_full_disk_under_the_record_is_told_and_the_same_command_goes_on(tmp_path, ndjson, monkeypatch):
    source, output = ndjson(scattered(4)), tmp_path / "out.parquet"
    connect = database.connect

    def connect_to_full(url):
        engine = connect(url)

        @event.listens_for(engine, "connect")
        def bound(connection, _record):
            size = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={max(size, 2)}")

        return engine

    with monkeypatch.context() as full:
        full.setattr(database, "connect", connect_to_full)
        result = after_trouble(monkeypatch, source, output)
    assert result.exit_code == 1
    assert "disk is full" in result.stderr
    assert after_trouble(monkeypatch, source, output).exit_code == 0


def test_a_damaged_record_is_told(tmp_path, ndjson, monkeypatch):
    source, output = ndjson(scattered(4)), tmp_path / "out.parquet"
    (tmp_path / "out.parquet.job").mkdir()
    (tmp_path / "out.parquet.job" / "jobs.sqlite").write_bytes(b"x" * 5000)
    result = after_trouble(monkeypatch, source, output)
    assert result.exit_code == 1
    assert "remove the folder" in result.stderr


@pytest.mark.parametrize(
    ("place", "address", "message"),
    [
        ("jobs", "nonsense", "must be a URL such as sqlite:////"),
        ("jobs", "postgresql://host:port/name", "must be a URL such as sqlite:////"),
        ("jobs", "sqlite:////proc/nope/jobs.sqlite", "No such file"),
        ("file/jobs", None, "Not a directory"),
    ],
)
def test_commands_of_an_operator_say_in_a_line_what_is_wrong(tmp_path, monkeypatch, place, address, message):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DETECTAPI_JOBS", str(tmp_path / place))
    if address:
        monkeypatch.setenv("DETECTAPI_DATABASE", address)
    for words in (["keys", "list"], ["db", "upgrade"]):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert message in result.stderr
