"""The library's front door."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import detectapi
from detectapi import Estimate, InputError, estimate, estimate_request, list_assays, list_substances, show_substance
from detectapi.service import to_json_bytes

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
