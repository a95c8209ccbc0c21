"""An interpretation on every surface: the same bytes, the same words, and nothing personal in the log."""

import copy
import json

from click.testing import CliRunner

import detectapi
from detectapi import service
from detectapi.cli.main import cli
from detectapi.telling import interpretation


def small(question):
    question = copy.deepcopy(question)
    question["options"] = {"draws": 100}
    return question


def test_every_surface_gets_the_same_bytes(one, client):
    question = small(one)
    expected = service.to_json_bytes(service.interpret(question))

    assert client.post("/v1/interpretations", json=question).data == expected
    assert CliRunner().invoke(cli, ["interpret", "-"], input=json.dumps(question)).stdout_bytes == expected
    assert detectapi.interpret(**question).to_json().encode() == expected


def test_a_terminal_gets_the_words_of_the_answer(one):
    question = small(one)
    shown = CliRunner().invoke(cli, ["interpret", "--summary", "-"], input=json.dumps(question)).output
    answer = service.interpret(question)

    for said in (*answer["words"], *(entry["message"] for entry in answer["notes"]), answer["limits"]):
        assert " ".join(said.split()) in " ".join(shown.split()).replace("* ", "")


def test_a_record_of_the_library_is_said_in_words(one):
    answer = detectapi.interpret(**small(one))

    assert str(answer) == interpretation.summary(answer)
    assert answer.words[0] in repr(answer)


def test_a_mistake_has_its_place_over_http(one, client):
    del one["specimens"][0]["collected_h"]
    response = client.post("/v1/interpretations", json=one)

    assert response.status_code == 422
    assert response.get_json()["errors"][0]["pointer"] == "/specimens/0"


def test_nothing_that_was_sent_is_in_the_log(one, client, capsys):
    question = small(one)
    question["specimens"][0]["id"] = "Erika Mustermann"
    question["specimens"][0]["results"][2]["value_ng_ml"] = 61.777
    client.post("/v1/interpretations", json=question)
    log = capsys.readouterr()

    assert '"route": "/v1/interpretations"' in log.err
    for secret in ("Mustermann", "norketamine", "61.777", "reported"):
        assert secret not in log.err + log.out


def test_the_answer_is_not_cached(one, client):
    assert client.post("/v1/interpretations", json=small(one)).headers["Cache-Control"] == "no-store"
