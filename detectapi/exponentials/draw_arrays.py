"""Operations on arrays of shape (rows, draws) that treat every draw alike, whatever draws stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectapi.exponentials.array_types import Draws, Floats, Integers

_ONE_CALL_BELOW = 100
"""Fewer draws than this are summed by one call down the columns; more are summed row by row."""


def sum_rows(rows: NDArray[Any]) -> Floats:
    """Sum over the first axis, always in the same order: no draw depends on how many stand beside it."""
    if rows.shape[-1] > 1 and rows.strides[-1] == rows.itemsize:
        total: Floats = np.add.reduce(
            rows, axis=0
        )  # numpy adds row after row here; a single column it would add in pairs
    else:
        total = np.add.accumulate(rows, axis=0)[-1]
    return total


def take_draws(array: NDArray[Any], draws: Draws) -> NDArray[Any]:
    """Some draws of an array whose last axis is draws. The result lies row after row in memory.

    Plain indexing by numbers would lay it out draw after draw, and all that is computed with it would take twice as long.
    """
    return array[..., draws] if isinstance(draws, slice) else array.take(draws, axis=-1)


def of_draws(array: NDArray[Any], draws: Integers) -> NDArray[Any]:
    """The same for draws in ascending order, each once: where these are all, the array itself."""
    return array if len(draws) == array.shape[-1] else array.take(draws, axis=-1)


def take_each(draws: Integers, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Some draws of several arrays of shape (n,)."""
    return tuple(array.take(draws) for array in arrays)


def partial_sums(first: Floats | float, rows: Floats) -> Floats:
    """Sums of the rows from the top down, beginning with `first`. Shape (k + 1, n) for rows of shape (k, n)."""
    k, n = rows.shape
    total = np.empty((k + 1, n))
    total[0] = first
    if n < _ONE_CALL_BELOW:
        total[1:] = rows
        return np.add.accumulate(total, axis=0, out=total)
    for i, row in enumerate(rows):
        np.add(total[i], row, out=total[i + 1])
    return total


def ascending_order(rows: Floats) -> tuple[Callable[[NDArray[Any]], NDArray[Any]], Integers]:
    """Find the order that sorts each column.

    Parameters
    ----------
    rows : array, shape (k, n)

    Returns
    -------
    arrange : callable
        Brings the columns of any array of shape (k, n) into that order.
    order : array of int, shape (k, n)
        Row number before sorting.
    """
    order = np.argsort(rows, axis=0, kind="stable")
    flat = order * rows.shape[1] + np.arange(rows.shape[1])
    return lambda array: np.ascontiguousarray(array).ravel().take(flat), order
