"""A test as a request may state it in full: analytes one by one, or an immunoassay."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from schemas.error import Message
from schemas.fields import Items
from schemas.form import Form, Section
from schemas.inputs import exactly_one, fields_of


class AnalyteSchema(Form):
    """One analyte and its cutoff."""

    exactly_one = exactly_one("assay.analytes[]")

    class Meta:
        include = fields_of("assay.analytes[]")


class AnalytesAssaySchema(Form):
    """An assay that measures analytes one by one."""

    class Meta:
        include = fields_of(
            "assay",
            leave_out=("target", "cutoff_ng_ml", "cutoff_ng_mg_creatinine", "cross_reactivity", "hydrolysed"),
            analytes=Items(
                Section(AnalyteSchema),
                minimum=1,
                maximum=20,
                required=True,
                metadata={"description": "An analyte may occur once."},
            ),
        )

    def load(self, data: Any, **kwargs: Any) -> Any:
        """The assay, refused when it has an analyte twice."""
        loaded = super().load(data, **kwargs)
        readings = [(entry["analyte"], entry.get("hydrolysed", False)) for entry in loaded["analytes"]]
        for index, reading in enumerate(readings):
            if reading in readings[:index]:
                raise ValidationError({"analytes": {index: {"analyte": [REPEATED]}}})
        return loaded


REPEATED = Message("An analyte may occur once.", "duplicate")


class ImmunoassaySchema(Form):
    """An assay that responds to several analytes at once, with one cutoff in units of its target."""

    exactly_one = exactly_one("assay")

    class Meta:
        include = fields_of("assay", leave_out=("rule", "analytes"))
