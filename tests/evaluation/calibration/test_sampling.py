import emcee
import numpy as np
import pytest
from scipy import stats

from detectapi.evaluation.calibration import sampling

COVARIANCE = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 0.25]])


def log_normal(points):
    return -0.5 * (points * np.linalg.solve(COVARIANCE, points.T).T).sum(axis=1)


@pytest.fixture(scope="module")
def chains():
    begin = np.random.default_rng(1).standard_normal((48, 3))
    return sampling.sample(log_normal, begin, 600, 200, seed=2)


def test_a_known_posterior_is_found(chains):
    # More than 1,000 effective draws: standard errors of means 0.03, of a correlation 0.02.
    assert chains.effective_size().min() > 1000
    assert chains.flat.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.12)
    assert np.cov(chains.flat.T) == pytest.approx(COVARIANCE, abs=0.15)


def test_proposals_that_do_not_depend_on_the_walker_keep_the_target():
    """A target with heavy tails and a skew, which the fitted distribution does not have, against its quantiles."""
    begin = np.random.default_rng(7).standard_normal((64, 2))

    def log_density(points):
        return stats.t.logpdf(points[:, 0], 5) + stats.gumbel_r.logpdf(points[:, 1] - 0.5 * points[:, 0])

    moves = [(sampling.FittedMove(), 1.0)]
    sampler = emcee.EnsembleSampler(64, 2, log_density, vectorize=True, moves=moves)
    sampler.random_state = np.random.RandomState(8).get_state()
    sampler.run_mcmc(begin, 500)
    first, second = sampler.get_chain(discard=100, flat=True).T
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]

    # Some 5,000 effective draws: shares below a quantile have a standard error of 0.007 at most.
    assert [np.mean(first < stats.t.ppf(p, 5)) for p in shares] == pytest.approx(shares, abs=0.03)
    assert [np.mean(second - 0.5 * first < stats.gumbel_r.ppf(p)) for p in shares] == pytest.approx(shares, abs=0.03)


def test_convergence_is_told_from_its_absence(chains):
    assert chains.split_r_hat().max() < 1.03
    stuck = np.repeat(np.random.default_rng(3).standard_normal((1, 48, 3)), 600, axis=0)
    stuck[:, :24] += 4.0
    assert sampling.Chains(stuck, stuck[..., 0], 0.0).split_r_hat().min() > 1.2


def test_the_same_seed_gives_the_same_chains(chains):
    begin = np.random.default_rng(1).standard_normal((48, 3))
    again = sampling.sample(log_normal, begin, 600, 200, seed=2)

    assert (again.draws == chains.draws).all()


def test_walkers_start_where_the_posterior_is():
    begin = sampling.start(
        lambda z: -0.5 * ((z - 1.0) ** 2).sum(axis=1) / 0.2 - 0.5 * (z**2).sum(axis=1), 2, 200, seed=4
    )

    assert begin.shape == (200, 2)
    assert begin.mean() > 0.3


def test_neighbours_in_order_are_alike():
    draws = np.random.default_rng(5).standard_normal((512, 4))
    order = sampling.in_order(draws)
    ordered = draws[order]

    assert sorted(order) == list(range(512))
    assert (
        np.linalg.norm(np.diff(ordered, axis=0), axis=1).mean()
        < 0.7 * np.linalg.norm(np.diff(draws, axis=0), axis=1).mean()
    )


def test_every_eighth_draw_in_order_is_an_even_sample():
    draws = np.random.default_rng(6).standard_normal((4096, 6))
    even = draws[sampling.in_order(draws)][4::8]

    # 512 draws at random would have means with a standard error of 0.044.
    assert np.abs(even.mean(axis=0) - draws.mean(axis=0)).max() < 0.06
