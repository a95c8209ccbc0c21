"""Sums of exponentials where poles coincide or nearly do: divided differences in place of residues.

The terms of q neighbouring poles together are a divided difference, over these poles, of a smooth function of the pole,
``g(p) exp(-p t)`` with g the rest of the transfer function. Residues lose 1e-16 over the (q - 1)th power of the relative gap.
The divided difference itself loses nothing. So g exp is replaced by its interpolation polynomial on Chebyshev nodes around the
poles, over a width on which it is smooth. The divided difference of that polynomial is a weighted sum of its values at the
nodes: again a sum of real exponentials, with the nodes as poles and moderate coefficients. What else is done with poles (inputs
of some length, trains, averages) multiplies by a smooth factor of the same kind, so no other file has to know of this.

The alternatives, a contour integral (complex exponentials) or matrix exponentials draw by draw, would need a second way to
find crossings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from detectapi.exponentials.array_types import Floats, Integers
from detectapi.exponentials.chain import Source

NODES = 14
HALF_WIDTH = 0.03
LASTING = 25.0
"""Half-width of the nodes, relative to the mean of the poles, where no other pole is near; and for how many time constants.

Over that time the exponent changes by 0.75 across the half-width, and interpolation errs by 0.75^14 / (2^13 14!) = 3e-17. Where
the last input is longer ago the nodes are narrower by as much. That costs no digits: the divided difference has grown with that
time, too.
"""

WIDEST_GROUP = 2.0
"""Poles are not grouped when half their range is more than this many half-widths: their exponentials then differ enough."""

SEPARATION = 5.0
"""Half-widths to the nearest other pole. It costs the interpolation about (5 + sqrt(24))^-14 = 1e-14."""

_CLOSE_NEIGHBOURS = 0.1
"""Neighbouring poles may be grouped when their relative gap is smaller."""

_ANGLES = np.pi * (np.arange(NODES) + 0.5) / NODES
_POINTS = np.cos(_ANGLES)

_FROM_CHEBYSHEV = np.where(np.arange(NODES) == 0, 1.0, 2.0) / NODES * np.cos(_ANGLES[:, np.newaxis] * np.arange(NODES))
"""The polynomial that is 1 at one node and 0 at the others, in Chebyshev polynomials; one row for each node."""


def expand_paths(sources: Sequence[Source], idle: Sequence[float], draws: Integers) -> tuple[Floats, list[Floats]]:
    """Expansions of all paths for some draws, on one set of rates.

    Parameters
    ----------
    sources : sequence of Source
    idle : sequence of float
        Time since the last input, of each path. [h]
    draws : array of int, shape (m,)

    Returns
    -------
    rates : array, shape (k, m)
        Not sorted. [1/h]
    coefficients : list of array, shape (k, m)
        One per path. [1/L]
    """
    expansions = [expand(source.pick(draws), time) for source, time in zip(sources, idle, strict=True)]
    rates = np.concatenate([rates for rates, _ in expansions])
    coefficients, above = [], 0
    for _, values in expansions:
        padded = np.zeros_like(rates)
        padded[above : above + len(values)] = values
        coefficients.append(padded)
        above += len(values)
    return rates, coefficients


def expand(source: Source, idle: float = 0.0) -> tuple[Floats, Floats]:
    """Write the concentration after a unit dose along one path as a sum of exponentials.

    Parameters
    ----------
    source : Source
        Of m draws.
    idle : float
        Time since the last input along the path. [h]

    Returns
    -------
    rates, coefficients : array, shape (k, m)
        Not sorted; rows that a draw does not need have coefficients 0. [1/h], [1/L]
    """
    n = source.delivered.shape[1]
    results = []
    for (entry, sizes), draws in _alike(source, idle).items():
        poles, numerator = transfer(source.pick(np.array(draws)), entry)
        parts = []
        for first, size in zip(np.cumsum((0, *sizes)), sizes, strict=False):
            group = poles[first : first + size]
            others = np.delete(poles, np.arange(first, first + size), axis=0)
            distance = np.abs(others - 0.5 * (group[0] + group[-1])).min(axis=0, initial=np.inf)
            nodes, weights = divided_difference(group, distance, idle)
            parts.append((nodes, weights * numerator(nodes) / _product(others, nodes)))
        results.append((draws, np.concatenate([nodes for nodes, _ in parts]), np.concatenate([c for _, c in parts])))
    k = max((len(nodes) for _, nodes, _ in results), default=0)
    rates, coefficients = np.ones((k, n)), np.zeros((k, n))
    for draws, nodes, values in results:
        rates[: len(nodes), draws], coefficients[: len(nodes), draws] = nodes, values
    return rates, coefficients


def _alike(source: Source, idle: float) -> dict[tuple[int, tuple[int, ...]], list[int]]:
    """Draws that can be expanded together: by the first system that is delivered to, and by the sizes of the groups of poles."""
    alike: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for draw in range(source.delivered.shape[1]):
        entries = np.flatnonzero(source.delivered[:, draw])
        if len(entries):
            entry = int(entries[0])
            poles, _ = transfer(source.pick(np.array([draw])), entry)
            sizes = tuple(len(group) for group in group_near_equal(poles[:, 0], idle))
            alike.setdefault((entry, sizes), []).append(draw)
    return alike


def transfer(source: Source, entry: int) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Poles and numerator of the concentration after a unit dose along one path.

    Parameters
    ----------
    source : Source
        Of m draws.
    entry : int
        The first system that the path delivers to.

    Returns
    -------
    poles : array, shape (k, m)
        Ascending. [1/h]
    numerator : callable
        Of rates p, shape (r, m): the transfer function times prod(poles - p) at s = -p.
    """
    systems, formation = source.chain
    rate = source.rate
    poles = [system.poles for system in systems[entry:]]
    if rate is not None:
        poles.append(rate[np.newaxis])

    def numerator(p: Floats) -> Floats:
        total: Floats | float = 0.0
        upstream: Floats | float = 1.0
        for first in range(entry, len(systems)):
            gain = source.delivered[first] * upstream
            for s in range(first, len(systems)):
                gain = gain * _product(systems[s].zeros, p) / systems[s].volume
                if s + 1 < len(systems):
                    gain = gain * formation[s]
            total = total + gain
            upstream = upstream * _product(systems[first].poles, p)
        return np.asarray(total if rate is None else total * rate)

    return np.sort(np.concatenate(poles), axis=0), numerator


def _product(roots: Floats, p: Floats) -> Floats:
    """Product of (root - p) over the roots."""
    return np.asarray(np.prod(roots[:, np.newaxis] - p, axis=0))


def group_near_equal(poles: Floats, idle: float = 0.0) -> list[Integers]:
    """Group ascending poles so that groups are narrow next to their distance from each other.

    Parameters
    ----------
    poles : array, shape (k,)
    idle : float
        Time since the last input. [h]

    Returns
    -------
    list of array of int
        Every index in exactly one group.
    """
    gaps = np.diff(poles) / poles[1:]
    best, best_ratio = [np.array([i]) for i in range(len(poles))], 0.0
    for limit in np.sort(gaps[gaps < _CLOSE_NEIGHBOURS])[::-1]:
        groups = np.split(np.arange(len(poles)), np.flatnonzero(gaps > limit) + 1)
        spreads = [0.5 * (poles[group[-1]] - poles[group[0]]) for group in groups]
        widest = [WIDEST_GROUP * half_width(poles[group[0]], idle) for group in groups]
        if any(spread > most for spread, most in zip(spreads, widest, strict=True)):
            continue
        ratio = min(
            _distance(poles, group) / max(spread, 1e-300) for spread, group in zip(spreads, groups, strict=True)
        )
        if ratio >= SEPARATION:
            return groups
        if ratio > best_ratio:
            best, best_ratio = groups, ratio
    return best


def _distance(poles: Floats, group: Integers) -> float:
    """From the centre of a group to the nearest pole outside it."""
    centre = 0.5 * (poles[group[0]] + poles[group[-1]])
    others = np.delete(poles, group)
    return float(np.abs(others - centre).min(initial=np.inf))


def half_width(centre: Floats, idle: float) -> Floats:
    """Half-width of the nodes around a pole, for a time since the last input. [1/h], [h] -> [1/h]"""
    return HALF_WIDTH * centre / (1.0 + idle * centre / LASTING)


def divided_difference(group: Floats, distance: Floats, idle: float = 0.0) -> tuple[Floats, Floats]:
    """Nodes and weights whose weighted sum of values is sum(f(p_i) / prod_(j != i)(p_j - p_i)) for smooth f.

    Parameters
    ----------
    group : array, shape (q, m)
        Ascending poles of m draws, equal ones included. [1/h]
    distance : array, shape (m,)
        From their centre to the nearest singularity of f. [1/h]
    idle : float
        Time since the last input; f contains the decay over it. [h]

    Returns
    -------
    nodes, weights : array, shape (r, m)
    """
    q, m = group.shape
    if q == 1:
        return group, np.ones((1, m))
    centre, spread = 0.5 * (group[0] + group[-1]), 0.5 * (group[-1] - group[0])
    width = np.maximum(spread, np.minimum(half_width(centre, idle), distance / SEPARATION))
    differences = _chebyshev_differences((group - centre) / width)
    weights = np.zeros((NODES, m))
    for share, difference in zip(_FROM_CHEBYSHEV.T, differences, strict=True):  # in this order, however many the draws
        weights += share[:, np.newaxis] * difference
    return centre + width * _POINTS[:, np.newaxis], weights * (-1.0) ** (q - 1) / width ** (q - 1)


def _chebyshev_differences(points: Floats) -> Floats:
    """Divided differences over q points of the Chebyshev polynomials 0 to NODES - 1, by their recurrence.

    Points have shape (q, m), the result has shape (NODES, m).
    """
    before, now = np.zeros_like(points), np.zeros_like(points)  # over the first point, the first two, ..., all
    before[0], now[0], now[1] = 1.0, points[0], 1.0
    differences = np.empty((NODES, points.shape[1]))
    differences[0], differences[1] = before[-1], now[-1]
    for j in range(2, NODES):
        following = 2.0 * points * now - before
        following[1:] += 2.0 * now[:-1]
        before, now = now, following
        differences[j] = now[-1]
    return differences
