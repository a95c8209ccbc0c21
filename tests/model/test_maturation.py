"""Growth of clearances with body and age."""

import numpy as np

from detectapi.model import maturation


def test_half_of_maturation_is_reached_when_it_says():
    born_at = (47.7 - maturation.WEEKS_AT_BIRTH) / maturation.WEEKS_PER_YEAR

    assert np.isclose(maturation.maturity(born_at, 47.7, 3.4), 0.5)
    assert maturation.maturity(20.0, 47.7, 3.4) > 0.9999


def test_size_is_allometric():
    assert maturation.size_factor(70.0) == 1.0
    assert np.isclose(maturation.size_factor(20.0), (20 / 70) ** 0.75)


def test_extrapolation_is_unsure_for_children_and_heavy_people_without_a_step():
    def spread(age, weight):
        return maturation.extrapolation_spread(age, weight, child=0.15, child_age=12.0, heavy=0.2, heavy_weight=100.0)

    age, weight = np.linspace(0.5, 40.0, 2000), np.linspace(10.0, 200.0, 2000)

    assert spread(6.0, 20.0) == 0.15
    assert spread(18.0, 60.0) == spread(None, 60.0) == spread(None, 100.0) == 0.0
    assert np.isclose(spread(None, 200.0), 0.2 * np.log(2.0))
    assert np.abs(np.diff(spread(age, 30.0))).max() < 0.001
    assert np.abs(np.diff(spread(None, weight))).max() < 0.001
