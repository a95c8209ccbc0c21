"""An input as it is known: a number, a range, or the population's distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detectapi.values.substance import Origin, Parameter

Floats: TypeAlias = NDArray[np.float64]

CENTRAL_90 = 1.6448536269514722
"""Standard deviations from the centre of a normal distribution to the ends of its central 90 %."""

POPULATION_DEFAULT = "population default"
"""The source of an input that was not given."""


@dataclass(frozen=True, slots=True)
class InputDistribution:
    """An input as the model takes it: an exact number (``spread`` 0) or a distribution.

    Attributes
    ----------
    name : str
    centre : float or array
        Median on the scale ``log``, mean on the scale ``linear``. [unit of the input]
    spread : float or array
        Standard deviation: of the logarithm on the scale ``log`` [-], of the value on the scale ``linear``. [unit of the input]
    scale : {'log', 'linear'}
    low, high : float
        Bounds of the input; sampled values are clipped to them. [unit of the input]
    source : str
        How it is known: ``given``, ``given range``, ``derived``, ``textbook`` or ``population default``.
    detail : str
        What it was derived from, in words.
    origin : Origin or None
        Where the data have it from, when it was not given.
    """

    name: str
    centre: float | Floats
    spread: float | Floats = 0.0
    scale: str = "log"
    low: float = -math.inf
    high: float = math.inf
    source: str = "given"
    detail: str = ""
    origin: Origin | None = None

    @property
    def exact(self) -> bool:
        """Whether it is a number rather than a distribution."""
        return not isinstance(self.spread, np.ndarray) and self.spread == 0.0

    @property
    def is_default(self) -> bool:
        """Whether it was not given, so that the population's distribution is used."""
        return self.source == POPULATION_DEFAULT

    def value(self, z: Floats) -> float | Floats:
        """The input at standard normal deviates.

        Parameters
        ----------
        z : array, shape (n,)

        Returns
        -------
        float or array, shape (n,)
            A float when the input is exact. [unit of the input]
        """
        if self.exact:
            return self.centre
        if self.scale == "log":
            return np.clip(self.centre * np.exp(self.spread * z), self.low, self.high)
        return np.clip(self.centre + self.spread * z, self.low, self.high)


def from_given(
    name: str,
    value: float | Mapping[str, float],
    scale: str = "log",
    low: float = -math.inf,
    high: float = math.inf,
) -> InputDistribution:
    """The distribution of an input that was given as a number or as a range.

    A range is the central 90 % of a log-normal distribution on the scale ``log``, of a normal one on the scale ``linear``.

    Parameters
    ----------
    name : str
    value : float or dict
        ``{"low": a, "high": b}`` for a range. [unit of the input]
    scale : {'log', 'linear'}
    low, high : float
        Bounds of the input; sampled values are clipped to them. [unit of the input]
    """
    if not isinstance(value, Mapping):
        return InputDistribution(name, float(value), low=low, high=high, scale=scale)
    a, b = float(value["low"]), float(value["high"])
    if scale == "log":
        centre, spread = math.sqrt(a * b), math.log(b / a) / (2.0 * CENTRAL_90)
    else:
        centre, spread = (a + b) / 2.0, (b - a) / (2.0 * CENTRAL_90)
    return InputDistribution(name, centre, spread, scale, low, high, "given range")


def population_default(
    name: str, parameter: Parameter, source: str = POPULATION_DEFAULT, detail: str = ""
) -> InputDistribution:
    """The population's distribution of an input, from a parameter of ``physiology.toml``.

    Parameters
    ----------
    name : str
    parameter : Parameter
    source, detail : str
        How the input is known, where it is not the plain default.
    """
    return InputDistribution(
        name, parameter.value, parameter.variability, parameter.scale, parameter.low, parameter.high, source, detail,
        parameter.origin,
    )  # fmt: skip
