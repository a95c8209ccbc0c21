"""Last positive and first negative void, against a simulation of every void, and against what must hold of them."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from every_void import last_and_first

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.norms import Norms
from detectapi.model.question import read_question
from detectapi.model.sampler import Sampler
from detectapi.model.serial import EVERY, serial
from detectapi.model.simulation import Simulation
from detectapi.model.void_chances import Part, Reader, reader_of
from detectapi.model.voids import every_void

INFUSION = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}


def question(substance, doses, cutoffs, **more):
    """Answer of each analyte from a cutoff on. [ng/mL]"""
    parts = [{"analyte": analyte, "cutoff_ng_ml": cutoff} for analyte, cutoff in cutoffs.items()]
    return {
        "substance": substance,
        "doses": doses,
        "assay": {"rule": more.pop("rule", "any"), "analytes": parts},
        **more,
    }


def daily(amount, route, count):
    return [{"amount_mg": amount, "route": route, "repeat": {"every_h": 24, "count": count}}]


def oral(amount):
    return [{"amount_mg": amount, "route": "oral"}]


# Each with the hours until which every void is followed.
QUESTIONS = {
    "ketamine once": (question("ketamine", [INFUSION], {"ketamine": 50}), 200),
    "norketamine once": (question("ketamine", [INFUSION], {"norketamine": 50}), 250),
    "dehydronorketamine at a low cutoff": (question("ketamine", [INFUSION], {"dehydronorketamine": 10}), 500),
    "any of two": (question("ketamine", [INFUSION], {"ketamine": 10, "norketamine": 50}), 300),
    "all of two": (question("ketamine", [INFUSION], {"norketamine": 50, "dehydronorketamine": 50}, rule="all"), 250),
    "a month of daily use": (question("ketamine", daily(150, "intranasal-powder", 30), {"norketamine": 50}), 1500),
    "troches": (question("ketamine", daily(100, "sublingual", 14), {"norketamine": 100}), 400),
    "a cutoff that many never reach": (question("ketamine", oral(10), {"ketamine": 50}), 150),
    "an elderly person": (question("ketamine", [INFUSION], {"norketamine": 50}, person={"age_y": 80}), 300),
    "amphetamine": (question("amphetamine", oral(20), {"amphetamine": 500}), 300),
    "amphetamine daily": (question("amphetamine", daily(30, "oral", 20), {"amphetamine": 250}), 400),
    "a release that differs between people": (
        question("morphine", [{"amount_mg": 60, "route": "oral-extended-release"}], {"morphine-glucuronides": 2000}), 200,
    ),
    "methamphetamine": (
        question("methamphetamine", oral(10), {"methamphetamine": 250, "amphetamine": 50}, rule="all"), 300,
    ),
}  # fmt: skip


def simulate(request, draws, seed):
    asked = read_question(service.load(request))
    return Simulation(asked, Draws(seed, layout(draws), asked.posterior))


def ranks_apart(one, other):
    """How far two samples lie apart at the quartiles, as shares of draws, in standard errors of that share."""
    levels = np.array([0.25, 0.5, 0.75])
    times = np.quantile(other, levels)
    apart = np.array([np.mean(one <= time) for time in times]) - np.array([np.mean(other <= time) for time in times])
    return apart / np.sqrt(levels * (1.0 - levels) * (1.0 / len(one) + 1.0 / len(other)))


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_readings_are_those_of_a_simulation_of_every_void(name):
    request, until = QUESTIONS[name]
    last, first = last_and_first(request, 4000, 5, until)

    ((parts, _),), whole = serial(simulate(request, 8000, 5))

    for i, series in enumerate([*parts, whole]):
        # Draws share typical values by 25, so their shares are less sure than those of independent draws: up to four times 1.0.
        # Beside that up to 0.02 of the draws lie elsewhere, because each void that is looked at stands for several.
        allowed = 4.0 + 0.02 / np.sqrt(0.25 / 2000)
        assert np.abs(ranks_apart(series.last_positive, last[i])).max() < allowed, (name, i, "last positive")
        assert np.abs(ranks_apart(series.first_negative, first[i])).max() < allowed, (name, i, "first negative")
        assert np.mean(series.last_positive > 0) == pytest.approx(np.mean(last[i] > 0), abs=0.02)


@pytest.mark.parametrize(
    "name", ["any of two", "amphetamine", "a cutoff that many never reach", "a release that differs between people"]
)
def test_the_first_negative_void_comes_at_most_one_interval_after_the_last_positive_one(name):
    ((parts, _),), whole = serial(simulate(QUESTIONS[name][0], 1000, 3))

    for series in (*parts, whole):
        after = series.first_negative - series.last_positive
        assert after.max() <= 24.0  # the longest interval there is
        assert ((series.first_negative > 0.0) == (series.last_positive > 0.0)).all()


def alike(simulation):
    """The question of a simulation for people whose voids are all alike, by day and by night."""
    asked = simulation.question
    data = asked.physiology.norms.data
    void = ("urine_flow_between_voids", "urine_ph_between_voids", "void_interval_h", "void_interval_h.first_morning")
    parameters = {n: replace(p, variability=0.0) if n in void else p for n, p in data.parameters.items()}
    day = parameters["void_interval_h"]
    parameters["void_interval_h.first_morning"] = replace(day, name="void_interval_h.first_morning")
    flow = parameters["urine_flow_between_voids"].value
    quantities = {**data.quantities, "night.flow_cv": replace(data.quantities["night.flow_cv"], value=0.0)}
    for name in ("night.flow",):
        quantities[name] = replace(quantities[name], value=flow)
    norms = Norms(replace(data, parameters=parameters, quantities=quantities))
    physiology = copy.copy(asked.physiology)
    physiology.norms = norms
    residuals = {n: replace(p, variability=0.0) if p.between == "specimens" else p for n, p in asked.parameters.items()}
    assay = replace(asked.assay, imprecision_cv=0.0)
    return replace(asked, physiology=physiology, parameters=residuals, assay=assay)


@pytest.mark.parametrize("name", ["norketamine once", "all of two", "amphetamine daily"])
def test_without_spread_between_voids_the_three_readings_lie_within_one_interval(name):
    asked = alike(simulate({**QUESTIONS[name][0], "person": {"age_y": 40}}, 200, 4))
    simulation = Simulation(asked, Draws(4, layout(200)))
    interval = 1.6 * 2.5  # [h] the longest of people whose usual interval is not known exactly, to 0.1 of its logarithm

    ((parts, _),), _ = serial(simulation)

    for series, component in zip(parts, asked.assay.components, strict=True):
        single = simulation.crossings(component).last[::EVERY]
        assert np.abs(series.last_positive - single).max() <= interval
        assert np.abs(series.first_negative - single).max() <= interval
        assert np.abs(series.first_negative - series.last_positive).max() <= interval


def test_more_draws_have_the_same_medians():
    few, many = (serial(simulate(QUESTIONS["norketamine once"][0], draws, 8))[1] for draws in (2000, 8000))

    # Standard errors of the medians are 0.6 and 0.3 h.
    assert np.median(few.last_positive) == pytest.approx(np.median(many.last_positive), abs=2.5)
    assert np.median(few.first_negative) == pytest.approx(np.median(many.first_negative), abs=2.5)


BODIES = {
    "nothing is known": {},
    "kidneys of a stage, a range of weight": {
        "renal": {"ckd_stage": "G3a"}, "person": {"weight_kg": {"low": 60, "high": 80}},
    },
    "a child who drinks little": {"person": {"weight_kg": 20, "age_y": 6}, "hydration": {"level": "low"}},
    "something was measured": {
        "specimen": {"urine_creatinine_mg_dl": 40, "specific_gravity": 1.006, "urine_ph": 6.1},
        "person": {"hepatic_class": "B", "height_cm": 170},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_some_of_the_draws_are_those_of_all(name):
    whole = simulate({**QUESTIONS["any of two"][0], **BODIES[name]}, 200, 8)
    some = slice(None, None, EVERY)
    anew = Simulation(whole.question, whole.deviates, whole.selection.of_draws(some))

    few = whole.of_draws(some)
    voids = [
        every_void(
            one.physiology, one.person, Sampler(one.physiology.known.distributions, one.deviates, one.selection), 8
        )
        for one in (few, anew)
    ]

    for own, other in zip(*voids, strict=True):
        assert own == pytest.approx(other, rel=1e-5)
    for component in whole.question.assay.components:
        made = [one.made_at(component.analyte, voids[0].flow, voids[0].ph) for one in (few, anew)]
        assert made[0] == pytest.approx(made[1], rel=1e-5)


def test_where_no_void_is_surely_positive_it_is_open_what_they_are_from_the_last_dose_on():
    whole = simulate(QUESTIONS["a cutoff that many never reach"][0], 200, 8)
    few, draws = whole.of_draws(slice(None, None, EVERY)), np.arange(0, 200, EVERY)
    sampler = Sampler(few.physiology.known.distributions, few.deviates, few.selection)
    voids = every_void(few.physiology, few.person, sampler, 8)
    (component,) = whole.question.assay.components

    begin = reader_of(whole, few, draws, component, voids, sampler).stretch().begin

    tail_start = whole.response(component.analyte).tail_start[draws]
    assert ((begin == 0.0) | (begin > tail_start)).all()
    assert np.mean(begin == 0.0) > 0.5


def test_equal_questions_have_equal_readings():
    one, other = (serial(simulate(QUESTIONS["any of two"][0], 500, 8)) for _ in range(2))

    assert np.array_equal(one[1].last_positive, other[1].last_positive)
    assert np.array_equal(one[1].first_negative, other[1].first_negative)


def test_the_last_positive_void_moves_smoothly_with_the_dose():
    def median(amount):
        dose = {**INFUSION, "amount_mg": amount}
        return np.median(serial(simulate(question("ketamine", [dose], {"norketamine": 50}), 2000, 8))[1].last_positive)

    medians = [median(35.0 * 1.002**i) for i in range(4)]

    # 0.2 % more is 0.02 h of a half-life of 6 h; with new voids for each dose the median would move by its standard error, 0.6 h.
    assert np.abs(np.diff(medians)).max() < 0.15


def test_nothing_used_is_never_positive():
    (((part,), _),), whole = serial(simulate(question("ketamine", [], {"norketamine": 50}), 100, 1))

    assert not whole.last_positive.any()
    assert not part.first_negative.any()


def test_the_half_life_view_has_readings_of_its_own():
    request = {**QUESTIONS["norketamine once"][0], "model": {"kind": "half-life"}}
    last, first = last_and_first(request, 500, 2, 80.0)

    (((part,), _),), _ = serial(simulate(request, 1000, 2))

    # 500 draws each: four standard errors, which is 0.12 of the draws at the median.
    assert np.abs(ranks_apart(part.last_positive, last[0])).max() < 4.0
    assert np.abs(ranks_apart(part.first_negative, first[0])).max() < 4.0


def test_parts_with_residuals_of_their_own_add_up_to_the_mean_and_the_variance_of_the_sum():
    class Sized(Part):
        def medians(self, edges, decided, draws):
            return np.array([[self.terms]])

    spreads, sizes = (0.4, 0.9), (3.0, 1.0)
    reader = Reader([Sized(size, spread) for size, spread in zip(sizes, spreads, strict=True)], 0.1)
    median, variance = reader.medians(None, None, None)

    z = np.random.default_rng(1).standard_normal((2, 2_000_000))
    total = sum(size * np.exp(spread * one) for size, spread, one in zip(sizes, spreads, z, strict=True))
    mean = median * np.exp(0.5 * variance)
    assert mean == pytest.approx(total.mean(), rel=0.01)
    assert mean**2 * np.expm1(variance) == pytest.approx(total.var(), rel=0.05)
