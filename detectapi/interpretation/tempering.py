"""Weighted draws of a person given all results: plain importance sampling, or tempered sequential Monte Carlo.

Every random number of the engine is a standard normal one, whatever the substance. So a move ``z' = sqrt(1 - b^2) z + b xi`` leaves
the prior as it is, and is accepted by the ratio of the likelihoods alone. The likelihood is brought in by powers from 0 to 1, each
chosen so that half of the effective sample size is left. The draws are islands that never exchange copies: each island estimates
the probability of the results by itself, and their spread is the Monte-Carlo error.

References
----------
cotter2013
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.accounts import Expected
from detectapi.interpretation.particles import Particles
from detectapi.model.arrays import Floats, Ints

ISLANDS = 10
KEPT = 0.5
"""Share of the effective sample size that a step of the powers keeps."""
MOST_STEPS = 40
MOST_MOVES = 4
ENOUGH_ACCEPTED = 0.6
"""Moves of one step go on until the shares accepted add up to this."""
WANTED_ACCEPTANCE = 0.3
SMALLEST_STEP, FIRST_STEP = 0.02, 0.4
RESAMPLE = 7
"""Beginning of the spawn key of the random numbers that choose and accept draws."""


class Weighted(NamedTuple):
    """Draws given the results, of one account.

    Attributes
    ----------
    particles : Particles
    expected : Expected
    log_likelihood : array, shape (cells, draws)
        Of the results.
    weights : array, shape (draws,)
        They add up to 1.
    log_evidence : array, shape (islands,)
        Logarithm of the probability of all that was measured, estimated by each island.
    steps : int
        Powers of the likelihood; 0 for plain importance sampling.
    acceptance : float
        Share of moves accepted in the last step. [0 to 1]
    """

    particles: Particles
    expected: Expected
    log_likelihood: Floats
    weights: Floats
    log_evidence: Floats
    steps: int
    acceptance: float

    @property
    def effective_size(self) -> float:
        """Effective sample size."""
        return float(1.0 / np.sum(np.square(self.weights)))

    @property
    def in_cells(self) -> Floats:
        """Probability of each cell in each draw, given the results. Shape (cells, draws); each draw adds up to 1."""
        return in_cells(self.expected, self.log_likelihood)


Expecting = Callable[[Particles], Expected]
"""What an account expects of some people."""


def in_cells(expected: Expected, log_likelihood: Floats) -> Floats:
    """Probability of each cell in each draw, given the results."""
    joint = log_likelihood + expected.account.cells.log_mass[:, np.newaxis]
    joint = np.exp(joint - joint.max(axis=0))
    return np.asarray(joint / joint.sum(axis=0))


def of_draws(expected: Expected, log_likelihood: Floats) -> Floats:
    """Logarithm of the probability of all that was measured in each draw, the time of use integrated. Shape (draws,)."""
    mass = expected.account.cells.log_mass
    if len(mass) == 1:
        return np.asarray(log_likelihood[0] + expected.urine)
    joint = log_likelihood + mass[:, np.newaxis]
    top = joint.max(axis=0)
    return np.asarray(top + np.log(np.exp(joint - top).sum(axis=0)) + expected.urine)


def log_mean(values: Floats, islands: int) -> Floats:
    """Logarithm of the mean of exponentials over the draws of each island. Shape (islands,)."""
    apart = values.reshape(islands, -1)
    top = apart.max(axis=1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(apart - top).mean(axis=1)))


def normalised(logs: Floats) -> Floats:
    """Weights that add up to 1, from their logarithms."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def importance(particles: Particles, expecting: Expecting, departure: float, islands: int = ISLANDS) -> Weighted:
    """Draws from the prior, weighted by the probability of the results.

    Parameters
    ----------
    particles : Particles
        Their number is a multiple of `islands`.
    expecting : callable
    departure : float
        Share of specimens that depart from the model altogether. [0 to 1]
    islands : int
    """
    expected = expecting(particles)
    likelihood = expected.log_likelihood(departure)
    whole = of_draws(expected, likelihood)
    return Weighted(particles, expected, likelihood, normalised(whole), log_mean(whole, islands), 0, 1.0)


def temper(start: Weighted, expecting: Expecting, departure: float, islands: int = ISLANDS) -> Weighted:
    """Move draws from the prior to where the results have them.

    Parameters
    ----------
    start : Weighted
        Draws of the prior with their likelihoods.
    expecting, departure, islands
        As in `importance`.
    """
    particles, expected, likelihood = start.particles, start.expected, start.log_likelihood
    whole = of_draws(expected, likelihood)
    evidence, power, step, moves, accepted = np.zeros(islands), 0.0, FIRST_STEP, 0, 1.0
    for round_ in range(1, MOST_STEPS + 1):
        rise = _next_power(whole, power)
        evidence += log_mean(rise * whole, islands)
        power += rise
        if power >= 1.0 or round_ == MOST_STEPS:
            break
        rng = np.random.default_rng(np.random.SeedSequence(particles.seed, spawn_key=(RESAMPLE, round_)))
        chosen = _resample(rise * whole, islands, rng)
        particles, whole = particles.taken(chosen), whole[chosen]
        done = 0.0
        for _ in range(MOST_MOVES):
            moves += 1
            tried = particles.moved(step, moves)
            proposed = expecting(tried)
            there = of_draws(proposed, proposed.log_likelihood(departure))
            accept = np.log(rng.random(len(whole))) < power * (there - whole)
            particles, whole = particles.where(accept, tried), np.where(accept, there, whole)
            accepted = float(accept.mean())
            done += accepted
            step = float(np.clip(step * np.exp(accepted - WANTED_ACCEPTANCE), SMALLEST_STEP, 1.0))
            if done >= ENOUGH_ACCEPTED:
                break
    expected = expecting(particles)
    likelihood = expected.log_likelihood(departure)
    weights = _across_islands(rise * whole, evidence, islands)
    return Weighted(particles, expected, likelihood, weights, evidence, round_, accepted)


def _next_power(whole: Floats, power: float) -> float:
    """By how much the power may rise so that the wanted share of the effective sample size is left."""
    most = 1.0 - power
    if _share_kept(most * whole) >= KEPT:
        return most
    low, high = 0.0, most
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _share_kept(middle * whole) >= KEPT else (low, middle)
    return low


def _share_kept(logs: Floats) -> float:
    weights = np.exp(logs - logs.max())
    return float(np.square(weights.sum()) / np.sum(np.square(weights)) / len(weights))


def _resample(logs: Floats, islands: int, rng: np.random.Generator) -> Ints:
    """Systematic resampling within each island: as many copies of a draw as its weight wants, rounded evenly."""
    apart = logs.reshape(islands, -1)
    size = apart.shape[1]
    chosen = np.empty((islands, size), dtype=np.intp)
    for island, own in enumerate(apart):
        ends = np.cumsum(normalised(own))
        places = (np.arange(size) + rng.random()) / size
        chosen[island] = island * size + np.minimum(np.searchsorted(ends, places), size - 1)
    return chosen.ravel()


def _across_islands(logs: Floats, evidence: Floats, islands: int) -> Floats:
    """Weights within each island, each island by the probability it estimates."""
    within = np.array([normalised(own) for own in logs.reshape(islands, -1)])
    return np.asarray((within * normalised(evidence)[:, np.newaxis]).ravel())
