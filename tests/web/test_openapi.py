"""The description of the interface: valid and complete."""

import json

import pytest
from openapi_spec_validator import validate

from detectapi import service
from detectapi.web import create_app
from detectapi.web.api import examples
from schemas.form import Form

APP = create_app()


@pytest.fixture(scope="module")
def document():
    return APP.test_client().get("/openapi.json").get_json()


def test_it_is_valid_openapi_3_1(document):
    validate(document)

    assert "3.1.0" == document["openapi"]
    assert "Apache-2.0" == document["info"]["license"]["identifier"]


def test_it_has_every_address_of_the_interface(document):
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in APP.url_map.iter_rules()}
    described = set(document["paths"])

    assert described == {rule for rule in rules if rule.startswith("/v1") or rule.endswith("z")}


def test_errors_are_described_with_their_own_media_type(document):
    pictures = {
        "estimate": ["image/svg+xml", "image/png", "application/pdf"],
        "interpret": ["image/svg+xml", "application/pdf"],
    }
    for path in document["paths"].values():
        for operation in (path[method] for method in ("get", "post") if method in path):
            for status, response in operation["responses"].items():
                if "content" in response:
                    expected = ["application/json", *pictures.get(operation["operationId"], ())]
                    assert (expected if status == "200" else ["application/problem+json"]) == list(response["content"])
    default = document["components"]["responses"]["DEFAULT_ERROR"]
    assert ["application/problem+json"] == list(default["content"])


def test_open_bounds_are_described_as_such(document):
    schemas = document["components"]["schemas"]
    amount = schemas["Dose"]["properties"]["amount_mg"]["oneOf"][0]

    assert {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000_000} == amount
    assert "exclusiveMinimum" in schemas["Analyte"]["properties"]["cutoff_ng_ml"]


def request_forms():
    return [form for form in Form.__subclasses__() if form.__module__ == "schemas.request"]


def test_every_form_refuses_unknown_fields_in_its_description_too(document):
    for form in request_forms():
        name = form.__name__.removesuffix("Schema")
        assert document["components"]["schemas"][name]["additionalProperties"] is False


@pytest.mark.parametrize("name", examples())
def test_every_example_is_answered(name):
    example = examples()[name]["value"]
    asked = {**example, "options": {"draws": 100}}

    assert "window" in service.answer(asked)


def test_nothing_of_the_framework_is_left_over(document):
    text = json.dumps(document)

    assert "Pagination" not in text
    assert "smorest" not in text
