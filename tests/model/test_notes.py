"""Notes: dilute and substituted specimens as 49 CFR 40.88 defines them, people who were not studied, inputs without effect."""

import pytest

from detectapi import service

DILUTE, SUBSTITUTED = "dilute-specimen-possible", "substituted-specimen-possible"
MOST = ("Nearly all specimens", "About 9", "About 7")  # the other measure is computed, with its spread


@pytest.fixture
def said(question):
    """The start of each note on the specimen, by code."""

    def ask(**specimen):
        notes = service.answer(question | {"specimen": specimen})["notes"]
        return {n["code"]: n["message"] for n in notes if n["code"] in (DILUTE, SUBSTITUTED)}

    return ask


@pytest.mark.parametrize(
    ("specimen", "code"),
    [
        ({"urine_creatinine_mg_dl": 5.0}, DILUTE),
        ({"urine_creatinine_mg_dl": 2.0}, DILUTE),  # 2 mg/dL is the lowest that is dilute
        ({"specific_gravity": 1.002}, DILUTE),
        ({"urine_creatinine_mg_dl": 1.9}, SUBSTITUTED),
    ],
)
def test_a_specimen_inside_the_limits_is_named(said, specimen, code):
    notes = said(**specimen)

    assert {code} == set(notes)
    assert notes[code].startswith(MOST)


@pytest.mark.parametrize("specimen", [{"urine_creatinine_mg_dl": 20.0}, {"specific_gravity": 1.003}])
def test_a_specimen_at_the_upper_limits_is_not_dilute(said, specimen):
    assert DILUTE not in said(**specimen)


def test_a_specific_gravity_of_water_is_not_called_dilute(said):
    # Dilute is above 1.0010: at or below it the rule has other words, and none of them is "dilute".
    assert DILUTE not in said(specific_gravity=1.001)


BOTH = {"dilute-specimen", "substituted-specimen"}


@pytest.mark.parametrize(
    ("creatinine", "gravity", "code"),
    [
        (15.0, 1.002, "dilute-specimen"),
        (1.4, 1.001, "substituted-specimen"),
        (1.4, 1.021, "substituted-specimen"),
        (1.4, 1.010, None),
        (15.0, 1.010, None),
        (120.0, 1.002, None),
    ],
)
def test_where_both_were_measured_the_note_is_of_this_specimen(question, creatinine, gravity, code):
    asked = question | {"specimen": {"urine_creatinine_mg_dl": creatinine, "specific_gravity": gravity}}
    codes = {note["code"] for note in service.answer(asked)["notes"]}

    assert codes & BOTH == ({code} if code else set())
    assert not codes & {DILUTE, SUBSTITUTED}


def codes(question, **more):
    return {note["code"] for note in service.answer(question | more)["notes"]}


def test_nothing_is_said_of_dilution_where_nothing_is_told_of_the_urine(question):
    for person in ({}, {"age_y": 80, "sex": "female", "weight_kg": 45}, {"age_y": 4}):
        assert not codes(question, person=person) & {DILUTE, SUBSTITUTED, *BOTH}


def test_people_who_were_not_studied_are_named(question):
    assert "child-extrapolated" in codes(question, person={"age_y": 10})
    assert "child-extrapolated" in codes(question, person={"weight_kg": 20})
    assert "child-extrapolated" not in codes(question, person={"weight_kg": 75})
    assert "pregnancy-extrapolated" in codes(question, person={"pregnant": "yes"})
    assert "kidney-failure-extrapolated" in codes(question, renal={"egfr_ml_min_1_73m2": 8})


def test_a_creatinine_is_said_to_be_steady_and_a_childs_to_be_high(question):
    serum = {"renal": {"serum_creatinine_mg_dl": 0.9}}
    child, adult = ({"person": {"age_y": age, "sex": "male"}} for age in (6, 40))

    assert codes(question, **serum, **child) >= {"creatinine-steady", "creatinine-high-for-age"}
    assert "creatinine-high-for-age" not in codes(question, **serum, **adult)
    assert "creatinine-high-for-age" not in codes(question, renal={"serum_creatinine_mg_dl": 0.5}, **child)


BODY = {"weight_kg": 80, "height_cm": 180}
GFR = {"egfr_ml_min_1_73m2": 80}


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"person": {"hepatic_class": "A"}}, ["Liver disease (Child-Pugh)"]),
        ({"person": {"hepatic_class": "B"}}, []),
        ({"person": {"interactions": ["itraconazole"]}}, ["Other medicines"]),
        ({"person": {"interactions": ["grapefruit"]}}, []),
        ({"person": {"sex": "male"}}, []),
        ({"person": {"sex": "male", **BODY}}, ["Sex"]),
        ({"person": {"sex": "male", **BODY}, "specimen": {"urine_creatinine_mg_dl": 90}}, []),
        ({"person": {"age_y": 40, **BODY}, "renal": GFR}, ["Age"]),
        ({"person": {"age_y": 40, **BODY}}, []),
        ({"person": {"age_y": 75, **BODY}, "renal": GFR}, []),
        ({"person": {"age_y": 15, **BODY}, "renal": GFR}, []),
        ({"person": {"pregnant": "yes"}, "renal": {**GFR, "method": "measured"}}, ["Pregnant"]),
        ({"specimen": {"read_by": "strip"}}, ["What pH and gravity of the specimen were read by"]),
        ({"specimen": {"read_by": "strip", "urine_ph": 6}}, []),
    ],
)
def test_an_input_that_changes_nothing_is_named(question, more, names):
    said = {note["code"]: note["message"] for note in service.answer(question | more)["notes"]}.get(
        "inputs-without-effect"
    )

    assert said == (f"These inputs change nothing in this answer: {', '.join(names)}." if names else None)


@pytest.mark.parametrize(
    ("more", "without"),
    [
        ({"person": {"hepatic_class": "A"}}, {}),
        ({"person": {"interactions": ["itraconazole"]}}, {}),
        ({"person": {"sex": "male", **BODY}}, {"person": BODY}),
        ({"person": {"age_y": 40, **BODY}, "renal": GFR}, {"person": BODY, "renal": GFR}),
        ({"person": {"pregnant": "yes", **BODY}, "renal": {**GFR, "method": "measured"}},
         {"person": BODY, "renal": {**GFR, "method": "measured"}}),
        ({"specimen": {"read_by": "strip"}}, {}),
    ],
)  # fmt: skip
def test_what_is_named_changes_nothing(question, more, without):
    one, other = (service.answer(question | asked) for asked in (more, without))

    assert one["window"] == other["window"]
    assert one["curve"] == other["curve"]


@pytest.mark.parametrize(
    ("more", "code", "expected"),
    [
        ({"person": {"weight_kg": {"low": 60, "high": 130}}}, "size-extrapolated", True),
        ({"person": {"weight_kg": {"low": 50, "high": 115}}}, "size-extrapolated", False),
        ({"person": {"age_y": {"low": 16, "high": 40}}}, "child-extrapolated", True),
        ({"person": {"age_y": {"low": 18, "high": 40}}}, "child-extrapolated", False),
        ({"renal": {"egfr_ml_min_1_73m2": {"low": 10, "high": 40}}}, "kidney-failure-extrapolated", True),
        ({"renal": {"egfr_ml_min_1_73m2": {"low": 20, "high": 40}}}, "kidney-failure-extrapolated", False),
        ({"renal": {"ckd_stage": "G4"}}, "kidney-failure-extrapolated", False),
        ({"renal": {"ckd_stage": "G5"}}, "kidney-failure-extrapolated", True),
    ],
)
def test_a_range_is_judged_over_the_whole_of_it(question, more, code, expected):
    assert (code in codes(question, **more)) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(35, False), ({"low": 35, "high": 15000}, True), ({"low": 0.01, "high": 35}, True), (15000, True)],
)
def test_an_amount_that_no_study_gave_is_said(question, amount, expected):
    asked = {**question, "doses": [{"amount_mg": amount, "route": "intravenous"}]}

    assert ("amount-not-studied" in codes(asked)) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"interactions": ["grapefruit"]}, False),
        ({"interactions": ["grapefruit", "rifampicin"]}, True),
        ({"interactions": ["grapefruit"], "hepatic_class": "B"}, True),
        ({"interactions": ["grapefruit"], "hepatic_class": "C"}, True),
        ({"interactions": ["grapefruit"], "hepatic_class": "A"}, False),
        ({"hepatic_class": "B"}, False),
    ],
)
def test_medicines_that_no_study_had_together_are_said(question, person, expected):
    assert ("combination-not-studied" in codes(question, person=person)) == expected


@pytest.mark.parametrize(
    ("cutoff", "doses", "expected"),
    [
        (50, 1, {"mostly-below-cutoff": False, "no-dose": False, "assumed-parameters": True}),
        (1e6, 1, {"mostly-below-cutoff": True, "no-dose": False, "assumed-parameters": True}),
        (1e6, 0, {"mostly-below-cutoff": False, "no-dose": True, "assumed-parameters": False}),
    ],
)
def test_a_test_that_most_are_below_and_no_dose_at_all_are_said(question, cutoff, doses, expected):
    more = {"doses": question["doses"][:doses]}
    more["assay"] = {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": cutoff}]}
    present = codes(question, **more)

    assert {code: code in present for code in expected} == expected


def test_the_half_life_view_says_so_and_names_no_parameters(question):
    assert "half-life-model" in codes(question, model={"kind": "half-life"})
    assert not codes(question, model={"kind": "half-life"}) & {"assumed-parameters", "amount-not-studied"}
    assert "half-life-model" not in codes(question)
