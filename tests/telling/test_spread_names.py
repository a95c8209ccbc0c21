"""What readers see of the sources of spread: names in words, while the JSON keeps those of the data."""

import re

import pytest
from every import every

from detectapi import service
from detectapi.knowledge import catalog
from detectapi.telling import tornado
from detectapi.telling.inputs_used import input_name
from detectapi.telling.spread_names import spread_name

RAW = re.compile(r"_|\b(?:h|ml|kg|mosm|m2)\b|[a-z]\.[a-z]|/\d")
"""What the names of data have and words have not."""


@every("name", [name for name in catalog.physiology().parameters if "." not in name])
@every("stream", ["typical values", "people", "specimen"])
def test_every_number_of_the_population_has_a_name_in_words(stream, name):
    said = spread_name({"kind": "knowledge", "name": f"{stream}: {name.replace('_', ' ')}"})

    assert said.startswith(f"{stream}: ")
    if not name.endswith("_between_voids"):  # the sensitivity itself has words for these
        assert not RAW.search(said.removeprefix(f"{stream}: "))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("weight_kg", "Body weight"),
        ("amount/doses/1", "Amount of dose 2"),
        ("gfr_estimation_error", "How far the estimate of kidney function may be off"),
        ("specimen.urine_ph", input_name("specimen.urine_ph")),
    ],
)
def test_an_input_has_the_name_that_it_has_in_answers(name, said):
    assert spread_name({"kind": "input", "name": name}) == said
    assert not RAW.search(said)


def test_a_number_of_the_model_is_named_as_such():
    assert input_name("ketamine.clearance") == "Number of the model: ketamine.clearance"


def test_terminal_and_drawing_have_words_where_the_json_has_names():
    question = {
        "substance": "codeine",
        "doses": [{"amount_mg": {"low": 20, "high": 30}, "route": "oral"}],
        "options": {"draws": 500},
    }
    document = service.sensitivity(question)
    shown = tornado.shown(document)

    assert {"weight_kg", "amount/doses/0"} & {group["name"] for group in document["groups"]}
    for written in (tornado.text(document, plain=False), str(tornado.drawing(document))):
        for group in shown:
            assert spread_name(group).split("(")[0] in written
    assert not [group["name"] for group in shown if RAW.search(spread_name(group).split("(")[0])]
    assert not [
        group["name"] for group in shown if group["kind"] == "input" and group["name"] in document["narrows_most"]
    ]
