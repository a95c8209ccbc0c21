"""Numbers as text: two figures in words, three in tables and reports."""

from __future__ import annotations

import math
from decimal import Decimal

from detectapi.telling.voice import ENGLISH

LEAST = 0.001
"""Smaller expected concentrations are not told apart in words: no test measures them. [ng/mL]"""


def two_figures(value: float) -> float:
    """A number as words carry it: two figures, and never more than one decimal."""
    return float(f"{value:.2g}") if value >= 9.95 else round(value, 1)


def three_figures(value: float) -> str:
    """A number in few characters, three significant digits, no exponent."""
    if value == 0.0:
        return "0"
    if abs(value) >= 1000.0:
        return f"{round(value, 2 - math.floor(math.log10(abs(value)))):.0f}"
    text = f"{value:.3g}"
    return f"{float(text):.6f}".rstrip("0").rstrip(".") if "e" in text else text


def plain(value: float, voice=ENGLISH) -> str:
    """A number of six significant digits at most, written in full: never with an exponent."""
    return voice.number(Decimal(f"{value:g}"), "f")


def concentration(value: float, voice=ENGLISH) -> str:
    """An expected concentration: in full, and of less than a thousandth only that it is less. [ng/mL]"""
    if 0.0 < value < LEAST:
        return voice.say("less than %(number)s", number=plain(LEAST, voice))
    return plain(value, voice)


def two_ways(voice=ENGLISH) -> str:
    """What is said of a typed number that may be a thousand or one."""
    return voice.say(
        "This number can be read in two ways. Write thousands without a mark, such as 1500,"
        " and decimals with one digit more or less, such as 1.50."
    )
