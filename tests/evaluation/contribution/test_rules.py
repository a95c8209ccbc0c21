"""Rules of the shipped substances, and of a wrong one: each rule finds the mistake that it is for, and no other rule does."""

import re
import shutil
from pathlib import Path

import pytest
from every import every

from detectapi.evaluation.contribution import lock, rules
from detectapi.knowledge import catalog

EXTRA = Path(__file__).parents[2] / "data" / "extra"
TOY = (EXTRA / "substances" / "toy.toml").read_text(encoding="utf-8")
RULES = pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of one's own that holds the toy substance."""
    shutil.copytree(EXTRA, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    catalog.forget()
    return tmp_path


@every("substance", catalog.substances(), ids=lambda substance: substance.id)
@RULES
def test_every_shipped_substance_keeps_every_rule(rule, substance):
    assert list(rule(substance)) == []


@RULES
def test_a_substance_of_ones_own_keeps_every_rule(folder, rule):
    assert list(rule(catalog.substance("toy"))) == []


CORRELATION = """
[[correlations]]
parameters = ["toy.{0}", "toy.{1}"]
value = {2}
basis = "assumed"
reason = "a toy"
"""
SPREAD = "interindividual_cv = 0.3\nuncertainty = 0\nlow = 0.1\nhigh = 10\n"
VOLUME = 'scale = "log"\nuncertainty = 0\nlow = 10\n'
SECRETION = 'value = 0\nunit = "mL/min"\nscale = "linear"\nuncertainty = 0\nlow = 0\nhigh = 500\n'
THREE = "".join(
    CORRELATION.format(*item)
    for item in (
        ("clearance", "renal_factor", 0.9),
        ("clearance", "central_volume", 0.9),
        ("renal_factor", "central_volume", -0.9),
    )
)

# rule: [(this in the toy's file, becomes this)], and what its sentence has
BROKEN = {
    "bounds_leave_room": ([(SPREAD, SPREAD.replace("high = 10", "high = 1.2"))], "toy.renal_factor"),
    "effects_are_neutral": ([("reference = 70", "reference = 80")], "weight_kg is not 1 at 70"),
    "effects_stay_within_bounds": (
        [("juice = 0.5", "juice = 0.05")],
        "toy.nonrenal_factor: the effect of interactions",
    ),
    "correlations_are_possible": (
        [
            (VOLUME, VOLUME.replace("uncertainty", "interindividual_cv = 0.3\nuncertainty")),
            ("[half_life_model]", f"{THREE}\n[half_life_model]"),
        ],
        "no distribution has all of them",
    ),
    "renal_clearance_is_part_of_the_total": (
        [(SECRETION, SECRETION.replace("value = 0", "value = 900").replace("high = 500", "high = 1000"))],
        "toy: the renal clearance",
    ),
    "names_are_its_own": ([('aliases = ["toy salt"]', 'aliases = ["Ketalar"]')], "Ketalar: a name of ketamine too"),
    "sentences_are_sentences": ([('because = "A toy."', 'because = "a toy"')], "not a whole sentence: a toy"),
    "nothing_speaks_of_defeating_a_test": (
        [('meaning = "total clearance"', 'meaning = "how to flush it"')],
        "how to flush it",
    ),
    "notes_wait_for_known_inputs": (
        [('patterns = ["single"]\nmessage', 'inputs = ["mood"]\nmessage')],
        "there is no input mood",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_finds_what_it_is_for_and_no_other_does(folder, name):
    changes, words = BROKEN[name]
    text = TOY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "substances" / "toy.toml").write_text(text, encoding="utf-8")
    substance = catalog.substance("toy")
    broken = {rule.__name__: sentences for rule in rules.RULES if (sentences := list(rule(substance)))}

    assert [name] == list(broken)
    assert words in broken[name][0]


def test_an_assay_that_looks_for_something_else_is_found(folder):
    text = (EXTRA / "assays.toml").read_text(encoding="utf-8")
    entry = (
        text[text.index("[assays.toy-test]") :]
        .replace("toy-test", "other-test")
        .replace('analyte = "toy"', 'analyte = "x"')
    )
    (folder / "assays.toml").write_text(f"{text}\n{entry}", encoding="utf-8")

    assert ["assay other-test: looks for no analyte of toy"] == list(
        rules.assays_look_for_its_analytes(catalog.substance("toy"))
    )


# -- the lock ---------------------------------------------------------------------------------------------------------


def test_the_lock_holds_the_shipped_substances():
    assert set(lock.read()) == {file.stem for file in (catalog.PACKAGED / "substances").glob("*.toml")}


def test_the_lock_notices_a_changed_number(folder):
    before = catalog.substance("toy")
    locked = lock.Locked(before.revision, before.numbers_sha256)
    text = TOY.replace("value = 100\n", "value = 101\n")
    (folder / "substances" / "toy.toml").write_text(text, encoding="utf-8")
    catalog.forget()
    changed = catalog.substance("toy")
    (folder / "substances" / "toy.toml").write_text(text.replace("revision = 1", "revision = 2"), encoding="utf-8")
    catalog.forget()
    raised = catalog.substance("toy")

    assert lock.complaint(before, locked) is None
    assert "raise its revision above 1" in lock.complaint(changed, locked)
    assert f"toy 2 {raised.numbers_sha256}" in lock.complaint(raised, locked)
    assert f"toy 1 {before.numbers_sha256}" in lock.complaint(before, None)


def test_a_substance_that_is_not_shipped_needs_no_line_in_the_lock(folder):
    assert list(lock.the_revision_is_locked(catalog.substance("toy"))) == []


def test_each_rule_is_described_in_a_sentence():
    assert [rule.__name__ for rule in rules.RULES if not re.match(r"[A-Z].+\.$", rule.__doc__ or "")] == []
