"""Dilute and substituted specimens as 49 CFR 40.88 defines them, for what was measured in the specimen."""

import pytest

from detectapi import service

DILUTE, SUBSTITUTED = "dilute-specimen-possible", "substituted-specimen-possible"
MOST = ("Nearly all specimens", "About 9")  # the other measure is computed, with its spread


@pytest.fixture
def said(question):
    """The start of each note on the specimen, by code."""

    def ask(**specimen):
        notes = service.answer(question | {"specimen": specimen})["notes"]
        return {n["code"]: n["message"] for n in notes if n["code"] in (DILUTE, SUBSTITUTED)}

    return ask


@pytest.mark.parametrize(
    ("specimen", "code"),
    [
        ({"urine_creatinine_mg_dl": 5.0}, DILUTE),
        ({"urine_creatinine_mg_dl": 2.0}, DILUTE),  # 2 mg/dL is the lowest that is dilute
        ({"specific_gravity": 1.002}, DILUTE),
        ({"urine_creatinine_mg_dl": 1.9}, SUBSTITUTED),
    ],
)
def test_a_specimen_inside_the_limits_is_named(said, specimen, code):
    notes = said(**specimen)

    assert {code} == set(notes)
    assert notes[code].startswith(MOST)


@pytest.mark.parametrize("specimen", [{"urine_creatinine_mg_dl": 20.0}, {"specific_gravity": 1.003}])
def test_a_specimen_at_the_upper_limits_is_not_dilute(said, specimen):
    assert DILUTE not in said(**specimen)


def test_a_specific_gravity_of_water_is_not_called_dilute(said):
    # Dilute is above 1.0010: at or below it the rule has other words, and none of them is "dilute".
    assert DILUTE not in said(specific_gravity=1.001)
