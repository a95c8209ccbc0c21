"""Doses, each worked out on paper for the small substance of `by_hand`."""

import numpy as np
import pytest
from by_hand import FixedDeviates, physiology, question, substance, train

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.inputs.distribution import CENTRAL_90
from detectapi.model.dosing import amount_is_a_factor, dose_groups, form_shares
from detectapi.model.simulation import Simulation
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Lineage, Path, RouteForm

LOW, MIDDLE, HIGH = -CENTRAL_90, 0.0, CENTRAL_90
SMALL, LARGE = (
    RouteForm(limit, (Path(name, "bolus", ("parent",)),)) for limit, name in ((28.0, "small"), (None, "large"))
)
SPRAY = {"small.fraction_parent": 0.54, "large.fraction_parent": 0.42}
PARENT, FIRST = Lineage(("parent",), (True,)), Lineage(("parent", "first"), (True, True))
MOLAR = 5.0  # [umol/mg]: 200 g/mol


def simulate(*trains, deviates=None, **more):
    return Simulation(question(*trains, **more), deviates or FixedDeviates())


def spray(*trains, **more):
    return simulate(*trains, of=substance(SPRAY, forms=(SMALL, LARGE)), **more)


def amounts_of(groups):
    """The amount of each group of doses in each draw. [umol]"""
    return [group.amount * (1.0 if group.scale is None else group.scale) for group in groups]


# -- amounts ----------------------------------------------------------------------------------------------------------


def test_an_amount_is_counted_in_micromoles_of_what_was_taken():
    (doses,) = simulate().dosing.doses(FIRST, Regimen((train(100.0, start=-6.0, every=3.0, count=3),)))

    assert doses.amount == pytest.approx([100.0 * MOLAR])
    assert (doses.start[0], doses.every[0], doses.count[0]) == (-6.0, 3.0, 3)
    assert doses.scale is None


def test_a_dose_per_kg_is_multiplied_by_the_weight_of_the_person():
    dosing = simulate(person=physiology(person={"weight_kg": 90.0})).dosing
    (doses,) = dosing.doses(PARENT, Regimen((train(2.0, per_kg=True),)))

    assert amounts_of([doses])[0] == pytest.approx(2.0 * 90.0 * MOLAR)


RANGE = FixedDeviates({("inputs", "amount/doses/0"): [LOW, MIDDLE, HIGH]})


def test_the_ends_of_a_range_of_an_amount_are_its_central_90_percent():
    dosing = simulate(train(50.0, 200.0), deviates=RANGE).dosing
    (amounts,) = amounts_of(dosing.doses(PARENT, from_to(50.0, 200.0)))

    said = "the 5th, 50th and 95th percentile of an amount of 50 to 200 mg are not 50, 100 and 200 mg"
    assert amounts / MOLAR == pytest.approx([50.0, 100.0, 200.0]), said
    assert dosing.amounts([from_to(50.0, 200.0)])[0] == pytest.approx([50.0, 100.0, 200.0]), said


def from_to(low, high):
    return Regimen((train(low, high),))


def test_each_range_has_numbers_of_its_own_and_an_exact_amount_has_none():
    trains = (train(50.0, 200.0), train(50.0, 200.0, pointer="/doses/1"), train(10.0, pointer="/doses/2"))
    amounts = amounts_of(simulate(deviates=RANGE).dosing.doses(PARENT, Regimen(trains)))

    assert amounts[0] / MOLAR == pytest.approx([50.0, 100.0, 200.0])
    assert amounts[1] / MOLAR == pytest.approx([100.0, 100.0, 100.0])
    assert amounts[2] / MOLAR == pytest.approx([10.0])


def test_a_range_per_kg_has_both_factors():
    (amounts,) = amounts_of(simulate(deviates=RANGE).dosing.doses(PARENT, Regimen((train(0.5, 2.0, per_kg=True),))))

    assert amounts / MOLAR == pytest.approx([0.5 * 80.0, 80.0, 2.0 * 80.0])


def test_doses_for_each_mg_leave_the_amount_out_and_keep_the_form():
    dosing = spray(train(84.0, route="oral")).dosing
    (doses,) = dosing.doses(PARENT, Regimen((train(84.0, route="oral"),)), per_mg=True)

    assert doses.amount == pytest.approx([MOLAR])
    assert doses.absorptions[0].delivered[0] == pytest.approx([0.42])


def test_no_draw_absorbs_more_than_was_given():
    paths = (Path("swallowed", "first-order", ("parent", "first")),)
    made = substance(
        {"swallowed.fraction_parent": 0.8, "swallowed.fraction_first": 0.7, "swallowed.absorption_rate_constant": 1.0},
        forms=(RouteForm(None, paths),),
    )
    (doses,) = simulate(of=made).dosing.doses(FIRST, Regimen((train(1.0, route="oral"),)))

    assert doses.absorptions[0].delivered[:, 0] == pytest.approx([0.8 / 1.5, 0.7 / 1.5])


# -- people side by side ----------------------------------------------------------------------------------------------


def side_by_side(*questions):
    return Simulation(questions, FixedDeviates(draws=2)).dosing


def test_several_people_have_amounts_of_their_own_in_their_columns():
    regimens = [Regimen((train(amount),)) for amount in (10.0, 30.0)]
    dosing = side_by_side(*(question(*regimen.trains) for regimen in regimens))

    (amounts,) = amounts_of(dosing.doses(PARENT, *regimens))
    assert amounts / MOLAR == pytest.approx([10.0, 10.0, 30.0, 30.0])
    (amounts,) = amounts_of(dosing.doses(PARENT, *regimens[::-1], people=[1, 0]))
    assert amounts / MOLAR == pytest.approx([30.0, 30.0, 10.0, 10.0])
    assert np.array_equal(dosing.amounts(regimens), [[10.0], [30.0]])


def test_some_of_the_people_have_the_weights_that_are_theirs():
    per_kg = [question(train(1.0, per_kg=True), person=physiology(person={"weight_kg": w})) for w in (50.0, 60.0, 70.0)]
    dosing = side_by_side(*per_kg)

    (amounts,) = amounts_of(dosing.doses(PARENT, per_kg[0].regimen, people=[2, 0]))
    assert amounts / MOLAR == pytest.approx([70.0, 70.0, 50.0, 50.0])


def test_regimens_side_by_side_that_are_no_multiples_of_each_other_are_refused():
    regimens = [Regimen((train(1.0, start=-9.0), train(amount))) for amount in (1.0, 2.0)]

    with pytest.raises(ValueError, match="multiples of each other"):
        side_by_side(*(question(*regimen.trains) for regimen in regimens)).doses(PARENT, *regimens)


# -- forms of a route -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "shares"),
    [(10.0, {0: 1.0}), (28.0, {0: 1.0}), (42.0, {0: 1 / 3, 1: 2 / 3}), (56.0, {1: 1.0}), (84.0, {1: 1.0})],
)
def test_forms_pass_into_each_other_between_a_limit_and_twice_that(amount, shares):
    route = substance(SPRAY, forms=(SMALL, LARGE)).routes["oral"]

    assert form_shares(route, amount) == pytest.approx(shares)
    assert {0: 1.0} == form_shares(substance().routes["oral"], amount)


def test_what_is_absorbed_rises_in_a_straight_line_in_between():
    route, fractions = substance(SPRAY, forms=(SMALL, LARGE)).routes["oral"], (0.54, 0.42)
    amounts = np.linspace(28.0, 56.0, 15)
    absorbed = [
        amount * sum(share * fractions[i] for i, share in form_shares(route, amount).items()) for amount in amounts
    ]

    assert absorbed == pytest.approx(np.linspace(28.0 * 0.54, 56.0 * 0.42, 15))


def test_each_form_of_a_route_takes_its_share_of_the_amount():
    dose = train(42.0, route="oral")
    small, large = amounts_of(spray(dose).dosing.doses(PARENT, Regimen((dose,))))

    assert (small[0] / MOLAR, large[0] / MOLAR) == pytest.approx((14.0, 28.0))


@pytest.mark.parametrize(
    ("per_kg", "shares"),
    [(0.3, {0: 1.0}), (0.6, {0: 1 / 3, 1: 2 / 3}), (0.9, {1: 1.0})],
    ids=["21 mg", "42 mg", "63 mg"],
)
def test_a_dose_per_kg_has_the_form_of_the_dose_of_a_person_of_70_kg(per_kg, shares):
    made = substance(SPRAY, forms=(SMALL, LARGE))
    groups = dose_groups(Regimen((train(per_kg, per_kg=True, route="oral"),)), made)

    said = f"{per_kg} mg/kg is {70 * per_kg:g} mg in a person of 70 kg, and its form is not that of such a dose"
    assert {group.form: share[0] for group, share in groups.items()} == pytest.approx(shares), said


def test_the_amount_is_only_a_factor_where_one_form_takes_all_of_one_train():
    made = substance(SPRAY, forms=(SMALL, LARGE))
    regimens = [(train(84.0, route="oral"),), (train(42.0, route="oral"),), (train(1.0), train(2.0, start=-9.0)), ()]

    assert [True, False, False, False] == [amount_is_a_factor(Regimen(trains), made) for trains in regimens]


def test_rows_of_such_amounts_equal_single_estimates():
    person = [{}, {"weight_kg": 55.0}]
    rows = [
        {"substance": "esketamine", "route": "nasal-spray", "analyte": "norketamine", "cutoff_ng_ml": cutoff, **who, **dose}
        for who in person
        for cutoff in (25.0, 60.0)
        for dose in (
            {"amount_mg": 30.0}, {"amount_mg": 35.0}, {"amount_mg": 56.0}, {"amount_mg_per_kg": 0.5},
            {"amount_mg_low": 30.0, "amount_mg_high": 45.0},
        )
    ]  # fmt: skip
    result, bad = chunk.answer(list(enumerate(rows, 1)), Options(draws=100, seed=3, times_h=(24.0,)))

    assert not bad
    for row, one in zip(rows, result, strict=True):
        amount = {k: v for k, v in row.items() if k in ("amount_mg", "amount_mg_per_kg")}
        if "amount_mg_low" in row:
            amount = {"amount_mg": {"low": row["amount_mg_low"], "high": row["amount_mg_high"]}}
        single = service.answer({
            "substance": "esketamine", "doses": [{"route": "nasal-spray", **amount}],
            "person": {k: v for k, v in row.items() if k == "weight_kg"},
            "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": row["cutoff_ng_ml"]}]},
            "options": {"draws": 100, "seed": 3},
        })["window"]  # fmt: skip
        for name in ("median_h", "low_h", "high_h", "monte_carlo_se_h"):
            assert single[name] == one[name]
