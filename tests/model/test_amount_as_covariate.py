"""Parameters that depend on the amount of a single dose: each dose's own on the way in, the largest one in the body."""

from types import MappingProxyType

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.model.dosing import amount_is_a_factor
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation

SHARE, RISE = -0.477, 0.2


def power(coefficient, reference=300.0, **keys):
    return [
        {"covariate": "amount_mg", "form": "power", "coefficient": coefficient, "reference": reference, **keys, **toys.ASSUMED}
    ]  # fmt: skip


EFFECTS = {"carrier-full": power(SHARE, clip=[300, 1600]), "slower": power(-RISE), "later": power(0.3)}
TREE = [
    Moiety("drug", clearance={"value": 15.0, "interindividual_cv": 0.3, "effects": ["slower"]}),
    Moiety("product", {"drug": 0.5}, 180.0),
]
LAG = toys.parameter(1.0, "h", effects=["later"])


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    route = toys.oral({"drug": {"value": 0.6, "interindividual_sd": 0.3, "effects": ["carrier-full"]}}, lag_time=LAG)
    still = toys.oral({"same": {"value": 0.6, "effects": ["carrier-full"]}})
    toys.write(tmp_path, [
        toys.substance("drug", TREE, [route], effects=EFFECTS),
        toys.substance("same", [Moiety("same")], [still], effects={"carrier-full": EFFECTS["carrier-full"]}),
    ])  # fmt: skip


def ask(*doses, substance="drug", analyte="product", assay=MappingProxyType({"imprecision_cv": 0.0}), **more):
    return service.load({
        "substance": substance, "doses": [{"route": "oral", **dose} for dose in doses],
        "assay": {"analytes": [{"analyte": analyte, "cutoff_ng_ml": 50.0}], **assay}, **more,
    })  # fmt: skip


def simulate(*doses, **more):
    return Simulation(read_question(ask(*doses, **more)), Draws(5, layout(100)))


def readings(simulation, times):
    (component,) = simulation.question.assay.components
    return simulation.concentration(component, np.asarray(times))


@pytest.mark.parametrize("amount", [100.0, 900.0, 4000.0])
def test_readings_and_crossings_are_those_of_matrix_exponentials(amount):
    simulation = simulate({"amount_mg": amount})
    (component,) = simulation.question.assay.components
    truth, times = Network(simulation, 7, component), [0.5, 3.0, 20.0]
    read = readings(simulation, times)[:, 7]

    assert read == pytest.approx([truth.reading(t) for t in times], rel=1e-6)
    last = simulation.signal(component).crossings(0.3 * read[1]).last[7]
    assert last == pytest.approx(truth.last_crossing(0.3 * read[1], 200.0, 1.0), abs=1e-4)


def test_on_the_way_in_each_dose_counts_by_its_own_amount():
    # Only the way in of this substance depends on the amount, so what two doses leave is the sum of what each leaves.
    small, large = {"amount_mg": 300.0, "start_h": 0.0}, {"amount_mg": 1200.0, "start_h": 5.0}
    both = simulate(small, large, substance="same", analyte="same")
    alone = [simulate(dose, substance="same", analyte="same") for dose in (small, large)]
    times = np.array([0.0, 1.0, 9.0])

    assert readings(both, times) == pytest.approx(readings(alone[0], times + 5.0) + readings(alone[1], times), rel=1e-9)
    assert readings(alone[1], times[1:]) == pytest.approx(
        4.0 ** (1.0 + SHARE) * readings(alone[0], times[1:]), rel=1e-9
    )


def test_in_the_body_the_largest_single_dose_counts():
    simulation = simulate({"amount_mg": 300.0, "start_h": 4.0}, {"amount_mg": 1200.0, "start_h": 0.0})
    alone = simulate({"amount_mg": 300.0})

    assert simulation.population("drug.clearance") == pytest.approx(alone.population("drug.clearance") * 4.0**-RISE)


def test_of_a_range_and_of_an_amount_per_kilogram_each_draw_has_its_own():
    simulation = simulate({"amount_mg": {"low": 300.0, "high": 1200.0}})
    within = np.log(simulation.dosing.amounts([simulation.question.regimen])[0] / 300.0)
    plain = simulate({"amount_mg": 300.0}).population("drug.clearance")
    per_kg = simulate({"amount_mg_per_kg": 10.0})
    weight = np.ravel(per_kg.person.covariates["weight_kg"])

    assert np.log(simulation.population("drug.clearance") / plain) == pytest.approx(-RISE * within, abs=1e-9)
    assert np.log(per_kg.population("drug.clearance") / plain) == pytest.approx(-RISE * np.log(weight / 30.0), abs=1e-9)


def test_after_other_doses_the_parameters_are_theirs():
    small, large = simulate({"amount_mg": 300.0}), simulate({"amount_mg": 1200.0})
    other = small.after_other_doses(large.question)

    assert (readings(other, [1.0, 8.0]) == readings(large, [1.0, 8.0])).all()


def test_no_concentration_is_a_multiple_of_the_amount_and_rows_of_a_table_know_it():
    question = read_question(ask({"amount_mg": 300.0}))
    common = {"substance": "drug", "route": "oral", "analyte": "product", "cutoff_ng_ml": 50}
    table = [{"id": str(i), "amount_mg": amount, **common} for i, amount in enumerate((300, 600, 1200, 300))]
    summary, _ = chunk.answer(enumerate(table), Options(draws=500, seed=3))
    options = {"draws": 500, "seed": 3}
    alone = [service.answer(ask({"amount_mg": row["amount_mg"]}, assay={}, options=options)) for row in table]

    assert not amount_is_a_factor(question.regimen, question.substance)
    assert len({row["median_h"] for row in summary}) == 3
    assert [row["median_h"] for row in summary] == [one["window"]["median_h"] for one in alone]


def test_once_it_is_absorbed_more_drug_never_leaves_less():
    values = [
        readings(simulate({"amount_mg": amount}), [12.0, 40.0]) for amount in (50.0, 299.0, 301.0, 1599.0, 5000.0)
    ]

    assert (np.diff(values, axis=0) > 0.0).all()
