"""One dose as the form asks for it: its amount in a unit, and over what time it is given, worn or drunk."""

import json
from importlib import resources

from detectapi.inputs.table import INPUTS
from detectapi.inputs.typed import UNBOUNDED, as_typed, number, quantity
from detectapi.model.read_doses import MASSES, RATES
from detectapi.web.page.choices import Option, choices, named_units

DEFAULTS = json.loads(resources.files("detectapi.web.page").joinpath("defaults.json").read_text(encoding="utf-8"))
"""What the form holds before anything was typed."""
WORN = "transdermal"
"""The route whose length must be known: a patch gives its amount over hours."""
IN_MG = {"mg": "amount_mg", "mg_per_kg": "amount_mg_per_kg"}
"""Units that have an input of their own. Other units stand beside the amount, where the contract has them."""
UNITS = ("g", "ug", "mg/h", "ug/h") if any(entry.path == "doses[].unit" for entry in INPUTS) else ()


def read(path, text, table=INPUTS):
    """What was typed for an input of a table: a number within its bounds, a range, or the text itself."""
    entry = table[path]
    if not entry.is_number:
        return text
    return (quantity if entry.is_range else number)(text, limits(entry), entry.kind == "integer")


def limits(entry):
    """The bounds of an input that has some; they may tell how a typed number is meant."""
    return UNBOUNDED if entry.low is None else entry.bounds


def amount(text, unit):
    """The amount of a dose as the contract has it.

    Parameters
    ----------
    text : str
        As it was typed; nothing where it is empty.
    unit : str
        Of the form.

    Returns
    -------
    dict
    """
    if not text:
        return {}
    if unit in IN_MG:
        return {IN_MG[unit]: read(f"doses[].{IN_MG[unit]}", text)}
    return {"amount": read("doses[].amount", text), "unit": unit}


def in_mg(dose):
    """A dose with its amount in mg, for a place of a request that takes no other unit of mass.

    Parameters
    ----------
    dose : dict
        As `amount` and `duration` make it. A number that cannot be read stays as it was typed, and so does an amount per hour
        without a duration, which the form refuses.
    """
    if "unit" not in dose:
        return dose
    unit, minutes = dose["unit"], dose.get("duration_min")
    size = MASSES.get(unit, 1.0)
    if unit in RATES and isinstance(minutes, (int, float)):
        size = RATES[unit] * minutes / 60.0
    return {"amount_mg": _times(dose["amount"], size), **without_amount(dose)}


def _times(value, factor):
    """A typed number or range in another unit; a text as it is."""
    if isinstance(value, dict):
        return {name: _times(end, factor) for name, end in value.items()}
    return value if isinstance(value, str) else float(f"{value * factor:.12g}")


def duration(route, values):
    """How long a dose lasts. A length by a route that has none is refused by the contract, if somebody typed it.

    Parameters
    ----------
    route : str
    values : dict
        As `form.typed` gives them.

    Returns
    -------
    dict
    """
    if route != WORN and values["duration_min"] and (lasts(values["substance"], route) or is_length_typed(values)):
        return {"duration_min": read("doses[].duration_min", values["duration_min"])}
    if route == WORN and values["worn_h"]:
        return {"duration_min": read("doses[].duration_min", minutes(values["worn_h"]))}
    return {}


def minutes(text):
    """A typed number of hours in minutes, as it would be typed; the text itself where it is no number."""
    low, high = INPUTS["doses[].duration_min"].bounds
    hours = number(text, (low / 60.0, high / 60.0))
    return hours if isinstance(hours, str) else as_typed(round(hours * 60.0, 6))


def hours(text):
    """A typed number of minutes in hours, as it would be typed; the text itself where it is no number."""
    in_minutes = number(text)
    return in_minutes if isinstance(in_minutes, str) else as_typed(round(in_minutes / 60.0, 9))


def lasts(substance, route):
    """Whether a dose of a substance may last by a route; yes where one of them is not known."""
    routes = choices()["lasting"].get(substance)
    return routes is None or routes.get(route, True)


def lasting_rules(row=""):
    """When the field for the length of a dose is needed, as the script reads it: each substance with each such route.

    Parameters
    ----------
    row : str
        What the names of the fields of substance and route begin with.
    """
    lasting = choices()["lasting"].items()
    pairs = [(substance, route) for substance, routes in lasting for route in routes if routes[route] and route != WORN]
    return " ".join(f"{row}substance:{row}route={substance}:{route}" for substance, route in pairs)


def is_length_typed(values):
    """Whether somebody typed a length: it is not the one that the form has before."""
    return values["duration_min"] not in ("", DEFAULTS["duration_min"])


def without_amount(dose):
    """A dose without its amount."""
    return {name: value for name, value in dose.items() if name not in {*IN_MG.values(), "amount", "unit"}}


def filled(dose):
    """The form's values for the amount and the length of a dose."""
    unit = next((unit for unit, name in IN_MG.items() if name in dose), None) or dose["unit"]
    lasts = dose.get("duration_min", "")
    worn = lasts / 60.0 if dose.get("route") == WORN and lasts != "" else ""
    return {
        "amount": as_typed(dose[IN_MG.get(unit, "amount")]),
        "amount_unit": unit,
        "duration_min": as_typed(lasts) if dose["route"] != WORN else "",
        "worn_h": as_typed(worn),
    }


def units(voice):
    """The units of an amount that fit every substance, then those of a substance, as options."""
    said = {"mg": "mg", "mg_per_kg": voice.say("mg per kg of body weight"), "g": "g", "ug": "µg"}
    said |= {"mg/h": voice.say("mg per hour, worn or infused"), "ug/h": voice.say("µg per hour, worn or infused")}
    general = [Option(unit, said[unit], ()) for unit in (*IN_MG, *UNITS)]
    return [*general, *named_units(voice)]
