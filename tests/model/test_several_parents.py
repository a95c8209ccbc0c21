"""Moieties with several parents, carriers, and doses that deliver half-way: beside matrix exponentials of the whole tree."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety

from detectapi import service
from detectapi.knowledge import catalog
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation

VARIED = {"interindividual_cv": 0.3}
DEEP = ((14.0, 70.0),)
SPLIT = {"conjugate_of": "oxa", "reabsorbed": False}
TREE = [
    Moiety("pam", None, 284.7, {"charge": "neutral"}, DEEP, clearance={"value": 1.6, **VARIED}, central_volume=13.0),
    Moiety("nor", {"pam": {"value": 0.5, "interindividual_sd": 0.4}}, 270.7, clearance=1.0, central_volume=87.0),
    Moiety("tem", {"pam": 0.3}, 300.7, clearance=4.9, central_volume=67.0),
    Moiety("oxa", {"nor": 0.45, "tem": 0.2}, 286.7, clearance={"value": 4.5, **VARIED}, central_volume=41.0),
    Moiety("oxa-glucuronide", {"oxa": 0.8}, 462.8, SPLIT, clearance=4.6, central_volume=14.0),
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    spirit = [
        Moiety("spirit", mass=46.0, keys={"carrier": True}),
        Moiety("marker", mass=222.2, keys={"reabsorbed": False}),
    ]
    toys.write(tmp_path, [
        toys.substance("pam", TREE, [toys.oral({"pam": 0.7, "oxa": 0.1})]),
        toys.substance("spirit", spirit, [toys.oral({"marker": 0.01})]),
    ])  # fmt: skip
    return tmp_path


def ask(substance, analyte, amount=10.0, **more):
    return service.load({
        "substance": substance, "doses": [{"amount_mg": amount, "route": "oral", "repeat": {"every_h": 12, "count": 3}}],
        "assay": {"analytes": [{"analyte": analyte, "cutoff_ng_ml": 20.0, "hydrolysed": True}], "imprecision_cv": 0.0}, **more,
    })  # fmt: skip


def simulate(*args, **more):
    return Simulation(read_question(ask(*args, **more)), Draws(5, layout(100)))


def test_every_way_of_formation_is_found_and_each_end_is_counted_once():
    ways = catalog.substance("pam").lineages("oxa-glucuronide")

    assert [("pam", "nor", "oxa", "oxa-glucuronide"), ("pam", "tem", "oxa", "oxa-glucuronide")] == [
        w.moieties for w in ways
    ]
    assert [(True, True, True, True), (True, True, False, False)] == [way.delivered for way in ways]


@pytest.mark.parametrize("draw", [0, 41])
@pytest.mark.parametrize(("substance", "analyte"), [("pam", "oxa"), ("pam", "nor"), ("spirit", "marker")])
def test_readings_and_crossings_are_those_of_matrix_exponentials(substance, analyte, draw):
    simulation = simulate(substance, analyte)
    (component,) = simulation.question.assay.components
    truth = Network(simulation, draw, component)
    times = np.array([0.0, 0.4, 3.0, 30.0, 200.0])
    result = simulation.concentration(component, times)[:, draw]
    cutoff = 0.3 * result[2]

    assert result == pytest.approx([truth.reading(t) for t in times], rel=1e-6)
    assert simulation.signal(component).crossings(cutoff).last[draw] == pytest.approx(
        truth.last_crossing(cutoff, 600.0, 1.0), abs=1e-4
    )


def test_shares_of_a_parent_that_would_be_more_than_all_of_it_are_scaled_down_over_all_its_products():
    simulation = simulate("pam", "oxa")
    kinetics = simulation.kinetics
    formed = kinetics.formation("nor", "pam") + kinetics.formation("tem", "pam")

    assert (formed <= kinetics.columns.wide(kinetics.nonrenal_clearance("pam")) * (1.0 + 1e-12)).all()


def test_a_dose_of_a_carrier_is_counted_in_moles_of_the_carrier():
    simulation = simulate("spirit", "marker", amount=46.0)
    (lineage,) = simulation.question.substance.lineages("marker")
    (doses,) = simulation.dosing.doses(lineage, simulation.question.regimen)

    assert doses.amount == pytest.approx([1000.0])


def test_a_carrier_is_not_asked_for_and_its_textbook_view_absorbs_all_of_it():
    with pytest.raises(Exception, match="No test is answered for Spirit"):
        read_question(ask("spirit", "spirit"))

    answer = service.answer(ask("spirit", "marker", model={"kind": "half-life"}, options={"draws": 100}))
    assert answer["window"]["median_h"] > 0.0


def test_more_of_a_dose_is_never_positive_for_a_shorter_time():
    last = [service.answer(ask("pam", "oxa", amount, options={"draws": 100}))["window"] for amount in (5.0, 10.0, 20.0)]

    assert last[0]["median_h"] < last[1]["median_h"] < last[2]["median_h"]
