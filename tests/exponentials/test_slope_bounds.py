"""Bounds of a slope against the slope itself at many times."""

import numpy as np
import pytest
from exponential_sums import sums
from hypothesis import given, settings
from hypothesis import strategies as st

from detectapi.exponentials.slope_bounds import SlopeWeights, bounds_by_partial_sums, bounds_by_taylor


def by_partial_sums(poles, level, slopes, width):
    return bounds_by_partial_sums(SlopeWeights.of(poles), level, slopes, width)


WIDTHS = st.floats(-6.0, 5.0).map(np.exp)


@pytest.mark.parametrize("bounds", [by_partial_sums, bounds_by_taylor])
@settings(max_examples=70, deadline=None)
@given(sums(), WIDTHS)
def test_bounds_enclose_the_slope(bounds, some, width):
    poles, level, slopes = some
    low, high = bounds(poles, level, slopes, np.array([width]))
    times = np.linspace(0.0, width, 2001)
    values = level + (slopes * np.exp(-poles * times)).sum(axis=0)
    # Rounding is relative to the terms, which in a Taylor polynomial are powers of up to (pole times width)^11 / 11!.
    largest = max(1.0, float((poles[-1, 0] * width) ** 11 / 4e7)) if bounds is bounds_by_taylor else 1.0
    slack = 1e-12 * largest * (np.abs(slopes).sum() + np.abs(level[0]))
    assert low[0] - slack <= values.min()
    assert values.max() <= high[0] + slack


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-3])
def test_bounds_by_partial_sums_do_not_suffer_from_two_close_poles(gap):
    poles, slopes = np.array([[0.3], [0.3 * (1.0 + gap)]]), np.array([[1e6], [-1e6 + 1.0]])
    low, high = by_partial_sums(poles, 0.0, slopes, np.array([2.0]))
    assert high[0] - low[0] <= 1.5 + 1e6 * gap


def test_bounds_by_taylor_do_not_suffer_from_many_terms_that_cancel():
    # A fourth difference of exp(-p x) over p: terms of 1e8 whose sum is x^4 exp(-p x) times 1e-8 of them.
    poles = 0.3 * (1.0 + 0.01 * np.arange(5.0))[:, np.newaxis]
    slopes = np.array([[1.0], [-4.0], [6.0], [-4.0], [1.0]]) / (0.003**4)
    width = np.array([0.3])
    truth = width**4 * np.exp(-0.3 * width)
    low, high = bounds_by_taylor(poles, 0.0, slopes, width)
    assert (high - low)[0] <= 3.0 * truth[0]
    low, high = by_partial_sums(poles, 0.0, slopes, width)
    assert (high - low)[0] > 1e4 * truth[0]
