"""The time that the reader asks about: after the last dose, by date and time, or before the next dose of a use that goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from detectapi.inputs.table import INPUTS
from detectapi.inputs.typed import as_typed, number
from detectapi.telling.durations import DAYS, HOURS, after, duration, unit_for
from detectapi.telling.voice import ENGLISH
from detectapi.values.regimen import HOURS_BETWEEN
from detectapi.web.page import dated

LATEST = INPUTS["options.times_h"].bounds[1]
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


def time_option(values, asked):
    """The option of a request that asks about the time of the form; none where nothing is asked, or cannot be read."""
    if not values["since"] and values["collected_at"]:
        at, end = dated.local(dated.moment(values["collected_at"], values["zone"])), last_end(asked)
        if at is None or at.tzinfo is None or end is None or at < end:
            return {}
        return {"at": [at.isoformat(timespec="seconds")]}
    when = asked_time(values, asked, ENGLISH)
    return {} if when is None else {"times_h": [when.hours]}


def filled_time(options):
    """The form's values for the one time that a request asks about."""
    if len(options.get("times_h", ())) == 1:
        hours = options["times_h"][0]
        in_days = hours >= 2.0 * DAYS.hours and hours % DAYS.hours == 0
        return {"since": as_typed(hours / DAYS.hours if in_days else hours), "since_unit": "d" if in_days else "h"}
    if len(options.get("at", ())) == 1:
        at, zone = dated.as_typed(options["at"][0])
        return {"collected_at": at, "zone": zone}
    return {}


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
    doses = [dose for use in asked.get("uses") or [asked] for dose in use.get("doses", ())]
    for dose in doses:
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
