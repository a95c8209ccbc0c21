from datetime import UTC, datetime, timedelta

import pytest

from detectapi.values.regimen import Amount, Train, from_end, pattern_train

AMOUNT = Amount(35.0, 35.0)


def train(start=0.0, duration=0.0, every=0.0, count=1):
    return Train(AMOUNT, "intravenous", start, duration, every, count, "/doses/0")


def test_time_zero_is_the_end_of_the_last_dose():
    regimen = from_end([train(10.0, 0.5), train(0.0, 2.0)])

    assert [t.start for t in regimen.trains] == [-10.5, -0.5]
    assert max(t.end for t in regimen.trains) == 0.0


def test_a_repeated_dose_ends_with_its_last():
    regimen = from_end([train(0.0, 1.0, every=84.0, count=6)])

    assert regimen.trains[0].start == -(5 * 84.0 + 1.0)
    assert regimen.count == 6


@pytest.mark.parametrize(
    ("trains", "pattern"),
    [
        ([], "none"),
        ([train()], "single"),
        ([train(every=84.0, count=6)], "course"),
        ([train(every=24.0, count=180)], "chronic"),
        ([train(every=24.0, count=30)], "chronic"),
        ([train(every=24.0, count=14)], "course"),
        ([train(every=168.0, count=20)], "course"),
        ([train(), train(24.0)], "course"),
    ],
)
def test_pattern(trains, pattern):
    assert pattern == from_end(trains).pattern


def test_patterns_in_words():
    weekly = pattern_train("weekly", AMOUNT, "oral", 0.0, 28.0)
    daily = pattern_train("daily", AMOUNT, "oral", 0.0, 180.0)

    assert (4, 168.0) == (weekly.count, weekly.every)
    assert (180, 24.0) == (daily.count, daily.every)
    assert 1 == pattern_train("once", AMOUNT, "oral", 0.0, None).count
    assert 1 == pattern_train("monthly", AMOUNT, "oral", 0.0, 3.0).count


def test_clock_times_follow_the_last_dose():
    start = datetime(2026, 11, 23, 7, 20, tzinfo=UTC)
    regimen = from_end([train(0.0, 0.5), train(48.0, 0.5)], start)

    assert start + timedelta(hours=48.5) == regimen.ended_at
    assert start + timedelta(hours=72.5) == regimen.clock(24.0)
    assert from_end([train()]).clock(24.0) is None
