"""Further substances of a question, each in a row of the form: what, how, how much, how often, when last.

A row is read like the fields for the first substance. What has no date and time ends with the last dose of all.
"""

from __future__ import annotations

from detectapi.web.page import history, one_dose
from detectapi.web.page.rows import Rows

PARTS = {
    "substance": "substance", "route": "route", "amount": "amount", "unit": "amount_unit", "lasts": "lasts",
    "frequency": "frequency", "days": "for_days", "at": "last_at",
}  # fmt: skip
"""Fields of a row, each with the field for the first substance that it is read like."""
ROWS = Rows("use", tuple(PARTS), most=9, empty=1, chosen={"unit": "mg", "frequency": "once", "route": ""})
"""Substances beside the first one; a request holds ten."""


def to_use(row, zone):
    """A row as one of `uses` in a request.

    Parameters
    ----------
    row : dict
    zone : str
        Of the date and time.
    """
    values = {PARTS[part]: text for part, text in row.items()} | {"zone": zone, "basis": "base", "rows": []}
    values |= dict.fromkeys(("count", "every_h"), "") | {
        "duration_min": one_dose.minutes(row["lasts"]),
        "worn_h": row["lasts"],
    }
    return read_use(values)


def read_use(values):
    """One of several uses. A single dose without a date is a pattern, which ends with the last dose of all.

    Parameters
    ----------
    values : dict
        By the names of the fields for the first substance.
    """
    used = history.to_history(values)
    if values["frequency"] == "once" and not values["last_at"]:
        (dose,) = used["doses"]
        used = {"pattern": {"frequency": "once", **dose}}
    return {"substance": values["substance"], **used}


def from_use(use):
    """A row for one of `uses`, and the time zone of its date, empty where it has none.

    What a row has no place for is lost; who calls it compares the request of the row with the use.
    """
    values = history.filled_history(use)
    row = {part: values.get(name) or ROWS.chosen.get(part, "") for part, name in PARTS.items()}
    row["substance"] = use["substance"]
    if not row["days"] and row["frequency"] != "once":
        row["days"] = history.days_of(use["doses"][0]["repeat"])
    row["lasts"] = values["worn_h"] or one_dose.hours(values["duration_min"])
    return row, values.get("zone", "")


def place(pointer, row):
    """The field of a row that a problem with a use is about.

    Parameters
    ----------
    pointer : str
        Within the use, such as ``/pattern/route``.
    row : (int, dict)
        As `filled` gives it: with its place.
    """
    i, _ = row
    name = pointer.rsplit("/", 1)[-1]
    part = {
        "substance": "substance", "route": "route", "duration_min": "lasts", "frequency": "frequency", "for_days": "days",
        "count": "days", "repeat": "days", "start": "at", "unit": "unit",
    }.get(name, "amount")  # fmt: skip
    return f"use_{part}_{i}"
