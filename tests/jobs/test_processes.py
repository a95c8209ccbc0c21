"""Worker processes: what they need of the script that starts them, and what happens when they cannot start."""

import subprocess
import sys

import pytest
from job_requests import CSV, QUERY
from processes import Server

from detectapi.jobs import engines
from detectapi.jobs.engines import MOST_BAD_STARTS, Local, WorkersDieError

SCRIPT = """
from detectapi.batch.options import Options
from detectapi.jobs import local

print("the script runs")
print(local.run("scenarios.csv", "results.csv", Options(seed=7, draws=100), workers=2)["state"])
"""


@pytest.mark.slow
def test_a_script_without_a_guard_is_run_once_and_gets_its_table(tmp_path):
    (tmp_path / "scenarios.csv").write_text("substance,route,amount_mg\nketamine,oral,50\n", encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )

    assert (run.stdout.splitlines(), run.stderr) == (["the script runs", "succeeded"], "")
    assert len((tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()) == 2


def dies_at_its_start(connection):
    """In place of a worker: it ends before it says that it is ready."""


@pytest.mark.slow
def test_workers_that_die_at_their_start_are_not_started_for_ever(monkeypatch):
    monkeypatch.setattr(engines, "_serve", dies_at_its_start)
    pool = Local(1)
    try:
        with pytest.raises(WorkersDieError, match=f"{MOST_BAD_STARTS} worker processes died"):
            submit_for_ever(pool)
    finally:
        pool.close()


def submit_for_ever(pool):
    """As a runner does with a chunk that was lost, but without end."""
    while True:
        pool.submit("chunk", {})
        while not pool.finished(60.0):
            pass


@pytest.mark.slow
def test_other_users_cannot_read_what_a_server_and_its_worker_write_though_they_may_enter_the_folder(tmp_path):
    folder = tmp_path / "jobs"
    folder.mkdir(mode=0o755)
    with Server(folder) as server:
        job = server.submit(CSV, "text/csv", f"?{QUERY}")
        assert server.ended(job)["state"] == "succeeded"
        server.ask("GET", f"/v1/jobs/{job}/results")
        written = [*folder.rglob("*")]

        assert any(file.suffix == ".parquet" for file in written)
        assert [file.name for file in written if file.stat().st_mode & 0o077] == []
