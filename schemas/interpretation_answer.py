"""The answer of an interpretation. Documentation and test, not machinery: an answer is written as it was built."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.answer_fields import probability
from schemas.given_results import SpecimenAnswerSchema
from schemas.response import EvidenceSchema, NoteSchema

SUPPORT = ("none", "weak", "moderate", "moderately-strong", "strong")


def described(description: str, **kwargs: Any) -> dict[str, Any]:
    """Arguments of a required field with its description."""
    return {"required": True, "metadata": {"description": description}, **kwargs}


class ExpectedSchema(Schema):
    """The central interval of what the account gives, at the level of the answer."""

    low_ng_ml = fields.Float(required=True)
    median_ng_ml = fields.Float(required=True)
    high_ng_ml = fields.Float(required=True)


class BetweenSchema(Schema):
    """Two limits."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)


class AfterEarlierSchema(ExpectedSchema):
    """The same after the earlier specimens."""

    probability = probability(required=True)


class ResultPlaceSchema(Schema):
    """Where one result lies among those that the account gives."""

    specimen = fields.String(required=True)
    analyte = fields.String(required=True)
    hydrolysed = fields.Boolean()
    value_ng_ml = fields.Float()
    below_ng_ml = fields.Float()
    between_ng_ml = fields.Nested(BetweenSchema)
    expected = fields.Nested(ExpectedSchema, required=True)
    probability = probability(**described("Of a value at most as high; of what is below a limit, of that."))
    after_earlier = fields.Nested(
        AfterEarlierSchema,
        metadata={
            "description": "What the account expects once the earlier specimens are known, with `options.in_turn`. Left out where"
            " something was measured in the specimen that nothing under the account becomes."
        },
    )


class JointSchema(Schema):
    """Where all results lie together."""

    pattern_probability = probability(**described("That the same analytes are below their limits."))
    percentile = probability(
        **described("Share of such sets of values that are at most as likely; null without values.", allow_none=True)
    )


class DiluteNegativeSchema(Schema):
    """A dilute specimen in which nothing was found: how often the account gives that, before any result."""

    specimen = fields.String(required=True)
    probability_negative = probability(**described("In a specimen with this creatinine and specific gravity."))
    probability_negative_usually = probability(
        **described("In a specimen of the same people of which neither was measured.")
    )


class HoursSchema(Schema):
    """Quantiles, in hours."""

    low_h = fields.Float(required=True)
    median_h = fields.Float(required=True)
    high_h = fields.Float(required=True)


class PriorSchema(HoursSchema):
    """The same before the results."""

    kind = fields.String(required=True, validate=validate.OneOf(("uniform", "log-uniform")))


class TimeCurveSchema(Schema):
    """Probability of each cell of time: one less than the edges."""

    hours_before = fields.List(fields.Float(), required=True)
    probability = fields.List(probability(), required=True)


class OtherTimeSchema(HoursSchema):
    """The time of use under another assumption."""

    change = fields.String(required=True)
    analyte = fields.String()


class TimeOfUseSchema(HoursSchema):
    """Hours before a specimen at which the use ended whose time is not known, if the account is true."""

    before_specimen = fields.String(required=True)
    prior = fields.Nested(PriorSchema, required=True)
    curve = fields.Nested(TimeCurveSchema, required=True)
    earliest_at = fields.AwareDateTime()
    median_at = fields.AwareDateTime()
    latest_at = fields.AwareDateTime()
    other_assumptions = fields.List(fields.Nested(OtherTimeSchema), required=True)


class PlannedAnswerSchema(Schema):
    """The planned test, if the account is true and nothing is used until then."""

    assay = fields.String(required=True, allow_none=True)
    probability_before = probability(required=True)
    probability_given_results = probability(required=True)


class WindowsSchema(Schema):
    """Hours after the last use at which a single specimen stops being positive in the planned test."""

    before = fields.Nested(HoursSchema, required=True)
    given_results = fields.Nested(HoursSchema, required=True)


class AccountAnswerSchema(Schema):
    """What the results say under one account."""

    id = fields.String(required=True)
    substance = fields.String(required=True)
    substances = fields.List(
        fields.String(), metadata={"description": "All that were used, where the account names several."}
    )
    explained = fields.Boolean(**described("False where the model does not expect the results under this account."))
    departure_probability = probability(**described("That some specimen departs from the model, the largest."))
    results = fields.List(fields.Nested(ResultPlaceSchema), required=True)
    joint = fields.Nested(JointSchema, required=True)
    dilute_negatives = fields.List(
        fields.Nested(DiluteNegativeSchema),
        metadata={"description": "How much less a negative weighs that is dilute; left out where there is none."},
    )
    time_of_use = fields.Nested(TimeOfUseSchema)
    planned = fields.Nested(PlannedAnswerSchema)
    window = fields.Nested(WindowsSchema)
    evidence = fields.Nested(EvidenceSchema, required=True)


class RangeOfLogsSchema(Schema):
    """A range of decimal logarithms."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)


class OtherRatioSchema(Schema):
    """The ratio under another assumption."""

    change = fields.String(required=True)
    analyte = fields.String()
    log10_lr = fields.Float(required=True)


class ComparisonSchema(Schema):
    """How much more probable the results are under the first account than under the second."""

    first = fields.String(required=True)
    second = fields.String(required=True)
    largest_shown = fields.Float(**described("No larger ratio is shown; the evidence grade decides it."))
    log10_lr = fields.Float(
        **described(
            "Decimal logarithm of the likelihood ratio; null where there is none, with the reason in `because`.",
            allow_none=True,
        )
    )
    because = fields.String(metadata={"description": "Why there is no ratio."})
    monte_carlo_se = fields.Float(metadata={"description": "Standard error of the logarithm from the number of draws."})
    ratio = fields.Float(metadata={"description": "At least 1: of the account that is favoured over the other."})
    at_least = fields.Boolean(metadata={"description": "Whether the ratio is larger than what is shown."})
    favours = fields.String(allow_none=True, metadata={"description": "Null where neither is supported."})
    support = fields.String(validate=validate.OneOf(SUPPORT))
    range_log10 = fields.Nested(RangeOfLogsSchema)
    robust = fields.Boolean(
        metadata={"description": "Whether the words are the same under every other assumption that was tried."}
    )
    other_assumptions = fields.List(fields.Nested(OtherRatioSchema))


class AccountRunSchema(Schema):
    """How the draws of one account were made."""

    id = fields.String(required=True)
    method = fields.String(required=True, validate=validate.OneOf(("importance", "tempered")))
    steps = fields.Integer(required=True)
    effective_size = fields.Integer(required=True)


class InterpretationProvenanceSchema(Schema):
    """What reproduces the answer."""

    detectapi = fields.String(required=True)
    substance_revision = fields.Integer(required=True)
    substance_sha256 = fields.String(required=True)
    calibration = fields.String(required=True, allow_none=True)
    seed = fields.Integer(required=True)
    draws = fields.Integer(required=True)
    departure = probability(required=True)
    scale = fields.String(**described("Citekey of the table of words."))
    accounts = fields.List(fields.Nested(AccountRunSchema), required=True)


class InterpretationResponseSchema(Schema):
    """Measured results held against accounts of use. No verdict, and no probability that somebody used something."""

    substance = fields.String(required=True)
    level = probability(required=True)
    specimens = fields.List(fields.Nested(SpecimenAnswerSchema), required=True)
    accounts = fields.List(fields.Nested(AccountAnswerSchema), required=True)
    comparisons = fields.List(fields.Nested(ComparisonSchema), required=True)
    words = fields.List(fields.String(), **described("The answer in sentences."))
    notes = fields.List(fields.Nested(NoteSchema), required=True)
    provenance = fields.Nested(InterpretationProvenanceSchema, required=True)
    limits = fields.String(required=True)
