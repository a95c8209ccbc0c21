"""Poles that coincide or nearly do, so that partial fractions divide by nearly zero."""

import numpy as np
import pytest
from every import every
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Moiety, Oracle, Path, Train, as_arrays
from regimens import oral

from detectapi.exponentials import crossings, respond
from detectapi.exponentials.near_equal_poles import divided_difference, group_near_equal

TIMES = np.array([0.02, 0.3, 1.0, 3.0, 8.0, 30.0, 90.0, 250.0])
GAPS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 3e-7, 1e-8, 1e-10, 1e-12, 1e-15, 0.0]


def near(pole, gap, fold):
    """A chain of one-compartment moieties and an absorption with `fold` poles spaced by a relative gap."""
    rates = [pole * (1.0 + gap * i) for i in range(3)] if fold > 2 else [pole, 1.7, 0.4]
    chain = tuple(Moiety(rate * volume, volume) for rate, volume in zip(rates, (20.0, 200.0, 150.0), strict=True))
    absorption = pole * (1.0 - gap) if fold in (2, 4) else 2.0
    return oral(moieties=chain, rate_constant=absorption, trains=(Train(100.0, -72.0, 0.0, 24.0, 4),))


def error(case):
    response = respond(*as_arrays([case]))
    truth = Oracle(case).concentrations(TIMES)
    counts = truth > 1e-9 * truth.max()
    return np.abs(response.concentration(TIMES)[:, 0] / truth - 1.0)[counts].max()


@every("fold", [2, 3, 4])
@every("gap", GAPS)
def test_near_equal_poles(gap, fold):
    # Above the switch partial fractions may lose 1e-10 per 1e6 of cancellation, below it the interpolation errs less.
    assert error(near(0.23, gap, fold)) < 1e-7


@pytest.mark.parametrize("gap", [0.0, 1e-9, 1e-4])
@pytest.mark.parametrize("which", range(4))
def test_a_second_system_as_fast_as_a_pole_of_the_first(gap, which):
    case = oral()
    pole = float(as_arrays([case])[0].dispositions[0].poles[which, 0]) * (1.0 + gap)
    assert error(oral(moieties=(case.moieties[0], Moiety(pole * 200.0, 200.0), case.moieties[2]))) < 1e-7


@pytest.mark.parametrize("gap", [0.0, 1e-9, 1e-5])
def test_one_path_coincides_and_another_does_not(gap):
    """What is done for the one must not touch the other: here a bolus beside an absorbed dose."""
    case = near(0.23, gap, 2)
    groups = (*case.groups, ((Train(5.0, -1.0),), 1.0, (Path((1.0, 0.0, 0.0)), Path((0.0, 0.3, 0.0), 0.23))))
    assert error(case.replace(groups=groups)) < 1e-7


def test_a_dose_into_the_second_of_two_equal_systems():
    case = oral(2, moieties=(Moiety(10.0, 50.0), Moiety(10.0, 50.0)))
    assert error(case.replace(groups=(((Train(3.0),), 0.5, (Path((0.0, 0.05)),)),))) < 1e-12


@pytest.mark.parametrize("fold", [2, 3, 4])
@pytest.mark.parametrize("gap", [0.0, 1e-8, 1e-3])
def test_crossings_of_near_equal_poles(gap, fold):
    case = near(0.23, gap, fold)
    response, truth = respond(*as_arrays([case])), Oracle(case)
    peak = response.concentration(np.linspace(0.0, 40.0, 400)).max()
    for level in (1e-5, 0.01, 0.5):
        first, last, safe = crossings(response, np.array([level * peak]))
        assert truth.concentration(last[0]) == pytest.approx(level * peak, rel=1e-7)
        if first[0] > 0.0:
            assert truth.concentration(first[0]) == pytest.approx(level * peak, rel=1e-6)
        assert bool(safe[0]) == (gap < 1e-6 or fold > 2)


def test_other_draws_keep_their_bits_beside_one_with_equal_poles():
    cases = [near(0.23, 0.0, 4), near(0.31, 0.3, 4), near(0.11, 0.2, 4)]
    together = respond(*as_arrays(cases))
    alone = respond(*as_arrays(cases[1:]))
    assert together.safe_route.tolist() == [True, False, False]
    assert (together.concentration(TIMES)[:, 1:] == alone.concentration(TIMES)).all()


def test_a_thousand_draws_with_equal_poles_are_like_one():
    chain, groups, void = as_arrays([near(0.23, 0.0, 3)] * 1000)
    response = respond(chain, groups, void)
    values = response.concentration(TIMES)
    assert response.safe_route.all()
    assert (values == values[:, :1]).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 5), st.floats(0.0, 0.01), st.integers(0, 2**32 - 1))
def test_divided_difference_of_an_exponential(fold, width, seed):
    rng = np.random.default_rng(seed)
    group = np.sort(1.0 + width * rng.random(fold))[:, np.newaxis]
    nodes, weights = divided_difference(group, np.array([np.inf]))
    time = 7.0
    # By the mean value theorem the divided difference is a derivative of exp(-p t) over a factorial, somewhere between.
    factorial = float(np.prod(np.arange(1, fold)))
    bounds = time ** (fold - 1) * np.exp(-group[[0, -1], 0] * time) / factorial
    value = (weights * np.exp(-nodes * time)).sum()
    # The weights of five equal poles are about 1e7 times what is left of them here.
    assert bounds[1] * (1.0 - 2e-8) <= value <= bounds[0] * (1.0 + 2e-8)


def test_groups_are_far_apart_next_to_their_width():
    groups = group_near_equal(np.array([0.01, 0.1, 0.1000001, 0.1000003, 1.0, 1.0, 7.0]))
    assert [group.tolist() for group in groups] == [[0], [1, 2, 3], [4, 5], [6]]
