"""The truth that the other tests compare with, against two other people's matrix exponentials."""

import mpmath
import numpy as np
import pytest
import scipy.linalg
from oracle import Oracle, Path, Train, exponential, with_many_digits
from regimens import oral

MATRICES = [
    np.array([[-1.0, 2.0, 0.0], [0.5, -3.0, 0.1], [0.0, 1.0, -0.2]]),
    np.array([[-20.0, 0.0], [20.0, -1e-3]]) * 50.0,
    np.array([[-0.3, 0.0, 0.0], [0.3, -0.3, 0.0], [0.0, 0.3, -0.3]]) * 4.0,  # defective: one eigenvector
    np.zeros((2, 2)),
]


@pytest.mark.parametrize("matrix", MATRICES)
def test_exponential_agrees_with_scipy(matrix):
    # scipy is good to a few 1e-16 of the norm, times the squarings it needs (about 10 here).
    assert np.abs(exponential(matrix).astype(float) - scipy.linalg.expm(matrix)).max() < 1e-13


@pytest.mark.parametrize("matrix", MATRICES)
def test_exponential_agrees_with_mpmath(matrix):
    with mpmath.workdps(40):
        many = np.array(mpmath.expm(mpmath.matrix(matrix.tolist())).tolist(), dtype=float)
    # Long double leaves 1e-19 per squaring; the result is read as a double.
    assert np.allclose(exponential(matrix).astype(float), many, rtol=1e-13, atol=1e-17)


@pytest.mark.parametrize(
    "time", [0.3, pytest.param(2.0, marks=pytest.mark.slow), pytest.param(5.0, marks=pytest.mark.slow), 40.0]
)
def test_stepping_agrees_with_dose_by_dose(time):
    case = oral(trains=(), lag_time=0.1)
    groups = (
        ((Train(50.0, -30.0, 0.0, 12.0, 3), Train(20.0, -1.0)), 1.2, (Path((0.2, 0.1, 0.0), 0.8, 0.2, 1.0),)),
        ((Train(10.0, -0.5, 0.5),), 1.0, (Path((1.0, 0.0, 0.0)),)),
    )
    case = case.replace(groups=groups)
    assert Oracle(case).concentration(time) == pytest.approx(float(with_many_digits(case, time)), rel=1e-13)
