"""Inputs that have a field of their own on the form, and how such a field is read."""

from detectapi.inputs.table import INPUTS
from detectapi.web.page.one_dose import read

CHOICES = tuple(one for one in INPUTS.alternatives.values() if one.form)
"""Alternatives that the form asks for in two fields: which of them it is, and its value."""

SINGLE = tuple(entry for entry in INPUTS.on_form if entry.alternatives not in [choice.name for choice in CHOICES])
"""Inputs that are no part of such alternatives."""

PLAIN = tuple(entry for entry in SINGLE if entry.field.fieldset)
"""Of these, the inputs that are read from their field alone."""

SEVERAL = tuple(entry.field.name for entry in SINGLE if entry.kind == "names")
"""Fields of which several may be chosen."""


def plain(values, section):
    """The inputs of a section that have a field of their own."""
    entries = [entry for entry in PLAIN if entry.section == section and values.get(entry.field.name)]
    return {entry.name: read(entry.path, values[entry.field.name]) for entry in entries}
