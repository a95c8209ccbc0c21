"""Refusals of a question that was asked by flags: they name the flag, and a range as it is typed."""

from detectapi.inputs.table import INPUTS
from detectapi.values.errors import InputError
from schemas.fields import OR_RANGE

LISTS = {"/doses": "--dose", "/assay/analytes": "--cutoff"}
"""Flags whose text has several inputs, by the place that it fills."""


def of_flags(error):
    """The same error with flags in place of pointers; what no flag fills keeps its pointer.

    Parameters
    ----------
    error : InputError
    """
    problems = [
        problem._replace(
            pointer=flag_of(problem.pointer), detail=problem.detail.replace(OR_RANGE, ", or a range such as 60-70")
        )
        for problem in error.problems
    ]
    return InputError(error.message, problems=problems, code=error.code)


def flag_of(pointer):
    """The first spelling of the flag that fills a place of a request, with its number if it is repeatable, else the pointer."""
    for place, flag in LISTS.items():
        if pointer.startswith(f"{place}/"):
            return f"{flag} {int(pointer.removeprefix(f'{place}/').partition('/')[0]) + 1}"
    for entry in INPUTS.with_flag:
        if pointer == entry.pointer or pointer.startswith(f"{entry.pointer}/"):
            return entry.flags[0]
    return pointer
