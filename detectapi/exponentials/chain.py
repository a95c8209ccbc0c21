"""What a caller describes: systems in series, the doses, and the paths by which a dose arrives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Draws, Floats, Integers
from detectapi.exponentials.draw_arrays import take_draws
from detectapi.exponentials.mammillary import Disposition
from detectapi.exponentials.ramps import Segments
from detectapi.exponentials.schedule import NO_DELAY, Delay


class Chain(NamedTuple):
    """Systems in series. Each passes a part of what it eliminates on to the next; the last one's concentration is computed.

    Attributes
    ----------
    dispositions : tuple of Disposition
        From the first system to the last.
    formation : tuple of array, shape (n,)
        Clearance from each system into the next; one fewer than dispositions. [L/h]
    """

    dispositions: tuple[Disposition, ...]
    formation: tuple[Floats, ...]

    def pick(self, draws: Draws) -> Chain:
        """The chains of some draws."""
        dispositions = tuple(one.pick(draws) for one in self.dispositions)
        return Chain(dispositions, tuple(take_draws(clearance, draws) for clearance in self.formation))


class Absorption(NamedTuple):
    """One of the parallel paths by which a dose reaches the chain.

    Attributes
    ----------
    delivered : array, shape (systems of the chain, n)
        Molar fraction of the dose that this path brings into the centre of each system. [-]
    rate_constant : array, shape (n,), or None
        Of a first-order step; None goes directly into the centre. [1/h]
    lag_time : float, or array, shape (n,)
        [h]
    release_duration : float, or array, shape (n,)
        Zero-order release over this time, before the first-order step if there is one. In an array all are positive. [h]
    """

    delivered: Floats
    rate_constant: Floats | None
    lag_time: Floats | float = 0.0
    release_duration: Floats | float = 0.0

    def pick(self, draws: Draws) -> Absorption:
        """The path of some draws."""
        rate = None if self.rate_constant is None else take_draws(self.rate_constant, draws)
        lag, release = (
            take_draws(time, draws) if isinstance(time, np.ndarray) else time
            for time in (self.lag_time, self.release_duration)
        )
        return Absorption(take_draws(self.delivered, draws), rate, lag, release)

    @property
    def common_lag_time(self) -> float:
        """Lag that all draws share; 0 where it differs between draws. [h]"""
        return 0.0 if isinstance(self.lag_time, np.ndarray) else self.lag_time

    @property
    def common_release_duration(self) -> float:
        """Release duration that all draws share; 0 where it differs between draws. [h]"""
        return 0.0 if isinstance(self.release_duration, np.ndarray) else self.release_duration

    @property
    def delay(self) -> Delay:
        """What differs between draws in when an input arrives, and over which time."""
        lag = self.lag_time if isinstance(self.lag_time, np.ndarray) else None
        release = self.release_duration if isinstance(self.release_duration, np.ndarray) else None
        if lag is None or release is None:
            return Delay(release if lag is None else lag, release)
        return Delay(lag + release, release)


class Doses(NamedTuple):
    """Doses that take the same paths; each entry is a regular train.

    Attributes
    ----------
    amount : array, shape (m,)
        Of each dose of a train. [umol]
    start : array, shape (m,)
        Of the first dose of the train, from the end of the last dose of all. [h]
    duration : array, shape (m,)
        Of an infusion; 0 is a bolus. [h]
    every : array, shape (m,)
        Interval of the train. [h]
    count : array of int, shape (m,)
        Doses in the train.
    scale : array, shape (n,), or None
        Factor on every amount that differs between draws. [-]
    absorptions : tuple of Absorption
    segments : Segments or None
        Inputs whose rate is a line in time, beside the trains; they take the same paths, without their lag and release.
    """

    amount: Floats
    start: Floats
    duration: Floats
    every: Floats
    count: Integers  # type: ignore[assignment]  # hides the method of tuple
    scale: Floats | None
    absorptions: tuple[Absorption, ...]
    segments: Segments | None = None


class Source(NamedTuple):
    """A chain and one absorption path: what a unit dose along this path passes through.

    Attributes
    ----------
    chain : Chain
    delivered : array, shape (systems, n)
        As in Absorption. [-]
    rate : array, shape (n,), or None
        Of the first-order step. [1/h]
    weight : array, shape (n,), or None
        Factor on the concentration.
    delay : Delay
        What the inputs' ends and lengths add to those of the schedule.
    """

    chain: Chain
    delivered: Floats
    rate: Floats | None
    weight: Floats | None
    delay: Delay = NO_DELAY

    def pick(self, draws: Draws) -> Source:
        """The source of some draws."""
        rate = None if self.rate is None else take_draws(self.rate, draws)
        weight = None if self.weight is None else take_draws(self.weight, draws)
        delivered = take_draws(self.delivered, draws)
        return Source(self.chain.pick(draws), delivered, rate, weight, self.delay.pick(draws))
