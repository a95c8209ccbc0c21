"""The part of an estimate that measured results make of it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.answer_fields import hours, probability


class RuleSchema(Schema):
    """The rule by which a programme calls a specimen something."""

    programme = fields.String(required=True)
    criterion = fields.String(required=True)
    access = fields.String(required=True, metadata={"description": "How the rule is known: `read` or `recalled`."})


class SpecimenAnswerSchema(Schema):
    """One specimen, in order of time."""

    id = fields.String(required=True)
    collected = fields.String(metadata={"description": "As a date and time, where the request has dates."})
    collected_h = fields.Float()
    validity = fields.String(
        required=True,
        validate=validate.OneOf(("valid", "dilute", "substituted", "invalid", "adulterated")),
    )
    interpreted = fields.Boolean(required=True, metadata={"description": "Whether its results are read."})
    rule = fields.Nested(RuleSchema)


class GivenWindowSchema(Schema):
    """The window given measured results."""

    low_h = hours(required=True)
    median_h = hours(required=True)
    high_h = hours(required=True)
    level = probability(required=True)


class GivenCurveSchema(Schema):
    """Probability of a positive specimen given measured results, at the times of `curve`."""

    time_h = fields.List(hours(), required=True)
    probability_positive = fields.List(probability(), required=True)


class GivenClassSchema(Schema):
    """The window of one class of a panel, given results."""

    id = fields.String(required=True)
    window = fields.Nested(GivenWindowSchema, required=True)


class GivenResultsSchema(Schema):
    """What measured results make of the estimate; all but the first two are left out where the model does not expect them."""

    specimens = fields.List(fields.Nested(SpecimenAnswerSchema), required=True)
    explained = fields.Boolean(required=True)
    window = fields.Nested(GivenWindowSchema)
    curve = fields.Nested(GivenCurveSchema)
    classes = fields.List(
        fields.Nested(GivenClassSchema),
        metadata={"description": "Of a panel: each class that looks for something that was used."},
    )
    effective_size = fields.Integer(metadata={"description": "Effective number of draws given the results."})
    method = fields.String(validate=validate.OneOf(("importance", "tempered")))
