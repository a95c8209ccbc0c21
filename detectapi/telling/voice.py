"""How words come out: in which language, and where they are read.

Sentences are in the code in English. The code that shows a sentence passes it to a voice, so it exists once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

SURFACES = ("terminal", "notebook", "page", "report")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
GROUPED_FROM = 10_000  # shorter numbers are read without help


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes numbers and moments.

    Attributes
    ----------
    decimal, group : str
        Marks before the decimals and between groups of three digits.
    day, time : str
        Formats of a date, and of a time behind it.
    """

    decimal: str
    group: str
    day: str
    time: str


NOTATIONS = {
    "en": Notation(".", ",", "{day} {month_name} {year}", "{hour:02}:{minute:02}"),
    "de": Notation(",", ".", "{day}.{month}.{year}", "{hour:02}:{minute:02} Uhr"),
    "es": Notation(",", "\N{NARROW NO-BREAK SPACE}", "{day}/{month}/{year}", "{hour:02}:{minute:02}"),
}


class Voice:
    """English, and the form of every other voice.

    Parameters
    ----------
    surface : str
        One of `SURFACES`: where the words are read.
    """

    def __init__(self, surface: str = "terminal"):
        self.surface = surface

    @property
    def language(self) -> str:
        """The code of its language."""
        return "en"

    def say(self, message, **values):
        """A sentence with its values, which replace ``%(name)s`` in it."""
        return message % values if values else message

    def say_in(self, context, message, **values):
        """A sentence that other languages say differently in different contexts."""
        return self.say(message, **values)

    def say_many(self, one, many, count, **values):
        """One of two sentences by a count; the sentence may hold the count as ``%(num)s``."""
        return (one if count == 1 else many) % {"num": count, **values}

    def say_many_in(self, context, one, many, count, **values):
        """One of two sentences by a count, in a context."""
        return self.say_many(one, many, count, **values)

    def knows(self, message) -> bool:
        """Whether this voice can say a sentence of the data in its own language."""
        return True

    def number(self, value, form="g"):
        """A number in one of Python's formats, with the marks of the language.

        Numbers of five digits and more are grouped.
        """
        notation = NOTATIONS[self.language]
        written = format(value, form)
        whole, point, decimals = written.partition(".")
        digits = whole.lstrip("+-")
        if digits.isdigit() and int(digits) >= GROUPED_FROM:
            whole = whole[: len(whole) - len(digits)] + f"{int(digits):,}".replace(",", notation.group)
        return whole + notation.decimal * len(point) + decimals

    def day(self, at: date):
        """A date, as people write it."""
        parts = {"day": at.day, "month": at.month, "year": at.year, "month_name": MONTHS[at.month - 1]}
        return NOTATIONS[self.language].day.format(**parts)

    def moment(self, at: datetime):
        """A date with its time, as people write it."""
        return f"{self.day(at)}, {NOTATIONS[self.language].time.format(hour=at.hour, minute=at.minute)}"


def zone(at: datetime) -> str:
    """The offset of a moment from UTC: "UTC+01:00"."""
    offset = at.strftime("%z")
    return "UTC" if offset in ("", "+0000", "-0000") else f"UTC{offset[:3]}:{offset[3:5]}"


ENGLISH = Voice()


def translated(word: str, voice) -> str | None:
    """A word as the catalogues have it, in small letters or with a capital one; None where they have neither."""
    if voice.knows(word):
        return voice.say(word)
    small = word[:1].lower() + word[1:]
    if not voice.knows(small):
        return None
    said = voice.say(small)
    return said[:1].upper() + said[1:]


def capital(sentence: str) -> str:
    """With a capital letter first, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
