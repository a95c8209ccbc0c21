"""What a test reads in a specimen, worked out on paper for the small substance of `by_hand`."""

import math

import numpy as np
import pytest
from by_hand import FixedDeviates, component, physiology, question, substance, train

from detectapi.inputs.distribution import InputDistribution
from detectapi.model.draws import Draws, layout
from detectapi.model.signal import together
from detectapi.model.simulation import Simulation
from detectapi.values.substance import Path, RouteForm

DOSE = 100.0  # [mg]
RATE = 29.7 / 50.0  # total clearance over volume of the parent [1/h]
VOID = 0.25  # [h]
AVERAGED = math.expm1(RATE * VOID) / (RATE * VOID)  # of exp(-RATE t) over the void that ends at t, relative to t
LATER = np.array([1.0, 5.0, 12.0])  # [h]
RENAL = 3.0  # renal clearance of the parent, at a urine flow of 0.06 L/h [L/h]


def simulate(*trains, deviates=None, **more):
    return Simulation(question(*trains, **more), deviates or FixedDeviates())


def urine(time, clearance=RENAL, flow=0.06):
    """The parent in the specimen after a bolus: plasma averaged over the void, times clearance over flow. [ng/mL]"""
    return DOSE / 50.0 * 1000.0 * np.exp(-RATE * time) * AVERAGED * clearance / flow


def read(simulation, of="parent"):
    return simulation.concentration(component(of), LATER)[:, 0]


# -- the specimen -----------------------------------------------------------------------------------------------------


def test_a_specimen_holds_what_the_kidney_takes_out_of_plasma_in_the_urine_of_the_void():
    assert read(simulate(train(DOSE))) == pytest.approx(urine(LATER))


def test_a_specimen_is_made_at_its_own_flow_while_the_body_is_cleared_at_the_usual_one():
    own = physiology(specimen={"urine_flow_ml_h": 120.0})

    assert read(simulate(train(DOSE), person=own)) == pytest.approx(urine(LATER, flow=0.12))


def test_a_renal_factor_is_in_the_specimen_and_in_the_body():
    # Half of the renal clearance: 1.5 L/h into the urine, and 28.2 L/h in all out of the body.
    simulation = simulate(train(DOSE), of=substance({"parent.renal_factor": 0.5}))
    rate = 28.2 / 50.0
    averaged = math.expm1(rate * VOID) / (rate * VOID)
    expected = DOSE / 50.0 * 1000.0 * np.exp(-rate * LATER) * averaged * 1.5 / 0.06

    assert read(simulation) == pytest.approx(expected), (
        "the renal factor of a person does not move what is in the urine"
    )


def test_a_residual_factor_moves_what_is_in_the_specimen_and_not_the_body():
    plain, higher = (simulate(train(DOSE), of=substance({"parent.residual_factor": f})) for f in (1.0, 1.5))

    assert read(higher) == pytest.approx(1.5 * read(plain))
    assert higher.kinetics.total_clearance("parent") == plain.kinetics.total_clearance("parent")


def test_a_metabolite_is_counted_by_its_own_mass():
    # A bolus in the centre of a parent with rate a, a metabolite with rate b of the same volume: the amount of the metabolite is
    # D f a_m (e^-at - e^-bt) / (b - a), where f a_m is formation clearance over volume.
    made = substance({"first.central_volume": 25.0})
    rates, formed = (RATE, 29.7 / 25.0), 0.3 * 26.7 / 50.0

    def curve(time):
        return formed * (np.exp(-rates[0] * time) - np.exp(-rates[1] * time)) / (rates[1] - rates[0])

    around = np.linspace(LATER - VOID, LATER, 2001)
    molar = (
        DOSE * 5.0 / 25.0 * np.mean((curve(around)[1:] + curve(around)[:-1]) / 2.0, axis=0)
    )  # [umol/L], over the void

    # A trapezium of 2,000 steps over a quarter of an hour is exact to (RATE / 8000)^2.
    assert read(simulate(train(DOSE), of=made, analytes=("first",)), "first") == pytest.approx(
        molar * 100.0 * RENAL / 0.06, rel=1e-6
    )


def test_a_test_with_cross_reactivity_reads_the_weighted_sum():
    cross = component("parent", first=0.2)
    simulation = simulate(train(DOSE), analytes=(cross,))

    alone = read(simulation) + 0.2 * read(simulation, "first")
    assert simulation.concentration(cross, LATER)[:, 0] == pytest.approx(alone)


def test_signals_of_several_uses_add_up_in_one_specimen():
    one, two = simulate(train(DOSE)), simulate(train(DOSE / 4.0))
    both = together([each.signal(component("parent")) for each in (one, two)], [1.0, 1.0])

    assert both.concentration(LATER)[:, 0] == pytest.approx(1.25 * urine(LATER))


# -- crossings --------------------------------------------------------------------------------------------------------


def last(simulation, cutoff=10.0):
    return simulation.crossings(component("parent", cutoff)).last


def test_the_last_crossing_is_where_the_concentration_falls_to_the_cutoff():
    expected = math.log(urine(0.0) / 10.0) / RATE

    assert last(simulate(train(DOSE))) == pytest.approx(expected)


def test_a_first_crossing_that_is_not_asked_for_may_be_missing_and_the_others_are_exact():
    simulation = simulate(train(DOSE, route="oral"))
    signal = simulation.signal(component("parent"))
    first, end = (float(time[0]) for time in signal.crossings(10.0)[:2])

    assert 0.0 < first < end
    assert signal.crossings(10.0, first_from=first / 2.0).first == pytest.approx(first)
    assert (signal.crossings(10.0, first_from=np.inf).first, signal.crossings(10.0, first_from=np.inf).last) == (
        0.0,
        end,
    )


def test_the_imprecision_of_the_test_is_the_coefficient_of_variation_of_its_readings():
    simulation = Simulation(question(train(DOSE), imprecision=0.2), Draws(1, layout(20_000)))
    noise = simulation.noise(component("parent"))

    # 10,000 numbers, stratified: the standard deviation is known to well within 1 %.
    assert np.std(noise) / np.mean(noise) == pytest.approx(0.2, rel=0.02), "readings do not vary by the stated 20 %"
    assert np.median(noise) == pytest.approx(1.0, rel=0.001)


def test_a_reading_that_is_too_high_by_a_factor_crosses_as_a_cutoff_that_is_lower_by_it():
    factor = math.exp(math.sqrt(math.log1p(0.1**2)))  # one standard deviation of a test with 10 % imprecision
    above = FixedDeviates({("assay", "parent"): [1.0]})

    assert last(simulate(train(DOSE), imprecision=0.1, deviates=above)) == pytest.approx(
        math.log(urine(0.0) * factor / 10.0) / RATE
    ), "an assay imprecision of 10 % does not move the crossing by one standard deviation of 10 %"


def test_the_half_life_view_falls_by_half_in_each_half_life():
    # In the half-life view the amount in the body is excreted as 0.5 of the elimination rate.
    half_life = InputDistribution("half_life_h", 2.0)
    simulation = simulate(train(DOSE), half_life=half_life)
    rate = math.log(2.0) / 2.0
    averaged = math.expm1(rate * VOID) / (rate * VOID)
    start = DOSE * 1000.0 * averaged * 0.5 * rate / 0.06  # [ug/L]

    assert read(simulation) == pytest.approx(start * 0.5 ** (LATER / 2.0))
    assert last(simulation) == pytest.approx(2.0 * math.log2(start / 10.0))


def test_the_half_life_view_takes_what_is_absorbed_as_a_metabolite_too():
    half_life = InputDistribution("half_life_h", 2.0)
    first_pass = (RouteForm(None, (Path("oral", "first-order", ("parent", "first")),)),)
    swallowed = substance({"oral.fraction_first": 0.35}, forms=first_pass)  # beside 0.4 as the parent

    by_vein = simulate(train(DOSE), half_life=half_life)
    by_mouth = simulate(train(DOSE, route="oral"), half_life=half_life, of=swallowed)

    assert read(by_mouth) == pytest.approx(0.75 * read(by_vein))


# -- other voids, other doses, other people ---------------------------------------------------------------------------

VARIED = {("people", "parent.clearance"): [-1.0, 0.0, 1.0], ("specimen", "urine_flow_between_voids"): [0.0, 0.0, 0.0]}
ANOTHER_VOID = VARIED | {
    ("specimen", "urine_flow_between_voids"): [1.0, -1.0, 0.5],
    ("assay", "parent"): [1.0, 1.0, 1.0],
}


def varied(*trains, deviates=VARIED, **more):
    made = substance(more={"parent.clearance": {"variability": 0.3}})
    person = physiology({"urine_flow_between_voids": {"variability": 0.4}})
    return Simulation(question(*trains, of=made, person=person, imprecision=0.1, **more), FixedDeviates(deviates))


def test_another_void_of_the_same_people_equals_a_simulation_of_that_void():
    anew, other = (
        varied(train(DOSE), deviates=ANOTHER_VOID),
        varied(train(DOSE)).at_another_void(FixedDeviates(ANOTHER_VOID)),
    )

    assert other.specimen.flow == pytest.approx(np.exp(0.4 * np.array([1.0, -1.0, 0.5])))
    assert np.array_equal(last(other), last(anew))


def test_another_void_leaves_the_person_and_the_first_void_alone():
    simulation = varied(train(DOSE))
    before, other = last(simulation), simulation.at_another_void(FixedDeviates(ANOTHER_VOID))

    assert other.person is simulation.person
    assert other.kinetics is simulation.kinetics
    assert not np.array_equal(last(other), before)
    assert np.array_equal(last(simulation), before)


def test_other_doses_of_the_same_people_equal_a_simulation_of_those_doses():
    asked = varied(train(2.0 * DOSE), train(DOSE, start=-6.0)).question
    other = varied(train(DOSE)).after_other_doses(asked)

    assert np.array_equal(last(other), last(Simulation(asked, FixedDeviates(VARIED))))


def several():
    people = [
        physiology(person={"weight_kg": w}, renal={"creatinine_clearance_ml_min": g})
        for w, g in ((60.0, 40.0), (90.0, 120.0))
    ]
    made = substance(more={"parent.clearance": {"variability": 0.3}})
    return [
        question(train(amount), of=made, person=one, imprecision=0.1)
        for amount, one in zip((50.0, 150.0), people, strict=True)
    ]


def test_questions_side_by_side_equal_the_same_questions_alone():
    questions = several()
    alone = [last(Simulation(one, FixedDeviates(VARIED))) for one in questions]

    assert np.array_equal(last(Simulation(questions, FixedDeviates(VARIED))).reshape(2, 3), alone)


def test_a_signal_for_each_mg_crosses_a_cutoff_over_the_amount_where_the_dose_crosses_the_cutoff():
    questions = several()
    simulation = Simulation(questions, FixedDeviates(VARIED))
    signal = simulation.signal(component("parent"), [questions[0].regimen], [1, 0], per_mg=True)
    amounts = simulation.dosing.amounts([questions[1].regimen, questions[0].regimen], [1, 0])
    result = signal.crossings(simulation.columns.one_row_each(10.0 / amounts)).last

    # The same numbers in another order of operations: equal to rounding.
    assert result.reshape(2, 3) == pytest.approx(last(simulation).reshape(2, 3)[::-1], rel=1e-12)


def test_people_with_numbers_of_their_own_equal_the_same_people_alone():
    rows = np.array(VARIED["people", "parent.clearance"]), np.array([0.5, 2.0, -2.0])
    deviates = FixedDeviates({("people", "parent.clearance"): rows}, draws=3)
    questions = several()
    side_by_side = last(Simulation(questions, deviates)).reshape(2, 3)

    for one, numbers, result in zip(questions, rows, side_by_side, strict=True):
        assert np.array_equal(result, last(Simulation(one, FixedDeviates({("people", "parent.clearance"): numbers}))))


def test_a_parameter_of_the_specimen_is_drawn_anew_at_another_void():
    made = substance(more={"parent.residual_factor": {"variability": 0.5, "between": "specimens"}})
    simulation = Simulation(
        question(train(DOSE), of=made), FixedDeviates({("specimen", "parent.residual_factor"): [0.0]})
    )
    other = simulation.at_another_void(FixedDeviates({("specimen", "parent.residual_factor"): [1.0]}))

    assert read(other) == pytest.approx(math.exp(0.5) * read(simulation))
