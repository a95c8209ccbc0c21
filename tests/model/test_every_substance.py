"""Sane for every substance of the data and each of its routes, with the test that is assumed where none is named.

Draws of the same seed are the same people, so most of this holds draw by draw.
"""

from dataclasses import replace

import numpy as np
import pytest

from detectapi import service
from detectapi.evaluation import typical
from detectapi.knowledge import catalog
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.model.window import combine

PLAN = layout(60)
EXACT = 1e-6
"""Both crossings are exact to far less than this. [h]"""
AMOUNT_MG = 40.0
ACID, ALKALINE = 5.0, 8.0
HEALTHY, FAILING = 110.0, 30.0

SUBSTANCES = [pytest.param(one, id=one.id) for one in catalog.substances()]
ROUTES = [  # the first route of each substance in the fast tests
    pytest.param(one, route, id=f"{one.id}-{route}", marks=[pytest.mark.slow] if place else [])
    for one in catalog.substances()
    for place, route in enumerate(one.routes)
]


def asked(substance, route, amount=AMOUNT_MG, count=1):
    dose = {"amount_mg": amount, "route": route, "repeat": {"every_h": 24.0, "count": count}}
    if substance.routes[route].accepts_duration:
        dose["duration_min"] = 60.0
    return read_question({"substance": substance.id, "doses": [dose]})


def last_positive(question):
    simulation = Simulation(question, Draws(1, PLAN))
    parts = [simulation.crossings(part) for part in question.assay.components]
    return combine(parts, question.assay.rule)[1]


def with_half_the_cutoffs(question):
    parts = tuple(replace(part, cutoff_ng_ml=part.cutoff_ng_ml / 2.0) for part in question.assay.components)
    return replace(question, assay=replace(question.assay, components=parts))


@pytest.mark.parametrize(("substance", "route"), ROUTES)
def test_more_drug_a_lower_cutoff_and_more_doses_never_shorten(substance, route):
    once = last_positive(asked(substance, route))

    assert np.isfinite(once).all()
    assert (once >= 0.0).all()
    # Of some a larger dose is absorbed in a smaller share, in a few draws in less than half, so its median is compared.
    assert np.median(last_positive(asked(substance, route, amount=2.0 * AMOUNT_MG))) >= np.median(once) - EXACT
    assert (last_positive(with_half_the_cutoffs(asked(substance, route))) >= once - EXACT).all()
    assert (last_positive(asked(substance, route, count=3)) >= once - EXACT).all()


@pytest.mark.parametrize(("substance", "route"), ROUTES)
def test_a_whole_answer_is_given(substance, route):
    dose = {"amount_mg": AMOUNT_MG, "route": route}
    if substance.routes[route].accepts_duration:
        dose["duration_min"] = 60.0
    answer = service.answer({"substance": substance.id, "doses": [dose], "options": {"draws": 100}})

    times = (answer["window"], answer["serial"]["last_positive"], answer["serial"]["first_negative"])
    assert all(0.0 <= time["low_h"] <= time["median_h"] <= time["high_h"] < np.inf for time in times)


def renal_clearances(substance, **more):
    """Renal clearance of the typical person, by moiety. [L/h]"""
    moieties = [moiety.id for moiety in substance.moieties if not moiety.carrier and not moiety.no_analyte]
    dose = typical.dose(AMOUNT_MG, next(iter(substance.routes)))
    if next(iter(substance.routes.values())).accepts_duration:
        dose["duration_min"] = 60.0
    simulation = typical.simulate(substance.id, [dose], moieties, **more)
    return {moiety: typical.renal_clearance(simulation, moiety) for moiety in moieties}


@pytest.mark.parametrize("substance", SUBSTANCES)
def test_urine_acidity_acts_in_the_direction_of_the_charge(substance):
    acid, alkaline = (renal_clearances(substance, ph=ph) for ph in (ACID, ALKALINE))

    for moiety, clearance in acid.items():
        what = substance.moiety(moiety)
        if not what.reabsorbed or what.charge == "neutral":
            assert clearance == pytest.approx(alkaline[moiety], rel=1e-12)
        elif what.charge == "acid":
            assert clearance < alkaline[moiety]
        else:
            assert clearance > alkaline[moiety]


@pytest.mark.parametrize("substance", SUBSTANCES)
def test_kidneys_that_filter_less_clear_less(substance):
    healthy, failing = (renal_clearances(substance, gfr=gfr) for gfr in (HEALTHY, FAILING))

    assert all(failing[moiety] < clearance for moiety, clearance in healthy.items())
