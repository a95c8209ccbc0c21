"""Dates and times of the form: doses in rows of their own, when the last dose was, when the specimen is taken.

A browser sends a date and time without its offset. The field of the time zone has it: an offset such as ``+01:00``, or the
name of a zone, which the script takes from the browser.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from detectapi.web.page.rows import Rows

ROWS = Rows("dose", ("at", "amount", "route"), most=200, empty=3)
"""Doses in rows of their own."""
OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
QUARTERS = (-210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765)
"""Offsets in use that are no whole hours. [min]"""


def offsets():
    """The offsets that the form offers, from west to east."""
    minutes = sorted([*range(-12 * 60, 15 * 60, 60), *QUARTERS])
    return [f"{'-' if m < 0 else '+'}{abs(m) // 60:02}:{abs(m) % 60:02}" for m in minutes]


def moment(text, zone):
    """A typed date and time with its offset.

    Parameters
    ----------
    text : str
        Such as ``2026-11-24T09:00``.
    zone : str
        An offset, or the name of a time zone.

    Returns
    -------
    str
        As RFC 3339 has it; the text itself where it is no date and time.
    """
    at = local(text)
    if at is None or at.tzinfo:
        return text
    match = OFFSET.fullmatch(zone)
    if match:
        return f"{at.isoformat(timespec='seconds')}{zone}"
    try:
        return at.replace(tzinfo=ZoneInfo(zone)).isoformat(timespec="seconds")
    except (ValueError, OSError, KeyError):  # no such zone
        return text


def local(text):
    """A typed date and time; None where it is none."""
    try:
        return datetime.fromisoformat(text) if "T" in text or " " in text else None
    except ValueError:
        return None


def earlier(text, hours):
    """A moment so many hours before another one; the text itself where it is no moment, or there is none so early."""
    at = local(text)
    try:
        return text if at is None else (at - timedelta(hours=hours)).isoformat(timespec="seconds")
    except OverflowError:
        return text


def latest(moments):
    """The latest of some moments that have an offset; empty where none has."""
    known = {at: text for text in moments if (at := local(text)) and at.tzinfo}
    return known[max(known)] if known else ""


def as_typed(text):
    """A moment of a request as the two fields hold it: date and time, and the offset."""
    at = datetime.fromisoformat(text)
    zone = at.strftime("%z")
    return at.replace(tzinfo=None).isoformat(timespec="minutes"), f"{zone[:3]}:{zone[3:5]}"
