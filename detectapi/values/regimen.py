"""The use pattern: amounts, routes and times of doses. Times are hours relative to the end of the last dose."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

HOURS_BETWEEN = {"monthly": 365.25 * 2.0, "weekly": 168.0, "twice-weekly": 84.0, "daily": 24.0}
"""The interval between doses for each word of a use pattern. [h]"""

ORDINARY_WEIGHT = 70.0
"""Weight of an adult for amounts per kg, where the weight of the person does not matter. [kg]"""

CHRONIC_DAYS = 30.0
"""Length of a use from which it is chronic. [d]"""
CHRONIC_EVERY_H = 48.0
"""The longest mean interval between doses of a chronic use. [h]"""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of free base: a number, or the central 90 % of a log-normal; in mg, or in mg per kg body weight."""

    low: float
    high: float
    per_kg: bool = False

    @property
    def centre(self) -> float:
        """Median. [mg or mg/kg]"""
        return math.sqrt(self.low * self.high)

    @property
    def exact(self) -> bool:
        """Whether it is a number, not a range."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Train:
    """Equal doses at equal intervals; a single dose is a train of one.

    ``start`` [h] is the start of the first dose; ``pointer`` is the place of the doses in the request.
    """

    amount: Amount
    route: str
    start: float
    duration: float
    every: float
    count: int
    pointer: str

    @property
    def last_start(self) -> float:
        """Start of the last dose. [h]"""
        return self.start + (self.count - 1) * self.every

    @property
    def end(self) -> float:
        """End of the last dose. [h]"""
        return self.last_start + self.duration


@dataclass(frozen=True, slots=True)
class Regimen:
    """All doses, relative to the end of the last one. ``ended_at`` is its clock time if the request has clock times."""

    trains: tuple[Train, ...]
    ended_at: datetime | None = None

    @property
    def count(self) -> int:
        """Number of single doses."""
        return sum(train.count for train in self.trains)

    @property
    def routes(self) -> tuple[str, ...]:
        """The routes, in the order of the doses."""
        return tuple(dict.fromkeys(train.route for train in self.trains))

    @property
    def amounts(self) -> tuple[float, ...]:
        """The amounts of single doses, each once; amounts per kg are those of an adult of ordinary weight. [mg]"""
        return tuple(
            dict.fromkeys(t.amount.centre * (ORDINARY_WEIGHT if t.amount.per_kg else 1.0) for t in self.trains)
        )

    @property
    def pattern(self) -> str:
        """``none``, ``single``, ``course`` or ``chronic`` (30 days or more, on average at least every second day)."""
        if self.count == 0:
            return "none"
        if self.count == 1:
            return "single"
        span = max(t.last_start for t in self.trains) - min(t.start for t in self.trains)
        typical_interval = span / (self.count - 1)
        chronic = span >= (CHRONIC_DAYS - 1.0) * 24.0 and typical_interval <= CHRONIC_EVERY_H
        return "chronic" if chronic else "course"

    def clock(self, hours: float) -> datetime | None:
        """The clock time so many hours after the end of the last dose; None without clock times."""
        return None if self.ended_at is None else self.ended_at + timedelta(hours=hours)


def from_end(trains: list[Train], origin: datetime | None = None) -> Regimen:
    """Shift doses so that the last one ends at time zero.

    Parameters
    ----------
    trains : list of Train
        Their times are relative to any common origin. [h]
    origin : datetime, optional
        Clock time of the origin.
    """
    if not trains:
        return Regimen(())
    end = max(train.end for train in trains)
    ended_at = None if origin is None else origin + timedelta(hours=end)
    return replace(shifted(trains, -end), ended_at=ended_at)


def shifted(trains: list[Train], hours: float) -> Regimen:
    """Doses some hours later, in the order of their starts. [h]"""
    return Regimen(
        tuple(replace(train, start=train.start + hours) for train in sorted(trains, key=lambda train: train.start))
    )


def pattern_train(frequency: str, amount: Amount, route: str, duration: float, for_days: float | None) -> Train:
    """The train of doses that a use pattern in words describes.

    Parameters
    ----------
    frequency : str
        ``once`` or a word of `HOURS_BETWEEN`.
    amount : Amount
    route : str
    duration : float
        Of each dose. [h]
    for_days : float or None
        Length of the use; None with ``once``. [d]
    """
    if frequency == "once":
        return Train(amount, route, 0.0, duration, 0.0, 1, "/pattern")
    every = HOURS_BETWEEN[frequency]
    return Train(amount, route, 0.0, duration, every, doses_within(for_days or 0.0, every), "/pattern")


def doses_within(days: float, every: float) -> int:
    """How many doses some days hold: one at their first hour, and as many more as begin within them.

    Parameters
    ----------
    days : float
        [d]
    every : float
        Hours from one start to the next. [h]
    """
    return max(1, math.ceil(days * 24.0 / every - 1e-9))
