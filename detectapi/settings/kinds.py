"""How the text of a variable of the environment becomes a value. Each kind says in words what it allows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

MOST_DIGITS = 18
"""Of a whole number: it fits into 64 bits."""


class Kind(Protocol):
    """What a setting may be."""

    @property
    def allowed(self) -> str:
        """What may stand in the variable, in words: "a whole number from 0 to 10"."""

    def read(self, text: str) -> object:
        """The value of a text that is not empty.

        Raises
        ------
        ValueError
            It is none of what is allowed.
        """


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""

    allowed: str = "a text"

    def read(self, text: str) -> str:
        """The text itself."""
        return text


@dataclass(frozen=True, slots=True)
class Url:
    """A URL with one of a few schemes. A refusal never repeats it, since it may hold a password."""

    schemes: tuple[str, ...]
    allowed: str

    def read(self, text: str) -> str:
        """The URL as it is written."""
        scheme, colon, rest = text.partition(":")
        if not colon or scheme not in self.schemes or not rest.startswith("//"):
            raise ValueError(text)
        _ = urlsplit(text).port  # an error where there is one that is no number
        return text


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in decimal digits; `high` is None where it has no bound of its own."""

    low: int
    high: int | None = None

    @property
    def allowed(self) -> str:
        """What may stand in the variable."""
        if self.high is None:
            return f"a whole number, {self.low:,} or more"
        return f"a whole number from {self.low:,} to {self.high:,}"

    def read(self, text: str) -> int:
        """The number."""
        if not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
            raise ValueError(text)
        number = int(text)
        if number < self.low or (self.high is not None and number > self.high):
            raise ValueError(text)
        return number


@dataclass(frozen=True, slots=True)
class Number:
    """A number, with a point for decimals."""

    low: float
    high: float

    @property
    def allowed(self) -> str:
        """What may stand in the variable."""
        return f"a number from {self.low:g} to {self.high:g}"

    def read(self, text: str) -> float:
        """The number."""
        value = float(text)
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise ValueError(text)
        return value


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words, or a text that begins with one of a few beginnings."""

    words: tuple[str, ...]
    beginnings: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What may stand in the variable."""
        return " or ".join((*self.words, *(f"{begin}…" for begin in self.beginnings)))

    def read(self, text: str) -> str:
        """The word."""
        if text not in self.words and not any(text.startswith(one) and text != one for one in self.beginnings):
            raise ValueError(text)
        return text


@dataclass(frozen=True, slots=True)
class Rates:
    """How often something may be done, in the words of the package limits."""

    allowed: str = "rates such as 60/minute, with semicolons between"

    def read(self, text: str) -> str:
        """The rates as they are written."""
        one = r"\s*[1-9][0-9]{0,8}\s*(/|\s+per\s+)\s*([1-9][0-9]{0,4}\s+)?(second|minute|hour|day)s?\s*"
        if not re.fullmatch(f"{one}([;,]{one})*", text, re.IGNORECASE):
            raise ValueError(text)
        return text


@dataclass(frozen=True, slots=True)
class Switch:
    """Off, unless it is switched on."""

    allowed: str = "0 or 1"

    def read(self, text: str) -> bool:
        """Whether it is on."""
        if text not in ("0", "1"):
            raise ValueError(text)
        return text == "1"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Names of hosts, with commas or spaces between."""

    allowed: str = "names of hosts without a scheme, with commas between"

    def read(self, text: str) -> tuple[str, ...]:
        """Each name."""
        names = tuple(text.replace(",", " ").split())
        if not names or any("/" in name or ";" in name for name in names):
            raise ValueError(text)
        return names


@dataclass(frozen=True, slots=True)
class Origins:
    """Origins of pages, such as ``https://portal.example``, with commas or spaces between."""

    allowed: str = "origins such as https://portal.example, with commas between"

    def read(self, text: str) -> tuple[str, ...]:
        """Each origin, without a slash at its end."""
        origins = tuple(word.rstrip("/") for word in text.replace(",", " ").split())
        for origin in origins:
            parts = urlsplit(origin)
            if (
                parts.scheme not in ("http", "https")
                or not parts.netloc
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError(origin)
            if set(parts.netloc) & set(";'\"*@"):
                raise ValueError(origin)
        if not origins:
            raise ValueError(text)
        return origins
