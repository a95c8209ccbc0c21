"""The slow, obvious truth: every compartment a state, every hour a matrix exponential in 80-bit arithmetic.

Nothing here is shared with `detectapi.exponentials`: no poles, no partial fractions, no geometric series.
"""

from dataclasses import dataclass, replace

import mpmath
import numpy as np

from detectapi.exponentials import Absorption, Chain, Doses, disposition


@dataclass(frozen=True)
class Moiety:
    clearance: float
    volume: float
    exchange: tuple = ()
    peripheral: tuple = ()


@dataclass(frozen=True)
class Path:
    delivered: tuple
    rate_constant: float | None = None
    lag_time: float = 0.0
    release_duration: float = 0.0


@dataclass(frozen=True)
class Train:
    amount: float
    start: float = 0.0
    duration: float = 0.0
    every: float = 24.0
    count: int = 1


@dataclass(frozen=True)
class Case:
    """One draw: moieties from the root to the analyte, formation clearances, [(trains, scale, paths)], void interval."""

    moieties: tuple
    formation: tuple
    groups: tuple
    void: float

    def replace(self, **changes):
        return replace(self, **changes)


def as_arrays(cases):
    """Chain, groups and void intervals of cases that share their structure, as `respond` takes them."""
    first = cases[0]

    def column(get):
        return np.array([get(case) for case in cases])

    dispositions = []
    for i, moiety in enumerate(first.moieties):
        m = len(moiety.exchange)
        dispositions.append(
            disposition(
                column(lambda c, i=i: c.moieties[i].clearance),
                column(lambda c, i=i: c.moieties[i].volume),
                column(lambda c, i=i: c.moieties[i].exchange).T.reshape(m, len(cases)),
                column(lambda c, i=i: c.moieties[i].peripheral).T.reshape(m, len(cases)),
            )
        )
    formation = tuple(column(lambda c, i=i: c.formation[i]) for i in range(len(first.formation)))
    groups = []
    for g, (trains, _, paths) in enumerate(first.groups):
        absorptions = tuple(
            Absorption(
                column(lambda c, g=g, k=k: c.groups[g][2][k].delivered).T,
                None if path.rate_constant is None else column(lambda c, g=g, k=k: c.groups[g][2][k].rate_constant),
                _common(column(lambda c, g=g, k=k: c.groups[g][2][k].lag_time)),
                _common(column(lambda c, g=g, k=k: c.groups[g][2][k].release_duration)),
            )
            for k, path in enumerate(paths)
        )
        table = [np.array([getattr(t, name) for t in trains]) for name in Train.__dataclass_fields__]
        groups.append(Doses(*table, column(lambda c, g=g: c.groups[g][1]), absorptions))
    return Chain(tuple(dispositions), formation), groups, column(lambda c: c.void)


def _common(values):
    """A number where all people have the same."""
    return float(values[0]) if (values == values[0]).all() else values


def exponential(matrix):
    """exp(matrix) by scaling, Taylor and squaring, in long double."""
    matrix = np.asarray(matrix, dtype=np.longdouble)
    norm = float(np.abs(matrix).sum(axis=0).max())
    halvings = max(0, int(np.ceil(np.log2(norm))) + 2) if norm > 0 else 0
    small = matrix / np.longdouble(2) ** halvings
    total = np.eye(len(matrix), dtype=np.longdouble)
    term = total.copy()
    for k in range(1, 18):
        term = term @ small / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


class Oracle:
    """Concentrations of one case, by stepping from corner to corner."""

    def __init__(self, case):
        self.case = case
        self.matrix, self.sources, self.centre = _rate_matrix(case)
        self.size = len(self.matrix)
        self._steps = {}
        self.inputs = []  # (start, length, amount, state that receives it)
        for g, (trains, scale, paths) in enumerate(case.groups):
            for k, path in enumerate(paths):
                for train in trains:
                    length = max(train.duration, path.release_duration)
                    for j in range(train.count):
                        start = train.start + j * train.every + path.lag_time
                        self.inputs.append((start, length, train.amount * scale, self.sources[g, k]))
        self.inputs.sort(key=lambda item: item[0])
        self._corners = sorted({t for start, length, *_ in self.inputs for t in (start, start + length)})
        self._states = self._march()

    def _step(self, span, rates):
        """Propagator of (states, 1, integral) over a span with constant input rates (as a tuple of states and rates)."""
        key = (float(span), rates)
        if key not in self._steps:
            full = np.zeros((self.size + 2, self.size + 2), dtype=np.longdouble)
            full[: self.size, : self.size] = self.matrix
            for vector, rate in rates:
                full[: self.size, self.size] += np.array(vector, dtype=np.longdouble) * rate
            full[self.size + 1, self.centre] = 1.0
            self._steps[key] = exponential(full * np.longdouble(span))
        return self._steps[key]

    def _rates(self, begin, end):
        middle = 0.5 * (begin + end)
        return tuple(
            (vector, amount / length)
            for start, length, amount, vector in self.inputs
            if length > 0 and start < middle < start + length
        )

    def _boluses(self, state, time):
        for start, length, amount, vector in self.inputs:
            if length == 0 and start == time:
                state[: self.size] += np.array(vector, dtype=np.longdouble) * amount
        return state

    def _march(self):
        states, state = [], np.zeros(self.size + 2, dtype=np.longdouble)
        state[self.size] = 1.0
        for i, time in enumerate(self._corners):
            if i:
                before = self._corners[i - 1]
                state = self._step(time - before, self._rates(before, time)) @ state
            state = self._boluses(state.copy(), time)
            states.append(state)
        return states

    def _state(self, time):
        """State just after everything at or before a time."""
        i = int(np.searchsorted(self._corners, time, side="right")) - 1
        if i < 0:
            state = np.zeros(self.size + 2, dtype=np.longdouble)
            state[self.size] = 1.0
            return state
        span = time - self._corners[i]
        return self._step(span, self._rates(self._corners[i], time)) @ self._states[i] if span > 0 else self._states[i]

    def concentration(self, time):
        """Central concentration of the analyte averaged over the void that ends at a time. [umol/L]"""
        begin = time - self.case.void
        state = self._state(begin).copy()
        state[self.size + 1] = 0.0
        now = begin
        for corner in [c for c in self._corners if begin < c < time] + [time]:
            state = self._step(corner - now, self._rates(now, corner)) @ state
            state = self._boluses(state.copy(), corner)
            now = corner
        return float(state[self.size + 1] / self.case.void)

    def concentrations(self, times):
        return np.array([self.concentration(float(t)) for t in times])

    def grid(self, step, count):
        """Concentrations at 0, step, 2 step, ...: corner by corner at first, then one propagator again and again."""
        times = step * np.arange(count)
        late = max(self._corners) + self.case.void
        values = [self.concentration(float(t)) for t in times if t <= late]
        if len(values) < count:
            average = self._step(self.case.void, ())[self.size + 1, : self.size] / self.case.void
            move = self._step(step, ())[: self.size, : self.size]
            state = self._state(times[len(values)] - self.case.void)[: self.size]
            while len(values) < count:
                values.append(float(average @ state))
                state = move @ state
        return times, np.array(values)


def with_many_digits(case, time, digits=30):
    """Concentration averaged over the void that ends at a time, dose by dose, by mpmath's matrix exponential."""
    with mpmath.workdps(digits):
        matrix, sources, centre = _rate_matrix(case, mpmath.mpf)
        size, total = len(matrix), mpmath.mpf(0)
        full = mpmath.zeros(size + 2)  # states, a constant input, the integral of the concentration
        for i in range(size):
            for j in range(size):
                full[i, j] = matrix[i, j]
        full[size + 1, centre] = 1
        begin, end = mpmath.mpf(time) - mpmath.mpf(case.void), mpmath.mpf(time)
        for g, (trains, scale, paths) in enumerate(case.groups):
            for k, path in enumerate(paths):
                for train in trains:
                    for j in range(train.count):
                        start = mpmath.mpf(train.start) + j * mpmath.mpf(train.every) + mpmath.mpf(path.lag_time)
                        length = mpmath.mpf(max(train.duration, path.release_duration))
                        integral = _integral(full, sources[g, k], start, length, begin, end)
                        total += train.amount * mpmath.mpf(scale) * integral
        return total / mpmath.mpf(case.void)


def _integral(full, source, start, length, begin, end):
    """Integral of the concentration from begin to end after a unit dose."""
    size = full.rows - 2
    state = mpmath.zeros(size + 2, 1)
    state[size] = 1
    now = start
    if length == 0:
        for i, value in enumerate(source):
            state[i] = value
    for stop in sorted({t for t in (start + length, begin, end) if start < t <= end}):
        on = length > 0 and now < start + length
        matrix = full.copy()
        for i, value in enumerate(source):
            matrix[i, size] = value / length if on else 0
        state = mpmath.expm(matrix * (stop - now)) * state
        now = stop
        if stop == begin:
            state[size + 1] = 0
    return state[size + 1]


def _rate_matrix(case, number=np.longdouble):
    names = []
    for i, moiety in enumerate(case.moieties):
        names += [("centre", i)] + [("peripheral", i, j) for j in range(len(moiety.exchange))]
    for g, (_, _, paths) in enumerate(case.groups):
        names += [("depot", g, k) for k, path in enumerate(paths) if path.rate_constant is not None]
    index = {name: i for i, name in enumerate(names)}
    kind = np.longdouble if number is np.longdouble else object
    matrix = np.full((len(names), len(names)), number(0), dtype=kind)
    for i, moiety in enumerate(case.moieties):
        centre = index["centre", i]
        volume = number(moiety.volume)
        matrix[centre, centre] -= moiety.clearance / volume
        for j, (exchange, peripheral) in enumerate(zip(moiety.exchange, moiety.peripheral, strict=True)):
            outer = index["peripheral", i, j]
            matrix[centre, centre] -= exchange / volume
            matrix[outer, centre] += exchange / volume
            matrix[outer, outer] -= exchange / number(peripheral)
            matrix[centre, outer] += exchange / number(peripheral)
        if i + 1 < len(case.moieties):
            matrix[index["centre", i + 1], centre] += case.formation[i] / volume
    # States of the analyte are amounts; its centre is read as a concentration.
    last = len(case.moieties) - 1
    centre = index["centre", last]
    volume = number(case.moieties[last].volume)
    scale = np.full(len(names), number(1), dtype=kind)
    scale[centre] = 1 / volume
    sources = {}
    for g, (_, _, paths) in enumerate(case.groups):
        for k, path in enumerate(paths):
            vector = np.full(len(names), number(0), dtype=kind)
            for i, share in enumerate(path.delivered):
                vector[index["centre", i]] = number(share)
            if path.rate_constant is not None:
                depot = index["depot", g, k]
                matrix[depot, depot] -= path.rate_constant
                matrix[:, depot] += path.rate_constant * vector
                vector = np.full(len(names), number(0), dtype=kind)
                vector[depot] = number(1)
            sources[g, k] = tuple(vector * scale)
    matrix = scale[:, None] * matrix / scale
    return matrix, sources, centre
