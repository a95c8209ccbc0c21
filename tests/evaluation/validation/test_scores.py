import math

import numpy as np
import pytest

from detectapi.evaluation.validation import scores


def test_interval_score_is_the_width_when_the_interval_holds():
    assert scores.interval_score(2.0, 5.0, 3.0, 0.9) == 3.0


def test_interval_score_charges_twenty_times_what_is_missed():
    assert scores.interval_score(2.0, 5.0, 6.0, 0.9) == pytest.approx(3.0 + 20.0)
    assert scores.interval_score(2.0, 5.0, 1.5, 0.9) == pytest.approx(3.0 + 10.0)


def test_an_observed_interval_that_touches_the_forecast_misses_nothing():
    assert scores.interval_score(2.0, 5.0, (4.0, 9.0), 0.9) == 3.0
    assert scores.interval_score(2.0, 5.0, (5.5, 9.0), 0.9) == pytest.approx(3.0 + 10.0)


def test_crps_of_one_value_is_the_distance():
    assert scores.crps([3.0], 5.0) == 2.0


def test_crps_is_that_of_its_definition():
    sample, observed = np.array([1.0, 4.0, 4.0, 9.0]), 3.0
    slow = np.abs(sample - observed).mean() - 0.5 * np.abs(sample[:, None] - sample).mean()

    assert scores.crps(sample, observed) == pytest.approx(slow, rel=1e-12)


def test_crps_of_a_normal_sample_is_the_closed_form():
    sample = np.random.default_rng(1).standard_normal(40_000)
    closed = 2.0 * math.exp(-0.5) / math.sqrt(2.0 * math.pi) + math.erf(1.0 / math.sqrt(2.0)) - 1.0 / math.sqrt(math.pi)

    # The standard error of a mean of 40,000 absolute deviations is 0.003.
    assert scores.crps(sample, 1.0) == pytest.approx(closed, abs=0.012)


def test_pit_is_the_share_below_with_ties_by_half():
    assert scores.pit([1.0, 2.0, 3.0, 4.0], 2.5) == 0.5
    assert scores.pit([1.0, 2.0, 2.0, 4.0], 2.0) == 0.5
    assert scores.pit([1.0, 2.0, 3.0, 4.0], (1.5, 3.5)) == 0.5


def test_inside_counts_an_interval_of_which_any_part_is_in():
    sample = np.linspace(0.0, 100.0, 101)

    assert scores.inside(sample, 95.0, 0.9)
    assert not scores.inside(sample, 95.1, 0.9)
    assert scores.inside(sample, (95.0, 120.0), 0.9)
