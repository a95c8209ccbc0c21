"""Inputs whose rate is a line in time: their sums in the tail, and those that are recent at time 0, one by one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Draws, Floats
from detectapi.exponentials.dose_sums import average_decay
from detectapi.exponentials.draw_arrays import take_draws

SMALL = 0.1
"""Below this the first moment of a decay is summed as a series; above it the closed form has lost at most two digits."""
_SERIES_TERMS = 12


class Segments(NamedTuple):
    """Linear inputs, which differ between draws in all but their number. Arrays of shape (m, n).

    Attributes
    ----------
    begin, length : array
        A length is 0 in draws in which the input does not occur. [h]
    rate : array
        At the beginning. [umol/h]
    slope : array
        Change of the rate. The rate is nowhere negative. [umol/h^2]
    """

    begin: Floats
    length: Floats
    rate: Floats
    slope: Floats

    def pick(self, draws: Draws) -> Segments:
        """The inputs in some draws."""
        return Segments(*(take_draws(array, draws) for array in self))

    @property
    def end(self) -> Floats:
        """End of each input; minus infinity where it does not occur. Shape (m, n). [h]"""
        return np.where(self.length > 0.0, self.begin + self.length, -np.inf)

    @property
    def last(self) -> Floats:
        """End of the last input of each draw; minus infinity without any. Shape (n,). [h]"""
        ends: Floats = self.end.max(axis=0, initial=-np.inf)
        return ends

    @property
    def first(self) -> float:
        """Start of the first input; infinite without any. [h]"""
        return float(self.begin.min(initial=np.inf))

    @property
    def amount(self) -> Floats:
        """Of all inputs of each draw. Shape (n,). [umol]"""
        total: Floats = (self.length * (self.rate + 0.5 * self.slope * self.length)).sum(axis=0)
        return total

    def recent(self, averaging_time: Floats) -> Segments:
        """The inputs that are recent in some draw, with length 0 in draws in which they are past."""
        lengths = np.where(self.end + averaging_time > 0.0, self.length, 0.0)
        some = (lengths > 0.0).any(axis=1)
        return Segments(self.begin[some], lengths[some], self.rate[some], self.slope[some])

    def past(self, averaging_time: Floats) -> Segments:
        """The inputs that are past in some draw, with length 0 in draws in which they are recent."""
        lengths = np.where(self.end + averaging_time > 0.0, 0.0, self.length)
        some = (lengths > 0.0).any(axis=1)
        return Segments(self.begin[some], lengths[some], self.rate[some], self.slope[some])


def first_moment(x: Floats) -> Floats:
    """Integral of v exp(-x v) over 0 <= v <= 1."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = (-np.expm1(-x) - x * np.exp(-x)) / (x * x)
    small = x < SMALL
    if small.any():
        part, term = np.zeros(int(small.sum())), np.ones(int(small.sum()))
        for k in range(_SERIES_TERMS):
            part += term / (k + 2.0)
            term = term * -x[small] / (k + 1.0)
        value[small] = part
    return value


def sum_segments(poles: Floats, segments: Segments, reference: Floats) -> Floats:
    """Sum over linear inputs of what is left of them at a reference time, at or after the end of each.

    Parameters
    ----------
    poles : array, shape (k, n)
        [1/h]
    segments : Segments
    reference : array, shape (n,)
        [h]

    Returns
    -------
    array, shape (k, n)
        [umol]

    Notes
    -----
    An input from rate a to rate b over a length L leaves ``L (a g1 + b (g0 - g1))`` at its end, with g0 the average of the decay
    over L and g1 its first moment. Both weights are positive, so that nothing cancels.
    """
    total = np.zeros_like(poles)
    for begin, length, rate, slope in zip(*segments, strict=True):
        x = poles * length
        mean, moment = average_decay(x), first_moment(x)
        left = length * (rate * moment + (rate + slope * length) * (mean - moment))
        total += left * np.exp(poles * np.minimum(begin + length - reference, 0.0))
    return total
