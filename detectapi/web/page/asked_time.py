"""The time that the reader asks about: after the last dose, by date and time, or before the next dose of a use that goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from detectapi.telling.durations import DAYS, HOURS, after, duration, unit_for
from detectapi.values.regimen import HOURS_BETWEEN
from detectapi.web.page import dated
from detectapi.web.page.typed import number

LATEST = 1e6
"""Times beyond are not answered. [h]"""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A time after the end of the last dose [h], and how it is said."""

    hours: float
    words: str


def asked_time(values, asked, voice):
    """The time that is asked about.

    Parameters
    ----------
    values : dict
        As `form.typed` gives them.
    asked : dict
        The request of them.
    voice : Voice

    Returns
    -------
    AskedTime or None
    """
    since = number(values["since"])
    if isinstance(since, (int, float)):
        unit = DAYS if values["since_unit"] == "d" else HOURS
        return _within(
            since * unit.hours, voice.say("After %(time)s:", time=after(since * unit.hours, unit, voice, exact=True))
        )
    if values["collected_at"]:
        return _by_clock(values, asked, voice)
    return _before_next_dose(values, voice) if values["ongoing"] else None


def _within(hours, words):
    return AskedTime(hours, words) if 0.0 <= hours <= LATEST else None


def _by_clock(values, asked, voice):
    at, end = dated.local(dated.moment(values["collected_at"], values["zone"])), last_end(asked)
    if at is None or at.tzinfo is None or end is None:
        return None
    hours = (at - end).total_seconds() / 3600.0
    time = duration(hours, unit_for(max(hours, 0.0)), voice)
    return _within(hours, voice.say("%(moment)s, %(time)s after the last dose:", moment=voice.moment(at), time=time))


def _before_next_dose(values, voice):
    every = HOURS_BETWEEN.get(values["frequency"]) or number(values["every_h"])
    if not isinstance(every, (int, float)):
        return None
    return _within(every, voice.say("While it is taken, just before the next dose:"))


def last_end(asked):
    """The end of the last dose of a request; None where its doses have no date and time that can be read."""
    ends = []
    for dose in asked.get("doses", ()):
        start = dated.local(dose.get("start", ""))
        if start is None or start.tzinfo is None:
            return None
        repeat = dose.get("repeat") or {"every_h": 0, "count": 1}
        hours = repeat["every_h"] * (repeat["count"] - 1)
        ends.append(start + timedelta(hours=hours, minutes=dose.get("duration_min") or 0))
    return max(ends, default=None)


def is_too_early(values, asked):
    """Whether the specimen is taken before the last dose has ended."""
    at: datetime | None = dated.local(dated.moment(values["collected_at"], values["zone"]))
    end = last_end(asked)
    return at is not None and at.tzinfo is not None and end is not None and at < end
