"""Sample the posterior of the typical values with emcee, and judge the convergence of the chains."""

from __future__ import annotations

from dataclasses import dataclass

import emcee
import numpy as np

GROUPS = 8
"""Groups of walkers that are compared for convergence."""

FREEDOM = 8
"""Degrees of freedom of the multivariate t distribution that proposals are drawn from: its tails are heavier than normal ones."""


class FittedMove(emcee.moves.RedBlueMove):
    """Proposes draws of a multivariate t distribution with the mean and the covariance of the other half of the walkers.

    Proposals do not depend on where a walker stands. A posterior near a normal distribution accepts a third of them or more, so
    that the chains forget within a few steps what the other moves need forty for. Nothing in the target changes.
    """

    def get_proposal(self, sample, complement, random):
        """Proposed positions, and the logarithm of the ratio of densities of the proposal at the old and the new ones."""
        others = np.concatenate(complement)
        mean, count = others.mean(axis=0), others.shape[1]
        root = np.linalg.cholesky(np.cov(others.T).reshape(count, count) + 1e-9 * np.eye(count))
        scale = np.sqrt(random.chisquare(FREEDOM, len(sample)) / FREEDOM)
        proposed = mean + random.standard_normal(sample.shape) @ root.T / scale[:, None]

        def log_density(points):
            square = (np.linalg.solve(root, (points - mean).T) ** 2).sum(axis=0)
            return -0.5 * (FREEDOM + count) * np.log1p(square / FREEDOM)

        return proposed, log_density(sample) - log_density(proposed)


@dataclass(frozen=True, slots=True)
class Chains:
    """The result of a sampler: draws, shape (steps, walkers, parameters), their log posterior, and the acceptance."""

    draws: np.ndarray
    log_posterior: np.ndarray
    acceptance: float

    @property
    def flat(self) -> np.ndarray:
        """All draws, shape (steps * walkers, parameters)."""
        return self.draws.reshape(-1, self.draws.shape[2])

    def thinned(self, count: int) -> np.ndarray:
        """So many evenly spaced draws. Shape (count, parameters)."""
        return self.flat[np.linspace(0, len(self.flat) - 1, count).astype(int)]

    def autocorrelation_time(self) -> np.ndarray:
        """Integrated autocorrelation time of each parameter. [steps]"""
        return emcee.autocorr.integrated_time(self.draws, tol=0)

    def effective_size(self) -> np.ndarray:
        """Effective sample size of each parameter."""
        return self.draws.shape[0] * self.draws.shape[1] / np.maximum(self.autocorrelation_time(), 1.0)

    def split_r_hat(self) -> np.ndarray:
        """Potential scale reduction over groups of walkers, each split into its first and second half of steps."""
        steps, walkers, dimensions = self.draws.shape
        half, size = steps // 2, walkers // GROUPS
        parts = self.draws[: 2 * half, : size * GROUPS].reshape(2, half, GROUPS, size, dimensions)
        chains = parts.transpose(0, 2, 1, 3, 4).reshape(2 * GROUPS, half * size, dimensions)
        n = chains.shape[1]
        within = chains.var(axis=1, ddof=1).mean(axis=0)
        # The walkers of a group are independent chains.
        between = n * chains.mean(axis=1).var(axis=0, ddof=1)
        return np.sqrt(((n - 1) / n * within + between / n) / within)


def start(log_posterior, dimensions: int, walkers: int, seed: int) -> np.ndarray:
    """First positions of walkers: draws of the prior, chosen by a softened likelihood. Shape (walkers, dimensions)."""
    rng = np.random.default_rng(seed)
    candidates = 0.8 * rng.standard_normal((8 * walkers, dimensions))
    value = np.concatenate([log_posterior(part) for part in np.array_split(candidates, 16)])
    value = value + 0.5 * (candidates**2).sum(axis=1)
    soft = np.exp(0.25 * (value - value.max()))
    kept = rng.choice(len(candidates), size=walkers, replace=True, p=soft / soft.sum())
    return candidates[kept] + 0.1 * rng.standard_normal((walkers, dimensions))


def sample(log_posterior, begin, steps: int, burn: int, seed: int, progress=None) -> Chains:
    """Run the ensemble.

    Parameters
    ----------
    log_posterior : callable
        A function of many points at once, (m, dimensions) -> (m,).
    begin : array, shape (walkers, dimensions)
    steps, burn : int
        Number of steps that are kept, and of steps before them.
    seed : int
    progress : callable, optional
        Called with the number of finished steps.
    """
    walkers, dimensions = begin.shape
    moves = [(FittedMove(), 0.6), (emcee.moves.DEMove(), 0.3), (emcee.moves.DESnookerMove(), 0.1)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, log_posterior, vectorize=True, moves=moves)
    state = emcee.State(begin, random_state=np.random.RandomState(seed).get_state())  # noqa: NPY002 - emcee needs this kind
    for i, _ in enumerate(sampler.sample(state, iterations=burn + steps)):
        if progress is not None:
            progress(i + 1)
    chain = sampler.get_chain(discard=burn)
    return Chains(chain, sampler.get_log_prob(discard=burn), float(np.mean(sampler.acceptance_fraction)))


def in_order(draws) -> np.ndarray:
    """An order of draws in which neighbours are similar: the cloud is halved again and again along its longest direction.

    Evenly spaced draws in this order are an even sample of the cloud.
    """

    def divide(index):
        if len(index) <= 2:
            return index
        cloud = draws[index] - draws[index].mean(axis=0)
        direction = np.linalg.eigh(cloud.T @ cloud)[1][:, -1]
        direction = direction * np.sign(direction[np.abs(direction).argmax()])
        ranked = index[np.argsort(cloud @ direction, kind="stable")]
        half = len(ranked) // 2
        return np.concatenate([divide(ranked[:half]), divide(ranked[half:])])

    return divide(np.arange(len(draws)))
