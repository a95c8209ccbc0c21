"""Partial fractions where poles coincide or nearly do: divided differences instead of residues.

The terms of q neighbouring poles together are the divided difference, over these poles, of one smooth function of
the pole, ``g(p) exp(-p t)`` with g the rest of the transfer function. Residues lose 1e-16 over the (q - 1)th power
of the relative gap; the divided difference itself is harmless. So g exp is replaced by its interpolation polynomial
on Chebyshev nodes around the poles, at a distance over which it is smooth, and the divided difference of that is a
weighted sum of its values at the nodes: again a sum of real exponentials, with the nodes as poles and moderate
coefficients. What is done with poles elsewhere (inputs of some length, trains, voids) is a smooth factor of the
same kind, so nothing else has to know.

The alternatives, a contour integral (complex exponentials) or matrix exponentials draw by draw, would need a second
way to find crossings; this needs none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.exponentials.mammillary import Disposition
from detectapi.exponentials.subtraction_free import Source

NODES = 14
REACH = 0.03
LASTING = 25.0
"""Half-width of the nodes over the mean of the poles, where no other pole is near, for so many time constants.

Over these the exponent changes by 0.75 across the half-width, and interpolation errs by 0.75^14 / (2^13 14!) = 3e-17.
Where the last input is longer ago the nodes are narrower by as much. That costs no digits: the divided difference has
grown with that time, too.
"""

WIDEST = 2.0
"""Poles further apart than this many such half-widths are not taken together: by then their exponentials differ."""

APART = 5.0
"""Another pole this many half-widths from the centre costs the interpolation about (5 + sqrt(24))^-14 = 1e-14."""

_ANGLES = np.pi * (np.arange(NODES) + 0.5) / NODES
_POINTS = np.cos(_ANGLES)


_FROM_CHEBYSHEV = np.where(np.arange(NODES) == 0, 1.0, 2.0) / NODES * np.cos(_ANGLES[:, np.newaxis] * np.arange(NODES))
"""The polynomial that is 1 at one node, 0 at the others, in Chebyshev polynomials; one row for each node."""


def reach(centre, idle):
    """Half-width of the nodes around a pole, a time after the last input. [1/h], [h] -> [1/h]"""
    return REACH * centre / (1.0 + idle * centre / LASTING)


def clusters(poles, idle=0.0) -> list[np.ndarray]:
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
    best, best_ratio = None, 0.0
    for limit in np.sort(gaps[gaps < 0.1])[::-1]:
        groups = np.split(np.arange(len(poles)), np.flatnonzero(gaps > limit) + 1)
        spreads = [0.5 * (poles[group[-1]] - poles[group[0]]) for group in groups]
        if any(spread > WIDEST * reach(poles[group[0]], idle) for spread, group in zip(spreads, groups, strict=True)):
            continue
        ratio = min(
            _distance(poles, group) / max(spread, 1e-300) for spread, group in zip(spreads, groups, strict=True)
        )
        if ratio >= APART:
            return groups
        if ratio > best_ratio:
            best, best_ratio = groups, ratio
    return best if best is not None else [np.array([i]) for i in range(len(poles))]


def _distance(poles, group):
    """From the centre of a group to the nearest pole outside it."""
    centre = 0.5 * (poles[group[0]] + poles[group[-1]])
    others = np.delete(poles, group)
    return np.abs(others - centre).min(initial=np.inf)


def divided_difference(group, distance, idle=0.0):
    """Nodes and weights whose weighted sum of values is sum(f(p_i) / prod_(j != i)(p_j - p_i)) for smooth f.

    Parameters
    ----------
    group : array, shape (q, m)
        Ascending poles of m draws, equal ones included. [1/h]
    distance : array, shape (m,)
        From their centre to the nearest singularity of f. [1/h]
    idle : float
        Time since the last input, whose decay is in f. [h]

    Returns
    -------
    nodes, weights : array, shape (r, m)
    """
    q, m = group.shape
    if q == 1:
        return group, np.ones((1, m))
    centre, spread = 0.5 * (group[0] + group[-1]), 0.5 * (group[-1] - group[0])
    half_width = np.maximum(spread, np.minimum(reach(centre, idle), distance / APART))
    # Divided differences of Chebyshev polynomials over y_1, y_1..y_2, ..., y_1..y_q, by their recurrence.
    y = (group - centre) / half_width
    before, now = np.zeros((q, m)), np.zeros((q, m))
    before[0], now[0], now[1] = 1.0, y[0], 1.0
    differences = np.empty((NODES, m))
    differences[0], differences[1] = before[-1], now[-1]
    for j in range(2, NODES):
        following = 2.0 * y * now - before
        following[1:] += 2.0 * now[:-1]
        before, now = now, following
        differences[j] = now[-1]
    weights = np.zeros((NODES, m))
    for share, difference in zip(_FROM_CHEBYSHEV.T, differences, strict=True):  # in this order, however many the draws
        weights += share[:, np.newaxis] * difference
    return centre + half_width * _POINTS[:, np.newaxis], weights * (-1.0) ** (q - 1) / half_width ** (q - 1)


def transfer(source: Source, entry: int, draws):
    """Poles and numerator of the concentration after a unit dose through one path.

    Parameters
    ----------
    source : Source
    entry : int
        The first moiety that the path delivers to.
    draws : array of int, shape (m,)

    Returns
    -------
    poles : array, shape (k, m)
        Ascending. [1/h]
    numerator : callable
        Of rates p, shape (r, m): the transfer function times prod(poles - p) at s = -p.
    """
    blocks = [Disposition(*(np.take(array, draws, axis=-1) for array in block)) for block in source.dispositions]
    formation = [np.take(rate, draws) for rate in source.formation]
    shares = source.delivered[:, draws]
    poles = [block.poles for block in blocks[entry:]]
    if source.rate is not None:
        poles.append(source.rate[np.newaxis, draws])

    def numerator(p):
        total, upstream = 0.0, 1.0
        for e in range(entry, len(blocks)):
            gain = shares[e] * upstream
            for b in range(e, len(blocks)):
                gain = gain * _product(blocks[b].zeros, p) / blocks[b].volume
                if b + 1 < len(blocks):
                    gain = gain * formation[b]
            total = total + gain
            upstream = upstream * _product(blocks[e].poles, p)
        return total if source.rate is None else total * source.rate[draws]

    return np.sort(np.concatenate(poles), axis=0), numerator


def _product(roots, p):
    return np.prod(roots[:, np.newaxis] - p, axis=0)


def expand(source: Source, draws, idle=0.0):
    """The concentration after a unit dose through one path as a sum of exponentials.

    Parameters
    ----------
    source : Source
    draws : array of int, shape (m,)
    idle : float
        Time since the last input along the path. [h]

    Returns
    -------
    rates, coefficients : array, shape (k, m)
        Not sorted; rows that a draw does not need have coefficients 0. [1/h], [1/L]
    """
    alike = {}  # draws whose poles group in the same way are done together
    for column, draw in enumerate(draws):
        given = np.flatnonzero(source.delivered[:, draw])
        if len(given):
            poles, _ = transfer(source, int(given[0]), np.array([draw]))
            sizes = tuple(len(group) for group in clusters(poles[:, 0], idle))
            alike.setdefault((int(given[0]), sizes), []).append(column)
    results = []
    for (entry, sizes), columns in alike.items():
        poles, numerator = transfer(source, entry, draws[columns])
        parts = []
        for first, size in zip(np.cumsum((0, *sizes)), sizes, strict=False):
            group = poles[first : first + size]
            others = np.delete(poles, np.arange(first, first + size), axis=0)
            distance = np.abs(others - 0.5 * (group[0] + group[-1])).min(axis=0, initial=np.inf)
            nodes, weights = divided_difference(group, distance, idle)
            parts.append((nodes, weights * numerator(nodes) / _product(others, nodes)))
        results.append((columns, *(np.concatenate(rows) for rows in zip(*parts, strict=True))))
    k = max((len(rates) for _, rates, _ in results), default=0)
    rates, coefficients = np.ones((k, len(draws))), np.zeros((k, len(draws)))
    for columns, some, values in results:
        rates[: len(some), columns], coefficients[: len(some), columns] = some, values
    return rates, coefficients


def careful(sources: Sequence[Source], idle: Sequence[float], draws):
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
    expansions = [expand(source, draws, time) for source, time in zip(sources, idle, strict=True)]
    rates = np.concatenate([rates for rates, _ in expansions])
    coefficients, above = [], 0
    for _, values in expansions:
        wide = np.zeros_like(rates)
        wide[above : above + len(values)] = values
        coefficients.append(wide)
        above += len(values)
    return rates, coefficients
