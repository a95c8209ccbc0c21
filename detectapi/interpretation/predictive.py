"""Where measured results lie among those that an account gives: each by itself, and all of them jointly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.accounts import Account, Expected
from detectapi.interpretation.gaussian import Normal
from detectapi.interpretation.likelihood import Findings, Result, log_likelihood, spread_of
from detectapi.interpretation.readings import Logs
from detectapi.interpretation.tempering import normalised
from detectapi.model.arrays import Floats, Ints
from detectapi.model.normal import inverse_normal
from detectapi.model.specimen import normal_probability

NODES = inverse_normal(np.array([0.1, 0.3, 0.5, 0.7, 0.9]))
"""Standard normal numbers that stand for residual and error in each draw."""
SIMULATED = 300
"""Specimens that are simulated for the joint percentile."""
MOST_DRAWS = 1000
"""Draws over which their density is averaged."""
_GOLDEN = 0.6180339887498949


class Place(NamedTuple):
    """Where one result lies.

    Attributes
    ----------
    low, median, high : float
        Quantiles of what the account gives. [ng/mL]
    percentile : float
        Probability of a value at most as high; of a result below a limit, the probability of that. [0 to 1]
    """

    low: float
    median: float
    high: float
    percentile: float


class Joint(NamedTuple):
    """Where all results lie together.

    Attributes
    ----------
    pattern : float
        Probability that the same analytes lie below their limits, and that screens have the same verdicts. [0 to 1]
    percentile : float or None
        Share of simulated sets of specimens, of the same pattern, whose values are at most as likely; None without values.
    """

    pattern: float
    percentile: float | None


class Predictive(NamedTuple):
    """Places of the results of each specimen in the order of its findings, and of all together."""

    places: tuple[tuple[Place, ...], ...]
    joint: Joint


def predictive(expected: Expected, level: float, seed: int) -> Predictive:
    """Where results lie among those that an account gives, given what was measured of the urine.

    Parameters
    ----------
    expected : Expected
        Of draws from the prior.
    level : float
        Of the interval of what is expected.
    seed : int
    """
    weights = normalised(expected.urine)
    cells = one_cell_each(expected.account, len(expected.urine))
    logs = [in_cells(one, cells) for one in expected.logs]
    places, seen = [], []
    for here, findings in zip(logs, (expected.findings(i) for i in range(len(logs))), strict=True):
        normals = [spread_of(here, result, findings) for result in findings.results]
        seen.append([_row(one) for one in normals])
        places.append(tuple(
            _place(result, centre, spread, weights, level)
            for result, (centre, spread) in zip(findings.results, seen[-1], strict=True)
        ))  # fmt: skip
    return Predictive(tuple(places), _joint(expected, logs, seen, weights, seed))


def _row(normal: Normal) -> tuple[Floats, Floats]:
    """Centre and standard deviation in each draw, of the one cell there is."""
    centre, spread = np.broadcast_arrays(normal.mean, normal.variance)
    return centre[0], spread[0]


def one_cell_each(account: Account, draws: int) -> Ints:
    """One cell of the time of use for each draw, by the prior; evenly spread over the draws."""
    ends = np.cumsum(np.exp(account.cells.log_mass))
    places = np.modf((np.arange(draws) + 0.5) * _GOLDEN)[0]
    cells: Ints = np.minimum(np.searchsorted(ends, places), len(ends) - 1)
    return cells


def in_cells(logs: Logs, cells: Ints) -> dict[str, Floats]:
    """Logarithms of each draw in a cell of its own. Shape (1, draws). [ln ng/mL]

    Parameters
    ----------
    logs : dict of str to array, shape (cells, draws)
        Of one cell where it is the same in all, as before a further use. [ln ng/mL]
    cells : array of int, shape (draws,)
    """
    draws = np.arange(len(cells))
    return {analyte: log[np.minimum(cells, len(log) - 1), draws][np.newaxis] for analyte, log in logs.items()}


def _place(result: Result, centre: Floats, spread: Floats, weights: Floats, level: float) -> Place:
    values = (centre + spread * NODES[:, np.newaxis]).ravel()
    order = np.argsort(values)
    whole = np.cumsum(np.tile(weights, len(NODES))[order])
    tail = 0.5 * (1.0 - level)
    ends = np.searchsorted(whole / whole[-1], [tail, 0.5, 1.0 - tail])
    low, median, high = np.exp(values[order][np.minimum(ends, len(values) - 1)])
    below = [float(np.sum(weights * normal_probability((end - centre) / spread))) for end in (result.low, result.high)]
    percentile = below[1] if result.is_value or math.isinf(result.low) else below[1] - below[0]
    return Place(float(low), float(median), float(high), min(max(percentile, 0.0), 1.0))


def place_in(logs: Logs, result: Result, findings: Findings, weights: Floats, level: float) -> Place:
    """Where one result of a specimen lies among those of weighted draws.

    Parameters
    ----------
    logs : dict of str to array, shape (1, draws)
        [ln ng/mL]
    result : Result
    findings : Findings
    weights : array, shape (draws,)
    level : float
        Of the interval of what is expected.
    """
    return _place(result, *_row(spread_of(logs, result, findings)), weights, level)


def _joint(
    expected: Expected, logs: Sequence[dict[str, Floats]], seen: Sequence[list[tuple[Floats, Floats]]],
    weights: Floats, seed: int,
) -> Joint:  # fmt: skip
    """The share of simulated sets of values that are at most as likely as the measured one; a set's own draw is left out."""
    pattern = np.zeros(len(weights))
    values, centres, spreads = [], [], []
    for place, here in enumerate(logs):
        findings = expected.findings(place)
        pattern += log_likelihood(here, _without_values(findings))[0] if here or findings.never_formed else 0.0
        for result, (centre, spread) in zip(findings.results, seen[place], strict=True):
            if result.is_value:
                values.append(result.low)
                centres.append(centre)
                spreads.append(spread)
    probability = float(np.sum(weights * np.exp(pattern)))
    if not values or probability == 0.0:
        return Joint(probability, None)
    some = slice(0, MOST_DRAWS)
    mass = np.log(np.maximum(weights[some], 1e-300)) + pattern[some]
    centre, spread = np.array(centres)[:, some], np.array(spreads)[:, some]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(8,)))
    ends = np.cumsum(normalised(mass))
    own = np.minimum(np.searchsorted(ends, (np.arange(SIMULATED) + rng.random()) / SIMULATED), len(ends) - 1)
    simulated = centre[:, own] + spread[:, own] * rng.standard_normal((len(values), SIMULATED))
    measured = _density(np.array(values)[:, np.newaxis], centre, spread, mass, None)
    return Joint(probability, float(np.mean(_density(simulated, centre, spread, mass, own) <= measured[0])))


def _density(values: Floats, centre: Floats, spread: Floats, mass: Floats, own: Ints | None) -> Floats:
    """Logarithm of the density of sets of values, up to a constant. Shape (sets,)."""
    logs = mass - np.log(spread).sum(axis=0) - 0.5 * sum(
        np.square((value[:, np.newaxis] - mean) / sd) for value, mean, sd in zip(values, centre, spread, strict=True)
    )  # fmt: skip
    if own is not None:
        logs[np.arange(len(own)), own] = -np.inf
    top = logs.max(axis=1)
    return np.asarray(top + np.log(np.exp(logs - top[:, np.newaxis]).sum(axis=1)))


def _without_values(findings: Findings) -> Findings:
    return findings._replace(results=tuple(result for result in findings.results if not result.is_value))
