"""Durations in words: two figures, and one unit for all that is said of an answer.

The unit follows from the longest duration. Exact hours are in tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from detectapi.telling.numbers import two_figures
from detectapi.telling.voice import ENGLISH


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time.

    Attributes
    ----------
    name : str
    hours : float
        Its length. [h]
    longest : float
        Durations up to this one are said in it. [h]
    """

    name: str
    hours: float
    longest: float


MINUTES = Unit("minutes", 1 / 60, 1.5)
HOURS = Unit("hours", 1.0, 96.0)
DAYS = Unit("days", 24.0, 2400.0)
WEEKS = Unit("weeks", 168.0, math.inf)
UNITS = MINUTES, HOURS, DAYS, WEEKS


def unit_for(longest: float, shortest: float = 0.0) -> Unit:
    """The unit for durations that are said together.

    Parameters
    ----------
    longest : float
        It chooses the unit. [h]
    shortest : float
        The shortest one that is not zero. A smaller unit is taken where it would be said as zero. [h]

    Returns
    -------
    Unit
    """
    place = next(i for i, unit in enumerate(UNITS) if longest < unit.longest)
    while place > 0 and shortest > 0.0 and two_figures(shortest / UNITS[place].hours) == 0.0:
        place -= 1
    return UNITS[place]


def figure(hours: float, unit: Unit, voice=ENGLISH) -> str:
    """The number of a duration in a unit, without the unit."""
    return voice.number(two_figures(hours / unit.hours))


def duration(hours: float, unit: Unit, voice=ENGLISH) -> str:
    """A duration alone, such as in a table: "32 hours".

    Parameters
    ----------
    hours : float
        [h]
    unit : Unit
    voice : Voice
    """
    number = figure(hours, unit, voice)
    return {
        MINUTES: voice.say_many("%(number)s minute", "%(number)s minutes", _count(number), number=number),
        HOURS: voice.say_many("%(number)s hour", "%(number)s hours", _count(number), number=number),
        DAYS: voice.say_many("%(number)s day", "%(number)s days", _count(number), number=number),
        WEEKS: voice.say_many("%(number)s week", "%(number)s weeks", _count(number), number=number),
    }[unit]


def after(hours: float, unit: Unit, voice=ENGLISH, exact: bool = False) -> str:
    """A duration within a sentence, behind "after", "between" or "at most".

    Parameters
    ----------
    hours : float
        [h]
    unit : Unit
    voice : Voice
    exact : bool
        Every figure of it, for a time that the reader has chosen.
    """
    number = voice.number(hours / unit.hours) if exact else figure(hours, unit, voice)
    count = _count(number)
    return {
        MINUTES: voice.say_many_in(
            "after a preposition", "%(number)s minute", "%(number)s minutes", count, number=number
        ),
        HOURS: voice.say_many_in("after a preposition", "%(number)s hour", "%(number)s hours", count, number=number),
        DAYS: voice.say_many_in("after a preposition", "%(number)s day", "%(number)s days", count, number=number),
        WEEKS: voice.say_many_in("after a preposition", "%(number)s week", "%(number)s weeks", count, number=number),
    }[unit]


def _count(number: str) -> int:
    """What decides between singular and plural: only a duration that is said as "1" is singular."""
    return 1 if number == "1" else 2


def since_last_dose(unit: Unit, voice=ENGLISH) -> str:
    """The name of an axis of time."""
    return {
        MINUTES: voice.say("minutes after the last dose"),
        HOURS: voice.say("hours after the last dose"),
        DAYS: voice.say("days after the last dose"),
        WEEKS: voice.say("weeks after the last dose"),
    }[unit]
