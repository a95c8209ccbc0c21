import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Oracle, Path, Train, as_arrays
from regimens import oral

from detectapi.exponentials.chain import Source
from detectapi.exponentials.schedule import Schedule
from detectapi.exponentials.subtraction_free import (
    concentration_of_inputs,
    concentration_of_trains,
    matrix_exponential,
)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 8), st.floats(-6.0, 4.0), st.integers(0, 2**32 - 1))
def test_exponential_agrees_with_scipy(size, scale, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.lognormal(0.0, 1.0, (3, size, size)) * np.exp(scale)
    matrix -= np.eye(size) * (matrix.sum(axis=1).max(axis=1)[:, None, None] + 0.1)
    ours, theirs = matrix_exponential(matrix), np.array([scipy.linalg.expm(one) for one in matrix])
    # Both round once per squaring; scipy relative to the norm, which is at most 1 here.
    assert np.abs(ours - theirs).max() < 1e-11
    assert (ours >= 0.0).all()


def test_every_entry_keeps_its_digits():
    # A chain of 6 equal steps of rate 1: entry (5, 0) is t^5 exp(-t)/120, here 1e-32 of the largest.
    matrix = (np.diag(np.ones(5), -1) - np.eye(6))[np.newaxis]
    time = 1e-6
    value = matrix_exponential(matrix * time)[0, 5, 0]
    assert value == pytest.approx(time**5 * np.exp(-time) / 120.0, rel=1e-14)


CASES = {
    "oral": oral(),
    "infusion": oral().replace(groups=(((Train(30.0, -2.0, 2.0),), 1.0, (Path((1.0, 0.1, 0.0)),)),)),
    "release into a depot": oral().replace(
        groups=(((Train(30.0, -1.0),), 1.0, (Path((0.2, 0.1, 0.0), 0.4, 0.3, 6.0),)),)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_dose_by_dose_agrees_with_the_oracle(name):
    case = CASES[name]
    chain, groups, void = as_arrays([case])
    path, train = groups[0].absorptions[0], case.groups[0][0][0]
    source = Source(chain, path.delivered, path.rate_constant, None)
    length = max(train.duration, path.release_duration)
    doses = [(train.start + path.lag_time + length, length, np.array([train.amount]))]
    for time in (0.001, 0.4, 1.0, 2.5, 4.0, 7.0, 50.0):
        ours = concentration_of_inputs(source, doses, np.array([0]), np.array([time]), void)
        assert ours[0] == pytest.approx(Oracle(case).concentration(time), rel=1e-11)


@pytest.mark.parametrize("length", [0.0, 2.0])
@pytest.mark.parametrize("count", [1, 2, 7, 64, 90])
def test_trains_agree_with_their_doses_one_by_one(length, count):
    case = CASES["oral"]
    chain, groups, void = as_arrays([case] * 3)
    path = groups[0].absorptions[0]
    source = Source(chain, path.delivered, path.rate_constant, None)
    draws, void = np.arange(3), np.array([0.5, 9.0, 30.0])
    every, amount = 8.0, 30.0
    schedule = Schedule(
        *np.array([[amount, 1.0, length, every], [2.0 * amount, -3.0, length, every]]).T, np.array([1, count])
    )
    doses = [(1.0, length, amount), *((-3.0 - back * every, length, 2.0 * amount) for back in range(count))]
    for time in (0.0, 0.4, 2.5, 7.0, 500.0):
        together, one_by_one = (
            concentration_of(source, what, draws, np.full(3, time), void)
            for concentration_of, what in ((concentration_of_trains, schedule), (concentration_of_inputs, doses))
        )
        assert together == pytest.approx(one_by_one, rel=1e-12)
