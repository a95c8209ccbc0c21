"""Traces by OpenTelemetry as the page for operators has them: spans of routes, and nothing that a caller sent."""

import contextlib
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from architecture import ROOT
from processes import free_port, patience

pytest.importorskip(
    "opentelemetry.instrumentation.flask", reason="the instrumentation of OpenTelemetry is not installed"
)
pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").partition("## Traces\n")[2].partition("\n## ")[0]
VARIABLES = dict(re.findall(r"^\$ export (OTEL_\w+)='?(.*?)'?$", PAGE, re.MULTILINE))
COMMAND = re.search(r"^\$ (opentelemetry-instrument gunicorn .+)$", PAGE, re.MULTILINE)[1].split()
RUN = "from opentelemetry.instrumentation.auto_instrumentation import run; run()"
QUESTION = {"substance": "ketamine", "doses": [{"amount_mg": 35, "route": "oral"}], "options": {"draws": 100}}
CANARY = "canary"


def ask(address, path, body=None):
    head = {"Content-Type": "application/json", "User-Agent": f"{CANARY}-agent", "X-Name": f"{CANARY}-header"}
    request = urllib.request.Request(address + path, json.dumps(body).encode() if body else None, head)
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30).close()


def traced(tmp_path, variables):
    """What the service writes on the console while it is asked for several things."""
    port = free_port()
    command = [sys.executable, "-c", RUN, *COMMAND[1:], "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    address = f"http://127.0.0.1:{port}"
    with open(tmp_path / "console", "wb") as console:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **variables},
            stdout=console,
            stderr=console,
        )
        try:
            for _ in patience(60):
                assert process.poll() is None, (tmp_path / "console").read_text()
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
                    break
            ask(address, "/v1/estimates", QUESTION)
            ask(address, "/v1/estimates", {**QUESTION, f"{CANARY}-body": 1})
            ask(address, f"/v1/estimates?{CANARY}-query", QUESTION)
            for place in (f"/{CANARY}-path", f"/v1/substances/{CANARY}-path", f"/?a={CANARY}-query"):
                ask(address, place)
        finally:
            process.terminate()  # what was not exported yet is exported now
            process.wait(60)
    return (tmp_path / "console").read_text(encoding="utf-8")


def spans(console):
    return re.findall(r'^    "name": "(.+)",$', console, re.MULTILINE)


def test_spans_hold_the_route_and_nothing_that_a_caller_sent(tmp_path):
    console = traced(tmp_path, VARIABLES)

    assert spans(console) == ["POST /v1/estimates"] * 3
    assert CANARY not in console
    assert console.count('"attributes": {},') == 3
    assert "127.0.0.1" not in re.sub(r'^\{"event": "Listening.*$', "", console, flags=re.MULTILINE)


def test_without_the_variables_they_would(tmp_path):
    """The reason for the variables. If this fails, a newer version of the instrumentation needs fewer of them."""
    bare = {name: value for name, value in VARIABLES.items() if name.endswith("_EXPORTER")}

    assert {f"{CANARY}-{kind}" for kind in ("query", "agent", "path")} <= set(
        re.findall(rf"{CANARY}-\w+", traced(tmp_path, bare))
    )
