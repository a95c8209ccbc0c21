"""Small things that the rest is made of: a sum over terms, an order of them, the average of a decaying exponential."""

from __future__ import annotations

import numpy as np

_FEW = 100


def add_up(rows) -> np.ndarray:
    """Sum over the first axis, always in the same order, so that no draw depends on how many stand beside it."""
    if rows.shape[-1] > 1 and rows.strides[-1] == rows.itemsize:
        return np.add.reduce(rows, axis=0)  # row after row; a single column it would add in pairs
    return np.add.accumulate(rows, axis=0)[-1]


def columns(array, which) -> np.ndarray:
    """Some draws of an array whose last axis is draws, row after row in memory.

    Indexed by numbers it would come out draw after draw, and all that is computed with it would take twice as long.
    """
    return array[..., which] if isinstance(which, slice) else array.take(which, axis=-1)


def running(first, rows) -> np.ndarray:
    """Partial sums down the rows, from `first` on. Shape (k + 1, n) for rows of shape (k, n)."""
    k, n = rows.shape
    total = np.empty((k + 1, n))
    total[0] = first
    if n < _FEW:  # which is one call instead of k, but works column by column
        total[1:] = rows
        return np.add.accumulate(total, axis=0, out=total)
    for i, row in enumerate(rows):
        np.add(total[i], row, out=total[i + 1])
    return total


def ascending(rows):
    """Sort each column: returns a function that brings any array of this shape into the order.

    Parameters
    ----------
    rows : array, shape (k, n)

    Returns
    -------
    callable
        Of an array of shape (k, n), the same with each column rearranged.
    order : array of int, shape (k, n)
    """
    order = np.argsort(rows, axis=0, kind="stable")
    flat = order * rows.shape[1] + np.arange(rows.shape[1])
    return lambda array: np.ascontiguousarray(array).ravel().take(flat), order


def box(x) -> np.ndarray:
    """Average of exp(-u) over 0 <= u <= x."""
    negative = -x
    value = np.expm1(negative)
    if negative.all():
        value /= negative
        return value
    return np.divide(value, negative, out=np.ones_like(value), where=negative != 0.0)
