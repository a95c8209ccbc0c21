"""A time of a request or of an answer in words: a date with its offset, or an hour of the common clock."""

from __future__ import annotations

from collections.abc import Mapping

from detectapi.telling.voice import ENGLISH, zone
from schemas.timestamp import Timestamp


def when(section: Mapping, name: str, voice=ENGLISH) -> str:
    """A time in words; empty where the section has none of this name.

    Parameters
    ----------
    section : dict
        Has the time as a date under the name, or in hours under the name with ``_h``.
    name : str
    voice : Voice
    """
    if section.get(name):
        at = Timestamp().read(section[name])
        return f"{voice.moment(at)} ({zone(at)})"
    if section.get(f"{name}_h") is not None:
        return voice.say("hour %(hour)s", hour=voice.number(section[f"{name}_h"]))
    return ""
