"""Specimens, kidneys and bodies of the simulated population against what surveys measured."""

from pathlib import Path

import numpy as np
import pytest

from detectapi.evaluation.validation import population
from detectapi.evaluation.validation.population import simulated, statistic, surveys

REPORT = Path(__file__).parents[2] / "docs" / "validation" / population.REPORT
PEOPLE = 2000
KEPT = {}
"""By what it was asked for, a population that several surveys share."""

# How far a simulated statistic may lie from the survey's, relative to it; reasons stand beside the report's tables.
TOLERANCE = {
    "creatinine": 0.23,  # centiles of the survey have errors of 2 to 4 %; women's upper ones are too low by up to a fifth
    "osmolality": 0.20,
    "gravity": 0.05,  # of the mean above 1
    "creatinine_by_gravity": 0.15,
    "usual_flow": 0.17,  # the Swiss make more urine than people of five other surveys
    "ph": 0.08,
    "gfr": 0.27,  # the upper end: the equation squeezes what is above normal
    "weight": 0.08,
    "void_interval": 0.35,  # on request 2.0 h; the model is between that and diaries
}


def people(survey):
    key = survey.sex, survey.ages, survey.heavier
    if key not in KEPT:
        KEPT[key] = simulated(*key, people=PEOPLE)
    return KEPT[key]


def label(survey):
    return f"{survey.quantity}-{survey.sex}-{survey.ages[0]:g}"


@pytest.mark.parametrize("survey", [one for one in surveys() if one.used], ids=label)
def test_the_population_is_what_surveys_measured(survey):
    for name, published in survey.statistics.items():
        result = statistic(name, people(survey), survey.quantity)
        if name.startswith("below"):
            assert result == pytest.approx(published, abs=0.05 if survey.quantity == "gfr" else 0.02), name
        elif survey.quantity == "gravity":
            shift = 1.0 if name == "mean" else 0.0
            assert result - shift == pytest.approx(published - shift, rel=0.05 if shift else 0.35), name
        elif name == "lag one":
            assert result == pytest.approx(published, abs=0.08)  # 1,679 pairs know it to 0.03
        elif name == "log-sd":
            assert result == pytest.approx(published, abs=0.06)  # men 0.56, women 0.67
        else:
            assert result == pytest.approx(published, rel=TOLERANCE[survey.quantity]), name


def test_urine_is_never_more_concentrated_than_kidneys_make_it():
    result = simulated(None, (20.0, 70.0), people=PEOPLE)["osmolality"]

    assert result.max() <= 1100.0 * (1.0 + 1e-6)
    assert 0.02 < np.mean(result > 1050.0) < 0.25


def test_voids_of_one_person_differ_more_than_people_do():
    # Both studies of spot specimens that were read find more of the variance within people than between them.
    result = simulated(None, (20.0, 80.0), people=PEOPLE)
    one, other = np.log(result["flow"]), np.log(result["flow_again"])

    assert 0.5 * np.var(one - other) > np.cov(one, other)[0, 1]


def test_the_report_is_of_the_data_at_hand():
    text = (REPORT).read_text(encoding="utf-8")

    assert f"digest {population.digest()}." in text, "the data have changed: run detectapi validate physiology"


@pytest.mark.slow
def test_the_report_is_what_the_model_simulates():
    assert (REPORT).read_text(encoding="utf-8") == population.report()
