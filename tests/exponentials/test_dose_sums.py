import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectapi.exponentials.dose_sums import average_decay, sum_past, sum_recent
from detectapi.exponentials.schedule import Schedule, recent_inputs

POLES = np.array([[1e-3, 2e-3, 0.4], [0.3, 0.05, 0.5], [13.0, 7.0, 9.0]])
VOID = np.array([0.5, 3.5, 12.0])


def schedule(*rows):
    """Rows (amount, end of the last input, length, every, count), in the order of ends."""
    table = np.array(sorted(rows, key=lambda row: row[1]), dtype=float).reshape(-1, 5).T
    return Schedule(*table[:4], table[4].astype(int))


def one_by_one(plan, draw):
    """(end, length, amount) of every single dose."""
    return [
        (end - back * every, length, amount)
        for amount, end, length, every, count in plan.trains()
        for back in range(count)
    ]


def plain_sum_past(plan):
    total = np.zeros_like(POLES)
    for draw, void in enumerate(VOID):
        for end, length, amount in one_by_one(plan, draw):
            if end + void <= 0.0:
                p = POLES[:, draw]
                total[:, draw] += amount * (average_decay(p * length) if length else 1.0) * np.exp(p * (end + void))
    return total


TRAINS = st.tuples(
    st.floats(0.01, 100.0),
    st.sampled_from([0.0, 1.0, -0.5, -1.0, -3.5, -12.0, -40.0, -0.7 + 0.2]),
    st.sampled_from([0.0, 0.05, 2.0]),
    st.sampled_from([0.1, 0.5, 3.5, 24.0]),
    st.sampled_from([1, 1, 2, 7, 60]),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(TRAINS, min_size=1, max_size=6))
def test_every_input_is_either_recent_or_past(rows):
    plan = schedule(*rows)
    doses = recent_inputs(plan, VOID)
    recent_amount = sum(np.broadcast_to(dose.amount, 3) for dose in doses)
    for draw, void in enumerate(VOID):
        expected = sum(amount for end, _, amount in one_by_one(plan, draw) if end + void > 1e-12)
        borderline = sum(amount for end, _, amount in one_by_one(plan, draw) if abs(end + void) <= 1e-12)
        assert expected - 1e-9 <= np.broadcast_to(recent_amount, 3)[draw] <= expected + borderline + 1e-9
    assert all(np.diff([dose.end for dose in doses]) >= 0.0)
    # A dose on the border may fall on either side, with the same result; sums over trains round 60 times.
    past = sum_past(POLES, plan, VOID)
    whole = plain_sum_past(plan) * np.exp(-POLES * (40.0 + VOID))
    ours = (0.0 if past is None else past) * np.exp(-POLES * (40.0 + VOID))
    for draw, void in enumerate(VOID):
        for end, length, amount in one_by_one(plan, draw):
            if end + void > 0.0:
                p = POLES[:, draw]
                whole[:, draw] += amount * (average_decay(p * length) if length else 1.0) * np.exp(-p * (40.0 - end))
    ours = ours + sum_recent(POLES, doses, 40.0)
    assert np.allclose(ours, whole, rtol=1e-12, atol=0.0)


def test_a_long_irregular_list_is_the_sum_of_its_doses():
    rng = np.random.default_rng(6)
    ends = -np.sort(rng.uniform(20.0, 5000.0, 700))[::-1]
    plan = schedule(*[(a, e, 0.0, 24.0, 1) for a, e in zip(rng.uniform(0.1, 50.0, 700), ends, strict=True)])
    assert np.allclose(sum_past(POLES, plan, VOID), plain_sum_past(plan), rtol=1e-12, atol=0.0)


def test_a_long_list_of_infusions_of_any_length():
    rng = np.random.default_rng(7)
    ends = -np.sort(rng.uniform(20.0, 900.0, 200))[::-1]
    plan = schedule(*[(1.0, e, d, 24.0, 1) for d, e in zip(rng.uniform(0.0, 3.0, 200), ends, strict=True)])
    assert np.allclose(sum_past(POLES, plan, VOID), plain_sum_past(plan), rtol=1e-12, atol=0.0)


def test_a_tiny_last_dose_does_not_hide_the_large_ones_before_it():
    plan = schedule((1e6, -200.0, 0.0, 24.0, 1), (1e6, -190.0, 0.0, 24.0, 1), (1e-6, -20.0, 0.0, 24.0, 1))
    assert np.allclose(sum_past(POLES, plan, VOID), plain_sum_past(plan), rtol=1e-13, atol=0.0)


@pytest.mark.parametrize("pole", [1e-13, 1e-8, 1e-3, 2.0])
def test_trains_to_the_last_digits_for_any_pole(pole):
    plan = schedule((1.0, -30.0, 0.0, 24.0, 1000))
    with mpmath.workdps(40):
        p = mpmath.mpf(pole)
        truth = mpmath.exp(-p * 26) * (1 - mpmath.exp(-p * 24 * 1000)) / (1 - mpmath.exp(-p * 24))
    assert sum_past(np.array([[pole]]), plan, np.array([4.0]))[0, 0] == pytest.approx(float(truth), rel=1e-14)


def test_single_column_sums_like_one_of_many():
    rng = np.random.default_rng(6)
    plan = schedule(*[(1.0, e, 0.0, 24.0, 1) for e in -np.sort(rng.uniform(20.0, 900.0, 300))[::-1]])
    together = sum_past(POLES, plan, VOID)
    alone = [sum_past(POLES[:, [i]], plan, VOID[[i]])[:, 0] for i in range(3)]
    assert (together.T == np.array(alone)).all()


def test_the_average_decay_at_its_limits():
    x = np.array([0.0, 1e-300, 1e-9, 1.0, 800.0])
    assert np.allclose(
        average_decay(x), [1.0, 1.0, 1.0 - 0.5e-9, 1.0 - np.exp(-1.0), 1.0 / 800.0], rtol=1e-15, atol=0.0
    )


def test_without_past_inputs_their_sum_is_none():
    assert sum_past(POLES, schedule((1.0, 0.0, 0.0, 24.0, 1)), VOID) is None
    assert recent_inputs(schedule((1.0, -13.0, 0.0, 24.0, 1)), VOID) == []
