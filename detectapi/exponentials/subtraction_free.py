"""Concentrations without a single subtraction, for the few that partial fractions cancel away.

Just after a dose a metabolite of a metabolite is a tiny difference of large terms. Here every moiety is a row of
states in parallel (the residues of a mammillary system are positive), the chain is a triangular matrix whose
entries off the diagonal are not negative, and its exponential is made by Taylor series and squaring of numbers that
are not negative: every digit holds, however small the result. Slow, so only for what needs it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.mammillary import Disposition
from detectapi.exponentials.partial_fractions import residue

_TERMS = 16


class Source(NamedTuple):
    """What feeds a response through one absorption path, for all draws.

    Attributes
    ----------
    dispositions : tuple of Disposition
    formation : tuple of array, shape (n,)
    delivered : array, shape (moieties, n)
    rate : array, shape (n,), or None
        First-order absorption rate constant. [1/h]
    weight : array, shape (n,), or None
        Factor on the result.
    """

    dispositions: tuple[Disposition, ...]
    formation: tuple[np.ndarray, ...]
    delivered: np.ndarray
    rate: np.ndarray | None
    weight: np.ndarray | None


def averaged(source: Source, doses, draws, time, void) -> np.ndarray:
    """Concentration averaged over the void that some doses make through one path, at one time for each of some draws.

    Parameters
    ----------
    source : Source
    doses : sequence of (end of input [h], its length [h], amount of shape (m,) [umol])
    draws : array of int, shape (m,)
    time, void : array, shape (m,)
        [h]

    Returns
    -------
    array, shape (m,)
        [umol/L]
    """
    matrix, load = _system(source, draws)
    total = np.zeros(len(draws))
    for end, length, amount in doses:
        total += amount * _dose(matrix, load, time - void, time, end, length)
    total /= void
    return total if source.weight is None else total * source.weight[draws]


def averaged_trains(source: Source, schedule, draws, time, void) -> np.ndarray:
    """The same of all doses of regular trains, those that ended before the void began by geometric series.

    Parameters
    ----------
    source : Source
    schedule : Schedule
    draws : array of int, shape (m,)
    time, void : array, shape (m,)
        [h]

    Returns
    -------
    array, shape (m,)
        [umol/L]
    """
    matrix, load = _system(source, draws)
    begin, total = time - void, np.zeros(len(draws))
    for amount, end, length, every, count in zip(*schedule, strict=True):
        late = np.clip(np.ceil((end - begin) / every), 0, count) if count > 1 else (end > begin) * 1.0
        unit = (
            load if length == 0.0 else _run_in(matrix, load, np.zeros_like(load), np.full(len(draws), length), length)
        )
        state = unit if count == 1 else _train(matrix, unit, every, count - late.astype(int))
        state = _apply(matrix, np.maximum(begin - (end - late * every), 0.0), state)
        state[:, -1] = 0.0
        each = np.where(late < count, _apply(matrix, void, state)[:, -1], 0.0)
        for back in range(int(late.max(initial=0))):
            some = np.flatnonzero(back < late)
            each[some] += _dose(matrix[some], load[some], begin[some], time[some], end - back * every, length)
        total += amount * each
    total /= void
    return total if source.weight is None else total * source.weight[draws]


def _train(matrix, unit, every, count):
    """State after the last of `count` doses, each of which makes the state `unit` at its end; arrays count >= 0."""
    total, shifted = np.zeros_like(unit), unit
    step = exponential(matrix * every)  # over 2^bit intervals
    steps = np.broadcast_to(np.eye(matrix.shape[1]), matrix.shape)  # the sum of step^j, j < 2^bit
    for bit in range(int(count.max(initial=0)).bit_length()):
        if bit:
            steps = steps + step @ steps
            step = step @ step
        taken = (count >> bit & 1 == 1)[:, np.newaxis]
        total = np.where(taken, total + _times(steps, shifted), total)
        shifted = np.where(taken, _times(step, shifted), shifted)
    return total


def _system(source, draws):
    """Rate matrix, and the state that a unit bolus makes; the last state gathers the concentration."""
    blocks = [Disposition(*(np.take(a, draws, axis=-1) for a in block)) for block in source.dispositions]
    sizes = [len(block.poles) for block in blocks]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    m, depot = len(draws), source.rate is not None
    size = starts[-1] + depot + 1
    matrix, centre = np.zeros((m, size, size)), np.zeros((m, size))
    for b, block in enumerate(blocks):
        share = np.maximum(residue(block), 0.0)
        rows = slice(starts[b], starts[b + 1])
        for i, pole in enumerate(block.poles):
            matrix[:, starts[b] + i, starts[b] + i] = -pole
        if b:
            made = source.formation[b - 1][draws] * share
            matrix[:, rows, starts[b - 1] : starts[b]] = made.T[:, :, np.newaxis]
        centre[:, rows] = (source.delivered[b][draws] * share).T
    matrix[:, -1, starts[-2] : starts[-1]] = 1.0
    if not depot:
        return matrix, centre
    rate = source.rate[draws]
    matrix[:, :, -2] = rate[:, np.newaxis] * centre
    matrix[:, -2, -2] = -rate
    load = np.zeros((m, size))
    load[:, -2] = 1.0
    return matrix, load


def _dose(matrix, load, begin, time, end, length):
    """Integral over the void of the concentration that one unit dose makes."""
    start = end - length
    if length == 0.0:
        state = _apply(matrix, np.maximum(begin - start, 0.0), load)
        state[:, -1] = 0.0
        return _apply(matrix, np.maximum(time - np.maximum(begin, start), 0.0), state)[:, -1]
    before = np.clip(begin - start, 0.0, length)
    state = _run_in(matrix, load, np.zeros_like(load), before, length)
    state = _apply(matrix, np.maximum(begin - end, 0.0), state)
    state[:, -1] = 0.0
    during = np.clip(time - start, 0.0, length) - before
    state = _run_in(matrix, load, state, during, length)
    return _apply(matrix, np.maximum(time - np.maximum(begin, end), 0.0), state)[:, -1]


def _run_in(matrix, load, state, span, length):
    """State after a unit dose has run in for part of its length."""
    m, size = load.shape
    wide = np.zeros((m, size + 1, size + 1))
    wide[:, :size, :size] = matrix
    wide[:, :size, size] = load / length
    state = np.concatenate([state, np.ones((m, 1))], axis=1)
    return _apply(wide, span, state)[:, :size]


def _times(matrix, state):
    return (matrix @ state[:, :, np.newaxis])[:, :, 0]


def _apply(matrix, span, state):
    if not np.any(span):
        return state.copy()
    return _times(exponential(matrix * span[:, np.newaxis, np.newaxis]), state)


def exponential(matrix) -> np.ndarray:
    """Exponential of matrices with no negative entry off the diagonal, every entry to its last digits.

    Parameters
    ----------
    matrix : array, shape (m, k, k)

    Returns
    -------
    array, shape (m, k, k)
    """
    diagonal = np.einsum("mii->mi", matrix)
    shift = np.maximum(-diagonal.min(axis=1), 0.0)
    norm = (matrix.sum(axis=1) + 0.0).max(axis=1) + shift
    halvings = np.maximum(np.ceil(np.log2(np.maximum(norm, 1e-300))), 0.0).astype(int)
    scale = np.exp2(-halvings)[:, np.newaxis, np.newaxis]
    eye = np.eye(matrix.shape[1])
    small = (matrix + shift[:, np.newaxis, np.newaxis] * eye) * scale
    total = eye + small / _TERMS
    for k in range(_TERMS - 1, 0, -1):
        total = eye + small @ total / k
    total *= np.exp(-shift[:, np.newaxis, np.newaxis] * scale)
    for step in range(int(halvings.max(initial=0))):
        total = np.where((step < halvings)[:, np.newaxis, np.newaxis], total @ total, total)
    return total
