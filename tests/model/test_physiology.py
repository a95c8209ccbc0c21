import numpy as np
import pytest

from detectapi.model.draws import Draws, MedianDraw, layout
from detectapi.model.question import read_physiology
from detectapi.model.renal import body_surface, gfr_from_creatinine

PLAN = layout(2000)


def sampled(deviates, request):
    """The person and the specimen that a request describes."""
    physiology, selection = read_physiology(request), deviates.selection()
    person = physiology.person(deviates, selection)
    return person, physiology.specimen(person, deviates, selection)


def typical(**request):
    return sampled(MedianDraw(), request)[0]


def drawn(**request):
    return sampled(Draws(1, PLAN), request)


def test_an_indexed_gfr_is_de_indexed_where_the_body_is_known():
    person = {"weight_kg": 110.0, "height_cm": 185.0}

    assert 60.0 == typical(renal={"egfr_ml_min_1_73m2": 60.0}).gfr[0]
    known = typical(renal={"egfr_ml_min_1_73m2": 60.0}, person=person).gfr[0]
    assert known == pytest.approx(60.0 * body_surface(110.0, 185.0) / 1.73)


def test_a_creatinine_clearance_is_taken_as_it_is():
    person, _ = drawn(renal={"creatinine_clearance_ml_min": 42.0}, person={"weight_kg": 50.0, "height_cm": 150.0})

    assert set(person.gfr) == {42.0}


def test_serum_creatinine_in_both_units_and_its_equation_has_an_error():
    person = {"age_y": 60.0, "sex": "male"}
    us, si = (typical(renal=r, person=person).gfr[0] for r in (
        {"serum_creatinine_mg_dl": 1.2}, {"serum_creatinine_umol_l": 1.2 * 88.4}))  # fmt: skip

    assert us == pytest.approx(gfr_from_creatinine(1.2, 60.0, False))
    assert si == pytest.approx(us)
    people, _ = drawn(renal={"serum_creatinine_mg_dl": 1.2}, person=person)
    assert np.log(people.gfr).std() == pytest.approx(0.18, abs=0.02)


def test_stages_of_kidney_disease_follow_each_other():
    stages = [np.median(drawn(renal={"ckd_stage": s})[0].gfr) for s in ("G1", "G2", "G3a", "G3b", "G4", "G5")]

    assert stages == sorted(stages, reverse=True)


def test_unknown_kidney_function_is_lower_in_old_age():
    young, unknown, old = (typical(person=p).gfr[0] for p in ({"age_y": 30.0}, {}, {"age_y": 80.0}))

    assert young == unknown
    assert old == pytest.approx(unknown * 0.9938**40)


@pytest.mark.parametrize(
    ("hydration", "flow"),
    [({"urine_flow_ml_h": 90.0}, 1.5), ({"level": "low"}, 0.7), ({}, 1.04), ({"urine_creatinine_mg_dl": 90.56}, 1.041)],
)
def test_usual_urine_flow(hydration, flow):
    assert typical(hydration=hydration).flow[0] == pytest.approx(flow, rel=0.01)


def test_more_drink_or_lighter_urine_means_more_flow():
    drink = [typical(hydration={"fluid_intake_l_day": x}).flow[0] for x in (1.0, 2.0, 4.0)]
    gravity = [typical(hydration={"specific_gravity": x}).flow[0] for x in (1.03, 1.015, 1.005)]

    assert drink == sorted(drink)
    assert gravity == sorted(gravity)


def test_a_specimen_differs_from_the_usual_unless_it_was_measured():
    usual = {"hydration": {"urine_flow_ml_h": 60.0}, "urine_ph": 6.0}
    _, unmeasured = drawn(**usual)
    person, measured = drawn(**usual, specimen={"urine_flow_ml_h": 120.0, "urine_ph": 7.0})

    assert np.log(unmeasured.flow).std() == pytest.approx(0.47, abs=0.03)
    assert unmeasured.ph.std() == pytest.approx(0.5, abs=0.05)
    assert (set(measured.flow), set(measured.ph)) == ({2.0}, {7.0})
    assert set(person.flow) == {1.0}


def test_creatinine_in_a_specimen_tells_its_flow():
    _, specimen = drawn(specimen={"urine_creatinine_mg_dl": 15.0}, person={"weight_kg": 70.0, "sex": "male"})

    assert set(specimen.creatinine) == {15.0}
    assert np.median(specimen.flow) == pytest.approx(21.8 * 70.0 * 100.0 / (15.0 * 1440.0), rel=0.05)


def test_an_unusual_ph_is_taken_as_told():
    person, specimen = drawn(urine_ph=8.6)

    assert set(person.ph) == {8.6}
    assert set(specimen.ph) == {8.6}
