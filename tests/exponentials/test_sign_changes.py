import numpy as np
from exponential_sums import curve, sums
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detectapi.exponentials.sign_changes import never_above, repeated_sums, zeros_at_most


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
    """The curve of a second system after its crossing, of which Laguerre's own rule is not sure."""
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
