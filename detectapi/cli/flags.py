"""Flags of the command line as a question, such as `--dose "35 mg intravenous over 40 min every 84 h x6"`.

Only the grammar is checked here, that of doses in `detectapi.cli.dose_words`. The contract checks bounds and meaning and adds
defaults, as for any other question.
"""

import re
from typing import Any

from detectapi.cli.dose_words import dose, hours, number_or_range
from detectapi.cli.options import parameter
from detectapi.inputs.table import INPUTS
from detectapi.values.errors import InputError

CUTOFFS = {"ng/ml": "cutoff_ng_ml", "ng/mg": "cutoff_ng_mg_creatinine"}
"""The input that states a cutoff, by its unit in small letters; per milligram is per milligram of creatinine."""
CUTOFF = re.compile(
    rf"(?P<number>\S+?)(?:\s*(?P<unit>{'|'.join(CUTOFFS)}))?(?:\s*(?P<hydrolysed>hydrolysed))?", re.IGNORECASE
)


def value_of(entry, text):
    """What a flag tells of an input."""
    if entry.is_range:
        return number_or_range(text, entry.pointer, entry.bounds)
    if entry.kind == "numbers":
        return [hours(one, f"{entry.pointer}/{index}") for index, one in enumerate(text)]
    return text


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
