"""Requests to a server of jobs and what its tests share: small tables and options, and a coordinator in the test's own thread."""

import json
import time
from pathlib import Path

from scenarios import GRID

from detectapi.jobs.engines import Inline
from detectapi.jobs.runner import Runner

FEW = {"draws": 100, "seed": 7, "times_h": [24, 72]}
QUERY = "draws=100&seed=7&times_h=24,72"
PROBLEM = "application/problem+json"
CSV = b"id,substance,route,amount_mg,analyte,cutoff_ng_ml\na,ketamine,oral,50,norketamine,50\n"
LONGEST_S = 60


def as_ndjson(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def submit(client, **body):
    """Send a job: rows or a grid, the usual small grid by default."""
    return client.post("/v1/jobs", json={**FEW, **(body or {"grid": GRID})})


def coordinator(desk):
    return Runner(desk.store, Inline(), retention_s=100.0, limit_rows=desk.limit_rows)


def compute(desk):
    """Compute every job that was submitted."""
    runner, end = coordinator(desk), time.monotonic() + LONGEST_S
    while any(job["state"] not in ("succeeded", "partial", "failed", "cancelled") for job in all_jobs(desk)):
        assert time.monotonic() < end
        runner.step()


def all_jobs(desk):
    return [job for key in ["", *(key["id"] for key in desk.keys.all())] for job in desk.store.jobs(key)]


def assert_problem(response, status, kind):
    assert (response.status_code, response.content_type) == (status, PROBLEM)
    assert response.get_json()["type"] == f"/problems/{kind}"
    return response


def leftovers(settings):
    """Files of uploads and jobs in the folder of a server."""
    folder = Path(settings.folder)
    return [*(folder / "incoming").glob("*"), *folder.glob("job_*")]
