"""Inputs whose rate is a line in time, against plain integration of one compartment."""

import numpy as np
import pytest
from scipy.integrate import quad

from detectapi.exponentials import Absorption, Chain, Disposition, Doses, crossings, respond
from detectapi.exponentials.ramps import Segments, first_moment, sum_segments

RATES = np.array([0.05, 0.7])
VOIDS = np.array([3.0, 5.0])
# Two draws, three lines: one that is past, one that ends long after time 0, one that the second draw does not have.
LINES = Segments(
    begin=np.array([[-30.0, -25.0], [-2.0, -4.0], [9.0, 9.0]]),
    length=np.array([[8.0, 4.0], [6.0, 9.0], [5.0, 0.0]]),
    rate=np.array([[10.0, 3.0], [0.0, 20.0], [4.0, 4.0]]),
    slope=np.array([[-1.0, 2.0], [3.0, -2.0], [0.0, 0.0]]),
)
NONE = np.empty(0)


def amount(draw, time):
    """What is in the compartment of one draw at a time. [umol]"""
    return sum(left_of(line, RATES[draw], time) for line in zip(*(array[:, draw] for array in LINES), strict=True))


def left_of(line, decay, time):
    """What is left of one line. [umol]"""
    begin, length, rate, slope = line
    end = max(min(begin + length, time), begin)
    return quad(lambda t: (rate + slope * (t - begin)) * np.exp(-decay * (time - t)), begin, end)[0]


def in_void(draw, time):
    """The mean over the time of a void."""
    corners = sorted({*LINES.begin[:, draw], *(LINES.begin + LINES.length)[:, draw]})
    inside = [corner for corner in corners if time - VOIDS[draw] < corner < time]
    return quad(lambda t: amount(draw, t), time - VOIDS[draw], time, points=inside or None)[0] / VOIDS[draw]


@pytest.fixture(scope="module")
def response():
    chain = Chain((Disposition(np.ones(2), RATES[np.newaxis], np.empty((0, 2))),), ())
    at_once = Absorption(np.ones((1, 2)), None, 0.0, 0.0)
    return respond(chain, [Doses(NONE, NONE, NONE, NONE, NONE.astype(int), None, (at_once,), LINES)], VOIDS)


@pytest.mark.parametrize("time", [0.0, 1.0, 3.9, 4.5, 6.0, 9.5, 11.0, 16.0, 18.9, 30.0, 200.0])
def test_a_concentration_is_the_mean_over_the_void(response, time):
    result = response.concentration(np.array([time]))[0]

    assert result == pytest.approx([in_void(0, time), in_void(1, time)], rel=1e-7)


def test_crossings_are_where_the_concentration_is_the_cutoff(response):
    cutoff = np.array([9.0, 2.0])
    result = crossings(response, cutoff)

    for draw in range(2):
        assert in_void(draw, result.last[draw]) == pytest.approx(cutoff[draw], rel=1e-7)
        assert in_void(draw, result.last[draw] + 0.1) < cutoff[draw]


def test_what_is_left_of_lines_at_a_time_after_their_end():
    reference = np.array([15.0, 20.0])
    expected = [amount(draw, reference[draw]) for draw in range(2)]

    assert sum_segments(RATES[np.newaxis], LINES, reference)[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("x", [1e-9, 0.03, 0.0999, 0.1, 0.1001, 2.0, 60.0])
def test_the_first_moment_of_a_decay(x):
    expected = quad(lambda v: v * np.exp(-x * v), 0.0, 1.0, epsabs=1e-14)[0]

    assert first_moment(np.array([x])) == pytest.approx(expected, rel=1e-11)
