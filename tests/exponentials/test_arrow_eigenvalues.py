"""Closed forms against LAPACK, for matrices that LAPACK has no trouble with."""

import numpy as np
import pytest

from detectapi.exponentials.arrow_eigenvalues import _cosines_of_third, eigenvalues_three_arms, eigenvalues_two_arms


def eigenvalues(centre, arms, weights):
    m, n = arms.shape
    matrix = np.zeros((n, m + 1, m + 1))
    matrix[:, 0, 0] = centre
    for j in range(m):
        matrix[:, j + 1, j + 1] = arms[j]
        matrix[:, j + 1, 0] = np.sqrt(weights[j])
    return np.linalg.eigvalsh(matrix).T


@pytest.mark.parametrize(("closed_form", "arms"), [(eigenvalues_two_arms, 2), (eigenvalues_three_arms, 3)])
def test_roots_are_eigenvalues(closed_form, arms):
    rng = np.random.default_rng(1)
    # Any arrow matrix will do, its diagonal below zero too.
    data = rng.normal(0.0, 2.0, 5000), rng.normal(0.0, 2.0, (arms, 5000)), rng.lognormal(0.0, 1.0, (arms, 5000))
    result, expected = closed_form(*data), eigenvalues(*data)
    assert (np.diff(result, axis=0) >= 0.0).all()
    error = np.abs(result - expected).max(axis=0) / np.abs(expected).max(axis=0)
    # Two roots a fraction d apart come out with eps/d: one in thousands is that close.
    assert np.median(error) < 1e-15
    assert error.max() < 1e-9


def test_symmetric_about_the_mean():
    # Three arms that mirror each other: the smallest sum of two roots is zero, and so is what it is computed from.
    result = eigenvalues_three_arms(np.array([3.0]), np.array([[2.0], [4.0], [3.0]]), np.ones((3, 1)))[:, 0]
    assert result == pytest.approx(6.0 - result[::-1], rel=1e-14)
    assert result == pytest.approx(eigenvalues(np.array([3.0]), np.array([[2.0], [4.0], [3.0]]), np.ones((3, 1)))[:, 0])


def test_a_cosine_that_rounding_puts_beyond_one_is_one():
    for cosine in (1.0, -1.0):
        exact = _cosines_of_third(np.array([cosine]))
        beyond = _cosines_of_third(np.array([np.nextafter(cosine, 2.0 * cosine)]))
        assert np.array_equal(np.array(beyond), np.array(exact))
