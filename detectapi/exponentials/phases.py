"""The two phases of a response, seen alike: pieces on which value and slope are sums of exponentials.

The input phase has many pieces, from corner to corner. The tail, which follows it, is one piece without end.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from detectapi.exponentials.array_types import Draws, Floats, Integers
from detectapi.exponentials.draw_arrays import sum_rows, take_draws
from detectapi.exponentials.input_phase import InputPhasePieces


class TailPiece(NamedTuple):
    """Some draws in the tail: sum(coefficients exp(-poles x)), with x from the start of the tail. Arrays of shape (k, m)."""

    poles: Floats
    coefficients: Floats

    @property
    def level(self) -> float:
        """Constant part of the slope: none."""
        return 0.0

    @property
    def bend(self) -> None:
        """How the constant part of the slope rises: not at all."""
        return None

    def constant(self, x: Floats) -> float:
        """Constant part of the slope at x: none."""
        return 0.0

    def at(self, x: Floats) -> tuple[Floats, Floats]:
        """Value at x, and the decaying parts of the slope there."""
        terms = self.poles * -x
        np.exp(terms, out=terms)
        terms *= self.coefficients
        value = sum_rows(terms)
        terms *= self.poles
        return value, np.negative(terms, out=terms)

    def pick(self, draws: Draws) -> TailPiece:
        """The piece of some draws."""
        return TailPiece(take_draws(self.poles, draws), take_draws(self.coefficients, draws))


class InputPiece(NamedTuple):
    """Some draws in one piece each of the input phase: value + level x + bend x^2/2 + sum(slopes (1 - exp(-poles x))/poles).

    Arrays of shape (k, m), value, level and bend (m,); areas are slopes over poles. Without a bend it is None.
    """

    poles: Floats
    value: Floats
    level: Floats
    slopes: Floats
    areas: Floats
    bend: Floats | None = None

    def at(self, x: Floats) -> tuple[Floats, Floats]:
        """Value at x, and the decaying parts of the slope there."""
        lost = self.poles * -x
        np.expm1(lost, out=lost)
        value = self.value + self.level * x - sum_rows(lost * self.areas)
        if self.bend is not None:
            value += 0.5 * self.bend * x * x
        lost += 1.0
        lost *= self.slopes
        return value, lost

    def pick(self, draws: Draws) -> InputPiece:
        """The piece of some draws."""
        return InputPiece(*(None if array is None else take_draws(array, draws) for array in self))  # type: ignore[arg-type]

    def constant(self, x: Floats) -> Floats:
        """What is not decaying of the slope at x."""
        return self.level if self.bend is None else self.level + self.bend * x


class Tail:
    """The tail; times count from its start."""

    def __init__(self, poles: Floats, coefficients: Floats) -> None:
        self.poles = poles
        self.coefficients = coefficients

    def locate(self, draws: Integers, time: Floats, leftward: bool) -> tuple[Integers, Floats, Floats]:
        """Number of the piece that holds a time of each draw, its start and its end."""
        return np.zeros(len(draws), dtype=int), np.zeros_like(time), np.full_like(time, np.inf)

    def piece(self, draws: Integers, number: Integers | int) -> TailPiece:
        """The piece of some draws."""
        return TailPiece(self.poles, self.coefficients).pick(draws)


class InputPhase:
    """The input phase; it has the methods of Tail."""

    def __init__(self, pieces: InputPhasePieces) -> None:
        self.pieces = pieces
        self.poles = pieces.poles

    def locate(self, draws: Integers, time: Floats, leftward: bool) -> tuple[Integers, Floats, Floats]:
        """Number of the piece that holds a time of each draw, its start and its end.

        A time at a corner belongs to the piece after it; on the way left, to the piece before it.
        """
        nodes = take_draws(self.pieces.time, draws)
        number = np.clip((nodes < time if leftward else nodes <= time).sum(axis=0) - 1, 0, len(nodes) - 2)
        each = np.arange(len(draws))
        return number, nodes[number, each], nodes[number + 1, each]

    def piece(self, draws: Integers, number: Integers | int) -> InputPiece:
        """One piece of some draws: the same for all, or one each."""
        pieces = self.pieces
        poles = take_draws(pieces.poles, draws)
        if isinstance(number, int):
            slopes = take_draws(pieces.slopes[number], draws)
        else:
            slopes = np.ascontiguousarray(pieces.slopes[number, :, draws].T)
        bend = None if pieces.bend is None else pieces.bend[number, draws]
        return InputPiece(poles, pieces.value[number, draws], pieces.level[number, draws], slopes, slopes / poles, bend)


Piece: TypeAlias = TailPiece | InputPiece
Phase: TypeAlias = Tail | InputPhase
