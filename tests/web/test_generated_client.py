"""Clients that generators make from the description: they have types for questions, and ask a running server with them."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from http_server import serving

QUESTION = {
    "substance": "ketamine",
    "doses": [{"route": "intravenous", "amount_mg": 35.0, "duration_min": 40.0}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50.0}]},
    "options": {"draws": 100},
}


@pytest.fixture(scope="module")
def address(app):
    """A running server."""
    with serving(app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def description(client, tmp_path):
    """The description of the interface as a file."""
    file = tmp_path / "openapi.json"
    file.write_bytes(client.get("/openapi.json").data)
    return file


def run(*command):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # a generator calls ruff
    subprocess.run(command, check=True, capture_output=True, timeout=300, env={**os.environ, "PATH": path})


def imported(folder, package, monkeypatch):
    """Import a package that was generated."""
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(package)


def rules_beside_properties(schema):
    """The parts of a `oneOf` that say only which properties must be there; generators take them for forms of their own."""
    return [part for part in schema.get("oneOf", ()) if not {"properties", "$ref", "type"} & set(part)]


def test_rules_between_fields_stand_where_generators_skip_them(client):
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]

    (rule,) = schemas["Dose"]["allOf"]
    assert [{"required": ["amount_mg"]}, {"required": ["amount_mg_per_kg"]}] == rule["oneOf"][:2]
    assert [
        name for name, schema in schemas.items() if "properties" in schema and rules_beside_properties(schema)
    ] == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_of_openapi_python_client_asks_with_types_and_reads_the_window(
    client, address, description, tmp_path, monkeypatch
):
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    run(*command, "--path", description, "--output-path", tmp_path / "made_by_python")
    made = imported(tmp_path, "made_by_python", monkeypatch)
    models = importlib.import_module("made_by_python.models")
    estimate = importlib.import_module("made_by_python.api.v1.estimate")
    question = models.EstimateRequest(
        substance="ketamine",
        doses=[models.Dose(route="intravenous", amount_mg=35.0, duration_min=40.0)],
        assay=models.AnalytesAssay(analytes=[models.Analyte(analyte="norketamine", cutoff_ng_ml=50.0)]),
        options=models.Options(draws=100),
    )
    with made.Client(base_url=address) as caller:
        answer = estimate.sync(client=caller, body=question)

    assert isinstance(answer, models.EstimateResponse)
    assert answer.window.median_h == client.post("/v1/estimates", json=QUESTION).get_json()["window"]["median_h"]
    assert answer.assay.asked is True


@pytest.mark.slow
def test_a_client_of_openapi_generator_asks_with_types_and_reads_the_window(
    client, address, description, tmp_path, monkeypatch
):
    generate = "import sys, openapi_generator_cli; openapi_generator_cli.run(sys.argv[1:])"
    where = ["-i", description, "-o", tmp_path / "out", "--additional-properties=packageName=made_by_java"]
    run(sys.executable, "-c", generate, "generate", "-g", "python", *where)
    made = imported(tmp_path / "out", "made_by_java", monkeypatch)
    question = made.EstimateRequest(
        substance="ketamine",
        doses=[made.Dose(route="intravenous", amount_mg=made.DoseAllOfAmountMg(35.0), duration_min=40.0)],
        assay=made.EstimateRequestAllOfAssay(
            made.AnalytesAssay(analytes=[made.Analyte(analyte="norketamine", cutoff_ng_ml=50.0)])
        ),
        options=made.Options(draws=100),
    )
    with made.ApiClient(made.Configuration(host=address)) as caller:
        answer = made.V1Api(caller).estimate(question)

    assert isinstance(answer, made.EstimateResponse)
    assert answer.window.median_h == client.post("/v1/estimates", json=QUESTION).get_json()["window"]["median_h"]
    assert made.EstimateRequest.from_json(json.dumps(QUESTION)).substance == "ketamine"
