"""What a report is filed under: a case number and a date of issue, with the rules that hold on every surface."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as day_of

from detectapi.telling.voice import ENGLISH
from detectapi.values.errors import InputError, Problem

MOST_CHARACTERS = 40
"""Characters of a case number at most."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Filing:
    """What a report is filed under.

    Attributes
    ----------
    case : str
        Case number; empty for a line to write it on.
    date : str
        Date of issue, as YYYY-MM-DD; empty likewise. It is never read from a clock.
    """

    case: str = ""
    date: str = ""


UNFILED = Filing()
"""Lines to write both on."""


def rules(voice=ENGLISH) -> dict[str, str]:
    """What a case number and a date of issue must be."""
    return {
        "case": voice.say("A case number has at most %(most)s characters, in one line.", most=MOST_CHARACTERS),
        "date": voice.say("A date of issue is written such as 2026-11-24."),
    }


def read_filing(case: str = "", date: str = "") -> Filing:
    """A case number and a date of issue, checked.

    Parameters
    ----------
    case, date : str
        As they were typed; spaces around them are left out.

    Raises
    ------
    InputError
        The case number is too long or holds a line break; the date is none. The pointers are ``/case`` and ``/date``.
    """
    filing = Filing(case.strip(), date.strip())
    problems = []
    if len(filing.case) > MOST_CHARACTERS or not filing.case.isprintable():
        problems.append(Problem("/case", "length", rules()["case"]))
    if filing.date and not _is_day(filing.date):
        problems.append(Problem("/date", "type", rules()["date"]))
    if problems:
        raise InputError(" ".join(problem.detail for problem in problems), problems=problems)
    return filing


def _is_day(text: str) -> bool:
    try:
        return bool(DAY.fullmatch(text) and day_of.fromisoformat(text))
    except ValueError:
        return False
