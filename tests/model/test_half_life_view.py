"""The half-life view against one compartment written out: all that is absorbed falls with one half-life."""

import numpy as np
import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.model.question import read_question
from detectapi.model.simulation import simulate_typical

ML_PER_LITRE_HOUR = 0.06  # one mL/min in L/h
FRACTION_EXCRETED, ABSORBED = 0.3, {"red": 0.6, "blue": 0.1}
HALF_LIFE = {"unit": "h", **toys.ASSUMED}
HALF_LIVES = [
    {"routes": ["oral"], "low": 2, "high": 3, "claim": "The first.", **HALF_LIFE},
    {"routes": ["intravenous"], "low": 4, "high": 4, "claim": "The second.", **HALF_LIFE},
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    known = {name: toys.quantity(FRACTION_EXCRETED) for name in ("red", "blue")}
    routes = [toys.oral(ABSORBED), toys.bolus("red")]
    tree = [Moiety("red"), Moiety("blue", {"red": 0.2})]
    views = {"half_lives": HALF_LIVES, "fraction_excreted": known}
    toys.write(tmp_path, [toys.substance(name, tree, routes, half_life_model=views) for name in ("red", "grey")])


def request(*routes, half_life=None):
    return {
        "substance": "red",
        "doses": [{"amount_mg": 20.0, "route": route} for route in routes],
        "assay": {"analytes": [{"analyte": "blue", "cutoff_ng_ml": 50.0}]},
        "model": {"kind": "half-life", **({} if half_life is None else {"half_life_h": half_life})},
    }


def asked(*routes, half_life=None):
    return read_question(service.load(request(*routes, half_life=half_life)))


def test_the_concentration_is_that_of_one_compartment():
    question = asked("oral", half_life=5.0)
    typical = simulate_typical(question)
    time, rate = np.array([3.0, 10.0, 30.0]), np.log(2.0) / 5.0
    (interval,), (flow,) = (np.unique(value) for value in (typical.specimen.void_interval, typical.specimen.flow))

    mean_left = np.exp(-rate * time) * np.expm1(rate * interval) / (rate * interval)  # over the time of the void
    excreted_mg_h = 20.0 * sum(ABSORBED.values()) * rate * FRACTION_EXCRETED * mean_left
    expected = excreted_mg_h / (flow * ML_PER_LITRE_HOUR) * 1000.0

    (component,) = question.assay.components
    assert typical.concentration(component, time).ravel() == pytest.approx(expected, rel=1e-9)


def test_a_half_life_that_is_asked_for_is_taken_with_its_range():
    used = asked("oral", half_life={"low": 3.0, "high": 12.0}).half_life

    assert (used.centre, used.low, used.high) == (pytest.approx(6.0), 0.05, 5000.0)
    assert used.value(1.6448536) == pytest.approx(12.0, rel=1e-4)
    assert not used.exact
    assert asked("oral", half_life=6.0).half_life.exact


@pytest.mark.parametrize(
    ("routes", "ends", "claims"),
    [
        (["oral"], (2.0, 3.0), "The first."),
        (["intravenous"], (4.0, 4.0), "The second."),
        (["oral", "intravenous"], (2.0, 4.0), "The first.; The second."),
        ([], (2.0, 3.0), "The first."),  # nothing was used, so no route says which
    ],
)
def test_else_it_is_what_is_published_for_the_routes(routes, ends, claims):
    used = asked(*routes).half_life

    assert (used.source, used.detail) == ("textbook", claims)
    assert [float(used.value(z)) for z in (-1.6448536, 1.6448536)] == pytest.approx(list(ends), rel=1e-4)


def test_of_several_uses_none_may_say_one_half_life():
    uses = [{"substance": name, "doses": [{"amount_mg": 5.0, "route": "oral"}]} for name in ("red", "grey")]
    with pytest.raises(Exception, match="half-life of its own") as caught:
        read_question(
            service.load({"uses": uses, "assay": "red-test", "model": {"kind": "half-life", "half_life_h": 3}})
        )

    assert caught.value.pointer == "/model/half_life_h"
