"""Flags of the command line as a question, such as `--dose "35 mg intravenous over 40 min every 84 h x6"`.

Only the grammar is checked here. The contract checks bounds and meaning and adds defaults, as for any other question.
"""

import re
import unicodedata
from typing import Any

from detectapi.cli.options import parameter
from detectapi.inputs.table import INPUTS
from detectapi.values.errors import InputError

NUMBER = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+"
MASS_MG = {"mg": 1, "g": 1000, "ug": 0.001, "mcg": 0.001, "\u03bcg": 0.001}
"""By the unit in small letters; micro is the Greek letter, as which NFKC also reads the micro sign."""
TIME_H = {"min": 1 / 60, "minutes": 1 / 60, "h": 1, "hours": 1, "hour": 1, "d": 24, "days": 24, "day": 24}

DOSE = re.compile(
    rf"""
    (?P<low>{NUMBER}) (?:\s*[-–]\s*(?P<high>{NUMBER}))? \s*
    (?: (?P<mass>{"|".join(MASS_MG)}) (?: (?P<per_kg>\s*/\s*kg) | (?P<per_h>\s*/\s*h) )? (?=\s|$) | (?P<counted>[a-z][\w-]*) )
    (?:\s+ as \s+ (?P<basis>\S+))?
    (?:\s+ (?P<route>(?!(?:over|every|at)\s)\S.*?))?
    (?:\s+ over \s+ (?P<over>{NUMBER}) \s* (?P<over_unit>{"|".join(TIME_H)}))?
    (?:\s+ every \s+ (?P<every>{NUMBER}) \s* (?P<every_unit>{"|".join(TIME_H)}) \s* x \s* (?P<count>\d+))?
    (?:\s+ at \s+ (?: (?P<at>[+-]?(?:{NUMBER})) \s* (?P<at_unit>{"|".join(TIME_H)}) | (?P<clock>\d{{4}}-\S+) ))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
CUTOFFS = {"ng/ml": "cutoff_ng_ml", "ng/mg": "cutoff_ng_mg_creatinine"}
"""The input that states a cutoff, by its unit in small letters; per milligram is per milligram of creatinine."""
CUTOFF = re.compile(
    rf"(?P<number>\S+?)(?:\s*(?P<unit>{'|'.join(CUTOFFS)}))?(?:\s*(?P<hydrolysed>hydrolysed))?", re.IGNORECASE
)
DOSE_FORM = (
    "AMOUNT mg|g|µg|mcg[/kg|/h] or a unit of the substance, then [as SALT] ROUTE [over N min] [every N h xCOUNT] "
    "[at N h | at 2026-11-23T07:20:00Z]"
)


def number_or_range(text, pointer):
    """A number, or `low-high` as a range.

    Parameters
    ----------
    text : str
    pointer : str
        Its place in the question.

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
    """A dose in words, as an entry of `doses`.

    Raises
    ------
    InputError
        The words do not follow the grammar.
    """
    match = DOSE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        raise InputError(f"Must read: {DOSE_FORM}.", pointer=pointer, code="format")
    entry = amount(match)
    if match["route"]:
        entry["route"] = match["route"]
    if match["basis"]:
        entry["basis"] = match["basis"]
    if match["over"]:
        entry["duration_min"] = float(match["over"]) * TIME_H[match["over_unit"].lower()] * 60
    if match["every"]:
        every = float(match["every"]) * TIME_H[match["every_unit"].lower()]
        entry["repeat"] = {"every_h": every, "count": int(match["count"])}
    if match["at"]:
        entry["start_h"] = float(match["at"]) * TIME_H[match["at_unit"].lower()]
    if match["clock"]:
        entry["start"] = match["clock"]
    return entry


def hours(text, pointer):
    """A time after the last dose, such as 72, 72h or 30d. [h]"""
    match = re.fullmatch(rf"\s*({NUMBER})\s*({'|'.join(TIME_H)})?\s*", text, re.IGNORECASE)
    if not match:
        raise InputError("Must be a time such as 72h or 30d.", pointer=pointer, code="format")
    return float(match[1]) * TIME_H[(match[2] or "h").lower()]


def value_of(entry, text):
    """What a flag tells of an input."""
    if entry.is_range:
        return number_or_range(text, entry.pointer)
    if entry.kind == "numbers":
        return [hours(one, f"{entry.pointer}/{index}") for index, one in enumerate(text)]
    return text


def amount(match):
    """The amount of a dose in words, with its unit where that is not of mass."""
    scale = MASS_MG[match["mass"].lower()] if match["mass"] else 1
    low = float(match["low"]) * scale
    value = {"low": low, "high": float(match["high"]) * scale} if match["high"] else low
    if match["counted"] or match["per_h"]:
        return {"amount": value, "unit": match["counted"] or "mg/h"}
    return {"amount_mg_per_kg" if match["per_kg"] else "amount_mg": value}


def cutoff(text, pointer):
    """`norketamine=50`, `thc-cooh=35 ng/mg` or `morphine=300 hydrolysed`, as an entry of `assay.analytes`."""
    name, equals, value = text.partition("=")
    match = CUTOFF.fullmatch(value.strip())
    if not (name.strip() and equals and match):
        raise InputError("Must read: ANALYTE=NUMBER [ng/mL|ng/mg] [hydrolysed].", pointer=pointer, code="format")
    cutoff = CUTOFFS[(match["unit"] or "ng/ml").lower()]
    entry = {"analyte": name.strip(), cutoff: number_or_range(match["number"], f"{pointer}/{cutoff}")}
    return {**entry, "hydrolysed": True} if match["hydrolysed"] else entry


def question(flags):
    """The question that the flags describe.

    Parameters
    ----------
    flags : dict
        By `parameter`, ``dose`` and ``cutoff``; None or empty without the flag.

    Returns
    -------
    dict
        Of the form `schemas.EstimateRequestSchema`, not yet checked.
    """
    content: dict[str, Any] = {}
    for entry in INPUTS.with_flag:
        value = flags[parameter(entry)]
        if value not in (None, ()):
            put(content, entry, value_of(entry, value))
    content["doses"] = [dose(text, f"/doses/{index}") for index, text in enumerate(flags["dose"])]
    if flags["cutoff"]:
        analytes = [cutoff(text, f"/assay/analytes/{index}") for index, text in enumerate(flags["cutoff"])]
        content.setdefault("assay", {})["analytes"] = analytes
    return content


def put(content, entry, value):
    """Put the value of an input into its place in a question."""
    place = content
    for step in entry.steps[:-1]:
        place = place.setdefault(step, {})
    place[entry.steps[-1]] = list(value) if isinstance(value, tuple) else value


def with_options(content, flags):
    """A question from a file, with the options of flags in place of its own.

    Parameters
    ----------
    content : object
        The question; returned unchanged if it has no place for options.
    flags : dict
        By `parameter`.
    """
    own: dict[str, Any] = {}
    for entry in INPUTS.with_flag:
        value = flags.get(parameter(entry))
        if entry.section == "options" and value not in (None, ()):
            read = value_of(entry, value)
            own[entry.name] = list(read) if isinstance(read, tuple) else read
    options = content.get("options", {}) if isinstance(content, dict) else None
    if own and isinstance(options, dict):
        return {**content, "options": {**options, **own}}
    return content
