"""Durations in words: two figures, one unit for all that is said together."""

import pytest

from detectapi.telling.durations import DAYS, HOURS, MINUTES, WEEKS, after, duration, figure, unit_for
from detectapi.telling.numbers import three_figures, two_figures


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.4, "24 minutes"),
        (2.25, "2.2 hours"),
        (1.0, "60 minutes"),
        (31.6, "32 hours"),
        (75.4, "75 hours"),
        (104.0, "4.3 days"),
        (120.2, "5 days"),
        (550.0, "23 days"),
        (2400.0, "14 weeks"),
    ],
)
def test_a_duration_alone_chooses_its_own_unit(hours, words):
    assert words == duration(hours, unit_for(hours))
    assert words == after(hours, unit_for(hours))


@pytest.mark.parametrize(
    ("hours", "unit", "words"), [(1.0, HOURS, "1 hour"), (24.3, DAYS, "1 day"), (168.0, WEEKS, "1 week")]
)
def test_one_is_singular(hours, unit, words):
    assert words == duration(hours, unit)


def test_the_longest_duration_chooses_the_unit():
    assert HOURS == unit_for(75.0, 21.0)
    assert DAYS == unit_for(96.0, 45.0)
    assert MINUTES == unit_for(1.4, 0.3)


def test_a_smaller_unit_is_taken_where_the_shorter_end_would_be_said_as_nothing():
    assert HOURS == unit_for(120.0, 1.0)
    assert ("1", "120") == (figure(1.0, HOURS), figure(120.0, HOURS))


def test_a_time_of_the_readers_keeps_its_figures():
    assert "2.25 days" == after(54.0, DAYS, exact=True)


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.04, 0.0), (0.42, 0.4), (9.94, 9.9), (9.96, 10.0), (31.6, 32.0), (187.0, 190.0)]
)
def test_words_carry_two_figures(value, rounded):
    assert rounded == two_figures(value)


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0"), (64.8074, "64.8"), (2.16, "2.16"), (12345.0, "12300"), (0.0000123, "0.000012")]
)
def test_tables_carry_three_figures(value, written):
    assert written == three_figures(value)
