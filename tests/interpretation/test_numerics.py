"""Cells of time, regimens cut at a specimen, voids with a creatinine, and weighted draws, each against what it must be."""

import copy
from functools import partial

import numpy as np
import pytest

from detectapi import service
from detectapi.interpretation import cells, tempering
from detectapi.interpretation.accounts import Simulated, expect, until
from detectapi.interpretation.comparisons import ratio, show, support
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.question import read
from detectapi.interpretation.validity import judge
from detectapi.interpretation.weighing import _expect
from detectapi.model.specimen import Gravity, VoidPrior, void_evidence
from detectapi.values.regimen import Amount, Regimen, Train


def question(request):
    return read(service.load(copy.deepcopy(request), service.interpretation_form()))


@pytest.mark.parametrize("prior", ["uniform", "log-uniform"])
def test_cells_cover_their_range_and_their_probabilities_add_up(prior):
    some = cells.before_specimen(-336.0, 0.0, 0.0, prior)

    assert some.edges[0] == -336.0
    assert np.all(np.diff(some.edges) > 0.0)
    assert np.exp(some.log_mass).sum() == pytest.approx(1.0)


def test_a_uniform_prior_has_its_quantiles():
    some = cells.before_specimen(-100.0, 0.0, 0.0)

    assert cells.quantiles(some, np.exp(some.log_mass), [0.05, 0.5, 0.95]) == pytest.approx([-95.0, -50.0, -5.0])


def test_no_cell_of_a_further_use_holds_a_specimen():
    some = cells.between(0.0, 96.0, [-10.0, 30.0, 96.0])

    assert 30.0 in some.edges
    assert np.all(np.diff(some.edges) > 0.0)


def regimen(*trains):
    return Regimen(tuple(Train(Amount(10.0, 10.0), "oral", *times, "/doses/0") for times in trains))


def test_a_regimen_is_cut_before_a_specimen():
    daily = regimen((-216.0, 0.0, 24.0, 10))  # ten doses, the last at 0
    kept, shift = until(daily, -60.0)

    assert kept.count == 7
    assert shift == -72.0
    assert kept.trains[0].last_start == 0.0


def test_an_infusion_that_runs_at_the_specimen_counts_in_part():
    kept, shift = until(regimen((-4.0, 4.0, 0.0, 1)), -1.0)

    assert kept.trains[0].amount.centre == pytest.approx(7.5)
    assert kept.trains[0].duration == pytest.approx(3.0)
    assert shift == pytest.approx(-1.0)


def test_nothing_is_left_of_a_regimen_before_its_first_dose():
    assert until(regimen((0.0, 0.0, 0.0, 1)), -5.0)[0].trains == ()


def test_the_evidence_of_a_creatinine_is_its_density_over_simulated_voids():
    # A person of known usual flow, osmoles and excretion. The density is that of the logarithm of creatinine.
    prior = VoidPrior(np.log(1.0), 0.0, -0.16, 0.67, np.log(700.0), 1e-9, np.log(1400.0), 0.25, 0.0, np.log(1100.0))
    rng = np.random.default_rng(3)
    asked = np.log(1.0) - 0.16 + 0.67 * rng.standard_normal(1_000_000)
    flow = np.maximum(asked, np.log(700.0) - np.log(1100.0) - np.log(1.44))
    creatinine = np.log(1400.0) + 0.25 * rng.standard_normal(len(flow)) - flow - np.log(14.4)
    relation = Gravity(2.75e-5, 0.1, 0.001)
    for measured in (30.0, 90.0, 200.0):
        share = np.mean(np.abs(creatinine - np.log(measured)) < 0.02) / 0.04
        assert np.exp(void_evidence(prior, measured, None, relation)) == pytest.approx(share, rel=0.05)


def test_moves_leave_the_standard_normal_distribution_as_it_is():
    particles = Particles(1, 4000)
    names = [("people", str(i)) for i in range(40)]
    for name in names:
        particles.normal(*name)
    for move in range(1, 6):
        particles = particles.moved(0.5, move)
    numbers = np.array([particles.normal(*name) for name in names])

    # 160,000 numbers: a mean beyond 0.01 or a variance beyond 1.5 % is four standard errors away.
    assert abs(numbers.mean()) < 0.01
    assert numbers.var() == pytest.approx(1.0, abs=0.015)
    assert abs(np.corrcoef(numbers[0], numbers[1])[0, 1]) < 0.07


def test_a_move_changes_some_numbers_and_leaves_others():
    particles = Particles(1, 10)
    before = {i: particles.normal("people", str(i)).copy() for i in range(40)}
    after = particles.moved(0.5, 1)
    changed = sum(not np.array_equal(after.normal("people", str(i)), before[i]) for i in range(40))

    assert 2 <= changed <= 20


def test_visits_share_the_person_and_not_the_void():
    particles = Particles(1, 50)
    one, other = particles.at_visit(0), particles.at_visit(1)

    assert np.array_equal(one.normal("people", "a"), other.normal("people", "a"))
    assert not np.array_equal(one.normal("specimen", "a"), other.normal("specimen", "a"))


@pytest.mark.slow
def test_tempered_and_plain_draws_agree(one):
    # One specimen, where plain importance sampling has thousands of effective draws.
    asked = question(one)
    (account,) = asked.accounts
    expecting = partial(_expect, account, asked)
    plain = tempering.importance(Particles(5, 20_000, account.question.posterior), expecting, asked.departure)
    start = tempering.importance(Particles(6, 2000, account.question.posterior), expecting, asked.departure)
    moved = tempering.temper(start, expecting, asked.departure)
    both = ratio(plain, moved)

    assert plain.effective_size > 2000
    assert abs(both.log10) < 4.0 * both.error + 0.02
    middles = [
        cells.quantiles(account.cells, some.in_cells @ some.weights, [0.05, 0.5, 0.95]) for some in (plain, moved)
    ]
    assert middles[0] == pytest.approx(middles[1], rel=0.1)


def test_accounts_that_extend_each_other_share_people(pair):
    asked = question(pair)
    simulated = Simulated(Particles(1, 20, asked.accounts[0].question.posterior))
    earlier, again = (expect(account, asked.specimens, simulated) for account in asked.accounts)

    for here, there in zip(earlier.logs, again.logs, strict=True):
        for analyte, log in here.items():
            assert np.all(there[analyte] >= log - 1e-9)  # one use more never leaves less
    assert np.array_equal(earlier.urine, again.urine)


@pytest.mark.parametrize(
    ("size", "word"),
    [(1.0, "none"), (1.9, "none"), (2.0, "weak"), (10.0, "moderate"), (100.0, "moderately-strong"), (1000.0, "strong")],
)
def test_words_of_a_ratio_are_those_of_the_table(size, word):
    assert support(size) == word


def test_the_weaker_grade_decides_the_largest_ratio():
    shown = show(-2.5, ("calibrated", "hypothesis"))

    assert (shown.ratio, shown.favours_first, shown.at_least) == (10.0, False, True)


@pytest.mark.parametrize(
    ("measured", "word"),
    [
        ({}, "valid"),
        ({"urine_creatinine_mg_dl": 15.0}, "valid"),
        ({"urine_creatinine_mg_dl": 15.0, "specific_gravity": 1.002}, "dilute"),
        ({"urine_creatinine_mg_dl": 15.0, "specific_gravity": 1.003}, "valid"),
        ({"urine_creatinine_mg_dl": 1.9, "specific_gravity": 1.001}, "substituted"),
        ({"urine_creatinine_mg_dl": 1.9, "specific_gravity": 1.02}, "substituted"),
        ({"urine_creatinine_mg_dl": 1.9, "specific_gravity": 1.01}, "invalid"),
        ({"urine_ph": 3.9}, "adulterated"),
        ({"urine_ph": 4.0}, "invalid"),
        ({"urine_ph": 4.5}, "valid"),
        ({"urine_ph": 9.0}, "invalid"),
        ({"urine_ph": 11.0}, "adulterated"),
    ],
)
def test_a_specimen_is_called_by_the_limits_of_the_programme(measured, word):
    assert judge(measured).word == word
