import numpy as np
import pytest

from detectapi.exponentials.values_at_times import FEWEST_REGULAR, fill_values, is_regular

RNG = np.random.default_rng(12)
POLES = np.sort(RNG.lognormal(-2.0, 2.0, (7, 30)), axis=0)
COEFFICIENTS = RNG.normal(0.0, 3.0, (7, 30))
START = RNG.uniform(1.0, 45.0, 30)


def plain(time):
    since = time[:, None, None] - START
    return (COEFFICIENTS * np.exp(-POLES * since)).sum(axis=1)


@pytest.mark.parametrize(
    "time", [np.arange(0.0, 337.0), np.linspace(3.0, 2000.0, 65), np.geomspace(50.0, 900.0, 41), np.array([60.0])]
)
def test_curves_are_the_plain_sums(time):
    values = np.empty((30, len(time))).T
    fill_values(time, POLES, COEFFICIENTS, START, values)
    late = time[:, None] >= START
    since = np.maximum(time[:, None, None] - START, 0.0)
    terms = (np.abs(COEFFICIENTS) * np.exp(-POLES * since)).sum(axis=1)
    # Rounding is relative to the terms, and to the exponents, which are up to about 100 where a term counts.
    with np.errstate(over="ignore", invalid="ignore"):
        off = np.abs(values - plain(time)) / terms
    assert off[late].max() < 3e-14


def test_what_counts_as_regular():
    assert is_regular(np.arange(0.0, FEWEST_REGULAR + 0.0))
    assert is_regular(np.linspace(0.0, 24.0, 97))
    assert not is_regular(np.arange(0.0, FEWEST_REGULAR - 1.0))
    assert not is_regular(np.zeros(100))
    uneven = np.arange(0.0, 100.0)
    uneven[50] += 1e-9
    assert not is_regular(uneven)
