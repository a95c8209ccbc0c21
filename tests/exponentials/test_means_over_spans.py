"""Means over spans, and about when a response is last above a level, against the response itself."""

import numpy as np
import pytest
from oracle import as_arrays
from regimens import oral, population

from detectapi.exponentials import Fall, crossings, last_above, respond, span_means
from detectapi.exponentials.means_over_spans import values_at

PEOPLE = 5
EVERYONE = np.arange(PEOPLE)


def response(void):
    return respond(*as_arrays(population(oral(void=void), PEOPLE)))


def test_the_mean_over_a_span_after_the_last_input_is_that_of_many_values():
    # The value of a response is a mean over its averaging time, here so short that it is the value of the moment.
    moments = response(1e-6)
    edges = np.array([[30.0], [24.0], [20.0]]) + np.arange(PEOPLE)

    means = span_means(Fall(moments, EVERYONE), edges, np.zeros(PEOPLE), EVERYONE)
    for row, (end, begin) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        inside = begin + (end - begin) * (np.arange(400) + 0.5)[:, np.newaxis] / 400
        values = np.array([moments.concentration(inside[:, i])[:, i].mean() for i in EVERYONE])
        assert means[row] == pytest.approx(values, rel=1e-4)  # of the rule of the middle with 400 points


def test_the_mean_over_a_span_of_the_averaging_time_is_the_response_at_its_end():
    void = response(3.5)
    edges = 33.5 - np.array([[0.0], [1.0]]) * void.averaging_time

    expected = void.concentration(np.array([33.5]))[0]
    assert span_means(Fall(void, EVERYONE), edges, np.zeros(PEOPLE), EVERYONE)[0] == pytest.approx(expected, rel=1e-9)


def test_a_span_before_the_last_input_is_given_only_where_it_is_asked_for():
    void = response(3.5)
    edges = 1.0 - np.array([[0.0], [1.0], [2.0]]) * void.averaging_time

    asked = span_means(Fall(void, EVERYONE), edges, np.zeros(PEOPLE), EVERYONE)
    assert asked[0] == pytest.approx(void.concentration(np.array([1.0]))[0], rel=1e-9)
    assert np.all(asked[1] == 0.0)  # it ends before any dose


def test_values_of_some_draws_are_those_of_the_response_at_any_time():
    void = response(3.5)
    draws, time = np.array([4, 0, 4, 2]), np.array([0.5, 2.0, 40.0, 7.0])

    expected = void.concentration(time)[np.arange(4), draws]
    assert values_at(void, draws, time) == pytest.approx(expected, rel=1e-9)


def test_the_last_time_above_a_level_is_about_known():
    void = response(3.5)
    peak = void.concentration(np.linspace(0.0, 40.0, 200)).max(axis=0)
    levels = [0.2 * peak, 0.01 * peak, 1e-4 * peak]

    for level, about in zip(levels, last_above(Fall(void, EVERYONE), levels), strict=True):
        assert about == pytest.approx(crossings(void, level).last, rel=0.1)


def test_a_level_that_is_never_reached_is_last_reached_before_the_tail():
    void = response(3.5)
    peak = void.concentration(np.linspace(0.0, 40.0, 200)).max(axis=0)

    assert np.all(last_above(Fall(void, EVERYONE), [100.0 * peak])[0] <= void.tail_start)
