"""`detectapi check`: what is wrong, what is still to be done, and what the typical person does with a substance."""

import json
import math
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.evaluation.contribution import template
from detectapi.evaluation.contribution.check import check
from detectapi.knowledge import catalog
from detectapi.values.errors import InputError

EXTRA = Path(__file__).parents[2] / "data" / "extra"
TOY = (EXTRA / "substances" / "toy.toml").read_text(encoding="utf-8")
TODAY = date(2026, 11, 29)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of one's own that holds the toy substance."""
    shutil.copytree(EXTRA, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    catalog.forget()
    return tmp_path


def spoil(folder, *changes):
    text = TOY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "substances" / "toy.toml").write_text(text, encoding="utf-8")
    catalog.forget()


def results(document, name):
    return [line["result"] for line in document["checks"] if line["check"] == name]


def run(*words):
    return CliRunner().invoke(cli, words)


# -- figures of the typical person ------------------------------------------------------------------------------------


def test_a_substance_passes_with_a_line_for_each_figure(folder):
    document = check("toy")
    figures = {line["check"] for line in document["checks"]}

    assert document["passed"]
    assert {
        "sources",
        "urinary recovery",
        "clearance",
        "half-life",
        "area",
        "peak",
        "window",
        "observations",
    } <= figures
    assert not document["mistakes"]
    assert not document["gaps"]


def test_the_figures_are_those_of_one_compartment(folder):
    """Closed forms of the toy: 30 L/h at reference, 100 L, 60 mg of 100 mg absorbed at 1/h.

    GFR and pH are those of the data; the flow is 1.1 and not 1.04 mL/min, which moves the renal tenth of the clearance by a few
    percent of itself. Hence 1 %.
    """
    lines = {line["check"]: line["message"] for line in check("toy")["checks"]}
    area = float(re.search(r"toy ([\d.e+]+) ng h/mL", lines["area"])[1])
    peak, at = map(float, re.search(r"toy ([\d.e+]+) ng/mL at ([\d.]+) h", lines["peak"]).groups())
    half_life = float(re.search(r"falls with ([\d.]+) h", lines["half-life"])[1])
    k = 30.0 / 100.0
    top = math.log(1.0 / k) / (1.0 - k)

    assert area == pytest.approx(60e3 / 30.0, rel=0.01)
    assert half_life == pytest.approx(math.log(2.0) / k, rel=0.01)
    assert at == pytest.approx(0.25 + top, rel=0.05)  # two printed digits
    assert peak == pytest.approx(600.0 * math.exp(-k * top), rel=0.01)


def test_more_excreted_than_there_is_fails(folder):
    secretion = 'value = 0\nunit = "mL/min"\nscale = "linear"\nuncertainty = 0\nlow = 0\nhigh = 500\n'
    spoil(folder, (secretion, secretion.replace("value = 0", "value = 900").replace("high = 500", "high = 1000")))
    document = check("toy")

    assert not document["passed"]
    assert "fail" in results(document, "renal clearance is part of the total")


def test_a_recovery_far_from_the_textbook_asks_for_a_look(folder):
    spoil(folder, ("{ value = 0.3, unit", "{ value = 0.062, unit"))
    near = check("toy")
    spoil(folder, ("{ value = 0.3, unit", "{ value = 0.6, unit"))
    far = check("toy")

    assert results(near, "urinary recovery") == ["pass", "pass"]
    assert results(far, "urinary recovery") == ["look", "pass"]
    assert far["passed"]


CLEARANCE = """value = 0.5
unit = "L/min"
scale = "log"
interindividual_cv = 0.5
uncertainty = 0.2
low = 0.05
high = 5
"""
ABSORPTION = 'value = 1\nunit = "1/h"\nscale = "log"\nuncertainty = 0.2\nlow = 0.1'


@pytest.mark.parametrize(
    ("old", "new", "figure"),
    [
        ("low = 120\nhigh = 180", "low = 1200\nhigh = 1800", "half-life"),
        (CLEARANCE, CLEARANCE.replace("0.5\nunit", "8\nunit").replace("high = 5", "high = 50"), "clearance"),
        (ABSORPTION, ABSORPTION.replace("= 1\n", "= 0.001\n").replace("low = 0.1", "low = 0.0001"), "window"),
    ],
)
def test_an_unusual_figure_asks_for_a_look(folder, old, new, figure):
    assert "look" not in results(check("toy"), figure)
    spoil(folder, (old, new))

    assert "look" in results(check("toy"), figure)


def test_nothing_is_computed_of_a_file_with_mistakes(folder):
    spoil(folder, ("high = 180", "high = 18"), ("revision = 1", "revision = 0"))
    document = check("toy")

    assert ["half_life_model.half_lives[0].low", "revision"] == [mistake["place"] for mistake in document["mistakes"]]
    assert document["checks"] == []
    assert not document["passed"]


# -- a new substance --------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(tmp_path, monkeypatch):
    """The files of a new substance, as they are written."""
    files = template.write(tmp_path, "novel-amine", TODAY)
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    catalog.forget()
    return files


def test_a_draft_is_right_in_form_and_lists_every_gap(draft):
    document = check("novel-amine")
    marked = sum(line.count('"TODO') for file in draft for line in file.read_text(encoding="utf-8").splitlines())

    assert document["mistakes"] == []
    assert "fail" not in {line["result"] for line in document["checks"]}
    assert marked == len(document["gaps"])
    assert marked > 15
    assert not document["passed"]


def test_a_draft_without_gaps_passes_and_answers(draft):
    for file in draft:
        file.write_text(file.read_text(encoding="utf-8").replace('"TODO: ', '"Done: '), encoding="utf-8")
    catalog.forget()
    doses = [{"amount_mg": 100, "route": "oral"}]
    answer = service.answer({"substance": "novel-amine", "doses": doses, "options": {"draws": 100}})

    assert check("novel-amine")["passed"]
    assert answer["window"]["median_h"] > 0.0


def test_a_draft_is_of_today(draft):
    assert TODAY.isoformat() == catalog.substance("novel-amine").reviewed


@pytest.mark.parametrize("substance_id", ["Novel", "novel_amine", "../novel", "", "novel--amine"])
def test_an_id_of_another_form_is_refused(tmp_path, substance_id):
    with pytest.raises(InputError, match="lower-case"):
        template.write(tmp_path, substance_id, TODAY)

    assert list(tmp_path.iterdir()) == []


def test_an_id_in_use_is_refused(tmp_path):
    with pytest.raises(InputError, match="already"):
        template.write(tmp_path, "ketamine", TODAY)


def test_a_file_is_never_overwritten(tmp_path):
    template.write(tmp_path, "novel", TODAY)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.toml")}
    with pytest.raises(InputError, match="exists already"):
        template.write(tmp_path, "novel", date(2027, 1, 1))

    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*.toml")}


# -- the commands -----------------------------------------------------------------------------------------------------


def test_the_exit_code_says_whether_it_passed(folder):
    assert 0 == run("check", "toy").exit_code
    spoil(folder, ("high = 180", "high = 18"))

    assert 2 == run("check", "toy").exit_code


def test_a_pipe_gets_json_and_a_terminal_words(folder):
    words = run("check", "toy", "--summary").output

    assert check("toy") == json.loads(run("check", "toy").output)
    assert words.splitlines()[-1] == "toy: passed (2 to look at)"
    assert "LOOK  urinary recovery" in words


def test_mistakes_and_gaps_are_listed_in_words(draft):
    draft[0].write_text(draft[0].read_text(encoding="utf-8").replace("revision = 1", "revision = 0"), encoding="utf-8")
    catalog.forget()
    mistakes = run("check", "novel-amine", "--summary").output
    draft[0].write_text(draft[0].read_text(encoding="utf-8").replace("revision = 0", "revision = 1"), encoding="utf-8")
    catalog.forget()
    gaps = run("check", "novel-amine", "--summary").output

    assert "WRONG substances/novel-amine.toml: revision" in mistakes
    assert mistakes.splitlines()[-1] == "novel-amine: not yet right (1 mistakes)"
    assert "TO DO substances/novel-amine.toml: name: TODO: the name" in gaps


def test_a_file_is_checked_by_its_path(folder, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", "")  # which the command sets to the file's own folder
    path = folder / "substances" / "toy.toml"

    assert "toy" == json.loads(run("check", str(path)).output)["substance"]


def test_a_file_elsewhere_is_refused(tmp_path):
    (tmp_path / "toy.toml").write_text(TOY, encoding="utf-8")
    result = run("check", str(tmp_path / "toy.toml"))

    assert 2 == result.exit_code
    assert "folder named substances" in result.output


def test_an_unknown_substance_is_refused_with_the_nearest():
    result = run("check", "ketamin")

    assert 2 == result.exit_code
    assert "ketamine" in result.output


def test_new_substance_writes_into_the_folder_of_data(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    result = run("new-substance", "novel")

    assert 0 == result.exit_code
    assert (tmp_path / "substances" / "novel.toml").is_file()


def test_new_substance_needs_a_folder(monkeypatch):
    monkeypatch.delenv("DETECTAPI_DATA", raising=False)

    assert 2 == run("new-substance", "novel").exit_code
