"""The question: what is taken, with which defaults, and how each mistake is pointed at."""

import copy

import pytest
from every import every
from marshmallow import ValidationError

from schemas import EstimateRequestSchema
from schemas.error import problems
from schemas.fields import Number
from schemas.form import Form

FULL = {
    "substance": "ketamine",
    "doses": [
        {
            "amount_mg": 35,
            "route": "intravenous",
            "duration_min": 40,
            "start_h": 0,
            "repeat": {"every_h": 84, "count": 6},
        }
    ],
    "person": {"weight_kg": 68, "height_cm": 165, "age_y": 42, "sex": "female"},
    "renal": {"serum_creatinine_mg_dl": 1.1},
    "hydration": {"level": "usual"},
    "urine_ph": 6.2,
    "specimen": {"void_interval_h": 3.5, "urine_creatinine_mg_dl": 95},
    "assay": {"rule": "any", "analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    "model": {"kind": "population", "adjust": {"ketamine.clearance": {"scale": 0.8}}},
    "options": {"draws": 2000, "seed": 20261123, "level": 0.9},
}
SMALL = {"substance": "ketamine", "doses": []}
DOSE = {"amount_mg": 35, "route": "intravenous"}


def load(question):
    return EstimateRequestSchema().load(question)


def refused(question):
    """{pointer: code} of a refused question."""
    with pytest.raises(ValidationError) as caught:
        load(question)
    return {pointer: code for pointer, code, _, _ in problems(caught.value.messages)}


def changed(**fields):
    return {**copy.deepcopy(FULL), **fields}


def test_a_full_question_loads_as_it_stands():
    loaded = load(FULL)

    assert FULL["person"] == loaded["person"]
    assert {"amount_mg": 35.0, "route": "intravenous", "duration_min": 40.0, "start_h": 0.0,
            "repeat": {"every_h": 84.0, "count": 6}} == loaded["doses"][0]  # fmt: skip
    assert FULL["assay"] == loaded["assay"]
    assert {**FULL["options"], "include": [], "times_h": [], "at": []} == loaded["options"]


def test_the_defaults_are_these():
    assert {
        "substance": "ketamine",
        "doses": [],
        "person": {},
        "renal": {},
        "hydration": {},
        "specimen": {},
        "model": {"kind": "population", "adjust": {}},
        "options": {
            "draws": 2000,
            "seed": 20261123,
            "level": 0.9,
            "times_h": [],
            "at": [],
            "include": [],
        },
    } == load(SMALL)
    assert {"amount_mg": 35.0, "route": "intravenous", "duration_min": 0.0, "start_h": 0.0,
            "repeat": None} == load({**SMALL, "doses": [DOSE]})["doses"][0]  # fmt: skip


def test_defaults_are_not_shared_between_questions():
    load(SMALL)["options"]["include"].append("draws")
    load(SMALL)["person"]["sex"] = "male"

    assert [] == load(SMALL)["options"]["include"]
    assert {} == load(SMALL)["person"]


def test_loading_leaves_the_question_alone():
    question = copy.deepcopy(FULL)
    load(question)

    assert FULL == question


def test_a_clocked_dose_has_no_relative_start():
    loaded = load({**SMALL, "doses": [{**DOSE, "start": "2026-11-23T07:20:00Z"}]})

    assert "start_h" not in loaded["doses"][0]
    assert 0 == loaded["doses"][0]["start"].utcoffset().total_seconds()


BAD = [
    ("not an object", [], {"": "type"}),
    ("nothing", {}, {"/substance": "required", "": "exactly-one"}),
    ("unknown field", changed(dosis=1), {"/dosis": "unknown-field"}),
    (
        "unknown field within",
        changed(person={"weight": 68, "age_y": 42, "sex": "male"}),
        {"/person/weight": "unknown-field"},
    ),
    ("doses and pattern", changed(pattern={"frequency": "once", "amount_mg": 1, "route": "oral"}), {"": "exactly-one"}),
    ("doses no list", changed(doses={}), {"/doses": "type"}),
    ("dose no object", changed(doses=[3]), {"/doses/0": "type"}),
    ("no amount", changed(doses=[{"route": "oral"}]), {"/doses/0": "exactly-one"}),
    ("two amounts", changed(doses=[{**DOSE, "amount_mg_per_kg": 1}]), {"/doses/0": "exactly-one"}),
    ("amount as text", changed(doses=[{**DOSE, "amount_mg": "35"}]), {"/doses/0/amount_mg": "type"}),
    ("amount true", changed(doses=[{**DOSE, "amount_mg": True}]), {"/doses/0/amount_mg": "type"}),
    ("negative amount", changed(doses=[{**DOSE, "amount_mg": -35}]), {"/doses/0/amount_mg": "range"}),
    ("amount zero", changed(doses=[{**DOSE, "amount_mg": 0}]), {"/doses/0/amount_mg": "range"}),
    ("amount NaN", changed(doses=[{**DOSE, "amount_mg": float("nan")}]), {"/doses/0/amount_mg": "not-finite"}),
    ("amount without its unit", changed(doses=[{"amount": 1, "route": "oral"}]), {"/doses/0/unit": "required"}),
    ("unit without an amount", changed(doses=[{**DOSE, "unit": "g"}]), {"/doses/0/unit": "conflict"}),
    ("two amounts", changed(doses=[{**DOSE, "amount": 1, "unit": "g"}]), {"/doses/0": "exactly-one"}),
    (
        "pattern without an amount",
        {"substance": "ketamine", "pattern": {"frequency": "once", "route": "oral"}},
        {"/pattern": "exactly-one"},
    ),
    ("long infusion", changed(doses=[{**DOSE, "duration_min": 14_401}]), {"/doses/0/duration_min": "range"}),
    (
        "both starts",
        changed(doses=[{**DOSE, "start_h": 0, "start": "2026-01-01T00:00:00Z"}]),
        {"/doses/0": "at-most-one"},
    ),
    (
        "mixed times",
        changed(doses=[{**DOSE, "start_h": 0}, {**DOSE, "start": "2026-01-01T00:00:00Z"}]),
        {"/doses": "mixed-times"},
    ),
    ("a clock and none", changed(doses=[DOSE, {**DOSE, "start": "2026-01-01T00:00:00Z"}]), {"/doses": "mixed-times"}),
    ("naive time", changed(doses=[{**DOSE, "start": "2026-01-01T00:00:00"}]), {"/doses/0/start": "no-offset"}),
    (
        "1000 doses in 20 000 draws",
        changed(doses=[DOSE] * 1000, options={"draws": 20_000}),
        {"/options/draws": "too-much-work"},
    ),
    (
        "doses into a far future",
        changed(doses=[{**DOSE, "start": "2190-01-01T00:00:00Z", "repeat": {"every_h": 8784, "count": 12}}]),
        {"/doses/0/repeat": "range"},
    ),
    ("1001 doses", changed(doses=[DOSE] * 1001), {"/doses": "length"}),
    (
        "10 001 single doses",
        changed(doses=[DOSE, {**DOSE, "repeat": {"every_h": 1, "count": 10_000}}]),
        {"/doses": "too-many-doses"},
    ),
    (
        "count 10 001",
        changed(doses=[{**DOSE, "repeat": {"every_h": 1, "count": 10_001}}]),
        {"/doses/0/repeat/count": "range"},
    ),
    (
        "half a count",
        changed(doses=[{**DOSE, "repeat": {"every_h": 1, "count": 1.5}}]),
        {"/doses/0/repeat/count": "type"},
    ),
    (
        "repeat at once",
        changed(doses=[{**DOSE, "repeat": {"every_h": 0, "count": 2}}]),
        {"/doses/0/repeat/every_h": "range"},
    ),
    ("no weight", changed(person={"weight_kg": 0, "age_y": 42, "sex": "male"}), {"/person/weight_kg": "range"}),
    ("sex", changed(person={"age_y": 42, "sex": "x"}), {"/person/sex": "choice"}),
    (
        "Child-Pugh D",
        changed(person={"age_y": 42, "sex": "male", "hepatic_class": "D"}),
        {"/person/hepatic_class": "choice"},
    ),
    ("interactions", changed(renal={}, person={"interactions": ["a", "a"]}), {"/person/interactions": "duplicate"}),
    ("two renal measures", changed(renal={"egfr_ml_min_1_73m2": 60, "ckd_stage": "G2"}), {"/renal": "at-most-one"}),
    ("eGFR 0", changed(renal={"egfr_ml_min_1_73m2": 0}), {"/renal/egfr_ml_min_1_73m2": "range"}),
    ("stage", changed(renal={"ckd_stage": "G3"}), {"/renal/ckd_stage": "choice"}),
    ("creatinine alone", changed(person={}), {"/person/age_y": "required", "/person/sex": "required"}),
    ("creatinine without sex", changed(person={"age_y": 42}), {"/person/sex": "required"}),
    ("two hydrations", changed(hydration={"level": "low", "urine_flow_ml_h": 60}), {"/hydration": "at-most-one"}),
    ("pH 12", changed(urine_ph=12), {"/urine_ph": "range"}),
    ("pH as range", changed(urine_ph={"low": 5, "high": 12}), {"/urine_ph/high": "range"}),
    ("pH null", changed(urine_ph=None), {"/urine_ph": "null"}),
    ("kind of specimen", changed(specimen={"kind": "evening"}), {"/specimen/kind": "choice"}),
    ("gravity", changed(specimen={"specific_gravity": 1015}), {"/specimen/specific_gravity": "range"}),
    ("assay of no form", changed(assay={}), {"/assay": "exactly-one"}),
    ("assay number", changed(assay=3), {"/assay": "type"}),
    ("assay without a name", changed(assay=""), {"/assay": "length"}),
    ("no analytes", changed(assay={"analytes": []}), {"/assay/analytes": "length"}),
    (
        "cutoff 0",
        changed(assay={"analytes": [{"analyte": "a", "cutoff_ng_ml": 0}]}),
        {"/assay/analytes/0/cutoff_ng_ml": "range"},
    ),
    (
        "rule",
        changed(assay={"rule": "most", "analytes": [{"analyte": "a", "cutoff_ng_ml": 1}]}),
        {"/assay/rule": "choice"},
    ),
    (
        "analyte twice",
        changed(assay={"analytes": [{"analyte": "a", "cutoff_ng_ml": 1}, {"analyte": "a", "cutoff_ng_ml": 2}]}),
        {"/assay/analytes/1/analyte": "duplicate"},
    ),
    ("both forms", changed(assay={"target": "a", "analytes": []}), {"/assay": "exactly-one"}),
    ("immunoassay without cutoff", changed(assay={"target": "a"}), {"/assay": "exactly-one"}),
    ("analyte without cutoff", changed(assay={"analytes": [{"analyte": "a"}]}), {"/assay/analytes/0": "exactly-one"}),
    (
        "two cutoffs",
        changed(assay={"analytes": [{"analyte": "a", "cutoff_ng_ml": 1, "cutoff_ng_mg_creatinine": 1}]}),
        {"/assay/analytes/0": "exactly-one"},
    ),
    (
        "two cutoffs of an immunoassay",
        changed(assay={"target": "a", "cutoff_ng_ml": 1, "cutoff_ng_mg_creatinine": 1}),
        {"/assay": "exactly-one"},
    ),
    (
        "cutoff per creatinine 0",
        changed(assay={"analytes": [{"analyte": "a", "cutoff_ng_mg_creatinine": 0}]}),
        {"/assay/analytes/0/cutoff_ng_mg_creatinine": "range"},
    ),
    (
        "bias of a kit above 2",
        changed(assay={"target": "a", "cutoff_ng_ml": 1, "kit_bias_sd": 2.1}),
        {"/assay/kit_bias_sd": "range"},
    ),
    (
        "bias of a kit 0",
        changed(assay={"target": "a", "cutoff_ng_ml": 1, "kit_bias_sd": 0}),
        {"/assay/kit_bias_sd": "range"},
    ),
    ("bias of a kit without a test", changed(assay={"kit_bias_sd": 0.3}), {"/assay": "exactly-one"}),
    (
        "cross-reactivity in percent",
        changed(assay={"target": "a", "cutoff_ng_ml": 1, "cross_reactivity": {"b/c~d": 20}}),
        {"/assay/cross_reactivity/b~1c~0d": "range"},
    ),
    ("half-life of a population", changed(model={"half_life_h": 3}), {"/model/half_life_h": "conflict"}),
    ("adjusted twice", changed(model={"adjust": {"a": {"scale": 1, "set": 1}}}), {"/model/adjust/a": "exactly-one"}),
    ("adjusted by text", changed(model={"adjust": {"a": {"set": "1"}}}), {"/model/adjust/a/set": "type"}),
    (
        "51 adjustments",
        changed(model={"adjust": {str(i): {"scale": 1} for i in range(51)}}),
        {"/model/adjust": "length"},
    ),
    ("draws 10^9", changed(options={"draws": 10**9}), {"/options/draws": "range"}),
    ("level 1.5", changed(options={"level": 1.5}), {"/options/level": "range"}),
    ("seed", changed(options={"seed": -1}), {"/options/seed": "range"}),
    ("include", changed(options={"include": ["everything"]}), {"/options/include/0": "choice"}),
    ("section null", changed(hydration=None), {"/hydration": "null"}),
]


@every(("question", "expected"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_mistake_is_pointed_at(question, expected):
    assert expected == refused(question)


def pattern(**fields):
    base = {"frequency": "daily", "amount_mg": 150, "route": "sublingual", "for_days": 60, **fields}
    return {"substance": "ketamine", "pattern": {name: value for name, value in base.items() if value is not None}}


def test_a_pattern_is_a_question():
    daily = {"frequency": "daily", "amount_mg": 150.0, "route": "sublingual", "for_days": 60.0, "duration_min": 0.0}
    assert daily == load(pattern())["pattern"]
    assert "for_days" not in load(pattern(frequency="once", for_days=None))["pattern"]


def test_a_pattern_needs_its_length_unless_it_is_one_dose():
    assert {"/pattern/for_days": "required"} == refused(pattern(for_days=None))
    assert {"/pattern/for_days": "conflict"} == refused(pattern(frequency="once"))


def test_every_problem_is_reported_at_once():
    question = changed(urine_ph=12, renal={"ckd_stage": "G9", "egfr_ml_min_1_73m2": 3}, dosis=1)

    assert {"/urine_ph", "/renal", "/renal/ckd_stage", "/dosis"} == set(refused(question))


def test_a_refusal_never_repeats_a_value():
    question = changed(urine_ph=123456.5, person={"sex": "canary", "weight_kg": "canary", "age_y": 123456.5})
    with pytest.raises(ValidationError) as caught:
        load(question)
    written = repr(problems(caught.value.messages))

    assert "canary" not in written
    assert "123456.5" not in written


def test_every_field_says_what_it_allows_in_the_description():
    """A bound that is enforced but not described would surprise a client."""
    numbers = [field for form in forms() for field in form().fields.values() if isinstance(field, Number)]

    assert 20 < len(numbers)
    for field in numbers:
        described = str(field.metadata)
        assert field.bounds is None or ("inimum" in described and "maximum" in described)


def forms():
    return [form for form in Form.__subclasses__() if form.__module__ == "schemas.request"]
