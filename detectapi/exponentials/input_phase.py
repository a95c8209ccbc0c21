"""The first hours after the last dose, while inputs last or doses still enter or leave the void.

Between two corners (an input begins or ends, seen from either end of the void) the averaged concentration is

    f(x) = value + level x + sum over i of slope_i (1 - exp(-p_i x))/p_i

with x the time since the corner: exact, and without the cancellation of 1/p^2 that the same thing written as
constant + line + exponentials would have.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.sums import add_up, ascending


class Pieces(NamedTuple):
    """The early zone of some draws, cut at its corners.

    Attributes
    ----------
    poles : array, shape (k, n)
        [1/h]
    time : array, shape (c, n)
        Ascending nodes: a piece starts at each and ends at the next, where the tail begins at last. Those before 0 are
        unusable. [h]
    value, level, slopes : arrays, shape (c, n), (c, n), (c, k, n)
        At each node: the concentration, and just after it the constant and the decaying parts of the slope.
    noise : array, shape (c, n)
        Size of what was added up so far, where values only were asked for: rounding errors are about 1e-16 of it.
    order : array of int, shape (c, n)
        Number of each node before sorting: 0 is time 0, 1 the start of the tail, then the extra times, then corners.
    """

    poles: np.ndarray
    time: np.ndarray
    value: np.ndarray
    level: np.ndarray
    slopes: np.ndarray
    noise: np.ndarray
    order: np.ndarray

    def at_node(self, number):
        """Value and noise at one node, by its number before sorting. Arrays of shape (n,)."""
        n = len(self.time[0])
        place = (self.order == number).argmax(axis=0) * n + np.arange(n)
        return self.value.ravel().take(place), self.noise.ravel().take(place)


def pieces(poles, inputs, old, void, end, extra=(), values_only=False) -> Pieces:
    """Cut the early zone of some draws at its corners.

    Parameters
    ----------
    poles : array, shape (k, n)
    inputs : sequence of (coefficients of shape (k, n), list of Input)
        Of each path: its partial fractions and its recent doses.
    old : array, shape (k, n), or None
        What is left of all other doses at time 0.
    void, end : array, shape (n,)
        Void interval, and where the tail begins. [h]
    extra : sequence of float or array, shape (n,)
        Times to add as nodes, at or after 0. [h]
    values_only : bool
        Leave level and slopes empty.

    Returns
    -------
    Pieces
    """
    n = len(void)
    nodes = [np.zeros(n), end] + [np.full(n, t) for t in extra]
    units, unit_of, weights = [], [-1] * len(nodes), [np.zeros(n)] * len(nodes)
    for coefficients, doses in inputs:
        known = {}
        for finish, length, amount in doses:
            if length not in known:
                known[length] = len(units)
                units.append(_jump(coefficients, poles, void, length))
            begin = finish - length
            corners = [(begin, 1.0), (begin + void, -1.0)]
            if length > 0.0:
                corners += [(finish, -1.0), (finish + void, 1.0)]
            given = amount + np.zeros(n)
            for corner, sign in corners:
                # A dose that is none in a draw has no corners there: they would cut what others add into other sums.
                nodes.append(np.where(given > 0.0, corner, 0.0))
                unit_of.append(known[length])
                weights.append(sign * given)
    time = np.array(nodes)
    arrange, order = ascending(time)
    last = int((order == 1).argmax(axis=0).max(initial=0)) + 1
    return _march(
        poles, arrange(time)[:last], order[:last], np.array(unit_of), np.array(weights), units, old, values_only
    )


def initial(poles, inputs, old, void) -> np.ndarray:
    """Concentration at time 0, of old doses and of recent ones that began before. Shape (n,). [umol/L]"""
    begun = [(coefficients, [d for d in doses if d.end - d.length < 0.0]) for coefficients, doses in inputs]
    if not any(doses for _, doses in begun):
        return np.zeros(len(void)) if old is None else add_up(old)
    cut = pieces(poles, begun, old, void, np.zeros_like(void), values_only=True)
    return cut.at_node(1)[0]


def _jump(coefficients, poles, void, length):
    """Change of (level, slopes) where a unit dose's input of some length begins."""
    if length == 0.0:
        return np.zeros_like(void), coefficients / void
    slopes = coefficients / (poles * (length * void))
    return add_up(slopes), -slopes


def _march(poles, time, order, unit_of, weights, units, old, values_only) -> Pieces:
    c, n = time.shape
    columns = np.arange(n)
    value, level, slopes, noise, loudest = np.zeros(n), np.zeros(n), np.zeros_like(poles), np.zeros(n), np.zeros(n)
    values, noises = np.empty((c, n)), np.zeros((c, n))
    levels, all_slopes = (np.empty(0),) * 2 if values_only else (np.empty((c, n)), np.empty((c, *poles.shape)))
    moving = False
    for j in range(c):
        step = time[j] - time[j - 1]
        if j and moving and step.any():
            moved, size, after = _advance(poles, step, level, slopes, values_only)
            if values_only:
                # What large slopes have left of rounding when they cancelled adds up for as long as the march goes on.
                loudest = np.maximum(loudest, np.abs(level) + add_up(np.abs(slopes)))
                noise = np.maximum(noise, np.abs(value) + size) + loudest * step
            value, slopes = value + moved, after
        node = order[j]
        if old is not None and not node.all():  # node 0: from here on, what is left of older doses counts
            here = old if not node.any() else np.where(node == 0, old, 0.0)
            value, noise, slopes = value + add_up(here), noise + add_up(np.abs(here)), slopes - poles * here
            moving = True
        same = (node == node[0]).all()
        unit = unit_of[node[:1] if same else node]
        for u, (jump_level, jump_slopes) in enumerate(units):
            here = unit == u
            if here.any():
                share = weights[node[0]] if same else np.where(here, weights[node, columns], 0.0)
                level, slopes, moving = level + jump_level * share, slopes + jump_slopes * share, True
        values[j], noises[j] = value, noise
        if not values_only:
            levels[j], all_slopes[j] = level, slopes
    return Pieces(poles, time, values, levels, all_slopes, noises, order)


def _advance(poles, step, level, slopes, with_size):
    """What a piece adds over a step, the size of its terms, and the slopes after it."""
    lost = np.expm1(poles * -step)
    gain = lost * slopes
    gain /= poles
    line = level * step
    moved = line - add_up(gain)
    lost += 1.0
    lost *= slopes
    return moved, np.abs(line) + add_up(np.abs(gain)) if with_size else None, lost
