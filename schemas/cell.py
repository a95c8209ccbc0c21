"""One cell of a table, read by the very field of a request that its value belongs to."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from marshmallow import ValidationError, fields

from schemas.form import Either
from schemas.request import EstimateRequestSchema
from schemas.row import PLACES


def read(column: str, value: Any) -> Any:
    """The value as a request has it once loaded; None where the field refuses it.

    Parameters
    ----------
    column : str
        A key of `schemas.row.PLACES`.
    value : object
        A range as an object with low and high.
    """
    try:
        return field(column).deserialize(value)
    except ValidationError:
        return None


@cache
def field(column: str) -> fields.Field[Any]:
    """The field of a request that reads a column."""
    inner: Any = None
    for step in PLACES[column]:
        if isinstance(step, int):
            inner = inner.inner
        elif isinstance(inner, Either):
            inner = next(form.fields[step] for form in inner.forms.values() if step in form.fields)
        else:
            inner = (inner.schema if inner else form()).fields[step]
    return cast("fields.Field[Any]", inner)


@cache
def form() -> EstimateRequestSchema:
    """The whole request's form, built once."""
    return EstimateRequestSchema()
