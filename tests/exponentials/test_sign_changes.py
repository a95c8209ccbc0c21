import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detectapi.exponentials.sign_changes import never_above, repeated_sums, zeros_at_most
from detectapi.exponentials.slope_bound_search import SlopeWeights, slope_bounds


@st.composite
def sums(draw, terms=6):
    """Ascending poles, a constant and coefficients of either sign and any size."""
    k = draw(st.integers(1, terms))
    poles = np.sort(np.exp([draw(st.floats(-4.0, 3.0)) for _ in range(k)]))
    sizes = [draw(st.floats(-5.0, 3.0)) for _ in range(k + 1)]
    signs = [draw(st.sampled_from([-1.0, 1.0])) for _ in range(k + 1)]
    values = np.exp(sizes) * signs
    return poles[:, None], values[:1], values[1:, None]


def curve(poles, constant, terms):
    times = np.concatenate([np.geomspace(1e-6, 1e5, 20000)])
    return constant[0] + (terms * np.exp(-poles * times)).sum(axis=0)


def changes(values, size):
    clear = values[np.abs(values) > 1e-12 * size]
    return np.count_nonzero(np.diff(np.sign(clear)))


@settings(max_examples=70, deadline=None)
@given(sums(), st.integers(1, 6))
def test_no_more_zeros_than_sign_changes_at_any_order(some, order):
    poles, constant, terms = some
    assume(order <= len(poles))
    rows = np.array([row[0] for row in repeated_sums(poles, constant, terms, order)])
    assert len(rows) == len(poles) + 1
    rows[np.abs(rows) < 1e-13 * np.abs(rows).max()] = 0.0
    signs = np.sign(rows[rows != 0.0])
    assert changes(curve(*some), np.abs(terms).sum()) <= np.count_nonzero(np.diff(signs))


@settings(max_examples=70, deadline=None)
@given(sums())
def test_the_bound_of_zeros_holds(some):
    assert changes(curve(*some), np.abs(some[2]).sum()) <= zeros_at_most(*some)[0]


@settings(max_examples=70, deadline=None)
@given(sums())
def test_what_is_said_never_to_be_above_zero_is_not(some):
    poles, constant, terms = some
    if never_above(poles, constant, terms)[0]:
        assert curve(*some).max() <= 1e-12 * np.abs(terms).sum()


def test_the_first_order_is_laguerre_s_rule():
    poles, terms = np.array([[1.0], [2.0], [3.0]]), np.array([[5.0], [-7.0], [4.0]])
    rows = repeated_sums(poles, np.array([-1.0]), terms, 1)
    assert [row[0] for row in rows] == [-1.0, 4.0, -3.0, 1.0]


def test_close_poles_of_opposite_sign_are_decided():
    """A metabolite's curve after its crossing, of which Laguerre's own rule is not sure."""
    poles, constant = np.array([[0.05], [0.30], [0.33], [1.5]]), np.array([-0.6])
    terms = np.array([[0.5], [40.0], [-38.0], [-2.0]]) * np.exp(-poles * 14.0)
    assert max(row[0] for row in repeated_sums(poles, constant, terms, 1)) > 0.0
    assert never_above(poles, constant, terms)[0]


def test_many_draws_are_each_decided_on_their_own():
    rng = np.random.default_rng(8)
    poles = np.sort(rng.lognormal(-1, 1.5, (6, 300)), axis=0)
    terms, constant = rng.normal(0, 1, (6, 300)) * rng.lognormal(0, 2, (6, 300)), -rng.lognormal(-1, 1, 300)
    together = zeros_at_most(poles, constant, terms)
    alone = [zeros_at_most(poles[:, [i]], constant[[i]], terms[:, [i]])[0] for i in range(300)]
    assert together.tolist() == alone


@settings(max_examples=70, deadline=None)
@given(sums(), st.floats(-6.0, 5.0).map(np.exp))
def test_slope_bounds_enclose_the_slope(some, span):
    poles, level, slopes = some
    low, high = slope_bounds(SlopeWeights.of(poles), level, slopes, np.array([span]))
    times = np.linspace(0.0, span, 2001)
    values = level + (slopes * np.exp(-poles * times)).sum(axis=0)
    slack = 1e-12 * (np.abs(slopes).sum() + np.abs(level[0]))
    assert low[0] - slack <= values.min()
    assert values.max() <= high[0] + slack


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-3])
def test_slope_bounds_do_not_suffer_from_close_poles(gap):
    poles, slopes = np.array([[0.3], [0.3 * (1.0 + gap)]]), np.array([[1e6], [-1e6 + 1.0]])
    low, high = slope_bounds(SlopeWeights.of(poles), 0.0, slopes, np.array([2.0]))
    assert high[0] - low[0] <= 1.5 + 1e6 * gap
