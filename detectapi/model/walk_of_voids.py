"""From the chances of voids to times: the last positive one, and the first negative one that follows a positive one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats

LEAST = 1e-300


class Series(NamedTuple):
    """Times of the voids of each draw. Arrays of shape (n,). [h after the last dose]

    Attributes
    ----------
    last_positive : array
        0 where no void after the last dose is positive.
    first_negative : array
        The first negative void that follows a positive one; 0 where none is positive.
    """

    last_positive: Floats
    first_negative: Floats


def walk(
    chance: Floats, miss: Floats, edges: Floats, interval: Floats, stands_for: Floats, last: Floats, first: Floats
) -> Series:
    """The last positive void, drawn by walking back in time; then the first negative one before it, by walking forward.

    Parameters
    ----------
    chance, miss : array, shape (m, n)
        That all voids that one stands for are positive, and that none is; the latest first.
    edges : array, shape (m + 1, n)
        When voids end. [h]
    interval : array, shape (m, n)
        Of a void. [h]
    stands_for : array, shape (n,)
        Voids that each of them stands for.
    last, first : array, shape (n,)
        Uniform numbers.
    """
    draws = np.arange(chance.shape[1])
    none_after = miss.copy()
    for later, own in zip(none_after, none_after[1:], strict=False):  # row by row, which is faster than `accumulate`
        own *= later
    place = np.minimum((none_after > last).sum(axis=0), len(chance) - 1)
    before = np.where(place > 0, none_after[place - 1, draws], 1.0)
    within = _void_within(before, none_after[place, draws], last, stands_for)
    when = edges[place, draws] - within * interval[place, draws]
    last_positive = np.where((none_after[-1] <= last) & (when > 0.0), when, 0.0)

    following = np.where(within >= 1.0, interval[place, draws], interval[np.maximum(place - 1, 0), draws])
    earlier = _first_negative_before(chance, miss, edges, interval, stands_for, first, place)
    first_negative = np.minimum(last_positive + following, earlier)
    return Series(last_positive, np.where(last_positive > 0.0, first_negative, 0.0))


def _void_within(before: Floats, after: Floats, number: Floats, stands_for: Floats) -> Floats:
    """Which of the voids that one stands for it is, from 0 on: where a chance that falls by as much with each reaches a number."""
    before = before.astype(float)
    fall, wanted = (np.log(np.maximum(before / np.maximum(x.astype(float), LEAST), 1.0)) for x in (after, number))
    steps: Floats = np.floor(wanted / np.maximum(fall, LEAST) * stands_for)
    return np.minimum(steps, np.ceil(stands_for) - 1.0)


def _first_negative_before(
    chance: Floats,
    miss: Floats,
    edges: Floats,
    interval: Floats,
    stands_for: Floats,
    first: Floats,
    last_place: Floats,
) -> Floats:
    """The first negative void after a positive one and before a given one; infinite where there is none. Shape (n,). [h]

    ``none`` is the chance that no void was positive so far, ``all_since`` that all were since the first positive one.
    """
    m, draws = len(chance), np.arange(len(first))
    left = np.ones((m + 1, len(first)), dtype=chance.dtype)
    none, all_since = np.ones_like(left[0]), np.zeros_like(left[0])
    for i in range(m - 1, -1, -1):
        all_since += none
        all_since *= chance[i]
        none *= miss[i]
        np.add(none, all_since, out=left[i])
    is_gone = left[:-1] < first
    is_gone &= np.arange(m)[:, np.newaxis] > last_place
    place = m - 1 - is_gone[::-1].argmax(axis=0)
    within = _void_within(left[place + 1, draws], left[place, draws], first, stands_for)
    at = np.minimum(edges[place, draws], edges[place + 1, draws] + (within + 1.0) * interval[place, draws])
    at = np.where(at > 0.0, at, edges[place, draws])
    return np.where(is_gone.any(axis=0), at, np.inf)
