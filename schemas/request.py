"""The question: `POST /v1/estimates`, the same in the library, on the command line and in a batch.

These schemas know form, not meaning: whether a route or an analyte exists is for the library to say. All defaults of a
question stand here and nowhere else. Names carry their unit.

A loaded request is a plain dict with the names below. `person`, `renal`, `hydration`, `specimen`, `model` and `options`
are always there (empty where nothing was given); other fields that were left out and have no default are absent. A
quantity is a float or `{"low": float, "high": float}`; `start` is an aware datetime.
"""

from collections.abc import Mapping

from marshmallow import ValidationError

from schemas import vocabulary
from schemas.error import Message
from schemas.fields import Integer, Items, Name, Number, Quantity, Table, Word
from schemas.form import Either, Form, Section
from schemas.timestamp import Timestamp

MOST_SINGLE_DOSES = 10_000
MOST_WORK = 2_000_000  # draws times listed doses


class RepeatSchema(Form):
    """The dose repeated at a regular interval."""

    every_h = Number(0.25, 8784, required=True, metadata={"description": "Hours from one start to the next."})
    count = Integer(1, MOST_SINGLE_DOSES, required=True, metadata={"description": "Doses in all, the first included."})


class DoseSchema(Form):
    """One dose, or one dose repeated."""

    exactly_one = ("amount_mg", "amount_mg_per_kg")
    at_most_one = ("start_h", "start")

    amount_mg = Quantity(
        0, 20_000, above=True, metadata={"description": "Amount, of the free base unless `basis` says otherwise."}
    )
    amount_mg_per_kg = Quantity(0, 100, above=True, metadata={"description": "Amount per kilogram of body weight."})
    basis = Name(
        load_default="base", metadata={"description": "`base`, or a salt of the substance such as `hydrochloride`."}
    )
    route = Name(
        required=True,
        metadata={
            "description": f"One of {', '.join(vocabulary.ROUTES)}; everyday synonyms are understood.",
            "example": "intravenous",
        },
    )
    duration_min = Number(0, 14_400, load_default=0.0, metadata={"description": "Length of an infusion; 0 is at once."})
    start_h = Number(
        -100_000, 100_000, metadata={"description": "Start on any common clock of hours. 0 where no dose has a time."}
    )
    start = Timestamp(metadata={"description": "Start as a date and time; the answer then has clock times too."})
    repeat = Section(RepeatSchema, allow_none=True, load_default=None)


MIXED_TIMES = Message("Relative and clock times are mixed: give every dose a start, or none of them.", "mixed-times")


class PatternSchema(Form):
    """A pattern of use, for people who do not know a schedule."""

    frequency = Word(vocabulary.FREQUENCIES, required=True)
    amount_mg = Quantity(0, 20_000, above=True, required=True, metadata={"description": "Amount each time."})
    basis = Name(load_default="base")
    route = Name(required=True)
    duration_min = Number(0, 14_400, load_default=0.0)
    for_days = Number(0, 3650, above=True, metadata={"description": "Length of the use; needed unless `once`."})

    def relations(self, given):
        """Problems between the length and the frequency."""
        once = given.get("frequency") == "once"
        if once and "for_days" in given:
            return {"for_days": [Message("Leave it out with the frequency once.", "conflict")]}
        if not once and "for_days" not in given:
            return {"for_days": [Message("Missing. Needed unless the frequency is once.", "required")]}
        return {}


class PersonSchema(Form):
    """Who. What is left out is a population value with its spread."""

    weight_kg = Quantity(2, 400)
    height_cm = Quantity(40, 250)
    age_y = Quantity(0, 120)
    sex = Word(vocabulary.SEXES)
    hepatic_class = Word(vocabulary.HEPATIC_CLASSES, metadata={"description": "Child-Pugh class."})
    interactions = Items(
        Name(),
        maximum=20,
        unique=True,
        metadata={"description": "Conditions and other medicines that the substance's card names."},
    )


class RenalSchema(Form):
    """Kidney function, in the one unit it is known in."""

    at_most_one = (
        "egfr_ml_min_1_73m2",
        "creatinine_clearance_ml_min",
        "serum_creatinine_mg_dl",
        "serum_creatinine_umol_l",
        "ckd_stage",
    )

    egfr_ml_min_1_73m2 = Quantity(3, 250)
    creatinine_clearance_ml_min = Quantity(3, 300)
    serum_creatinine_mg_dl = Quantity(0.1, 25, metadata={"description": "Needs age and sex (CKD-EPI 2021)."})
    serum_creatinine_umol_l = Quantity(9, 2200, metadata={"description": "Needs age and sex (CKD-EPI 2021)."})
    ckd_stage = Word(vocabulary.CKD_STAGES)


class HydrationSchema(Form):
    """The person's usual urine flow, by the one measure it is known by."""

    at_most_one = ("level", "urine_flow_ml_h", "fluid_intake_l_day", "urine_creatinine_mg_dl", "specific_gravity")

    level = Word(vocabulary.HYDRATION_LEVELS)
    urine_flow_ml_h = Quantity(6, 1500)
    fluid_intake_l_day = Quantity(0.3, 15)
    urine_creatinine_mg_dl = Quantity(1, 600)
    specific_gravity = Quantity(1.001, 1.040, normal=True)


class SpecimenSchema(Form):
    """What was measured in the specimen itself."""

    at_most_one = ("urine_flow_ml_h", "urine_creatinine_mg_dl", "specific_gravity")

    urine_ph = Quantity(4, 9, normal=True)
    urine_flow_ml_h = Quantity(6, 1500)
    urine_creatinine_mg_dl = Quantity(1, 600)
    specific_gravity = Quantity(1.001, 1.040, normal=True)
    void_interval_h = Quantity(0.25, 24, metadata={"description": "Hours of urine the specimen holds."})


class AnalyteSchema(Form):
    """One analyte and its cutoff."""

    analyte = Name(required=True, metadata={"example": "norketamine"})
    cutoff_ng_ml = Number(0, 1e7, above=True, required=True)


class AnalytesAssaySchema(Form):
    """An assay that measures analytes one by one."""

    rule = Word(
        vocabulary.RULES, load_default="any", metadata={"description": "Positive when any, or all, reach their cutoff."}
    )
    analytes = Items(
        Section(AnalyteSchema),
        minimum=1,
        maximum=20,
        required=True,
        metadata={"description": "An analyte may occur once."},
    )
    imprecision_cv = Number(0, 1, metadata={"description": "Coefficient of variation of a measurement, as a fraction."})

    def load(self, data, **kwargs):
        """The assay, refused when it has an analyte twice."""
        loaded = super().load(data, **kwargs)
        names = [entry["analyte"] for entry in loaded["analytes"]]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise ValidationError({"analytes": {index: {"analyte": [REPEATED]}}})
        return loaded


REPEATED = Message("An analyte may occur once.", "duplicate")


class ImmunoassaySchema(Form):
    """An assay that responds to several analytes at once, with one cutoff in units of its target."""

    target = Name(required=True)
    cutoff_ng_ml = Number(0, 1e7, above=True, required=True)
    cross_reactivity = Table(
        Number(0, 10),
        maximum=20,
        load_default=dict,
        metadata={"description": "Response to other analytes as a fraction of that to the target."},
    )
    imprecision_cv = Number(0, 1)


class AdjustmentSchema(Form):
    """One parameter of the model, scaled or set."""

    exactly_one = ("scale", "set")

    scale = Number(0, 100, above=True)
    set = Number(metadata={"description": "In the unit and within the bounds that the substance's card states."})


class ModelSchema(Form):
    """Which model answers, and what is changed in it."""

    kind = Word(vocabulary.MODEL_KINDS, load_default="population")
    half_life_h = Quantity(0.05, 5000, metadata={"description": "Only with the kind half-life."})
    adjust = Table(
        Section(AdjustmentSchema),
        maximum=50,
        load_default=dict,
        metadata={"description": "By parameter name, such as `ketamine.clearance`."},
    )

    def relations(self, given):
        """Problems between the kind and its settings."""
        if "half_life_h" in given and given.get("kind", "population") == "population":
            return {"half_life_h": [Message("Only with the kind half-life.", "conflict")]}
        return {}


class OptionsSchema(Form):
    """How the calculation is run."""

    draws = Integer(100, 20_000, load_default=2000)
    seed = Integer(0, 2**32 - 1, load_default=20261123)
    level = Number(0.5, 0.99, load_default=0.9, metadata={"description": "Level of the predictive interval."})
    include = Items(Word(vocabulary.INCLUDES), maximum=len(vocabulary.INCLUDES), unique=True, load_default=list)


class EstimateRequestSchema(Form):
    """The whole question."""

    exactly_one = ("doses", "pattern")

    substance = Name(required=True, metadata={"example": "ketamine"})
    doses = Items(
        Section(DoseSchema),
        maximum=1000,
        metadata={"description": "An empty list is a valid history: nothing was used."},
    )
    pattern = Section(PatternSchema)
    person = Section(PersonSchema, load_default=dict)
    renal = Section(RenalSchema, load_default=dict)
    hydration = Section(HydrationSchema, load_default=dict)
    urine_ph = Quantity(4, 9, normal=True, metadata={"description": "Usual pH of the person's urine."})
    specimen = Section(SpecimenSchema, load_default=dict)
    assay = Either(
        Name(),
        {"analytes": AnalytesAssaySchema, "target": ImmunoassaySchema},
        metadata={"description": "An assay's id, or an assay in full. Left out: the substance's usual confirmation."},
    )
    model = Section(ModelSchema, load_default=lambda: ModelSchema().load({}))
    options = Section(OptionsSchema, load_default=lambda: OptionsSchema().load({}))

    def relations(self, given):
        """Problems between sections."""
        return {**super().relations(given), **person_for_creatinine(given)}

    def load(self, data, **kwargs):
        """The question with its defaults filled in."""
        loaded = super().load(data, **kwargs)
        if "doses" in loaded:
            check_doses(loaded["doses"])
            check_work(len(loaded["doses"]), loaded["options"]["draws"])
        return loaded


def person_for_creatinine(given):
    """Serum creatinine says nothing about filtration without age and sex."""
    renal, person = given.get("renal"), given.get("person", {})
    if not isinstance(renal, Mapping) or not isinstance(person, Mapping):
        return {}
    if not any(name.startswith("serum_creatinine") for name in map(str, renal)):
        return {}
    missing = [name for name in ("age_y", "sex") if name not in person]
    needed = Message("Missing. Serum creatinine needs age and sex.", "required")
    return {"person": {name: [needed] for name in missing}} if missing else {}


TOO_LATE = Message("The last dose must lie before the year 2200.", "range")


def too_late(start, repeat):
    """Whether the last of repeated doses lies beyond the calendar that is kept."""
    hours_left = (Timestamp.latest - start).total_seconds() / 3600
    return repeat["every_h"] * (repeat["count"] - 1) > hours_left


def check_doses(doses):
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


def check_work(listed, draws):
    """What one question may cost: irregular doses are worked through one by one for each draw."""
    if listed * draws > MOST_WORK:
        detail = f"At most {MOST_WORK // listed} draws with so many listed doses; use repeat where they are regular."
        raise ValidationError({"options": {"draws": [Message(detail, "too-much-work")]}})
