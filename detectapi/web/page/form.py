"""The form in people's words: from what was typed to a request of the contract, and back.

Inputs with a fieldset in the table of inputs are read by it alone. The rest has its own place here: how often something was used,
the test, and the model.
"""

import json
from importlib import resources

from detectapi.inputs.table import INPUTS
from detectapi.values.regimen import HOURS_BETWEEN, doses_within
from detectapi.web.page.typed import UNBOUNDED, as_typed, number, quantity

ADJUSTMENTS = 3

# What the form holds before anything was typed.
DEFAULTS = json.loads(resources.files("detectapi.web.page").joinpath("defaults.json").read_text(encoding="utf-8"))
CHOICES = tuple(one for one in INPUTS.alternatives.values() if one.form)
"""Alternatives that the form asks for in two fields: which of them it is, and its value."""

SINGLE = tuple(entry for entry in INPUTS.on_form if entry.alternatives not in [choice.name for choice in CHOICES])
"""Inputs that are no part of such alternatives."""

PLAIN = tuple(entry for entry in SINGLE if entry.form.fieldset)
"""Of these, the inputs that are read from their field alone."""

SEVERAL = tuple(entry.form.name for entry in SINGLE if entry.kind == "names")
"""Fields of which several may be chosen."""

NAMES = tuple(
    dict.fromkeys(
        (
            *DEFAULTS,
            "since",
            "request",
            *(f"{choice.form.name}_{part}" for choice in CHOICES for part in ("kind", "value")),
            *(entry.form.name for entry in SINGLE if entry.kind != "names"),
            *(f"adjust_{part}_{i}" for i in range(ADJUSTMENTS) for part in ("name", "how", "value")),
        )
    )
)
"""The other fields, each with one text."""


def empty():
    """The form's values before anything was typed."""
    return {name: DEFAULTS.get(name, "") for name in NAMES} | {name: [] for name in SEVERAL}


def typed(fields):
    """What was typed, by name, trimmed; with the defaults where nothing was sent at all."""
    values = {name: fields.get(name, DEFAULTS.get(name, "")).strip() for name in NAMES}
    return values | {name: [word for word in fields.getlist(name) if word] if fields else [] for name in SEVERAL}


def to_request(values):
    """The request of the contract.

    Parameters
    ----------
    values : dict
        As `typed` gives them.

    Returns
    -------
    dict
        Of the right form only if what was typed is; the contract checks it.
    """
    asked = {"substance": values["substance"], **history(values), **plain(values, "")}
    for section in ("person", "renal", "hydration", "specimen", "options"):
        asked[section] = {**plain(values, section), **chosen(values, section)}
    asked["person"] |= {name: values[name] for name in SEVERAL if values[name]}
    asked |= {**assay(values), "model": model(values)}
    names = [entry.name for entry in INPUTS.in_section("")]
    return {name: asked[name] for name in names if asked.get(name) not in ({}, None)}


def plain(values, section):
    """The inputs of a section that have a field of their own."""
    entries = [entry for entry in PLAIN if entry.section == section and values[entry.form.name]]
    return {entry.name: read(entry.path, values[entry.form.name]) for entry in entries}


def read(path, text):
    """What was typed for an input: a number within its bounds, a range, or the text itself."""
    entry = INPUTS[path]
    if not entry.is_number:
        return text
    return (quantity if entry.is_range else number)(text, limits(entry), entry.kind == "integer")


def limits(entry):
    """The bounds of an input that has some; they may tell how a typed number is meant."""
    return UNBOUNDED if entry.low is None else entry.bounds


def chosen(values, section):
    """The input of a section that was chosen among alternatives: a word, or a number in one of its units."""
    for choice in CHOICES:
        entries = INPUTS.among(choice.name)
        kind = values[f"{choice.form.name}_kind"]
        if entries[0].section == section and kind:
            worded = next((entry.name for entry in entries if kind in entry.words), None)
            return {worded: kind} if worded else {kind: alternative(entries, kind, values[f"{choice.form.name}_value"])}
    return {}


def alternative(entries, name, text):
    """What was typed for one of alternatives; the text itself where the form knows none of this name."""
    path = next((entry.path for entry in entries if entry.name == name), None)
    return read(path, text) if path else text


def history(values):
    """Doses or pattern."""
    dose = {"route": values["route"], **plain(values, "doses[]")}
    if values["amount"]:
        name = "amount_mg" if values["amount_unit"] == "mg" else "amount_mg_per_kg"
        dose[name] = read(f"doses[].{name}", values["amount"])
    if values["basis"] != "base":
        dose["basis"] = values["basis"]
    if values["duration_min"] and values["route"] == "intravenous":
        dose["duration_min"] = read("doses[].duration_min", values["duration_min"])
    frequency = values["frequency"]
    if frequency == "once":
        return {"doses": [dose]}
    by_days = values["for_days"] and not values["count"]
    known = {entry.name for entry in INPUTS.in_section("pattern")}
    if frequency in HOURS_BETWEEN and by_days and known.issuperset(dose):
        return {"pattern": {"frequency": frequency, **dose, "for_days": read("pattern.for_days", values["for_days"])}}
    every = HOURS_BETWEEN.get(frequency, read("doses[].repeat.every_h", values["every_h"]))
    days, count = (read(path, values[path.rpartition(".")[2]]) for path in ("pattern.for_days", "doses[].repeat.count"))
    count = doses_in(days, every) if by_days else count
    repeat = {name: value for name, value in (("every_h", every), ("count", count)) if value != ""}
    return {"doses": [{**dose, "repeat": repeat}]}


def doses_in(days, every):
    """How many doses a number of days holds; nothing where one of the numbers cannot be."""
    for value, path in ((days, "pattern.for_days"), (every, "doses[].repeat.every_h")):
        low, high = INPUTS[path].bounds
        if isinstance(value, str) or not low < value <= high:
            return ""
    return doses_within(days, every)


def assay(values):
    """A registered test, one analyte with its cutoff, or nothing for the usual one."""
    if values["assay"] == "own":
        entry = {
            "analyte": values["analyte"],
            "cutoff_ng_ml": read("assay.analytes[].cutoff_ng_ml", values["cutoff_ng_ml"]),
        }
        entry |= plain(values, "assay.analytes[]")
        own = {"analytes": [{name: value for name, value in entry.items() if value != ""}]}
        return {"assay": {**own, **plain(values, "assay")}}
    return {"assay": values["assay"]} if values["assay"] else {}


def model(values):
    """What is changed in the model."""
    changed = {}
    for i in range(ADJUSTMENTS):
        name, how, value = (values[f"adjust_{part}_{i}"] for part in ("name", "how", "value"))
        if name and value:
            changed[name] = {how if how in ("scale", "set") else "scale": number(value)}
    written = {"adjust": changed} if changed else {}
    if values["model_kind"] != "population":
        written["kind"] = values["model_kind"]
    if values["half_life_h"] and values["model_kind"] == "half-life":
        written["half_life_h"] = read("model.half_life_h", values["half_life_h"])
    return {**written, **plain(values, "model")}


def from_request(asked):
    """The form's values for a request; all of it as JSON too where the form has no place for a part of it."""
    values = empty()
    try:
        fill(values, asked)
        fits = to_request(values) == {name: value for name, value in asked.items() if value not in ({}, None)}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        values = empty()
        fits = False
    if not fits:
        values["request"] = json.dumps(asked, ensure_ascii=False, indent=1)
    return values


def fill(values, asked):
    """Write a request into the form's values; raises where it has another form."""
    values["substance"] = asked["substance"]
    values |= filled_history(asked)
    for entry in PLAIN:
        section = part_of(asked, entry)
        if entry.name in section:
            values[entry.form.name] = as_typed(section[entry.name], limits(entry))
    for choice in CHOICES:
        for entry in INPUTS.among(choice.name):
            section = part_of(asked, entry)
            if entry.name in section:
                value = section[entry.name]
                values[f"{choice.form.name}_kind"] = value if entry.words else entry.name
                values[f"{choice.form.name}_value"] = "" if entry.words else as_typed(value, limits(entry))
    values |= {name: asked["person"][name] for name in SEVERAL if name in asked.get("person", {})}
    assay = asked.get("assay", "")
    if isinstance(assay, str):
        values["assay"] = assay
    else:
        entry = assay["analytes"][0]
        values |= {"assay": "own", "analyte": entry["analyte"], "cutoff_ng_ml": as_typed(entry["cutoff_ng_ml"])}
    changed = asked.get("model", {})
    values |= {"model_kind": changed.get("kind", "population"), "half_life_h": as_typed(changed.get("half_life_h", ""))}
    for i, (name, change) in enumerate(changed.get("adjust", {}).items()):
        (how, value), *_ = change.items()
        values |= {f"adjust_name_{i}": name, f"adjust_how_{i}": how, f"adjust_value_{i}": as_typed(value)}


def filled_history(asked):
    """The form's values for how something was used."""
    dose = asked.get("pattern") or asked["doses"][0]
    unit = "mg_per_kg" if "amount_mg_per_kg" in dose else "mg"
    values = {"route": dose["route"], "amount": as_typed(dose[f"amount_{unit}"]), "amount_unit": unit}
    values |= {"basis": dose.get("basis", "base"), "duration_min": as_typed(dose.get("duration_min", ""))}
    if "pattern" in asked:
        values |= {"frequency": dose["frequency"], "for_days": as_typed(dose.get("for_days", ""))}
    elif dose.get("repeat"):
        every, count = dose["repeat"]["every_h"], dose["repeat"]["count"]
        word = next((word for word, hours in HOURS_BETWEEN.items() if hours == every), "every")
        values |= {"frequency": word, "count": as_typed(count), "every_h": as_typed(every) if word == "every" else ""}
    return values


def part_of(asked, entry):
    """The object of a request that an input belongs to; empty where it is not there."""
    place = asked
    for step in entry.steps[:-1]:
        if step == "doses" and "pattern" in asked:
            return asked["pattern"]
        if isinstance(step, str) and not (isinstance(place, dict) and step in place):
            return {}
        place = place[step]
    return place if isinstance(place, dict) else {}


def field_of(entry):
    """The field of the form that shows a problem with an input."""
    choice = next((choice for choice in CHOICES if choice.name == entry.alternatives), None)
    return f"{choice.form.name}_value" if choice else entry.form.name


# Where in the form a problem of a request lies: the longest beginning of its pointer decides.
PLACES = {
    "": "request",
    "/doses": "amount",
    "/pattern": "amount",
    "/doses/0/repeat": "count",
    **{f"/{INPUTS.among(choice.name)[0].section}": f"{choice.form.name}_value" for choice in CHOICES},
    "/specimen": "specimen_urine_ph",
    "/model": "model_kind",
    "/model/adjust": "adjust_value_0",
    "/options": "draws",
    **{entry.pointer.replace("/doses/0/", "/pattern/"): field_of(entry) for entry in INPUTS.on_form},
    **{entry.pointer: field_of(entry) for entry in INPUTS.on_form},
}


def place(pointer, values):
    """The field of the form that a problem is about."""
    if values["request"]:
        return "request"
    if pointer.startswith("/model/adjust/"):
        name = pointer.split("/")[3]
        for i in range(ADJUSTMENTS):
            if values[f"adjust_name_{i}"] == name:
                return f"adjust_value_{i}"
    while pointer not in PLACES:
        pointer = pointer.rpartition("/")[0]
    return PLACES[pointer]
