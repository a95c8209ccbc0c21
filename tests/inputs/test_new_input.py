"""One entry in the table of inputs, tried in a process of its own, shows on every surface and is refused alike on all."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.fields import OR_RANGE

PROGRAM = Path(__file__).parents[1] / "support" / "tried_input.py"
ENTRY = {
    "path": "person.waist_cm", "kind": "quantity", "unit": "cm", "low": 30, "high": 200, "meaning": "Girth of the waist.",
    "distribution": "waist_cm", "column": "waist_cm", "flags": ["--waist-cm", "--waist"],
    "form": {"name": "waist_cm", "label": "Waist, cm", "hint": "Measured standing", "fieldset": "more"},
}  # fmt: skip
GOOD, BAD = 80, 500
REFUSED = ["range", "Must be a number from 30 to 200, or a range with low and high.", None]


@pytest.fixture(scope="module")
def tried():
    command = [sys.executable, str(PROGRAM), json.dumps([ENTRY, GOOD, BAD])]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


def test_the_contract_has_the_field(tried):
    assert tried["contract"] == {"waist_cm": {"low": 80.0, "high": 160.0}}
    (field, *_) = tried["openapi"]
    assert field["description"] == "Girth of the waist."
    assert field["oneOf"][0] == {"type": "number", "minimum": 30, "maximum": 200}


def test_tables_and_grids_have_the_column(tried):
    assert tried["columns"] == ["waist_cm", "waist_cm_low", "waist_cm_high"]
    assert tried["row form"]
    assert tried["row"] == {"waist_cm": {"low": 80.0, "high": 160.0}}
    assert tried["read row"] == {"waist_cm": 80.0}
    assert "waist_cm" in tried["grid"]


def test_the_command_has_the_flag(tried):
    assert re.search(r"--waist-cm, --waist NUMBER\|LOW-HIGH\s+Girth of the waist\. \[cm\]", tried["help"])
    assert tried["flag"] == {"waist_cm": 80.0}


def test_the_page_has_the_field(tried):
    assert '<label for="waist_cm">Waist, cm</label>' in tried["page"]
    assert '<span class="hint" id="waist_cm-hint">Measured standing</span>' in tried["page"]
    assert tried["form"] == {"waist_cm": 80}


def test_the_texts_of_the_form_are_collected_for_translation(tried):
    assert {"Waist, cm", "Measured standing"} <= set(tried["texts"])


def test_the_documentation_lists_it(tried):
    line = "| `person.waist_cm` | Girth of the waist. | a number or a range from 30 to 200 cm | `--waist-cm` |"

    assert line in tried["docs"].splitlines()


def test_it_is_read_into_a_distribution_on_its_scale_and_within_its_bounds(tried):
    assert tried["distribution"] == ["log", 30, 200, pytest.approx((80 * 160) ** 0.5)]


@pytest.mark.parametrize(
    ("surface", "pointer"),
    [("library", "/person/waist_cm"), ("http", "/person/waist_cm"), ("row", "/waist_cm"), ("read row", "/waist_cm")],
)
def test_its_bounds_are_refused_by_the_same_problem(tried, surface, pointer):
    code, said, allowed = REFUSED
    words = "; a range goes into waist_cm_low and waist_cm_high" if pointer == "/waist_cm" else OR_RANGE
    assert tried["refused"][surface] == [[pointer, code, said.replace(OR_RANGE, words), allowed]]


def test_its_bounds_are_refused_by_the_command_and_the_page_too(tried):
    code, message = tried["refused by the command"]

    assert (code, message) == (
        2,
        f"detectapi: --waist-cm: {REFUSED[1].replace(OR_RANGE, ', or a range such as 60-70')}\n",
    )
    assert '<span class="fault" id="waist_cm-fault">' in tried["refused on the page"]
    assert "Enter a number from 30 to 200." in tried["refused on the page"]
