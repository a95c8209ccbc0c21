"""The picture of an interpretation: every result over what an account gives, in any language, and nothing beyond its box."""

import copy
import json
import re
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.telling import interpretation_picture
from detectapi.telling.interpretation_picture import NARROW, WIDE, chart, draw_alone
from detectapi.telling.languages import LANGUAGES, TranslatedVoice

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def in_turn(answer_of_pair):
    """An answer whose second specimen is held against the first; the ranges are made up."""
    answer = copy.deepcopy(answer_of_pair)
    for entry in answer["accounts"][0]["results"]:
        if entry["specimen"] == "B":
            entry["after_earlier"] = {**entry["expected"], "probability": 0.5}
    return answer


def parsed(drawing):
    return ElementTree.fromstring(str(drawing))  # noqa: S314 - our own


def parts(drawing):
    return list(parsed(drawing).iter())


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_result_has_a_bar_and_its_mark(in_turn, width):
    for entry in in_turn["accounts"]:
        elements = parts(chart(entry, in_turn, width=width))
        later = [one for one in entry["results"] if "after_earlier" in one]
        limits = [one for one in entry["results"] if "below_ng_ml" in one]

        assert len([e for e in elements if e.get("class") == "band"]) == len(entry["results"])
        assert len([e for e in elements if e.get("class") == "band band-half"]) == len(later)
        marks = [e for e in elements if e.tag == f"{SVG}circle"]
        assert len(marks) == len(entry["results"])
        assert len([e for e in marks if e.get("fill") == "none"]) == len(limits)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_lies_beyond_the_picture(in_turn, width):
    for entry in in_turn["accounts"]:
        drawing = chart(entry, in_turn, width=width)
        for element in parts(drawing):
            for name in ("x", "x1", "x2", "cx"):
                assert 0.0 <= float(element.get(name, 0.0)) <= width
            for name in ("y", "y1", "y2", "cy"):
                assert 0.0 <= float(element.get(name, 0.0)) <= drawing.height
            assert (
                float(element.get("x", 0.0)) + float(element.get("width", 0.0)) <= width or element.tag == f"{SVG}svg"
            )


def test_who_cannot_see_it_hears_the_same_sentences(in_turn):
    entry = in_turn["accounts"][0]
    names = {e.tag: e.text for e in parts(chart(entry, in_turn))}

    assert "“earlier”" in names[f"{SVG}title"]
    assert in_turn["words"][3] in names[f"{SVG}desc"]


def test_a_name_of_any_length_and_markup_in_it_do_no_harm(answer_of_one):
    answer = copy.deepcopy(answer_of_one)
    for entry in answer["accounts"][0]["results"]:
        entry["specimen"] = "<script>alert(1)</script>" * 3
    drawn = draw_alone(answer)

    assert "<script" not in drawn
    assert parsed(drawn).tag == f"{SVG}svg"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_alone_says_the_first_sentence_and_the_limits(answer_of_one, language):
    voice = TranslatedVoice("report", language)
    drawn = " ".join(parsed(draw_alone(answer_of_one, voice)).itertext())
    limits = voice.say(interpretation_picture.telling.LIMITS)

    for sentence in (interpretation_picture.telling.headline(answer_of_one, voice), limits):
        assert sentence in re.sub(r"\s+", " ", drawn)


def test_the_service_and_the_command_draw_the_same_bytes(one, client, tmp_path):
    one["options"] = {"draws": 100}
    response = client.post(
        "/v1/interpretations", json=one, headers={"Accept": "image/svg+xml", "Accept-Language": "de"}
    )
    file = tmp_path / "picture.svg"
    CliRunner().invoke(cli, ["interpret", "--language", "de", "--svg", str(file), "-"], input=json.dumps(one))

    assert response.mimetype == "image/svg+xml"
    assert response.headers["Content-Language"] == "de"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.get_data(as_text=True) == file.read_text(encoding="utf-8").rstrip("\n")
    assert response.get_data(as_text=True) == draw_alone(service.interpret(one), TranslatedVoice("report", "de"))


def test_a_media_type_that_an_interpretation_has_not_is_refused(one, client):
    assert client.post("/v1/interpretations", json=one, headers={"Accept": "image/png"}).status_code == 406
