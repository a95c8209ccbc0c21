"""The library's front door."""

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

import parts
import pytest

import detectapi
from detectapi import (
    Estimate,
    InputError,
    estimate,
    estimate_request,
    interpret,
    list_assays,
    list_substances,
    show_substance,
)
from detectapi.library import parts as library_parts
from detectapi.service import to_json_bytes
from detectapi.telling import picture
from schemas import EstimateRequestSchema, interpretation, request
from schemas.interpretation import InterpretationRequestSchema
from schemas.results import SpecimenResultsSchema

ROOT = Path(__file__).parents[1]


def test_fields_one_by_one_are_the_same_question_as_a_dict(question):
    assert estimate(**question) == estimate_request(question)


def test_an_answer_is_read_by_attribute_and_by_key(question):
    answer = estimate(**question)

    assert answer.window.median_h == answer["window"]["median_h"]
    assert "norketamine" == answer.analytes[0].analyte
    assert "window" in dir(answer)
    with pytest.raises(AttributeError, match="window"):
        _ = answer.widow


def test_an_answer_turns_back_into_plain_values(answer):
    wrapped = Estimate(answer)

    assert answer == wrapped.to_dict()
    assert dict is type(wrapped.to_dict()["window"])
    assert to_json_bytes(answer).decode() == wrapped.to_json()
    assert answer == json.loads(wrapped.to_json())


def test_an_answer_shows_itself(answer):
    wrapped = Estimate(answer)

    assert "after the last dose" in repr(wrapped)
    assert answer["limits"].split()[0] in str(wrapped)
    html = wrapped._repr_html_()
    assert "<svg" in html
    assert "after the last dose" in html
    assert answer["limits"] in html


def test_hostile_text_comes_out_inert(answer):
    hostile = '<script>alert("x")</script>'
    changed = json.loads(json.dumps(answer))
    changed["substance"] = changed["limits"] = changed["evidence"]["because"] = hostile
    changed["analytes"][0]["analyte"] = changed["rule"] = hostile
    changed["notes"] = [{"code": "x", "message": hostile}]

    assert "<script" not in Estimate(changed)._repr_html_()


def test_a_picture_needs_two_points(answer):
    one = {"time_h": [0.0], "probability_positive": [0.0], "low": [0.0], "high": [0.0]}

    assert "<svg" not in Estimate({**answer, "curve": one})._repr_html_()


def test_a_mistake_is_a_value_error_that_can_be_read(question):
    with pytest.raises(ValueError) as caught:
        estimate(**{**question, "urine_ph": 12})

    assert isinstance(caught.value, InputError)
    assert "/urine_ph" == caught.value.problems[0].pointer


def test_what_there_is_can_be_listed():
    assert "ketamine" in [entry.id for entry in list_substances()]
    assert "mayo-ketau" in [entry.id for entry in list_assays()]
    assert "ketamine" == show_substance("ketamine").id


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, detectapi; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert not {"numpy", "marshmallow", "flask", "click"} & set(loaded.split())


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = detectapi.no_such_name


def test_the_keywords_are_the_fields_of_a_question():
    for function, form in ((estimate, EstimateRequestSchema), (interpret, InterpretationRequestSchema)):
        assert set(form().fields) == set(inspect.signature(function).parameters)


def test_every_function_tells_the_types_of_what_it_takes_and_gives():
    for name in detectapi.__all__:
        function = getattr(detectapi, name)
        if inspect.isfunction(function):
            annotations = [p.annotation for p in inspect.signature(function).parameters.values()]
            assert inspect.Parameter.empty not in annotations, name
            assert function.__annotations__["return"], name


@pytest.mark.slow
def test_the_types_of_the_parts_are_those_of_the_tables_of_inputs():
    assert parts.TARGET.read_text(encoding="utf-8") == parts.text(), "run: python tools/parts.py"


FORMS = {
    "Account": interpretation.AccountSchema,
    "Dose": request.DoseSchema,
    "FurtherUse": interpretation.FurtherUseSchema,
    "Hydration": request.HydrationSchema,
    "LastUse": interpretation.LastUseSchema,
    "MeasuredSpecimen": SpecimenResultsSchema,
    "Model": request.ModelSchema,
    "Pattern": request.PatternSchema,
    "Person": request.PersonSchema,
    "Planned": interpretation.PlannedSchema,
    "Renal": request.RenalSchema,
    "Specimen": request.SpecimenSchema,
    "Use": request.UseSchema,
}


def test_the_types_of_the_parts_have_the_fields_of_the_contract():
    for name, form in FORMS.items():
        assert set(form().fields) == set(getattr(library_parts, name).__annotations__), name


def test_what_is_loaded_when_asked_for_is_what_type_checkers_see():
    tree = ast.parse(Path(detectapi.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body for alias in node.names}

    assert detectapi._HOMES == seen


def test_the_curve_is_columns_of_one_length(question):
    question["options"]["include"] = ["concentration"]
    answer = estimate(**question)
    columns = answer.frame()

    assert columns["probability_positive"] == answer.curve.probability_positive
    assert columns["norketamine_p50_ng_ml"] == answer.analytes[0].concentration.p50
    assert {len(answer.curve.time_h)} == set(map(len, columns.values()))


def test_an_answer_without_concentrations_has_the_chances_only(answer):
    assert ["time_h", "probability_positive", "low", "high"] == list(Estimate(answer).frame())


@pytest.mark.slow
def test_an_answer_is_drawn_as_the_page_draws_it(answer):
    from matplotlib.figure import Figure

    figure = Estimate(answer).plot()
    drawn = picture.picture(answer).panels[0]
    (axes,) = figure.axes

    assert drawn.title == axes.get_title(loc="left")
    assert list(drawn.line) == list(axes.lines[0].get_ydata())
    assert figure._repr_png_().startswith(b"\x89PNG")
    own = Figure()
    assert own is Estimate(answer).plot(own.add_subplot())
    assert drawn.title == own.axes[0].get_title(loc="left")
