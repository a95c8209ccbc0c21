"""A draw's numbers are its own: to the last bit, whatever draws stand beside it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Moiety, Path, Train, as_arrays
from regimens import cases, oral, population

from detectapi.exponentials import crossings, respond

TIMES = np.array([0.0, 0.01, 1.0, 5.0, 50.0])


def alone_and_together(people, level):
    """Assert that each draw has the same concentrations and crossings alone as among all."""
    together = respond(*as_arrays(people))
    if together.safe_route.any():
        return
    curves = together.concentration(TIMES)
    cutoff = level * curves.max(axis=0) + 1e-250
    result = crossings(together, cutoff)
    for i, person in enumerate(people):
        alone = respond(*as_arrays([person]))
        assert (alone.concentration(TIMES)[:, 0] == curves[:, i]).all()
        for whole, one in zip(result, crossings(alone, cutoff[i : i + 1]), strict=True):
            assert whole[i] == one[0]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_concentrations_of_draws_with_equal_poles(depth):
    equal = Moiety(10.0, 50.0)
    case = oral(depth, rate_constant=0.2, moieties=(equal,) * 3, trains=(Train(100.0, -48.0, 0.0, 24.0, 3), Train(7.0)))
    people = with_voids(case, 9, seed=5, cv=1e-9)
    together = respond(*as_arrays(people))
    assert together.safe_route.all()
    curves = together.concentration(TIMES)
    for i, person in enumerate(people):
        assert (respond(*as_arrays([person])).concentration(TIMES)[:, 0] == curves[:, i]).all()


def with_voids(case, n, seed, cv=0.3):
    voids = np.random.default_rng(seed).uniform(0.25, 24.0, n)
    people = population(case, n, cv, seed)
    return [person.replace(void=float(void)) for person, void in zip(people, voids, strict=True)]


RELEASED = {
    "releases that overlap": oral(trains=(Train(100.0, -60.0, 0.0, 12.0, 6),)).replace(
        groups=(((Train(100.0, -60.0, 0.0, 12.0, 6),), 1.0, (Path((0.2, 0.0, 0.0), 0.5, 0.0, 24.0),)),)
    ),
    "infusions that overlap": oral(1).replace(
        groups=(((Train(10.0, -30.0, 20.0, 5.0, 3), Train(5.0, -9.0, 9.0)), 1.0, (Path((1.0,)),)),)
    ),
    "a short infusion": oral(2).replace(
        groups=(((Train(35.0, -84.67, 0.67, 84.0, 2), Train(5.0, -6.0, 1.0)), 1.0, (Path((1.0, 0.0)),)),)
    ),
}


@pytest.mark.parametrize("name", RELEASED)
@pytest.mark.parametrize("level", [1e-3, 0.3, 0.9])
def test_inputs_of_some_length_in_voids_of_different_length(name, level):
    # A dose that is old in one draw is still in the void of its neighbour.
    alone_and_together(with_voids(RELEASED[name], 12, seed=2), level)


@pytest.mark.slow
def test_a_neighbour_whose_step_leaves_its_bracket():
    # Half of these rise so late that their first steps overshoot; the other half must not notice.
    slow = Moiety(0.5, 300.0, (20.0,), (40.0,))
    path = Path((0.3,), 0.08, 0.1, 2.0)
    case = oral(1, moieties=(slow,)).replace(groups=(((Train(40.0, -30.0, 0.0, 4.0, 7), Train(2.0)), 1.0, (path,)),))
    for seed in range(12):
        people = population(case, 8, cv=1.0, seed=seed)
        for level in (0.2, 0.7, 0.99):
            alone_and_together(people, level)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(0, 1000), st.sampled_from([1e-3, 0.1, 0.7, 0.999]))
def test_any_model_and_regimen(case, seed, level):
    alone_and_together([case, *with_voids(case, 5, seed)], level)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(0, 1000), st.sampled_from([1e-3, 0.1, 0.7, 0.999]))
def test_any_model_and_regimen_at_length(case, seed, level):
    alone_and_together([case, *with_voids(case, 5, seed)], level)
