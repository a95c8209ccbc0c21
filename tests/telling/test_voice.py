"""How numbers and moments are written in each language."""

from datetime import datetime

import pytest

from detectapi.telling.voice import Voice

THIN = "\N{NARROW NO-BREAK SPACE}"


def speaking(language):
    return type("Speaking", (Voice,), {"language": language})()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["1000", "10,000", "0.25", "1,234,567.5"]),
        ("de", ["1000", "10.000", "0,25", "1.234.567,5"]),
        ("es", ["1000", f"10{THIN}000", "0,25", f"1{THIN}234{THIN}567,5"]),
    ],
)
def test_numbers_are_grouped_from_five_digits_on(language, written):
    assert written == [speaking(language).number(value, ".15g") for value in (1000, 10000, 0.25, 1234567.5)]


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "24 November 2026, 14:00"), ("de", "24.11.2026, 14:00 Uhr"), ("es", "24/11/2026, 14:00")],
)
def test_a_moment(language, written):
    assert written == speaking(language).moment(datetime(2026, 11, 24, 14, 0))
