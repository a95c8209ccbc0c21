"""Concentrations against the matrix exponential: any model and regimen, then each numerical hazard by name.

The bar: 1e-6 relative wherever the concentration exceeds 1e-9 of its peak, and 1e-300: below 1e-308 doubles have fewer digits.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Moiety, Oracle, Path, Train, as_arrays, with_many_digits
from regimens import FOUND, SECOND, THIRD, cases, oral, population

from detectapi.exponentials import Absorption, Chain, Doses, mix, respond
from detectapi.exponentials.response import MOST_TRAINS_RECOMPUTED

BAR = 1e-6
FAINT = 1e-9
SMALLEST = 1e-300


def response_of(*people):
    return respond(*as_arrays(people))


def worst_error(case, times):
    """Largest relative error where the concentration counts."""
    times = np.unique(times)
    truth = Oracle(case).concentrations(times)
    ours = response_of(case).concentration(times)[:, 0]
    counts = truth > max(FAINT * truth.max(), SMALLEST)
    return np.abs(ours[counts] / truth[counts] - 1.0).max(initial=0.0)


def times_for(case, start):
    """Early, around the corners and late."""
    return np.concatenate(
        [[0.0, 1e-3, 0.02, 0.3], start * np.array([0.3, 0.7, 0.99, 1.0, 1.5]), start + [0.1, 5.0, 60.0, 900.0]]
    )


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(cases())
def test_any_model_and_regimen(case):
    assert worst_error(case, times_for(case, response_of(case).tail_start[0])) < BAR


@pytest.mark.parametrize("case", FOUND)
def test_what_was_found_once_is_right_with_a_margin(case):
    assert worst_error(case, times_for(case, response_of(case).tail_start[0])) < 1e-3 * BAR


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(cases(wide=True))
def test_any_model_and_regimen_at_length(case):
    assert worst_error(case, times_for(case, response_of(case).tail_start[0])) < BAR


def test_ordinary_people_to_1e_9():
    # Where the concentration is above a tenth of an ordinary cutoff, random parameters leave only rounding.
    for case in population(oral(trains=(Train(200.0, -24.0 * 9, 0.0, 24.0, 10),)), 25):
        assert worst_error(case, np.array([0.0, 1.0, 4.0, 12.0, 48.0, 150.0])) < 1e-9


MP_CASES = {
    "absorbed, third system": (oral(), (0.01, 0.5, 4.0, 100.0)),
    "100-day tail": (oral(trains=(Train(200.0, -24.0 * 4, 0.0, 24.0, 5),)), (2400.0,)),
    "infusion": (oral(1).replace(groups=(((Train(100.0, -0.7, 0.7),), 1.0, (Path((1.0,)),)),)), (0.0, 1.0, 30.0)),
    "absorption rate equal to a pole of the second system": (oral(2, 0.3), (0.2, 6.0, 60.0)),
    "three equal poles": (
        oral(moieties=(Moiety(60.0, 200.0), SECOND, Moiety(45.0, 150.0)), rate_constant=0.3),
        (1.0, 40.0),
    ),
    "poles six orders apart": (
        oral(2, 50.0, moieties=(Moiety(0.01, 20.0, (500.0,), (200.0,)), SECOND)),
        (0.05, 2000.0),
    ),
}


@pytest.mark.parametrize("name", MP_CASES)
def test_against_many_digits(name):
    case, times = MP_CASES[name]
    ours = response_of(case).concentration(np.array(times))[:, 0]
    truth = np.array([float(with_many_digits(case, t)) for t in times])
    assert np.allclose(ours, truth, rtol=1e-8, atol=0.0)


HAZARDS = {
    "long infusion, fast pole": oral(1).replace(groups=(((Train(500.0, -72.0, 72.0),), 1.0, (Path((1.0,)),)),)),
    "release that outlasts time 0": oral().replace(
        groups=(((Train(200.0, -1.0),), 1.0, (Path((0.2, 0.1, 0.0), 0.4, 2.0, 24.0),)),)
    ),
    "lag after time 0": oral(lag_time=6.0),
    "90 doses": oral(trains=(Train(400.0, -24.0 * 89, 0.0, 24.0, 90),)),
    "many doses within one void": oral(trains=(Train(10.0, -24.75, 0.0, 0.25, 100),), void=12.0),
    "infusions that overlap": oral(1).replace(groups=(((Train(10.0, -30.0, 20.0, 5.0, 3),), 1.0, (Path((1.0,)),)),)),
    "weak deep compartment": oral(
        moieties=(Moiety(79.0, 20.0, (120.0, 60.0, 1e-6), (40.0, 190.0, 100.0)), SECOND, THIRD)
    ),
    "equal return rates": oral(
        moieties=(Moiety(79.0, 20.0, (40.0, 80.0, 20.0), (40.0, 80.0, 20.0)), SECOND, THIRD)
    ),
    "tiny infusion time": oral(2).replace(groups=(((Train(50.0, -1e-4, 1e-4),), 1.0, (Path((1.0, 0.0)),)),)),
    "into later systems": oral().replace(groups=(((Train(50.0),), 1.0, (Path((0.0, 0.5, 0.1), 1.1), Path((0.3, 0.0, 0.0)),)),)),
}  # fmt: skip


@pytest.mark.parametrize("name", HAZARDS)
def test_hazard(name):
    case = HAZARDS[name]
    times = [0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 3.5, 4.0, 7.0, 10.0, 25.0, 30.0, 100.0, 500.0, 2400.0]
    assert worst_error(case, np.array(times)) < BAR


def test_the_first_minutes_in_the_third_system():
    # The concentration is here 1e-18 to 1e-6 of its peak, a difference of terms 1e5 times that peak.
    case, times = oral(), np.array([1e-4, 1e-3, 0.01, 0.03, 0.1])
    truth = Oracle(case).concentrations(times)
    assert np.allclose(response_of(case).concentration(times)[:, 0], truth, rtol=BAR, atol=0.0)


def test_many_irregular_doses():
    rng = np.random.default_rng(2)
    starts = -np.sort(rng.uniform(0.0, 2000.0, 150))[::-1]
    doses = tuple(Train(float(a), float(t)) for a, t in zip(rng.uniform(1, 100, 150), starts, strict=True))
    assert worst_error(oral(trains=doses), np.array([0.0, 1.0, 5.0, 40.0, 400.0])) < 1e-10


def test_a_train_is_the_sum_of_its_doses():
    train = oral(trains=(Train(50.0, -500.0, 0.0, 5.0, 101),))
    listed = oral(trains=tuple(Train(50.0, -500.0 + 5.0 * j) for j in range(101)))
    times = np.array([0.0, 1.0, 3.0, 20.0, 300.0])
    # The closed form and a hundred additions round differently.
    assert np.allclose(
        response_of(train).concentration(times), response_of(listed).concentration(times), rtol=1e-12, atol=0.0
    )


def test_scale_is_an_amount_per_draw():
    (chain, groups, void) = as_arrays([oral(), oral()])
    doubled = [groups[0]._replace(scale=np.array([1.0, 2.0]))]
    times = np.array([0.5, 3.0, 60.0])
    values = respond(chain, doubled, void).concentration(times)
    assert np.allclose(values[:, 1], 2.0 * values[:, 0], rtol=1e-14, atol=0.0)


def test_no_doses_no_concentration():
    chain, _, void = as_arrays([oral(), oral()])
    nobody = Doses(*(np.empty(0) for _ in range(4)), np.empty(0, dtype=int), None, (Absorption(np.ones((3, 2)), None),))
    for groups in ([], [nobody]):
        assert (respond(chain, groups, void).concentration([0.0, 1.0, 100.0]) == 0.0).all()


def test_a_path_that_delivers_nothing_is_nothing():
    chain, groups, void = as_arrays([oral(), oral()])
    empty = Absorption(np.zeros((3, 2)), np.array([1.0, 2.0]), 0.5)
    more = [groups[0]._replace(absorptions=(*groups[0].absorptions, empty))]
    times = np.array([0.1, 5.0, 70.0])
    same = respond(chain, groups, void).concentration(times)
    assert np.allclose(respond(chain, more, void).concentration(times), same, rtol=1e-12, atol=0.0)


def test_a_mixture_is_the_weighted_sum():
    people = population(oral(trains=(Train(100.0, -48.0, 0.0, 24.0, 3),)), 6)
    chain, groups, void = as_arrays(people)
    parts = [respond(chain, groups, void)]
    parent = groups[0]._replace(absorptions=tuple(a._replace(delivered=a.delivered[:1]) for a in groups[0].absorptions))
    parts.append(respond(Chain(chain.dispositions[:1], ()), [parent], void))
    weights = [np.linspace(1.0, 2.0, 6), np.full(6, 0.02)]
    times = np.array([0.0, 1e-3, 0.4, 3.0, 8.0, 200.0])
    expected = sum(w * part.concentration(times) for w, part in zip(weights, parts, strict=True))
    assert np.allclose(mix(parts, weights).concentration(times), expected, rtol=1e-10, atol=0.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 39))
def test_no_draw_depends_on_its_neighbours(cut):
    people = population(oral(trains=(Train(100.0, -48.0, 0.0, 24.0, 3), Train(30.0, -1.0))), 40, seed=9)
    times = np.array([0.0, 0.01, 1.0, 5.0, 50.0])
    parts = [response_of(*people[:cut]), response_of(*people[cut:])]
    apart = np.concatenate([part.concentration(times) for part in parts], axis=1)
    assert (apart == response_of(*people).concentration(times)).all()


def test_a_regular_grid_gives_what_single_times_give():
    response = response_of(*population(oral(trains=(Train(100.0, -48.0, 0.0, 24.0, 3),)), 8))
    hourly = np.arange(0.0, 336.0)
    alone = np.concatenate([response.concentration(hourly[:40]), response.concentration(hourly[40:300][::7])])
    grid = response.concentration(hourly)
    # Powers of one exponential instead of one exponential each: 32 multiplications.
    assert np.allclose(np.concatenate([grid[:40], grid[40:300][::7]]), alone, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", -1.0), ("duration", -1.0), ("count", 0), ("every", 0.0)],
)
def test_impossible_doses_are_refused(field, value):
    chain, groups, void = as_arrays([oral(trains=(Train(1.0, -24.0, 0.0, 12.0, 3),))])
    bad = groups[0]._replace(**{field: np.array([value])})
    with pytest.raises(ValueError, match="must not be negative"):
        respond(chain, [bad], void)


def test_an_infusion_with_a_release_is_refused():
    chain, groups, void = as_arrays([oral()])
    path = groups[0].absorptions[0]._replace(release_duration=2.0)
    with pytest.raises(ValueError, match="takes no infusion"):
        respond(chain, [groups[0]._replace(duration=np.array([1.0]), absorptions=(path,))], void)


@pytest.mark.parametrize("void", [np.array([0.0]), np.array([-1.0]), np.array([np.nan]), np.array([[1.0]])])
def test_impossible_voids_are_refused(void):
    chain, groups, _ = as_arrays([oral()])
    with pytest.raises(ValueError, match="averaging_time"):
        respond(chain, groups, void)


def test_times_before_the_last_dose_are_refused():
    with pytest.raises(ValueError, match="time"):
        response_of(oral()).concentration([-1.0, 2.0])


def test_some_draws_of_a_history_with_many_trains_are_recomputed_as_all_of_them_were():
    singles = tuple(Train(1.0 + 0.1 * i, -10.0 * i) for i in range(MOST_TRAINS_RECOMPUTED + 5))
    response = respond(*as_arrays(population(oral(trains=singles), 6)))
    draws, time = np.array([4, 1]), np.array([3.0, 30.0])

    expected = response.concentration(time)[[0, 1], draws]
    assert response.recompute(draws, time) == pytest.approx(expected, rel=1e-9)
