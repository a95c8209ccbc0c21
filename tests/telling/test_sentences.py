"""What a window says: the range before the number, in one unit."""

import re

import pytest

from detectapi.telling.sentences import (
    asked_times,
    chance_then,
    headline,
    name,
    sentences,
    series,
    where_numbers_are,
    which_test,
)
from detectapi.telling.voice import SURFACES, Voice

WINDOW = {
    "median_h": 42.2, "low_h": 21.3, "high_h": 75.4, "level": 0.9, "ever_positive": 0.998,
    "median_knowledge_h": {"low": 19.6, "high": 66.1},
}  # fmt: skip
SOME_NEVER = WINDOW | {"low_h": 0.0, "median_h": 0.0, "ever_positive": 0.4}
NEVER = WINDOW | {"low_h": 0.0, "median_h": 0.0, "high_h": 0.0, "ever_positive": 0.02}


def test_an_answer_names_its_test_and_says_where_it_was_assumed():
    used = {"id": "a-kit", "name": "A kit", "issuer": "Its maker", "date": "2024", "asked": True}

    assert which_test({"assay": used}) == "Test: A kit (Its maker; 2024)."
    assumed = which_test({"assay": used | {"asked": False, "date": "not stated"}})
    assert assumed == "No test was named. Assumed test: A kit (Its maker; date not stated)."
    full = dict.fromkeys(used, None) | {"asked": True}
    assert which_test({"assay": full}) == "Test: the cutoffs that were entered."


def test_abbreviations_are_written_in_capitals_and_words_are_not():
    assert ["MDMA", "HMMA", "MDA", "EDDP", "THC"] == [name(word) for word in ("mdma", "hmma", "mda", "eddp", "thc")]
    assert ["heroin", "drug", "toy", "A kit"] == [name(word) for word in ("heroin", "drug", "toy", "A kit")]


def test_the_range_comes_before_the_number():
    assert "Usually between 21 and 75 hours after the last dose" == headline(WINDOW)
    assert sentences(WINDOW) == [
        "In that time the chance of a positive test falls from 95 in 100 to 5 in 100.",
        "A specimen taken after 42 hours is as likely positive as not; after 75 hours, 5 in 100 are positive.",
        "This middle time is itself uncertain. It could be anywhere between 20 and 66 hours.",
    ]


def test_a_window_that_some_never_have():
    assert "Usually at most 75 hours after the last dose" == headline(SOME_NEVER)
    assert sentences(SOME_NEVER) == [
        "Of specimens taken after 75 hours, 5 in 100 are positive.",
        "In 40 in 100 simulated cases the test would be positive at some time.",
    ]


def test_a_window_that_hardly_anyone_has():
    assert "A positive test is unlikely" == headline(NEVER)
    assert ["At every time, fewer than 5 in 100 urine tests would be positive."] == sentences(NEVER)
    assert ["No urine test would be positive at any time."] == sentences(NEVER | {"ever_positive": 0.0})


def test_a_range_that_words_cannot_tell_apart_is_one_time():
    assert "Usually about 32 hours after the last dose" == headline(WINDOW | {"low_h": 31.9, "high_h": 32.1})


@pytest.mark.parametrize("high", [0.9, 40.0, 500.0, 9000.0])
def test_all_sentences_of_a_window_have_one_unit(high):
    window = WINDOW | {
        "low_h": high / 3, "median_h": high / 2, "high_h": high, "median_knowledge_h": {"low": high / 4, "high": high},
    }  # fmt: skip
    said = " ".join([headline(window), *sentences(window)])

    assert 1 == len({unit.removesuffix("s") for unit in re.findall(r"minutes?|hours?|days?|weeks?", said)})


def test_date_and_time_are_told_to_the_hour_where_the_answer_has_them():
    at = {
        "low_at": "2026-11-23T06:20:00+01:00",
        "median_at": "2026-11-24T14:29:00+01:00",
        "high_at": "2026-11-26T00:31:00+01:00",
    }

    assert sentences(WINDOW | at)[-1] == (
        "Date and time (UTC+01:00): 23 November 2026, 06:00 to 26 November 2026, 01:00; median: 24 November 2026, 14:00."
    )
    assert not any("Date" in sentence for sentence in sentences(SOME_NEVER | at))


def reading(low, high):
    return {"low_h": low, "high_h": high}


def test_a_series_of_specimens_is_told_after_the_single_one_and_in_its_unit():
    readings = {
        "last_positive": reading(25.2, 88.0), "first_negative": reading(20.1, 66.0), "ever_positive": 0.99,
    }  # fmt: skip

    assert series({"window": WINDOW, "serial": readings}) == [
        "If every specimen were tested, the last positive one would usually come between 25 and 88 hours after the last dose.",
        "The first negative one would usually come between 20 and 66 hours.",
    ]
    some_never = {"last_positive": reading(0.0, 88.0), "first_negative": reading(0.0, 66.0), "ever_positive": 0.6}
    assert series({"window": SOME_NEVER, "serial": some_never}) == [
        "If every specimen were tested, the last positive one, if any, would usually come within 88 hours.",
        "The first negative one after a positive one would usually come within 66 hours.",
    ]


def test_of_a_test_that_is_hardly_ever_positive_no_series_is_told():
    assert series({"window": NEVER, "serial": {"ever_positive": 0.1}}) == []


def test_a_time_that_the_reader_asked_about_is_told_in_its_own_figures():
    chance = {"probability_positive": 0.52, "low": 0.1, "high": 0.616}
    words = "Positive urine tests: about 52 in 100 (52 %; model uncertainty 10 % to 61.6 %)."

    assert chance_then(chance) == words
    for hours, time in ((36.5, "36.5 hours"), (72, "3 days"), (240_000, "10,000 days")):
        assert asked_times({"asked": [{"time_h": hours, **chance}]}) == [(f"After {time}:", words)]
    dated = {"time_h": 48.0, "at": "2026-11-26T10:00:00+01:00", **chance}
    assert asked_times({"asked": [dated]})[0][0] == "26 November 2026, 10:00, 48 hours after the last dose:"


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_says_where_the_numbers_are(surface):
    assert "ketamine" in where_numbers_are({"substance": "ketamine"}, Voice(surface))
