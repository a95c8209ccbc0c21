"""Fields that several objects of an answer have."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate


def hours(**kwargs: Any) -> fields.Float:
    """A time after the end of the last dose, in hours."""
    return fields.Float(validate=validate.Range(min=0), **kwargs)


def probability(**kwargs: Any) -> fields.Float:
    """A share or probability."""
    return fields.Float(validate=validate.Range(min=0, max=1), **kwargs)


def concentrations() -> fields.List[Any]:
    """Concentrations in urine along `time_h`, in ng/mL."""
    return fields.List(fields.Float(validate=validate.Range(min=0)), required=True)
