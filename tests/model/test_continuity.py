"""No step at any bound: age, weight and kidney function from a child's to a heavy and an old person's."""

import numpy as np
import pytest
from twelve_questions import AMPHETAMINE, QUESTIONS

from detectapi import service

# Where something fades in or out, a course has a point, or a table ends.
AGES = (1.5, 2.0, 2.5, 3.5, 4.0, 5.0, 5.5, 9.0, 10.5, 12.0, 16.0, 17.0, 18.0, 18.5, 20.0, 22.6, 25.0, 30.0, 40.0, 45.0, 60.0,
        65.0, 70.0, 75.0, 79.0, 86.0, 90.0)  # fmt: skip
WEIGHTS = (10.0, 12.0, 20.0, 40.0, 62.4, 63.0, 70.0, 100.0, 150.0)
GFRS = (10.4, 15.0, 31.2, 40.2, 60.0, 62.4, 104.0, 114.4, 150.0)
AXES = {
    "age": (("person", "age_y"), AGES),
    "weight": (("person", "weight_kg"), WEIGHTS),
    "GFR": (("renal", "egfr_ml_min_1_73m2"), GFRS),
}
DRAWS = 1000


def asked(question, section, name, value):
    return {**question, section: {**question.get(section, {}), name: value}, "options": {"draws": DRAWS}}


def window(*question):
    return service.answer(asked(*question))["window"]


def check_bound(question, place, bound):
    """Both sides of a bound, a thousandth apart, with the same random numbers."""
    below, above = (window(question, *place, bound * (1.0 + side * 5e-4)) for side in (-1, 1))
    error = max(below["monte_carlo_se_h"], 0.2)
    for end, of_error in (("median_h", 1.0), ("low_h", 3.0), ("high_h", 3.0)):
        # The error of an end is two to three times that of the median.
        assert abs(above[end] - below[end]) <= of_error * error, (end, below, above)


@pytest.mark.parametrize("axis", AXES)
def test_one_question_has_no_step(axis):
    place, bounds = AXES[axis]
    for bound in bounds:
        check_bound(AMPHETAMINE, place, bound)


@pytest.mark.slow
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_has_a_step(name, axis):
    place, bounds = AXES[axis]
    for bound in bounds:
        check_bound(QUESTIONS[name], place, bound)


WALKS = {
    "age": np.arange(1.0, 95.1, 1.0),
    "weight": np.geomspace(10.0, 200.0, 61),
    "GFR": np.geomspace(5.0, 200.0, 61),
}


@pytest.mark.slow
@pytest.mark.parametrize("axis", WALKS)
@pytest.mark.parametrize("name", ["infusion", "swallowed", "daily", "amphetamine", "inhaled"])
def test_a_walk_from_end_to_end_of_an_axis_has_no_jump(name, axis):
    (section, told), _ = AXES[axis]
    windows = [window(QUESTIONS[name], section, told, float(value)) for value in WALKS[axis]]

    # A step would show as a bend; the growth of flow from 16 to 20 years bends by up to three errors too. A positive draw is
    # positive for hours: an end falls to 0 at once where the share of draws that are ever positive passes it.
    for end, of_error, ever in (("median_h", 3.5, 0.6), ("low_h", 9.0, 0.98), ("high_h", 9.0, 0.1)):
        some = [one for one in windows if one["ever_positive"] > ever]
        error = np.maximum([one["monte_carlo_se_h"] for one in some], 0.3)[1:-1]
        value = np.array([one[end] for one in some])
        bend = np.abs(value[2:] - 2.0 * value[1:-1] + value[:-2])
        assert np.all(bend <= of_error * error), end


def test_weight_alone_and_age_alone_give_a_child_the_same_answer():
    by_weight, by_age = (
        window(AMPHETAMINE, "person", name, value) for name, value in (("weight_kg", 20.3), ("age_y", 6.0))
    )

    # The age that a weight suggests is known to 1.7 years, and the weight at an age to a fifth.
    assert by_weight["median_h"] == pytest.approx(by_age["median_h"], rel=0.06)
    assert by_weight["high_h"] == pytest.approx(by_age["high_h"], rel=0.12)
