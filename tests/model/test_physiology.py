import math

import numpy as np
import pytest
from by_hand import FLOW, FixedDeviates, physiology

from detectapi.model.draws import Draws, MedianDraw, layout
from detectapi.model.question import read_physiology
from detectapi.model.renal import body_surface, gfr_from_creatinine

PLAN = layout(2000)


def sampled(deviates, request, described=None):
    """The person and the specimen that a request describes."""
    described, selection = described or read_physiology(request), deviates.selection()
    person = described.person(deviates, selection)
    return person, described.specimen(person, deviates, selection)


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


# -- creatinine, worked out on paper for the small population of `by_hand` --------------------------------------------

EXCRETED = 20.0  # [mg/kg/day]


def made_up(deviates=None, more=None, **request):
    return sampled(deviates or FixedDeviates(), request, physiology(more, **request))


@pytest.mark.parametrize("weight", [50.0, 100.0])
def test_creatinine_is_excreted_in_proportion_to_body_weight(weight):
    person, specimen = made_up(person={"weight_kg": weight})

    said = f"a person of {weight:g} kg does not excrete {EXCRETED:g} mg/kg of creatinine a day"
    assert person.creatinine_excretion == pytest.approx(EXCRETED * weight), said
    # 1 mL/min is 14.4 dL/day.
    assert specimen.creatinine == pytest.approx(EXCRETED * weight / 14.4), said


def test_the_usual_flow_by_urine_creatinine_is_that_of_the_excretion_of_the_person():
    person, _ = made_up(person={"weight_kg": 100.0}, hydration={"urine_creatinine_mg_dl": 100.0})

    assert person.flow == pytest.approx(EXCRETED * 100.0 / 100.0 / 14.4)


def test_the_usual_flow_by_fluid_intake_is_the_part_of_it_that_becomes_urine():
    # 0.7 of 2 L in the 1440 minutes of a day.
    person, _ = made_up(hydration={"fluid_intake_l_day": 2.0})

    assert person.flow == pytest.approx(1400.0 / 1440.0)


def test_the_usual_flow_by_specific_gravity_is_that_of_the_osmoles_of_the_person():
    # 720 mOsm at 3e-5 kg/mOsm: a gravity of 1.015 is 500 mOsm/kg, so 1.44 L in 1440 minutes.
    person, _ = made_up(hydration={"specific_gravity": 1.015})

    assert person.flow == pytest.approx(1.0)


SPREAD = {"creatinine_between_voids": {"variability": 0.3}, "urine_flow_between_voids": {"variability": 0.4}}
TWO_VOIDS = FixedDeviates({("specimen", "creatinine_between_voids"): [0.0, 1.0]})


def test_creatinine_differs_from_void_to_void():
    person, specimen = made_up(TWO_VOIDS, SPREAD)

    assert np.ndim(person.creatinine_excretion) == 0
    usual, other = specimen.creatinine
    assert other / usual == pytest.approx(math.exp(0.3)), "the spread of creatinine from void to void is missing"


def test_the_flow_by_the_creatinine_of_a_specimen_has_the_spread_of_that_void():
    _, specimen = made_up(TWO_VOIDS, SPREAD, specimen={"urine_creatinine_mg_dl": 80.0})
    usual, other = specimen.flow

    assert usual == pytest.approx(EXCRETED * 80.0 / 80.0 / 14.4)
    assert other / usual == pytest.approx(math.exp(0.3)), "the spread of creatinine from void to void is missing"
    assert set(specimen.creatinine) == {80.0}


def test_more_creatinine_in_a_void_does_not_change_the_flow_of_an_unmeasured_specimen():
    _, specimen = made_up(TWO_VOIDS, SPREAD)

    assert specimen.flow == pytest.approx([FLOW, FLOW])


def test_the_flow_of_a_void_spreads_around_the_usual_one():
    deviates = FixedDeviates({("specimen", "urine_flow_between_voids"): [-1.0, 0.0, 2.0]})
    person, specimen = made_up(deviates, SPREAD)

    assert set(person.flow) == {FLOW}
    assert specimen.flow == pytest.approx(FLOW * np.exp([-0.4, 0.0, 0.8]))


def test_specific_gravity_follows_the_flow():
    # 720 mOsm in 1.44 L: 500 mOsm/kg at 3e-5 each.
    _, specimen = made_up()

    assert specimen.specific_gravity == pytest.approx(1.015)


def test_the_ph_of_a_void_stays_within_ordinary_urine():
    deviates = FixedDeviates({("specimen", "urine_ph_between_voids"): [-9.0, 0.5, 9.0]})
    _, specimen = made_up(deviates, {"urine_ph_between_voids": {"variability": 1.0}})

    assert specimen.ph == pytest.approx([4.5, 6.5, 8.0])


def test_one_of_several_people_has_the_numbers_of_that_person():
    several = [physiology(person={"weight_kg": weight}) for weight in (50.0, 100.0)]
    deviates = FixedDeviates(draws=3)
    selection, pack = deviates.selection(), type(several[0]).side_by_side(several)
    people = pack.person(deviates, selection)
    specimens = pack.specimen(people, deviates, selection)

    for i, alone in enumerate(several):
        person = alone.person(deviates, selection)
        assert people.of(i).covariates["weight_kg"] == person.covariates["weight_kg"]
        assert np.array_equal(people.of(i).gfr, person.gfr)
        assert np.array_equal(specimens.of(i).creatinine, alone.specimen(person, deviates, selection).creatinine)
