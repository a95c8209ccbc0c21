"""What inputs that were not told are taken as, and what a told kidney function stands for."""

import numpy as np
import pytest

from detectapi.knowledge import catalog
from detectapi.model.read_physiology import read_physiology
from detectapi.model.usual_inputs import told_gfr, typical_body, usual_inputs

PARAMETERS = catalog.physiology().parameters


def usual(**request):
    physiology = read_physiology(request)
    return {one.name: one for one in usual_inputs(physiology, typical_body(physiology))}


def told(**request):
    physiology = read_physiology(request)
    return told_gfr(physiology, typical_body(physiology))


def test_of_an_unknown_adult_every_input_of_the_model_is_usual():
    inputs = usual()

    assert set(inputs) == {
        "weight_kg", "height_cm", "egfr_ml_min_1_73m2", "urine_flow_ml_h", "urine_ph", "void_interval_h",
    }  # fmt: skip
    assert {one.source for one in inputs.values()} == {"population default"}
    assert all(one.spread > 0.0 and one.origin is not None for one in inputs.values())
    assert inputs["urine_ph"].centre == PARAMETERS["urine_ph"].value
    assert inputs["urine_ph"].spread == PARAMETERS["urine_ph"].variability


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"person": {"weight_kg": 70.0}}, "weight_kg"),
        ({"person": {"height_cm": 170.0}}, "height_cm"),
        ({"renal": {"egfr_ml_min_1_73m2": 60.0}}, "egfr_ml_min_1_73m2"),
        ({"hydration": {"urine_flow_ml_h": 60.0}}, "urine_flow_ml_h"),
        ({"urine_ph": 6.0}, "urine_ph"),
        ({"specimen": {"void_interval_h": 3.0}}, "void_interval_h"),
    ],
)
def test_what_is_told_is_not_usual(request_, name):
    assert name not in usual(**request_)


def test_what_follows_from_age_says_so():
    inputs = usual(person={"age_y": 10.0})

    for name in ("weight_kg", "height_cm", "egfr_ml_min_1_73m2"):
        assert (inputs[name].source, inputs[name].detail) == ("derived", "usual at this age")
    assert inputs["weight_kg"].centre == pytest.approx(32.0, rel=0.15)  # of a child of 10 years
    assert usual(person={"height_cm": 150.0, "age_y": 40.0})["weight_kg"].detail == "usual at this height"


def test_pregnancy_raises_the_usual_gfr_and_says_so():
    with_it, without = usual(person={"pregnant": "yes"}), usual(person={"sex": "female"})

    rise = PARAMETERS["pregnancy_gfr_factor"].value
    assert with_it["egfr_ml_min_1_73m2"].detail == "usual in pregnancy"
    assert with_it["egfr_ml_min_1_73m2"].centre == pytest.approx(rise * without["egfr_ml_min_1_73m2"].centre, rel=0.1)


def test_a_told_kidney_function_stands_for_a_true_gfr_with_its_error():
    one = told(renal={"egfr_ml_min_1_73m2": 60.0})

    assert (one.name, one.source) == ("gfr_ml_min_1_73m2", "derived")
    assert one.centre == pytest.approx(60.0, rel=0.1)
    assert 0.05 < one.spread < 0.4  # an estimated GFR is within 30 % of the true one in 85 of 100 people
    assert "what was given" in one.detail


def test_a_range_of_a_told_kidney_function_widens_it():
    exact, ranged = (
        told(renal={"egfr_ml_min_1_73m2": 60.0}),
        told(renal={"egfr_ml_min_1_73m2": {"low": 40.0, "high": 90.0}}),
    )

    assert ranged.spread == pytest.approx(np.hypot(exact.spread, np.log(90.0 / 40.0) / 2.0 / 1.6448536), rel=1e-6)


def test_serum_creatinine_is_told_by_its_equations():
    one = told(renal={"serum_creatinine_mg_dl": 1.0}, person={"age_y": 40.0, "sex": "male"})

    assert "serum creatinine, age and sex" in one.detail
    assert one.centre == pytest.approx(97.0, rel=0.06)  # CKD-EPI 2021


def test_nothing_stands_for_a_kidney_function_that_was_not_told():
    assert told() is None
