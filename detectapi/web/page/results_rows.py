"""The rows of the form about results: specimens with their results, accounts of use, pairs of accounts.

A field of a row has a name such as ``s0_collected``, ``s0_r1_value``, ``a1_amount`` or ``c0_first``. What stands in the table of
inputs is named there; the rest, that of one dose, is asked for as on the main page.
"""

import re
import string

from detectapi.inputs.table.results import RESULTS
from detectapi.web.page.choices import choices
from schemas.interpretation import MOST_ACCOUNTS, MOST_COMPARISONS
from schemas.results import MOST_RESULTS, MOST_SPECIMENS


def _names(section):
    return tuple(entry.field.name for entry in RESULTS.on_form if entry.section == section)


OF_SPECIMEN = (*_names("specimens[]"), *_names("specimens[].screen"))
OF_RESULT = _names("specimens[].results[]")
OF_USE = (
    "amount", "amount_unit", "route", "duration_min", "worn_h", "frequency", "every_h", "for_days", "count",
)  # fmt: skip
OF_ACCOUNT = (*_names("accounts[]"), *_names("accounts[].last_use"), *OF_USE)
OF_PAIR = ("first", "second")
SHOWN = {"s": 2, "a": 2, "c": 1, "r": 4}
"""Rows that the form shows before anything was typed: specimens, accounts, pairs, results of a specimen."""
MOST = {"s": MOST_SPECIMENS, "a": MOST_ACCOUNTS, "c": MOST_COMPARISONS, "r": MOST_RESULTS}
KINDS = {"s": OF_SPECIMEN, "a": OF_ACCOUNT, "c": OF_PAIR, "r": OF_RESULT}
ROW = re.compile(r"([sac])(\d{1,2})(?:_r(\d{1,2}))?_(\w+)")


def counts(fields, more=""):
    """How many rows of each kind there are.

    Parameters
    ----------
    fields : mapping
        Of the form.
    more : str
        The kind of which one more is wanted: ``s``, ``a``, ``c``, or ``r`` and the number of a specimen.

    Returns
    -------
    dict of str to int
        By kind; of the results by specimen, such as ``r0``.
    """
    rows = {kind: SHOWN[kind] for kind in "sac"}
    results = dict.fromkeys(range(MOST_SPECIMENS), SHOWN["r"])
    for name in fields:
        match = ROW.fullmatch(name)
        if match:
            kind, row = match[1], int(match[2])
            rows[kind] = max(rows[kind], row + 1)
            if match[3] and row in results:
                results[row] = max(results[row], int(match[3]) + 1)
    sizes = {**rows, **{f"r{row}": size for row, size in results.items()}}
    return {kind: min(size + (kind == more), MOST[kind[0]]) for kind, size in sizes.items()}


def names(sizes):
    """The names of all fields of so many rows."""
    for kind in "sac":
        for row in range(sizes[kind]):
            yield from (f"{kind}{row}_{name}" for name in KINDS[kind])
            if kind == "s":
                yield from (f"s{row}_r{i}_{name}" for i in range(sizes[f"r{row}"]) for name in OF_RESULT)


def defaults(substance, words):
    """What the rows hold before anything was typed.

    Parameters
    ----------
    substance : str
        Decides which analytes are named.
    words : (str, str)
        Names of the first and the second account.
    """
    analytes = [one.value for one in choices()["analytes"] if substance in one.fits]
    held = {f"s{row}_id": string.ascii_uppercase[row] for row in range(MOST_SPECIMENS)}
    for row in range(MOST_SPECIMENS):
        held |= {f"s{row}_r{i}_analyte": analyte for i, analyte in enumerate(analytes[:MOST_RESULTS])}
    for row in range(MOST_ACCOUNTS):
        held |= {f"a{row}_frequency": "once", f"a{row}_prior": "uniform", f"a{row}_amount_unit": "mg"}
        held[f"a{row}_extends"] = "1" if row else ""
        held[f"a{row}_id"] = words[row] if row < len(words) else ""
    return held | {"c0_first": "2", "c0_second": "1"}
