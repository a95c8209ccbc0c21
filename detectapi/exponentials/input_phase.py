"""The concentration in the input phase: from time 0 until the last input has left the averaging time.

In this phase inputs last, begin, or leave the averaging time. At each of these corners the averaged concentration bends. From
one corner to the next it is

    f(x) = value + level x + bend x^2/2 + sum over i of slope_i (1 - exp(-p_i x))/p_i

with x the time since the corner; bend is not 0 only where the rate of an input is a line in time. That is exact, and free of the
cancellation of 1/p^2 that the same sum has when it is written as constant + line + exponentials.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from detectapi.exponentials.array_types import Floats, Integers
from detectapi.exponentials.draw_arrays import ascending_order, sum_rows
from detectapi.exponentials.ramps import Segments
from detectapi.exponentials.schedule import Delay, Input

PathInputs: TypeAlias = tuple[Floats, Sequence[Input], Delay, Segments | None]
"""Partial fractions of an absorption path, shape (k, n), and its recent inputs."""

_AT_ZERO, _AT_TAIL = 0, 1
"""Numbers of the nodes at time 0 and at the start of the tail, before sorting."""

FIRST_EXTRA_NODE = 2
"""Number of the first extra time, before sorting."""


class InputPhasePieces(NamedTuple):
    """The input phase of some draws, cut at its corners.

    Attributes
    ----------
    poles : array, shape (k, n)
        [1/h]
    time : array, shape (c, n)
        Ascending nodes: a piece begins at each and ends at the next; the tail begins at the last. Pieces before time 0 are not
        valid. [h]
    value, level, slopes : arrays, shape (c, n), (c, n), (c, k, n)
        At each node: the concentration, and the constant and the decaying parts of the slope just after it.
    size : array, shape (c, n)
        Sum of the absolute values of what was added up so far; rounding errors are about 1e-16 of it. Zero where slopes are
        given.
    order : array of int, shape (c, n)
        Number of each node before sorting: time 0, the start of the tail, the extra times, then the corners.
    bend : array, shape (c, n), or None
        At each node, by how much the constant part of the slope rises with time; None where it rises nowhere.
    """

    poles: Floats
    time: Floats
    value: Floats
    level: Floats
    slopes: Floats
    size: Floats
    order: Integers
    bend: Floats | None = None

    def at_node(self, number: int) -> tuple[Floats, Floats]:
        """Value and size at one node, by its number before sorting. Arrays of shape (n,)."""
        n = self.time.shape[1]
        place = (self.order == number).argmax(axis=0) * n + np.arange(n)
        return self.value.ravel().take(place), self.size.ravel().take(place)


class _Jump(NamedTuple):
    """Change of the slope where a unit input of some length begins: of its constant part and of its decaying parts.

    ``bend`` is the change of how the constant part rises, where the rate of an input begins to rise; None elsewhere.
    """

    level: Floats
    slopes: Floats
    bend: Floats | None = None

    def times(self, factor: Floats) -> _Jump:
        """The change of an input that is so many times as large in each draw."""
        return _Jump(self.level * factor, self.slopes * factor, None if self.bend is None else self.bend * factor)


class _Nodes(NamedTuple):
    """Sorted nodes, and what happens at each node by its number before sorting: which jump, with which factor."""

    time: Floats
    order: Integers
    jump: Integers
    factor: Floats


def cut_at_corners(
    poles: Floats,
    paths: Sequence[PathInputs],
    past: Floats | None,
    averaging_time: Floats,
    end: Floats,
    extra: Sequence[Floats | float] = (),
    values_only: bool = False,
) -> InputPhasePieces:
    """Cut the input phase of some draws at its corners.

    Parameters
    ----------
    poles : array, shape (k, n)
        [1/h]
    paths : sequence of (partial fractions, recent inputs, delay)
        Of each absorption path.
    past : array, shape (k, n), or None
        Terms at time 0 of all past inputs. [umol/L]
    averaging_time, end : array, shape (n,)
        Averaging time, and where the tail begins. [h]
    extra : sequence of float or array, shape (n,)
        Times to add as nodes, at or after 0. [h]
    values_only : bool
        Leave level and slopes empty.

    Returns
    -------
    InputPhasePieces
    """
    n = len(averaging_time)
    times = [np.zeros(n), end] + [np.full(n, time) for time in extra]
    jumps: list[_Jump] = []
    jump_of, factors = [-1] * len(times), [np.zeros(n)] * len(times)
    for coefficients, inputs, delay, segments in paths:
        known: dict[float, int] = {}
        for finish, length, amount in inputs:
            if length not in known:
                known[length] = len(jumps)
                jumps.append(_jump(coefficients, poles, averaging_time, delay.length(length)))
            present = amount + np.zeros(n)
            for corner, sign in _corners(delay.later(finish), delay.length(length), averaging_time):
                # An input that is absent in a draw has no corners there: they would cut what others add into other sums.
                times.append(np.where(present > 0.0, corner, 0.0))
                jump_of.append(known[length])
                factors.append(sign * present)
        if segments is not None and len(segments.begin):
            first = len(jumps)
            jumps += _jumps_of_lines(coefficients, poles, averaging_time)
            for corner, which, factor in _corners_of_lines(segments, averaging_time):
                times.append(corner)
                jump_of.append(first + which)
                factors.append(factor)
    time = np.array(times)
    arrange, order = ascending_order(time)
    last = int((order == _AT_TAIL).argmax(axis=0).max(initial=0)) + 1
    nodes = _Nodes(arrange(time)[:last], order[:last], np.array(jump_of), np.array(factors))
    return _add_up(poles, nodes, jumps, past, values_only)


def value_at_zero(poles: Floats, paths: Sequence[PathInputs], past: Floats | None, averaging_time: Floats) -> Floats:
    """Concentration at time 0, of past inputs and of recent ones that began before. Shape (n,). [umol/L]"""
    begun = [
        (coefficients, [d for d in inputs if np.any(delay.later(d.end) - delay.length(d.length) < 0.0)], delay)
        for coefficients, inputs, delay, _ in paths
    ]
    with_lines = [(*one, segments) for one, (*_, segments) in zip(begun, paths, strict=True)]
    if not any(inputs or (lines is not None and (lines.begin < 0.0).any()) for _, inputs, _, lines in with_lines):
        return np.zeros(len(averaging_time)) if past is None else sum_rows(past)
    end = np.zeros_like(averaging_time)
    return cut_at_corners(poles, with_lines, past, averaging_time, end, values_only=True).at_node(_AT_TAIL)[0]


def _jump(coefficients: Floats, poles: Floats, averaging_time: Floats, length: Floats | float) -> _Jump:
    if _is_bolus(length):
        return _Jump(np.zeros_like(averaging_time), coefficients / averaging_time)
    slopes = coefficients / (poles * (length * averaging_time))
    return _Jump(sum_rows(slopes), -slopes)


def _jumps_of_lines(coefficients: Floats, poles: Floats, averaging_time: Floats) -> list[_Jump]:
    """Changes of the slope where an input of unit rate begins, and where a rate begins to rise by one in each unit of time."""
    step = coefficients / (poles * averaging_time)
    rise = step / poles
    return [_Jump(sum_rows(step), -step), _Jump(-sum_rows(rise), rise, sum_rows(step))]


def _corners_of_lines(segments: Segments, averaging_time: Floats) -> list[tuple[Floats, int, Floats]]:
    """Corners of linear inputs: when, which of the two changes of `_jumps_of_lines`, and its factor."""
    corners = []
    for begin, length, rate, slope in zip(*segments, strict=True):
        present = length > 0.0
        last, none = rate + slope * length, np.zeros_like(rate)
        for late, sign in ((0.0, 1.0), (averaging_time, -1.0)):
            for time, step, rise in ((begin, rate, slope), (begin + length, -last, -slope)):
                when = np.where(present, time + late, 0.0)
                corners.append((when, 0, np.where(present, sign * step, none)))
                corners.append((when, 1, np.where(present, sign * rise, none)))
    return corners


def _is_bolus(length: Floats | float) -> bool:
    """Whether an input comes at once. Lengths that differ between draws are all positive."""
    return not isinstance(length, np.ndarray) and length == 0.0


def _corners(end: Floats | float, length: Floats | float, averaging_time: Floats) -> list[tuple[Floats | float, float]]:
    """Times at which an input bends the averaged concentration, and the sign with which its jump counts there."""
    begin = end - length
    corners: list[tuple[Floats | float, float]] = [(begin, 1.0), (begin + averaging_time, -1.0)]
    if not _is_bolus(length):
        corners += [(end, -1.0), (end + averaging_time, 1.0)]
    return corners


class _Jumps:
    """All jumps of an input phase, one upon another, so that a node costs the same however many there are.

    Parameters
    ----------
    jumps : sequence of _Jump
    poles : array, shape (k, n)
    """

    def __init__(self, jumps: Sequence[_Jump], poles: Floats) -> None:
        k, n = poles.shape
        self.jumps = jumps
        self.draws = np.arange(n)
        if len(jumps) < 2:
            return
        self.rows = np.arange(k)[:, np.newaxis] * n + self.draws
        self.level = np.array([jump.level for jump in jumps])
        self.slopes = np.array([jump.slopes for jump in jumps]).reshape(-1)
        self.bend = None
        if any(jump.bend is not None for jump in jumps):
            self.bend = np.array([np.zeros(n) if jump.bend is None else jump.bend for jump in jumps])

    def at(self, node: Integers, nodes: _Nodes) -> _Jump | None:
        """What changes at a node, which has a number of its own in each draw; None where nothing does in any draw."""
        first = node[0]
        if (node == first).all():
            number, factor = nodes.jump[first], nodes.factor[first]
            if number < 0:
                return None
            one: _Jump = self.jumps[number]
            return one.times(factor)
        which = nodes.jump[node]
        if (which < 0).all():
            return None
        factor = nodes.factor[node, self.draws]  # 0 of a node without a jump
        if len(self.jumps) == 1:
            return self.jumps[0].times(factor)
        which = np.maximum(which, 0)
        bend = None if self.bend is None else self.bend[which, self.draws] * factor
        slopes = self.slopes.take(which * self.rows.size + self.rows)
        return _Jump(self.level[which, self.draws] * factor, slopes * factor, bend)


def _add_up(
    poles: Floats, nodes: _Nodes, jumps: Sequence[_Jump], past: Floats | None, values_only: bool
) -> InputPhasePieces:
    """Go from node to node, and add up the value and the slope."""
    c, n = nodes.time.shape
    value, level, slopes = np.zeros(n), np.zeros(n), np.zeros_like(poles)
    size, steepest = np.zeros(n), np.zeros(n)
    values, sizes = np.empty((c, n)), np.zeros((c, n))
    levels, all_slopes = (np.empty(0), np.empty(0)) if values_only else (np.empty((c, n)), np.empty((c, *poles.shape)))
    bend = np.zeros(n) if any(jump.bend is not None for jump in jumps) else None
    bends = None if bend is None else np.zeros((c, n))
    moving, every_jump = False, _Jumps(jumps, poles)
    for j, node in enumerate(nodes.order):
        step = nodes.time[j] - nodes.time[j - 1]
        if j and moving and step.any():
            moved, moved_size, after = _advance(poles, step, level, slopes, values_only)
            if values_only:
                # Large slopes leave a rounding error when they cancel. It adds up for as long as the piece lasts.
                steepest = np.maximum(steepest, np.abs(level) + sum_rows(np.abs(slopes)))
                size = np.maximum(size, np.abs(value) + moved_size) + steepest * step
            value, slopes = value + moved, after
            if bend is not None:
                value, level = value + 0.5 * bend * step * step, level + bend * step
        if past is not None and not node.all():  # from time 0 on, what is left of past inputs counts
            here = past if not node.any() else np.where(node == _AT_ZERO, past, 0.0)
            value, size, slopes = value + sum_rows(here), size + sum_rows(np.abs(here)), slopes - poles * here
            moving = True
        if (jump := every_jump.at(node, nodes)) is not None:
            level, slopes, moving = level + jump.level, slopes + jump.slopes, True
            if bend is not None and jump.bend is not None:
                bend = bend + jump.bend
        values[j], sizes[j] = value, size
        if not values_only:
            levels[j], all_slopes[j] = level, slopes
            if bends is not None and bend is not None:
                bends[j] = bend
    return InputPhasePieces(poles, nodes.time, values, levels, all_slopes, sizes, nodes.order, bends)


def _advance(
    poles: Floats, step: Floats, level: Floats, slopes: Floats, with_size: bool
) -> tuple[Floats, Floats | float, Floats]:
    """What a piece adds over a step, the size of its terms if asked for, and the decaying slopes after it."""
    lost = np.expm1(poles * -step)
    gain = lost * slopes
    gain /= poles
    line = level * step
    moved = line - sum_rows(gain)
    lost += 1.0
    lost *= slopes
    return moved, np.abs(line) + sum_rows(np.abs(gain)) if with_size else 0.0, lost
