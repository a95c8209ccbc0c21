"""The row of a table: one scenario by flat names, the same in CSV, NDJSON, Parquet and Arrow, and in a grid.

A range has two columns, `<name>_low` and `<name>_high`. A cell that is empty or null is not given.
"""

from schemas import vocabulary
from schemas.fields import Integer, Name, Number, Quantity, Word
from schemas.form import Form

PLACES = {  # column: where its value belongs in a request
    "substance": ("substance",),
    "amount_mg": ("doses", 0, "amount_mg"),
    "amount_mg_per_kg": ("doses", 0, "amount_mg_per_kg"),
    "basis": ("doses", 0, "basis"),
    "route": ("doses", 0, "route"),
    "duration_min": ("doses", 0, "duration_min"),
    "every_h": ("doses", 0, "repeat", "every_h"),
    "count": ("doses", 0, "repeat", "count"),
    "weight_kg": ("person", "weight_kg"),
    "height_cm": ("person", "height_cm"),
    "age_y": ("person", "age_y"),
    "sex": ("person", "sex"),
    "hepatic_class": ("person", "hepatic_class"),
    "egfr_ml_min_1_73m2": ("renal", "egfr_ml_min_1_73m2"),
    "creatinine_clearance_ml_min": ("renal", "creatinine_clearance_ml_min"),
    "serum_creatinine_mg_dl": ("renal", "serum_creatinine_mg_dl"),
    "serum_creatinine_umol_l": ("renal", "serum_creatinine_umol_l"),
    "ckd_stage": ("renal", "ckd_stage"),
    "hydration_level": ("hydration", "level"),
    "urine_flow_ml_h": ("hydration", "urine_flow_ml_h"),
    "fluid_intake_l_day": ("hydration", "fluid_intake_l_day"),
    "urine_creatinine_mg_dl": ("hydration", "urine_creatinine_mg_dl"),
    "specific_gravity": ("hydration", "specific_gravity"),
    "urine_ph": ("urine_ph",),
    "void_interval_h": ("specimen", "void_interval_h"),
    "assay": ("assay",),
    "analyte": ("assay", "analytes", 0, "analyte"),
    "cutoff_ng_ml": ("assay", "analytes", 0, "cutoff_ng_ml"),
}
WORDS = ("substance", "basis", "route", "sex", "hepatic_class", "ckd_stage", "hydration_level", "assay", "analyte")
RANGED = (
    "amount_mg", "amount_mg_per_kg", "weight_kg", "height_cm", "age_y", "egfr_ml_min_1_73m2", "creatinine_clearance_ml_min",
    "serum_creatinine_mg_dl", "serum_creatinine_umol_l", "urine_flow_ml_h", "fluid_intake_l_day", "urine_creatinine_mg_dl",
    "specific_gravity", "urine_ph", "void_interval_h",
)  # fmt: skip
COLUMNS = ("id", *PLACES, *(f"{name}_{end}" for name in RANGED for end in ("low", "high")))
"""Every column there is."""


class RowSchema(Form):
    """One scenario by flat names; each quantity may instead be two columns, `<name>_low` and `<name>_high`."""

    id = Name()
    substance = Name(required=True)
    amount_mg = Quantity(0, 20_000, above=True)
    amount_mg_per_kg = Quantity(0, 100, above=True)
    basis = Name()
    route = Name(required=True)
    duration_min = Number(0, 14_400)
    every_h = Number(0.25, 8784)
    count = Integer(1, 10_000)
    weight_kg = Quantity(2, 400)
    height_cm = Quantity(40, 250)
    age_y = Quantity(0, 120)
    sex = Word(vocabulary.SEXES)
    hepatic_class = Word(vocabulary.HEPATIC_CLASSES)
    egfr_ml_min_1_73m2 = Quantity(3, 250)
    creatinine_clearance_ml_min = Quantity(3, 300)
    serum_creatinine_mg_dl = Quantity(0.1, 25)
    serum_creatinine_umol_l = Quantity(9, 2200)
    ckd_stage = Word(vocabulary.CKD_STAGES)
    hydration_level = Word(vocabulary.HYDRATION_LEVELS)
    urine_flow_ml_h = Quantity(6, 1500)
    fluid_intake_l_day = Quantity(0.3, 15)
    urine_creatinine_mg_dl = Quantity(1, 600)
    specific_gravity = Quantity(1.001, 1.040, normal=True)
    urine_ph = Quantity(4, 9, normal=True)
    void_interval_h = Quantity(0.25, 24)
    assay = Name()
    analyte = Name()
    cutoff_ng_ml = Number(0, 1e7, above=True)
