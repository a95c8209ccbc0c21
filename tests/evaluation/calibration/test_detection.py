"""Detection times in the likelihood, against studies that are simulated person by person."""

from dataclasses import replace

import numpy as np
import pytest

from detectapi.evaluation.calibration import detection
from detectapi.evaluation.calibration.likelihood import Likelihood
from detectapi.evaluation.validation.outcomes import Forecaster, simulate
from detectapi.knowledge import catalog
from detectapi.knowledge.observations import observations

ROWS = {row.id: row for substance in ("oxycodone", "heroin") for row in observations(substance)}


def looked(row):
    """A row at the centre of the prior: the trial of a few people, and the spread of one specimen."""
    substance = row.study.substance
    ((term, trial),) = Likelihood(substance, (f"{substance}.clearance",), rows=[row]).forecasts([[0.0]])
    return trial, term.specimen_sd


def at_the_centre(row, repetitions=300):
    """Means of a study that is simulated again and again with the typical values of the data."""
    fixed = {name: np.zeros(repetitions) for name in catalog.substance(row.study.substance).parameters}
    return simulate([row], fixed, Forecaster(repetitions=repetitions, described=False))[0][0].sample


@pytest.mark.parametrize("name", ["cone2013-oxycodone", "cone2013-oxymorphone", "cone1996-morphine-12"])
def test_a_mean_time_is_expected_where_the_simulated_study_has_it(name):
    row = ROWS[name]
    middle = detection.middle(row, *looked(row))
    expected = float((middle.expected[:, 0] * detection.NODE_WEIGHTS).sum())
    sample = at_the_centre(row)

    # 12 people for the whole population, and specimens in the middle of each interval: 10 % of the mean.
    assert expected == pytest.approx(sample.mean(), rel=0.1)
    between = np.sqrt((middle.expected[:, 0] ** 2 * detection.NODE_WEIGHTS).sum() - expected**2)
    whole = np.hypot(between, (middle.sd[:, 0] * detection.NODE_WEIGHTS).sum())
    assert whole == pytest.approx(sample.std(), rel=0.35)


def test_a_mean_time_is_most_likely_near_what_is_expected():
    row = ROWS["cone2013-oxycodone"]
    trial, sd = looked(row)
    middle = detection.middle(row, trial, sd)
    expected = float((middle.expected[:, 0] * detection.NODE_WEIGHTS).sum())
    times = np.arange(10.0, 52.0, 1.0)
    likely = [detection.log_probability(replace(row, value=time), trial, sd)[0] for time in times]

    assert times[int(np.argmax(likely))] == pytest.approx(expected, abs=3.0)


def test_at_most_and_at_least_share_all_probability():
    row = ROWS["cone1996-morphine-12-2000"]
    trial, sd = looked(row)
    most = detection.log_probability(row, trial, sd)
    least = detection.log_probability(replace(row, statistic="at-least"), trial, sd)

    assert np.exp(most) + np.exp(least) == pytest.approx(1.0, abs=1e-9)


def test_after_hydrolysis_the_conjugates_count():
    row = ROWS["cone1996-morphine-12"]
    times = [detection.middle(one, *looked(one)).expected[2, 0] for one in (row, replace(row, hydrolysed=False))]

    assert times[0] > times[1] + 1.0


def test_nothing_is_seen_after_the_last_visit_of_a_study():
    row = ROWS["cone2013-noroxycodone"]
    times, never = detection.never_from(row, *looked(row))

    assert times[-1] < row.study.sampling.until_h
    assert (np.diff(never, axis=1) >= -1e-12).all()
    assert (never[:, -1] == 1.0).all()


def test_the_median_of_a_distribution_over_visits():
    cumulative = np.array([[[0.1], [0.4], [0.8], [1.0]]])

    assert detection._median(np.array([2.0, 6.0, 10.0, 14.0]), cumulative)[0, 0] == pytest.approx(7.0)
