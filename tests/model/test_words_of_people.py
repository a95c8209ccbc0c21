"""Covariates that are told in a word: drawn among people where they are not told, implied by a pattern of use, or given."""

import numpy as np
import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation, simulate_typical

FACTORS = {"poor": 0.05, "intermediate": 0.5, "ultrarapid": 1.6}
SHARES = {"poor": 0.07, "intermediate": 0.30, "normal": 0.58, "ultrarapid": 0.05}
EFFECTS = {
    "enzyme": [{"covariate": "cyp2d6", "form": "category", "factors": FACTORS, **toys.ASSUMED}],
    "habit": [{"covariate": "use_history", "form": "category", "factors": {"daily": 2.0}, **toys.ASSUMED}],
    "induction": [{"covariate": "pattern", "form": "category", "factors": {"chronic": 1.5}, **toys.ASSUMED}],
}
DAILY = {"frequency": "daily", "for_days": 60, "amount_mg": 10, "route": "oral"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    tree = [
        Moiety("pro", nonrenal_factor={"effects": ["induction"]}),
        Moiety("drug", {"pro": {"value": 0.1, "effects": ["enzyme"]}}),
    ]
    route = toys.oral({"pro": {"value": 0.4, "effects": ["habit"]}})
    toys.write(tmp_path, [toys.substance("pro", tree, [route], effects=EFFECTS)])
    return tmp_path


def ask(use=None, person=None, **more):
    use = use or {"doses": [{"amount_mg": 10, "route": "oral"}]}
    assay = {"analytes": [{"analyte": "drug", "cutoff_ng_ml": 5.0}], "imprecision_cv": 0.0}
    return service.load({"substance": "pro", **use, "person": person or {}, "assay": assay, **more})


def simulate(*args, draws=2000, **more):
    return Simulation(read_question(ask(*args, **more)), Draws(5, layout(draws)))


def test_a_word_that_is_not_told_is_drawn_by_the_shares_among_people():
    simulation = simulate()
    values = np.round(simulation.population("drug.formation_fraction") / 0.1, 6)
    result = {word: np.mean(values == FACTORS.get(word, 1.0)) for word in SHARES}

    # People are stratified within each batch: a share is right to a few of them.
    assert result == pytest.approx(SHARES, abs=0.02)


def test_one_person_has_the_same_word_in_every_draw():
    simulation = simulate()
    values = simulation.population("drug.formation_fraction")
    of_each = [set(values[simulation.selection.people == person]) for person in set(simulation.selection.people)]

    assert all(len(values) == 1 for values in of_each)


@pytest.mark.parametrize("word", SHARES)
def test_a_word_that_is_told_holds_in_every_draw(word):
    simulation = simulate(person={"cyp2d6": word})

    assert np.broadcast_to(simulation.population("drug.formation_fraction"), 1) == pytest.approx(
        0.1 * FACTORS.get(word, 1.0)
    )


def test_the_typical_person_has_the_word_in_the_middle_of_their_order():
    assert simulate_typical(read_question(ask())).population("drug.formation_fraction") == pytest.approx(0.1)


def test_a_mixture_of_people_is_wider_than_any_of_its_words():
    def spread(**person):
        return np.std(
            np.log(simulate(person=person).concentration(read_question(ask()).assay.components[0], np.array([8.0]))[0])
        )

    assert spread() > max(spread(cyp2d6=word) for word in SHARES)


def test_a_pattern_of_use_implies_what_is_not_told_and_gives_way_to_what_is():
    occasional = {"use_history": "occasional"}
    asked = [(None, occasional), ({"pattern": DAILY}, {}), ({"pattern": DAILY}, occasional)]
    single, chronic, known = (simulate(use, person) for use, person in asked)

    def share(simulation):
        return float(np.ravel(simulation.population("oral.fraction_pro"))[0])

    assert share(chronic) == pytest.approx(2.0 * share(single))
    assert share(known) == pytest.approx(share(single))


def test_a_parameter_may_depend_on_the_pattern_of_use_itself():
    single, chronic = (
        np.ravel(simulate(use).population("pro.nonrenal_factor"))[0] for use in (None, {"pattern": DAILY})
    )

    assert (single, chronic) == (1.0, 1.5)


def test_an_answer_says_what_was_drawn_implied_or_given():
    used = {
        entry["name"]: entry
        for entry in service.answer(ask({"pattern": DAILY}, {"cyp2d6": "poor"}, options={"draws": 100}))["inputs_used"]
    }
    drawn = {entry["name"]: entry for entry in service.answer(ask(options={"draws": 100}))["inputs_used"]}

    assert ("poor", "given") == (used["cyp2d6"]["value"], used["cyp2d6"]["source"])
    assert ("daily", "derived") == (used["use_history"]["value"], used["use_history"]["source"])
    assert "normal 58%" in drawn["cyp2d6"]["detail"]


def test_a_word_that_is_none_is_refused_with_the_words():
    with pytest.raises(Exception) as caught:
        ask(person={"cyp2d6": "quick"})

    assert ("/person/cyp2d6", tuple(SHARES)) == (
        caught.value.problems[0].pointer,
        tuple(caught.value.problems[0].allowed),
    )


def test_rows_of_different_words_and_patterns_are_answered_as_alone():
    rows = [
        {"substance": "pro", "amount_mg": 10, "route": "oral", "analyte": "drug", "cutoff_ng_ml": 5, **more}
        for more in ({}, {"cyp2d6": "poor"}, {"cyp2d6": "ultrarapid"}, {"every_h": 24, "count": 60})
    ]
    together, mistakes = chunk.answer(enumerate(rows), Options(draws=200))
    alone = [chunk.answer([(i, row)], Options(draws=200))[0][0] for i, row in enumerate(rows)]

    assert not mistakes
    assert sorted(together, key=str) == sorted(alone, key=str)
