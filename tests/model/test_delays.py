"""Lag times and release durations with spread, uncertainty and effects: beside matrix exponentials of the whole tree."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety, parameter

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.limits import check_open_doses
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.values.errors import InputError

SPREAD = {"interindividual_cv": 0.4, "uncertainty": 0.3}
LAG = parameter(2.0, "h", **SPREAD, effects=["slow-stomach"])
RELEASE = parameter(8.0, "h", **SPREAD)
BY_WEIGHT = {"covariate": "weight_kg", "form": "power", "coefficient": 0.5, "reference": 70, **toys.ASSUMED}
EFFECTS = {"slow-stomach": [BY_WEIGHT]}
TREE = [Moiety("drug", clearance={"value": 20.0, "interindividual_cv": 0.3}), Moiety("product", {"drug": 0.5}, 180.0)]
KINDS = {
    "first-order": {"kind": "first-order", "lag_time": LAG},
    "zero-order": {"kind": "zero-order", "lag_time": LAG, "release_duration": RELEASE},
    "zero-then-first-order": {"kind": "zero-then-first-order", "release_duration": RELEASE},
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    return tmp_path


def write(folder, kind="first-order", **changes):
    """A substance whose route has one path of a kind."""
    path = {**KINDS[kind], **changes}
    route, parameters = toys.oral({"drug": 0.7}, **path)
    if path["kind"] == "zero-order":
        del parameters["oral.absorption_rate_constant"]
    used = {"effects": EFFECTS} if any("effects" in parameter for parameter in parameters.values()) else {}
    toys.write(folder, [toys.substance("drug", TREE, [(route, parameters)], **used)])


def ask(**more):
    return read_question(service.load({
        "substance": "drug", "doses": [{"amount_mg": 100.0, "route": "oral", "repeat": {"every_h": 6, "count": 4}}],
        "assay": {"analytes": [{"analyte": "product", "cutoff_ng_ml": 20.0}], "imprecision_cv": 0.0}, **more,
    }))  # fmt: skip


@pytest.mark.parametrize("draw", [0, 17])
@pytest.mark.parametrize("kind", KINDS)
def test_readings_and_crossings_are_those_of_matrix_exponentials(folder, kind, draw):
    write(folder, kind)
    simulation = Simulation(ask(), Draws(5, layout(100)))
    (component,) = simulation.question.assay.components
    truth = Network(simulation, draw, component)
    times = np.array([0.0, 0.7, 4.0, 12.0, 60.0])
    read = simulation.concentration(component, times)[:, draw]
    cutoff = 0.4 * read[3]
    crossings = simulation.signal(component).crossings(cutoff)

    assert read == pytest.approx([truth.reading(t) for t in times], rel=1e-6)
    assert crossings.last[draw] == pytest.approx(truth.last_crossing(cutoff, 200.0, 1.0), abs=1e-4)


def test_each_draw_has_a_lag_and_a_release_of_its_own(folder):
    write(folder, "zero-order")
    simulation = Simulation(ask(), Draws(5, layout(100)))
    (lineage,) = simulation.question.substance.lineages("drug")
    (doses,) = simulation.dosing.doses(lineage, simulation.question.regimen)
    path = doses.absorptions[0]
    weight = simulation.columns.wide(simulation.person.covariates["weight_kg"])

    assert len(np.unique(path.lag_time)) > 10
    assert len(np.unique(path.release_duration)) > 10
    assert np.corrcoef(np.log(path.lag_time), np.log(weight))[0, 1] > 0.1


def test_without_spread_a_lag_is_one_number(folder):
    write(folder, "first-order", lag_time=parameter(2.0, "h"))
    simulation = Simulation(ask(), Draws(5, layout(100)))
    (lineage,) = simulation.question.substance.lineages("drug")
    (doses,) = simulation.dosing.doses(lineage, simulation.question.regimen)

    assert doses.absorptions[0].lag_time == 2.0


def test_the_work_of_open_doses_counts_long_delays(folder):
    # In nearly every draw 8 h of release are below 35 h with this spread: 118 doses every half hour are open with a void of 24 h.
    write(folder, "zero-then-first-order")
    doses = {"amount_mg": 1.0, "route": "oral", "repeat": {"every_h": 0.5, "count": 900}}
    question = ask(doses=[doses], options={"draws": 200})
    check_open_doses(question.regimen, question.substance, 4000, "/doses")

    with pytest.raises(InputError):
        check_open_doses(question.regimen, question.substance, 4500, "/doses")
