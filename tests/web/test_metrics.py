"""`/metrics`: off by default, bounded labels, the sum of all processes, nothing of a question."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from processes import ROOT, free_port

from detectapi.web import create_app, metrics

CANARY = "canary-4711"


@pytest.fixture
def counting(monkeypatch):
    monkeypatch.setenv("DETECTAPI_METRICS", "1")
    monkeypatch.setenv("DETECTAPI_TRUSTED_HOSTS", "portal.example")
    return create_app().test_client()


def counts(text):
    """The number of requests by route, method and status."""
    lines = re.findall(
        r'^detectapi_requests_total\{method="(.*?)",route="(.*?)",status="(.*?)"\} (\S+)$', text, re.MULTILINE
    )
    return {(route, method, status): float(number) for method, route, status, number in lines}


def test_there_are_no_metrics_unless_they_are_switched_on(client):
    assert client.get("/metrics").status_code == 404


def test_requests_are_counted_by_route_method_and_status_and_nothing_of_them_is_kept(counting):
    def ask(path, **more):
        return counting.open(path, base_url="http://portal.example", **more)

    before = counts(counting.get("/metrics").get_data(as_text=True))
    ask(f"/v1/substances/{CANARY}")
    ask("/v1/estimates", method="POST", json={"substance": CANARY})
    ask(f"/{CANARY}", method="BREW")
    response = counting.get("/metrics")  # under any host name
    text = response.get_data(as_text=True)
    after = counts(text)

    added = {key: number - before.get(key, 0.0) for key, number in after.items()}
    assert {key: number for key, number in added.items() if number and key[0] != "/metrics"} == {
        ("/v1/substances/<substance_id>", "GET", "404"): 1.0,
        ("/v1/estimates", "POST", "422"): 1.0,
        ("unmatched", "other", "404"): 1.0,
    }
    assert CANARY not in text
    assert re.search(r"^detectapi_requests_in_progress 1\.0$", text, re.MULTILINE)
    assert 'detectapi_request_seconds_count{route="/v1/estimates"}' in text
    assert response.headers["Cache-Control"] == "no-store"


def test_a_folder_that_the_operator_has_named_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    metrics.make_folder()
    metrics.remove_folder()

    assert os.environ[metrics.FOLDER] == str(tmp_path)
    assert tmp_path.is_dir()


def test_a_folder_of_the_server_is_removed_with_it(monkeypatch):
    monkeypatch.setenv(metrics.FOLDER, "")
    metrics.make_folder()
    made = Path(os.environ[metrics.FOLDER])

    assert made.is_dir()
    metrics.remove_folder()
    assert not made.exists()


@pytest.mark.slow
def test_the_numbers_are_those_of_all_processes_of_a_server():
    port = free_port()
    command = [sys.executable, "-m", "detectapi", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DETECTAPI_METRICS": "1"})

    def get(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as response:
            return response.read().decode()

    try:
        for _ in range(300):
            with suppress(OSError):
                get("/readyz")
                break
            time.sleep(0.1)
        for _ in range(40):
            get("/healthz")
        assert counts(get("/metrics"))["/healthz", "GET", "200"] == 40.0
    finally:
        server.terminate()
        server.wait(30)
