"""Crossings of cutoffs that lie far below the terms whose sum is the curve."""

import numpy as np
import pytest
from oracle import Case, Moiety, Oracle, Path, Train, as_arrays
from regimens import oral

from detectapi.exponentials import crossings, respond
from detectapi.exponentials.rounding_correction import correct_crossings

TIME_BAR = 1e-4  # [h]


def _along(*trains, path):
    return ((trains, 1.0, (path,)),)


# Cases of long searches, rounded: first crossings were off by the minutes or seconds that stand beside them.
RISING = {
    "four close poles, an hour after a lag, ten seconds and more": (
        Case(
            (Moiety(0.02867, 42.15, (46.38,), (222.55,)), Moiety(0.001227, 11.337), Moiety(0.001044, 9.6455)),
            (0.00805, 0.000528),
            _along(
                Train(0.32, -529.0, 24.0, 84.0, 7),
                Train(3.17, -6.67, 0.67, 0.5, 7),
                Train(93.37),
                path=Path((0.3, 1.0, 1.0), 0.0001083, 8.0),
            ),
            1.0,
        ),
        8.3,
    ),
    "three poles near 1e-8/h, more than an hour": (
        Case(
            (
                Moiety(100.8, 197.8, (2.03e-6, 24.2, 0.0456), (168.8, 12.1, 249.2)),
                Moiety(0.01536, 52.2),
                Moiety(2.522e-6, 209.57),
            ),
            (8.43, 0.00785),
            _along(
                Train(0.07, -116.0, 0.0, 4.0, 30),
                Train(860.0, -72.0, 72.0),
                Train(37.5, -73.0, 72.0, 4.0, 1),
                path=Path((0.0, 0.05, 1.0), 1.2035e-8, 0.1),
            ),
            7.0,
        ),
        1.36,
    ),
    "a slow release into a system that hardly eliminates, a fast one after it, 3 s": (
        Case(
            (Moiety(0.005473, 16.05, (0.001225, 0.0001362), (270.3, 21.64)), Moiety(504.9, 123.3)),
            (0.003547,),
            _along(Train(127.8, -3.0), path=Path((0.3, 0.0), 3.671e-6, 0.0, 2.0)),
            12.0,
        ),
        5.2,
    ),
}


@pytest.mark.parametrize("name", RISING)
def test_first_crossings_where_rounding_shows(name):
    case, time = RISING[name]
    truth = Oracle(case)
    for at in (time, 0.99 * time, 0.97 * time):
        cutoff = truth.concentration(at)
        first, last, _ = crossings(respond(*as_arrays([case])), np.array([cutoff]))
        assert abs(first[0] - at) < TIME_BAR
        assert last[0] > at


@pytest.mark.parametrize("falling", [True, False])
@pytest.mark.parametrize("off", [-0.3, -1e-3, 2e-5, 0.1])
def test_a_crossing_that_is_off_is_brought_back(monkeypatch, falling, off):
    # Rounding counts as visible everywhere; the crossings handed in are off.
    monkeypatch.setattr("detectapi.exponentials.response.CROSSING_RECOMPUTE_BELOW", np.inf)
    response = respond(*as_arrays([oral(void=0.5)] * 3))
    cutoff = np.array([0.003, 0.004, 0.005])
    first, last, _ = crossings(response, cutoff)
    right = last if falling else first
    result = correct_crossings(response, np.arange(3), right + off, cutoff, falling)
    assert result == pytest.approx(right, abs=1e-6)


def test_a_curve_above_the_cutoff_from_the_start_begins_at_0(monkeypatch):
    monkeypatch.setattr("detectapi.exponentials.response.CROSSING_RECOMPUTE_BELOW", np.inf)
    response = respond(*as_arrays([oral(1, trains=(Train(200.0, -6.0),))]))
    cutoff = 0.5 * response.concentration([0.0])[0]
    assert correct_crossings(response, np.array([0]), np.array([0.3]), cutoff, False)[0] == 0.0


def test_a_crossing_that_rounding_cannot_move_is_left_alone():
    response = respond(*as_arrays([oral(void=0.5)]))
    time = np.array([3.0])
    assert correct_crossings(response, np.array([0]), time, np.array([0.003]), True) == time
