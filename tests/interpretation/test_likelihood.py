"""The closed forms against quadrature over the residual, and against simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from detectapi.interpretation.gaussian import Normal, cut, log_between, log_probability, log_sum
from detectapi.interpretation.likelihood import (
    Findings,
    Result,
    departure_probability,
    log_likelihood,
    with_departures,
)
from detectapi.interpretation.readings import Reading, Residual
from detectapi.interpretation.verdicts import Stage, Verdict

SCATTER, CV = 0.3, 0.1
ERROR, SCREEN_ERROR = math.log1p(CV**2), math.log1p(0.15**2)
ONE = {"a": Residual("a", SCATTER)}
TWO = {"a": Residual("a", SCATTER), "b": Residual("b", 0.4)}
SHARED = {"a": Residual("a", SCATTER), "b": Residual("a", SCATTER)}


def reading(error=ERROR, **weights):
    return Reading(weights or {"a": 1.0}, error)


def value(c, *which):
    return Result(*(which or (reading(),)), math.log(c), math.log(c))


def below(limit, *which):
    return Result(*(which or (reading(),)), -math.inf, math.log(limit))


def screen(cutoff, positive, needs_all=False, readings=None):
    readings = readings or (reading(SCREEN_ERROR),)
    return Verdict((Stage(readings, (math.log(cutoff),) * len(readings), needs_all),), positive)


def logs(**concentrations):
    return {name: np.log(np.array([[c]], dtype=float)) for name, c in concentrations.items()}


def probability(found, concentrations, **kwargs):
    return float(np.exp(log_likelihood(logs(**concentrations), found, **kwargs))[0, 0])


def by_quadrature(terms, spread=SCATTER):
    """The mean over one residual of a product of terms, each a function of it."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(201)
    r = spread * nodes
    return float(np.sum(weights * np.prod([term(r) for term in terms], axis=0)) / math.sqrt(2.0 * math.pi))


def density_of(c, mu, error=ERROR):
    return lambda r: stats.norm.pdf(math.log(c), mu + r, math.sqrt(error))


def chance_below(limit, mu, error=ERROR):
    return lambda r: stats.norm.cdf(math.log(limit), mu + r, math.sqrt(error))


def chance_above(limit, mu, error=SCREEN_ERROR):
    return lambda r: stats.norm.sf(math.log(limit), mu + r, math.sqrt(error))


def test_log_probability_is_that_of_a_library_from_the_far_tail_to_the_middle():
    z = np.concatenate([np.linspace(-200.0, 12.0, 5001), [-np.inf, np.inf]])

    np.testing.assert_allclose(log_probability(z), stats.norm.logcdf(z), rtol=2e-6, atol=1e-6)


def test_log_between_is_exact_on_both_sides_of_the_middle():
    low = np.array([-9.0, -3.0, -0.2, 0.1, 2.0, 6.0])
    exact = np.log(
        np.where(
            low > 0, stats.norm.sf(low) - stats.norm.sf(low + 0.5), stats.norm.cdf(low + 0.5) - stats.norm.cdf(low)
        )
    )

    np.testing.assert_allclose(log_between(low, low + 0.5), exact, rtol=1e-5)


@pytest.mark.parametrize(("low", "high"), [(-np.inf, -1.0), (-np.inf, 2.0), (0.5, np.inf), (-1.0, 0.3), (3.0, 4.0)])
def test_moments_of_a_cut_normal_are_those_of_a_library(low, high):
    cut_here, exact = cut(low, high), stats.truncnorm(low, high)

    assert cut_here.mean == pytest.approx(exact.mean(), rel=1e-4)
    assert cut_here.variance == pytest.approx(exact.var(), rel=1e-3)


def test_a_sum_of_log_normals_keeps_mean_and_variance():
    mixed = log_sum([Normal(0.3, 0.09), Normal(-0.5, 0.16)])
    means = np.exp([0.3 + 0.045, -0.5 + 0.08])
    variance = np.sum(np.square(means) * np.expm1([0.09, 0.16]))

    assert math.exp(mixed.centre + 0.5 * mixed.variance) == pytest.approx(means.sum())
    assert math.expm1(mixed.variance) * means.sum() ** 2 == pytest.approx(variance)


def test_a_value_has_the_density_that_quadrature_over_the_residual_gives():
    found = Findings((value(40.0),), (), ONE)

    assert probability(found, {"a": 50.0}) == pytest.approx(by_quadrature([density_of(40.0, math.log(50.0))]), rel=1e-6)


def test_a_value_below_a_limit_has_the_probability_that_quadrature_gives():
    found = Findings((below(30.0),), (), ONE)

    assert probability(found, {"a": 50.0}) == pytest.approx(
        by_quadrature([chance_below(30.0, math.log(50.0))]), rel=1e-5
    )


def test_detected_but_below_the_limit_of_quantification_is_the_difference_of_two_limits():
    between = Result(reading(), math.log(20.0), math.log(30.0))
    mu = math.log(50.0)
    exact = by_quadrature([chance_below(30.0, mu)]) - by_quadrature([chance_below(20.0, mu)])

    assert probability(Findings((between,), (), ONE), {"a": 50.0}) == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("measured", [0.6, 0.8, 1.5])
def test_a_screen_after_a_value_shares_its_residual(measured):
    cutoff = 50.0
    found = Findings((value(measured * cutoff),), (screen(cutoff, True),), ONE)
    mu = math.log(cutoff)
    exact = by_quadrature([density_of(measured * cutoff, mu), chance_above(cutoff, mu)])

    assert probability(found, {"a": cutoff}) == pytest.approx(exact, rel=1e-5)


def test_the_screen_after_a_value_is_not_the_product_of_two_separate_terms():
    alone = probability(Findings((), (screen(50.0, True),), ONE), {"a": 50.0})
    value_alone = probability(Findings((value(30.0),), (), ONE), {"a": 50.0})
    both = probability(Findings((value(30.0),), (screen(50.0, True),), ONE), {"a": 50.0})

    assert alone == pytest.approx(0.5, abs=1e-6)
    assert both / value_alone < 0.01


@pytest.mark.parametrize("level", [20.0, 60.0, 150.0])
def test_a_screen_after_a_value_below_a_limit_is_close_to_quadrature(level):
    # The residual that is left is a cut normal distribution, of which mean and variance are kept.
    found = Findings((below(50.0),), (screen(50.0, True),), ONE)
    mu = math.log(level)
    exact = by_quadrature([chance_below(50.0, mu), chance_above(50.0, mu)])

    assert probability(found, {"a": level}) == pytest.approx(exact, rel=0.1, abs=0.005)


def test_positive_and_negative_screens_are_each_others_rest():
    for needs_all in (True, False):
        chances = [
            probability(
                Findings((), (screen(50.0, positive, needs_all, (reading(a=1.0), reading(b=1.0))),), TWO),
                {"a": 40.0, "b": 55.0},
            )
            for positive in (True, False)
        ]
        assert sum(chances) == pytest.approx(1.0, abs=1e-6)


def test_a_screen_of_several_analytes_is_close_to_simulation():
    rng = np.random.default_rng(5)
    r = rng.standard_normal((2, 400_000))
    error = rng.normal(0.0, math.sqrt(SCREEN_ERROR), 400_000)
    total = (30.0 * np.exp(SCATTER * r[0]) + 0.4 * 60.0 * np.exp(0.4 * r[1])) * np.exp(error)
    found = Findings((), (screen(50.0, True, readings=(reading(SCREEN_ERROR, a=1.0, b=0.4),)),), TWO)

    assert probability(found, {"a": 30.0, "b": 60.0}) == pytest.approx(np.mean(total >= 50.0), abs=0.006)


def test_a_screen_of_two_analytes_after_the_value_of_one_is_close_to_simulation():
    rng = np.random.default_rng(6)
    a = math.log(30.0) + SCATTER * rng.standard_normal(2_000_000)
    measured = a + rng.normal(0.0, math.sqrt(ERROR), len(a))
    kept = np.abs(measured - math.log(45.0)) < 0.02
    b = math.log(60.0) + 0.4 * rng.standard_normal(kept.sum())
    read = np.log(np.exp(a[kept]) + 0.4 * np.exp(b)) + rng.normal(0.0, math.sqrt(SCREEN_ERROR), kept.sum())
    screened = screen(50.0, True, readings=(reading(SCREEN_ERROR, a=1.0, b=0.4),))
    both = probability(Findings((value(45.0),), (screened,), TWO), {"a": 30.0, "b": 60.0})
    alone = probability(Findings((value(45.0),), (), TWO), {"a": 30.0, "b": 60.0})

    assert both / alone == pytest.approx(np.mean(read >= math.log(50.0)), abs=0.01)


def test_a_moiety_and_its_conjugate_with_one_residual_add_up_exactly():
    found = Findings((value(90.0, reading(a=1.0, b=0.5)),), (), SHARED)
    alone = Findings((value(90.0),), (), ONE)

    assert probability(found, {"a": 50.0, "b": 60.0}) == pytest.approx(probability(alone, {"a": 80.0}))


def test_analytes_of_one_specimen_multiply_given_the_draw():
    both = Findings((value(40.0), below(50.0, reading(b=1.0))), (), TWO)
    apart = [Findings((value(40.0),), (), ONE), Findings((below(50.0, reading(b=1.0)),), (), TWO)]
    one, other = (probability(found, {"a": 50.0, "b": 60.0}) for found in apart)

    assert probability(both, {"a": 50.0, "b": 60.0}) == pytest.approx(one * other)


def test_an_analyte_that_is_always_below_its_limit_changes_nothing():
    without, with_it = Findings((value(40.0),), (), TWO), Findings((value(40.0), below(1e9, reading(b=1.0))), (), TWO)
    levels = {"a": 50.0, "b": 60.0}

    assert probability(with_it, levels) == pytest.approx(probability(without, levels), rel=1e-9)


def test_a_substance_that_a_screen_does_not_respond_to_changes_nothing():
    plain, crossed = (
        Findings((), (screen(50.0, True, readings=(one,)),), TWO) for one in (reading(a=1.0), reading(a=1.0, b=1e-12))
    )
    levels = {"a": 45.0, "b": 60.0}

    assert probability(crossed, levels) == pytest.approx(probability(plain, levels), rel=1e-6)


def test_the_unit_of_a_value_does_not_matter():
    ng, ug = (probability(Findings((value(40.0 * unit),), (), ONE), {"a": 50.0 * unit}) for unit in (1.0, 1e-3))

    assert ng == pytest.approx(ug)


def test_departures_bound_what_one_specimen_says():
    far, farther = (Findings((value(c),), (), ONE) for c in (5e3, 5e5))
    expected = logs(a=50.0)
    plain = log_likelihood(expected, farther) - log_likelihood(expected, far)
    bounded = with_departures(expected, farther, 0.02) - with_departures(expected, far, 0.02)

    assert plain[0, 0] < -300
    assert -15 < bounded[0, 0] < -5


def test_a_value_beyond_anything_expected_is_a_departure_and_an_expected_one_is_not():
    near, far = (
        float(departure_probability(logs(a=50.0), Findings((value(c),), (), ONE), 0.02)[0, 0]) for c in (55.0, 5e4)
    )

    assert near < 0.01
    assert far > 0.99


def test_nothing_found_says_nothing():
    assert log_likelihood(logs(a=50.0), Findings((), (), ONE))[0, 0] == 0.0
    assert with_departures(logs(a=50.0), Findings((), (), ONE), 0.02)[0, 0] == 0.0


@pytest.mark.parametrize("reported", [-690.0, 690.0])
def test_a_value_that_not_even_a_departure_explains_is_not_explained(reported):
    findings = Findings((Result(Reading({"a": 1.0}, 0.01), reported, reported),), (), {"a": Residual("a", 0.3)})

    assert departure_probability({"a": np.full((2, 3), math.log(50.0))}, findings, 0.01) == pytest.approx(1.0)
