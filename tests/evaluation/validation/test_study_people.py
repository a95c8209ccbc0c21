"""The people of a study: what the words of its population mean, and what a study says itself."""

from dataclasses import replace

import numpy as np
import pytest

from detectapi.evaluation.validation.study_people import circumstances, rules
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge.observations import observations

STUDY = next(row.study for row in observations("ketamine") if row.id == "parkin2008-dehydronorketamine")


def person(population, **known):
    return circumstances(replace(STUDY, population=population), known).get("person", {})


def test_ages_that_the_words_state_come_before_what_words_mean():
    assert person("healthy men of 18 to 55 years, 14C mass balance")["age_y"] == {"low": 18.0, "high": 55.0}
    assert person("256 healthy people and 564 with depression, 18 to 86 years")["age_y"] == {"low": 18.0, "high": 86.0}


def test_healthy_volunteers_are_young_and_men_are_male():
    usual = rules()[0]["age_y"]

    assert person("healthy volunteers")["age_y"] == usual
    assert person("healthy men") == {"age_y": usual, "sex": "male"}
    assert person("men") == {"sex": "male"}
    assert person("healthy men and women") == {"age_y": usual}


def test_of_patients_children_and_the_unknown_nothing_is_assumed():
    for population in ("patients with chronic pain", "adults", "not said", "11 of healthy adults, 5 of children"):
        assert person(population) == {}, population


def test_what_a_study_says_itself_stays():
    assert person("healthy volunteers", person={"age_y": 70.0})["age_y"] == 70.0
    assert "age_y" not in person("healthy volunteers", renal={"egfr_ml_min_1_73m2": 105})
    assert person("healthy volunteers", person={"cyp2d6": "poor"})["cyp2d6"] == "poor"


def test_the_same_study_has_the_same_circumstances_object():
    """The questions of trials are kept by the identity of their circumstances."""
    study = replace(STUDY, population="healthy volunteers")

    assert circumstances(study, study.given) is circumstances(study, study.given)


def test_kidneys_of_healthy_volunteers_are_better_and_more_alike_than_those_of_anybody():
    """102 mL/min/1.73 m2 with a spread of 0.16 before 40 years, against 95 and 0.25; 4,000 people, so 1 % and 3 %."""
    study = replace(STUDY, population="healthy volunteers")
    young, anybody = (
        Trial(study, known, StudyNumbers(1, 1, 4000)).simulation.person.covariates["gfr_of_normal"]
        for known in (circumstances(study, study.given), study.given)
    )

    assert np.median(young) / np.median(anybody) == pytest.approx(102.0 / 95.0, rel=0.02)
    assert np.log(young).std() < 0.75 * np.log(anybody).std()
