"""Request forms: unknown fields are refused, and rules between fields are declared, not programmed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, ClassVar, TypeAlias

from marshmallow import Schema, ValidationError, fields
from marshmallow.error_store import merge_errors

from schemas.error import SCHEMA_KEY, Message, refuse
from schemas.fields import Coded

Given: TypeAlias = Mapping[str, Any]
"""An object of a request as it was given, not yet checked."""


class Form(Schema):
    """Base of all request forms.

    `exactly_one` and `at_most_one` are tuples of field names of which so many may be given.
    """

    exactly_one: ClassVar[tuple[str, ...]] = ()
    at_most_one: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = tuple(self.fields)
        self.error_messages = {
            **self.error_messages,
            "type": Message("Must be an object.", "type"),
            "unknown": Message(f"Unknown field. Known here: {', '.join(names)}.", "unknown-field", names),
        }

    def load(self, data: Any, **kwargs: Any) -> Any:
        """The data with its defaults filled in.

        Raises
        ------
        ValidationError
            With every problem found, those between fields included.
        """
        errors = self.relations(data) if isinstance(data, Mapping) else {}
        try:
            loaded = super().load(data, **kwargs)
        except ValidationError as error:
            merged = merge_errors(error.messages, errors)  # type: ignore[no-untyped-call]
            raise ValidationError(merged) from None
        if errors:
            raise ValidationError(errors)
        return loaded

    def relations(self, section: Given) -> dict[str, Any]:
        """Problems between fields of the data as given, as marshmallow keeps them."""
        messages = []
        if self.exactly_one and len([name for name in self.exactly_one if name in section]) != 1:
            detail = f"Give exactly one of: {', '.join(self.exactly_one)}."
            messages.append(Message(detail, "exactly-one", self.exactly_one))
        if len([name for name in self.at_most_one if name in section]) > 1:
            detail = f"Give at most one of: {', '.join(self.at_most_one)}."
            messages.append(Message(detail, "at-most-one", self.at_most_one))
        return {SCHEMA_KEY: messages} if messages else {}

    @classmethod
    def json_schema_rules(cls) -> dict[str, Any]:
        """The declared rules in JSON Schema, to be merged into the form's own.

        They stand within `allOf`: generators of clients take a `oneOf` beside the properties for several forms of the object,
        and then write no type for it.
        """
        rules: dict[str, Any] = {}
        if cls.exactly_one:
            rules["allOf"] = [{"oneOf": [{"required": [name]} for name in cls.exactly_one]}]
        if cls.at_most_one:
            pairs = combinations(cls.at_most_one, 2)
            rules["not"] = {"anyOf": [{"required": list(pair)} for pair in pairs]}
        return rules


class Section(Coded, fields.Nested):
    """A form within a form."""


class Either(Coded):
    """Text, or one of several forms told apart by a field that only one of them has.

    Parameters
    ----------
    text : Field
        Reads the text.
    forms : dict of str to Form class
        By the field that gives the form away.
    """

    def __init__(self, text: fields.Field[Any], forms: Mapping[str, type[Form]], **kwargs: Any) -> None:
        self.text, self.forms = text, {key: form() for key, form in forms.items()}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return self.text.deserialize(value)
        if not isinstance(value, Mapping):
            raise refuse("Must be text or an object.", "type")
        chosen = [key for key in self.forms if key in value]
        if len(chosen) != 1:
            raise refuse(f"Give exactly one of: {', '.join(self.forms)}.", "exactly-one", self.forms)
        return self.forms[chosen[0]].load(value)
