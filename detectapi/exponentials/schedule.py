"""The inputs along one absorption path: all of them as trains, and one by one those that are recent at time 0.

A concentration is an average over the averaging time that ends at t. An input is recent when, at time 0, it is not over or
ended within the averaging time. It is past when it ended before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from detectapi.exponentials.array_types import Booleans, Draws, Floats, Integers
from detectapi.exponentials.draw_arrays import take_draws


class Delay(NamedTuple):
    """What differs between draws in when the inputs along a path arrive; the order of the inputs is the same in all draws.

    Attributes
    ----------
    shift : array, shape (n,), or None
        How much later every input ends than the schedule says. [h]
    release : array, shape (n,), or None
        Length of every input; the schedule then has length 0. [h]
    """

    shift: Floats | None = None
    release: Floats | None = None

    def pick(self, draws: Draws) -> Delay:
        """The delay of some draws."""
        if self.shift is None:
            return self
        return Delay(take_draws(self.shift, draws), None if self.release is None else take_draws(self.release, draws))

    def later(self, end: Any) -> Any:
        """The end of an input, from its end by the schedule; and a time since then, from the time since the true end. [h]"""
        return end if self.shift is None else end + self.shift

    def by_schedule(self, time: Any) -> Any:
        """A time on the clock of the schedule. [h]"""
        return time if self.shift is None else time - self.shift

    def length(self, length: Any) -> Any:
        """Length of an input, from its length by the schedule. [h]"""
        return length if self.release is None else self.release


NO_DELAY = Delay()
"""Nothing differs between draws."""


class Schedule(NamedTuple):
    """Inputs along one absorption path, sorted by the end of the last input of each train.

    The lag is included, but for a `Delay` that differs between draws.

    Attributes
    ----------
    amount : array, shape (m,)
        Of each input of a train. [umol]
    end : array, shape (m,)
        End of the last input of the train. [h]
    length : array, shape (m,)
        Duration of each input. [h]
    every : array, shape (m,)
        Interval of the train. [h]
    count : array of int, shape (m,)
        Inputs in the train.
    """

    amount: Floats
    end: Floats
    length: Floats
    every: Floats
    count: Integers  # type: ignore[assignment]  # hides the method of tuple

    @property
    def first(self) -> float:
        """Start of the first input; infinite without any. [h]"""
        return float((self.end - self.length - (self.count - 1) * self.every).min(initial=np.inf))

    @property
    def last(self) -> float:
        """End of the last input; minus infinity without any. [h]"""
        return float(self.end.max(initial=-np.inf))

    @property
    def idle(self) -> float:
        """Time from the end of the last input to time 0; 0 where an input ends later, or there are none. [h]"""
        ends = self.end[self.amount > 0.0]
        return max(-float(ends.max()), 0.0) if len(ends) else 0.0

    def pick(self, trains: slice | Booleans) -> Schedule:
        """Some of the trains."""
        return Schedule(
            self.amount[trains], self.end[trains], self.length[trains], self.every[trains], self.count[trains]
        )

    def trains(self) -> Iterable[tuple[Any, ...]]:
        """Each train as (amount, end, length, every, count)."""
        return zip(*self, strict=True)


class Input(NamedTuple):
    """A recent input.

    Attributes
    ----------
    end, length : float
        End and duration. [h]
    amount : array, shape (n,), or float
        0 in draws in which it is past. [umol]
    """

    end: float
    length: float
    amount: Floats | float

    def pick(self, draws: Draws) -> Input:
        """The input in some draws."""
        return self if isinstance(self.amount, float) else self._replace(amount=take_draws(self.amount, draws))


def recent_inputs(schedule: Schedule, averaging_time: Floats) -> list[Input]:
    """Inputs that are recent in some draw, in the order of their ends.

    Parameters
    ----------
    schedule : Schedule
    averaging_time : array, shape (n,)
        With the shift of the `Delay`. [h]

    Returns
    -------
    list of Input
    """
    inputs = []
    shortest, longest = averaging_time.min(initial=np.inf), averaging_time.max(initial=0.0)
    first = int(np.searchsorted(schedule.end, -longest, side="right"))
    for amount, end, length, every, count in schedule.pick(slice(first, None)).trains():
        recent = recent_count(end, every, count, averaging_time)
        in_all_draws = recent_count(end, every, count, shortest)
        for back in range(int(recent.max(initial=0))):
            present = float(amount) if back < in_all_draws else np.where(back < recent, amount, 0.0)
            inputs.append(Input(float(end - back * every), float(length), present))
    return sorted(inputs, key=lambda one: one.end)


def recent_count(end: float, every: float, count: int, averaging_time: Any) -> Any:
    """Number of inputs of a train that are recent; of the shape of the averaging time."""
    if count > 1:
        return np.clip(np.ceil((end + averaging_time) / every), 0, count)
    return (end + averaging_time > 0.0) * 1.0


def pick_draws(inputs_of_paths: Sequence[Sequence[Input]], draws: Draws) -> list[list[Input]]:
    """The recent inputs of each path, in some draws."""
    return [[one.pick(draws) for one in inputs] for inputs in inputs_of_paths]
