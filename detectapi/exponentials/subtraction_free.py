"""Concentrations computed without a single subtraction, for the few that partial fractions lose to cancellation.

Just after a dose the concentration in a third system is a tiny difference of large terms. Here a system is a row of states in
parallel, one for each pole (the residues of a mammillary system are positive). The rate matrix of the chain is triangular, and
no entry off its diagonal is negative. Its exponential is made by Taylor series and squaring of numbers that are not negative.
So every digit holds, however small the result. This is slow and used only where it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detectapi.exponentials.array_types import Floats, Integers
from detectapi.exponentials.chain import Source
from detectapi.exponentials.partial_fractions import residues
from detectapi.exponentials.schedule import Input, Schedule

_TAYLOR_TERMS = 16


def concentration_of_inputs(
    source: Source, inputs: Iterable[Input], draws: Integers, time: Floats, averaging_time: Floats
) -> Floats:
    """Averaged concentration that some inputs make along one path, at one time for each of some draws.

    Parameters
    ----------
    source : Source
    inputs : iterable of Input
        Their amounts are of these m draws.
    draws : array of int, shape (m,)
    time, averaging_time : array, shape (m,)
        [h]

    Returns
    -------
    array, shape (m,)
        [umol/L]
    """
    source = source.pick(draws)
    matrix, unit = _rate_matrix(source)
    total, time = np.zeros(len(draws)), source.delay.by_schedule(time)
    for end, length, amount in inputs:
        length = source.delay.length(length)
        total += amount * _unit_input(matrix, unit, time - averaging_time, time, end, length)
    total /= averaging_time
    return total if source.weight is None else total * source.weight


def concentration_of_trains(
    source: Source, schedule: Schedule, draws: Integers, time: Floats, averaging_time: Floats
) -> Floats:
    """Averaged concentration that whole trains make along one path, at one time for each of some draws.

    Inputs that ended before the averaging time are summed as geometric series.

    Parameters
    ----------
    source : Source
    schedule : Schedule
    draws : array of int, shape (m,)
    time, averaging_time : array, shape (m,)
        [h]

    Returns
    -------
    array, shape (m,)
        [umol/L]
    """
    source = source.pick(draws)
    matrix, unit = _rate_matrix(source)
    time = source.delay.by_schedule(time)
    begin, total = time - averaging_time, np.zeros(len(draws))
    for amount, end, length, every, count in schedule.trains():
        length = source.delay.length(length)
        late = np.clip(np.ceil((end - begin) / every), 0, count) if count > 1 else (end > begin) * 1.0
        state = unit
        if np.any(length > 0.0):
            state = _run_in(matrix, unit, np.zeros_like(unit), length + np.zeros(len(draws)), length)
        if count > 1:
            state = _after_train(matrix, state, every, count - late.astype(int))
        state = _decay(matrix, np.maximum(begin - (end - late * every), 0.0), state)
        state[:, -1] = 0.0
        each = np.where(late < count, _decay(matrix, averaging_time, state)[:, -1], 0.0)
        for back in range(int(late.max(initial=0))):
            some = np.flatnonzero(back < late)
            its = length[some] if isinstance(length, np.ndarray) else length
            each[some] += _unit_input(matrix[some], unit[some], begin[some], time[some], end - back * every, its)
        total += amount * each
    total /= averaging_time
    return total if source.weight is None else total * source.weight


def _after_train(matrix: Floats, one: Floats, every: float, count: Integers) -> Floats:
    """State after the last of `count` >= 0 inputs, each of which makes the state `one` at its end."""
    total, shifted = np.zeros_like(one), one
    step = matrix_exponential(matrix * every)  # over 2^bit intervals
    steps = np.broadcast_to(np.eye(matrix.shape[1]), matrix.shape)  # the sum of step^j, j < 2^bit
    for bit in range(int(count.max(initial=0)).bit_length()):
        if bit:
            steps = steps + step @ steps
            step = step @ step
        taken = (count >> bit & 1 == 1)[:, np.newaxis]
        total = np.where(taken, total + _times(steps, shifted), total)
        shifted = np.where(taken, _times(step, shifted), shifted)
    return total


def _rate_matrix(source: Source) -> tuple[Floats, Floats]:
    """Rate matrices, shape (m, k, k), and the states that a unit bolus makes, shape (m, k).

    The states are those of the systems, then a depot if there is a first-order step, then the integral of the concentration.
    """
    systems, formation = source.chain
    starts = np.concatenate([[0], np.cumsum([len(system.poles) for system in systems])])
    m, rate = len(systems[0].volume), source.rate
    size = starts[-1] + (rate is not None) + 1
    matrix, centre = np.zeros((m, size, size)), np.zeros((m, size))
    for s, system in enumerate(systems):
        share = np.maximum(residues(system), 0.0)
        rows = slice(starts[s], starts[s + 1])
        for i, pole in enumerate(system.poles):
            matrix[:, starts[s] + i, starts[s] + i] = -pole
        if s:
            formed = formation[s - 1] * share
            matrix[:, rows, starts[s - 1] : starts[s]] = formed.T[:, :, np.newaxis]
        centre[:, rows] = (source.delivered[s] * share).T
    matrix[:, -1, starts[-2] : starts[-1]] = 1.0
    if rate is None:
        return matrix, centre
    matrix[:, :, -2] = rate[:, np.newaxis] * centre
    matrix[:, -2, -2] = -rate
    depot = np.zeros((m, size))
    depot[:, -2] = 1.0
    return matrix, depot


def _unit_input(
    matrix: Floats, unit: Floats, begin: Floats, time: Floats, end: float, length: Floats | float
) -> Floats:
    """Integral, from begin to time, of the concentration that one unit input makes."""
    start = end - length
    if not np.any(length):
        state = _decay(matrix, np.maximum(begin - start, 0.0), unit)
        state[:, -1] = 0.0
        return _decay(matrix, np.maximum(time - np.maximum(begin, start), 0.0), state)[:, -1]
    before = np.clip(begin - start, 0.0, length)
    state = _run_in(matrix, unit, np.zeros_like(unit), before, length)
    state = _decay(matrix, np.maximum(begin - end, 0.0), state)
    state[:, -1] = 0.0
    during = np.clip(time - start, 0.0, length) - before
    state = _run_in(matrix, unit, state, during, length)
    return _decay(matrix, np.maximum(time - np.maximum(begin, end), 0.0), state)[:, -1]


def _run_in(matrix: Floats, unit: Floats, state: Floats, span: Floats, length: Floats | float) -> Floats:
    """State after a unit input of some length has run in for a span."""
    m, size = unit.shape
    larger = np.zeros((m, size + 1, size + 1))
    larger[:, :size, :size] = matrix
    larger[:, :size, size] = unit / np.reshape(length, (-1, 1))
    state = np.concatenate([state, np.ones((m, 1))], axis=1)
    return _decay(larger, span, state)[:, :size]


def _decay(matrix: Floats, span: Floats, state: Floats) -> Floats:
    """State after a span without input."""
    if not np.any(span):
        return state.copy()
    return _times(matrix_exponential(matrix * span[:, np.newaxis, np.newaxis]), state)


def _times(matrix: Floats, state: Floats) -> Floats:
    """Product of each matrix with its state."""
    return (matrix @ state[:, :, np.newaxis])[:, :, 0]


def matrix_exponential(matrix: Floats) -> Floats:
    """Exponential of matrices with no negative entry off the diagonal. Every entry is right to its last digits.

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
    total: Floats = eye + small / _TAYLOR_TERMS
    for k in range(_TAYLOR_TERMS - 1, 0, -1):
        total = eye + small @ total / k
    total *= np.exp(-shift[:, np.newaxis, np.newaxis] * scale)
    for step in range(int(halvings.max(initial=0))):
        total = np.where((step < halvings)[:, np.newaxis, np.newaxis], total @ total, total)
    return total
