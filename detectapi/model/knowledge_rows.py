"""How the chance of a positive specimen differs between knowledge rows, each of which is one set of typical values."""

from __future__ import annotations

import math

import numpy as np

from detectapi.model.arrays import Floats, Ints
from detectapi.model.draws import PEOPLE_PER_ROW, ROWS_PER_GROUP, Layout


def of_rows(first: Floats, last: Floats, plan: Layout, time: Floats) -> tuple[Floats, Floats]:
    """Probability of a positive specimen at given times, and its variance between knowledge rows.

    Parameters
    ----------
    first, last : array, shape (n,)
        Of each draw. [h]
    plan : Layout
    time : array, shape (m,)
        In order. [h]

    Returns
    -------
    probability, variance : array, shape (m,)
    """
    # A draw is positive at the times from number `begin` on and before number `end`.
    begin, end = (
        np.searchsorted(time, edge).reshape(plan.groups, ROWS_PER_GROUP, PEOPLE_PER_ROW) for edge in (first, last)
    )
    count = _counts(begin, end, len(time))  # (groups, rows, m)
    both = _counts(begin.max(axis=1), end.min(axis=1), len(time))  # of the same person under two rows
    difference = (count[:, 0] - count[:, 1]) / PEOPLE_PER_ROW
    either = (count[:, 0] + count[:, 1] - 2 * both) / PEOPLE_PER_ROW
    noise = np.mean(either - difference**2, axis=0) / (PEOPLE_PER_ROW - 1)
    knowledge = np.maximum(np.mean(difference**2, axis=0) - noise, 0.0) / 2.0
    probability: Floats = count.sum(axis=(0, 1)) / plan.draws
    return probability, knowledge


def _counts(begin: Ints, end: Ints, m: int) -> Ints:
    """For each of the times 0 to m - 1: how many entries of the last axis are positive then, from `begin` on and before `end`."""
    shape = begin.shape[:-1]
    row = np.arange(math.prod(shape)).reshape(*shape, 1) * (m + 1)
    change = np.bincount((row + begin).ravel(), minlength=row.size * (m + 1))
    change -= np.bincount((row + np.maximum(begin, end)).ravel(), minlength=row.size * (m + 1))
    counts: Ints = change.reshape(*shape, m + 1)[..., :m].cumsum(axis=-1)
    return counts
