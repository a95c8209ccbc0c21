"""A question in words: what was used, how, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from detectapi.telling.inputs_used import said_words, salt
from detectapi.telling.sentences import name
from detectapi.telling.voice import ENGLISH, zone
from schemas.fields import plain_word
from schemas.timestamp import Timestamp

MOST_DOSES = 8
"""Lines of doses at most; the rest is counted."""


def doses(asked, voice=ENGLISH, most: int = MOST_DOSES) -> tuple[str, ...]:
    """What was used, a line for each dose or series of doses.

    Parameters
    ----------
    asked : dict
        A request that was answered.
    voice : Voice
    most : int
        Lines at most; one more says how many are left out.
    """
    if asked.get("uses"):
        named = (
            f"{name(use['substance'], voice)}: {line}" for use in asked["uses"] for line in doses(use, voice, most)
        )
        return tuple(named)
    if asked.get("pattern"):
        return (_pattern(asked["pattern"], voice),)
    entries = asked.get("doses") or ()
    if not entries:
        return (voice.say("No dose was given."),)
    lines = [one_dose(entry, voice) for entry in entries[:most]]
    left = len(entries) - most
    if left > 0:
        lines.append(
            voice.say_many("and one dose more, in the request", "and %(num)s doses more, in the request", left)
        )
    return tuple(lines)


def day(text: str, voice=ENGLISH) -> str:
    """A date as people write it; a text that is no date as it is."""
    try:
        return voice.day(date.fromisoformat(text))
    except ValueError:
        return text


def one_dose(entry, voice=ENGLISH) -> str:
    """A dose or a series of doses in a line."""
    parts = [_amount(entry, voice), *_how(entry, voice)]
    if entry.get("start"):
        start = Timestamp().read(entry["start"])
        parts.append(f"{voice.moment(start)} ({zone(start)})")
    elif entry.get("start_h") is not None:
        parts.append(voice.say("at hour %(hour)s", hour=voice.number(entry["start_h"])))
    repeat = entry.get("repeat")
    if repeat:
        count, every = voice.number(repeat["count"]), voice.number(repeat["every_h"])
        parts.append(voice.say("%(count)s doses, one every %(hours)s hours", count=count, hours=every))
    return "; ".join(parts)


def _pattern(entry, voice) -> str:
    frequency = plain_word(entry["frequency"])
    parts = [
        _amount(entry, voice),
        *_how(entry, voice),
        said_words("pattern.frequency", voice).get(frequency, frequency),
    ]
    if entry.get("for_days"):
        days = entry["for_days"]
        parts.append(
            voice.say_many(
                "for %(number)s day", "for %(number)s days", 1 if days == 1 else 2, number=voice.number(days)
            )
        )
    return "; ".join(parts)


def _amount(entry, voice) -> str:
    key = next((key for key in ("amount_mg", "amount_mg_per_kg", "amount") if entry.get(key) is not None), None)
    if key is None:
        return voice.say("amount as in the request")
    unit = {"amount_mg": "mg", "amount_mg_per_kg": "mg/kg"}.get(key) or str(entry.get("unit", "mg"))
    amount = f"{_quantity(entry[key], voice)} {unit}"
    basis = plain_word(str(entry.get("basis", "")))
    if not basis:
        return amount
    return voice.say("%(amount)s as %(salt)s", amount=amount, salt=salt(basis, voice))


def _quantity(value, voice) -> str:
    if isinstance(value, dict):
        return f"{voice.number(value['low'])} – {voice.number(value['high'])}"
    return voice.number(value)


def _how(entry, voice) -> Iterator[str]:
    route = entry.get("route")
    if route:
        word = plain_word(str(route))
        yield said_words("doses[].route", voice).get(word, str(route))
    if entry.get("duration_min"):
        minutes = entry["duration_min"]
        yield voice.say_many(
            "over %(number)s minute", "over %(number)s minutes", 1 if minutes == 1 else 2, number=voice.number(minutes)
        )
