"""The row of a table: one scenario by flat names, the same in CSV, NDJSON, Parquet and Arrow, and in a grid.

The columns come from the table of inputs. A range has two columns, `<name>_low` and `<name>_high`. A cell that is empty or null
is not given.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from detectapi.inputs.table import INPUTS, Input
from schemas.fields import Name
from schemas.form import Form
from schemas.inputs import field_of

IN_EVERY_ROW = ("", "doses[]")
"""Sections that every row has, so that what they require is required of the row."""

PLACES: dict[str, tuple[str | int, ...]] = {entry.column: entry.steps for entry in INPUTS.with_column}
"""Where the value of a column belongs in a request."""

WORDS = tuple(entry.column for entry in INPUTS.with_column if not entry.is_number)
"""The columns that hold no numbers."""

RANGED = tuple(entry.column for entry in INPUTS.with_column if entry.is_range)
"""The columns that may be a range."""

COLUMNS = ("id", *PLACES, *(f"{name}_{end}" for name in RANGED for end in ("low", "high")))
"""Every column there is."""


def column_field(entry: Input) -> fields.Field[Any]:
    """The field of a column: that of its input, without a default, required only where every row needs it."""
    required = True if entry.required and entry.section in IN_EVERY_ROW else None
    return field_of(entry, required=required, load_default=None)


class RowSchema(Form):
    """One scenario by flat names; each quantity may instead be two columns, `<name>_low` and `<name>_high`."""

    class Meta:
        include = {"id": Name(), **{entry.column: column_field(entry) for entry in INPUTS.with_column}}
