"""The analyte's concentration after the last dose: exponentials, and corners while doses are still in the void."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


def box(x):
    """Average of exp(-u) over 0 <= u <= x."""
    x = np.asarray(x, dtype=float)
    safe = np.where(x == 0.0, 1.0, x)
    return np.where(x == 0.0, 1.0, -np.expm1(-safe) / safe)


def _ramp(x):
    """(x - 1 + exp(-x)) / x^2, its series where that cancels."""
    small = np.abs(x) < 0.3
    safe = np.where(small, 1.0, x)
    direct = (safe + np.expm1(-safe)) / (safe * safe)
    series = np.zeros_like(x)
    for j in range(12, 1, -1):
        series = (1.0 - x * series) / j if j > 2 else (1.0 - x * series) / 2.0
    return np.where(small, series, direct)


class Event(NamedTuple):
    """A dose whose input or void is not over at time 0: start and length of its input [h], coefficients (k, n)."""

    start: float
    length: float
    shape: np.ndarray


class Response:
    """Plasma concentration of an analyte averaged over the void that ends at t. [umol/L]

    Valid for t >= 0, the end of the last dose.
    """

    def __init__(self, poles, tail, tail_start, void, old, events):
        self.poles = poles
        self.tail = tail
        self.tail_start = tail_start
        self.void = void
        self.old = old
        self.events = events
        self.n = void.shape[0]

    def concentration(self, time) -> np.ndarray:
        """Concentration at given times. Shape (m, n). [umol/L]"""
        time = np.atleast_1d(np.asarray(time, dtype=float))
        return np.stack([self.at(np.full(self.n, t), slice(None)) for t in time]) if len(time) else np.empty((0, self.n))

    def at(self, time, draws):
        """Concentration at one time per selected draw."""
        poles = self.poles[:, draws]
        after = time - self.tail_start[draws]
        late = (self.tail[:, draws] * np.exp(-poles * np.maximum(after, 0.0))).sum(axis=0)
        early = after < 0.0
        if early.any():
            index = np.arange(self.n)[draws][early]
            late[early] = self._early(time[early], index)
        return late

    def _early(self, time, index):
        poles, void = self.poles[:, index], self.void[index]
        total = (self.old[:, index] * np.exp(-poles * time)).sum(axis=0)
        for start, length, shape in self.events:
            c = shape[:, index]
            x = time - start
            if length == 0.0:
                value = (_g1(c, poles, x) - _g1(c, poles, x - void)) / void
            else:
                value = _g2(c, poles, x) - _g2(c, poles, x - length) - _g2(c, poles, x - void)
                value = (value + _g2(c, poles, x - length - void)) / (length * void)
            over = x - length - void
            done = (c * box(poles * length) * box(poles * void) * np.exp(-poles * np.maximum(over, 0.0))).sum(axis=0)
            total += np.where(over >= 0.0, done, value)
        return total


def _g1(c, p, x):
    x = np.maximum(x, 0.0)
    return (c * box(p * x)).sum(axis=0) * x


def _g2(c, p, x):
    x = np.maximum(x, 0.0)
    return (c * _ramp(p * x)).sum(axis=0) * x * x
