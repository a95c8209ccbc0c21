"""Inputs that change nothing in an answer are named, and no others."""

import pytest

from detectapi.model.question import read_question
from detectapi.model.without_effect import without_effect

FROM_SWALLOWED = {"amount_mg": 50.0, "route": "oral"}
MEASURED = {"egfr_ml_min_1_73m2": 80.0, "method": "measured"}
BODY = {"weight_kg": 80.0, "height_cm": 180.0}


def idle(**more):
    assay = {"rule": "any", "analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50.0}]}
    return without_effect(read_question({"substance": "ketamine", "doses": [FROM_SWALLOWED], "assay": assay} | more))


def test_where_nothing_is_told_nothing_is_idle():
    assert idle() == ()


@pytest.mark.parametrize("told_body", [{}, {"weight_kg": 80.0}, {"height_cm": 180.0}])
def test_age_and_sex_count_where_they_tell_the_body(told_body):
    assert not {"age_y", "sex"} & set(idle(person={"age_y": 40.0, "sex": "male", **told_body}, renal=MEASURED))


def test_age_and_sex_are_idle_where_body_and_kidneys_are_told():
    assert {"age_y", "sex"} <= set(idle(person={"age_y": 40.0, "sex": "male", **BODY}, renal=MEASURED))


def test_age_counts_in_a_child_and_where_the_kidney_function_is_computed_from_it():
    assert "age_y" not in idle(person={"age_y": 10.0, **BODY}, renal=MEASURED)
    creatinine = {"serum_creatinine_mg_dl": 1.0}
    assert not {"age_y", "sex"} & set(idle(person={"age_y": 40.0, "sex": "male", **BODY}, renal=creatinine))


def test_creatinine_of_the_specimen_makes_age_and_sex_count():
    specimen = {"urine_creatinine_mg_dl": 100.0}
    assert not {"age_y", "sex"} & set(
        idle(person={"age_y": 40.0, "sex": "male", **BODY}, renal=MEASURED, specimen=specimen)
    )


def test_pregnancy_is_idle_where_the_kidney_function_is_told():
    assert "pregnant" in idle(person={"pregnant": "yes"}, renal=MEASURED)
    assert "pregnant" not in idle(person={"pregnant": "yes"})


def test_a_class_of_liver_disease_is_idle_where_the_data_have_no_number_for_it():
    assert "hepatic_class" in idle(person={"hepatic_class": "A"})


def test_severe_liver_disease_makes_an_estimated_gfr_less_sure_and_a_measured_one_not():
    severe = {"hepatic_class": "C"}
    assert "hepatic_class" not in idle(person=severe, renal={"egfr_ml_min_1_73m2": 80.0})
    assert ("hepatic_class" in idle(person=severe, renal=MEASURED)) == ("hepatic_class" in idle(person=severe))


def test_how_a_specimen_was_read_counts_where_something_was_read():
    assert "specimen_read_by" in idle(specimen={"read_by": "strip"})
    assert "specimen_read_by" not in idle(specimen={"read_by": "strip", "urine_ph": 6.0})
    assert "specimen_read_by" not in idle(specimen={"read_by": "strip", "specific_gravity": 1.02})
