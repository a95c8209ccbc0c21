"""Command-line words turned into a question: `--dose "35 mg intravenous over 40 min every 84 h x6"` and its like.

Only the grammar is checked here; bounds, defaults and meaning are the contract's, as for any other question.
"""

import re

from detectapi.values.errors import InputError

NUMBER = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+"
MASS_MG = {"mg": 1, "g": 1000, "ug": 0.001, "mcg": 0.001, "µg": 0.001}
TIME_H = {"min": 1 / 60, "minutes": 1 / 60, "h": 1, "hours": 1, "hour": 1, "d": 24, "days": 24, "day": 24}

DOSE = re.compile(
    rf"""
    (?P<low>{NUMBER}) (?:\s*-\s*(?P<high>{NUMBER}))? \s* (?P<mass>{"|".join(MASS_MG)}) (?P<per_kg>\s*/\s*kg)?
    (?:\s+ as \s+ (?P<basis>\S+))?
    \s+ (?P<route>\S.*?)
    (?:\s+ over \s+ (?P<over>{NUMBER}) \s* (?P<over_unit>{"|".join(TIME_H)}))?
    (?:\s+ every \s+ (?P<every>{NUMBER}) \s* (?P<every_unit>{"|".join(TIME_H)}) \s* x \s* (?P<count>\d+))?
    (?:\s+ at \s+ (?: (?P<at>[+-]?(?:{NUMBER})) \s* (?P<at_unit>{"|".join(TIME_H)}) | (?P<clock>\d{{4}}-\S+) ))?
    """,
    re.VERBOSE,
)
DOSE_FORM = "AMOUNT mg[/kg] [as SALT] ROUTE [over N min] [every N h xCOUNT] [at N h | at 2026-11-23T07:20:00Z]"


def number_or_range(text, pointer):
    """A number, or `low-high` as a range.

    Parameters
    ----------
    text : str
    pointer : str
        Where in the question it belongs.

    Returns
    -------
    float or dict
    """
    match = re.fullmatch(rf"\s*([+-]?(?:{NUMBER}))\s*(?:-\s*({NUMBER})\s*)?", text)
    if not match:
        raise InputError("Must be a number, or a range such as 60-70.", pointer=pointer, code="type")
    if match[2] is None:
        return float(match[1])
    return {"low": float(match[1]), "high": float(match[2])}


def dose(text, pointer):
    """A dose in words as an entry of `doses`.

    Raises
    ------
    InputError
        It does not follow the grammar.
    """
    match = DOSE.fullmatch(text.strip())
    if not match:
        raise InputError(f"Must read: {DOSE_FORM}.", pointer=pointer, code="format")
    scale = MASS_MG[match["mass"]]
    amount = float(match["low"]) * scale
    if match["high"]:
        amount = {"low": amount, "high": float(match["high"]) * scale}
    entry = {"amount_mg_per_kg" if match["per_kg"] else "amount_mg": amount, "route": match["route"]}
    if match["basis"]:
        entry["basis"] = match["basis"]
    if match["over"]:
        entry["duration_min"] = float(match["over"]) * TIME_H[match["over_unit"]] * 60
    if match["every"]:
        every = float(match["every"]) * TIME_H[match["every_unit"]]
        entry["repeat"] = {"every_h": every, "count": int(match["count"])}
    if match["at"]:
        entry["start_h"] = float(match["at"]) * TIME_H[match["at_unit"]]
    if match["clock"]:
        entry["start"] = match["clock"]
    return entry


def cutoff(text, pointer):
    """`norketamine=50` as an entry of `assay.analytes`."""
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        raise InputError("Must read: ANALYTE=NG_PER_ML.", pointer=pointer, code="format")
    return {"analyte": name.strip(), "cutoff_ng_ml": number_or_range(value, f"{pointer}/cutoff_ng_ml")}


QUANTITIES = {  # flag: (section, field)
    "weight": ("person", "weight_kg"),
    "height": ("person", "height_cm"),
    "age": ("person", "age_y"),
    "egfr": ("renal", "egfr_ml_min_1_73m2"),
    "creatinine_clearance": ("renal", "creatinine_clearance_ml_min"),
    "serum_creatinine": ("renal", "serum_creatinine_mg_dl"),
    "serum_creatinine_umol_l": ("renal", "serum_creatinine_umol_l"),
    "flow": ("hydration", "urine_flow_ml_h"),
    "fluid_intake": ("hydration", "fluid_intake_l_day"),
    "urine_creatinine": ("hydration", "urine_creatinine_mg_dl"),
    "specific_gravity": ("hydration", "specific_gravity"),
    "ph": (None, "urine_ph"),
    "void_interval": ("specimen", "void_interval_h"),
}
WORDS = {
    "sex": ("person", "sex"),
    "hepatic_class": ("person", "hepatic_class"),
    "ckd_stage": ("renal", "ckd_stage"),
    "hydration": ("hydration", "level"),
}
OPTIONS = ("draws", "seed", "level")


def question(flags):
    """The question that flags ask.

    Parameters
    ----------
    flags : dict
        By flag name; None or empty where a flag was not given.

    Returns
    -------
    dict
        As in `schemas.EstimateRequestSchema`, not yet checked.
    """
    asked = {
        "substance": flags["substance"],
        "doses": [dose(text, f"/doses/{index}") for index, text in enumerate(flags["dose"])],
    }
    for flag, (section, field) in {**QUANTITIES, **WORDS}.items():
        if flags[flag] is None:
            continue
        pointer = f"/{section}/{field}" if section else f"/{field}"
        value = flags[flag] if flag in WORDS else number_or_range(flags[flag], pointer)
        (asked.setdefault(section, {}) if section else asked)[field] = value
    if flags["interaction"]:
        asked.setdefault("person", {})["interactions"] = list(flags["interaction"])
    if flags["cutoff"]:
        analytes = [cutoff(text, f"/assay/analytes/{index}") for index, text in enumerate(flags["cutoff"])]
        asked["assay"] = {"analytes": analytes, **({"rule": flags["rule"]} if flags["rule"] else {})}
    elif flags["assay"]:
        asked["assay"] = flags["assay"]
    return with_options(asked, flags)


def with_options(asked, flags):
    """A question with the options that flags give in place of its own; they suit a question from a file too."""
    given = {name: flags[name] for name in OPTIONS if flags[name] is not None}
    if flags["include"]:
        given["include"] = list(flags["include"])
    options = asked.get("options", {}) if isinstance(asked, dict) else None
    if given and isinstance(options, dict):
        return {**asked, "options": {**options, **given}}
    return asked
