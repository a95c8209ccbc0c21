"""What is known of the person and the urine: each input as a number, a range, or the population's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

CENTRAL_90 = 1.6448536269514722
"""Standard deviations from the centre of a normal distribution to the ends of its central 90 %."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An input the model reads: exact (``spread`` 0) or a distribution.

    ``scale`` is ``log`` (``centre`` is the median, ``spread`` the standard deviation of the logarithm) or ``linear``.
    ``source`` says how it was learnt: ``given``, ``given range``, ``derived`` or ``population default``; ``origin`` where the
    data have it from (a `detectapi.values.substance.Origin`), when it was not given.
    """

    name: str
    centre: float
    spread: float = 0.0
    scale: str = "log"
    low: float = -math.inf
    high: float = math.inf
    source: str = "given"
    detail: str = ""
    origin: Any = None

    @property
    def exact(self) -> bool:
        """Whether it is a number rather than a distribution."""
        return not isinstance(self.spread, np.ndarray) and self.spread == 0.0

    def value(self, z):
        """The reading at standard normal deviates.

        Parameters
        ----------
        z : array, shape (n,)

        Returns
        -------
        float or array, shape (n,)
            A float when exact.
        """
        if self.exact:
            return self.centre
        if self.scale == "log":
            return np.clip(self.centre * np.exp(self.spread * z), self.low, self.high)
        return np.clip(self.centre + self.spread * z, self.low, self.high)


def read(name: str, given, scale: str = "log", low: float = -math.inf, high: float = math.inf) -> Reading:
    """A reading from a number or a range (the central 90 % of a log-normal, or of a normal on the linear scale).

    Parameters
    ----------
    name : str
    given : float or dict
        ``{"low": a, "high": b}`` for a range.
    scale : {'log', 'linear'}
    low, high : float
        Bounds of the input; a distribution is clipped there.
    """
    if not isinstance(given, dict):
        return Reading(name, float(given), low=low, high=high, scale=scale)
    a, b = float(given["low"]), float(given["high"])
    if scale == "log":
        centre, spread = math.sqrt(a * b), math.log(b / a) / (2.0 * CENTRAL_90)
    else:
        centre, spread = (a + b) / 2.0, (b - a) / (2.0 * CENTRAL_90)
    return Reading(name, centre, spread, scale, low, high, "given range")


def population(name: str, parameter, source: str = "population default", detail: str = "") -> Reading:
    """The population's distribution of an input, from a parameter of ``physiology.toml``."""
    return Reading(
        name, parameter.value, parameter.variability, parameter.scale, parameter.low, parameter.high, source, detail,
        parameter.origin,
    )  # fmt: skip
