"""Probability of the verdict of a test on one specimen, in one stage or several, given what is known of the specimen's residuals.

All parts and stages of a test read the same specimen: the concentrations and their residuals are the same, and only the errors of
the measurements are independent. So the verdict of a test has, with ``r`` the residuals and ``s`` the stages,

    P(positive) = E_r [ prod_s P(stage s is positive | r) ]

A test of one part, or of parts that share no residual, needs no integral: each part is a normal distribution by itself. Elsewhere
the expectation is a sum over nodes: those of Gauss and Hermite for one residual, an evenly spread lattice for several.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.gaussian import Normal, log_probability
from detectapi.interpretation.readings import Logs, Reading, Residual, mixed, of_groups
from detectapi.model.arrays import Floats
from detectapi.model.normal import inverse_normal

NODES = 32
"""Nodes for one residual. With a measurement three times as steep as it is wide, a probability is then off by 2 in 1,000."""
LATTICE = 256
"""Nodes for several residuals; shared out among the voids of a draw where there are several."""
MOST_SHARES = 16
"""With many cells of time a draw has one of so many stretches of the lattice, of 16 nodes. What is off in a draw, by a tenth,
differs between draws, and results are means over hundreds of them."""
SPACED, FARTHEST = 80, 6.0
"""Evenly spaced nodes for one residual that several voids share out, and how far they reach. [standard deviations]"""


class Stage(NamedTuple):
    """One stage of a test.

    Attributes
    ----------
    readings : tuple of Reading
        One for each part.
    cutoffs : tuple of float
        Of each part. [ln ng/mL]
    needs_all : bool
        Whether all parts must reach their cutoff, or any.
    """

    readings: tuple[Reading, ...]
    cutoffs: tuple[float, ...]
    needs_all: bool


class Verdict(NamedTuple):
    """The verdict of a test on one specimen, which is positive where every stage is.

    Attributes
    ----------
    stages : tuple of Stage
    positive : bool
    """

    stages: tuple[Stage, ...]
    positive: bool

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Those of all stages."""
        return tuple(reading for stage in self.stages for reading in stage.readings)


def log_verdict(logs: Logs, verdict: Verdict, of: Mapping[str, Residual], residuals: Mapping[str, Normal]) -> Floats:
    """Logarithm of the probability of a verdict.

    Parameters
    ----------
    logs : dict of str to array, shape (cells, draws)
        [ln ng/mL]
    verdict : Verdict
    of : dict of str to Residual
        By analyte.
    residuals : dict of str to Normal
        By group, as they are known.

    Returns
    -------
    array, shape (cells, draws)
    """
    parts = [of_groups(logs, reading, of) for reading in verdict.readings]
    groups = [group for part in parts for group in part]
    if len(set(groups)) == len(groups):
        positive = sum(_log_positive(_places(logs, stage, of, residuals), stage) for stage in verdict.stages)
        return np.asarray(positive) if verdict.positive else _log_rest(np.asarray(positive))
    chance = _over_nodes(parts, verdict, residuals)
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(chance if verdict.positive else 1.0 - chance, 0.0))


def nodes_of(verdict: Verdict, of: Mapping[str, Residual], voids: int, cells: int) -> int:
    """How often each reading of a verdict is computed in a cell and draw, with a departure; 0 where no node is needed.

    Parameters
    ----------
    verdict : Verdict
    of : dict of str to Residual
        By analyte.
    voids, cells : int
        Voids of a draw, and cells of time.
    """
    groups = [{of[analyte].group for analyte in reading.weights} for reading in verdict.readings]
    every = set().union(*groups)
    if len(every) == sum(map(len, groups)):
        return 0
    astray = NODES if len(every) == 1 else LATTICE // _shares(cells)
    usual = len(_nodes_of_voids(len(every), voids)[0]) * voids if voids > 1 else astray
    return len(verdict.readings) * (usual + astray)


def _places(logs: Logs, stage: Stage, of: Mapping[str, Residual], residuals: Mapping[str, Normal]) -> list[Floats]:
    """How far each cutoff lies above what its part reads, in standard deviations."""
    places = []
    for reading, cutoff in zip(stage.readings, stage.cutoffs, strict=True):
        total = mixed(logs, reading, of, residuals)[1]
        places.append((cutoff - total.centre) / np.sqrt(total.variance))
    return places


def _log_positive(places: list[Floats], stage: Stage) -> Floats:
    """Logarithm of the probability that a stage is positive, whose parts are independent."""
    if stage.needs_all or len(places) == 1:
        return np.asarray(sum(log_probability(-place) for place in places))
    return _log_rest(np.asarray(sum(log_probability(place) for place in places)))


def _log_rest(logs: Floats) -> Floats:
    """Logarithm of one less a probability."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(-np.expm1(np.minimum(logs, -1e-300))))


def _over_nodes(parts: list[dict[str, Floats]], verdict: Verdict, residuals: Mapping[str, Normal]) -> Floats:
    """Probability of a positive, as a sum over the residuals. Voids or draws share out the nodes: their mean has them all."""
    groups = sorted({group for part in parts for group in part})
    total = np.zeros(1)
    for point, weight in zip(*_nodes_of(len(groups), parts[0][min(parts[0])]), strict=True):
        at = {
            group: residuals[group].mean + np.sqrt(residuals[group].variance) * number
            for group, number in zip(groups, point, strict=True)
        }
        levels = iter(np.logaddexp.reduce([log + at[group] for group, log in part.items()], axis=0) for part in parts)
        product = np.ones(1)
        for stage in verdict.stages:
            places = [
                (cutoff - next(levels)) / math.sqrt(reading.error)
                for reading, cutoff in zip(stage.readings, stage.cutoffs, strict=True)
            ]
            product = product * np.exp(_log_positive(places, stage))
        total = total + weight * product
    return total


def _nodes_of(residuals: int, logs: Floats) -> tuple[Floats, Floats]:
    """Nodes and their weights, as they are shared out.

    Parameters
    ----------
    residuals : int
    logs : array, shape (cells, draws) or (cells, voids, draws)
        What some reading responds to. [ln ng/mL]

    Returns
    -------
    nodes : array
        Of several voids, shape (nodes, residuals, voids, 1); of draws that have a stretch each, shape (nodes, residuals, draws);
        else as `_nodes`.
    weights : array
        Shape (nodes, voids, 1), or (nodes,).
    """
    if logs.ndim == 3 and logs.shape[1] > 1:
        return _nodes_of_voids(residuals, logs.shape[1])
    nodes, weights = _nodes(residuals)
    shares = 1 if residuals == 1 else _shares(len(logs))
    if shares == 1:
        return nodes, weights
    # A digit of its own level chooses the stretch of a draw, so that a copy of it has the same one.
    own = (np.modf(np.abs(logs.reshape(len(logs), -1)[0]) * 1e4)[0] * shares).astype(int)
    each = nodes.reshape(shares, -1, residuals)[own].transpose(1, 2, 0)
    return each, np.full(len(each), shares / LATTICE)


def _shares(cells: int) -> int:
    """Among how many the lattice is shared out: the largest power of two that is at most the cells and the most there may be."""
    return 1 << (min(cells, MOST_SHARES).bit_length() - 1)


@cache
def _nodes_of_voids(residuals: int, voids: int) -> tuple[Floats, Floats]:
    """Nodes and their weights for each of several voids. Shapes (nodes, residuals, voids, 1), (nodes, voids, 1); or as `_nodes`."""
    if LATTICE % voids or SPACED % voids:
        return _nodes(residuals)
    if residuals == 1:
        points = ((np.arange(SPACED) + 0.5) / SPACED * 2.0 - 1.0) * FARTHEST
        each = points.reshape(-1, voids)
        weights = np.exp(-0.5 * np.square(each))
        return each[:, np.newaxis, :, np.newaxis], (weights / weights.sum(axis=0))[..., np.newaxis]
    apart = _nodes(residuals)[0].reshape(voids, -1, residuals).transpose(1, 2, 0)[..., np.newaxis]
    return apart, np.full((len(apart), voids, 1), 1.0 / len(apart))


@cache
def _nodes(residuals: int) -> tuple[Floats, Floats]:
    """Standard normal nodes and their weights. Shapes (nodes, residuals), (nodes,)."""
    if residuals == 1:
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        return nodes[:, np.newaxis], weights / weights.sum()
    root = 2.0
    for _ in range(
        40
    ):  # the positive root of x^(d + 1) = x + 1, by which the points of every dimension are evenly spread
        root = (1.0 + root) ** (1.0 / (residuals + 1))
    steps = root ** -np.arange(1.0, residuals + 1)
    points = np.modf(0.5 + np.arange(1, LATTICE + 1)[:, np.newaxis] * steps)[0]
    return inverse_normal(points), np.full(LATTICE, 1.0 / LATTICE)
