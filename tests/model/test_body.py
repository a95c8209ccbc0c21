"""Weight, height and surface of the population, and the age that a body suggests."""

import numpy as np
import pytest

from detectapi.model import body
from detectapi.model.norms import Norms
from tests.support.population import shipped_population

BODIES = shipped_population().bodies
NORMS = Norms(shipped_population())
Z = np.random.default_rng(11).standard_normal((2, 200_000))


def simulated(size):
    """Weights and heights of a population."""
    weight = size.weight * np.exp(size.weight_spread * Z[0])
    median, spread = body.height_at_weight(size, weight)
    return weight, median * np.exp(spread * Z[1])


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_population_of_one_age_has_the_surveys_medians_spreads_and_correlation(sex):
    size = body.size_at_age(BODIES, 50.0, sex)
    expected = {"male": (85.1, 0.222, 176.0, 0.0446, 0.53), "female": (73.1, 0.269, 161.7, 0.0428, 0.24)}[sex]

    weight, height = simulated(size)
    result = (
        np.median(weight), np.log(weight).std(), np.median(height), np.log(height).std(),
        np.corrcoef(np.log(weight), np.log(height))[0, 1],
    )  # fmt: skip

    assert np.allclose(result, expected, rtol=0.01)


@pytest.mark.parametrize(("sex", "centiles"), [("male", (61.1, 88.2, 131.2)), ("female", (49.6, 73.0, 119.2))])
def test_adults_of_unknown_age_have_the_surveys_centiles_of_weight(sex, centiles):
    weight, _ = simulated(body.size_of_adult(BODIES, sex))
    scale = {"male": 83.0 / 88.2, "female": 70.0 / 73.0}[sex]  # the survey's people are heavier than the default's

    # Women's weights are skewed beyond the log-normal, by 6 % at the upper end.
    assert np.allclose(np.quantile(weight, [0.05, 0.5, 0.95]), np.array(centiles) * scale, rtol=0.06)


def test_without_sex_the_two_are_mixed():
    both = body.size_of_adult(BODIES, None)
    weight, height = zip(*(simulated(body.size_of_adult(BODIES, sex)) for sex in body.SEXES), strict=True)
    weight, height = np.log(np.concatenate(weight)), np.log(np.concatenate(height))

    assert np.isclose(both.weight, np.exp(weight.mean()), rtol=0.005)
    assert np.isclose(both.weight_spread, weight.std(), rtol=0.01)
    assert np.isclose(both.height_spread, height.std(), rtol=0.01)
    assert np.isclose(both.correlation, np.corrcoef(weight, height)[0, 1], atol=0.01)
    # US adults, both sexes together, n 5,379.
    assert np.allclose((both.weight_spread, both.height_spread, both.correlation), (0.264, 0.060, 0.46), rtol=0.05)


def test_bodies_have_no_step_over_age():
    age = np.arange(0.0, 95.0, 0.005)

    for sex in (*body.SEXES, None):
        size = body.size_at_age(BODIES, age, sex)
        # The steepest is a newborn's growth, which doubles weight in four months.
        assert np.abs(np.diff(np.log(size.weight))).max() < 0.02
        for values in (np.log(size.height), size.weight_spread, size.height_spread, size.correlation):
            assert np.abs(np.diff(values)).max() < 0.02


def test_height_follows_weight_as_the_survey_has_it():
    # Least squares on the logarithms of the same adults: 173.7 (w/80)^0.077, 161.4 (w/80)^0.045, 167.4 (w/80)^0.104.
    for sex, at_80, power, spread in (
        ("male", 173.7, 0.077, 0.038),
        ("female", 161.4, 0.045, 0.041),
        (None, 167.4, 0.104, 0.053),
    ):
        size = body.size_of_adult(BODIES, sex)
        weight = np.array([60.0, 80.0, 120.0])
        median, result = body.height_at_weight(size, weight)

        assert np.allclose(median, at_80 * (weight / 80.0) ** power, rtol=0.015)
        assert np.isclose(result, spread, atol=0.003)


def test_surface_is_what_weight_alone_says_of_it():
    # Least squares on the logarithms: 1.894 (w/80)^0.50 in adults, 0.768 (w/20)^0.695 below 18 years.
    adult, weight = body.size_of_adult(BODIES, None), np.array([50.0, 80.0, 120.0])
    assert np.allclose(
        body.body_surface(weight, body.height_at_weight(adult, weight)[0]), 1.894 * (weight / 80) ** 0.5, rtol=0.02
    )
    child = body.size_at_age(BODIES, np.array([3.0, 6.0, 10.0]), None)
    # The charts' children are leaner than those of the regression: taller at the same weight.
    assert np.allclose(body.body_surface(child.weight, child.height), 0.768 * (child.weight / 20) ** 0.695, rtol=0.06)


def test_surface_has_no_step_over_weight():
    weight = np.exp(np.linspace(np.log(2.0), np.log(200.0), 2000))
    surface = body.body_surface(weight, 100.0 * (weight / 15.0) ** 0.4)

    assert np.abs(np.diff(np.log(surface))).max() < 0.004
    assert body.body_surface(8.0, 70.0) == body.mosteller(8.0, 70.0)
    assert body.body_surface(70.0, 175.0) == body.du_bois(70.0, 175.0)


# -- the age that a body suggests -------------------------------------------------------------------------------------


def plausible(weight=None, height=None, sex=None):
    known = [None if value is None else (value, 0.0) for value in (weight, height)]
    return NORMS.plausible_age(sex, *known)


def test_a_child_is_known_by_weight_by_height_and_by_both():
    for mean, spread in (plausible(weight=20.0), plausible(height=115.0), plausible(20.0, 115.0)):
        assert 5.5 < mean < 6.7
        assert spread < 2.0
    assert plausible(20.0, 115.0)[1] < plausible(weight=20.0)[1]


def test_an_adult_is_known_by_weight():
    for weight in (70.0, 90.0, 200.0):
        mean, spread = plausible(weight=weight)
        assert mean > 19.9
        assert spread < 0.6


def test_a_weight_between_child_and_adult_leaves_it_open():
    mean, spread = plausible(weight=35.0)

    assert 12.0 < mean < 19.0
    assert spread > 3.0


def test_the_age_has_no_step_over_weight_and_rises_with_it():
    weights = np.exp(np.linspace(np.log(3.0), np.log(200.0), 400))
    means = np.array([plausible(weight=weight)[0] for weight in weights])

    assert np.all(np.diff(means) > -0.05)
    assert np.abs(np.diff(means)).max() < 0.5


def test_an_age_counts_for_bodies_that_nobody_surveyed():
    assert plausible(weight=2.0)[0] < 0.2
    assert plausible(weight=400.0)[0] == pytest.approx(20.0, abs=0.01)


def test_a_range_of_weight_leaves_the_age_less_sure():
    exact, wide = plausible(weight=20.0), NORMS.plausible_age(None, (20.0, 0.15), None)

    assert wide[1] > exact[1]
