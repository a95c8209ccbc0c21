"""Sentences of an answer in the reader's language.

An answer holds its notes, its reasons and its details in English. They are sentences of the code or of the data, some with values
in them, some joined to one text. What the catalogues know is said in the reader's language; the rest stays English and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from detectapi.telling import chances, interpretation_notes
from detectapi.telling.details import DETAILS
from detectapi.telling.notes import NOTES
from detectapi.telling.voice import ENGLISH, capital, translated

VALUE = re.compile(r"%\((\w+)\)s")
SHARE = re.compile(r"(.+) (\d+)%")
ACCOUNT = re.compile(r"“(.+)”")
"""An account by the name that the request gave it."""
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
END = re.compile(r"(?<=[.;:!?])\s+")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of the data, with the language it is in."""

    text: str
    language: str


def quoted(text: str, voice=ENGLISH) -> Quoted:
    """A sentence of an answer in the reader's language where it has been translated, else in English.

    Parameters
    ----------
    text : str
        A sentence of the code or of the data with its values, or several of them joined.
    voice : Voice
    """
    if voice.language == "en":
        return Quoted(text, "en")
    said = retold(text, voice)
    return Quoted(text, "en") if said is None else Quoted(said, voice.language)


def retold(text: str, voice) -> str | None:
    """A text in the language of a voice; None where a part of it has no translation there."""
    if voice.knows(text):
        return voice.say(text)
    for said in (_with_values(text, voice), _joined(text, voice)):
        if said is not None:
            return said
    return None


def _with_values(text: str, voice) -> str | None:
    """A sentence with its values; None where it is none that is known."""
    for pattern, template in _templates():
        match = pattern.fullmatch(text)
        if match and voice.knows(template):
            said = voice.say(template, **{name: _value(value, voice) for name, value in match.groupdict().items()})
            return said[:1].upper() + said[1:] if text[:1].isupper() else said
    return None


def _value(text: str, voice) -> str:
    """A value within a sentence: a number, a chance, a name, or a list of names. What is not known stays as it is."""
    if NUMBER.fullmatch(text):
        return voice.number(float(text))
    named = ACCOUNT.fullmatch(text)
    if named:
        return voice.say("“%(account)s”", account=named[1])
    share = SHARE.fullmatch(text)
    if share and ", " not in text:
        return f"{_value(share[1], voice)} {voice.say('%(number)s %%', number=share[2])}"
    for form in (text, text[:1].lower() + text[1:]):
        said = retold(form, voice)
        if said is not None:
            return said
    for mark in ("; ", ", "):
        if mark in text:
            return mark.join(_value(part, voice) for part in text.split(mark))
    return text


def _joined(text: str, voice) -> str | None:
    """Sentences that follow each other; None where one of them has no translation."""
    ends = [match.start() for match in END.finditer(text)]
    for end in reversed(ends):
        first, rest = text[:end], text[end:].lstrip()
        said = voice.say(first) if voice.knows(first) else _with_values(first, voice) or _name(first, voice)
        if said is not None:
            after = retold(rest, voice)
            return None if after is None else f"{said} {after}"
    return None


def _name(text: str, voice) -> str | None:
    """The name before what is said of one of several substances, such as ``Ketamine:``; None where it is none that is known."""
    name = text.removesuffix(":")
    if name == text:
        return None
    said = translated(name, voice) or translated(name.lower().replace(" ", "-"), voice)  # the id of a substance
    said = said or (name if name.isupper() else None)  # an abbreviation
    return said and f"{capital(said)}:"


@cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences that hold values, each with the pattern of what they become; the longest first."""
    own = (*interpretation_notes.NOTES.values(), interpretation_notes.MEDICINE)
    held = [*NOTES.values(), *own, *DETAILS.values(), *chances.SENTENCES]
    return tuple((_pattern(one), one) for one in sorted(held, key=len, reverse=True) if VALUE.search(one))


def _pattern(template: str) -> re.Pattern[str]:
    parts = VALUE.split(template)
    written = (
        re.escape(part.replace("%%", "%")) if i % 2 == 0 else f"(?P<{part}>{_form(part)})"
        for i, part in enumerate(parts)
    )
    return re.compile("".join(written))


def _form(name: str) -> str:
    """What a value may be: a number where it is called one, else anything."""
    return NUMBER.pattern if name.startswith("number") else ".+?"
