"""The form of a file of observations: what studies saw, and what people are told, one row a statistic.

A study says who was given what and how it was looked at, in the words of the request; its rows say what was found. A
row takes the study's `status`, `evidence`, `locator`, `split`, `assay` and `cutoff_ng_ml` unless it has its own. What
a source does not say is left out, or listed under `assumed` with the reason; fields under `recalled` are from memory.
"""

from __future__ import annotations

from detectapi.inputs.table import INPUTS
from schemas.fields import Flag, Integer, Items, Name, Number, Word
from schemas.form import Form, Section
from schemas.inputs import field_of
from schemas.request import DoseSchema, HydrationSchema, PersonSchema, RenalSchema

STATUSES = ("read", "second-hand", "recalled")
EVIDENCE = (
    "primary-text",
    "primary-abstract",
    "label",
    "sponsor",
    "registry",
    "regulation",
    "laboratory",
    "transcription",  # numbers of a paper as another copied them
    "digitised",  # read off a figure by another
    "secondary-page",
    "web-page",  # for a claim: the page itself was read
    "memory",
)
SPLITS = ("calibration", "reference")
MATRICES = ("urine", "plasma")
SAMPLING_KINDS = ("every-void", "spot", "collection", "times", "steady-state")
CLOCKS = ("first-dose-start", "last-dose-end")
QUANTITIES = (
    "detection_time",  # of the last positive specimen of a series
    "first_negative",  # the first negative specimen of a series that follows a positive one
    "auc",
    "cmax",
    "tmax",
    "half_life",
    "half_life_per_ph",
    "mean_residence_time",
    "clearance",
    "clearance_per_kg",
    "renal_clearance",
    "renal_fraction",
    "volume_steady_state",
    "volume_per_kg",
    "auc_ratio",
    "plasma_ratio",
    "urine_ratio",
    "urine_plasma_ratio",
    "plasma_concentration",
    "plasma_molarity",
    "urine_concentration",
    "urine_peak",
    "urine_peak_time",
    "urinary_fraction",
    "total_recovery",
    "bioavailability",
    "fraction_metabolised",
    "fraction_unbound",
    "positive_share",
    "daily_amount",
    "urine_flow",
    "urine_osmolality",
    "urine_specific_gravity",
    "urine_ph",
    "urine_creatinine",
    "creatinine_excretion",
    "dilution_time",
    "specimen_share",
)
STATISTICS = (
    "mean",
    "median",
    "geometric-mean",
    "harmonic-mean",
    "max",
    "min",
    "range",  # over individuals
    "range-of-means",  # over groups, doses or studies
    "at-most",
    "at-least",
    "share",
    "individual",
    "typical",  # of a population model
)
PATTERNS = ("any", "single", "chronic")
CLAIMS = ("detectable-until", "undetectable-after", "detectable-in-blood")
DEFAULTS = ("status", "evidence", "locator", "split", "assay", "cutoff_ng_ml")
"""What a row takes from its study unless it has its own."""

ANY = (-1e9, 1e9)


class Text(Name):
    """A sentence or several."""

    longest = 1000


class AssumedSchema(Form):
    """What the source does not say, and why it is taken so."""

    field = Name(required=True)
    reason = Text(required=True)


class SamplingSchema(Form):
    """How it was looked at."""

    matrix = Word(MATRICES, required=True)
    kind = Word(SAMPLING_KINDS, required=True)
    clock = Word(CLOCKS, load_default="first-dose-start")
    every_h = Number(0, 10_000, above=True)
    from_h = Number(0, 100_000)
    until_h = Number(0, 100_000, above=True, metadata={"description": "End of follow-up."})
    times_h = Items(Number(0, 100_000), minimum=1, maximum=200)


class CircumstancesSchema(Form):
    """Who, and under which conditions, in the words of the request; `words` for what it cannot say."""

    words = Text()
    person = Section(PersonSchema)
    renal = Section(RenalSchema)
    hydration = Section(HydrationSchema)
    urine_ph = field_of(INPUTS["urine_ph"])


class SpreadSchema(Form):
    """The spread printed beside a value: of people, or of the estimate (se, ci)."""

    exactly_one = ("sd", "se", "cv", "gsd", "ci_low")

    sd = Number(0, 1e9)
    se = Number(0, 1e9)
    cv = Number(0, 10)
    gsd = Number(1, 1000)
    ci_low = Number(*ANY)
    ci_high = Number(*ANY)
    ci_level = Number(0.5, 0.999)


class CountSchema(Form):
    """So many of so many."""

    positive = Integer(0, 10**7, required=True)
    of = Integer(1, 10**7, required=True)


class RowSchema(Form):
    """One statistic."""

    exactly_one = ("value", "values", "low")

    id = Name(required=True)
    quantity = Word(QUANTITIES, required=True)
    statistic = Word(STATISTICS, required=True)
    analytes = Items(Name(), maximum=6, unique=True, load_default=list)
    rule = Word(("any", "all", "sum"), metadata={"description": "How several analytes make one number."})
    hydrolysed = Flag(load_default=False, metadata={"description": "Read together with its conjugates."})
    relative_to = Name(metadata={"description": "The analyte a ratio is divided by."})
    ratio_of = Word(("mass", "moles"))
    enantiomer = Word(("S", "R"))
    value = Number(*ANY)
    low = Number(*ANY)
    high = Number(*ANY)
    time_h = Items(Number(0, 100_000), minimum=1, maximum=200)
    values = Items(Number(*ANY), minimum=1, maximum=200)
    unit = Name(required=True)
    fold = Flag(load_default=False, metadata={"description": "Relative to `compared_with`."})
    spread = Section(SpreadSchema)
    count = Section(CountSchema)
    cutoff_ng_ml = Number(0, 1e7, above=True)
    assay = Text()
    status = Word(STATUSES)
    evidence = Word(EVIDENCE)
    split = Word(SPLITS)
    locator = Text()
    n = Integer(1, 10**7)
    tuned = Flag(load_default=False, metadata={"description": "Typical values were set to it."})
    same_as = Name(metadata={"description": "The row that this one restates."})
    recalled = Items(Name(), maximum=20, load_default=list)
    note = Text()


class StudySchema(Form):
    """One arm of a study."""

    id = Name(required=True)
    source = Name(required=True)
    substance = Name(required=True)
    population = Text(required=True)
    n = Integer(1, 10**7)
    doses = Items(Section(DoseSchema), maximum=50)
    given = Section(CircumstancesSchema)
    compared_with = Section(CircumstancesSchema)
    sampling = Section(SamplingSchema)
    status = Word(STATUSES)
    evidence = Word(EVIDENCE)
    split = Word(SPLITS)
    locator = Text()
    assay = Text()
    cutoff_ng_ml = Number(0, 1e7, above=True)
    recalled = Items(Name(), maximum=20, load_default=list)
    assumed = Items(Section(AssumedSchema), maximum=20, load_default=list)
    note = Text()
    rows = Items(Section(RowSchema), minimum=1, maximum=100, required=True)


class ClaimSchema(Form):
    """A static claim: what people find today, whatever the dose, the person and the test."""

    id = Name(required=True)
    source = Name(required=True)
    substance = Name(required=True)
    says = Text(required=True)
    claim = Word(CLAIMS, required=True)
    pattern = Word(
        PATTERNS, required=True, metadata={"description": "The use it speaks of; `any` where it does not say."}
    )
    analytes = Items(Name(), maximum=6, unique=True, load_default=list)
    cutoff_ng_ml = Number(0, 1e7, above=True)
    low = Number(0, 100_000)
    high = Number(0, 100_000)
    unit = Word(("h", "d"))
    status = Word(STATUSES, required=True)
    evidence = Word(EVIDENCE, required=True)
    split = Word(("baseline",), load_default="baseline")
    note = Text()


class ObservationFileSchema(Form):
    """A whole file."""

    schema_version = Integer(1, 1, required=True)
    id = Name(required=True)
    title = Text(required=True)
    studies = Items(Section(StudySchema), maximum=500, load_default=list)
    claims = Items(Section(ClaimSchema), maximum=500, load_default=list)
