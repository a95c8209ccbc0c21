"""Everything that can go wrong, on one screen.

Status codes live in `detectapi.web.problems`, exit codes in `detectapi.cli.main`; both are chosen by class, never by
message. Messages are for people: they name the field and what is allowed, never the value that was given, because what
is given here is health data.
"""

from difflib import get_close_matches
from typing import NamedTuple

__all__ = [
    "CatalogError",
    "DetectError",
    "InputError",
    "MalformedRequest",
    "NotSupported",
    "NumericalError",
    "OutOfRange",
    "Problem",
    "UnknownSubstance",
    "nearest",
]


class Problem(NamedTuple):
    """One thing that is wrong with a question."""

    pointer: str  # JSON pointer into the request (RFC 6901); "" is the whole request
    code: str  # stable slug for programs
    detail: str  # sentence for people
    allowed: tuple | None = None  # the words that may stand there, where they can be listed


class DetectError(Exception):
    """Base of all errors this package raises on purpose.

    Parameters
    ----------
    message : str
        Sentence for people.
    pointer : str
        JSON pointer to the part of the request it is about; "" where there is none.
    code : str, optional
        Stable slug; each class has its own default.
    allowed : sequence, optional
        The words that may stand there.
    """

    code = "error"

    def __init__(self, message, *, pointer="", code=None, allowed=None):
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.code = code or type(self).code
        self.allowed = None if allowed is None else list(allowed)


class InputError(DetectError, ValueError):
    """The question cannot be answered as asked.

    `problems` holds one `Problem` for each thing to mend; without it, the error itself is the only one.
    """

    code = "invalid"

    def __init__(self, message, *, pointer="", code=None, allowed=None, problems=()):
        super().__init__(message, pointer=pointer, code=code, allowed=allowed)
        own = Problem(pointer, self.code, message, None if allowed is None else tuple(allowed))
        self.problems = tuple(Problem(*problem) for problem in problems) or (own,)


class MalformedRequest(InputError):
    """The request is not JSON, so nothing in it can be pointed at."""

    code = "malformed-json"


class UnknownSubstance(InputError):
    """No data file has this substance, by name or alias."""

    code = "unknown-substance"


class NotSupported(InputError):
    """A route, analyte, assay, salt or interaction that the substance's data does not have."""

    code = "not-supported"


class OutOfRange(InputError):
    """Well formed, but outside what the substance's data allows."""

    code = "range"


class CatalogError(DetectError):
    """One of our data files is wrong. Ours to mend, not the caller's."""

    code = "catalog"


class NumericalError(DetectError, ArithmeticError):
    """The calculation lost its footing (not finite, no agreement). Ours to mend, not the caller's."""

    code = "numerical"


def nearest(name, names, count=3):
    """The known names closest to an unknown one.

    Parameters
    ----------
    name : str
    names : iterable of str
    count : int

    Returns
    -------
    list of str
        At most `count`, those that begin with it first, then the most alike; all of them when there are no more than `count`.
    """
    names = list(names)
    if len(names) <= count:
        return names
    word = name.strip().lower()
    begun = [known for known in names if word and known.startswith(word)]
    alike = get_close_matches(word, names, n=count, cutoff=0.5)
    return list(dict.fromkeys(begun + alike))[:count]
