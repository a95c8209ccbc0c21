"""Sane for every substance of the data and each of its routes, with the test that is assumed where none is named.

Draws of the same seed are the same people, so most of this holds draw by draw.
"""

from dataclasses import replace

import numpy as np
import pytest

from detectapi import service
from detectapi.evaluation import typical
from detectapi.knowledge import catalog
from detectapi.model.dosing import QUEUED
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.model.window import combine

PLAN = layout(60)
EXACT = 1e-6
"""Both crossings are exact to far less than this. [h]"""
AMOUNT_MG, AMOUNT_AT_A_RATE_MG = 40.0, 40_000.0
"""One dose; the second of what leaves the body at a constant rate."""
HOURS = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0])
FALLEN = 0.1
"""Cutoffs are this part of the highest concentration of the median draw, so that specimens are positive for a while."""
ACID, ALKALINE = 5.0, 8.0
HEALTHY, FAILING = 110.0, 30.0

SUBSTANCES = [pytest.param(one, id=one.id) for one in catalog.substances()]
ROUTES = [  # the first route of each substance in the fast tests
    pytest.param(one, route, id=f"{one.id}-{route}", marks=[pytest.mark.slow] if place else [])
    for one in catalog.substances()
    for place, route in enumerate(one.routes)
]


def amount_of(substance, route):
    kinds = {path.kind for form in substance.routes[route].forms for path in form.paths}
    return AMOUNT_AT_A_RATE_MG if QUEUED in kinds else AMOUNT_MG


def asked(substance, route, amount=None, count=1):
    amount = amount_of(substance, route) if amount is None else amount
    dose = {"amount_mg": amount, "route": route, "repeat": {"every_h": 24.0, "count": count}}
    if substance.routes[route].accepts_duration:
        dose["duration_min"] = 60.0
    return read_question({"substance": substance.id, "doses": [dose]})


def with_cutoffs(question, cutoffs):
    parts = [replace(part, cutoff_ng_ml=c) for part, c in zip(question.assay.components, cutoffs, strict=True)]
    return replace(question, assay=replace(question.assay, components=tuple(parts)))


def cutoffs_that_are_crossed(question):
    """A cutoff for each part of the test that specimens of most draws reach; its own for what this route does not leave."""
    simulation = Simulation(question, Draws(1, PLAN))
    parts = question.assay.components
    highest = [np.median(simulation.concentration(part, HOURS), axis=1).max() for part in parts]
    return [FALLEN * most or part.cutoff_ng_ml for most, part in zip(highest, parts, strict=True)]


def last_positive(question, cutoffs):
    question = with_cutoffs(question, cutoffs)
    simulation = Simulation(question, Draws(1, PLAN))
    parts = [simulation.crossings(part) for part in question.assay.components]
    return combine(parts, question.assay.rule)[1]


@pytest.mark.parametrize(("substance", "route"), ROUTES)
def test_more_drug_a_lower_cutoff_and_more_doses_never_shorten(substance, route):
    question, amount = asked(substance, route), amount_of(substance, route)
    cutoffs = cutoffs_that_are_crossed(question)
    once, half = last_positive(question, cutoffs), [cutoff / 2.0 for cutoff in cutoffs]
    more, lower, often = (
        last_positive(asked(substance, route, amount=2.0 * amount), cutoffs),
        last_positive(question, half),
        last_positive(asked(substance, route, count=3), cutoffs),
    )

    # By some routes nothing of what the test looks for arises, as 6-acetylmorphine where heroin is swallowed.
    own = [part.cutoff_ng_ml for part in question.assay.components]
    assert (once > 0.0).mean() > 0.5 or cutoffs == own
    assert all(np.isfinite(some).all() and (some >= 0.0).all() for some in (once, more, lower, often))
    # Of some a larger dose is absorbed in a smaller share, in a few draws in less than half, so its median is compared.
    assert np.median(more) >= np.median(once) - EXACT
    assert (lower >= once - EXACT).all()
    assert (often >= once - EXACT).all()


@pytest.mark.parametrize(("substance", "route"), ROUTES)
def test_a_whole_answer_is_given(substance, route):
    dose = {"amount_mg": AMOUNT_MG, "route": route}
    if substance.routes[route].accepts_duration:
        dose["duration_min"] = 60.0
    answer = service.answer({"substance": substance.id, "doses": [dose], "options": {"draws": 100}})

    times = (answer["window"], answer["serial"]["last_positive"], answer["serial"]["first_negative"])
    assert all(0.0 <= time["low_h"] <= time["median_h"] <= time["high_h"] < np.inf for time in times)


def of_typical_person(substance, measure, **more):
    """A measure of each moiety in the typical person after one dose."""
    moieties = [moiety.id for moiety in substance.moieties if not moiety.carrier and not moiety.no_analyte]
    route = next(iter(substance.routes))
    dose = typical.dose(amount_of(substance, route), route)
    if substance.routes[route].accepts_duration:
        dose["duration_min"] = 60.0
    simulation = typical.simulate(substance.id, [dose], moieties, **more)
    return {moiety: measure(simulation, moiety) for moiety in moieties}


def renal_clearances(substance, **more):
    """Renal clearance of the typical person, by moiety. [L/h]"""
    return of_typical_person(substance, typical.renal_clearance, **more)


def in_plasma(simulation, moiety):
    """Concentration in plasma at some times. [ng/mL]"""
    return typical.plasma(simulation, moiety)(HOURS)


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


@pytest.mark.parametrize("substance", SUBSTANCES)
def test_kidneys_that_filter_less_leave_no_less_in_plasma_after_two_days(substance):
    """Earlier there may be less of a metabolite, where weak kidneys slow its formation too."""
    healthy, failing = (of_typical_person(substance, in_plasma, gfr=gfr) for gfr in (HEALTHY, FAILING))

    for moiety, plasma in healthy.items():
        assert np.isfinite(plasma).all()
        assert failing[moiety][-1] >= plasma[-1] * (1.0 - 1e-9), moiety
