"""Clearances, compartments and metabolites, each worked out on paper for the small substance of `by_hand`."""

import math

import pytest
from by_hand import FixedDeviates, physiology, question, substance

from detectapi.model.simulation import Simulation
from detectapi.values.substance import Lineage


def simulate(**more):
    return Simulation(question(**more), FixedDeviates())


# -- elimination ------------------------------------------------------------------------------------------------------


def test_renal_clearance_is_filtration_of_the_unbound_part_and_secretion():
    # 0.5 of 100 mL/min is filtered; a secretion of 40 mL/min holds at a GFR of 100 mL/min. 90 mL/min are 5.4 L/h.
    kinetics = simulate(of=substance({"parent.secretion_clearance": 40.0})).kinetics

    assert kinetics.renal_clearance("parent", 1.0, 6.0) == pytest.approx(5.4)


def test_the_renal_factor_multiplies_the_renal_clearance():
    plain, lower = (
        simulate(of=substance({"parent.renal_factor": factor})).kinetics.renal_clearance("parent", 1.0, 6.0)
        for factor in (1.0, 0.25)
    )

    assert plain == pytest.approx(3.0)
    assert lower == pytest.approx(0.25 * plain), "the renal factor of a person is not in the renal clearance"


def test_the_total_clearance_loses_the_renal_part_of_the_reference_kidney_and_gains_that_of_the_person():
    # At the reference GFR of 110 mL/min the renal part is 3.3 of 30 L/h; at 50 mL/min it is 1.5 L/h.
    kinetics = simulate(person=physiology(renal={"creatinine_clearance_ml_min": 50.0})).kinetics

    assert kinetics.nonrenal_clearance("parent") == pytest.approx(26.7)
    assert kinetics.total_clearance("parent") == pytest.approx(26.7 + 1.5)


def test_a_person_with_the_reference_kidney_and_urine_has_the_total_clearance_of_the_data():
    # The data state a total clearance for 70 kg, a GFR of 110 mL/min and a urine flow of 62.4 mL/h at pH 6.
    reference = physiology(
        person={"weight_kg": 70.0}, renal={"creatinine_clearance_ml_min": 110.0}, hydration={"urine_flow_ml_h": 62.4},
        urine_ph=6.0,
    )  # fmt: skip
    reabsorbed = substance({"parent.permeability_surface": 5.0, "parent.secretion_clearance": 20.0})

    assert simulate(of=reabsorbed, person=reference).kinetics.total_clearance("parent") == pytest.approx(30.0)


def test_reabsorption_lowers_the_renal_clearance_the_more_the_less_urine():
    # pKa 7.4: half is un-ionised at the pH of blood, 1 / (1 + 10^1.4) at pH 6. 0.5 of 100 mL/min is filtered. The data state
    # permeability for 70 kg.
    person = physiology(person={"weight_kg": 70.0}, renal={"creatinine_clearance_ml_min": 100.0})
    kinetics = simulate(of=substance({"parent.permeability_surface": 10.0}), person=person).kinetics
    un_ionised = 1.0 / (1.0 + 10.0**1.4)

    for flow in (0.5, 2.0):
        expected = flow * (50.0 + 10.0 * 0.5 * 0.5) / (flow + 10.0 * un_ionised) * 0.06
        assert kinetics.renal_clearance("parent", flow, 6.0) == pytest.approx(expected)


def test_reabsorption_follows_body_size():
    kinetics = simulate(of=substance({"parent.permeability_surface": 10.0})).kinetics
    permeability = 10.0 * (80.0 / 70.0) ** 0.75  # a person of 80 kg
    expected = (50.0 + permeability * 0.5 * 0.5) / (1.0 + permeability / (1.0 + 10.0**1.4)) * 0.06

    assert kinetics.renal_clearance("parent", 1.0, 6.0) == pytest.approx(expected)


def test_a_nonrenal_factor_moves_the_nonrenal_part_only():
    kinetics = simulate(of=substance({"parent.nonrenal_factor": 2.0})).kinetics

    assert kinetics.total_clearance("parent") == pytest.approx(2.0 * 26.7 + 3.0)


def test_no_clearance_is_negative_where_the_kidney_would_do_more_than_all_of_it():
    kinetics = simulate(of=substance({"parent.clearance": 3.0})).kinetics

    assert kinetics.nonrenal_clearance("parent") == 0.0
    assert kinetics.total_clearance("parent") == pytest.approx(3.0)


# -- distribution and metabolites -------------------------------------------------------------------------------------


def test_one_compartment_falls_with_clearance_over_volume():
    disposition = simulate().kinetics.disposition("parent")

    assert disposition.poles[:, 0] == pytest.approx([29.7 / 50.0])


@pytest.mark.parametrize(
    "volume", [{"parent.peripheral_volume_1": 40.0}, {"parent.release_half_life_1": 4.0 * math.log(2.0)}]
)
def test_a_peripheral_compartment_is_given_by_its_volume_or_by_the_half_life_of_its_release(volume):
    # 10 L/h between the two: a release half-life of 4 ln 2 h is a peripheral volume of 10 * 4 = 40 L.
    made = substance({"parent.intercompartmental_clearance_1": 10.0} | volume, peripherals=1)
    poles = simulate(of=made).kinetics.disposition("parent").poles[:, 0]

    # Poles of two compartments: their sum is (CL + Q) / V1 + Q / V2, their product CL Q / (V1 V2).
    assert poles.sum() == pytest.approx((29.7 + 10.0) / 50.0 + 10.0 / 40.0)
    assert poles.prod() == pytest.approx(29.7 * 10.0 / (50.0 * 40.0))


def test_a_metabolite_is_formed_by_its_fraction_of_the_nonrenal_clearance():
    kinetics = simulate(analytes=("first",)).kinetics

    assert kinetics.formation("first", "parent") == pytest.approx(0.3 * 26.7)
    assert kinetics.formation("second", "parent") == pytest.approx(0.2 * 26.7)


def test_metabolites_together_form_no_more_than_all_of_the_nonrenal_clearance():
    made = substance({"first.formation_fraction": 0.9, "second.formation_fraction": 0.6})
    kinetics = simulate(of=made, analytes=("first",)).kinetics
    first, second = kinetics.formation("first", "parent"), kinetics.formation("second", "parent")

    assert first + second == pytest.approx(26.7), "fractions that add up to 1.5 are not scaled down to 1"
    assert first / second == pytest.approx(0.9 / 0.6)


def test_the_chain_of_a_metabolite_starts_at_what_was_taken():
    chain = simulate(analytes=("first",)).kinetics.chain(Lineage(("parent", "first"), (True, True)))

    assert [29.7 / 50.0, 29.7 / 50.0] == pytest.approx([one.poles[0, 0] for one in chain.dispositions])
    assert chain.formation[0] == pytest.approx(0.3 * 26.7)
