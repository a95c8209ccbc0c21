"""One dose as the form asks for it: its amount in a unit, and over what time it is given, worn or drunk."""

from detectapi.inputs.table import INPUTS
from detectapi.web.page.typed import UNBOUNDED, as_typed, number, quantity

INFUSED = "intravenous"
"""The route whose length is asked for in minutes; that of others is asked for in hours."""
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
    if unit in UNITS:
        return {"amount": read("doses[].amount", text), "unit": unit}
    name = IN_MG.get(unit, "amount_mg_per_kg")
    return {name: read(f"doses[].{name}", text)}


def duration(route, values):
    """How long a dose lasts, where its route is one that may last.

    Parameters
    ----------
    route : str
    values : dict
        As `form.typed` gives them.

    Returns
    -------
    dict
    """
    if route == INFUSED and values["duration_min"]:
        return {"duration_min": read("doses[].duration_min", values["duration_min"])}
    if route == WORN and values["worn_h"]:
        low, high = INPUTS["doses[].duration_min"].bounds
        hours = number(values["worn_h"], (low / 60.0, high / 60.0))
        return {"duration_min": hours if isinstance(hours, str) else round(hours * 60.0, 6)}
    return {}


def without_amount(dose):
    """A dose without its amount."""
    return {name: value for name, value in dose.items() if name not in {*IN_MG.values(), "amount", "unit"}}


def filled(dose):
    """The form's values for the amount and the length of a dose."""
    unit = next((unit for unit, name in IN_MG.items() if name in dose), None) or dose["unit"]
    lasts = dose.get("duration_min", "")
    worn = lasts / 60.0 if dose["route"] == WORN and lasts != "" else ""
    return {
        "amount": as_typed(dose[IN_MG.get(unit, "amount")]),
        "amount_unit": unit,
        "duration_min": as_typed(lasts) if dose["route"] != WORN else "",
        "worn_h": as_typed(worn),
    }


def units(voice):
    """The units of an amount, as the form offers them."""
    said = {"mg": "mg", "mg_per_kg": voice.say("mg per kg of body weight"), "g": "g", "ug": "µg"}
    said |= {"mg/h": voice.say("mg per hour, worn or infused"), "ug/h": voice.say("µg per hour, worn or infused")}
    return [(unit, said[unit]) for unit in (*IN_MG, *UNITS)]
