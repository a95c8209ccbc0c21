"""Rigorous bounds of a slope over a stretch of time, in two ways."""

from __future__ import annotations

from math import comb
from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Draws, Floats
from detectapi.exponentials.draw_arrays import partial_sums, sum_rows, take_draws

_DEGREE = 10
"""Of the Taylor polynomial. Where terms cancel to a fraction d, its remainder is as small as that on a stretch of about d^(1/11)
time constants."""

_TO_BERNSTEIN = np.array([[comb(k, j) / comb(_DEGREE, j) for k in range(_DEGREE + 1)] for j in range(_DEGREE + 1)])[
    :, :, np.newaxis
]
"""Bernstein coefficients of each power of x on 0 <= x <= 1; one row for each power."""


class SlopeWeights(NamedTuple):
    """What `bounds_by_partial_sums` needs to know of the poles: where exp(-p x) - exp(-p' x) peaks, with p' the next pole.

    Arrays of shape (k, m): the poles, the place of the peak [h] and its height.
    """

    poles: Floats
    place: Floats
    height: Floats

    @classmethod
    def of(cls, poles: Floats) -> SlopeWeights:
        """Weights of ascending poles, shape (k, m). The weight of the first pole, 1 - exp(-p x), has no peak."""
        place, height = np.full_like(poles, np.inf), np.ones_like(poles)
        ratio, gap = poles[1:] / poles[:-1], poles[1:] - poles[:-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            place[1:] = np.log(ratio) / gap
        equal = gap == 0.0
        place[1:][equal] = 0.0  # weight 0 everywhere
        height[1:] = np.where(equal, 0.0, np.exp(-poles[:-1] * place[1:]) - np.exp(-poles[1:] * place[1:]))
        return cls(poles, place, height)

    def pick(self, draws: Draws) -> SlopeWeights:
        """The weights of some draws."""
        return SlopeWeights(*(take_draws(array, draws) for array in self))


def bounds_by_partial_sums(
    weights: SlopeWeights, level: Floats | float, slopes: Floats, width: Floats
) -> tuple[Floats, Floats]:
    """Rigorous bounds of level + sum(slopes exp(-poles x)) over 0 <= x <= width.

    Notes
    -----
    Summed by parts, the slope is a sum of partial sums of (level, slopes), with weights ``e^(-p_k x) - e^(-p_(k+1) x)`` that
    are never negative. Each weight rises from 0 to its peak, then falls. Large slopes of opposite sign on neighbouring poles
    cancel in the partial sums; they would ruin a bound that is taken term by term.
    """
    k, m = slopes.shape
    left = np.ones((k + 1, m))
    np.exp(-weights.poles * width, out=left[1:])
    partial = partial_sums(level, slopes)
    most = np.where(weights.place < width, weights.height, left[:-1] - left[1:])
    low, high = (
        sum_rows(cut(partial[:-1], 0.0) * most) + cut(partial[-1], partial[-1] * left[-1])
        for cut in (np.minimum, np.maximum)
    )
    return low, high


def bounds_by_taylor(poles: Floats, level: Floats | float, slopes: Floats, width: Floats) -> tuple[Floats, Floats]:
    """The same bounds, from a Taylor polynomial about x = 0 and its remainder.

    Notes
    -----
    A polynomial lies between its smallest and its largest Bernstein coefficient. The remainder is at most that of each term.
    These bounds are far better than those by partial sums where many terms cancel, provided that the stretch is short.
    """
    x = poles * width
    powers = np.empty((_DEGREE + 1, len(width)))
    term = slopes
    for j in range(_DEGREE + 1):
        powers[j] = sum_rows(term)
        term = term * x / -(j + 1.0)
    remainder = sum_rows(np.abs(term))
    coefficients = sum_rows(_TO_BERNSTEIN * powers[:, np.newaxis])
    return level + coefficients.min(axis=0) - remainder, level + coefficients.max(axis=0) + remainder
