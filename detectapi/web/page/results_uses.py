"""The uses of an account on the form about results: the first one, and further ones that each have a row.

All are read in the same way. What has no date and time of its own ends with the last dose of all.
"""

from detectapi.web.page import dated, form, uses
from detectapi.web.page.results_rows import CHOSEN, OF_FURTHER, OF_USE


def filled(values, account):
    """The rows of further uses in which something stands, such as ``a0_u1``; what a list stands on says nothing.

    Parameters
    ----------
    values : dict
        As `results_form.typed` gives them.
    account : int
        Place of the account on the form.
    """
    rows = [f"a{account}_u{i}" for i in range(values["sizes"][f"u{account}"])]
    telling = [name for name in OF_FURTHER if name not in (*CHOSEN, "route")]
    return [row for row in rows if any(values[f"{row}_{name}"] for name in telling)]


def substances(values, account):
    """What an account says was used, each substance once."""
    first = values[f"a{account}_substance"] or values["substance"]
    return list(dict.fromkeys([first, *(values[f"{row}_substance"] for row in filled(values, account))]))


def typed_use(values, row, at=""):
    """What was typed of one use, by the names of the main page.

    Parameters
    ----------
    values : dict
    row : str
        Such as ``a0`` or ``a0_u1``.
    at : str
        When the last dose of it was, where that is said.
    """
    own = {name: values[f"{row}_{name}"] for name in OF_USE}
    return form.empty() | own | {"substance": values[f"{row}_substance"], "zone": values["zone"], "last_at": at}


def to_uses(values, account, further):
    """The first use of an account and further ones as `uses` of a request.

    Parameters
    ----------
    values : dict
    account : int
    further : list of str
        As of `filled`.

    Returns
    -------
    list of dict
    str
        When the last dose of all ended; empty where no use has a date and time.
    """
    rows = [f"a{account}", *further]
    ends = {row: values[f"{row}_at"] and dated.moment(values[f"{row}_at"], values["zone"]) for row in rows}
    last = dated.latest(ends.values())
    made = []
    for row in rows:
        use = typed_use(values, row, values[f"{row}_at"])
        use["substance"] = use["substance"] or (values["substance"] if row == rows[0] else "")
        made.append(_ending(uses.read_use(use), ends[row] or last))
    return made, last


def _ending(use, end):
    """A use with its doses at their times: the last one ends at a moment, or at hour 0 where none is known."""
    if "pattern" in use:
        return use
    (dose,) = use["doses"]
    hours = _length(dose)
    when = {"start": dated.earlier(end, hours)} if end else {"start_h": -hours}
    return {**use, "doses": [{**dose, **when}]}


def _length(dose):
    """From the beginning of the first to the end of the last of repeated doses; 0 where a number cannot be read. [h]"""
    repeat = dose.get("repeat", {})
    every, count, minutes = repeat.get("every_h", 0.0), repeat.get("count", 1), dose.get("duration_min", 0.0)
    if any(isinstance(number, (str, dict)) for number in (every, count, minutes)):
        return 0.0
    return every * (count - 1) + minutes / 60.0
