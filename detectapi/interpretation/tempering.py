"""Weighted draws of a person given all results: plain importance sampling, or tempered sequential Monte Carlo.

Every random number of the engine is a standard normal one, whatever the substance. So a move ``z' = sqrt(1 - b^2) z + b xi``
leaves the prior as it is, and is accepted by the ratio of the likelihoods alone. Along the few directions that the results tell,
moves know where the draws are: see `detectapi.interpretation.fitted_moves`.

Accounts that are compared share the draws. These follow the sum of the likelihoods of all accounts, each with a factor that gives
it an equal part, and are weighted for each account in the end. So a ratio of two accounts lacks most of what is random in both.

The results are brought in by narrowing: at first every reading has a standard deviation that is wider by 3 on the logarithm,
and this shrinks to nothing in steps that keep a share of the effective sample size. Powers of the likelihood would not do: the
small share of specimens that depart from the model then rules until the last steps, and draws that fit come too late.

The draws are islands that never exchange copies: each island estimates the probability of the results by itself, and their
spread is the Monte-Carlo error.

References
----------
cotter2013
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import between_blocks
from detectapi.interpretation.accounts import Expected
from detectapi.interpretation.fitted_moves import fit
from detectapi.interpretation.likelihood import centres
from detectapi.interpretation.particles import Particles
from detectapi.model.arrays import Floats, Ints

ISLANDS = 10
WIDEST = 3.0
"""Standard deviation that is added to the logarithm of every reading at first."""
FACTORS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.88)
"""By which of these it shrinks in a step: the first that keeps enough, or the last."""
KEPT = 0.3
"""Share of the effective sample size that a step keeps."""
MOST_STEPS = 40
MOST_MOVES = 5
ENOUGH_ACCEPTED = 1.2
"""Moves of one step go on until the shares accepted add up to this."""
WANTED_ACCEPTANCE = 0.3
ADAPTING = 2.0
"""By how much the logarithm of the length of a move follows the share that was accepted."""
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
        Steps of narrowing; 0 for plain importance sampling.
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


Expecting = Callable[[Particles], tuple[Expected, ...]]
"""What each of some accounts expects of some people."""


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


def resampled(weighted: Weighted, count: int = 400) -> Ints:
    """Draws that stand for all of them with equal weights."""
    ends = np.cumsum(weighted.weights)
    count = min(count, len(ends))
    places = (np.arange(count) + 0.5) / count
    chosen: Ints = np.minimum(np.searchsorted(ends / ends[-1], places), len(ends) - 1)
    return chosen


def importance(particles: Particles, expected: Expected, departure: float, islands: int = ISLANDS) -> Weighted:
    """Draws from the prior, weighted by the probability of the results.

    Parameters
    ----------
    particles : Particles
        Their number is a multiple of `islands`.
    expected : Expected
        What the account expects of them.
    departure : float
        Share of specimens that depart from the model altogether. [0 to 1]
    islands : int
    """
    likelihood = expected.log_likelihood(departure)
    whole = of_draws(expected, likelihood)
    return Weighted(particles, expected, likelihood, normalised(whole), log_mean(whole, islands), 0, 1.0)


def temper(
    starts: Sequence[Weighted], expecting: Expecting, departure: float, islands: int = ISLANDS
) -> list[Weighted]:
    """Move draws from the prior to where the results have them under any of several accounts.

    Parameters
    ----------
    starts : sequence of Weighted
        The same draws of the prior with the likelihoods of each account.
    expecting : callable
    departure : float
        Share of specimens that depart from the model altogether. [0 to 1]
    islands : int

    Returns
    -------
    list of Weighted
        The same draws, weighted for each account.
    """
    expected = tuple(start.expected for start in starts)
    state = _State(starts[0].particles, expected, np.zeros(starts[0].particles.count), FIRST_STEP, 0, 1.0)
    evidence = np.zeros(islands)
    mixture, whole = _Mixture(departure, WIDEST, np.zeros(len(expected))).at(WIDEST, state)
    gain = whole
    for round_ in range(1, MOST_STEPS + 1):
        evidence += log_mean(gain, islands)
        rng = np.random.default_rng(np.random.SeedSequence(state.particles.seed, spawn_key=(RESAMPLE, round_)))
        state = _moved(state.taken(_resample(gain, islands, rng), whole), expecting, rng, mixture)
        mixture, whole = _narrower(state, mixture)
        gain = whole - state.whole
        if mixture.wide == 0.0:
            break
    return [_of_account(state, one, departure, evidence, round_) for one in state.expected]


def _of_account(state: _State, expected: Expected, departure: float, evidence: Floats, steps: int) -> Weighted:
    """The draws weighted for one account."""
    likelihood, islands = expected.log_likelihood(departure), len(evidence)
    gain = of_draws(expected, likelihood) - state.whole
    whole = evidence + log_mean(gain, islands)
    return Weighted(
        state.particles, expected, likelihood, _across_islands(gain, whole, islands), whole, steps, state.accepted
    )


class _State(NamedTuple):
    """Draws between two steps: what accounts expect of them, their likelihood at the present width, and how moves fare."""

    particles: Particles
    expected: tuple[Expected, ...]
    whole: Floats
    step: float
    moves: int
    accepted: float

    def taken(self, chosen: Ints, whole: Floats) -> _State:
        """Copies of some draws."""
        expected = tuple(one.taken(chosen) for one in self.expected)
        return self._replace(particles=self.particles.taken(chosen), expected=expected, whole=whole[chosen])


class _Mixture(NamedTuple):
    """The likelihood that draws follow: that of all accounts together, each with a share.

    Attributes
    ----------
    departure : float
    wide : float
        Standard deviation that is added to the logarithm of every reading.
    shares : array, shape (accounts,)
        Logarithm of the factor of each account.
    """

    departure: float
    wide: float
    shares: Floats

    def of(self, expected: Sequence[Expected]) -> Floats:
        """Logarithm of the probability of all that was measured in each draw. Shape (draws,)."""
        return self._together(self._of_accounts(expected))

    def at(self, wide: float, state: _State) -> tuple[_Mixture, Floats]:
        """The same at another width, with shares by which each account has an equal part of the draws; and that probability."""
        other = self._replace(wide=wide)
        apart = other._of_accounts(state.expected)
        shares = -np.array([log_mean(one - state.whole, 1)[0] for one in apart])
        other = other._replace(shares=shares)
        return other, other._together(apart)

    def readings(self, expected: Expected) -> list[Floats]:
        """What each reading is expected to be in each draw, in standard deviations of what it varies by given the draw."""
        where = in_cells(expected, expected.log_likelihood(self.departure, wide=self.wide))
        return [
            np.asarray(np.sum(centre / spread * where, axis=0))
            for place, logs in enumerate(expected.logs)
            for centre, spread in centres(logs, expected.findings(place))
        ]

    def _of_accounts(self, expected: Sequence[Expected]) -> Floats:
        return np.array([of_draws(one, one.log_likelihood(self.departure, wide=self.wide)) for one in expected])

    def _together(self, apart: Floats) -> Floats:
        return np.asarray(np.logaddexp.reduce(apart + self.shares[:, np.newaxis], axis=0))


def _moved(state: _State, expecting: Expecting, rng: np.random.Generator, mixture: _Mixture) -> _State:
    """Draws after enough moves at one width."""
    particles, expected, whole, step, moves, accepted = state
    fitted = fit(particles, [reading for one in expected for reading in mixture.readings(one)])
    done = 0.0
    for _ in range(MOST_MOVES):
        moves += 1
        between_blocks()
        before = particles.matrix()
        after = fitted.moved(before, particles.anew(moves), step)
        tried, gain = particles.with_matrix(after), fitted.log_ratio(after) - fitted.log_ratio(before)
        proposed = expecting(tried)
        there = mixture.of(proposed)
        accept = np.log(rng.random(len(whole))) < there - whole + gain
        particles = particles.where(accept, tried)
        expected = tuple(one.where(accept, other) for one, other in zip(expected, proposed, strict=True))
        whole = np.where(accept, there, whole)
        accepted = float(accept.mean())
        step = float(np.clip(step * np.exp(ADAPTING * (accepted - WANTED_ACCEPTANCE)), SMALLEST_STEP, 1.0))
        done += accepted
        if done >= ENOUGH_ACCEPTED:
            break
    return _State(particles, expected, whole, step, moves, accepted)


def _narrower(state: _State, mixture: _Mixture) -> tuple[_Mixture, Floats]:
    """The least width that keeps the wanted share of the effective sample size, and the likelihoods at it."""
    narrower, there = mixture.at(0.0, state)
    low, high = 0, len(FACTORS) - 1  # the width of the first keeps too little unless it is taken at once
    if _share_kept(there - state.whole) >= KEPT:
        return narrower, there
    while high - low > 1:
        middle = (low + high) // 2
        narrower, there = mixture.at(mixture.wide * FACTORS[middle], state)
        low, high = (low, middle) if _share_kept(there - state.whole) >= KEPT else (middle, high)
    return mixture.at(mixture.wide * FACTORS[high], state)


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
