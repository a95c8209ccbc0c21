"""The times at which a question asks for the chance of a positive specimen, in hours after the end of the last dose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from detectapi.values.errors import InputError
from detectapi.values.regimen import Regimen


class AskedTime(NamedTuple):
    """A time that is asked about.

    Attributes
    ----------
    hours : float
        [h after the last dose]
    at : datetime or None
        The same as the question states it, where it states a date.
    """

    hours: float
    at: datetime | None = None


def read_asked_times(options: Mapping[str, Any], regimen: Regimen) -> tuple[AskedTime, ...]:
    """Times that the options of a question ask about, in their order: hours first, then dates.

    Parameters
    ----------
    options : dict
        As loaded; of its keys ``times_h`` and ``at`` each may be missing.
    regimen : Regimen

    Raises
    ------
    InputError
        A date is asked about where doses have none, or one before the end of the last dose.
    """
    asked = [AskedTime(float(hours)) for hours in options.get("times_h") or ()]
    for i, at in enumerate(options.get("at") or ()):
        pointer = f"/options/at/{i}"
        if regimen.ended_at is None:
            detail = "A date needs doses with dates: give every dose a start, or ask by times_h."
            raise InputError(detail, pointer=pointer, code="no-dates")
        hours = (at - regimen.ended_at).total_seconds() / 3600.0
        if hours < 0.0:
            raise InputError("Must not lie before the end of the last dose.", pointer=pointer, code="range")
        asked.append(AskedTime(hours, at))
    return tuple(asked)
