"""What a person puts into urine in a day."""

import numpy as np
import pytest

from detectapi.model import excretion
from detectapi.model.body import at_age, size_at_age
from tests.support.population import shipped_population

DATA = shipped_population()


def number(name):
    return DATA.quantities[name].value


def creatinine(age, sex, weight=None):
    """Median creatinine excretion of people of an age. [mg/day]"""
    usual = size_at_age(DATA.bodies, age, sex).weight
    rate = at_age(DATA.courses[f"creatinine_excretion_mg_kg_d.{sex}"], age)
    rate = rate * excretion.decline(age, number(f"creatinine.decline.{sex}"), number("creatinine.decline_from"))
    rates = excretion.CreatinineRates(rate, 0.2, usual)
    return excretion.creatinine_excretion(
        rates, usual if weight is None else weight, number("creatinine.weight_exponent")
    )


def test_children_excrete_what_was_measured():
    # 15.3 (boys) and 14.3 (girls) mg/kg/day at 8 to 13 years, n 710.
    for sex, measured in (("male", 15.3), ("female", 14.3)):
        age = np.linspace(8.0, 13.0, 20)
        rate = creatinine(age, sex) / size_at_age(DATA.bodies, age, sex).weight
        assert np.isclose(rate.mean(), measured, rtol=0.02)


def test_a_heavier_person_excretes_more_but_less_per_kg():
    light, heavy = creatinine(30.0, "male", 60.0), creatinine(30.0, "male", 120.0)

    assert heavy > light
    assert heavy / 120.0 < light / 60.0


def test_without_sex_the_two_are_mixed():
    rates = [
        excretion.CreatinineRates(rate, spread, usual)
        for rate, spread, usual in ((21.8, 0.2, 83.0), (17.1, 0.25, 70.0))
    ]
    rng = np.random.default_rng(5)
    both = np.concatenate(
        [np.log(excretion.creatinine_excretion(r, 76.0, 0.65)) + r.spread * rng.standard_normal(200_000) for r in rates]
    )

    median, spread = excretion.creatinine_of_either_sex(*rates, 76.0, 0.65)

    assert np.isclose(np.log(median), both.mean(), atol=0.002)
    assert np.isclose(spread, both.std(), rtol=0.005)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_excretion_flow_and_interval_have_no_step_over_age(sex):
    age = np.arange(0.5, 95.0, 0.01)

    for values in (
        creatinine(age, sex),
        *(
            at_age(DATA.courses[name], age)
            for name in ("urine_flow_ml_h", "osmole_excretion_mosm_d", "void_interval_h")
        ),
    ):
        # The steepest is an infant's weight.
        assert np.abs(np.diff(np.log(values))).max() < 0.01


def test_flow_of_intake_is_a_line_that_does_not_go_through_zero():
    flow = excretion.flow_of_intake(np.array([0.7, 3.0]), number("intake.without_drinking"), number("intake.share"))

    assert np.allclose(flow, [41.0, 108.0], atol=0.5)  # [mL/h]


def test_intake_and_flow_of_a_usual_adult_fit_together():
    # 1.7 L/day is drunk by those whose urine is usual: 70 mL/h.
    assert np.isclose(excretion.flow_of_intake(1.7, 0.5, 0.7), DATA.parameters["urine_flow_ml_h"].value, rtol=0.02)


def test_the_night_is_less_in_young_healthy_people_only():
    def night(age, kidneys):
        return excretion.night_factor(age, kidneys, 0.65, (60.0, 75.0), (0.3, 0.6))

    assert night(30.0, 1.0) == 0.65
    assert night(80.0, 1.0) == night(30.0, 0.2) == 1.0
    assert 0.65 < night(68.0, 1.0) < 1.0
