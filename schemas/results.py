"""Specimens with their results, of an interpretation and of an estimate that is given results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectapi.inputs.table.results import RESULTS
from schemas.asked_test import AnalytesAssaySchema, ImmunoassaySchema
from schemas.error import Message
from schemas.fields import Items, Name
from schemas.form import Either, Form, Section
from schemas.inputs import exactly_one, fields_of

MOST_SPECIMENS, MOST_RESULTS = 10, 12


def test_field(path: str, **kwargs: Any) -> Either:
    """A test, by its id or in full."""
    return Either(
        Name(),
        {"analytes": AnalytesAssaySchema, "target": ImmunoassaySchema},
        metadata={"description": RESULTS[path].meaning},
        **kwargs,
    )


class LimitsSchema(Form):
    """Limits between which a result lies."""

    class Meta:
        include = fields_of("specimens[].results[].between_ng_ml", table=RESULTS)

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the limits."""
        low, high = (section.get(name) for name in ("low", "high"))
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low >= high:
            return {"low": [Message("low must be below high.", "empty-range")]}
        return {}


class ResultSchema(Form):
    """One analyte of one specimen: a value, a limit that it lies below, or two limits."""

    exactly_one = exactly_one("specimens[].results[]", RESULTS)

    class Meta:
        include = fields_of("specimens[].results[]", table=RESULTS, between_ng_ml=Section(LimitsSchema))


class ScreenSchema(Form):
    """The verdict of a screen."""

    class Meta:
        include = fields_of(
            "specimens[].screen", table=RESULTS, assay=test_field("specimens[].screen.assay", required=True)
        )


class SpecimenResultsSchema(Form):
    """One specimen: when it was collected, what was messages in it, what was measured of the urine."""

    exactly_one = exactly_one("specimens[]", RESULTS)

    class Meta:
        include = fields_of(
            "specimens[]",
            table=RESULTS,
            results=Items(Section(ResultSchema), maximum=MOST_RESULTS, load_default=list),
            screen=Section(ScreenSchema),
        )
