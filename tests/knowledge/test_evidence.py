"""Grades of evidence, decided by rules in data."""

import numpy as np
import pytest

from detectapi import service
from detectapi.knowledge import catalog, evidence

KETAMINE = catalog.substance("ketamine")


def row(**changed):
    return {
        "row": "toy", "substance": "ketamine", "routes": ["oral"], "pattern": "single", "analytes": ["ketamine"],
        "known": "read", "used": False, "verdict": "in 50%",
    } | changed  # fmt: skip


@pytest.fixture
def followed(monkeypatch):
    """Put rows in place of those of the data."""
    return lambda *rows: monkeypatch.setattr(evidence, "_coverage", lambda substance: rows)


def graded(route="oral", pattern="single", analytes=("ketamine",), **covariates):
    return evidence.grade(KETAMINE, (route,), pattern, analytes, covariates)


def test_an_independent_study_that_agrees_validates(followed):
    followed(row())

    assert graded().grade == "validated"
    assert graded().rows == ("toy: in 50%",)


@pytest.mark.parametrize(
    "changed", [{"used": True}, {"verdict": "in 95%"}, {"verdict": "outside"}, {"known": "second-hand"}]
)
def test_a_study_that_was_used_or_disagrees_calibrates_at_best(followed, changed):
    followed(row(**changed))

    assert graded().grade == "calibrated"


def test_what_is_recalled_counts_for_nothing(followed):
    followed(row(known="recalled"))

    assert graded().grade == "extrapolated"


@pytest.mark.parametrize("changed", [{"routes": ["rectal"]}, {"pattern": "course"}, {"analytes": ["norketamine"]}])
def test_another_use_is_not_covered(followed, changed):
    followed(row(**changed))

    assert graded().grade == "extrapolated"
    assert graded().because


def test_long_use_rests_on_a_hypothesis_whatever_was_followed(followed):
    followed(row(pattern="chronic"))

    assert graded(pattern="chronic").grade == "hypothesis"


def test_the_weakest_analyte_decides(followed):
    followed(row())

    assert graded(analytes=("ketamine", "norketamine")).grade == "extrapolated"


@pytest.mark.parametrize(
    ("covariates", "word"),
    [
        ({"age_y": 12.0}, "adults"),
        ({"gfr_of_normal": np.array([20.0, 30.0])}, "kidneys"),
        ({"hepatic_class": "B"}, "liver"),
    ],
)
def test_for_people_the_studies_did_not_follow_it_is_extrapolated(followed, covariates, word):
    followed(row())

    assert graded(**covariates).grade == "extrapolated"
    assert word in graded(**covariates).because


@pytest.mark.parametrize(
    ("amounts", "grade"),
    [((50.0,), "calibrated"), ((150.0,), "calibrated"), ((151.0,), "extrapolated"), ((50.0, 5.0), "extrapolated")],
)
def test_for_doses_the_studies_did_not_give_it_is_extrapolated(followed, amounts, grade):
    followed(row(used=True, amount_mg=[50.0, 50.0]))
    result = evidence.grade(KETAMINE, ("oral",), "single", ("ketamine",), {}, amounts)

    assert grade == result.grade
    assert ("other doses" in result.because) == (grade == "extrapolated")


def test_a_study_without_doses_in_mg_sets_no_bounds(followed):
    followed(row(used=True, amount_mg=None))

    assert evidence.grade(KETAMINE, ("oral",), "single", ("ketamine",), {}, (5000.0,)).grade == "calibrated"


@pytest.mark.parametrize(
    ("cutoff", "grade"), [(0.05, "calibrated"), (1.5, "calibrated"), (1.6, "extrapolated"), (0.001, "extrapolated")]
)
def test_for_cutoffs_the_studies_did_not_have_it_is_extrapolated(followed, cutoff, grade):
    followed(row(used=True, cutoff_ng_ml=0.05))
    result = evidence.grade(KETAMINE, ("oral",), "single", ("ketamine",), {}, (), (("ketamine", cutoff),))

    assert grade == result.grade
    assert ("other cutoffs" in result.because) == (grade == "extrapolated")


def test_the_cutoff_of_a_question_counts():
    asked = {
        "substance": "ketamine",
        "doses": [{"route": "oral", "amount_mg": 50}],
        "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 100}]},
        "options": {"draws": 100},
    }

    assert "extrapolated" == service.answer(asked)["evidence"]["grade"]


@pytest.mark.parametrize(
    ("amount", "grade"), [({"amount_mg": 500}, "extrapolated"), ({"amount_mg_per_kg": 0.7}, "calibrated")]
)
def test_the_dose_of_a_question_counts(amount, grade):
    asked = {
        "substance": "ketamine",
        "doses": [{"route": "oral", **amount}],
        "assay": {"analytes": [{"analyte": "dehydronorketamine", "cutoff_ng_ml": 1}]},
        "options": {"draws": 100},
    }

    assert grade == service.answer(asked)["evidence"]["grade"]


def test_an_answer_names_the_rows():
    answer = service.answer({
        "substance": "ketamine",
        "doses": [{"amount_mg": 50, "route": "oral"}],
        "assay": {"analytes": [{"analyte": "dehydronorketamine", "cutoff_ng_ml": 1}]},
        "options": {"draws": 100},
    })["evidence"]  # fmt: skip

    assert answer["grade"] == "calibrated"
    assert any(r.startswith("parkin2008-dehydronorketamine") for r in answer["rows"])


@pytest.mark.parametrize(
    ("model", "word"),
    [
        ({"kind": "half-life"}, "textbook"),
        ({"kind": "half-life", "half_life_h": 24}, "textbook"),
        ({"adjust": {"ketamine.clearance": {"scale": 0.5}}}, "changed"),
    ],
)
def test_studies_speak_for_the_model_as_shipped_only(model, word):
    answer = service.answer({
        "substance": "ketamine",
        "doses": [{"amount_mg": 50, "route": "oral"}],
        "assay": {"analytes": [{"analyte": "dehydronorketamine", "cutoff_ng_ml": 1}]},
        "model": model,
        "options": {"draws": 100},
    })["evidence"]  # fmt: skip

    assert answer["grade"] == "extrapolated"
    assert word in answer["because"]


def test_a_changed_parameter_makes_no_hypothesis_firmer():
    asked = {
        "substance": "ketamine",
        "pattern": {"frequency": "daily", "amount_mg": 1000, "route": "intranasal-powder", "for_days": 180},
        "model": {"adjust": {"ketamine.clearance": {"scale": 0.9}}},
        "options": {"draws": 100},
    }

    assert service.answer(asked)["evidence"]["grade"] == "hypothesis"


@pytest.mark.parametrize("substance", catalog.substances(), ids=lambda s: s.id)
def test_the_rules_agree_with_the_words_of_the_substance(substance):
    """Every route, pattern and analyte has a reason of its own, written for the grade that the rules give."""
    for route in substance.routes:
        for pattern in ("single", "course", "chronic"):
            for moiety in substance.moieties:
                result = evidence.grade(substance, (route,), pattern, (moiety.id,))
                assert result.grade in evidence.GRADES
                assert result.because
