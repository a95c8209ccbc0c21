"""The rows of the form about results: specimens with their results, accounts with their further uses, pairs of accounts.

A field of a row has a name such as ``s0_collected``, ``s0_r1_value``, ``a1_amount``, ``a1_u0_amount`` or ``c0_first``. What stands
in the table of inputs is named there; the rest, that of one dose, is asked for as on the main page.
"""

import re
import string

from detectapi.inputs.table.results import RESULTS
from detectapi.web.page.choices import choices
from schemas.interpretation import MOST_ACCOUNTS, MOST_COMPARISONS
from schemas.request import MOST_USES
from schemas.results import MOST_RESULTS, MOST_SPECIMENS


def _names(section):
    return tuple(entry.field.name for entry in RESULTS.on_form if entry.section == section)


OF_SPECIMEN = (*_names("specimens[]"), *_names("specimens[].screen"))
OF_RESULT = _names("specimens[].results[]")
OF_USE = (
    "amount", "amount_unit", "route", "duration_min", "worn_h", "frequency", "every_h", "for_days", "count",
)  # fmt: skip
OF_ACCOUNT = (*_names("accounts[]"), *_names("accounts[].last_use"), *OF_USE)
OF_FURTHER = ("substance", *OF_USE, "at")
"""Fields of a further use of an account: its substance, how it was used, and when its last dose ended."""
OF_PAIR = ("first", "second")
SHOWN = {"s": 2, "a": 2, "c": 1, "r": 4, "u": 0}
"""Rows that the form shows before anything was typed: specimens, accounts, pairs, results of a specimen, further uses."""
MOST = {"s": MOST_SPECIMENS, "a": MOST_ACCOUNTS, "c": MOST_COMPARISONS, "r": MOST_RESULTS, "u": MOST_USES - 1}
KINDS = {"s": OF_SPECIMEN, "a": OF_ACCOUNT, "c": OF_PAIR, "r": OF_RESULT, "u": OF_FURTHER}
WITHIN = {"r": "s", "u": "a"}
"""Rows within another row, each with the kind of that one."""
CHOSEN = {"amount_unit": "mg", "frequency": "once"}
"""What the lists of an empty use stand on."""
ROW = re.compile(r"([sac])(\d{1,2})(?:_([ru])(\d{1,2}))?_(\w+)")


def counts(fields, more=""):
    """How many rows of each kind there are.

    Parameters
    ----------
    fields : mapping
        Of the form.
    more : str
        The kind of which one more is wanted: ``s``, ``a``, ``c``, ``r`` and the number of a specimen, or ``u`` and that of an
        account.

    Returns
    -------
    dict of str to int
        By kind; of the rows within a row by its number, such as ``r0``.
    """
    sizes = {kind: SHOWN[kind] for kind in "sac"}
    sizes |= {f"{inner}{row}": SHOWN[inner] for inner, outer in WITHIN.items() for row in range(MOST[outer])}
    for name in fields:
        match = ROW.fullmatch(name)
        if match:
            kind, row, inner, number = match[1], int(match[2]), match[3], match[4]
            sizes[kind] = max(sizes[kind], row + 1)
            if inner and WITHIN[inner] == kind and row < MOST[kind]:
                sizes[f"{inner}{row}"] = max(sizes[f"{inner}{row}"], int(number) + 1)
    return {kind: min(size + (kind == more), MOST[kind[0]]) for kind, size in sizes.items()}


def names(sizes):
    """The names of all fields of so many rows."""
    for kind in "sac":
        for row in range(sizes[kind]):
            yield from (f"{kind}{row}_{name}" for name in KINDS[kind])
            for inner in [inner for inner, outer in WITHIN.items() if outer == kind]:
                size = sizes[f"{inner}{row}"]
                yield from (f"{kind}{row}_{inner}{i}_{name}" for i in range(size) for name in KINDS[inner])


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
        held[f"a{row}_prior"] = "uniform"
        for use in (f"a{row}", *(f"a{row}_u{i}" for i in range(MOST["u"]))):
            held |= {f"{use}_{name}": word for name, word in CHOSEN.items()}
        held[f"a{row}_extends"] = "1" if row else ""
        held[f"a{row}_id"] = words[row] if row < len(words) else ""
    return held | {"c0_first": "2", "c0_second": "1"}
