"""Sums over inputs of decaying exponentials: trains in closed form, listed inputs by Horner's rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detectapi.exponentials.array_types import Floats
from detectapi.exponentials.draw_arrays import sum_rows
from detectapi.exponentials.schedule import NO_DELAY, Delay, Input, Schedule, recent_count

NEGLIGIBLE_DECAY = 60.0
"""An input that has decayed by e^-60 next to the newest one cannot change a double."""

PAST_IN_ALL_DRAWS = 48.0
"""An input is summed without asking in which draws it is past, if it ended longer ago than this and than the longest averaging
time. [h]"""

_INPUTS_AT_ONCE = 8
"""Inputs of a long list that are taken together; always the same ones, whatever draws stand beside each other."""


def average_decay(x: Floats) -> Floats:
    """Average of exp(-u) over 0 <= u <= x."""
    negative = -x
    value = np.expm1(negative)
    if negative.all():
        value /= negative
        return value
    return np.divide(value, negative, out=np.ones_like(value), where=negative != 0.0)


def sum_recent(poles: Floats, inputs: Sequence[Input], reference: Any, delay: Delay = NO_DELAY) -> Floats:
    """Sum over recent inputs of their amounts, each averaged over its length and decayed from its end to a reference time.

    Parameters
    ----------
    poles : array, shape (k, n)
        [1/h]
    inputs : sequence of Input
        In the order of their ends.
    reference : float, or array, shape (n,)
        At or after the end of every input. [h]
    delay : Delay

    Returns
    -------
    array, shape (k, n)
        [umol]
    """
    total, reference = np.zeros_like(poles), delay.by_schedule(reference)
    for j, (end, length, amount) in enumerate(inputs):
        total += amount * average_decay(poles * length) if length > 0.0 else amount
        following = inputs[j + 1].end if j + 1 < len(inputs) else reference
        if np.any(following > end):
            total *= np.exp(poles * (end - following))
    if delay.release is not None:
        total *= average_decay(poles * delay.release)
    return total


def sum_past(poles: Floats, schedule: Schedule, averaging_time: Floats, delay: Delay = NO_DELAY) -> Floats | None:
    """Sum over past inputs of their amounts, each averaged over its length and decayed until the averaging time began.

    That is from the end of the input to minus the averaging time, where the average that ends at time 0 begins.

    Parameters
    ----------
    poles : array, shape (k, n)
        [1/h]
    schedule : Schedule
    averaging_time : array, shape (n,)
        [h]
    delay : Delay

    Returns
    -------
    array, shape (k, n), or None
        None where there is no past input. [umol]
    """
    averaging_time = delay.later(averaging_time)
    first_end = schedule.end - (schedule.count - 1) * schedule.every
    if len(first_end) == 0 or first_end.min() + averaging_time.min(initial=np.inf) > 0.0:
        return None
    single = schedule.count == 1
    total = np.zeros_like(poles)
    if single.any():
        total += _sum_past_singles(poles, schedule.pick(single), averaging_time)
    for amount, end, length, every, count in schedule.pick(~single).trains():
        past = count - recent_count(end, every, count, averaging_time)
        since = np.maximum((count - past) * every - end - averaging_time, 0.0)
        part = amount * np.exp(-poles * since)
        part *= np.expm1(poles * (-every * past)) / np.expm1(poles * -every)
        total += part * average_decay(poles * length) if length > 0.0 else part
    if delay.release is not None:
        total *= average_decay(poles * delay.release)
    return total


def _sum_past_singles(poles: Floats, singles: Schedule, averaging_time: Floats) -> Floats:
    """Horner's rule S = S exp(-p dt) + input, which stops in each draw at the last of its past inputs."""
    in_all = int(np.searchsorted(singles.end, -averaging_time.max(initial=PAST_IN_ALL_DRAWS), side="right"))
    in_some = int(np.searchsorted(singles.end, -averaging_time.min(initial=np.inf), side="right"))
    reference = np.zeros(len(averaging_time))
    total = np.zeros_like(poles)
    if in_all:
        total = _sum_singles(poles, singles.pick(slice(in_all)))
        reference += singles.end[in_all - 1]
    for j in range(in_all, in_some):
        past = singles.end[j] + averaging_time <= 0.0
        if j:
            total *= np.exp(poles * np.where(past, reference - singles.end[j], 0.0))
        total += np.where(past, singles.amount[j], 0.0) * average_decay(poles * singles.length[j])
        reference = np.where(past, singles.end[j], reference)
    total *= np.exp(poles * np.minimum(reference + averaging_time, 0.0))
    return total


def _sum_singles(poles: Floats, singles: Schedule) -> Floats:
    """Sum over inputs at the end of the last one, some inputs at a time.

    Rows are sorted by their slowest pole. A row of fast poles takes part only from the inputs on that are recent enough to
    leave a trace.
    """
    amount, end, length = singles.amount, singles.end, singles.length
    slowest = poles.min(axis=1)
    rows = np.argsort(slowest, kind="stable")
    ordered, total = poles[rows], np.zeros_like(poles)
    nonzero = np.flatnonzero(amount > 0.0)
    if len(nonzero) == 0:
        return total
    newest = nonzero[-1]
    reach = (NEGLIGIBLE_DECAY + np.log(amount.sum() / amount[newest])) / slowest[rows]
    active = np.searchsorted(np.searchsorted(end, end[newest] - reach), np.arange(len(end)), side="right")
    reached = end[0]
    for j in range(0, len(end), _INPUTS_AT_ONCE):
        some = slice(j, min(j + _INPUTS_AT_ONCE, len(end)))
        k, now = active[some.stop - 1], end[some.stop - 1]
        if k == 0:
            continue
        part, p = total[:k], ordered[:k]
        if now > reached:
            part *= np.exp(p * (reached - now))
        each = p[:, np.newaxis] * (end[some] - now)[:, np.newaxis]
        np.exp(each, out=each)
        each *= amount[some, np.newaxis]
        if length[some].any():
            each *= average_decay(p[:, np.newaxis] * length[some, np.newaxis])
        part += sum_rows(each.swapaxes(0, 1))
        reached = now
    result = np.empty_like(total)
    result[rows] = total
    return result
