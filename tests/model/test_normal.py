import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from detectapi.model.normal import inverse_normal, probit_band


def test_agrees_with_an_independent_implementation():
    p = np.concatenate(
        [np.geomspace(1e-300, 0.4, 500), np.linspace(0.01, 0.99, 501), 1.0 - np.geomspace(1e-15, 0.4, 200)]
    )

    assert inverse_normal(p) == pytest.approx(ndtri(p), rel=1e-13, abs=1e-14)


def test_is_odd_about_one_half():
    p = np.array([0.001, 0.2, 0.45])

    assert inverse_normal(p) == pytest.approx(-inverse_normal(1.0 - p), rel=1e-12)


def test_band_of_a_probability_is_that_of_its_normal_part():
    # log T = 0.3 k + 0.4 p: known in closed form.
    time = np.array([0.5, 0.8, 1.0, 1.5, 2.2])
    mean = ndtr(-np.log(time) / 0.5)
    z = np.linspace(-6.0, 6.0, 4001)
    weights = np.exp(-(z**2) / 2.0) / np.exp(-(z**2) / 2.0).sum()
    rows = ndtr((0.3 * z - np.log(time)[:, None]) / 0.4)
    variance = rows**2 @ weights - (rows @ weights) ** 2
    low, high = probit_band(mean, variance, 0.9)

    assert low == pytest.approx(ndtr((-0.3 * 1.644854 - np.log(time)) / 0.4), abs=2e-3)
    assert high == pytest.approx(ndtr((0.3 * 1.644854 - np.log(time)) / 0.4), abs=2e-3)


def test_a_band_does_not_close_where_few_draws_are_left():
    mean = np.array([0.5, 0.1, 0.01, 0.0005])
    variance = np.array([0.02, 0.01, 0.0, 0.0])  # chance has left none in the tail
    for draws in (500, 2000, 20_000):
        low, high = probit_band(mean, variance, 0.9, draws)
        alone = probit_band(mean, variance, 0.9)

        assert np.all((low < mean) & (mean < high))
        assert low[0] == pytest.approx(alone[0][0], abs=0.02)  # what is known well stays as it is
        assert high[2] < 0.1
    nothing_unknown = probit_band(mean, np.zeros(4), 0.9, 2000)
    assert np.array_equal(nothing_unknown, [mean, mean])


def test_a_band_holds_its_mean_however_skewed():
    mean = np.array([0.001, 0.5, 0.999])
    low, high = probit_band(mean, 0.9 * mean * (1.0 - mean), 0.9)

    assert np.all((low <= mean) & (mean <= high))


def test_band_without_variance_and_at_certainty_has_no_width():
    mean = np.array([0.0, 0.3, 1.0])
    low, high = probit_band(mean, np.array([0.1, 0.0, 0.1]), 0.9)

    assert np.array_equal(mean, low)
    assert np.array_equal(mean, high)
