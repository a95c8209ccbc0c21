"""Cells of time, regimens cut at a specimen, voids with a creatinine, and weighted draws, each against what it must be."""

import copy

import numpy as np
import pytest

from detectapi import service
from detectapi.interpretation import cells, tempering
from detectapi.interpretation.accounts import Simulated, expect, until
from detectapi.interpretation.comparisons import show, support
from detectapi.interpretation.fitted_moves import fit
from detectapi.interpretation.likelihood import with_departures
from detectapi.interpretation.particles import Particles, turned
from detectapi.interpretation.question import read
from detectapi.interpretation.validity import judge
from detectapi.interpretation.voids import measured_void
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
    # The readings fall on two directions of forty numbers. Moves along them are accepted by the densities of prior and fit.
    particles = Particles(1, 4000)
    names = [("people", str(i)) for i in range(40)]
    numbers = np.array([particles.normal(*name) for name in names])
    fitted = fit(particles, [3.0 * numbers[0] + numbers[1], 2.0 * numbers[2]])
    rng = np.random.default_rng(2)
    for move in range(1, 9):
        before = particles.matrix()
        after = fitted.moved(before, particles.anew(move), 0.5)
        accept = np.log(rng.random(4000)) < fitted.log_ratio(after) - fitted.log_ratio(before)
        particles = particles.where(accept, particles.with_matrix(after))
    moved = np.array([particles.normal(*name) for name in names])

    assert fitted.directions.shape == (40, 2)
    assert accept.mean() > 0.5
    # 160,000 numbers: a mean beyond 0.01 or a variance beyond 1.5 % is four standard errors away.
    assert abs(moved.mean()) < 0.01
    assert moved.var() == pytest.approx(1.0, abs=0.015)
    assert abs(np.corrcoef(moved[0], numbers[0])[0, 1]) < 0.5  # they did move


def test_turned_numbers_are_standard_normal_and_evenly_spread():
    numbers = np.random.default_rng(3).standard_normal(20_000)
    points = turned(numbers, 3, 8)

    assert np.array_equal(points[0], numbers)
    assert points.std(axis=1) == pytest.approx(np.ones(8), abs=0.02)
    assert points.mean(axis=0).std() < 0.25  # of 8 independent numbers it would be 0.35


@pytest.mark.slow
def test_other_voids_of_a_draw_average_to_what_many_independent_voids_do(pair):
    asked = question(pair)
    (account, *_), (specimen, *_) = asked.accounts, asked.specimens
    findings = specimen.findings[account.id]
    simulated = Simulated(Particles(1, 40, account.question.posterior))
    expected = expect(account, asked.specimens, simulated)
    lattice = with_departures(expected.logs[0], findings, 0.02, voids=expected.voids[0])[0]
    there = simulated.void(account.question, specimen.physiology, 0)[0]
    each = []
    for other in range(200, 600):  # visits of their own, of the same people
        void = measured_void(there.person, specimen.physiology, simulated.particles.at_visit(other)).specimen
        logs = {
            name: log
            + np.log(
                there.made_at(name, void.flow, void.ph) / there.made_at(name, there.specimen.flow, there.specimen.ph)
            )
            for name, log in expected.logs[0].items()
        }
        each.append(with_departures(logs, findings, 0.02)[0])
    whole = np.logaddexp.reduce(each, axis=0) - np.log(len(each))

    # Eight voids are few: a draw's mean may be off by a half, and 40 draws together by a tenth.
    assert np.mean(np.exp(lattice)) == pytest.approx(np.mean(np.exp(whole)), rel=0.3)
    assert np.median(np.abs(lattice - whole)) < 0.7


def test_visits_share_the_person_and_not_the_void():
    particles = Particles(1, 50)
    one, other = particles.at_visit(0), particles.at_visit(1)

    assert np.array_equal(one.normal("people", "a"), other.normal("people", "a"))
    assert not np.array_equal(one.normal("specimen", "a"), other.normal("specimen", "a"))


@pytest.mark.slow
def test_moved_draws_agree_with_100_000_draws_of_the_prior(one):
    asked = question(one)
    (account,) = asked.accounts

    def expecting(particles):
        return (expect(account, asked.specimens, Simulated(particles)),)

    parts = []
    for seed in range(5, 10):  # in parts, for the memory
        some = Particles(seed, 20_000, account.question.posterior)
        parts.append(tempering.importance(some, *expecting(some), asked.departure))
    sizes = np.concatenate([part.log_evidence for part in parts])
    start = Particles(16, 2000, account.question.posterior)
    (moved,) = tempering.temper(
        [tempering.importance(start, *expecting(start), asked.departure)], expecting, asked.departure
    )
    whole, error = log_mean_and_error(sizes)
    other, of_moved = log_mean_and_error(moved.log_evidence)

    assert sum(part.effective_size for part in parts) > 10_000
    assert abs(whole - other) < 4.0 * np.hypot(error, of_moved)
    weights = np.exp(np.array([np.logaddexp.reduce(part.log_evidence) for part in parts]) - np.logaddexp.reduce(sizes))
    exact = sum(weight * (part.in_cells @ part.weights) for weight, part in zip(weights, parts, strict=True))
    shares = [0.05, 0.5, 0.95]
    ends, others = (cells.quantiles(account.cells, p, shares) for p in (exact, moved.in_cells @ moved.weights))
    spread = 0.3 * (ends[2] - ends[0])  # a normal distribution's standard deviation is 0.304 of its central 90 %
    # With 200 effective draws an end moves by 0.15 of the spread; 0.45 is three times that.
    assert np.max(np.abs(np.subtract(ends, others))) < 0.45 * spread


def log_mean_and_error(logs):
    """Logarithm of a mean of exponentials, with its standard error."""
    values = np.exp(logs - logs.max())
    return logs.max() + np.log(values.mean()), values.std(ddof=1) / values.mean() / np.sqrt(len(values))


@pytest.mark.slow
def test_equal_accounts_have_a_ratio_of_exactly_1_where_draws_are_moved(pair):
    pair["accounts"] = [pair["accounts"][0], {**pair["accounts"][0], "id": "same"}]
    pair["compare"] = [["same", "earlier"]]
    answer = service.interpret(pair)

    assert [one["method"] for one in answer["provenance"]["accounts"]] == ["tempered", "tempered"]
    assert answer["comparisons"][0]["log10_lr"] == 0.0
    assert answer["comparisons"][0]["monte_carlo_se"] == 0.0


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
