"""Acids and neutral moieties in whole estimates, beside matrix exponentials and over urine pH."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation

NUMBERS = {"clearance": 5.0, "central_volume": 40.0, "permeability_surface": 80.0, "fraction_unbound": 0.5}
PKA = {"base": 7.2, "acid": 7.2}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    moieties = {
        charge: Moiety("sleep", keys={"charge": charge}, **NUMBERS, **({"pka": PKA[charge]} if charge in PKA else {}))
        for charge in ("base", "acid", "neutral")
    }
    toys.write(tmp_path, [toys.substance(c, [m], [toys.oral({"sleep": 0.9})]) for c, m in moieties.items()])


def ask(charge, ph, **more):
    return service.load({
        "substance": charge, "doses": [{"amount_mg": 100, "route": "oral"}], "urine_ph": ph, "specimen": {"urine_ph": ph},
        "assay": {"analytes": [{"analyte": "sleep", "cutoff_ng_ml": 100}], "imprecision_cv": 0.0}, **more,
    })  # fmt: skip


@pytest.mark.parametrize("charge", ["base", "acid", "neutral"])
def test_a_reading_is_that_of_matrix_exponentials(charge):
    simulation = Simulation(read_question(ask(charge, 7.4)), Draws(3, layout(100)))
    (component,) = simulation.question.assay.components
    truth = Network(simulation, 11, component)
    times = np.array([0.5, 6.0, 50.0])

    assert simulation.concentration(component, times)[:, 11] == pytest.approx(
        [truth.reading(t) for t in times], rel=1e-6
    )


@pytest.mark.parametrize(("charge", "sign"), [("base", -1.0), ("acid", 1.0), ("neutral", 0.0)])
def test_urine_ph_moves_what_is_in_the_specimen_in_the_direction_of_the_charge(charge, sign):
    first = [Simulation(read_question(ask(charge, ph)), Draws(3, layout(100))) for ph in (5.0, 6.0, 7.0, 8.0)]
    read = np.array([s.concentration(s.question.assay.components[0], np.array([2.0]))[0] for s in first])

    assert (np.sign(np.round(np.diff(np.log(read), axis=0), 9)) == sign).all()


@pytest.mark.parametrize("charge", ["acid", "neutral"])
def test_a_window_is_answered(charge):
    answer = service.answer(ask(charge, 6.0, options={"draws": 100}))

    assert answer["window"]["median_h"] > 0.0
