"""The form in people's words: from what was typed to a request of the contract, and back.

What cannot be read as a number is handed on as it was typed; the contract refuses it and says what is allowed.
"""

import json
import re
from importlib import resources

from schemas import vocabulary

HOURS_BETWEEN = {"daily": 24, "twice-weekly": 84, "weekly": 168, "monthly": 730.5}
RENAL = ("egfr_ml_min_1_73m2", "creatinine_clearance_ml_min", "serum_creatinine_mg_dl", "serum_creatinine_umol_l")
HYDRATION = ("urine_flow_ml_h", "fluid_intake_l_day", "urine_creatinine_mg_dl", "specific_gravity")
PERSON = ("weight_kg", "height_cm", "age_y")
SPECIMEN = ("urine_ph", "urine_flow_ml_h", "urine_creatinine_mg_dl", "specific_gravity", "void_interval_h")
OPTIONS = ("draws", "seed", "level")
ADJUSTMENTS = 3

# What the form holds before anything was typed.
DEFAULTS = json.loads(resources.files("detectapi.web.page").joinpath("defaults.json").read_text(encoding="utf-8"))
NAMES = (
    *DEFAULTS, "every_h", "count", "for_days", "since", "kidney_value", "hydration_value", "urine_ph", *PERSON, "sex",
    "hepatic_class", "analyte", "cutoff_ng_ml", *(f"specimen_{name}" for name in SPECIMEN), "half_life_h", *OPTIONS,
    *(f"adjust_{part}_{i}" for i in range(ADJUSTMENTS) for part in ("name", "how", "value")), "request",
)  # fmt: skip
NUMBER = r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?"
RANGE = re.compile(rf"\s*({NUMBER})\s*(?:-|–|—|\.\.|to|bis|a|hasta)\s*({NUMBER})\s*")
SINGLE = re.compile(rf"\s*({NUMBER})\s*")


def number(text):
    """A typed number, or the text itself."""
    match = SINGLE.fullmatch(text)
    if not match:
        return text
    value = float(match[1].replace(",", "."))
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def quantity(text):
    """A typed number or range such as "0.9-1.3", or the text itself."""
    match = RANGE.fullmatch(text)
    return {"low": number(match[1]), "high": number(match[2])} if match else number(text)


def typed(fields):
    """What was typed, by name, trimmed; with the defaults where nothing was sent at all."""
    values = {name: fields.get(name, DEFAULTS.get(name, "")).strip() for name in NAMES}
    values["interactions"] = [word for word in fields.getlist("interactions") if word] if fields else []
    return values


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
    asked = {"substance": values["substance"], **history(values)}
    asked["person"] = {name: quantity(values[name]) for name in PERSON if values[name]}
    asked["person"] |= {name: values[name] for name in ("sex", "hepatic_class") if values[name]}
    if values["interactions"]:
        asked["person"]["interactions"] = values["interactions"]
    asked["renal"] = measured(values["kidney_kind"], values["kidney_value"], vocabulary.CKD_STAGES, "ckd_stage")
    asked["hydration"] = measured(
        values["hydration_kind"], values["hydration_value"], vocabulary.HYDRATION_LEVELS, "level"
    )
    if values["urine_ph"]:
        asked["urine_ph"] = quantity(values["urine_ph"])
    specimen = {name: quantity(values[f"specimen_{name}"]) for name in SPECIMEN if values[f"specimen_{name}"]}
    asked |= {"specimen": specimen, **assay(values), "model": model(values)}
    asked["options"] = {name: number(values[name]) for name in OPTIONS if values[name]}
    return {name: value for name, value in asked.items() if value not in ({}, None)}


def history(values):
    """Doses or pattern."""
    dose = {"route": values["route"]}
    if values["amount"]:
        dose["amount_mg" if values["amount_unit"] == "mg" else "amount_mg_per_kg"] = quantity(values["amount"])
    if values["basis"] != "base":
        dose["basis"] = values["basis"]
    if values["duration_min"] and values["route"] == "intravenous":
        dose["duration_min"] = number(values["duration_min"])
    frequency = values["frequency"]
    if frequency == "once":
        return {"doses": [dose]}
    by_days = values["for_days"] and not values["count"]
    if frequency in HOURS_BETWEEN and by_days and "amount_mg_per_kg" not in dose:
        return {"pattern": {"frequency": frequency, **dose, "for_days": number(values["for_days"])}}
    every = HOURS_BETWEEN.get(frequency, number(values["every_h"]))
    count = number(values["count"])
    if by_days and isinstance(every, (int, float)) and isinstance(number(values["for_days"]), (int, float)):
        count = max(1, -(-int(number(values["for_days"]) * 24) // max(int(every), 1)))
    repeat = {name: value for name, value in (("every_h", every), ("count", count)) if value != ""}
    return {"doses": [{**dose, "repeat": repeat}]}


def measured(kind, value, words, word_name):
    """One of several ways to say something: a word, or a number in one of its units."""
    if not kind:
        return {}
    return {word_name: kind} if kind in words else {kind: quantity(value)}


def assay(values):
    """A registered test, one analyte with its cutoff, or nothing for the usual one."""
    if values["assay"] == "own":
        entry = {"analyte": values["analyte"], "cutoff_ng_ml": number(values["cutoff_ng_ml"])}
        return {"assay": {"analytes": [{name: value for name, value in entry.items() if value != ""}]}}
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
        written["half_life_h"] = quantity(values["half_life_h"])
    return written


def from_request(asked):
    """The form's values for a request; all of it as JSON too where the form has no place for a part of it."""
    values = {name: DEFAULTS.get(name, "") for name in NAMES}
    values["interactions"] = []
    try:
        fill(values, asked)
        fits = to_request(values) == {name: value for name, value in asked.items() if value not in ({}, None)}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        values = {name: DEFAULTS.get(name, "") for name in NAMES} | {"interactions": []}
        fits = False
    if not fits:
        values["request"] = json.dumps(asked, ensure_ascii=False, indent=1)
    return values


def fill(values, asked):
    """Write a request into the form's values; raises where it has another form."""
    values["substance"] = asked["substance"]
    dose = asked.get("pattern") or asked["doses"][0]
    unit = "mg_per_kg" if "amount_mg_per_kg" in dose else "mg"
    values |= {"route": dose["route"], "amount": shown(dose[f"amount_{unit}"]), "amount_unit": unit}
    values |= {"basis": dose.get("basis", "base"), "duration_min": shown(dose.get("duration_min", ""))}
    if "pattern" in asked:
        values |= {"frequency": dose["frequency"], "for_days": shown(dose.get("for_days", ""))}
    elif dose.get("repeat"):
        every, count = dose["repeat"]["every_h"], dose["repeat"]["count"]
        word = next((word for word, hours in HOURS_BETWEEN.items() if hours == every), "every")
        values |= {"frequency": word, "count": shown(count), "every_h": shown(every) if word == "every" else ""}
    person = asked.get("person", {})
    values |= {name: shown(person[name]) for name in PERSON if name in person}
    values |= {name: person[name] for name in ("sex", "hepatic_class", "interactions") if name in person}
    for part, prefix, words in (("renal", "kidney", "ckd_stage"), ("hydration", "hydration", "level")):
        for name, value in asked.get(part, {}).items():
            given = {"kind": value} if name == words else {"kind": name, "value": shown(value)}
            values |= {f"{prefix}_{key}": word for key, word in given.items()}
    values["urine_ph"] = shown(asked.get("urine_ph", ""))
    values |= {f"specimen_{name}": shown(value) for name, value in asked.get("specimen", {}).items()}
    given = asked.get("assay", "")
    if isinstance(given, str):
        values["assay"] = given
    else:
        entry = given["analytes"][0]
        values |= {"assay": "own", "analyte": entry["analyte"], "cutoff_ng_ml": shown(entry["cutoff_ng_ml"])}
    changed = asked.get("model", {})
    values |= {"model_kind": changed.get("kind", "population"), "half_life_h": shown(changed.get("half_life_h", ""))}
    for i, (name, change) in enumerate(changed.get("adjust", {}).items()):
        (how, value), *_ = change.items()
        values |= {f"adjust_name_{i}": name, f"adjust_how_{i}": how, f"adjust_value_{i}": shown(value)}
    values |= {name: shown(value) for name, value in asked.get("options", {}).items() if name in OPTIONS}


def shown(value):
    """A number or range as it is typed."""
    if isinstance(value, dict):
        return f"{shown(value['low'])}-{shown(value['high'])}"
    return f"{value:.15g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


# Where in the form a problem of a request lies: the longest beginning of its pointer decides.
PLACES = {
    "": "request",
    "/substance": "substance",
    **{f"/{start}{tail}": name for start in ("doses", "pattern") for tail, name in (("", "amount"),)},
    **{
        f"{start}/{name}": field
        for start in ("/doses/0", "/pattern")
        for name, field in (
            ("amount_mg", "amount"), ("amount_mg_per_kg", "amount"), ("basis", "basis"), ("route", "route"),
            ("duration_min", "duration_min"), ("repeat", "count"), ("repeat/every_h", "every_h"),
            ("repeat/count", "count"),
            ("frequency", "frequency"), ("for_days", "for_days"),
        )
    },
    **{f"/person/{name}": name for name in (*PERSON, "sex", "hepatic_class", "interactions")},
    "/renal": "kidney_value",
    "/hydration": "hydration_value",
    "/urine_ph": "urine_ph",
    **{f"/specimen/{name}": f"specimen_{name}" for name in SPECIMEN},
    "/specimen": "specimen_urine_ph",
    "/assay": "assay",
    "/assay/analytes/0/analyte": "analyte",
    "/assay/analytes/0/cutoff_ng_ml": "cutoff_ng_ml",
    "/model": "model_kind",
    "/model/half_life_h": "half_life_h",
    "/model/adjust": "adjust_value_0",
    **{f"/options/{name}": name for name in OPTIONS},
    "/options": "draws",
}  # fmt: skip


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
