"""How something was used, as the form asks for it: once, in a course, or in rows of doses with date and time; and back."""

from detectapi.inputs.table import INPUTS
from detectapi.inputs.typed import as_typed
from detectapi.values.regimen import HOURS_BETWEEN, doses_within
from detectapi.web.page import dated, one_dose
from detectapi.web.page.one_dose import read
from detectapi.web.page.plain import plain

DATES = "dates"
"""The choice of how often for doses that each have a row with date and time."""


def to_history(values):
    """Doses or pattern."""
    dose = {
        "route": values["route"],
        **plain(values, "doses[]"),
        **one_dose.amount(values["amount"], values["amount_unit"]),
    }
    if values["basis"] != "base":
        dose["basis"] = values["basis"]
    dose |= one_dose.duration(values["route"], values)
    frequency = values["frequency"]
    if frequency == DATES:
        return {"doses": [dated_dose(row, dose, values) for _, row in dated.ROWS.filled(values["rows"]) or [(0, {})]]}
    if frequency == "once":
        return {"doses": [{**dose, **started(values)}]}
    by_days = values["for_days"] and not values["count"]
    known = {entry.name for entry in INPUTS.in_section("pattern")}
    if frequency in HOURS_BETWEEN and by_days and known.issuperset(dose) and not values["last_at"]:
        return {"pattern": {"frequency": frequency, **dose, "for_days": read("pattern.for_days", values["for_days"])}}
    every = HOURS_BETWEEN.get(frequency, read("doses[].repeat.every_h", values["every_h"]))
    days, count = (read(path, values[path.rpartition(".")[2]]) for path in ("pattern.for_days", "doses[].repeat.count"))
    count = doses_in(days, every) if by_days else count
    repeat = {name: value for name, value in (("every_h", every), ("count", count)) if value != ""}
    return {"doses": [{**dose, **started(values, repeat), "repeat": repeat}]}


def started(values, repeat=None):
    """When the first dose began, where the form says when the last one did."""
    if not values["last_at"]:
        return {}
    last = dated.moment(values["last_at"], values["zone"])
    every, count = ((repeat or {}).get(name, 0) for name in ("every_h", "count"))
    numbers = isinstance(every, (int, float)) and isinstance(count, int)
    return {"start": dated.earlier(last, every * (count - 1)) if numbers and count > 1 else last}


def dated_dose(row, dose, values):
    """A dose of a row; what the row leaves empty is as in the fields above it."""
    inner = {
        **dose,
        "route": row.get("route") or dose["route"],
        "start": dated.moment(row.get("at", ""), values["zone"]),
    }
    inner.pop("duration_min", None)
    inner |= one_dose.duration(inner["route"], values)
    if row.get("amount"):
        inner = one_dose.without_amount(inner) | one_dose.amount(row["amount"], values["amount_unit"])
    return inner


def doses_in(days, every):
    """How many doses a number of days holds; nothing where one of the numbers cannot be."""
    for value, path in ((days, "pattern.for_days"), (every, "doses[].repeat.every_h")):
        low, high = INPUTS[path].bounds
        if isinstance(value, str) or not low < value <= high:
            return ""
    return doses_within(days, every)


def filled_history(asked):
    """The form's values for how something was used, all of it in one course or in rows of doses."""
    return filled_rows(asked["doses"]) if len(asked.get("doses", ())) > 1 else filled_course(asked)


def filled_course(asked):
    """The form's values for one dose, repeated or not, or a pattern."""
    dose = asked.get("pattern") or asked["doses"][0]
    values = {"route": dose["route"], "basis": dose.get("basis", "base"), **one_dose.filled(dose)}
    if "pattern" in asked:
        values |= {"frequency": dose["frequency"], "for_days": as_typed(dose.get("for_days", ""))}
    elif dose.get("repeat"):
        every, count = dose["repeat"]["every_h"], dose["repeat"]["count"]
        word = next((word for word, hours in HOURS_BETWEEN.items() if hours == every), "every")
        values |= {"frequency": word, "count": as_typed(count), "every_h": as_typed(every) if word == "every" else ""}
    if "start" in dose:
        hours = (dose["repeat"]["count"] - 1) * dose["repeat"]["every_h"] if dose.get("repeat") else 0
        last, values["zone"] = dated.as_typed(dated.earlier(dose["start"], -hours))
        values["last_at"] = last
    return values


def filled_rows(doses):
    """The form's values for single doses that each have a date and time; the first one stands above the rows too."""
    values, rows = filled_course({"doses": [{**doses[0], "repeat": None}]}), []
    for dose in doses:
        if dose.get("repeat"):
            raise ValueError("the rows have no place for a repeated dose")
        one = filled_course({"doses": [dose]})
        rows.append({"at": one["last_at"], "amount": one["amount"], "route": one["route"]})
        values |= {name: values[name] or one[name] for name in ("duration_min", "worn_h")}
    return {**values, "last_at": "", "frequency": DATES, "rows": rows}


def days_of(repeat):
    """The days that repeated doses fill, as they are typed."""
    return as_typed(repeat["every_h"] * repeat["count"] / 24.0)
