"""Verdicts of tests in several parts and stages of one specimen, against integration over its residuals by brute force."""

import copy
import math

import numpy as np
import pytest
from scipy import stats

from detectapi import service
from detectapi.interpretation.likelihood import Findings, Result, log_likelihood
from detectapi.interpretation.question import read
from detectapi.interpretation.readings import Reading, Residual
from detectapi.interpretation.verdicts import Stage, Verdict, nodes_of
from detectapi.values.errors import InputError

ONE = {"a": Residual("a", 0.3)}
TWO = {"a": Residual("a", 0.3), "b": Residual("b", 0.4)}
SCREEN, CONFIRMATION = math.log1p(0.15**2), math.log1p(0.1**2)


def stage(cutoff, error, *weights, needs_all=False):
    readings = tuple(Reading(one, error) for one in weights or ({"a": 1.0},))
    return Stage(readings, (math.log(cutoff),) * len(readings), needs_all)


def in_two_stages(screen=50.0, confirmation=15.0):
    return stage(screen, SCREEN), stage(confirmation, CONFIRMATION)


def probability(findings, **levels):
    logs = {name: np.log(np.array([[level]])) for name, level in levels.items()}
    return float(np.exp(log_likelihood(logs, findings))[0, 0])


def over_residual(function, spread=0.3):
    """Mean over a residual, as the sum over 20,001 points."""
    r = np.linspace(-8.0 * spread, 8.0 * spread, 20_001)
    return float(np.sum(function(r) * stats.norm.pdf(r, 0.0, spread)) * (r[1] - r[0]))


def above(cutoff, level, error):
    return lambda r: stats.norm.sf(math.log(cutoff), math.log(level) + r, math.sqrt(error))


@pytest.mark.parametrize("level", [10.0, 30.0, 50.0, 90.0])
def test_a_positive_in_two_stages_is_the_integral_of_both_over_one_residual(level):
    screen, confirmation = above(50.0, level, SCREEN), above(45.0, level, CONFIRMATION)
    exact = over_residual(lambda r: screen(r) * confirmation(r))
    found = Findings((), (Verdict(in_two_stages(50.0, 45.0), True),), ONE)

    # A confirmation is three times as steep as the residual is wide: 32 nodes are then good to 2 in 1,000.
    assert probability(found, a=level) == pytest.approx(exact, rel=2e-3, abs=1e-7)


def test_the_stages_are_not_two_independent_specimens():
    both = probability(Findings((), (Verdict(in_two_stages(50.0, 50.0), True),), ONE), a=50.0)
    apart = [probability(Findings((), (Verdict((one,), True),), ONE), a=50.0) for one in in_two_stages(50.0, 50.0)]

    assert apart == pytest.approx([0.5, 0.5], abs=1e-6)
    assert both > 0.4  # 0.25 if each stage had a specimen of its own


def test_a_negative_in_two_stages_is_the_rest():
    chances = [probability(Findings((), (Verdict(in_two_stages(), told),), ONE), a=40.0) for told in (True, False)]

    assert sum(chances) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("value", [30.0, 45.0, 70.0])
def test_the_verdict_in_two_stages_after_a_value_is_that_of_the_residual_which_the_value_leaves(value):
    level, screen, confirmation = 50.0, above(50.0, 50.0, SCREEN), above(40.0, 50.0, CONFIRMATION)
    density = lambda r: stats.norm.pdf(math.log(value), math.log(level) + r, math.sqrt(CONFIRMATION))  # noqa: E731
    exact = over_residual(lambda r: density(r) * screen(r) * confirmation(r))
    result = Result(Reading({"a": 1.0}, CONFIRMATION), math.log(value), math.log(value))
    found = Findings((result,), (Verdict(in_two_stages(50.0, 40.0), True),), ONE)

    assert probability(found, a=level) == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("needs_all", [False, True])
def test_a_screen_of_a_sum_and_a_confirmation_of_its_parts_agree_with_simulation(needs_all):
    rng = np.random.default_rng(4)
    r = rng.standard_normal((2, 300_000)) * np.array([[0.3], [0.4]])
    a, b = math.log(30.0) + r[0], math.log(40.0) + r[1]
    error = rng.standard_normal((3, len(a)))
    screened = np.logaddexp(a, b + math.log(0.5)) + math.sqrt(SCREEN) * error[0] >= math.log(50.0)
    each = [level + math.sqrt(CONFIRMATION) * e >= math.log(35.0) for level, e in zip((a, b), error[1:], strict=True)]
    positive = screened & (each[0] & each[1] if needs_all else each[0] | each[1])
    stages = (
        stage(50.0, SCREEN, {"a": 1.0, "b": 0.5}),
        stage(35.0, CONFIRMATION, {"a": 1.0}, {"b": 1.0}, needs_all=needs_all),
    )

    # A lattice of 256 nodes in two dimensions is good to about 0.003.
    found = Findings((), (Verdict(stages, True),), TWO)
    assert probability(found, a=30.0, b=40.0) == pytest.approx(positive.mean(), abs=0.006)


def test_two_parts_of_a_screen_that_share_a_residual_are_not_independent():
    shared = {"a": Residual("a", 0.3), "b": Residual("a", 0.3)}
    stages = (stage(50.0, SCREEN, {"a": 1.0}, {"b": 1.0}, needs_all=True),)
    each = above(50.0, 50.0, SCREEN)
    exact = over_residual(lambda r: each(r) ** 2)

    assert probability(Findings((), (Verdict(stages, True),), shared), a=50.0, b=50.0) == pytest.approx(exact, rel=2e-3)


# -- in a question ----------------------------------------------------------------------------------------------------

CANNABIS = {
    "substance": "cannabis",
    "specimens": [{"id": "A", "collected_h": 0, "results": [{"analyte": "carboxy-thc", "value_ng_ml": 60}]}],
    "accounts": [{"id": "use", "doses": [{"amount_mg": 25, "route": "smoked"}], "last_use": {"earliest_h": -120}}],
    "options": {"draws": 200},
}
BOTH = "hhs-cannabis"


def screens_of(results, positive):
    request = copy.deepcopy(CANNABIS)
    request["specimens"][0]["results"] = results
    request["specimens"][0]["screen"] = {"assay": BOTH, "positive": positive}
    question = read(service.load(request, service.interpretation_form()))
    return question.specimens[0].findings["use"].screens


def test_a_verdict_in_two_stages_without_a_value_has_both_stages():
    (verdict,) = screens_of([], True)

    assert len(verdict.stages) == 2


def test_the_value_of_the_confirmation_is_not_counted_as_another_measurement():
    (verdict,) = screens_of([{"analyte": "carboxy-thc", "value_ng_ml": 60}], True)

    assert len(verdict.stages) == 1  # the screen


def test_a_value_below_the_cutoff_explains_a_negative_verdict_by_itself():
    assert screens_of([{"analyte": "carboxy-thc", "value_ng_ml": 3}], False) == ()


def test_voids_that_share_out_the_nodes_have_the_integral_as_their_mean():
    stages, exact = in_two_stages(50.0, 45.0), above(50.0, 40.0, SCREEN)
    confirmation = above(45.0, 40.0, CONFIRMATION)
    findings = Findings((), (Verdict(stages, True),), ONE)
    for voids in (4, 8):
        each = np.exp(log_likelihood({"a": np.full((1, voids, 1), math.log(40.0))}, findings))

        # 80 nodes that lie 0.15 standard deviations apart.
        assert each.mean() == pytest.approx(over_residual(lambda r: exact(r) * confirmation(r)), rel=2e-3), voids


def test_draws_that_share_out_the_nodes_have_the_integral_as_their_mean():
    stages = (stage(50.0, SCREEN, {"a": 1.0, "b": 0.5}), stage(35.0, CONFIRMATION, {"a": 1.0}, {"b": 1.0}))
    findings, levels = Findings((), (Verdict(stages, True),), TWO), {"a": 30.0, "b": 40.0}
    nearly = 1.0 + 1e-4 * np.random.default_rng(1).random(400)  # a digit of the level chooses the nodes of a draw
    logs = {name: np.log(level * np.tile(nearly, (20, 1))) for name, level in levels.items()}
    each = np.exp(log_likelihood(logs, findings))

    assert each.std() / each.mean() < 0.2  # each has 16 nodes of 256
    assert each.mean() == pytest.approx(probability(findings, **levels), rel=0.02)  # three standard errors
    assert np.array_equal(
        each, np.exp(log_likelihood({name: log[:, ::-1] for name, log in logs.items()}, findings))[:, ::-1]
    )


def test_the_verdict_of_one_specimen_costs_as_much_as_its_work_is_thought_to_be():
    stages = (stage(50.0, SCREEN, {"a": 1.0, "b": 0.5}), stage(35.0, CONFIRMATION, {"a": 1.0}, {"b": 1.0}))
    costs = [nodes_of(Verdict(stages, True), TWO, 1, cells) for cells in (1, 100)]

    assert costs == [3 * 2 * 256, 3 * 2 * 16]
    assert nodes_of(Verdict(stages, True), TWO, 8, 1) == 3 * 2 * 256


def test_the_verdicts_of_many_specimens_in_two_stages_are_too_much_work():
    screen = {"assay": BOTH, "positive": True}
    specimens = [{"id": f"S{i}", "collected_h": 24 * i, "results": [], "screen": screen} for i in range(5)]
    request = copy.deepcopy(CANNABIS) | {"specimens": specimens, "options": {"draws": 2000}}
    with pytest.raises(InputError) as caught:
        read(service.load(request, service.interpretation_form()))
    (problem,) = caught.value.problems

    assert (problem.pointer, problem.code) == ("/specimens", "too-much-work")


def test_the_sentence_names_verdicts_where_they_are_too_much_work():
    opiates = {"assay": "hhs-opiates", "positive": True}
    used = {"doses": [{"amount_mg": 30, "route": "oral"}], "last_use": {"earliest_h": -48}}
    accounts = [{"id": str(i), **used} for i in range(6)]
    specimens = [{"collected_h": at, "results": [], "screen": opiates} for at in (0, 24)]
    planned = {"planned": {"at_h": 10, "assay": "hhs-opiates"}, "options": {"draws": 10_000}}
    for request, pointer in (
        ({"specimens": specimens}, "/specimens"),
        ({"specimens": [{"collected_h": 0, "results": [{"analyte": "morphine", "value_ng_ml": 100}]}], **planned},
         "/options/draws"),
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            read(service.load({"substance": "codeine", "accounts": accounts, **request}, service.interpretation_form()))
        (problem,) = caught.value.problems

        assert (problem.pointer, problem.code) == (pointer, "too-much-work")
        assert "verdicts of tests in several parts or stages" in problem.detail


@pytest.mark.slow
def test_a_planned_test_in_two_stages_is_positive_less_often_than_either():
    chances = []
    for assay in (BOTH, "hhs-cannabis-screen", "hhs-cannabis-confirm"):
        answer = service.interpret(copy.deepcopy(CANNABIS) | {"planned": {"at_h": 24, "assay": assay}})
        chances.append(answer["accounts"][0]["planned"]["probability_given_results"])

    assert chances[0] <= min(chances[1:]) + 0.01
    assert chances[0] > 0.5 * min(chances[1:])
