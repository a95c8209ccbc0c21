"""The form of a file of published figures that the typical person is held against (``data/checks/<id>.toml``)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schemas.error import SCHEMA_KEY, Message
from schemas.fields import Integer, Items, Name, Number, Word
from schemas.form import Form, Given, Section
from schemas.request import DoseSchema
from schemas.substance import SCHEMA_VERSION, Text

QUANTITIES = (
    "clearance",
    "renal_clearance",
    "volume",  # at steady state
    "urinary_fraction",
    "auc",
    "auc_ratio",  # of moles
    "cmax",
    "tmax",
    "half_life",  # of plasma, between from_h and until_h
    "excretion_half_life",  # of urine, likewise
    "disposition_half_life",  # of the analyte by itself, as if it were given into a vein: the slowest
    "remaining_half_life",  # of what is still to be excreted of all that is excreted until until_h
    "urine_share",  # of an analyte in moles of it and its conjugates, between from_h and until_h
    "urine_ratio",  # of mass, at time_h
    "urine_concentration",  # at time_h
    "urine_peak",  # the highest concentration in urine
    "last_positive",  # of a specimen of the moment
)
"""What can be compared."""


class CheckForm(Form):
    """One published figure."""

    exactly_one = ("value", "low")

    id = Name(required=True)
    quantity = Word(QUANTITIES, required=True)
    analytes = Items(Name(), minimum=1, maximum=6, unique=True, required=True)
    relative_to = Name(metadata={"description": "The analyte a ratio is divided by."})
    doses = Items(Section(DoseSchema), minimum=1, maximum=50, required=True)
    value = Number(0, 1e9, above=True)
    low = Number(0, 1e9, above=True)
    high = Number(0, 1e9, above=True)
    unit = Name(required=True)
    tolerance = Number(0, 2, metadata={"description": "How far outside it may lie, as a share of it."})
    factor = Number(1, 10, metadata={"description": "How far outside it may lie, as a factor on both sides."})
    from_h = Number(0, 10_000)
    until_h = Number(0, 10_000, above=True)
    time_h = Number(0, 10_000)
    cutoff_ng_ml = Number(0, 1e7, above=True)
    hydrolysed = fields.Boolean()
    gfr_ml_min = Number(1, 200)
    urine_ph = Number(4, 9)
    person = fields.Dict(keys=Text(), metadata={"description": "Words of the person, as in a request."})
    source = Text()
    locator = Text()
    reason = Text()
    exception = Text()

    def relations(self, entry: Given) -> dict[str, Any]:
        """A figure has a source and a locator, or the reason why it has none; a range has both ends; one bound on the miss."""
        wrong = super().relations(entry)
        if {"source", "locator", "reason"} & set(entry) not in ({"source", "locator"}, {"reason"}):
            message = Message("Must have source and locator, or reason, and nothing else.", "origin")
            wrong.setdefault(SCHEMA_KEY, []).append(message)
        if ("tolerance" in entry) == ("factor" in entry):
            wrong.setdefault(SCHEMA_KEY, []).append(Message("Give exactly one of: tolerance, factor.", "exactly-one"))
        if ("low" in entry) != ("high" in entry):
            wrong.setdefault(SCHEMA_KEY, []).append(Message("low and high belong together.", "range"))
        return wrong


class ChecksFileSchema(Form):
    """The whole file."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    substance = Name(required=True)
    checks = fields.List(Section(CheckForm), required=True)
