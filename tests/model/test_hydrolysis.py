"""Tests that split conjugates first: what they read, how sure they are, and who is told of it."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety

from detectapi import service
from detectapi.knowledge import catalog, evidence
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation, simulate_typical
from detectapi.values.assay import Reading

FREE = Moiety("poppyne", mass=285.3, clearance=60.0, central_volume=80.0, permeability_surface=20.0)
CONJUGATE = Moiety(
    "poppyne-glucuronide", {"poppyne": 0.75}, 461.5, {"conjugate_of": "poppyne", "reabsorbed": False},
    clearance=7.0, central_volume=18.0, fraction_unbound=0.75,
)  # fmt: skip
WHOLE = Moiety("nor-poppyne", {"poppyne": 0.1}, 271.3, {"total": True}, clearance=20.0)
TREE = [FREE, CONJUGATE, WHOLE]
ORAL = toys.oral({"poppyne": 0.3, "poppyne-glucuronide": 0.4})
RULES = [
    {
        "grade": "extrapolated",
        "because": "Total was followed.",
        "sources": [],
        "analytes": ["poppyne"],
        "hydrolysed": True,
    },
    {"grade": "hypothesis", "because": "Nobody looked for the free form.", "sources": []},
]
POORLY = {"value": 0.1, "uncertainty": 0.3, **toys.ASSUMED}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    notes = [{"code": "free-only", "message": "Free.", "hydrolysed": False}]
    hydrolysed = {"analyte": "poppyne", "cutoff_ng_ml": 300, "hydrolysed": True}
    toys.write(
        tmp_path,
        [toys.substance("poppy", TREE, [ORAL], evidence=RULES, notes=notes)],
        {"good": toys.assay(["poppy"], [hydrolysed]),
         "poor": toys.assay(["poppy"], [hydrolysed], hydrolysis_yield=POORLY),
         "wide": toys.assay(["poppy"], [hydrolysed, {"analyte": "oxypoppyne", "cutoff_ng_ml": 9}]),
         "all": toys.assay(["poppy"], [hydrolysed, {"analyte": "oxypoppyne", "cutoff_ng_ml": 9}], rule="all")},
    )  # fmt: skip
    return tmp_path


def ask(assay, amount=30.0, **more):
    return service.load(
        {"substance": "poppy", "doses": [{"amount_mg": amount, "route": "oral"}], "assay": assay, **more}
    )


def a_test_of(*entries, **more):
    return {"analytes": [{"cutoff_ng_ml": 300.0, **entry} for entry in entries], **more}


TOTAL = a_test_of({"analyte": "poppyne", "hydrolysed": True}, imprecision_cv=0.0)
ALONE = a_test_of({"analyte": "poppyne"}, imprecision_cv=0.0)
BOTH = a_test_of({"analyte": "poppyne", "hydrolysed": True}, {"analyte": "poppyne"})


def simulate(assay, draws=200, **more):
    question = read_question(ask(assay, **more))
    return Simulation(question, Draws(1, layout(draws)))


# -- what is read -----------------------------------------------------------------------------------------------------


def test_a_hydrolysed_test_reads_the_analyte_and_what_its_conjugates_set_free():
    simulation = simulate_typical(read_question(ask(TOTAL)))
    time = np.array([1.0, 6.0, 24.0])
    free, conjugate = (
        simulation.response(name).concentration(time)[:, 0] * simulation.per_plasma(name)[0]
        for name in ("poppyne", "poppyne-glucuronide")
    )
    (component,) = simulation.question.assay.components

    assert simulation.concentration(component, time)[:, 0] == pytest.approx(free + conjugate * 285.3 / 461.5)


@pytest.mark.slow
@pytest.mark.parametrize("draw", [0, 7, 199])
@pytest.mark.parametrize("analyte", ["poppyne", "nor-poppyne"])
def test_hydrolysed_readings_and_their_crossings_are_those_of_matrix_exponentials(analyte, draw):
    simulation = simulate(a_test_of({"analyte": analyte, "hydrolysed": True}, imprecision_cv=0.0), amount=100.0)
    (component,) = simulation.question.assay.components
    truth = Network(simulation, draw, component)
    times = np.array([0.0, 0.3, 2.0, 11.0, 40.0])
    result = simulation.concentration(component, times)[:, draw]
    cutoff = 0.1 * result.max()

    assert result == pytest.approx([truth.reading(t) for t in times], rel=1e-6)
    assert simulation.signal(component).crossings(cutoff).last[draw] == pytest.approx(
        truth.last_crossing(cutoff, 200.0), abs=1e-4
    )


def test_hydrolysis_never_reads_less_than_the_free_analyte():
    time = np.linspace(0.0, 60.0, 61)
    simulation = simulate(BOTH)
    total, free = (simulation.concentration(part, time) for part in simulation.question.assay.components)

    assert (total >= free).all()


def test_a_moiety_that_stands_for_all_forms_is_read_after_hydrolysis_whatever_is_asked():
    parts = [
        read_question(ask(a_test_of({"analyte": "nor-poppyne", **more}))).assay.components[0]
        for more in ({}, {"hydrolysed": True})
    ]

    assert parts[0] == parts[1]
    assert parts[0].hydrolysed


def test_a_poor_hydrolysis_reads_less_and_its_uncertainty_is_of_what_is_not_known():
    good, poor = (simulate(name) for name in ("good", "poor"))
    freed = poor.hydrolysis_yield()
    per_row = [set(freed[poor.selection.knowledge == row]) for row in set(poor.selection.knowledge)]

    assert np.median(freed) == pytest.approx(0.1, rel=0.1)
    assert all(len(values) == 1 for values in per_row)
    assert np.std(np.log(good.hydrolysis_yield())) == pytest.approx(0.05, rel=0.2)


def test_a_part_that_the_substance_does_not_form_is_left_out():
    assert ["poppyne"] == [part.analyte for part in read_question(ask("wide")).assay.components]


def test_a_test_that_must_find_what_the_substance_does_not_form_is_refused():
    with pytest.raises(Exception, match="does not form"):
        read_question(ask("all"))


# -- how sure it is -----------------------------------------------------------------------------------------------------


def test_a_conjugate_shares_the_residual_of_the_specimen_with_its_analyte():
    simulation = simulate(TOTAL)
    ratio = [
        simulation.per_plasma(name)
        / simulation.kinetics.renal_clearance(name, simulation.specimen.flow, simulation.specimen.ph)
        for name in ("poppyne", "poppyne-glucuronide")
    ]

    assert ratio[0] / 285.3 == pytest.approx(ratio[1] / 461.5)
    assert np.std(np.log(ratio[0] * simulation.specimen.flow)) > 0.2


# -- what is told -------------------------------------------------------------------------------------------------------


def test_an_answer_says_that_a_reading_is_after_hydrolysis():
    answer = service.answer(ask(BOTH, options={"draws": 100}))

    assert [True, None] == [entry.get("hydrolysed") for entry in answer["analytes"]]
    assert "hydrolysis_yield" in [entry["name"] for entry in answer["inputs_used"]]
    assert all("cross_reactivity" not in entry for entry in answer["analytes"])


def test_an_answer_without_hydrolysis_says_nothing_of_it():
    answer = service.answer(ask(ALONE, options={"draws": 100}))

    assert "hydrolysed" not in answer["analytes"][0]
    assert "hydrolysis_yield" not in [entry["name"] for entry in answer["inputs_used"]]


def test_evidence_and_notes_tell_free_from_total():
    poppy = catalog.substance("poppy")
    total, free = (evidence.grade(poppy, ("oral",), "single", (Reading("poppyne", split),)) for split in (True, False))
    notes = [
        [note["code"] for note in evidence.remarks(poppy, ("oral",), "single", (Reading("poppyne", split),), ())]
        for split in (True, False)
    ]

    assert ("extrapolated", "hypothesis") == (total.grade, free.grade)
    assert [[], ["free-only"]] == notes


def test_the_half_life_view_counts_conjugates_too():
    total, free = (
        service.answer(ask(assay, model={"kind": "half-life"}, options={"draws": 100}))["window"]["median_h"]
        for assay in (TOTAL, ALONE)
    )

    assert total > free
