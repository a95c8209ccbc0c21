"""The form in people's words: from what was typed to a request of the contract, and back.

Inputs with a fieldset in the table of inputs are read by it alone. The rest has its own place here: how often something was used,
the test, and the model.
"""

import json
from importlib import resources

from detectapi.inputs.table import INPUTS
from detectapi.values.regimen import HOURS_BETWEEN, doses_within
from detectapi.web.page import dated, one_dose
from detectapi.web.page.asked_time import filled_time, time_option
from detectapi.web.page.one_dose import limits, read
from detectapi.web.page.typed import as_typed, number

ADJUSTMENTS = 3
DATES = "dates"
"""The choice of how often for doses that each have a row with date and time."""

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
            "worn_h",
            "last_at",
            "collected_at",
            "ongoing",
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
    return {name: DEFAULTS.get(name, "") for name in NAMES} | {name: [] for name in SEVERAL} | {"rows": []}


def typed(fields):
    """What was typed, by name, trimmed; with the defaults where nothing was sent at all."""
    values = {name: fields.get(name, DEFAULTS.get(name, "")).strip() for name in NAMES}
    values |= {name: [word for word in fields.getlist(name) if word] if fields else [] for name in SEVERAL}
    return values | {"rows": dated.typed_rows(fields)}


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
    asked["options"] |= time_option(values, asked)
    asked |= {**assay(values), "model": model(values)}
    names = [entry.name for entry in INPUTS.in_section("")]
    return {name: asked[name] for name in names if asked.get(name) not in ({}, None)}


def plain(values, section):
    """The inputs of a section that have a field of their own."""
    entries = [entry for entry in PLAIN if entry.section == section and values[entry.form.name]]
    return {entry.name: read(entry.path, values[entry.form.name]) for entry in entries}


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
        return {"doses": [dated_dose(row, dose, values) for _, row in dated.filled(values["rows"]) or [(0, {})]]}
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
        values |= {"assay": "own", "analyte": entry["analyte"], "cutoff_ng_ml": as_typed(entry.get("cutoff_ng_ml", ""))}
    values |= filled_time(asked.get("options", {}))
    changed = asked.get("model", {})
    values |= {"model_kind": changed.get("kind", "population"), "half_life_h": as_typed(changed.get("half_life_h", ""))}
    for i, (name, change) in enumerate(changed.get("adjust", {}).items()):
        (how, value), *_ = change.items()
        values |= {f"adjust_name_{i}": name, f"adjust_how_{i}": how, f"adjust_value_{i}": as_typed(value)}


def filled_history(asked):
    """The form's values for how something was used."""
    if len(asked.get("doses", ())) > 1:
        return filled_rows(asked["doses"])
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
    values, rows = filled_history({"doses": [{**doses[0], "repeat": None}]}), []
    for dose in doses:
        if dose.get("repeat"):
            raise ValueError("the rows have no place for a repeated dose")
        one = filled_history({"doses": [dose]})
        rows.append({"at": one["last_at"], "amount": one["amount"], "route": one["route"]})
        values |= {name: values[name] or one[name] for name in ("duration_min", "worn_h")}
    return {**values, "last_at": "", "frequency": DATES, "rows": rows}


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
    "/doses/0/start": "last_at",
    "/pattern": "amount",
    "/doses/0/repeat": "count",
    **{f"/{INPUTS.among(choice.name)[0].section}": f"{choice.form.name}_value" for choice in CHOICES},
    "/assay/analytes/0": "cutoff_ng_ml",
    "/specimen": "specimen_urine_ph",
    "/model": "model_kind",
    "/model/adjust": "adjust_value_0",
    "/doses/0/amount": "amount",
    "/doses/0/unit": "amount",
    "/pattern/amount": "amount",
    "/pattern/unit": "amount",
    "/options": "draws",
    "/options/times_h": "since",
    "/options/at": "collected_at",
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
    if values["frequency"] == DATES and pointer.startswith("/doses/"):
        return row_place(pointer, values)
    while pointer not in PLACES:
        pointer = pointer.rpartition("/")[0]
    name = PLACES[pointer]
    return "worn_h" if name == "duration_min" and values["route"] == one_dose.WORN else name


def text_of(name, values):
    """What was typed into a field, which may be one of a row."""
    match = dated.ROW_NAME.fullmatch(name)
    rows = values["rows"]
    if match and int(match[1]) < len(rows):
        return rows[int(match[1])][name.split("_")[1]]
    return values.get(name, "")


def row_place(pointer, values):
    """The field that a problem with a dose of a row is about; the field above where the row leaves it empty."""
    _, _, number, *rest = pointer.split("/")
    i, row = (dated.filled(values["rows"]) or [(0, {})])[int(number)]
    name = rest[0] if rest else "amount"
    if name in ("duration_min", "basis"):
        return "worn_h" if name == "duration_min" and (row.get("route") or values["route"]) == one_dose.WORN else name
    part = "amount" if name.startswith(("amount", "unit")) else name if name == "route" else "at"
    return f"dose_{part}_{i}" if part == "at" or row.get(part) else part
