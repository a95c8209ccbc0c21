"""How a refusal is worded, and the one error body (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from marshmallow import Schema, ValidationError, fields

SCHEMA_KEY = "_schema"  # where marshmallow keeps what concerns a whole object

Flat: TypeAlias = tuple[str, str, str, tuple[Any, ...] | None]
"""A problem: pointer, code, detail, allowed."""


class Message(str):
    """A sentence that also carries a slug and, where they can be listed, the words allowed."""

    code: str
    allowed: tuple[Any, ...] | None

    def __new__(cls, detail: str, code: str, allowed: Iterable[Any] | None = None) -> Message:
        """A sentence with its slug."""
        self = super().__new__(cls, detail)
        self.code = code
        self.allowed = None if allowed is None else tuple(allowed)
        return self


def refuse(detail: str, code: str, allowed: Iterable[Any] | None = None) -> ValidationError:
    """The `ValidationError` for one problem with one value."""
    return ValidationError([Message(detail, code, allowed)])


def loaded(schema: Schema, content: Any) -> tuple[Any, list[Flat]]:
    """Content as a schema reads it; None and the problems if it has any."""
    try:
        return schema.load(content), []
    except ValidationError as error:
        return None, problems(error.messages)


def problems(messages: Any, pointer: str = "") -> list[Flat]:
    """Flatten marshmallow's nested messages.

    Parameters
    ----------
    messages : dict or list
        As in `ValidationError.messages`.
    pointer : str
        JSON pointer (RFC 6901) to the object they are about.

    Returns
    -------
    list of tuple
        (pointer, code, detail, allowed), in the order of the request.
    """
    if not isinstance(messages, dict):
        return [
            (pointer, getattr(message, "code", "invalid"), str(message), getattr(message, "allowed", None))
            for message in messages
        ]
    problems_so_far: list[Flat] = []
    for key, inner in messages.items():
        here = pointer if key == SCHEMA_KEY else f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
        problems_so_far += problems(inner, here)
    return problems_so_far


class ErrorEntrySchema(Schema):
    """One thing to mend."""

    pointer = fields.String(
        required=True, metadata={"description": 'JSON pointer into the request; "" is the whole of it.'}
    )
    code = fields.String(required=True, metadata={"description": "Stable slug for programs.", "example": "range"})
    detail = fields.String(
        required=True, metadata={"description": "What is allowed, for people. Never repeats the value given."}
    )
    allowed = fields.List(fields.Raw(), metadata={"description": "The words allowed, where they can be listed."})


class ProblemSchema(Schema):
    """An error: problem details of RFC 9457, sent as `application/problem+json`."""

    type = fields.String(
        required=True,
        metadata={"format": "uri-reference", "description": "Names the kind of problem; a page of its own."},
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(
        required=True, metadata={"format": "uri", "description": "This occurrence; its id is also in `X-Request-ID`."}
    )
    errors = fields.List(fields.Nested(ErrorEntrySchema))
