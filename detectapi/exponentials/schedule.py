"""Sums over doses of decaying exponentials: regular trains in closed form, listed doses by Horner's rule."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.sums import add_up, box

FORGOTTEN = 60.0
"""A dose e^-60 below the newest one cannot change a double."""

LONGEST_VOID = 48.0
"""Doses older than this, and than every void, are summed without asking in which draws they are old. [h]"""

_TOGETHER = 8
"""Doses of a long list taken at once; always the same ones, whatever draws stand together."""


class Schedule(NamedTuple):
    """Inputs along one absorption path, sorted by the end of the last dose of each train; lag included.

    Attributes
    ----------
    amount : array, shape (m,)
        [umol]
    end : array, shape (m,)
        End of the input of the last dose of the train. [h]
    length : array, shape (m,)
        Duration of each input. [h]
    every : array, shape (m,)
        [h]
    count : array of int, shape (m,)
    """

    amount: np.ndarray
    end: np.ndarray
    length: np.ndarray
    every: np.ndarray
    count: np.ndarray

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
        """Time at 0 since anything came in; 0 where inputs still last or are to come, or there are none. [h]"""
        given = self.end[self.amount > 0.0]
        return max(-float(given.max()), 0.0) if len(given) else 0.0


class Input(NamedTuple):
    """A dose that is not over or still in the void at time 0.

    Attributes
    ----------
    end, length : float
        End and duration of the input. [h]
    amount : array, shape (n,), or float
        0 in draws whose void does not reach back to it. [umol]
    """

    end: float
    length: float
    amount: np.ndarray | float


def recent(schedule: Schedule, void) -> list[Input]:
    """Doses that are not over or still in the void at time 0, in the order of their ends.

    Parameters
    ----------
    schedule : Schedule
    void : array, shape (n,)
        [h]

    Returns
    -------
    list of Input
    """
    doses = []
    shortest, longest = void.min(initial=np.inf), void.max(initial=0.0)
    for j in range(int(np.searchsorted(schedule.end, -longest, side="right")), len(schedule.end)):
        amount, end, length, every, count = (column[j] for column in schedule)
        few = _recent_count(end, every, count, void)
        everywhere = _recent_count(end, every, count, shortest)
        for back in range(int(few.max(initial=0))):
            given = float(amount) if back < everywhere else np.where(back < few, amount, 0.0)
            doses.append(Input(float(end - back * every), float(length), given))
    return sorted(doses, key=lambda dose: dose.end)


def _recent_count(end, every, count, void):
    """How many doses of a train are not over or still in the void at time 0."""
    return np.clip(np.ceil((end + void) / every), 0, count) if count > 1 else (end + void > 0.0) * 1.0


def recent_sum(poles, doses, reference: float) -> np.ndarray:
    """Sum over doses of amount, averaged over its input, decayed from the end of its input to a reference time.

    Parameters
    ----------
    poles : array, shape (k, n)
        [1/h]
    doses : sequence of Input
        In the order of their ends.
    reference : float
        At or after the end of every input. [h]

    Returns
    -------
    array, shape (k, n)
        [umol]
    """
    total = np.zeros_like(poles)
    for j, (end, length, amount) in enumerate(doses):
        total += amount * box(poles * length) if length > 0.0 else amount
        following = doses[j + 1].end if j + 1 < len(doses) else reference
        if following > end:
            total *= np.exp(poles * (end - following))
    return total


def old_sum(poles, schedule: Schedule, void) -> np.ndarray | None:
    """Sum over all doses but the recent ones, decayed from their last trace in the void to time 0.

    Parameters
    ----------
    poles : array, shape (k, n)
        [1/h]
    schedule : Schedule
    void : array, shape (n,)
        [h]

    Returns
    -------
    array, shape (k, n), or None
        None where there is no such dose. [umol]
    """
    oldest = schedule.end - (schedule.count - 1) * schedule.every
    if len(oldest) == 0 or oldest.min() + void.min(initial=np.inf) > 0.0:
        return None
    singles = schedule.count == 1
    total = np.zeros_like(poles)
    if singles.any():
        total += _old_list(poles, Schedule(*(column[singles] for column in schedule)), void)
    for amount, end, length, every, count in zip(*(column[~singles] for column in schedule), strict=True):
        left = count - _recent_count(end, every, count, void)
        since = np.maximum((count - left) * every - end - void, 0.0)
        part = amount * np.exp(-poles * since)
        part *= np.expm1(poles * (-every * left)) / np.expm1(poles * -every)
        total += part * box(poles * length) if length > 0.0 else part
    return total


def _old_list(poles, doses: Schedule, void):
    """Horner's rule S = S exp(-p dt) + dose that stops, in each draw, at the last of its doses that left the void."""
    everywhere = int(np.searchsorted(doses.end, -void.max(initial=LONGEST_VOID), side="right"))
    somewhere = int(np.searchsorted(doses.end, -void.min(initial=np.inf), side="right"))
    reference = np.zeros(len(void))
    total = np.zeros_like(poles)
    if everywhere:
        total = _long_list(poles, Schedule(*(column[:everywhere] for column in doses)))
        reference += doses.end[everywhere - 1]
    for j in range(everywhere, somewhere):
        old = doses.end[j] + void <= 0.0
        if j:
            total *= np.exp(poles * np.where(old, reference - doses.end[j], 0.0))
        total += np.where(old, doses.amount[j], 0.0) * box(poles * doses.length[j])
        reference = np.where(old, doses.end[j], reference)
    total *= np.exp(poles * np.minimum(reference + void, 0.0))
    return total


def _long_list(poles, doses: Schedule):
    """Sum over doses at the end of the last one, some at a time; a fast pole joins when doses are recent enough."""
    amount, end, length = doses.amount, doses.end, doses.length
    slowest = poles.min(axis=1)
    rows = np.argsort(slowest, kind="stable")
    ordered, total = poles[rows], np.zeros_like(poles)
    given = np.flatnonzero(amount > 0.0)
    if len(given) == 0:
        return total
    newest = given[-1]
    reach = (FORGOTTEN + np.log(amount.sum() / amount[newest])) / slowest[rows]
    active = np.searchsorted(np.searchsorted(end, end[newest] - reach), np.arange(len(end)), side="right")
    reached = end[0]
    for j in range(0, len(end), _TOGETHER):
        some = slice(j, min(j + _TOGETHER, len(end)))
        k, now = active[some.stop - 1], end[some.stop - 1]
        part, p = total[:k], ordered[:k]
        if k == 0:
            continue
        if now > reached:
            part *= np.exp(p * (reached - now))
        each = p[:, np.newaxis] * (end[some] - now)[:, np.newaxis]
        np.exp(each, out=each)
        each *= amount[some, np.newaxis]
        if length[some].any():
            each *= box(p[:, np.newaxis] * length[some, np.newaxis])
        part += add_up(each.swapaxes(0, 1))
        reached = now
    result = np.empty_like(total)
    result[rows] = total
    return result
