"""Elimination at a constant rate, as of alcohol: doses wait for each other, and metabolites form from what waits."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety, parameter

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.model.backlog import backlog
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.values.errors import InputError

SPREAD = {"interindividual_cv": 0.25, "uncertainty": 0.1}
TREE = [
    Moiety("spirit", mass=46.0, keys={"carrier": True}),
    Moiety("marker", mass=222.2, clearance={"value": 12.0, **SPREAD}, central_volume=20.0, peripherals=((5.0, 15.0),)),
    Moiety("second", mass=126.0, keys={"reabsorbed": False}, clearance=15.0, central_volume=20.0),
    Moiety("after", {"marker": 0.3}, 180.0, clearance=6.0),
]
ROUTE = {
    "id": "oral", "name": "Oral", "accepts_duration": True,
    "forms": [{"paths": [{"prefix": "oral", "kind": "capacity-limited", "delivers": ["marker", "second"], "lag": True}]}],
}  # fmt: skip
PARAMETERS = {
    "oral.elimination_rate": parameter(6500.0, "mg/h", **SPREAD),
    "oral.formation_rate_marker": parameter(5.5e-5, "1/h", **SPREAD),
    "oral.formation_rate_second": parameter(3e-5, "1/h"),
    "oral.lag_time": parameter(0.3, "h", **SPREAD),
}
G = 1000.0
DRINK = {"id": "drink", "name": "drink", "amount": toys.quantity(14, "g")}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    spirit = toys.substance("spirit", TREE, [(ROUTE, PARAMETERS)], most_mg=1_000_000, dose_units=[DRINK])
    toys.write(tmp_path, [spirit])


def ask(*doses, analyte="marker", cutoff=100.0, **more):
    return service.load({
        "substance": "spirit", "doses": [{"route": "oral", **dose} for dose in doses],
        "assay": {"analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}], "imprecision_cv": 0.0}, **more,
    })  # fmt: skip


def simulate(*doses, draws=100, **more):
    return Simulation(read_question(ask(*doses, **more)), Draws(5, layout(draws)))


DOSES = {
    "one": [{"amount_mg": 40 * G}],
    "two that wait for each other": [{"amount_mg": 56 * G, "start_h": 0}, {"amount_mg": 28 * G, "start_h": 2}],
    "two far apart": [{"amount_mg": 28 * G, "start_h": 0}, {"amount_mg": 14 * G, "start_h": 30}],
    "an evening of drinks": [{"amount": 1, "unit": "drink", "repeat": {"every_h": 0.75, "count": 6}}],
    "days of drinks": [{"amount_mg": 42 * G, "repeat": {"every_h": 24, "count": 10}}],
    "a range": [{"amount_mg": {"low": 20 * G, "high": 60 * G}}, {"amount_mg": 14 * G}],
    "a little after a lot": [{"amount_mg": 150 * G, "start_h": -20}, {"amount_mg": 2 * G, "start_h": 0}],
}


@pytest.mark.parametrize("draw", [0, 41])
@pytest.mark.parametrize("analyte", ["marker", "after"])
@pytest.mark.parametrize("name", DOSES)
def test_readings_and_crossings_are_those_of_matrix_exponentials(name, analyte, draw):
    simulation = simulate(*DOSES[name], analyte=analyte)
    (component,) = simulation.question.assay.components
    truth = Network(simulation, draw, component)
    times = np.array([0.0, 0.7, 2.0, 6.0, 11.0, 20.0, 60.0])
    read = simulation.concentration(component, times)[:, draw]
    expected = np.array([truth.reading(t) for t in times])
    counts = expected > 1e-9 * expected.max()

    assert read[counts] == pytest.approx(expected[counts], rel=1e-6)
    for share in (0.02, 0.5, 0.97):
        cutoff = share * expected.max()
        crossed = simulation.signal(component).crossings(cutoff)
        last = float(crossed.last[draw])
        assert truth.reading(last - 1e-4) >= cutoff > truth.reading(last + 1e-4)
        if crossed.first[draw] > 0.0:
            first = float(crossed.first[draw])
            assert truth.reading(first + 1e-4) >= cutoff >= truth.reading(max(first - 1e-4, 0.0))


def test_what_waits_falls_at_the_rate_and_waits_its_turn():
    starts, rate = np.array([0.0, 2.0, 30.0]), np.array([10.0, 5.0])
    segments = backlog(starts, np.zeros(3), np.array([[40.0, 40.0], [10.0, 10.0], [5.0, 5.0]]), rate)

    assert segments.rate.tolist() == [[40.0, 40.0], [30.0, 40.0], [5.0, 5.0]]
    assert segments.length.tolist() == [[2.0, 2.0], [3.0, 8.0], [0.5, 1.0]]
    assert (segments.slope == -rate).all()


@pytest.mark.parametrize(("amount", "hours"), [(40.0, 2.0), (40.0, 3.9), (40.0, 5.0)])
def test_a_dose_over_some_hours_waits_as_far_as_it_comes_faster_than_it_goes(amount, hours):
    rate = np.array([10.0])
    segments = backlog(np.array([0.0]), np.array([hours]), np.array([[amount]]), rate)
    peak = max(amount - rate[0] * hours, 0.0)

    # A triangle: up while it comes, down at the rate.
    assert segments.amount[0] == pytest.approx(0.5 * peak * hours + 0.5 * peak**2 / rate[0])


def test_one_dose_makes_the_square_of_its_amount():
    rate = np.full(1, 6500.0)
    small, large = (backlog(np.zeros(1), np.zeros(1), np.array([[amount]]), rate).amount for amount in (20e3, 40e3))

    assert large == pytest.approx(4.0 * small)
    assert small == pytest.approx(20e3**2 / (2.0 * 6500.0))


def test_more_or_closer_drinks_never_leave_less():
    def window(*doses):
        return service.answer(ask(*doses, options={"draws": 200}))["window"]["median_h"]

    amounts = [window({"amount_mg": amount * G}) for amount in (5, 10, 20, 40, 80, 160)]
    apart = [window({"amount_mg": 14 * G, "repeat": {"every_h": every, "count": 4}}) for every in (6.0, 3.0, 1.5, 0.5)]
    slowly = [window({"amount_mg": 42 * G, "duration_min": minutes}) for minutes in (360, 240, 120, 0)]

    for windows in (amounts, apart, slowly):
        assert (np.diff(windows) >= 0.0).all(), windows
    assert amounts[-1] > amounts[2] > 0.0


def test_faster_elimination_leaves_less():
    slow, fast = (
        service.answer(ask({"amount_mg": 40 * G}, model={"adjust": {"oral.elimination_rate": {"scale": scale}}}))[
            "window"
        ]
        for scale in (0.7, 1.4)
    )

    assert slow["median_h"] > fast["median_h"]


def test_rows_of_a_table_are_the_single_answers():
    common = {
        "substance": "spirit",
        "route": "oral",
        "analyte": "marker",
        "cutoff_ng_ml": 100,
        "every_h": 1,
        "count": 3,
    }
    table = [{"id": str(amount), "amount_mg": amount * G, **common} for amount in (10, 20, 40)]
    table += [{"id": "kg", "amount_mg_per_kg": 300, **common}, {"id": "drinks", "amount": 2, "unit": "drink", **common}]
    good, bad = chunk.answer(enumerate(table), Options(draws=200, seed=3))
    more = {"options": {"draws": 200, "seed": 3}, "assay": {"analytes": [{"analyte": "marker", "cutoff_ng_ml": 100}]}}
    alone = []
    for row in table:
        amount = {name: row[name] for name in ("amount_mg", "amount_mg_per_kg", "amount", "unit") if name in row}
        dose = {"route": "oral", **amount, "repeat": {"every_h": 1, "count": 3}}
        answer = service.answer(service.load({"substance": "spirit", "doses": [dose], **more}))
        alone.append(answer["window"]["median_h"])

    assert not bad
    assert [row["median_h"] for row in good] == alone


def test_the_textbook_view_counts_doses_as_doses():
    answer = service.answer(ask({"amount_mg": 40 * G}, model={"kind": "half-life"}, options={"draws": 100}))

    assert answer["window"]["median_h"] > 0.0


def test_many_drinks_are_refused_beyond_what_can_be_computed():
    question = ask({"amount_mg": 14 * G, "repeat": {"every_h": 1, "count": 9000}}, options={"draws": 20000})

    with pytest.raises(InputError):
        read_question(question)
