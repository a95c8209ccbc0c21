"""The errors that this package raises on purpose.

`detectapi.web.problems` chooses the status code and `detectapi.cli.output` the exit code by the class of an error, never by
its message. A message names the field and what is allowed. It never repeats the value that was sent, which is health data.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

__all__ = [
    "CatalogError",
    "DetectError",
    "InputError",
    "MalformedRequest",
    "Mistake",
    "NotSupported",
    "NumericalError",
    "OutOfRange",
    "Problem",
    "UnknownSubstance",
    "did_you_mean",
    "nearest",
]


class Problem(NamedTuple):
    """One mistake in a request."""

    pointer: str  # JSON pointer into the request (RFC 6901); "" is the whole request
    code: str  # stable slug for programs
    detail: str  # sentence for people
    allowed: tuple[object, ...] | None = None  # the permitted values, where they can be listed

    @property
    def in_words(self) -> str:
        """The mistake for a reader of Python: the field as `doses[0].amount_mg`, what is wrong, and what is allowed."""
        steps = [step.replace("~1", "/").replace("~0", "~") for step in self.pointer.split("/")[1:]]
        field = "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in steps).lstrip(".")
        words = [str(one) for one in self.allowed or ()]
        listed = "" if all(word in self.detail for word in words) else f" Allowed: {', '.join(words)}."
        return f"{field}: {self.detail}{listed}" if field else f"{self.detail}{listed}"


class Mistake(NamedTuple):
    """One mistake in a data file."""

    file: str
    place: str  # path of the key, as TOML writes it; "" is the whole file
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class DetectError(Exception):
    """Base of all errors this package raises on purpose.

    Parameters
    ----------
    message : str
        Sentence for people.
    pointer : str
        JSON pointer to the wrong part of the request; "" if there is none.
    code : str, optional
        Stable slug for programs; each class has its own default.
    allowed : sequence, optional
        The permitted values.
    """

    code = "error"

    def __init__(
        self, message: str, *, pointer: str = "", code: str | None = None, allowed: Sequence[object] | None = None
    ):
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.code = code or type(self).code
        self.allowed = None if allowed is None else list(allowed)


class InputError(DetectError, ValueError):
    """The request cannot be answered as it is.

    `problems` holds one `Problem` for each mistake in the request. It is made from the error itself if none are passed.
    """

    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        pointer: str = "",
        code: str | None = None,
        allowed: Sequence[object] | None = None,
        problems: Iterable[Problem] = (),
    ):
        super().__init__(message, pointer=pointer, code=code, allowed=allowed)
        own = Problem(pointer, self.code, message, None if allowed is None else tuple(allowed))
        self.problems = tuple(Problem(*problem) for problem in problems) or (own,)

    def __str__(self) -> str:
        """Each mistake on a line of its own: the field, what is wrong, and what is allowed."""
        lines = [problem.in_words for problem in self.problems]
        return "\n".join(lines if len(lines) == 1 else [self.message, *lines])

    def __repr__(self) -> str:
        """The same with the class."""
        return f"{type(self).__name__}({str(self)!r})"


class MalformedRequest(InputError):
    """The request is not JSON, so no pointer into it is possible."""

    code = "malformed-json"


class UnknownSubstance(InputError):
    """No data file has a substance of this name or alias."""

    code = "unknown-substance"


class NotSupported(InputError):
    """The data of the substance have no such route, analyte, assay, salt or interaction."""

    code = "not-supported"


class OutOfRange(InputError):
    """A value of the right form, outside the limits that the data of the substance set."""

    code = "range"


class CatalogError(DetectError):
    """A data file is wrong. The operator must correct it, not the caller.

    `mistakes` holds every mistake that was found.
    """

    code = "catalog"

    def __init__(self, message: str, *, mistakes: Iterable[Mistake] = ()):
        super().__init__(message)
        self.mistakes = tuple(mistakes)

    @classmethod
    def of(cls, mistakes: Iterable[Mistake]) -> "CatalogError":
        """The error for some mistakes, each on a line of its own."""
        listed = tuple(mistakes)
        return cls("\n".join(map(str, listed)), mistakes=listed)


class NumericalError(DetectError, ArithmeticError):
    """The calculation failed: a result is not finite, or two ways to compute it disagree. This is a fault of the program."""

    code = "numerical"


SIMILAR = 0.7
"""From this likeness on, from 0 to 1, a name is suggested for another: a letter or two differ. Below it suggestions are random."""


def nearest(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The known names closest to an unknown one.

    Parameters
    ----------
    name : str
    names : iterable of str
    count : int

    Returns
    -------
    list of str
        At most `count`: first the names that begin with the unknown one, then the most similar. None where none is similar;
        all names if there are no more than `count`.
    """
    known = list(names)
    if len(known) <= count:
        return known
    word = name.strip().lower()
    same_beginning = [candidate for candidate in known if word and candidate.startswith(word)]
    similar = get_close_matches(word, known, n=count, cutoff=SIMILAR)
    return list(dict.fromkeys(same_beginning + similar))[:count]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A question for the known names closest to an unknown one, with a space before it; no text where none is close."""
    close = nearest(name, names)
    return f" Did you mean {' or '.join(close)}?" if close else ""
