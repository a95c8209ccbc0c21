"""The slow search alone, on curves that the fast methods answer too."""

import numpy as np
import pytest
from oracle import Path, Train, as_arrays
from regimens import oral, population

from detectapi.exponentials import crossings, respond
from detectapi.exponentials.phases import InputPhase, Tail
from detectapi.exponentials.slope_bound_search import search_crossing

PEOPLE = population(oral(trains=(Train(100.0, -48.0, 0.0, 24.0, 3), Train(300.0, -0.5))), 40, seed=3)


def test_searching_the_tail_finds_the_last_crossing():
    response = respond(*as_arrays(PEOPLE))
    everyone, cutoff = np.arange(40), np.full(40, 1e-3)
    far = np.full(40, 2000.0)
    result = search_crossing(Tail(response.poles, response.tail), everyone, np.zeros(40), far, cutoff, True)
    assert np.allclose(response.tail_start + result, crossings(response, cutoff).last, rtol=0.0, atol=1e-9)


def test_searching_the_input_phase_finds_the_first_crossing():
    response = respond(*as_arrays(PEOPLE))
    everyone, cutoff = np.arange(40), np.full(40, 0.02)
    phase = InputPhase(response.input_phase_pieces(everyone))
    result = search_crossing(phase, everyone, np.zeros(40), response.tail_start, cutoff, False)
    first, last, _ = crossings(response, cutoff)
    inside = (first > 0.0) & (first < response.tail_start)
    assert inside.sum() > 10
    assert np.allclose(result[inside], first[inside], rtol=0.0, atol=1e-9)
    nothing = (last == 0.0) | (first > response.tail_start)
    assert np.isnan(result[nothing]).all()


@pytest.mark.parametrize("factor", [1.0 - 1e-6, 1.0 + 1e-6])
def test_searching_past_a_peak_that_almost_touches_the_cutoff(factor):
    response = respond(*as_arrays([oral(2, void=0.5)]))
    times = np.linspace(0.0, 20.0, 200001)
    values = response.concentration(times)[:, 0]
    top = values.argmax()
    curvature = (values[top + 1] - 2.0 * values[top] + values[top - 1]) / (times[1] - times[0]) ** 2
    assert abs(curvature * (times[1] - times[0]) ** 2 / values[top]) < 1e-7  # the grid is fine enough for the peak
    start = response.tail_start[0]
    phase = Tail(response.poles, response.tail)
    assert times[top] > start
    for leftward in (True, False):
        cutoff = np.array([factor * values[top]])
        result = search_crossing(phase, np.array([0]), np.zeros(1), np.array([200.0]), cutoff, leftward)
        assert np.isnan(result[0]) == (factor > 1.0)
        if factor < 1.0:
            assert (start + result[0] > times[top]) == leftward


def test_an_empty_stretch_has_no_crossing():
    response = respond(*as_arrays([oral(1).replace(groups=(((Train(1.0),), 1.0, (Path((1.0,)),)),))]))
    phase = Tail(response.poles, response.tail)
    assert np.isnan(search_crossing(phase, np.array([0]), np.array([3.0]), np.array([3.0]), np.ones(1), True)).all()


def test_a_search_that_gives_up_says_how_far_it_came(monkeypatch):
    response = respond(*as_arrays(PEOPLE))
    everyone, cutoff, far = np.arange(40), np.full(40, 1e-3), np.full(40, 2000.0)
    phase = Tail(response.poles, response.tail)
    last = search_crossing(phase, everyone, np.zeros(40), far, cutoff, True)
    monkeypatch.setattr("detectapi.exponentials.slope_bound_search.MOST_STEPS", 2)
    stopped = search_crossing(phase, everyone, np.zeros(40), far, cutoff, True)
    assert (stopped >= last - 1e-9).all()
    assert (stopped > last + 1.0).any()
    assert (stopped < far).any()


@pytest.mark.parametrize("leftward", [True, False])
def test_one_stretch_at_a_time_finds_what_several_at_a_time_find(monkeypatch, leftward):
    response = respond(*as_arrays(PEOPLE))
    everyone, cutoff = np.arange(40), np.full(40, 0.02)
    phase = InputPhase(response.input_phase_pieces(everyone))
    several = search_crossing(phase, everyone, np.zeros(40), response.tail_start, cutoff, leftward)
    monkeypatch.setattr("detectapi.exponentials.slope_bound_search.FEW", 0)
    one = search_crossing(phase, everyone, np.zeros(40), response.tail_start, cutoff, leftward)
    assert np.isfinite(one).sum() > 10
    assert np.allclose(several, one, rtol=0.0, atol=1e-9, equal_nan=True)
