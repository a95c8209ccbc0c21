"""A client that openapi-python-client generates from the description: it has types for questions, and asks with them."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


def generate(document, folder):
    """Generate a client of a description and import it."""
    folder.mkdir()
    description = folder / "openapi.json"
    description.write_text(json.dumps(document), encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # it calls ruff
    subprocess.run(
        [*command, "--path", description, "--output-path", folder / "made"],
        check=True, capture_output=True, timeout=300, env={**os.environ, "PATH": path},
    )  # fmt: skip
    spec = importlib.util.spec_from_file_location("made", folder / "made" / "__init__.py")
    package = importlib.util.module_from_spec(spec)
    sys.modules["made"] = package
    spec.loader.exec_module(package)
    return package


def rules_beside_properties(schema):
    """The parts of a `oneOf` that say only which properties must be there; generators take them for forms of their own."""
    return [part for part in schema.get("oneOf", ()) if not {"properties", "$ref", "type"} & set(part)]


def test_rules_between_fields_stand_where_generators_skip_them(client):
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]

    assert schemas["Dose"]["allOf"] == [{"oneOf": [{"required": ["amount_mg"]}, {"required": ["amount_mg_per_kg"]}]}]
    assert [
        name for name, schema in schemas.items() if "properties" in schema and rules_beside_properties(schema)
    ] == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_generated_client_asks_a_question_with_types_and_reads_the_window(client, app, tmp_path):
    made = generate(client.get("/openapi.json").get_json(), tmp_path / "client")
    from made import models
    from made.api.v1 import estimate

    transport = httpx.WSGITransport(app)
    dose = models.Dose(route="intravenous", amount_mg=35.0, duration_min=40.0)
    analyte = models.Analyte(analyte="norketamine", cutoff_ng_ml=50.0)
    question = models.EstimateRequest(
        substance="ketamine",
        doses=[dose],
        assay=models.AnalytesAssay(analytes=[analyte]),
        options=models.Options(draws=100),
    )
    with made.Client(base_url="http://localhost", httpx_args={"transport": transport}) as caller:
        answer = estimate.sync(client=caller, body=question)
    same = client.post("/v1/estimates", json=question.to_dict()).get_json()

    assert isinstance(answer, models.EstimateResponse)
    assert answer.window.median_h == same["window"]["median_h"]
