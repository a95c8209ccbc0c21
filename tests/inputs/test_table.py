"""The table of inputs holds together."""

import pytest
from every import every

from detectapi.inputs.table import INPUTS, Alternatives, Input, InputTable
from detectapi.inputs.table.definition import KINDS


def number(path, **more):
    return Input(path=path, kind="number", meaning="A number.", low=0, high=1, **more)


@pytest.mark.parametrize(
    "second",
    [
        number("person.a"),
        number("person.b", column="a"),
        number("person.b", flags=("--a",)),
        number("person.b", distribution="a"),
    ],
)
def test_what_stands_twice_is_refused(second):
    first = number("person.a", column="a", flags=("--a",), distribution="a")

    with pytest.raises(ValueError, match="stands twice"):
        InputTable([first, second])


def test_alternatives_belong_to_one_object():
    entries = [number("person.a", alternatives="size"), number("renal.b", alternatives="size")]

    with pytest.raises(ValueError, match="one section"):
        InputTable(entries, [Alternatives(name="size")])


@every("entry", list(INPUTS), ids=lambda entry: entry.path)
def test_every_input_is_described(entry):
    assert entry.kind in KINDS
    assert entry.meaning.endswith(".")
    assert entry.kind not in ("word", "words") or entry.words
    if entry.low is not None:
        low, high = entry.bounds
        assert low < high


@every("entry", list(INPUTS), ids=lambda entry: entry.path)
def test_an_input_needs_only_inputs_that_there_are(entry):
    assert all(INPUTS[path] for path in entry.needs)


def test_a_range_of_person_and_urine_is_read_into_a_distribution():
    sections = ("person", "renal", "hydration", "specimen", "")

    assert all(entry.distribution for entry in INPUTS if entry.is_range and entry.section in sections)


def test_steps_lead_to_an_input_in_a_request():
    assert INPUTS["doses[].repeat.every_h"].steps == ("doses", 0, "repeat", "every_h")
    assert INPUTS["assay.analytes[].analyte"].pointer == "/assay/analytes/0/analyte"
    assert INPUTS["urine_ph"].pointer == "/urine_ph"


UNITS = {
    "", "-", "h", "min", "d", "years", "mg", "mg/kg", "kg", "cm", "mL/h", "L/day", "mg/dL", "umol/L", "ng/mL", "ng/mg",
    "mL/min", "mL/min/1.73 m2",
}  # fmt: skip


@every("entry", list(INPUTS), ids=lambda entry: entry.path)
def test_units_are_written_in_one_way(entry):
    assert entry.unit in UNITS
