"""What a window says: the range before the number, in one unit."""

import re

import pytest

from detectapi.telling.sentences import at_time, headline, sentences, where_numbers_are, which_test
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


def test_the_range_comes_before_the_number():
    assert "Usually between 21 and 75 hours after the last dose" == headline(WINDOW)
    assert sentences(WINDOW) == [
        "In that time the chance of a positive test falls from 95 in 100 to 5 in 100.",
        "After 42 hours, half of urine tests would still be positive; after 75 hours, 5 in 100.",
        "This middle time is itself uncertain. It could be anywhere between 20 and 66 hours.",
    ]


def test_a_window_that_some_never_have():
    assert "Usually at most 75 hours after the last dose" == headline(SOME_NEVER)
    assert sentences(SOME_NEVER) == [
        "After 75 hours, 5 in 100 urine tests would still be positive.",
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


def test_a_time_that_the_reader_asked_about():
    curve = {"time_h": [0.0, 100.0], "probability_positive": [1.0, 0.0], "low": [1.0, 0.0], "high": [1.0, 0.2]}

    assert at_time(curve, "2 days", 48.0) == (
        "After 2 days:",
        "Positive urine tests: about 52 in 100 (52 %; model uncertainty 52 % to 61.6 %).",
    )


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_says_where_the_numbers_are(surface):
    assert "ketamine" in where_numbers_are({"substance": "ketamine"}, Voice(surface))
