"""The question: `POST /v1/estimates`, the same in the library, on the command line and in a batch.

These schemas know form, not meaning: whether a route or an analyte exists is for the library to say. Names carry their unit.
The fields come from the table of inputs (`detectapi.inputs.table.entries`), with their bounds, words and defaults; here stand the
objects that hold them, and the rules between them.

A loaded request is a plain dict with the names below. `person`, `renal`, `hydration`, `specimen`, `model` and `options`
are always there (empty where nothing was given); other fields that were left out and have no default are absent. A
quantity is a float or `{"low": float, "high": float}`; `start` is an aware datetime.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from detectapi.inputs.table import INPUTS
from schemas.asked_test import AnalytesAssaySchema, ImmunoassaySchema
from schemas.error import Message
from schemas.fields import Items, Name, Table
from schemas.form import Either, Form, Section
from schemas.inputs import at_most_one, exactly_one, fields_of, missing_beside
from schemas.results import MOST_SPECIMENS, SpecimenResultsSchema
from schemas.timestamp import Timestamp

MOST_SINGLE_DOSES = int(INPUTS["doses[].repeat.count"].bounds[1])
MOST_WORK = 2_000_000  # draws times listed doses
MOST_USES = 10


class RepeatSchema(Form):
    """The dose repeated at a regular interval."""

    class Meta:
        include = fields_of("doses[].repeat")


class DoseSchema(Form):
    """One dose, or one dose repeated."""

    exactly_one = exactly_one("doses[]")
    at_most_one = at_most_one("doses[]")

    class Meta:
        include = fields_of("doses[]", repeat=Section(RepeatSchema, allow_none=True, load_default=None))

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the amount and its unit."""
        return {**super().relations(section), **unit_problems(section)}


def unit_problems(section: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong where an amount stands without its unit, or a unit without an amount that it belongs to."""
    if "amount" in section and "unit" not in section:
        return {"unit": [Message("Missing. amount needs unit.", "required")]}
    if "unit" in section and "amount" not in section:
        return {"unit": [Message("Only beside amount.", "conflict")]}
    return {}


MIXED_TIMES = Message("Relative and clock times are mixed: give every dose a start, or none of them.", "mixed-times")


class PatternSchema(Form):
    """A pattern of use, for people who do not know a schedule."""

    exactly_one = exactly_one("pattern")

    class Meta:
        include = fields_of("pattern")

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the amount and its unit, and between the length and the frequency."""
        problems = {**super().relations(section), **unit_problems(section)}
        once = section.get("frequency") == "once"
        if once and "for_days" in section:
            return {**problems, "for_days": [Message("Leave it out with the frequency once.", "conflict")]}
        if not once and "for_days" not in section:
            return {**problems, "for_days": [Message("Missing. Needed unless the frequency is once.", "required")]}
        return problems


DOSES = Items(
    Section(DoseSchema),
    maximum=1000,
    metadata={"description": "An empty list is a valid history: nothing was used."},
)


class UseSchema(Form):
    """One of several substances that were used.

    The times of doses have one clock in all uses. A pattern of use ends with the last dose of all.
    """

    exactly_one = exactly_one("uses[]")

    class Meta:
        include = fields_of("uses[]", doses=DOSES, pattern=Section(PatternSchema))


class PersonSchema(Form):
    """Who. What is left out is a population value with its spread."""

    class Meta:
        include = fields_of("person")


class RenalSchema(Form):
    """Kidney function, in the one unit it is known in."""

    at_most_one = at_most_one("renal")

    class Meta:
        include = fields_of("renal")


class HydrationSchema(Form):
    """The person's usual urine flow, by the one measure it is known by."""

    at_most_one = at_most_one("hydration")

    class Meta:
        include = fields_of("hydration")


class SpecimenSchema(Form):
    """What was measured in the specimen itself."""

    at_most_one = at_most_one("specimen")

    class Meta:
        include = fields_of("specimen")


class AdjustmentSchema(Form):
    """One parameter of the model, scaled or set."""

    exactly_one = exactly_one("model.adjust.*")

    class Meta:
        include = fields_of("model.adjust.*")


class ModelSchema(Form):
    """Which model answers, and what is changed in it."""

    class Meta:
        include = fields_of(
            "model",
            adjust=Table(
                Section(AdjustmentSchema),
                maximum=50,
                load_default=dict,
                metadata={"description": "By parameter name, such as `ketamine.clearance`."},
            ),
        )

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the kind and its settings."""
        if "half_life_h" in section and section.get("kind", "population") == "population":
            return {"half_life_h": [Message("Only with the kind half-life.", "conflict")]}
        return {}


class OptionsSchema(Form):
    """How the calculation is run."""

    class Meta:
        include = fields_of("options")


class EstimateRequestSchema(Form):
    """The whole question."""

    exactly_one = exactly_one("")

    class Meta:
        include = fields_of(
            "",
            uses=Items(
                Section(UseSchema),
                minimum=1,
                maximum=MOST_USES,
                metadata={
                    "description": "Several substances in one person; in place of `substance`, `doses` and `pattern`."
                },
            ),
            doses=DOSES,
            pattern=Section(PatternSchema),
            person=Section(PersonSchema, load_default=dict),
            renal=Section(RenalSchema, load_default=dict),
            hydration=Section(HydrationSchema, load_default=dict),
            specimen=Section(SpecimenSchema, load_default=dict),
            assay=Either(
                Name(),
                {"analytes": AnalytesAssaySchema, "target": ImmunoassaySchema},
                metadata={"description": INPUTS["assay"].meaning},
            ),
            results=Items(
                Section(SpecimenResultsSchema),
                minimum=1,
                maximum=MOST_SPECIMENS,
                metadata={"description": "Measured results: the answer then has `given_results` too."},
            ),
            model=Section(ModelSchema, load_default=lambda: ModelSchema().load({})),
            options=Section(OptionsSchema, load_default=lambda: OptionsSchema().load({})),
        )

    def relations(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between sections."""
        return {**super().relations(request), **missing_beside(request), **_substance_problems(request)}

    def load(self, data: Any, **kwargs: Any) -> Any:
        """The question with its defaults filled in."""
        loaded = super().load(data, **kwargs)
        if "doses" in loaded:
            check_doses(loaded["doses"])
            check_work(len(loaded["doses"]), loaded["options"]["draws"])
        if "uses" in loaded:
            doses = [dose for use in loaded["uses"] for dose in use.get("doses", ())]
            check_doses(doses)
            check_work(max(len(doses), 1), loaded["options"]["draws"])
        return loaded


def _substance_problems(request: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong where neither or both of `substance` and `uses` say what was used."""
    if "substance" not in request and "uses" not in request:
        return {"substance": [Message("Missing.", "required")]}
    if "substance" in request and "uses" in request:
        return {"substance": [Message("Leave it out: uses names the substances.", "conflict")]}
    return {}


TOO_LATE = Message("The last dose must lie before the year 2200.", "range")


def too_late(start: datetime, repeat: Mapping[str, Any]) -> bool:
    """Whether the last of repeated doses lies beyond the calendar that is kept."""
    hours_left = (Timestamp.latest - start).total_seconds() / 3600
    return bool(repeat["every_h"] * (repeat["count"] - 1) > hours_left)


def check_doses(doses: list[dict[str, Any]]) -> None:
    """Times of one kind, and not too many single doses; `start_h` is 0 where no dose has a time."""
    clocked = ["start" in dose for dose in doses]
    if any(clocked) and not all(clocked):
        raise ValidationError({"doses": [MIXED_TIMES]})
    if sum(dose["repeat"]["count"] if dose["repeat"] else 1 for dose in doses) > MOST_SINGLE_DOSES:
        raise ValidationError(
            {"doses": [Message(f"At most {MOST_SINGLE_DOSES} single doses in all, repeats counted.", "too-many-doses")]}
        )
    for index, dose in enumerate(doses):
        if "start" in dose and dose["repeat"] and too_late(dose["start"], dose["repeat"]):
            raise ValidationError({"doses": {index: {"repeat": [TOO_LATE]}}})
    if not any(clocked):
        for dose in doses:
            dose.setdefault("start_h", 0.0)


def check_work(listed: int, draws: int) -> None:
    """What one question may cost: irregular doses are worked through one by one for each draw."""
    if listed * draws > MOST_WORK:
        detail = f"At most {MOST_WORK // listed} draws with so many listed doses; use repeat where they are regular."
        raise ValidationError({"options": {"draws": [Message(detail, "too-much-work")]}})
