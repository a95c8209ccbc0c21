"""Questions that cannot be answered: each mistake has its place, and nothing personal is repeated or logged."""

import json

import pytest
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.values.errors import InputError

PERSON = "Erika Mustermann 1980"


def first(question):
    return question["specimens"][0]


def change_result(question, number, **level):
    first(question)["results"][number] = {"analyte": first(question)["results"][number]["analyte"], **level}


MISTAKES = {
    "a result without a time": (lambda q: first(q).pop("collected_h"), "/specimens/0", "exactly-one"),
    "a specimen before the first dose": (
        lambda q: first(q).update(collected_h=-9000), "/specimens/0", "collected-before-use",
    ),
    "two quantities of one analyte": (
        lambda q: first(q)["results"].append({"analyte": "norketamine", "value_ng_ml": 5}),
        "/specimens/0/results/3/analyte", "duplicate",
    ),
    "a value with its unit": (
        lambda q: change_result(q, 1, value_ng_ml="20 ng/mL"), "/specimens/0/results/1/value_ng_ml", "type",
    ),
    "a value in another unit": (
        lambda q: change_result(q, 1, value_ug_l=20), "/specimens/0/results/1/value_ug_l", "unknown-field",
    ),
    "a value and a limit at once": (
        lambda q: change_result(q, 1, value_ng_ml=20, below_ng_ml=1), "/specimens/0/results/1", "exactly-one",
    ),
    "a value that is not finite": (
        lambda q: change_result(q, 1, value_ng_ml=float("nan")), "/specimens/0/results/1/value_ng_ml", "not-finite",
    ),
    "limits in the wrong order": (
        lambda q: change_result(q, 1, between_ng_ml={"low": 2, "high": 1}),
        "/specimens/0/results/1/between_ng_ml/low", "empty-range",
    ),
    "an analyte that the use does not form": (
        lambda q: first(q)["results"][1].update(analyte="cotinine"),
        "/specimens/0/results/1/analyte", "unknown-analyte",
    ),
    "a thousand specimens": (lambda q: q.update(specimens=q["specimens"] * 500), "/specimens", "length"),
    "a thousand results": (lambda q: first(q).update(results=first(q)["results"] * 400), "/specimens/0/results", "length"),
    "an account against itself": (lambda q: q.update(compare=[["again", "again"]]), "/compare/0", "conflict"),
    "an account that is not there": (lambda q: q.update(compare=[["again", PERSON]]), "/compare/0", "unknown-account"),
    "an extension of nothing": (
        lambda q: q["accounts"][1].update(extends=PERSON), "/accounts/1/extends", "unknown-account",
    ),
    "two accounts of one name": (lambda q: q["accounts"][1].update(id="earlier"), "/accounts/1/id", "duplicate"),
    "a creatinine with its unit": (
        lambda q: first(q).update(urine_creatinine_mg_dl="100 mg/dL"), "/specimens/0/urine_creatinine_mg_dl", "type",
    ),
    "a test planned before the specimens": (lambda q: q.update(planned={"at_h": 0}), "/planned/at_h", "range"),
    "a series of planned tests": (lambda q: q.update(planned=[{"at_h": 300}, {"at_h": 400}]), "/planned", "type"),
    "a substance of its own of an account that extends another": (
        lambda q: q["accounts"][1].update(substance="cocaine"), "/accounts/1/substance", "conflict",
    ),
    "the half-life view": (lambda q: q.update(model={"kind": "half-life"}), "/model/kind", "no-likelihood"),
    "other specimens in the programme of Part 40": (lambda q: q.update(programme="dot"), "/specimens", "not-considered"),
}  # fmt: skip


@pytest.fixture(params=MISTAKES)
def mistaken(request, pair):
    """A question with one mistake, where it is, and its code; the first specimen has the name of a person."""
    change, pointer, code = MISTAKES[request.param]
    first(pair)["id"] = PERSON
    change(pair)
    return pair, pointer, code


def test_each_mistake_has_its_pointer_and_its_code(mistaken):
    question, pointer, code = mistaken
    with pytest.raises(InputError) as caught:
        service.interpret(question)

    assert (pointer, code) in {(problem.pointer, problem.code) for problem in caught.value.problems}


def test_no_refusal_repeats_a_name_and_none_is_in_the_log(mistaken, client, capsys):
    question, pointer, _ = mistaken
    written = json.dumps(question)
    response = client.post("/v1/interpretations", data=written, content_type="application/json")
    log = capsys.readouterr()
    on_a_terminal = CliRunner().invoke(cli, ["interpret", "-"], input=written)

    assert response.status_code == 422
    assert pointer in {one["pointer"] for one in response.get_json()["errors"]}
    assert on_a_terminal.exit_code == 2
    for text in (response.get_data(as_text=True), on_a_terminal.output, log.out, log.err):
        assert "Mustermann" not in text
    assert '"route": "/v1/interpretations"' in log.err


def test_it_is_said_why_a_series_of_planned_tests_is_refused(pair):
    pair["planned"] = [{"at_h": 300}]
    with pytest.raises(InputError) as caught:
        service.interpret(pair)

    assert "when a test is best taken" in caught.value.problems[0].detail


def test_one_specimen_is_read_in_the_programme_of_part_40_and_it_is_said_what_is_not_considered(one):
    one["programme"] = "dot"
    one["options"] = {"draws": 100}
    notes = {note["code"]: note["message"] for note in service.interpret(one)["notes"]}

    assert "40.151" in notes["dot-not-considered"]
