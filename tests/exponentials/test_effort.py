"""How many evaluations the methods take: one that goes wrong still arrives, by its fallback, but takes more of them."""

from functools import partial

import numpy as np
import pytest
from effort import COUNTED, counted, evaluations
from oracle import Train, as_arrays
from regimens import oral, population

from detectapi.exponentials import crossings, disposition, mammillary, respond

TRAINS = {
    "once": (Train(210.0),),
    "daily": (Train(420.0, -24.0 * 89, 0.0, 24.0, 90),),
    "irregular": (Train(300.0, -71.0), Train(100.0, -40.5), Train(250.0, -7.25), Train(50.0, 0.0)),
}


def responses(regimen, n=150):
    return [respond(*as_arrays(population(oral(depth, trains=TRAINS[regimen]), n, seed=depth))) for depth in (1, 2, 3)]


def levels(response):
    peak = np.median(response.concentration(np.geomspace(0.01, 300.0, 200)).max(axis=0))
    return [np.full(response.n, level * peak) for level in (1e-3, 0.1, 0.8)]


def effort(monkeypatch, some_responses, some_levels):
    """Evaluations by kind, of all draws together."""
    total = dict.fromkeys(COUNTED, 0)
    for response in some_responses:
        for cutoff in some_levels(response):
            for kind, number in evaluations(monkeypatch, partial(crossings, response, cutoff)).items():
                total[kind] += number
    return total


# As they are now. They may fall; another processor rounds differently, hence the margin. Of stretches, eight are looked at in one
# step where draws are few, and some of them in vain: half the steps of one stretch each, at twice the stretches.
EFFORT = {
    "once": {"tail": 4292, "bracket": 3759, "peak": 153, "stretch": 0, "without subtractions": 0},
    "daily": {"tail": 4026, "bracket": 2061, "peak": 123, "stretch": 0, "without subtractions": 0},
    "irregular": {"tail": 4338, "bracket": 343, "peak": 37, "stretch": 736, "without subtractions": 0},
}
MARGIN = 1.005


@pytest.mark.parametrize("regimen", TRAINS)
def test_crossings_take_few_evaluations(monkeypatch, regimen):
    result = effort(monkeypatch, responses(regimen), levels)
    assert all(result[kind] <= MARGIN * most for kind, most in EFFORT[regimen].items())


def test_crossings_far_below_the_terms_take_few_evaluations(monkeypatch):
    people = [population(oral(void=0.5), 40, seed=3), population(oral(2, rate_constant=0.3, void=0.5), 40, 1e-9)]
    faint = [respond(*as_arrays(some)) for some in people]

    def low(response):
        return [level * response.rounding_bound for level in (1e-4, 0.01, 0.3)]

    result = effort(monkeypatch, faint, low)
    assert result["without subtractions"] <= MARGIN * 278


def test_ordinary_systems_need_no_bisection(monkeypatch):
    newton, bisection = (
        counted(monkeypatch, mammillary, "_newton_step"),
        counted(monkeypatch, mammillary, "_bisect_poles"),
    )
    as_arrays(population(oral(), 1000))
    rng = np.random.default_rng(5)
    for shells in (2, 3):
        exchange, peripheral = rng.lognormal(3.0, 1.0, (shells, 1000)), rng.lognormal(4.0, 1.0, (shells, 1000))
        disposition(rng.lognormal(3.0, 1.0, 1000), rng.lognormal(3.0, 1.0, 1000), exchange, peripheral)
    assert newton == [1000] * 3
    assert bisection == []
