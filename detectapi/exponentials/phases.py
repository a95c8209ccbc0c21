"""The two zones of a response seen alike: pieces on which value and slope are sums of exponentials."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.input_phase import Pieces
from detectapi.exponentials.sums import add_up, columns


class TailPiece(NamedTuple):
    """Some draws from the start of the tail on: sum(coefficients exp(-poles x)). Arrays of shape (k, m)."""

    poles: np.ndarray
    coefficients: np.ndarray

    @property
    def level(self):
        """Constant part of the slope: none."""
        return 0.0

    def at(self, x):
        """Value at x, and the decaying parts of the slope there."""
        terms = self.poles * -x
        np.exp(terms, out=terms)
        terms *= self.coefficients
        value = add_up(terms)
        terms *= self.poles
        return value, np.negative(terms, out=terms)

    def pick(self, which):
        """The piece of fewer draws."""
        return TailPiece(*(columns(array, which) for array in self))


class EarlyPiece(NamedTuple):
    """Some draws in one piece each: value + level x + sum(slopes (1 - exp(-poles x))/poles).

    Arrays of shape (k, m), value and level (m,); areas are slopes over poles.
    """

    poles: np.ndarray
    value: np.ndarray
    level: np.ndarray
    slopes: np.ndarray
    areas: np.ndarray

    def at(self, x):
        """Value at x, and the decaying parts of the slope there."""
        lost = self.poles * -x
        np.expm1(lost, out=lost)
        value = self.value + self.level * x - add_up(lost * self.areas)
        lost += 1.0
        lost *= self.slopes
        return value, lost

    def pick(self, which):
        """The piece of fewer draws."""
        return EarlyPiece(*(columns(array, which) for array in self))


class TailZone:
    """From the start of the tail on, where its time counts from; one piece without end."""

    def __init__(self, poles, coefficients):
        self.poles = poles
        self.coefficients = coefficients

    def locate(self, draws, time, leftward):
        """Number of the piece that holds a time of each draw, its start and its end."""
        return np.zeros(len(draws), dtype=int), np.zeros_like(time), np.full_like(time, np.inf)

    def piece(self, draws, number):
        """The piece of some draws."""
        return TailPiece(columns(self.poles, draws), columns(self.coefficients, draws))


class EarlyZone:
    """The pieces between corners, before the tail; same interface as `TailZone`."""

    def __init__(self, pieces: Pieces):
        self.pieces = pieces
        self.poles = pieces.poles

    def locate(self, draws, time, leftward):
        """Number of the piece that holds a time of each draw (what lies before it when going left), start and end."""
        nodes = columns(self.pieces.time, draws)
        number = np.clip((nodes < time if leftward else nodes <= time).sum(axis=0) - 1, 0, len(nodes) - 2)
        each = np.arange(len(draws))
        return number, nodes[number, each], nodes[number + 1, each]

    def piece(self, draws, number):
        """One piece of some draws, the same for all or one each."""
        cut = self.pieces
        poles = columns(cut.poles, draws)
        if np.ndim(number) == 0:
            slopes = columns(cut.slopes[number], draws)
        else:
            slopes = np.ascontiguousarray(cut.slopes[number, :, draws].T)
        return EarlyPiece(poles, cut.value[number, draws], cut.level[number, draws], slopes, slopes / poles)
