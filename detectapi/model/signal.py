"""What one part of a test reads over time in the specimens of the draws, and when that crosses a cutoff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import Crossings, Response, crossings, mix
from detectapi.model.arrays import Floats, Value


class Signal(NamedTuple):
    """What one part of a test reads in the specimens of the draws, over time: a factor times a response. Arrays of shape (n,).

    Attributes
    ----------
    response : Response
        Plasma concentration averaged over the void [umol/L]; of a part that several analytes add to, their sum [ng/mL].
    factor : float or array
        Concentration in the specimen for each unit of the response. [ng/mL per unit of the response]
    noise : float or array
        Factor from the concentration to what is compared with the cutoff: see `Simulation.compared`. [-], or [mL/mg]
    """

    response: Response
    factor: Value
    noise: Value

    def crossings(self, cutoff: Value, first_from: float = 0.0) -> Crossings:
        """First and last time at which a specimen is read at or above a cutoff.

        Parameters
        ----------
        cutoff : float or array, shape (n,)
            [ng/mL], or [ng/mg] where it is stated per creatinine
        first_from : float
            A first crossing before this time is not asked for and may stand as 0: finding it takes as long as finding the last
            one. With 0 all are found, with infinity none. [h after the last dose]

        Returns
        -------
        Crossings
            [h after the last dose]
        """
        level = np.broadcast_to(cutoff / self.noise / self.factor, (self.response.n,))
        if first_from <= 0.0:
            return crossings(self.response, level)
        crossed = crossings(self.response, level, last_only=True)
        if np.isfinite(first_from):
            # Who is at or above the cutoff at that time has crossed it before; whose last crossing was before is not asked for.
            asked = (crossed.last > first_from) & ~self.response.surely_reaches(level, first_from)
            if asked.any():
                crossed.first[asked] = crossings(self.response, np.where(asked, level, np.inf)).first[asked]
        return crossed

    def concentration(self, time: Floats) -> Floats:
        """Concentration in the specimen, without the imprecision of the test.

        Parameters
        ----------
        time : array, shape (m,)
            [h after the last dose]

        Returns
        -------
        array, shape (m, n)
            [ng/mL]
        """
        return self.response.concentration(time) * self.factor


def together(signals: Sequence[Signal], weights: Sequence[Value]) -> Signal:
    """What a test reads that responds to several substances in one specimen, to each by its weight; the noise is the test's."""
    factors = [np.asarray(weight * signal.factor) for signal, weight in zip(signals, weights, strict=True)]
    return Signal(mix([signal.response for signal in signals], factors), 1.0, signals[0].noise)
