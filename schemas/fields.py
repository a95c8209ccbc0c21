"""Reusable fields. Each refuses by a sentence that says what is allowed, and describes itself in JSON Schema.

marshmallow's own number fields turn text and booleans into numbers; a request with `"35"` where a dose belongs is a
mistake somewhere, so these refuse. A refused value is never repeated in the sentence: it is health data.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any, TypeAlias, cast

from marshmallow import ValidationError, fields

from schemas.error import Message, refuse

Metadata: TypeAlias = Mapping[str, Any] | None
Range: TypeAlias = dict[str, float]
Messages: TypeAlias = dict[str, str | list[Any] | dict[Any, Any]]

CODES = {"required": "required", "null": "null", "invalid": "type", "type": "type"}

# A wider range says nothing, and its far tail would leave what floating point can hold.
WIDEST_RANGE = 10_000


OR_RANGE = ", or a range with low and high"
"""What a refusal adds where a range is allowed, in the words of JSON; other surfaces have words of their own for it."""


class Coded(fields.Field[Any]):
    """Base of all fields here: marshmallow's built-in refusals get a slug too."""

    default_error_messages: Messages = {
        "required": "Missing.",
        "null": "Must not be null.",
    }

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """The refusal that marshmallow knows by this key."""
        (sentence, *_) = super().make_error(key, **kwargs).messages
        return refuse(sentence, CODES.get(key, key))


def plain(number: float) -> float:
    """A bound as people write it: 20000, not 20000.0."""
    return int(number) if float(number).is_integer() else number


class Number(Coded):
    """A finite JSON number between bounds; text and booleans are refused.

    Parameters
    ----------
    minimum, maximum : float, optional
        Bounds, inclusive, both or neither; in the unit of the field's name.
    above : bool
        The minimum itself is refused.
    """

    word = "number"

    def __init__(
        self,
        minimum: float | None = None,
        maximum: float | None = None,
        *,
        above: bool = False,
        metadata: Metadata = None,
        **kwargs: Any,
    ) -> None:
        if (minimum is None) != (maximum is None):
            raise ValueError("a number has both bounds or neither")
        self.bounds = None if minimum is None or maximum is None else (minimum, maximum)
        self.above = above
        super().__init__(metadata={**self.describe(), **(metadata or {})}, **kwargs)

    def describe(self) -> dict[str, Any]:
        """JSON Schema of this field."""
        schema: dict[str, Any] = {"type": self.word}
        if self.bounds:
            low, high = map(plain, self.bounds)
            schema |= {"exclusiveMinimum" if self.above else "minimum": low, "maximum": high}
        return schema

    def requirement(self) -> str:
        """What is allowed, as the middle of a sentence: "a number above 0 and at most 100"."""
        kind = f"{'an' if self.word == 'integer' else 'a'} {self.word}"
        if self.bounds is None:
            return kind
        low, high = map(plain, self.bounds)
        return f"{kind} above {low} and at most {high}" if self.above else f"{kind} from {low} to {high}"

    def holds(self, number: float) -> bool:
        """Whether a number lies within the bounds."""
        if self.bounds is None:
            return True
        low, high = self.bounds
        return (low < number if self.above else low <= number) and number <= high

    def check(self, value: Any) -> float:
        """The value as a float within the bounds, or a refusal."""
        if isinstance(value, bool) or not isinstance(value, (int, float, Real)):
            raise refuse(f"Must be {self.requirement()}.", "type")
        try:
            number = float(value)
        except OverflowError:  # an integer of hundreds of digits
            number = math.inf
        if not math.isfinite(number):
            raise refuse(f"Must be finite: {self.requirement()}.", "not-finite")
        if not self.holds(number):
            raise refuse(f"Must be {self.requirement()}.", "range")
        return number

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float | Range:
        return self.check(value)


class Integer(Number):
    """A whole JSON number between bounds. 2000.0 is one too, as JSON Schema has it."""

    word = "integer"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number = self.check(value)
        if not number.is_integer():
            raise refuse(f"Must be {self.requirement()}.", "type")
        return int(value) if isinstance(value, Integral) else int(number)


class Quantity(Number):
    """A number, or a range `{"low": a, "high": b}`: the central 90 % of what it may be.

    Loads as a float, or as a dict of two floats. The range stands for a log-normal, so its low end is above 0; with
    `normal=True` (pH, specific gravity) it stands for a normal.
    """

    def __init__(
        self, minimum: float, maximum: float, *, above: bool = False, normal: bool = False, **kwargs: Any
    ) -> None:
        self.shape = "normal" if normal else "log-normal"
        self.end = Number(minimum, maximum, above=above or (not normal and minimum <= 0))
        super().__init__(minimum, maximum, above=above, **kwargs)

    def describe(self) -> dict[str, Any]:
        """JSON Schema of both forms."""
        number, end = super().describe(), self.end.describe()
        widest = f", high at most {WIDEST_RANGE} times low" if self.shape == "log-normal" else ""
        both = {
            "type": "object",
            "description": f"Central 90 % of a {self.shape} distribution; low below high{widest}.",
            "required": ["low", "high"],
            "properties": {"low": end, "high": end},
            "additionalProperties": False,
        }
        return {"oneOf": [number, both]}

    def requirement(self) -> str:
        """What is allowed, as the middle of a sentence."""
        return f"{super().requirement()}{OR_RANGE}"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float | Range:
        if not isinstance(value, Mapping):
            return self.check(value)
        errors: dict[str, Any] = {}
        ends: dict[str, float] = {}
        for key in value:
            if key not in ("low", "high"):
                errors[key] = [Message("Unknown field. A range has low and high.", "unknown-field", ("low", "high"))]
        for key in ("low", "high"):
            if key not in value:
                errors[key] = [Message("Missing. A range has low and high.", "required")]
                continue
            try:
                ends[key] = self.end.check(value[key])
            except ValidationError as error:
                errors[key] = error.messages
        if errors:
            raise ValidationError(errors)
        if ends["low"] >= ends["high"]:
            raise refuse("low must be below high.", "empty-range")
        if self.shape == "log-normal" and ends["high"] > WIDEST_RANGE * ends["low"]:
            raise refuse(f"high must be at most {WIDEST_RANGE} times low.", "wide-range")
        return ends


def plain_word(text: str) -> str:
    """A word as words are compared: in small letters, hyphens for spaces and underscores, without apostrophes."""
    return re.sub(r"[\s_]+", "-", text.strip().casefold()).translate(
        dict.fromkeys(map(ord, "'\N{RIGHT SINGLE QUOTATION MARK}"))
    )


class Word(Coded):
    """One word of a closed list.

    Parameters
    ----------
    choices : iterable of str
    any_case : bool
        Whether capitals do not matter.
    synonyms : mapping of str to str
        Other words, in small letters, each with the choice that it means.
    """

    def __init__(
        self,
        choices: Iterable[str],
        *,
        any_case: bool = False,
        synonyms: Mapping[str, str] | None = None,
        metadata: Metadata = None,
        **kwargs: Any,
    ) -> None:
        self.choices = tuple(choices)
        self.any_case = any_case
        self.meant = {**(synonyms or {}), **{plain_word(choice): choice for choice in self.choices}}
        super().__init__(metadata={"type": "string", "enum": list(self.choices), **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        meant = self.meant.get(plain_word(value)) if self.any_case and isinstance(value, str) else None
        if meant is None:
            raise refuse(f"Must be one of: {', '.join(self.choices)}.", "choice", self.choices)
        return meant


class Flag(Coded):
    """True or false; text and numbers are refused."""

    def __init__(self, *, metadata: Metadata = None, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "boolean", **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refuse("Must be true or false.", "type")
        return value


class Name(Coded):
    """A name that the library knows the meaning of: any text of 1 to 100 characters.

    Parameters
    ----------
    any_case : bool
        Whether it loads as names of the data are written: in small letters, with hyphens for spaces, without apostrophes.
    """

    longest = 100

    def __init__(self, *, any_case: bool = False, metadata: Metadata = None, **kwargs: Any) -> None:
        self.any_case = any_case
        own = {"type": "string", "minLength": 1, "maxLength": self.longest}
        super().__init__(metadata={**own, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("Must be text.", "type")
        if not 1 <= len(value) <= self.longest:
            raise refuse(f"Must have 1 to {self.longest} characters.", "length")
        return plain_word(value) if self.any_case else value


class Items(Coded, fields.List[Any]):
    """A list of bounded length; `unique` refuses repeated entries."""

    default_error_messages: Messages = {"invalid": "Must be a list."}

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        minimum: int = 0,
        maximum: int,
        unique: bool = False,
        metadata: Metadata = None,
        **kwargs: Any,
    ) -> None:
        self.minimum, self.maximum, self.unique = minimum, maximum, unique
        own: dict[str, Any] = {"minItems": minimum, "maxItems": maximum}
        if unique:
            own["uniqueItems"] = True
        super().__init__(inner, metadata={**own, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        # The length is checked before the entries: a megabyte of them must not cost seconds.
        if isinstance(value, (list, tuple)) and not self.minimum <= len(value) <= self.maximum:
            raise refuse(f"Must have {self.minimum} to {self.maximum} entries.", "length")
        entries = super()._deserialize(value, attr, data, **kwargs)
        if self.unique and len(set(entries)) < len(entries):
            raise refuse("Each entry may occur once.", "duplicate")
        return entries


class Table(Coded, fields.Dict):
    """A JSON object from names to values of one kind."""

    default_error_messages: Messages = {"invalid": "Must be an object."}

    def __init__(self, values: fields.Field[Any], *, maximum: int, metadata: Metadata = None, **kwargs: Any) -> None:
        self.maximum = maximum
        super().__init__(values=values, metadata={"maxProperties": maximum, **(metadata or {})}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        if len(value) > self.maximum:
            raise refuse(f"Must have at most {self.maximum} entries.", "length")
        errors: dict[str, Any] = {}
        entries: dict[str, Any] = {}
        inner = cast("fields.Field[Any]", self.value_field)
        for name, entry in value.items():
            try:
                entries[name] = inner.deserialize(entry)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return entries
