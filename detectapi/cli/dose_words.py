"""A dose in words, such as `35 mg intravenous over 40 min every 84 h x6`, as an entry of `doses`.

Only the grammar is checked here. The contract checks bounds and meaning.
"""

import re
import unicodedata

from detectapi.inputs.table import INPUTS
from detectapi.inputs.typed import UNBOUNDED, is_two_way, quantity
from detectapi.telling.numbers import two_ways
from detectapi.values.errors import InputError
from detectapi.values.regimen import HOURS_BETWEEN, doses_within
from detectapi.values.units import MASS_WORDS

TIME_H = {
    "min": 1 / 60, "mins": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "h": 1, "hr": 1, "hrs": 1, "hour": 1, "hours": 1,
    "d": 24, "day": 24, "days": 24, "wk": 168, "week": 168, "weeks": 168,
}  # fmt: skip
A_DAY = {"once": 24, "twice": 12, "two times": 12, "three times": 8, "four times": 6}
A_WEEK = {"once": HOURS_BETWEEN["weekly"], "twice": HOURS_BETWEEN["twice-weekly"]}
OFTEN_H = {
    **{f"{word} {per}": hours for word, hours in A_DAY.items() for per in ("daily", "a day", "per day")},
    **{f"{word} {per}": hours for word, hours in A_WEEK.items() for per in ("weekly", "a week", "per week")},
    **{f"once {per}": HOURS_BETWEEN["monthly"] for per in ("monthly", "a month", "per month")},
    **{f"{every} {unit}": HOURS_BETWEEN[word] for every in ("every", "each")
       for unit, word in (("day", "daily"), ("week", "weekly"), ("month", "monthly"))},
    **HOURS_BETWEEN, "every other day": 48, "every second day": 48,
}  # fmt: skip
"""How often, in words: hours from one dose to the next. [h]"""

NUMBER = r"(?:\d[\d.,'\u2019]*(?:[eE][+-]?\d+)?|[.,]\d+)"


def _one_of(words):
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


TIME, OFTEN = _one_of(TIME_H), _one_of(OFTEN_H)
DOSE = re.compile(
    rf"""
    (?P<low>{NUMBER}) (?:\s* (?:[-–]|\bto\b) \s*(?P<high>{NUMBER}))? \s*
    (?: (?P<mass>{_one_of(MASS_WORDS)}) (?: (?P<per_kg>\s*(?:/|per)\s*kg) | (?P<per_h>\s*(?:/|per)\s*(?:hour|hr|h)) )? (?=\s|$)
      | (?P<counted>[a-z][\w-]*) )
    (?:\s+ as \s+ (?P<basis>\S+))?
    (?:\s+ (?P<route>(?!(?:over|every|at|for|{OFTEN})\b)\S.*?))?
    (?:\s+ over \s+ (?P<over>{NUMBER}) \s* (?P<over_unit>{TIME}))?
    (?:\s+ (?: every \s+ (?P<every>{NUMBER}) \s* (?P<every_unit>{TIME}) | (?P<often>{OFTEN}) )
      (?: \s* [x×] \s* (?P<count>\d+) | \s+ (?P<times>\d+) \s+ times
        | \s+ for \s+ (?P<length>{NUMBER}) \s* (?P<length_unit>{TIME}) )? )?
    (?:\s+ at \s+ (?: (?P<at>[+-]?(?:{NUMBER})) \s* (?P<at_unit>{TIME}) | (?P<clock>\d{{4}}-\S+) ))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
DOSE_FORM = (
    "AMOUNT mg|g|µg|mcg[/kg|/h] or a unit of the substance, then [as SALT] ROUTE [over N min] "
    "[every N h or daily|weekly, xCOUNT or for N days] [at N h | at 2026-11-23T07:20:00Z]"
)
NO_COUNT = "Say how many doses there were, such as daily x10 or every 8 h for 10 days."


def dose(text, pointer):
    """A dose in words, as an entry of `doses`.

    Parameters
    ----------
    text : str
    pointer : str
        Its place in the question.

    Raises
    ------
    InputError
        The words do not follow the grammar, a number can be read in two ways, or repeated doses are not counted.
    """
    match = DOSE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        raise InputError(f"Must read: {DOSE_FORM}.", pointer=pointer, code="format")
    entry = amount(match, pointer)
    for name in ("route", "basis"):
        if match[name]:
            entry[name] = match[name]
    if match["over"]:
        entry["duration_min"] = hours_of(match, "over", f"{pointer}/duration_min") * 60
    if match["every"] or match["often"]:
        entry["repeat"] = repeat(match, f"{pointer}/repeat")
    if match["at"]:
        entry["start_h"] = hours_of(match, "at", f"{pointer}/start_h")
    if match["clock"]:
        entry["start"] = match["clock"]
    return entry


def repeat(match, pointer):
    """How often and how many times a dose was taken."""
    every = OFTEN_H[" ".join(match["often"].lower().split())] if match["often"] else hours_of(match, "every", pointer)
    count = match["count"] or match["times"]
    if count:
        return {"every_h": every, "count": int(count)}
    if not match["length"]:
        raise InputError(NO_COUNT, pointer=f"{pointer}/count", code="required")
    days, (_, most) = hours_of(match, "length", pointer) / 24, INPUTS["pattern.for_days"].bounds
    if not 0 < days <= most or every <= 0:
        raise InputError(f"Must be above 0 and at most {most:g} days.", pointer=f"{pointer}/count", code="range")
    return {"every_h": every, "count": doses_within(days, every)}


def amount(match, pointer):
    """The amount of a dose in words, with its unit where that is not of mass."""
    scale = MASS_WORDS[match["mass"].lower()] if match["mass"] else 1
    name = "amount" if match["counted"] or match["per_h"] else "amount_mg_per_kg" if match["per_kg"] else "amount_mg"
    place = f"{pointer}/{name}"
    low = number(match["low"], place) * scale
    value = {"low": low, "high": number(match["high"], place) * scale} if match["high"] else low
    return {name: value, "unit": match["counted"] or "mg/h"} if name == "amount" else {name: value}


def hours_of(match, name, pointer):
    """A length of time in words. [h]"""
    return number(match[name], pointer) * TIME_H[match[f"{name}_unit"].lower()]


def hours(text, pointer):
    """A time after the last dose, such as 72, 72h or 30d. [h]"""
    match = re.fullmatch(rf"\s*(?P<time>{NUMBER})\s*(?P<time_unit>{TIME})?\s*", text, re.IGNORECASE)
    if not match:
        raise InputError("Must be a time such as 72h or 30d.", pointer=pointer, code="format")
    return number(match["time"], pointer) * TIME_H[(match["time_unit"] or "h").lower()]


def number(text, pointer, bounds=UNBOUNDED):
    """A number as people write it, with a decimal point or a decimal comma.

    Raises
    ------
    InputError
        It is none, or it may be a thousand or one.
    """
    value = quantity(text, bounds)
    if isinstance(value, (str, dict)):
        raise unreadable(text, pointer)
    return float(value)


def number_or_range(text, pointer, bounds=UNBOUNDED):
    """A number, or `low-high` as a range.

    Parameters
    ----------
    text : str
    pointer : str
        Its place in the question.
    bounds : (float, float)
        They may tell how a number is meant.

    Returns
    -------
    float or dict
    """
    value = quantity(text, bounds)
    if isinstance(value, str):
        raise unreadable(text, pointer)
    return value


def unreadable(text, pointer):
    """The error of a number that cannot be read, or that can be read in two ways."""
    words = two_ways() if is_two_way(text) else "Must be a number, or a range such as 60-70."
    return InputError(words, pointer=pointer, code="type")
