"""Which specimens of an answer are not interpreted, and why. Where none is, nothing else is said of results."""

from __future__ import annotations

from detectapi.telling.interpretation_notes import note
from detectapi.telling.retelling import quoted
from detectapi.telling.voice import ENGLISH

READ = ("valid", "dilute")
"""What a programme may call a specimen that is interpreted if something was looked for in it."""


def are_read(specimens) -> bool:
    """Whether any specimen of an answer is interpreted.

    Parameters
    ----------
    specimens : list of dict
        As `specimens` in an answer.
    """
    return any(one["interpreted"] for one in specimens)


def note_of(specimen) -> dict[str, str]:
    """The note of a specimen that is not interpreted."""
    if specimen["validity"] in READ:
        return note("specimen-without-results", specimen=specimen["id"])
    values = {"word": specimen["validity"], "rule": specimen["rule"]["criterion"]}
    return note("specimen-not-interpreted", specimen=specimen["id"], **values)


def unread(specimens, voice=ENGLISH) -> list[str]:
    """Each specimen that is not interpreted, with the reason; parameters as of `are_read`."""
    return [quoted(note_of(one)["message"], voice).text for one in specimens if not one["interpreted"]]
