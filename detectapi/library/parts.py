"""The parts of a question as types, for editors and type checkers: which fields there are, and what they take.

Written by `tools/parts.py` from the tables of inputs. What must be there, and what is allowed, the library says when it is asked.
"""

from typing import Literal, TypedDict


class Range(TypedDict):
    """The central 90 % of what is thought possible."""

    low: float
    high: float


class Repeat(TypedDict, total=False):
    """The fields of `doses[].repeat`."""

    every_h: float
    count: int


class Dose(TypedDict, total=False):
    """The fields of `doses[]`."""

    amount_mg: float | Range
    amount_mg_per_kg: float | Range
    amount: float | Range
    unit: str
    basis: str
    route: str
    duration_min: float
    start_h: float
    start: str
    repeat: Repeat


class Pattern(TypedDict, total=False):
    """The fields of `pattern`."""

    frequency: Literal["once", "monthly", "weekly", "twice-weekly", "daily"]
    amount_mg: float | Range
    amount: float | Range
    unit: str
    basis: str
    route: str
    duration_min: float
    for_days: float


class Use(TypedDict, total=False):
    """The fields of `uses[]`."""

    substance: str
    doses: list[Dose]
    pattern: Pattern


class Person(TypedDict, total=False):
    """The fields of `person`."""

    weight_kg: float | Range
    height_cm: float | Range
    age_y: float | Range
    sex: Literal["female", "male"]
    pregnant: Literal["no", "yes"]
    hepatic_class: Literal["none", "A", "B", "C"]
    interactions: list[str]
    cyp2d6: Literal["poor", "intermediate", "normal", "ultrarapid"]
    use_history: Literal["occasional", "daily"]


class Renal(TypedDict, total=False):
    """The fields of `renal`."""

    egfr_ml_min_1_73m2: float | Range
    creatinine_clearance_ml_min: float | Range
    serum_creatinine_mg_dl: float | Range
    serum_creatinine_umol_l: float | Range
    ckd_stage: Literal["G1", "G2", "G3a", "G3b", "G4", "G5"]
    method: Literal[
        "estimated",
        "measured",
        "timed-collection",
        "cockcroft-gault",
        "ckd-epi-2021",
        "ekfc",
        "ckid-u25",
        "bedside-schwartz",
    ]
    dialysis: Literal["no", "yes"]
    creatinine_changing: Literal["no", "yes"]


class Hydration(TypedDict, total=False):
    """The fields of `hydration`."""

    level: Literal["low", "usual", "high"]
    urine_flow_ml_h: float | Range
    fluid_intake_l_day: float | Range
    urine_creatinine_mg_dl: float | Range
    specific_gravity: float | Range


class Specimen(TypedDict, total=False):
    """The fields of `specimen`."""

    kind: Literal["on-request", "first-morning"]
    read_by: Literal["instrument", "strip"]
    urine_ph: float | Range
    urine_flow_ml_h: float | Range
    urine_creatinine_mg_dl: float | Range
    specific_gravity: float | Range
    void_interval_h: float | Range


class Analyte(TypedDict, total=False):
    """The fields of `assay.analytes[]`."""

    analyte: str
    cutoff_ng_ml: float
    cutoff_ng_mg_creatinine: float
    hydrolysed: bool


class Test(TypedDict, total=False):
    """The fields of `assay`."""

    rule: Literal["any", "all"]
    target: str
    cutoff_ng_ml: float
    cutoff_ng_mg_creatinine: float
    hydrolysed: bool
    cross_reactivity: dict[str, float]
    imprecision_cv: float
    kit_bias_sd: float
    analytes: list[Analyte]


class Adjustment(TypedDict, total=False):
    """The fields of `model.adjust.*`."""

    scale: float
    set: float


class Model(TypedDict, total=False):
    """The fields of `model`."""

    kind: Literal["population", "half-life"]
    half_life_h: float | Range
    adjust: dict[str, Adjustment]


class Options(TypedDict, total=False):
    """The fields of `options`."""

    draws: int
    seed: int
    level: float
    times_h: list[float]
    at: list[str]
    include: list[Literal["concentration", "draws"]]
    in_turn: bool
    departure: float


class Result(TypedDict, total=False):
    """The fields of `specimens[].results[]`."""

    analyte: str
    value_ng_ml: float
    below_ng_ml: float
    hydrolysed: bool
    between_ng_ml: Range


class Screen(TypedDict, total=False):
    """The fields of `specimens[].screen`."""

    assay: str | Test
    positive: bool


class MeasuredSpecimen(TypedDict, total=False):
    """The fields of `specimens[]`."""

    id: str
    collected: str
    collected_h: float
    imprecision_cv: float
    hydrolysed: bool
    stored_days: float
    kind: Literal["on-request", "first-morning"]
    read_by: Literal["instrument", "strip"]
    urine_ph: float | Range
    urine_creatinine_mg_dl: float | Range
    specific_gravity: float | Range
    void_interval_h: float | Range
    results: list[Result]
    screen: Screen


class FurtherUse(TypedDict, total=False):
    """The fields of `accounts[].further_use`."""

    substance: str
    amount_mg: float | Range
    amount_mg_per_kg: float | Range
    basis: str
    route: str
    duration_min: float
    earliest: str
    earliest_h: float
    latest: str
    latest_h: float


class LastUse(TypedDict, total=False):
    """The fields of `accounts[].last_use`."""

    at: str
    at_h: float
    earliest: str
    earliest_h: float
    latest: str
    latest_h: float
    prior: Literal["uniform", "log-uniform"]


class Account(TypedDict, total=False):
    """The fields of `accounts[]`."""

    id: str
    substance: str
    extends: str
    further_use: FurtherUse
    last_use: LastUse
    uses: list[Use]
    doses: list[Dose]
    pattern: Pattern


class Planned(TypedDict, total=False):
    """The fields of `planned`."""

    at: str
    at_h: float
    assay: str | Test
