"""Ask the service what the description of its interface shows: `make docs` writes `detectapi/web/interface_answers.json`.

Everything is a true answer. What differs each time or on each machine (ids, times, pace and hashes of jobs) is written the same;
long lists of cards are cut to their first entries where the request says so.
"""

import json
import os
import re
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from detectapi.jobs import database
from detectapi.jobs.desk import FINISHED, Desk
from detectapi.jobs.engines import Inline
from detectapi.jobs.runner import Runner
from detectapi.jobs.settings import Settings
from detectapi.web import create_app
from detectapi.web.interface import requests

FILE = Path(__file__).parents[1] / "detectapi" / "web" / "interface_answers.json"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"
JOB_ID = re.compile(r"job_(?!0{22})[\w-]{22}")
SAME_JOB = "job_ExampleExampleExample0"
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
SAME_MOMENT = "2026-11-29T12:00:00Z"
SAME = {
    "rows_per_s": 20.0,
    "eta_s": 0.0,
    "numpy": "2.4.6",
    "pyarrow": "26.0.1",
    "model_sha256": 64 * "0",
    "content_sha256": 64 * "0",
}
"""What the machine, the installed packages or any change of the data decides."""
MOST_ENTRIES = 2
"""Entries of a list that is cut."""
LONGEST_S = 60.0


class Asker:
    """Asks an application of its own, which has jobs.

    Parameters
    ----------
    folder : str
        Empty; for the jobs.
    """

    def __init__(self, folder):
        url = f"sqlite:///{folder}/jobs.sqlite"
        engine = database.connect(url)
        database.upgrade(engine)
        engine.dispose()
        self.app = create_app({"TESTING": True, "JOBS": Settings(f"{folder}/jobs", url)})
        self.desk: Desk = self.app.extensions["detectapi-desk"]
        self.key = self.desk.keys.issue("docs", ["batch:read", "batch:write"])
        self.client = self.app.test_client()

    def ask(self, one, job=""):
        """The response to a request, about a job where it names one."""
        headers = {"X-Request-ID": REQUEST_ID, **one.get("headers", {})}
        if one.get("key"):
            headers["Authorization"] = f"Bearer {self.key}"
        with variables(one.get("environment", {})):
            return self.client.open(
                one["path"].replace("{job_id}", job), method=one["method"], json=one.get("body"), headers=headers
            )

    def job(self, state):
        """The id of a new job, ``ended`` or ``unfinished``."""
        response = self.ask(requests()["submitJob"])
        job = response.get_json()["id"]
        if state == "ended":
            runner, end = (
                Runner(self.desk.store, Inline(), retention_s=100.0, limit_rows=self.desk.limit_rows),
                time.monotonic(),
            )
            while self.desk.store.job(job)["state"] not in FINISHED:
                if time.monotonic() - end > LONGEST_S:
                    raise TimeoutError("the job does not end")
                runner.step()
        return job


@contextmanager
def variables(values):
    """Some variables of the environment, for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def answers():
    """The answers to all requests, as they are written to the file."""
    with tempfile.TemporaryDirectory() as folder:
        asker = Asker(folder)
        return {name: both(asker, one) for name, one in requests().items()}


def both(asker, one):
    """The answer to a request, and to the one that is refused."""
    usual = {name: value for name, value in one.items() if name != "refused"}
    told = {"answered": answer(asker, usual)}
    if "refused" in one:
        refused = answer(asker, {**usual, **one["refused"]})
        told["refused"] = {"because": one["refused"]["because"], **refused}
    return told


def answer(asker, one):
    """An answer as the description shows it."""
    job = asker.job(one.get("job", "ended")) if "{job_id}" in one["path"] else ""
    response = asker.ask(one, job)
    body = response.get_json() if "json" in response.mimetype and "ndjson" not in response.mimetype else response.text
    response.close()
    same = json.loads(MOMENT.sub(SAME_MOMENT, JOB_ID.sub(SAME_JOB, json.dumps(body))))
    shown = cut(same) if one.get("cut") and response.status_code == 200 else same
    return {"status": response.status_code, "type": response.mimetype if body else "", "body": steady(shown)}


def cut(value):
    """A document with the first entries of each list."""
    if isinstance(value, dict):
        return {name: cut(part) for name, part in value.items()}
    return [cut(part) for part in value[:MOST_ENTRIES]] if isinstance(value, list) else value


def steady(value):
    """A document in which what differs from machine to machine is the same."""
    if isinstance(value, dict):
        return {name: SAME[name] if name in SAME and part is not None else steady(part) for name, part in value.items()}
    return [steady(part) for part in value] if isinstance(value, list) else value


def written():
    """The text of the file."""
    return json.dumps(answers(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
