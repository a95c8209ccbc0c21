"""Several substances used by one person: what they leave of one analyte adds up in one specimen."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.model.asked_assay import component_of
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.several_uses import simulate
from detectapi.telling.summary import summarize
from detectapi.values.errors import InputError

VARIED = {"interindividual_cv": 0.4, "uncertainty": 0.2}
SHARED = {"clearance": {"value": 15.0, **VARIED}, "fraction_unbound": 0.6}
FIRST = [Moiety("cod", clearance={"value": 30.0, **VARIED}), Moiety("mor", {"cod": 0.2}, 285.0, **SHARED)]
SECOND = [
    Moiety("mor", None, 285.0, **SHARED),
    Moiety("mor-sugar", {"mor": 0.6}, 461.0, {"conjugate_of": "mor", "reabsorbed": False}),
]
SCREEN = toys.assay(
    ["cod", "mor"], [{"analyte": "mor", "cutoff_ng_ml": 150, "cross_reactivity": {"cod": 0.8}}], "immunoassay"
)
CONFIRM = toys.assay(
    ["cod", "mor"],
    [{"analyte": "mor", "cutoff_ng_ml": 200, "hydrolysed": True}, {"analyte": "cod", "cutoff_ng_ml": 100}],
)
BOTH = {
    "name": "Both",
    "issuer": "Toy",
    "date": "2026",
    "substances": ["cod", "mor"],
    "stages": ["screen", "confirm"],
    **toys.ASSUMED,
}
A = {"substance": "cod", "doses": [{"amount_mg": 60, "route": "oral", "start_h": 0}]}
B = {
    "substance": "mor",
    "doses": [{"amount_mg": 20, "route": "oral", "start_h": 5, "repeat": {"every_h": 6, "count": 2}}],
}
OTHER = {"substance": "else", "doses": [{"amount_mg": 20, "route": "oral"}]}
TIMES = np.array([0.0, 0.6, 5.0, 24.0])


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    toys.write(tmp_path, [
        toys.substance("cod", FIRST, [toys.oral({"cod": 0.5})]),
        toys.substance("mor", SECOND, [toys.oral({"mor": 0.3, "mor-sugar": 0.3})]),
        toys.substance("else", [Moiety("else")], [toys.oral({"else": 0.5})]),
    ], {"screen": SCREEN, "confirm": CONFIRM, "both": BOTH})  # fmt: skip


def ask(*uses, assay="confirm", **more):
    return service.load({"uses": list(uses), "assay": assay, **more})


def simulation(*uses, draws=100, **more):
    question = read_question(ask(*uses, **more))
    return simulate(question, [Draws(5, layout(draws)) for _ in question.each])


@pytest.mark.parametrize("draw", [0, 41])
@pytest.mark.parametrize("assay", ["confirm", "both"])
def test_readings_and_crossings_are_the_sum_of_matrix_exponentials_of_each_use(assay, draw):
    for stage in simulation(A, B, assay=assay).stages():
        for component in stage.assay.components:
            parts = [(one, component_of(component, one.question.substance)) for one in stage.simulations]
            truths = [Network(one, draw, part) for one, part in parts if part is not None]
            truth = [sum(one.reading(t) for one in truths) for t in TIMES]
            assert stage.concentration(component, TIMES)[:, draw] == pytest.approx(truth, rel=1e-6)
            cutoff = 0.5 * truth[2]
            last = stage.signal(component).crossings(cutoff)
            last = float(last.last[draw])
            noise = float(np.broadcast_to(stage.signal(component).noise, 100)[draw])
            below, above = (sum(one.reading(last + shift) for one in truths) * noise for shift in (1e-4, -1e-4))
            assert below < cutoff <= above


def test_the_uses_are_of_one_person_and_read_in_one_specimen():
    both = simulation(A, B)
    first, second = both.simulations
    (component, _) = both.assay.components

    assert (first.person.gfr == second.person.gfr).all()
    assert (first.specimen.flow == second.specimen.flow).all()
    assert (first.population("mor.clearance") == second.population("mor.clearance")).all()
    noises = [one.noise(component_of(component, one.question.substance)) for one in both.simulations]
    assert (noises[0] == noises[1]).all()


def test_a_second_use_only_adds_and_without_doses_adds_nothing():
    alone, none, both = (
        service.answer(ask(*uses, options={"draws": 500}))["window"]
        for uses in (
            [A],
            [A, {"substance": "mor", "doses": []}],
            [A, {**B, "doses": [{"amount_mg": 20, "route": "oral"}]}],
        )
    )

    assert alone == none
    assert both["median_h"] > alone["median_h"]


def test_one_use_is_the_plain_question_and_the_order_of_uses_does_not_matter():
    plain = service.answer(service.load({**A, "assay": "confirm", "options": {"draws": 200}}))
    single = service.answer(ask(A, options={"draws": 200}))
    one, other = (service.answer(ask(*uses, options={"draws": 200})) for uses in ((A, B), (B, A)))

    assert single["window"] == plain["window"]
    assert "uses" not in single
    assert one["window"] == other["window"]


def test_times_count_from_the_end_of_the_last_dose_of_all_uses():
    first, second = (one.question.regimen.trains for one in simulation(A, B).simulations)
    pattern = {"substance": "mor", "pattern": {"frequency": "daily", "for_days": 3, "amount_mg": 5, "route": "oral"}}
    with_pattern = [one.question.regimen.trains for one in simulation(A, pattern).simulations]
    clocked = [
        {"substance": name, "doses": [{"amount_mg": 5, "route": "oral", "start": f"2026-11-29T{hour}:00:00Z"}]}
        for name, hour in (("cod", "08"), ("mor", "20"))
    ]
    by_clock = [one.question.regimen for one in simulation(*clocked).simulations]

    assert [train.last_start for train in (*first, *second)] == [-11.0, 0.0]
    assert [train.last_start for trains in with_pattern for train in trains] == [0.0, 0.0]
    assert [regimen.trains[0].start for regimen in by_clock] == [-12.0, 0.0]
    assert {regimen.ended_at.isoformat() for regimen in by_clock} == {"2026-11-29T20:00:00+00:00"}


def test_an_answer_names_every_use_and_what_the_test_does_not_look_for():
    answer = service.answer(ask(A, B, OTHER, options={"draws": 100}))
    routes = [entry["detail"] for entry in answer["inputs_used"] if entry["name"] == "route"]
    (unseen,) = (note for note in answer["notes"] if note["code"] == "not-looked-for")

    assert answer["uses"] == ["cod", "mor", "else"]
    assert routes == ["Cod", "Mor", "Else"]
    assert "Else" in unseen["message"]
    assert "Cod:" in answer["evidence"]["because"]
    said = summarize(answer)
    assert said.title == "Cod + mor + else in urine"
    assert "detectapi show mor" in said.numbers


def test_a_row_of_a_table_is_the_single_answer():
    rows = [{"id": "both", "uses": [A, B], "assay": "both"}, {"id": "one", "uses": [A], "assay": "both"}]
    good, bad = chunk.answer(enumerate(rows), Options(draws=500, seed=3))
    options = {"draws": 500, "seed": 3}
    alone = [service.answer(ask(*row["uses"], assay="both", options=options))["window"] for row in rows]

    assert not bad
    assert [row["median_h"] for row in good] == [window["median_h"] for window in alone]


@pytest.mark.parametrize(
    ("request_", "pointer", "code"),
    [
        ({"uses": [A, {"substance": "nothing", "doses": []}]}, "/uses/1/substance", "unknown-substance"),
        ({"uses": [A, {"substance": "mor"}]}, "/uses/1", "exactly-one"),
        ({"uses": [A, {**B, "doses": [{"amount_mg": 5, "route": "rectal"}]}]}, "/uses/1/doses/0/route", "unknown-route"),
        ({"uses": [A], "substance": "cod"}, "/substance", "conflict"),
        ({"doses": []}, "/substance", "required"),
        ({"uses": [A, B], "model": {"kind": "half-life", "half_life_h": 3}}, "/model/half_life_h", "conflict"),
        ({"uses": [A, B], "model": {"adjust": {"x.y": {"scale": 2}}}}, "/model/adjust/x.y", "unknown-parameter"),
        ({"uses": [OTHER], "assay": "confirm"}, "/assay", "not-supported"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused_where_it_stands(request_, pointer, code):
    with pytest.raises(InputError) as caught:
        read_question(service.load(request_))

    (problem,) = caught.value.problems
    assert (problem.pointer, problem.code) == (pointer, code)


def test_a_parameter_that_one_of_the_substances_has_can_be_changed():
    question = read_question(ask(A, B, model={"adjust": {"cod.clearance": {"scale": 2}}}))

    assert question.uses[0].parameters["cod.clearance"].value == 60.0


def test_the_textbook_view_adds_up_too():
    answer = service.answer(ask(A, B, model={"kind": "half-life"}, options={"draws": 100}))

    assert answer["window"]["median_h"] > 0.0


def test_series_of_specimens_add_up_too():
    alone, none, both = (
        service.answer(ask(*uses, options={"draws": 500}))["serial"]["last_positive"]["median_h"]
        for uses in (
            [A],
            [A, {"substance": "mor", "doses": []}],
            [A, {**B, "doses": [{"amount_mg": 20, "route": "oral"}]}],
        )
    )

    assert alone == none < both


@pytest.mark.slow
def test_sensitivity_is_of_all_uses_together():
    asked = ask(A, B)
    shares, window = service.sensitivity(asked), service.answer(asked)["window"]

    assert shares["window"] == {name: window[name] for name in ("median_h", "low_h", "high_h")}
