"""The answer. Documentation and test, not machinery: an answer is written as it was built, never passed through here.

All times are hours after the end of the last dose.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas import vocabulary
from schemas.answer_fields import concentrations, hours, probability
from schemas.given_results import GivenResultsSchema


class RangeSchema(Schema):
    """A range of hours."""

    low = hours(required=True)
    high = hours(required=True)


class WindowSchema(Schema):
    """Until when a specimen would test positive: quantiles of the last crossing of the cutoff over all draws."""

    median_h = hours(
        required=True, metadata={"description": "Half of specimens collected now would still be positive."}
    )
    low_h = hours(required=True, metadata={"description": "Lower end of the predictive interval."})
    high_h = hours(required=True, metadata={"description": "Upper end of the predictive interval."})
    level = probability(required=True, metadata={"description": "Level of the interval."})
    monte_carlo_se_h = hours(
        required=True, metadata={"description": "Standard error of the median from the number of draws."}
    )
    ever_positive = probability(
        required=True, metadata={"description": "Share of draws that are positive at any time."}
    )
    median_knowledge_h = fields.Nested(
        RangeSchema,
        required=True,
        metadata={
            "description": "Where the median may lie by what is not known of the model; people's differences set aside."
        },
    )

    median_at = fields.AwareDateTime(
        metadata={"description": "As a clock time, where the doses had them; likewise below."}
    )
    low_at = fields.AwareDateTime()
    high_at = fields.AwareDateTime()


class ReadingSchema(Schema):
    """When something happens in a series in which every specimen is tested, over all draws."""

    median_h = hours(required=True)
    low_h = hours(required=True, metadata={"description": "Lower end of the predictive interval."})
    high_h = hours(required=True, metadata={"description": "Upper end of the predictive interval."})
    level = probability(required=True, metadata={"description": "Level of the interval."})
    monte_carlo_se_h = hours(required=True, metadata={"description": "Standard error of the median."})
    median_at = fields.AwareDateTime(
        metadata={"description": "As a clock time, where the doses had them; likewise below."}
    )
    low_at = fields.AwareDateTime()
    high_at = fields.AwareDateTime()


class SerialSchema(Schema):
    """Every void after the last dose is tested. A draw without a positive one counts as 0 hours."""

    last_positive = fields.Nested(
        ReadingSchema, required=True, metadata={"description": "The last positive specimen of the series."}
    )
    first_negative = fields.Nested(
        ReadingSchema,
        required=True,
        metadata={
            "description": "The first negative specimen that follows a positive one; others may still be positive later."
        },
    )
    ever_positive = probability(
        required=True, metadata={"description": "Share of draws in which some specimen is positive."}
    )


class AskedSchema(Schema):
    """The chance that a specimen is positive at a time that was asked about, computed at that time."""

    time_h = hours(required=True)
    at = fields.AwareDateTime(metadata={"description": "Where the question stated it as a date and time."})
    probability_positive = probability(required=True)
    low = probability(required=True, metadata={"description": "With `high`: the band of what is not known."})
    high = probability(required=True)


class ConcentrationSchema(Schema):
    """Concentration that a specimen would have, along time."""

    time_h = fields.List(hours(), required=True)
    typical_ng_ml = concentrations()
    p05 = concentrations()
    p25 = concentrations()
    p50 = concentrations()
    p75 = concentrations()
    p95 = concentrations()


class DrawsSchema(Schema):
    """First and last crossing of the cutoff of each draw; both 0 where a draw is never positive."""

    first_h = fields.List(hours(), required=True)
    last_h = fields.List(hours(), required=True)


class AssayUsedSchema(Schema):
    """The test that an answer is for."""

    id = fields.String(
        required=True, allow_none=True, metadata={"description": "Null, like what follows, for a test given in full."}
    )
    name = fields.String(required=True, allow_none=True)
    issuer = fields.String(required=True, allow_none=True)
    date = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the issue; `not stated` where it is not known."}
    )
    asked = fields.Boolean(
        required=True,
        metadata={
            "description": "False where the question names no test, so that the substance's usual one is assumed."
        },
    )


class AnalyteAnswerSchema(Schema):
    """One analyte of the assay."""

    analyte = fields.String(required=True)
    cutoff_ng_ml = fields.Float(metadata={"description": "Left out where the cutoff is stated per creatinine."})
    cutoff_ng_mg_creatinine = fields.Float(metadata={"description": "In place of `cutoff_ng_ml`."})
    window = fields.Nested(WindowSchema, required=True)
    serial = fields.Nested(SerialSchema, required=True)
    first_positive_h = hours(
        required=True,
        allow_none=True,
        metadata={"description": "Median of the first crossing; null where none is positive."},
    )
    hydrolysed = fields.Boolean(
        metadata={"description": "True where conjugates are split first and read with the analyte; left out elsewhere."}
    )
    cross_reactivity = fields.Dict(
        keys=fields.String(), values=fields.Float(), metadata={"description": "Of an immunoassay, by analyte."}
    )
    concentration = fields.Nested(ConcentrationSchema)
    concentration_asked = fields.Nested(
        ConcentrationSchema, metadata={"description": "The same at the times that were asked about, in their order."}
    )
    draws = fields.Nested(DrawsSchema)


class StageSchema(Schema):
    """One stage of a test in two stages, as if it were the whole test."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    issuer = fields.String(required=True)
    date = fields.String(required=True)
    rule = fields.String(required=True, validate=validate.OneOf(vocabulary.RULES))
    window = fields.Nested(WindowSchema, required=True, metadata={"description": "Of this stage alone."})
    serial = fields.Nested(SerialSchema, required=True, metadata={"description": "Likewise."})
    analytes = fields.List(fields.Nested(AnalyteAnswerSchema), required=True)


class CurveSchema(Schema):
    """Probability that a specimen collected at a time is positive, with the band of what is not known."""

    time_h = fields.List(hours(), required=True)
    probability_positive = fields.List(probability(), required=True)
    low = fields.List(probability(), required=True)
    high = fields.List(probability(), required=True)


class InputUsedSchema(Schema):
    """One input, with what was used for it."""

    name = fields.String(required=True)
    value = fields.Raw(
        required=True, metadata={"description": "A number (the centre, where it varies), a word or words."}
    )
    unit = fields.String()
    low = fields.Float(metadata={"description": "With `high`: the central 90 % of what it may be."})
    high = fields.Float()
    source = fields.String(
        required=True, metadata={"description": "How it was learnt.", "example": "population default"}
    )
    detail = fields.String()
    origin = fields.Dict(
        metadata={
            "description": "Of what was not given: basis, with source and locator, or the reason why it is assumed."
        }
    )


class EvidenceSchema(Schema):
    """What the answer rests on."""

    grade = fields.String(required=True, validate=validate.OneOf(vocabulary.EVIDENCE_GRADES))
    because = fields.String(required=True)
    sources = fields.List(fields.String(), required=True)
    rows = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Observations in urine of this use, each with how the model fared."},
    )


class NoteSchema(Schema):
    """A remark."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class ProvenanceSchema(Schema):
    """What it takes to repeat the answer."""

    detectapi = fields.String(required=True)
    substance_revision = fields.Integer(required=True)
    substance_sha256 = fields.String(required=True)
    assay = fields.String(
        required=True, allow_none=True, metadata={"description": "Its id, where it is a registered one."}
    )
    model = fields.String(required=True, validate=validate.OneOf(vocabulary.MODEL_KINDS))
    calibration = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Digest of the calibration of the typical values, after `own:` if the operator fitted it to own"
            " observations; null where the prior was used."
        },
    )
    seed = fields.Integer(required=True)
    draws = fields.Integer(
        required=True, metadata={"description": "Draws used: those asked for, rounded up to a full layout."}
    )
    safe_route_draws = fields.Integer(
        required=True, metadata={"description": "Draws solved by the slower, safer method."}
    )


class ClassSchema(Schema):
    """One class of a panel that looks for something that was used, or a substance that no class looks for."""

    id = fields.String(required=True, allow_none=True, metadata={"description": "Null where it is not tested."})
    name = fields.String(
        required=True, metadata={"description": "Of the class; of the substance where it is not tested."}
    )
    substances = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The substances that were used, as far as it is about them."},
    )
    tested = fields.Boolean(required=True, metadata={"description": "False: no class of the panel looks for it."})
    because = fields.String(metadata={"description": "Why it is not tested; left out where it is, as is `source`."})
    source = fields.String()
    assay = fields.Nested(
        AssayUsedSchema, metadata={"description": "Of the class; what follows is left out where not tested."}
    )
    rule = fields.String(validate=validate.OneOf(vocabulary.RULES))
    window = fields.Nested(WindowSchema)
    serial = fields.Nested(SerialSchema)
    analytes = fields.List(fields.Nested(AnalyteAnswerSchema))
    stages = fields.List(fields.Nested(StageSchema))
    curve = fields.Nested(CurveSchema)
    asked = fields.List(fields.Nested(AskedSchema))
    evidence = fields.Nested(EvidenceSchema)


class EstimateResponseSchema(Schema):
    """The whole answer."""

    substance = fields.String(
        required=True, metadata={"description": "Its id; of several the ids, with a plus sign between."}
    )
    uses = fields.List(
        fields.String(), metadata={"description": "The ids of several substances that were used; left out for one."}
    )
    assay = fields.Nested(AssayUsedSchema, required=True)
    rule = fields.String(required=True, validate=validate.OneOf(vocabulary.RULES))
    window = fields.Nested(
        WindowSchema, required=True, metadata={"description": "Of a single specimen that is taken at some time."}
    )
    serial = fields.Nested(SerialSchema, required=True, metadata={"description": "Of a series of every specimen."})
    analytes = fields.List(
        fields.Nested(AnalyteAnswerSchema),
        required=True,
        metadata={"description": "Of a test in two stages, those of the confirmation."},
    )
    stages = fields.List(
        fields.Nested(StageSchema),
        metadata={"description": "Only of a test in two stages: the screen, then the confirmation, each alone. `window` and "
                  "`curve` are those of specimens that are positive in both."},
    )  # fmt: skip
    classes = fields.List(
        fields.Nested(ClassSchema),
        metadata={"description": "Only of a panel: what each class finds, then what none looks for. `window`, `curve` and `asked` "
                  "are of the whole panel, which is positive where some class is; `serial` is that of the class that is positive "
                  "for the longest time; `evidence` is the weakest."},
    )  # fmt: skip
    curve = fields.Nested(CurveSchema, required=True)
    asked = fields.List(
        fields.Nested(AskedSchema),
        required=True,
        metadata={"description": "For each of `options.times_h`, then of `options.at`, in their order."},
    )
    given_results = fields.Nested(
        GivenResultsSchema, metadata={"description": "Where the question has `results`; all else is without them."}
    )
    uncertainty = fields.Dict(
        keys=fields.String(validate=validate.OneOf(vocabulary.VARIANCE_SOURCES)),
        values=probability(),
        required=True,
        metadata={"description": "Shares of the variance of the window by source, to 0.01."},
    )
    uncertainty_se = fields.Dict(
        keys=fields.String(validate=validate.OneOf(vocabulary.VARIANCE_SOURCES)),
        values=probability(),
        required=True,
        metadata={"description": "Standard error of each of these shares from the number of draws."},
    )
    inputs_used = fields.List(fields.Nested(InputUsedSchema), required=True)
    evidence = fields.Nested(EvidenceSchema, required=True)
    notes = fields.List(fields.Nested(NoteSchema), required=True)
    provenance = fields.Nested(ProvenanceSchema, required=True)
    limits = fields.String(required=True)
