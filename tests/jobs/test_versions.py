"""A database of version 0.1.0 with keys and jobs of every state: upgraded to this version and back, with nothing lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from architecture import ROOT
from click.testing import CliRunner
from flask.testing import FlaskClient
from job_requests import FEW, coordinator
from scenarios import GRID
from sqlalchemy import select, text

from detectapi.cli.main import cli
from detectapi.jobs import database, tables
from detectapi.jobs.settings import from_environment
from detectapi.web import create_app

EXAMPLE = Path(__file__).parent / "version_0_1_0"
KNOWN = json.loads((EXAMPLE / "known.json").read_text(encoding="utf-8"))
ORIGINAL_PLACE = "/srv/jobs"
REVISION = "f198be0b7380"
NEW_OPTIONS = {"serial": False, "formula_guard": True}
pytestmark = pytest.mark.slow


@pytest.fixture
def old(tmp_path, database_url, monkeypatch):
    """The environment of a server whose database and files are those of version 0.1.0."""
    folder = tmp_path / "jobs"
    shutil.copytree(EXAMPLE / "files", folder)
    kind = database_url.partition(":")[0].partition("+")[0]
    script = (EXAMPLE / f"{kind}.sql").read_text(encoding="utf-8").replace(ORIGINAL_PLACE, str(folder))
    if kind == "sqlite":
        import sqlite3

        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        connection.executescript(script)
        connection.close()
    else:
        import psycopg

        with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(script)
    environment = {
        "DETECTAPI_JOBS": str(folder), "DETECTAPI_DATABASE": database_url, "DETECTAPI_KEY_PEPPER": "pepper of the example",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


def db(*words):
    result = CliRunner().invoke(cli, ["db", *words])
    assert result.exit_code == 0, result.output
    return result.output


def everything(environment):
    """Every row of every table, with its JSON decoded."""
    engine = database.connect(environment["DETECTAPI_DATABASE"])
    with engine.connect() as connection:
        content = {
            table.name: [
                {name: json.loads(value) if name in ("options", "about") else value for name, value in row.items()}
                for row in connection.execute(select(table).order_by(*table.c)).mappings()
            ]
            for table in tables.metadata.sorted_tables
        }
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    return version, content


def with_options(content, change):
    jobs = [{**row, "options": change(row["options"])} for row in content["job"]]
    return {**content, "job": jobs}


@pytest.fixture
def app(old):
    """The service of this version on the upgraded database, as the operator's page says to upgrade."""
    db("upgrade")
    app = create_app({"TESTING": True, "JOBS": from_environment()})
    yield app
    app.extensions["detectapi-desk"].engine.dispose()


def client_with(app, key):
    client = FlaskClient(app, app.response_class)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KNOWN['keys'][key]}"
    return client


def steps_until(desk, reached):
    """Compute until something is reached."""
    runner = coordinator(desk)
    for _ in range(100):
        if reached():
            return
        runner.step()
    raise AssertionError("it is not reached in 100 steps")


def test_the_upgrade_keeps_every_row_and_adds_the_options_that_0_1_0_did_not_have(old):
    before = everything(old)
    assert {row["state"] for row in before[1]["job"]} == set(KNOWN["jobs"])
    assert all(before[1].values())  # no table is empty
    db("upgrade")

    assert before[0] == "0002"
    assert everything(old) == (
        database.head(), with_options(before[1], lambda options: {**options, **NEW_OPTIONS}),
    )  # fmt: skip


def test_back_again_every_row_is_as_it_was(old):
    before = everything(old)
    db("upgrade")
    db("downgrade", "0.1.0")

    assert everything(old) == before


def test_a_job_of_this_version_keeps_its_options_over_a_way_back_and_forth(old, app):
    desk = app.extensions["detectapi-desk"]
    body = {**FEW, "grid": GRID, "serial": True, "formula_guard": False}
    job = client_with(app, "live").post("/v1/jobs", json=body).get_json()["id"]
    steps_until(desk, lambda: desk.store.job(job)["state"] == "succeeded")
    after_upgrade = everything(old)
    db("downgrade", "0.1.0")
    version, content = everything(old)
    options = next(row["options"] for row in content["job"] if row["id"] == job)
    db("upgrade")

    assert version == "0002"
    assert not set(options) & set(NEW_OPTIONS)
    assert everything(old) == after_upgrade


def test_keys_of_0_1_0_open_what_they_opened(app):
    statuses = {key: client_with(app, key).get("/v1/jobs").status_code for key in KNOWN["keys"]}

    assert statuses == {"live": 200, "expired": 401, "revoked": 401}


def test_jobs_that_0_1_0_finished_look_as_before(app):
    client = client_with(app, "live")
    for job, status in KNOWN["statuses"].items():
        assert client.get(f"/v1/jobs/{job}").get_json() == status, status["state"]
    assert {item["id"] for item in client.get("/v1/jobs").get_json()["items"]} == set(KNOWN["jobs"].values())


@pytest.mark.parametrize("state", ["succeeded", "partial"])
def test_results_that_0_1_0_computed_can_be_fetched_in_every_format(app, state):
    client, place = client_with(app, "live"), f"/v1/jobs/{KNOWN['jobs'][state]}"
    with client.get(f"{place}/results", headers={"Accept": "application/x-ndjson"}) as answer:
        rows = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]

    assert rows == [{**json.loads(line), "class": None} for line in KNOWN["results"][state]]
    for media in ("text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.file"):
        with client.get(f"{place}/results", headers={"Accept": media}) as answer:
            assert answer.status_code == 200, media
    bad = client.get(f"{place}/errors").get_data(as_text=True).splitlines()
    assert len(bad) == KNOWN["statuses"][KNOWN["jobs"][state]]["progress"]["rows_bad"]


def test_jobs_that_0_1_0_did_not_finish_say_that_they_are_to_be_submitted_again(app):
    desk = app.extensions["detectapi-desk"]
    jobs = [KNOWN["jobs"][state] for state in ("running", "accepted")]

    def problems():
        return [(desk.store.job(job)["problem"] or {}).get("code") for job in jobs]

    steps_until(desk, lambda: problems() == ["version", "version"])
    assert desk.store.job(jobs[0])["chunks_done"] == 2  # what was computed before is still there


LOOK = """
import json, sys
from detectapi import __version__
from detectapi.batch.desk import Desk
from detectapi.batch.settings import from_environment
desk = Desk(from_environment())
known = json.load(sys.stdin)
jobs = {state: desk.store.job(job) for state, job in known["jobs"].items()}
results = {state: open(desk.results(jobs[state], "ndjson")[0]).read().splitlines() for state in known["results"]}
print(json.dumps({
    "version": __version__,
    "why_not_ready": desk.why_not_ready(),
    "statuses": {job: desk.status(desk.store.job(job)) for job in known["statuses"]},
    "results": results,
    "live": desk.keys.caller(known["keys"]["live"]) is not None,
}))
"""


def test_0_1_0_itself_reads_what_was_changed_back(old, tmp_path):
    packed = subprocess.run(["git", "archive", REVISION, "detectapi", "schemas"], cwd=ROOT, capture_output=True)
    if packed.returncode:
        pytest.skip("the history of the source is not here")
    source = tmp_path / "source"
    source.mkdir()
    subprocess.run(["tar", "-x", "-C", source], input=packed.stdout, check=True)
    db("upgrade")
    db("downgrade", "0.1.0")
    environment = {**os.environ, "PYTHONPATH": str(source)}
    looked = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=tmp_path, env=environment, input=json.dumps(KNOWN), text=True,
        capture_output=True,
    )  # fmt: skip

    assert looked.returncode == 0, looked.stderr
    assert json.loads(looked.stdout) == {
        "version": "0.1.0", "why_not_ready": None, "live": True,
        "statuses": KNOWN["statuses"], "results": KNOWN["results"],
    }  # fmt: skip


def test_there_is_no_way_back_to_a_version_without_tables(old):
    result = CliRunner().invoke(cli, ["db", "downgrade", "0.0.9"])

    assert (result.exit_code, everything(old)[0]) == (2, "0002")
    assert "0.1" in result.output
