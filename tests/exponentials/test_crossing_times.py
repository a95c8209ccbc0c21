"""Crossing times against the matrix exponential and against the plain look at a fine grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Case, Moiety, Oracle, Path, Train, as_arrays
from regimens import SECOND, cases, oral, population

from detectapi.exponentials import crossings, respond

TIME_BAR = 1e-4  # [h]
NEAR = 1e-6  # a cutoff this close to a peak, relatively, may count as reached or not


def response_of(*people):
    return respond(*as_arrays(people))


def cross(case, cutoff):
    first, last, _ = crossings(response_of(case), np.array([cutoff]))
    return float(first[0]), float(last[0])


def search_times(response):
    """Times dense where a single draw's curve can move: through the input phase, then geometrically."""
    start = float(response.tail_start[0])
    return np.unique(np.concatenate([np.linspace(0.0, start, 400), start + np.geomspace(1e-3, 5000.0, 600)]))


def check(case, *levels):
    """Crossings of cutoffs at fractions (or multiples) of the peak: right by the oracle, and none missed by the grid."""
    response, truth = response_of(case), Oracle(case)
    times = search_times(response)
    values = response.concentration(times)[:, 0]
    peak = values.max()
    if not peak > 1e-250:
        return
    for level in levels:
        _check_cutoff(response, truth, level * peak, times, values)


def _check_cutoff(response, truth, cutoff, times, values):
    result = crossings(response, np.array([cutoff]))
    first, last = float(result.first[0]), float(result.last[0])
    assert 0.0 <= first <= last
    if last == 0.0:
        assert (values[1:] < cutoff * (1.0 + NEAR)).all()
        return
    _is_crossing(truth, cutoff, last, falling=True)
    if first > 0.0:
        _is_crossing(truth, cutoff, first, falling=False)
    else:
        assert truth.concentration(0.0) >= cutoff * (1.0 - NEAR)
    outside = (times > last + TIME_BAR) | (times < first - TIME_BAR)
    assert (values[outside] < cutoff * (1.0 + NEAR)).all()


def _is_crossing(truth, cutoff, time, falling):
    value = truth.concentration(time)
    if abs(value / cutoff - 1.0) <= 1e-7:
        return
    before, after = truth.concentration(max(time - TIME_BAR, 0.0)), truth.concentration(time + TIME_BAR)
    high, low = (before, after) if falling else (after, before)
    assert high >= cutoff * (1.0 - 1e-9)
    assert low <= cutoff * (1.0 + 1e-9)


LEVELS = st.sampled_from([1e-6, 1e-3, 0.03, 0.3, 0.6, 0.9, 0.999, 1.0 - 1e-6, 1.0 + 1e-6, 1.5, 30.0])


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(cases(), LEVELS)
def test_any_model_regimen_and_cutoff(case, level):
    check(case, level)


@pytest.mark.slow
def test_a_cutoff_a_millionth_below_the_peak_of_a_release():
    # From both sides of the peak the corrections to Newton's step happen to cancel before the crossing is reached.
    moiety = Moiety(0.5, 500.0, (0.3976,), (70.71,))
    paths = (Path((0.3,)), Path((0.3,), None, 0.0, 8.0))
    case = Case((moiety,), (), (((Train(0.01), Train(0.1778, -50.5, 0.0, 0.5, 2)), 1.0, paths),), 2.683)
    check(case, *(1.0 - np.geomspace(1e-7, 1e-3, 41)))


def alike(rate, spread, trains, absorbed_at=None):
    """Three systems whose rates, and that of the absorption, are equal up to a relative spread."""
    moieties = tuple(Moiety(50.0 * rate * (1.0 + spread * i), 50.0) for i in range(3))
    path = Path((1.0, 0.0, 0.0), rate * (1.0 - spread) if absorbed_at is None else absorbed_at)
    return Case(moieties, tuple(0.5 * moiety.clearance for moiety in moieties[:2]), ((trains, 1.0, (path,)),), 3.5)


WEAK = Train(0.001)
AWKWARD = {
    "all rates at 3/h": alike(3.0, 0.0, (Train(100.0),)),
    "all rates at 3/h, a weak dose 12 h after a strong one": alike(3.0, 0.0, (Train(1000.0, -12.0), WEAK)),
    "all rates at 3/h, a weak dose 200 h after a strong one": alike(3.0, 0.0, (Train(1000.0, -200.0), WEAK)),
    "rates a thousandth apart, a weak dose 200 h after a strong one": alike(3.0, 1e-3, (Train(1000.0, -200.0), WEAK)),
    "rates equal to 1e-12": alike(0.3, 1e-12, (Train(100.0),)),
    "rates equal to 1e-12, a weak dose 40 h after a strong one": alike(0.3, 1e-12, (Train(1000.0, -40.0), WEAK)),
    "rates of 1e-6/h": alike(1e-6, 0.0, (Train(100.0),)),
    "rates of 1e-7/h": alike(1e-7, 0.0, (Train(100.0),)),
    "a dose a day for a month": alike(0.03, 1e-9, (Train(100.0, -696.0, 0.0, 24.0, 30),)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_models_are_answered_in_few_steps(monkeypatch, name):
    # A search that gives up is wrong and found out by the check.
    monkeypatch.setattr("detectapi.exponentials.slope_bound_search.MOST_STEPS", 200)
    check(AWKWARD[name], 1e-9, 1e-6, 1e-3, 0.03, 0.3, 0.9, 0.999)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(cases(), LEVELS)
def test_any_model_regimen_and_cutoff_at_length(case, level):
    check(case, level)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(cases(wide=True), LEVELS)
def test_stiff_models_at_length(case, level):
    check(case, level)


REGIMENS = {
    "once": (Train(210.0),),
    "daily": (Train(420.0, -24.0 * 89, 0.0, 24.0, 90),),
    "irregular": (Train(300.0, -71.0), Train(100.0, -40.5), Train(250.0, -7.25), Train(50.0, 0.0)),
}


@pytest.mark.parametrize("regimen", REGIMENS)
@pytest.mark.parametrize("depth", [1, pytest.param(2, marks=pytest.mark.slow), 3])
def test_ordinary_people_against_a_fine_grid(regimen, depth):
    """No window missed, none made up, and the concentration at a crossing is the cutoff to 1e-9."""
    people = population(oral(depth, trains=REGIMENS[regimen]), 150, seed=depth)
    response = response_of(*people)
    grid = np.concatenate([np.arange(0.0, 72.0, 0.05), np.arange(72.0, 1500.0, 1.0)])
    curves = response.concentration(grid)
    everyone = np.arange(response.n)
    for level in (1e-4, 1e-2, 0.2, 0.8, 1.2):
        cutoff = np.full(response.n, level * np.median(curves.max(axis=0)))
        first, last, safe = crossings(response, cutoff)
        above = curves >= cutoff
        outside = (grid[:, None] > last) | (grid[:, None] < first)
        assert not (above & outside).any()
        assert (last[above.any(axis=0)] > 0.0).all()
        ever = last > 0.0
        at_last = np.array([response.concentration(last[i : i + 1])[0, i] for i in everyone[ever]])
        at_first = np.array([response.concentration(first[i : i + 1])[0, i] for i in everyone[ever & (first > 0.0)]])
        assert np.allclose(at_last, cutoff[ever], rtol=1e-9, atol=0.0)
        # The first crossing in the third system is on the steep rise, at 1e-5 of the terms that cancel there.
        assert np.allclose(at_first, cutoff[ever & (first > 0.0)], rtol=1e-8, atol=0.0)
        if regimen != "irregular":  # there the average over the void really turns more than once
            assert safe.mean() <= 0.02


def test_crossings_agree_with_the_oracle_person_by_person():
    people = population(oral(trains=REGIMENS["daily"]), 12, seed=4)
    response = response_of(*people)
    last = crossings(response, np.full(response.n, 1e-3)).last
    for case, time in zip(people, last, strict=True):
        assert Oracle(case).concentration(time) == pytest.approx(1e-3, rel=1e-9)


def test_three_crossings_between_absorption_and_tail():
    """A small fast dose, then a slow release: the curve rises, dips below the cutoff and comes back."""
    paths = (Path((1.0,), None), Path((2.5,), 0.05, lag_time=20.0))
    case = oral(1, moieties=(Moiety(20.0, 40.0),)).replace(groups=(((Train(100.0),), 1.0, paths),), void=1.0)
    response = response_of(case)
    times = np.linspace(0.0, 200.0, 20001)
    values = response.concentration(times)[:, 0]
    cutoff = 0.3
    changes = np.flatnonzero(np.diff(values >= cutoff))
    assert len(changes) == 4  # up, down, up, down
    first, last = cross(case, cutoff)
    assert times[changes[0]] < first < times[changes[0] + 1]
    assert times[changes[-1]] < last < times[changes[-1] + 1]


def test_a_dip_in_the_tail_itself():
    """What goes into the third system is soon gone, what forms there comes later: down, up, down without a corner between."""
    chain = (Moiety(2.0, 10.0), Moiety(3.0, 60.0), Moiety(40.0, 10.0))
    case = oral(moieties=chain).replace(
        groups=(((Train(100.0),), 1.0, (Path((0.7, 0.0, 0.05)),)),), void=0.3, formation=(1.9, 2.9)
    )
    response = response_of(case)
    start = float(response.tail_start[0])
    values = response.concentration(np.linspace(start, start + 100.0, 20001))[:, 0]
    dip = values[: np.argmax(np.diff(values) > 0.0) + 1].min()
    cutoff = 2.0 * dip
    assert np.count_nonzero(np.diff(values >= cutoff)) == 3
    check(case, cutoff / response.concentration(search_times(response)).max())


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("factor", [1.0 - NEAR, 1.0 + NEAR])
def test_a_cutoff_just_below_or_above_the_peak(depth, factor):
    case = oral(depth, void=0.5)
    response = response_of(case)
    times = np.linspace(0.0, 30.0, 3001)
    for _ in range(6):  # close in on the peak, flat as it is
        values = response.concentration(times)[:, 0]
        middle, width = times[values.argmax()], times[1] - times[0]
        times = np.linspace(max(middle - 2.0 * width, 0.0), middle + 2.0 * width, 2001)
    peak = response.concentration(times)[:, 0].max()
    first, last = cross(case, factor * peak)
    if factor > 1.0:
        assert (first, last) == (0.0, 0.0)
    else:
        assert first < times[1000] < last
        assert last - first < 0.1
        assert response.concentration([first, last])[:, 0] == pytest.approx(factor * peak, rel=1e-9)


def test_reached_only_during_the_infusion():
    """The void that ends with a long infusion is the strongest; soon after, nothing is."""
    case = oral(1, moieties=(Moiety(300.0, 20.0),)).replace(
        groups=(((Train(1000.0, -10.0, 10.0),), 1.0, (Path((1.0,)),)),), void=1.0
    )
    plateau = response_of(case).concentration([0.0])[0, 0]
    first, last = cross(case, 0.98 * plateau)
    assert first == 0.0
    assert 0.0 < last < 0.1
    assert Oracle(case).concentration(last) == pytest.approx(0.98 * plateau, rel=1e-9)


def test_never_reached():
    response = response_of(*population(oral(), 30))
    result = crossings(response, np.full(30, 1e3))
    assert (result.first == 0.0).all()
    assert (result.last == 0.0).all()


def test_an_infinite_cutoff_is_never_reached_and_leaves_others_alone():
    response = response_of(*population(oral(), 4))
    mixed = crossings(response, np.array([0.01, np.inf, 0.01, np.inf]))
    alone = crossings(response, np.full(4, 0.01))
    assert (mixed.last[[1, 3]] == 0.0).all()
    assert (mixed.last[[0, 2]] == alone.last[[0, 2]]).all()
    assert (mixed.first[[0, 2]] == alone.first[[0, 2]]).all()


def test_last_dose_smaller_than_earlier_ones():
    """The last dose adds next to nothing: the answer counts from it all the same."""
    case = oral(2, trains=(Train(400.0, -24.0 * 60, 0.0, 24.0, 30), Train(0.04, 0.0)))
    check(case, 0.5, 1e-3)
    earlier = oral(2, trains=(Train(400.0, -24.0 * 60, 0.0, 24.0, 30),))
    assert (
        cross(case, 0.01 * response_of(case).concentration([0.0])[0, 0])[1]
        >= cross(earlier, 0.01 * response_of(case).concentration([0.0])[0, 0])[1]
    )


def test_a_hundred_day_tail():
    case = oral(3, moieties=(Moiety(79.0, 20.0, (120.0, 0.05), (40.0, 190.0)), SECOND, Moiety(40.0, 150.0)))
    response = response_of(case)
    cutoff = response.concentration([2400.0])[0, 0]
    assert cross(case, cutoff)[1] == pytest.approx(2400.0, abs=TIME_BAR)
    assert Oracle(case).concentration(2400.0) == pytest.approx(cutoff, rel=1e-9)


def test_absorption_after_time_zero():
    case = oral(2, lag_time=8.0, void=1.0)
    first, last = cross(case, 1e-3)
    assert 8.0 < first < last
    check(case, 0.01)


def test_no_doses_are_never_positive():
    chain, _, void = as_arrays([oral(), oral()])
    result = crossings(respond(chain, [], void), np.array([1.0, 2.0]))
    assert (np.stack(result) == 0.0).all()


@pytest.mark.parametrize("cutoff", [0.0, -1.0, np.nan])
def test_impossible_cutoffs_are_refused(cutoff):
    with pytest.raises(ValueError, match="cutoff"):
        crossings(response_of(oral()), np.array([cutoff]))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 59), st.sampled_from([1e-4, 0.02, 0.06]))
def test_no_draw_depends_on_its_neighbours(cut, cutoff):
    people = population(oral(trains=(Train(100.0, -48.0, 0.0, 24.0, 3), Train(30.0, -1.0))), 60, seed=9)
    together = crossings(response_of(*people), np.full(60, cutoff))
    parts = [crossings(response_of(*some), np.full(len(some), cutoff)) for some in (people[:cut], people[cut:])]
    for whole, *split in zip(together, *parts, strict=True):
        assert (whole == np.concatenate(split)).all()


def test_more_draws_than_one_block():
    chain, groups, void = as_arrays(population(oral(), 50))
    times = 60

    def repeat(array):
        return np.tile(array, times)

    many = chain._replace(
        dispositions=tuple(type(d)(*(repeat(a) for a in d)) for d in chain.dispositions),
        formation=tuple(repeat(a) for a in chain.formation),
    )
    path = groups[0].absorptions[0]
    path = path._replace(delivered=repeat(path.delivered), rate_constant=repeat(path.rate_constant))
    group = groups[0]._replace(absorptions=(path,), scale=repeat(groups[0].scale))
    large = crossings(respond(many, [group], repeat(void)), np.full(3000, 0.01))
    small = crossings(respond(chain, groups, void), np.full(50, 0.01))
    assert (large.last == repeat(small.last)).all()
    assert (large.first == repeat(small.first)).all()


def test_the_last_crossing_alone_is_the_same():
    response = response_of(*population(oral(trains=(Train(100.0, -48.0, 0.0, 24.0, 3), Train(30.0, -1.0))), 60, seed=9))
    for cutoff in (1e-4, 0.02, 0.06):
        both = crossings(response, np.full(60, cutoff))
        alone = crossings(response, np.full(60, cutoff), last_only=True)
        assert (alone.last == both.last).all()
        assert (alone.first == 0.0).all()
