"""The axis of every picture: a scale from data to paper, with its ticks and its name."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from detectapi.telling.numbers import three_figures


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear or logarithmic scale.

    Attributes
    ----------
    low, high : float
        Its ends, in the unit of the data.
    label : str
    ticks : tuple of (float, str)
        Values with what stands at them.
    logarithmic : bool
    start, end : float
        Where the ends are on paper; from 0 to 1 until it is put somewhere. [px]
    """

    low: float
    high: float
    label: str = ""
    ticks: tuple[tuple[float, str], ...] = ()
    logarithmic: bool = False
    start: float = 0.0
    end: float = 1.0

    def on(self, start: float, end: float) -> Axis:
        """The same axis at a place on paper. [px]"""
        return replace(self, start=start, end=end)

    def __call__(self, value: float) -> float:
        """Where a value is on paper, also beyond the ends. [px]"""
        if self.logarithmic:
            # Zero has no place on such an axis; what lies far below the low end is not drawn anyway.
            share = math.log(max(value, self.low * 1e-3) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def within(self, value: float) -> float:
        """Where a value is on paper; beyond the ends, at the end. [px]"""
        return self(min(max(value, self.low), self.high))


def round_axis(low: float, high: float, label: str = "", logarithmic: bool = False) -> Axis:
    """An axis with ticks at round values.

    Parameters
    ----------
    low, high : float
    label : str
    logarithmic : bool
    """
    values = _round_logarithmic(low, high) if logarithmic else _round_linear(low, high)
    inside = [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)] if low >= 0 else values
    return Axis(low, high, label, tuple((value, three_figures(value)) for value in inside), logarithmic)


def _round_logarithmic(low, high) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1,) if len(decades) > 4 else (1, 2, 5) if len(decades) > 2 else (1, 1.5, 2, 3, 5, 7)
    return [step * 10.0**decade for decade in decades for step in steps]


def _round_linear(low, high) -> list[float]:
    rough = (high - low) / 5.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [step * i for i in range(first, last + 1)]
