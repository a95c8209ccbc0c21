"""The form in people's words: from what was typed to a request of the contract, and back.

Inputs with a fieldset in the table of inputs are read by it alone. The rest has its own place here: how often something was used,
the test, and the model.
"""

import json

from detectapi.inputs.table import INPUTS
from detectapi.inputs.typed import as_typed, number
from detectapi.web.page import dated, one_dose, uses
from detectapi.web.page.asked_time import filled_time, time_option
from detectapi.web.page.choices import brands, offered_tests
from detectapi.web.page.history import DATES, filled_history, to_history
from detectapi.web.page.one_dose import DEFAULTS, limits, read
from detectapi.web.page.plain import CHOICES, PLAIN, SEVERAL, SINGLE, plain

ADJUSTMENTS = 3
NAMES = tuple(
    dict.fromkeys(
        (
            *DEFAULTS,
            "brand",
            "since",
            "worn_h",
            "last_at",
            "collected_at",
            "ongoing",
            "request",
            *(f"{choice.field.name}_{part}" for choice in CHOICES for part in ("kind", "value")),
            *(entry.field.name for entry in SINGLE if entry.kind != "names"),
            *(f"adjust_{part}_{i}" for i in range(ADJUSTMENTS) for part in ("name", "how", "value")),
        )
    )
)
"""The other fields, each with one text."""


def empty():
    """The form's values before anything was typed."""
    return {name: DEFAULTS.get(name, "") for name in NAMES} | {name: [] for name in SEVERAL} | {"rows": [], "uses": []}


def typed(fields):
    """What was typed, by name, trimmed; with the defaults where nothing was sent at all.

    A form without an amount, or without a length, has none: only lists have an entry that is chosen beforehand.
    """
    before = {name: text for name, text in DEFAULTS.items() if not fields or name not in ("amount", "duration_min")}
    values = {name: fields.get(name, before.get(name, "")).strip() for name in NAMES}
    values |= {name: [word for word in fields.getlist(name) if word] if fields else [] for name in SEVERAL}
    return values | {"rows": dated.ROWS.typed(fields), "uses": uses.ROWS.typed(fields)}


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
    asked = {**used(values), **plain(values, "")}
    for section in ("person", "renal", "hydration", "specimen", "options"):
        asked[section] = {**plain(values, section), **chosen(values, section)}
    asked["person"] |= {name: values[name] for name in SEVERAL if values[name]}
    asked["options"] |= time_option(values, asked)
    asked |= {**assay(values), "model": model(values)}
    names = [entry.name for entry in INPUTS.in_section("")]
    return {name: asked[name] for name in names if asked.get(name) not in ({}, None)}


def used(values):
    """What was used: one substance, or several as `uses`."""
    first = {"substance": values["brand"] or values["substance"], **to_history(values)}
    further = [uses.to_use(row, values["zone"]) for _, row in uses.ROWS.filled(values["uses"])]
    return {"uses": [first, *further]} if further else first


def chosen(values, section):
    """The input of a section that was chosen among alternatives: a word, or a number in one of its units."""
    for choice in CHOICES:
        entries = INPUTS.among(choice.name)
        kind = values[f"{choice.field.name}_kind"]
        if entries[0].section == section and kind:
            worded = next((entry.name for entry in entries if kind in entry.words), None)
            return (
                {worded: kind} if worded else {kind: alternative(entries, kind, values[f"{choice.field.name}_value"])}
            )
    return {}


def alternative(entries, name, text):
    """What was typed for one of alternatives; the text itself where the form knows none of this name."""
    path = next((entry.path for entry in entries if entry.name == name), None)
    return read(path, text) if path else text


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
    if values["half_life_h"]:
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
    first, *further = asked.get("uses") or [asked]
    values["substance"] = brands().get(first["substance"], first["substance"])
    values["brand"] = first["substance"] if first["substance"] in brands() else ""
    values |= filled_history(first)
    for use in further:
        row, zone = uses.from_use(use)
        values["uses"] = [*values["uses"], row]
        values["zone"] = zone or values["zone"]
    for entry in PLAIN:
        section = part_of(asked, entry)
        if entry.name in section:
            values[entry.field.name] = as_typed(section[entry.name], limits(entry))
    for choice in CHOICES:
        for entry in INPUTS.among(choice.name):
            section = part_of(asked, entry)
            if entry.name in section:
                value = section[entry.name]
                values[f"{choice.field.name}_kind"] = value if entry.words else entry.name
                values[f"{choice.field.name}_value"] = "" if entry.words else as_typed(value, limits(entry))
    values |= {name: asked["person"][name] for name in SEVERAL if name in asked.get("person", {})}
    assay = asked.get("assay", "")
    if isinstance(assay, str):
        if assay and assay not in offered_tests():
            raise ValueError("the list of tests has none of this name")
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
    return f"{choice.field.name}_value" if choice else entry.field.name


# Where in the form a problem of a request lies: the longest beginning of its pointer decides.
PLACES = {
    "": "request",
    "/doses": "amount",
    "/doses/0/start": "last_at",
    "/pattern": "amount",
    "/doses/0/repeat": "count",
    **{f"/{INPUTS.among(choice.name)[0].section}": f"{choice.field.name}_value" for choice in CHOICES},
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
    if pointer.startswith("/uses/"):
        _, _, number_of, *rest = pointer.split("/")
        pointer = "/".join(["", *rest])
        if number_of != "0":
            return uses.place(pointer, uses.ROWS.filled(values["uses"])[int(number_of) - 1])
    if values["frequency"] == DATES and pointer.startswith("/doses/"):
        return row_place(pointer, values)
    while pointer not in PLACES:
        pointer = pointer.rpartition("/")[0]
    name = PLACES[pointer]
    return "worn_h" if name == "duration_min" and values["route"] == one_dose.WORN else name


def text_of(name, values):
    """What was typed into a field, which may be one of a row."""
    for rows, form in ((values["rows"], dated.ROWS.field), (values["uses"], uses.ROWS.field)):
        if form.fullmatch(name):
            _, part, i = name.split("_")
            return rows[int(i)][part] if int(i) < len(rows) else ""
    return values.get(name, "")


def row_place(pointer, values):
    """The field that a problem with a dose of a row is about; the field above where the row leaves it empty."""
    _, _, number, *rest = pointer.split("/")
    i, row = (dated.ROWS.filled(values["rows"]) or [(0, {})])[int(number)]
    name = rest[0] if rest else "amount"
    if name in ("duration_min", "basis"):
        return "worn_h" if name == "duration_min" and (row.get("route") or values["route"]) == one_dose.WORN else name
    part = "amount" if name.startswith(("amount", "unit")) else name if name == "route" else "at"
    return f"dose_{part}_{i}" if part == "at" or row.get(part) else part
