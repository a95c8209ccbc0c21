"""People for whom there is no answer, and descriptions that do not go together: refused by name, each with its place."""

import pytest

from detectapi.model.read_physiology import read_physiology
from detectapi.values.errors import InputError

BOY = {"age_y": 6.0, "sex": "male", "weight_kg": 20.0, "height_cm": 115.0}
WOMAN = {"age_y": 30.0, "sex": "female", "pregnant": "yes"}
CREATININE = {"serum_creatinine_mg_dl": 0.9}


@pytest.mark.parametrize(
    ("request_", "pointer", "code", "words"),
    [
        ({"renal": {"dialysis": "yes"}}, "/renal/dialysis", "not-supported", "kidney clinic"),
        ({"renal": {"creatinine_changing": "yes"}}, "/renal/creatinine_changing", "not-supported", "steady"),
        ({"person": {"age_y": 0.3}}, "/person/age_y", "not-supported", "6 months"),
        ({"person": {"age_y": {"low": 0.2, "high": 3.0}}}, "/person/age_y", "not-supported", "6 months"),
        ({"person": {"weight_kg": 5.0}}, "/person/weight_kg", "not-supported", "6 months"),
        ({"person": {"height_cm": 60.0}}, "/person/height_cm", "not-supported", "6 months"),
        (
            {"person": {"age_y": 1.5, "sex": "male"}, "renal": CREATININE},
            "/renal/serum_creatinine_mg_dl", "not-supported", "2 years",
        ),
        ({"person": {**WOMAN, "sex": "male"}}, "/person/pregnant", "conflict", "man"),
        ({"person": WOMAN, "renal": CREATININE}, "/renal/serum_creatinine_mg_dl", "not-supported", "mislead"),
        ({"person": WOMAN, "renal": {"egfr_ml_min_1_73m2": 100.0}}, "/renal/egfr_ml_min_1_73m2", "not-supported", "mislead"),
        ({"person": WOMAN, "renal": {"ckd_stage": "G2"}}, "/renal/ckd_stage", "not-supported", "mislead"),
        ({"renal": {"method": "ekfc"}}, "/renal/method", "required", "kidney function"),
        ({"renal": {"egfr_ml_min_1_73m2": 60.0, "method": "cockcroft-gault"}}, "/renal/method", "conflict", "unit"),
        ({"renal": {"creatinine_clearance_ml_min": 60.0, "method": "measured"}}, "/renal/method", "conflict", "unit"),
        ({"person": BOY, "renal": {**CREATININE, "method": "ckd-epi-2021"}}, "/renal/method", "not-supported", "from 18 years"),
        ({"person": {**BOY, "age_y": 30.0}, "renal": {**CREATININE, "method": "ckid-u25"}}, "/renal/method", "not-supported", "25"),
        (
            {"person": {"age_y": 6.0, "sex": "male"}, "renal": {**CREATININE, "method": "bedside-schwartz"}},
            "/renal/method", "not-supported", "height",
        ),
        (
            {"person": BOY, "renal": {"creatinine_clearance_ml_min": 40.0, "method": "cockcroft-gault"}},
            "/renal/method", "not-supported", "from 18 years",
        ),
    ],
)  # fmt: skip
def test_it_is_refused_with_its_place_and_what_to_do(request_, pointer, code, words):
    with pytest.raises(InputError) as caught:
        read_physiology(request_)

    problem = caught.value.problems[0]
    assert (problem.pointer, problem.code) == (pointer, code)
    assert words in problem.detail


@pytest.mark.parametrize(
    "request_",
    [
        {"renal": {"dialysis": "no", "creatinine_changing": "no"}},
        {"person": {"age_y": 0.5}},
        {"person": BOY, "renal": CREATININE},
        {"person": BOY, "renal": {**CREATININE, "method": "ckid-u25"}},
        {"person": WOMAN},
        {"person": {"pregnant": "no", "sex": "male"}},
        {"person": WOMAN, "renal": {"egfr_ml_min_1_73m2": 130.0, "method": "measured"}},
        {"person": WOMAN, "renal": {"creatinine_clearance_ml_min": 130.0, "method": "timed-collection"}},
        {"renal": {"egfr_ml_min_1_73m2": 3.0}},
    ],
)
def test_others_are_not_refused(request_):
    assert read_physiology(request_).known
