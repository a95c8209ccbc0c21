"""The table of inputs: every input of a request, once, with all that any surface needs to know of it.

`entries` is the table itself. Whoever reads a request, makes a form of the contract, a column, a flag or a field of the page
asks `INPUTS`.
"""

from detectapi.inputs.table.definition import NOT_SET, Alternatives, FormField, Input
from detectapi.inputs.table.entries import ALTERNATIVES, ENTRIES
from detectapi.inputs.table.lookup import InputTable

__all__ = ["INPUTS", "NOT_SET", "Alternatives", "FormField", "Input", "InputTable"]

INPUTS = InputTable(ENTRIES, ALTERNATIVES)
