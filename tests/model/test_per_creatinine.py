"""Cutoffs per creatinine: the analyte over the creatinine of the same specimen is compared with them."""

import numpy as np
import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.telling import sentences


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    drug = Moiety("drug", keys={"reabsorbed": False})
    cutoffs = {"per-ml": {"cutoff_ng_ml": 20}, "per-mg": {"cutoff_ng_mg_creatinine": 20}}
    toys.write(
        tmp_path,
        [toys.substance("drug", [drug], [toys.oral({"drug": 0.5})])],
        {name: toys.assay(["drug"], [{"analyte": "drug", **cutoff}], imprecision=0.0) for name, cutoff in cutoffs.items()},
    )  # fmt: skip


def ask(assay, **more):
    return service.load({"substance": "drug", "doses": [{"amount_mg": 10, "route": "oral"}], "assay": assay, **more})


def simulate(assay, **more):
    return Simulation(read_question(ask(assay, **more)), Draws(2, layout(200)))


def last(simulation):
    (component,) = simulation.question.assay.components
    return simulation.crossings(component).last


def test_a_specimen_falls_below_a_cutoff_per_creatinine_where_its_ratio_does():
    simulation = simulate("per-mg")
    (component,) = simulation.question.assay.components
    draw = int(np.argmax(last(simulation)))
    result = simulation.concentration(component, np.array([last(simulation)[draw]]))[0, draw]

    assert result / (simulation._composition().creatinine[draw] / 100.0) == pytest.approx(20.0, rel=1e-6)


def test_at_a_creatinine_of_100_mg_dl_both_cutoffs_are_the_same():
    specimen = {"urine_creatinine_mg_dl": 100.0}

    assert last(simulate("per-mg", specimen=specimen)) == pytest.approx(last(simulate("per-ml", specimen=specimen)))


def test_flow_does_not_move_a_ratio_to_creatinine():
    """Neither the filtration of the drug nor the excretion of creatinine follows what is drunk, so their ratio does not either."""
    few, much = (simulate("per-mg", hydration={"fluid_intake_l_day": litres}) for litres in (1.5, 3.0))

    assert last(few) == pytest.approx(last(much))


def test_an_answer_names_the_cutoff_by_its_unit():
    answer = service.answer(ask("per-mg", options={"draws": 100}))

    assert 20.0 == answer["analytes"][0]["cutoff_ng_mg_creatinine"]
    assert "cutoff_ng_ml" not in answer["analytes"][0]
    assert "20 ng of Drug per mg of creatinine" in sentences.cutoffs(answer).replace("drug", "Drug")
