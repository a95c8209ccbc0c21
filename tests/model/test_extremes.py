"""Questions of good form and known words, with every number anywhere within its stated bounds, the ends included.

Each is answered in the form of the contract or refused as the caller's mistake: never anything else.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectapi import service
from detectapi.inputs.table import INPUTS
from detectapi.values.errors import InputError
from schemas import EstimateResponseSchema, vocabulary

SUBSTANCES = [entry["id"] for entry in service.substances()["items"]]
CARDS = {name: service.substance(name) for name in SUBSTANCES}
ASSAYS = [entry["id"] for entry in service.assays()["items"]]
PANELS = [entry["id"] for entry in service.assays()["panels"]]
FORM = EstimateResponseSchema()


def number(low, high, above=False):
    ends = [high] if above else [low, high]
    return st.one_of(st.sampled_from(ends), st.floats(low, high, exclude_min=above, allow_subnormal=False))


def quantity(low, high, above=False):
    whole = number(low, high, above)
    two = st.tuples(whole, whole).map(sorted).filter(lambda pair: 0 < pair[0] < pair[1] <= 1e4 * pair[0])
    return st.one_of(whole, two.map(lambda pair: {"low": pair[0], "high": pair[1]}))


def optional(**fields):
    return st.fixed_dictionaries({}, optional=fields)


def at_most_one(**fields):
    return st.one_of(st.just({}), *(strategy.map(lambda v, k=name: {k: v}) for name, strategy in fields.items()))


def words(path):
    return st.sampled_from(sorted(INPUTS[path].words))


def amount():
    return st.one_of(
        quantity(1e-300, 20_000).map(lambda v: {"amount_mg": v}),
        quantity(1e-300, 100).map(lambda v: {"amount_mg_per_kg": v}),
    )


def routes(substance):
    return st.sampled_from([route["id"] for route in CARDS[substance]["routes"]])


def interactions(substance):
    words = sorted(CARDS[substance]["interactions"])
    return st.lists(st.sampled_from(words), unique=True) if words else st.just([])


@st.composite
def doses(draw, substance):
    clocked = draw(st.booleans())
    entries = []
    for _ in range(draw(st.integers(0, 4))):
        route = draw(routes(substance))
        infused = next(r["accepts_duration"] for r in CARDS[substance]["routes"] if r["id"] == route)
        entry = {**draw(amount()), "route": route, "basis": draw(st.sampled_from(["base", "hydrochloride"]))}
        if infused:
            entry["duration_min"] = draw(number(0, 14_400))
        if clocked:
            entry["start"] = draw(st.sampled_from(["1900-01-01T00:00:00Z", "2026-02-28T23:59:59.5-14:00"]))
        else:
            entry["start_h"] = draw(number(-100_000, 100_000))
        if draw(st.booleans()):
            entry["repeat"] = {
                "every_h": draw(number(0.25, 8784)),
                "count": draw(st.sampled_from([1, 2, 30, 200, 2400])),
            }
        entries.append(entry)
    return {"doses": entries}


@st.composite
def patterns(draw, substance):
    frequency = draw(st.sampled_from(vocabulary.FREQUENCIES))
    pattern = {"frequency": frequency, "amount_mg": draw(quantity(1e-300, 20_000)), "route": draw(routes(substance))}
    if frequency != "once":
        pattern["for_days"] = draw(number(1e-300, 3650))
    return {"pattern": pattern}


@st.composite
def assays(draw, substance):
    names = st.sampled_from(CARDS[substance]["analytes"])
    cutoff = st.tuples(st.sampled_from(["cutoff_ng_ml", "cutoff_ng_mg_creatinine"]), number(1e-300, 1e7))
    bias = draw(optional(kit_bias_sd=number(0, 2, above=True)))
    kind = draw(st.sampled_from(["id", "analytes", "immunoassay"]))
    if kind == "id":
        return draw(st.sampled_from([*ASSAYS, *PANELS]))
    if kind == "analytes":
        chosen = draw(st.lists(names, min_size=1, unique=True))
        return {
            "rule": draw(st.sampled_from(vocabulary.RULES)),
            "analytes": [{"analyte": name, **dict([draw(cutoff)])} for name in chosen],
            "imprecision_cv": draw(number(0, 1)),
            **bias,
        }
    target = draw(names)
    others = st.dictionaries(names.filter(lambda name: name != target), number(0, 10))
    return {"target": target, **dict([draw(cutoff)]), "cross_reactivity": draw(others), **bias}


@st.composite
def adjustments(draw, substance):
    chosen = draw(st.lists(st.sampled_from(CARDS[substance]["parameters"]), max_size=3, unique_by=lambda p: p["name"]))
    return {
        parameter["name"]: draw(
            st.one_of(
                number(1e-300, 100).map(lambda v: {"scale": v}),
                number(parameter["low"], parameter["high"]).map(lambda v: {"set": v}),
            )
        )
        for parameter in chosen
    }


@st.composite
def questions(draw):
    substance = draw(st.sampled_from(SUBSTANCES))
    question = {"substance": substance, **draw(st.one_of(doses(substance), patterns(substance)))}
    person = draw(
        optional(
            weight_kg=quantity(2, 400), height_cm=quantity(40, 250), age_y=quantity(0, 120),
            sex=st.sampled_from(vocabulary.SEXES), hepatic_class=st.sampled_from(vocabulary.HEPATIC_CLASSES),
            interactions=interactions(substance), pregnant=words("person.pregnant"),
        )
    )  # fmt: skip
    renal = {
        "egfr_ml_min_1_73m2": quantity(3, 250), "creatinine_clearance_ml_min": quantity(3, 300),
        "ckd_stage": st.sampled_from(vocabulary.CKD_STAGES),
    }  # fmt: skip
    if {"age_y", "sex"} <= set(person):
        renal |= {"serum_creatinine_mg_dl": quantity(0.1, 25), "serum_creatinine_umol_l": quantity(9, 2200)}
    urine = {
        "urine_flow_ml_h": quantity(6, 1500), "urine_creatinine_mg_dl": quantity(1, 600),
        "specific_gravity": quantity(1.001, 1.040),
    }  # fmt: skip
    usual = at_most_one(
        level=st.sampled_from(vocabulary.HYDRATION_LEVELS), fluid_intake_l_day=quantity(0.3, 15), **urine
    )
    measured = optional(
        urine_ph=quantity(4, 9), void_interval_h=quantity(0.25, 24), kind=words("specimen.kind"),
        read_by=words("specimen.read_by"), **urine,
    )  # fmt: skip
    kind = draw(st.sampled_from(vocabulary.MODEL_KINDS))
    model = {"kind": kind, "adjust": draw(adjustments(substance))}
    if kind == "half-life":
        model |= draw(optional(half_life_h=quantity(0.05, 5000)))
    kidneys = draw(at_most_one(**renal)) | draw(optional(method=words("renal.method")))
    question |= {"person": person, "renal": kidneys, "hydration": draw(usual), "model": model}
    question |= draw(optional(urine_ph=quantity(4, 9), specimen=measured, assay=assays(substance)))
    question["options"] = {
        "draws": 100,
        "seed": draw(st.integers(0, 2**32 - 1)),
        "level": draw(number(0.5, 0.99)),
        "include": draw(st.lists(st.sampled_from(vocabulary.INCLUDES), unique=True)),
    }
    return question


def check(question):
    try:
        answer = service.answer(question)
    except InputError as error:
        pointers = [problem.pointer for problem in error.problems]
    else:
        check_answer(answer)
        return
    assert all(pointer.startswith("/") for pointer in pointers)


def check_answer(answer):
    service.to_json_bytes(answer)  # every number in it is finite
    assert {} == FORM.validate(answer)
    window = answer["window"]
    assert 0 <= window["low_h"] <= window["median_h"] <= window["high_h"]
    assert window["median_knowledge_h"]["low"] <= window["median_knowledge_h"]["high"]


OPTIONS = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck), "print_blob": False}


@given(questions())
@settings(max_examples=40, **OPTIONS)
def test_a_question_within_bounds_is_answered(question):
    check(question)


@pytest.mark.slow
@given(questions())
@settings(max_examples=400, **OPTIONS)
def test_many_questions_within_bounds_are_answered(question):
    check(question)
