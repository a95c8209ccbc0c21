import tomllib
from pathlib import Path

import pytest
from marshmallow import ValidationError

from schemas.assay import AssaysFileSchema
from schemas.error import problems
from schemas.reference import ReferencesFileSchema
from schemas.substance import ParameterForm, QuantityForm, SubstanceFileSchema

EXTRA = Path(__file__).parents[1] / "data" / "extra"


def toy():
    return tomllib.loads((EXTRA / "substances" / "toy.toml").read_text(encoding="utf-8"))


def pointers(form, data):
    with pytest.raises(ValidationError) as caught:
        form().load(data)
    return {pointer for pointer, *_ in problems(caught.value.messages)}


def test_a_whole_file_has_the_form():
    assert "toy" == SubstanceFileSchema().load(toy())["id"]


@pytest.mark.parametrize("key", ["moieties", "parameters", "routes", "half_life_model", "evidence"])
def test_a_file_of_its_own_needs_every_part(key):
    data = toy()
    del data[key]

    assert {f"/{key}"} == pointers(SubstanceFileSchema, data)


def test_a_file_that_extends_another_needs_only_its_name():
    head = ("schema_version", "id", "name", "description", "revision", "reviewed", "default_assay")
    data = {key: value for key, value in toy().items() if key in head}

    assert "esketamine" == SubstanceFileSchema().load({**data, "extends": "esketamine"})["extends"]


@pytest.mark.parametrize(
    "key", ["id", "name", "description", "revision", "reviewed", "default_assay", "schema_version"]
)
def test_every_file_names_itself(key):
    data = toy()
    del data[key]

    assert {f"/{key}"} == pointers(SubstanceFileSchema, data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "Toy Amine"),
        ("reviewed", "23 November 2026"),
        ("revision", 0),
        ("revision", 1.5),
        ("schema_version", 2),
        ("name", "  "),
        ("aliases", "T"),
        ("colour", "red"),
    ],
)
def test_what_has_not_the_form_is_refused(key, value):
    result = pointers(SubstanceFileSchema, {**toy(), key: value})

    assert result == {f"/{key}"}


@pytest.mark.parametrize(
    "origin",
    [
        {},
        {"basis": "measured"},
        {"basis": "measured", "source": "a2000"},
        {"basis": "derived", "source": "a2000", "locator": "p. 1", "reason": "so"},
        {"basis": "assumed"},
        {"basis": "assumed", "reason": "so", "source": "a2000"},
    ],
)
def test_a_number_needs_an_origin_and_one_only(origin):
    assert pointers(QuantityForm, {"value": 1, "unit": "h", **origin})


@pytest.mark.parametrize(
    "origin", [{"basis": "measured", "source": "a2000", "locator": "p. 1"}, {"basis": "assumed", "reason": "so"}]
)
def test_an_origin_is_a_source_with_a_place_or_a_reason(origin):
    assert 1.0 == QuantityForm().load({"value": 1, "unit": "h", **origin})["value"]


@pytest.mark.parametrize("value", ["1", True, None, float("nan"), float("inf"), [1]])
def test_a_value_is_a_finite_number(value):
    assert "/value" in pointers(QuantityForm, {"value": value, "unit": "h", "basis": "assumed", "reason": "so"})


def test_a_parameter_varies_in_one_way():
    data = {**toy()["parameters"]["toy.clearance"], "interspecimen_sd": 0.1}

    assert {""} == pointers(ParameterForm, data)


@pytest.mark.parametrize("missing", ["components", "rule", "imprecision_cv"])
def test_a_test_is_whole_or_says_why_it_is_none(missing):
    data = tomllib.loads((EXTRA / "assays.toml").read_text(encoding="utf-8"))
    AssaysFileSchema().load(data)
    del data["assays"]["toy-test"][missing]

    assert pointers(AssaysFileSchema, data)


@pytest.mark.parametrize(
    ("key", "value"),
    [("doi", "doi:10.1/x"), ("pmid", "PMID 1"), ("url", "http://a.b"), ("year", 3000), ("access", "no")],
)
def test_a_reference_has_identifiers_of_the_right_look(key, value):
    reference = {"authors": "A", "journal": "J", "access": "read"}
    ReferencesFileSchema().load({"schema_version": 1, "references": {"a2000": reference}})
    wrong = {"schema_version": 1, "references": {"a2000": {**reference, key: value}}}

    assert any(key in pointer for pointer in pointers(ReferencesFileSchema, wrong))
