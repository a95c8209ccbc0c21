"""When a response crosses a cutoff, for the first and for the last time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.pk.response import Response


class Crossings(NamedTuple):
    """First and last time at or above the cutoff; both 0 when that never happens at t >= 0.

    Attributes
    ----------
    first, last : array, shape (n,)
        [h]
    safe_route : array of bool, shape (n,)
        Whether the draw needed the slower, safe method.
    """

    first: np.ndarray
    last: np.ndarray
    safe_route: np.ndarray


def crossings(response: Response, cutoff) -> Crossings:
    """First and last time at which a response is at or above a cutoff.

    Parameters
    ----------
    response : Response
    cutoff : array, shape (n,)
        In the response's unit.

    Returns
    -------
    Crossings
    """
    cutoff = np.array(np.broadcast_to(np.asarray(cutoff, dtype=float), (response.n,)))
    n = response.n
    positive = np.maximum(response.tail, 0.0)
    with np.errstate(divide="ignore"):
        reach = np.log(np.maximum(len(response.poles) * positive / cutoff, 1.0)) / response.poles
    end = response.tail_start + reach.max(axis=0, initial=0.0) + 1e-3
    steps = np.concatenate([np.linspace(0, 1, 129)])
    first, last = np.zeros(n), np.zeros(n)
    grid = [response.tail_start * s for s in steps[:-1]] + [
        response.tail_start + (end - response.tail_start) * s * s for s in steps
    ]
    grid = np.stack(grid)
    above = np.stack([response.at(t, slice(None)) for t in grid]) >= cutoff
    ever = above.any(axis=0)
    i_first = above.argmax(axis=0)
    i_last = len(grid) - 1 - above[::-1].argmax(axis=0)
    columns = np.arange(n)
    need = ever & (i_first > 0)
    if need.any():
        draws = np.flatnonzero(need)
        j = i_first[draws]
        first[draws] = _bisect(response, cutoff, draws, grid[j - 1, columns[draws]], grid[j, columns[draws]], True)
    need = ever & (i_last < len(grid) - 1)
    if need.any():
        draws = np.flatnonzero(need)
        j = i_last[draws]
        last[draws] = _bisect(response, cutoff, draws, grid[j, columns[draws]], grid[j + 1, columns[draws]], False)
    return Crossings(first, last, np.zeros(n, dtype=bool))


def _bisect(response, cutoff, draws, low, high, rising):
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = response.at(middle, draws) >= cutoff[draws]
        up = above != rising
        low = np.where(up, middle, low)
        high = np.where(up, high, middle)
    return 0.5 * (low + high)
