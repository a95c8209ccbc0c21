"""Files that are possible but awkward: rates that are equal or nearly so, and a weak dose long after a strong one.

Each is answered, right to the bar of accuracy, and with at most twenty times the evaluations of an ordinary question.
"""

import numpy as np
import pytest
import toys
from effort import evaluations
from toys import Moiety

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation

PLAN = layout(50)
MOST = 20
"""Evaluations of an awkward question at most, in those of an ordinary one."""
VOLUME = 50.0


def chain(rate, gap=0.0, **numbers):
    """Three moieties, each formed from the one before it, whose rates differ by a relative gap."""
    names = ("first", "second", "third")
    parents = (None, {"first": 0.5}, {"second": 0.5})
    return [
        Moiety(name, formed, clearance=VOLUME * rate * (1.0 + gap * i), central_volume=VOLUME, **numbers)
        for i, (name, formed) in enumerate(zip(names, parents, strict=True))
    ]


NOT_RENAL = {"fraction_unbound": 1e-6}
"""So little is filtered that the rates are those of the file in every draw."""
FILES = {
    "ordinary": ([Moiety("first"), Moiety("second", {"first": 0.5}), Moiety("third", {"second": 0.5})], 1.0),
    "all rates at 3/h": (chain(3.0, **NOT_RENAL), 3.0),
    "all rates at 3/h and kidneys": (chain(3.0), 3.0),
    "rates equal to 1e-12": (chain(0.3, 1e-12, **NOT_RENAL), 0.3),
    "rates a thousandth apart": (chain(0.3, 1e-3, **NOT_RENAL), 0.3 * (1.0 - 1e-3)),
}
AWKWARD = [name for name in FILES if name != "ordinary"]
ONE = [{"amount_mg": 100, "route": "oral"}]
WEAK_AFTER_STRONG = [
    {"amount_mg": 1000, "route": "oral", "start_h": -200},
    {"amount_mg": 0.001, "route": "oral", "start_h": 0},
]
DOSES = {"one dose": ONE, "a weak dose 200 h after a strong one": WEAK_AFTER_STRONG}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    substances = [
        toys.substance(name.replace(" ", "-").replace("/", "-"), moieties, [toys.oral({"first": 0.9}, rate)])
        for name, (moieties, rate) in FILES.items()
    ]
    toys.write(tmp_path, substances)


def question(name, doses, cutoff):
    analytes = [{"analyte": one, "cutoff_ng_ml": cutoff} for one in ("first", "second", "third")]
    return {
        "substance": name.replace(" ", "-").replace("/", "-"), "doses": doses, "options": {"draws": 100},
        "assay": {"analytes": analytes, "imprecision_cv": 0},
    }  # fmt: skip


CUTOFFS = (1e-6, 0.01, 10.0)


@pytest.mark.slow
@pytest.mark.parametrize("doses", DOSES)
@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_file_is_answered_with_at_most_twenty_times_the_evaluations(name, doses, monkeypatch):
    def answers(of, after):
        return lambda: [service.answer(question(of, after, cutoff)) for cutoff in CUTOFFS]

    usual = sum(evaluations(monkeypatch, answers("ordinary", ONE)).values())

    assert sum(evaluations(monkeypatch, answers(name, DOSES[doses])).values()) <= MOST * usual


@pytest.mark.slow
@pytest.mark.parametrize("doses", DOSES)
@pytest.mark.parametrize("name", AWKWARD)
def test_the_last_positive_time_of_an_awkward_file_is_where_the_reading_falls_below_the_cutoff(name, doses):
    for cutoff in CUTOFFS:
        asked = read_question(service.load(question(name, DOSES[doses], cutoff)))
        simulation = Simulation(asked, Draws(1, PLAN))
        for part in asked.assay.components:
            last = simulation.crossings(part).last
            positive = last > 0.0
            assert np.isfinite(last).all()
            at = np.diagonal(simulation.concentration(part, last))
            assert at[positive] == pytest.approx(cutoff, rel=1e-6)
            later = simulation.concentration(part, last.max() + np.array([0.5, 5.0, 50.0, 500.0]))
            assert (later < cutoff).all()
