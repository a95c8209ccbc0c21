"""Numbers and ranges as people type them, and back.

A text that is no number stays as it was typed; the contract refuses it and says what is allowed. So does a text that can be read
in two ways, such as 1,000: a thousand for one reader, one for another. Bounds decide where only one of the two lies within them.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any, TypeAlias

Bounds: TypeAlias = tuple[float, float]
Range: TypeAlias = dict[str, float]

WRITTEN = r"[+-]?[\d.,](?:[\d.,'’]|\s(?=\d))*(?:[eE][+-]?\d+)?"
RANGE = re.compile(rf"\s*({WRITTEN})\s*(?:-|‐|‑|‒|–|—|−|\.\.|to|bis|a|hasta)\s*({WRITTEN})\s*")
SINGLE = re.compile(rf"\s*({WRITTEN})\s*")

DECIMAL = re.compile(r"([+-]?\d*)(?:[.,](\d+))?([eE][+-]?\d+)?")
THOUSANDS = tuple(
    re.compile(rf"([+-]?[1-9]\d{{0,2}}(?:{mark}\d{{3}})+){decimal}")
    for mark, decimal in ((",", r"(?:\.(\d+))?"), (r"\.", r"(?:,(\d+))?"), (r"['’\s]", r"(?:[.,](\d+))?"))
)
"""Digits in groups of three: with commas, with points, with apostrophes or spaces."""

UNBOUNDED: Bounds = (float("-inf"), float("inf"))


def readings(text: str, bounds: Bounds = UNBOUNDED, whole: bool = False) -> list[float]:
    """Every number that a text may mean, in order.

    Parameters
    ----------
    text : str
    bounds : (float, float)
        The numbers that the field allows.
    whole : bool
        The field asks for a count, which nobody types with decimals: 2,000 are two thousand.

    Returns
    -------
    list of (int or float)
        Empty where it is no number. Bounds choose only where there are two, and never take 1,000 for one.
    """
    numbers: list[float] = []
    decimal = DECIMAL.fullmatch(text)
    if decimal and (decimal[1].strip("+-") or decimal[2]):
        numbers.append(plain(f"{decimal[1]}.{decimal[2] or 0}{decimal[3] or ''}"))
    for form in THOUSANDS:
        match = form.fullmatch(text)
        if match:
            numbers.append(plain(f"{re.sub(r'[^0-9+-]', '', match[1])}.{match[2] or 0}"))
    numbers = sorted(set(numbers))
    if len(numbers) > 1 and whole:
        return numbers[-1:]
    within = [value for value in numbers if bounds[0] <= value <= bounds[1]]
    settled = len(within) == 1 and (within[0] == max(numbers, key=abs) or isinstance(within[0], float))
    return within if settled else numbers


def plain(text: str) -> float:
    """A number written with a point; a whole one as an integer."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def meanings(text: str, bounds: Bounds = UNBOUNDED, whole: bool = False) -> list[float] | list[Range]:
    """Every number or range that a typed text may mean; a range has its low end below its high one if any reading has."""
    text = unicodedata.normalize("NFKC", text)
    single = SINGLE.fullmatch(text)
    numbers = readings(single[1], bounds, whole) if single else []
    if numbers:
        return numbers
    match = RANGE.fullmatch(text)
    if not match:
        return []
    ends = [readings(match[i], bounds, whole) for i in (1, 2)]
    pairs = list(itertools.product(*ends))
    rising = [pair for pair in pairs if pair[0] < pair[1]]
    # The other end may tell 1.250 from 1250, but it never makes a 1 of 1.000.
    doubtful = any(
        isinstance(value, int) and value < max(end) for pair in rising for value, end in zip(pair, ends, strict=True)
    )
    return [{"low": low, "high": high} for low, high in (pairs if doubtful else rising or pairs)]


def number(text: str, bounds: Bounds = UNBOUNDED, whole: bool = False) -> float | str:
    """A typed number, or the text itself."""
    value = quantity(text, bounds, whole)
    return text if isinstance(value, dict) else value


def quantity(text: str, bounds: Bounds = UNBOUNDED, whole: bool = False) -> float | Range | str:
    """A typed number or range such as "0.9-1.3", or the text itself."""
    numbers = meanings(text, bounds, whole)
    return numbers[0] if len(numbers) == 1 else text


def is_two_way(text: str) -> bool:
    """Whether a text, or an end of its range, can be read as two numbers."""
    return len(meanings(text)) > 1


def as_typed(value: Any, bounds: Bounds = UNBOUNDED) -> str:
    """A number, a range or a word of a request as it is typed; three decimals get a fourth where they look like thousands."""
    if isinstance(value, dict):
        return f"{as_typed(value['low'], bounds)}-{as_typed(value['high'], bounds)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    text = f"{value:.15g}"
    return f"{text}0" if len(readings(text, bounds)) > 1 else text
