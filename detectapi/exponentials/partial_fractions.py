"""A chain of mammillary systems as a sum of exponentials: poles and partial-fraction coefficients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.exponentials.mammillary import Disposition
from detectapi.exponentials.sums import add_up

ILL_CONDITIONED = 1e6
"""Sum of the absolute terms of an area under the curve over the area, above which partial fractions are not trusted.

Two poles a fraction d apart make it about 1/d, three 1/d^2; the rounding error is about 5e-16 of it.
"""


def entry_coefficients(blocks: Sequence[Disposition], formation, wanted) -> list[np.ndarray | None]:
    """Partial fractions of the last moiety's central concentration after a molar bolus into each moiety's centre.

    Parameters
    ----------
    blocks : sequence of Disposition
    formation : sequence of array, shape (n,)
        Clearance from each moiety into the next. [L/h]
    wanted : sequence of bool
        Entries that some path delivers to.

    Returns
    -------
    list of array, shape (k, n), or None
        By entry; rows in the order of the blocks' poles, zero for moieties before the entry. [1/L]
    """
    last = len(blocks) - 1
    sizes = [len(block.poles) for block in blocks]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    n = blocks[0].volume.shape[0]
    coefficients = [np.zeros((starts[-1], n)) if want else None for want in wanted]
    first = next((e for e, want in enumerate(wanted) if want), len(blocks))
    for b in range(first, last + 1):
        running = residue(blocks[b])
        for after in range(b + 1, last + 1):
            running *= _transfer(blocks[after], blocks[b].poles) * formation[after - 1]
        for e in range(b, first - 1, -1):
            if e < b:
                running *= _transfer(blocks[e], blocks[b].poles) * formation[e]
            if coefficients[e] is not None:
                coefficients[e][starts[b] : starts[b + 1]] = running
    return coefficients


def residue(block: Disposition) -> np.ndarray:
    """Coefficients of a system's own bolus response; positive. Shape (k, n). [1/L]"""
    poles = block.poles
    value = _zeros_over_volume(block, poles)
    for i in range(len(poles)):
        for j in range(len(poles)):
            if j != i:
                value[i] /= poles[j] - poles[i]
    return value


def _transfer(block: Disposition, rate) -> np.ndarray:
    """Transfer function of a system at s = -rate, for rates that are not its poles. Shape of rate."""
    value = _zeros_over_volume(block, rate)
    for pole in block.poles:
        value /= pole - rate
    return value


def _zeros_over_volume(block: Disposition, rate) -> np.ndarray:
    if len(block.zeros) == 0:
        return np.repeat((1.0 / block.volume)[np.newaxis], len(rate), axis=0)
    value = (block.zeros[0] - rate) / block.volume
    for zero in block.zeros[1:]:
        value *= zero - rate
    return value


def path_coefficients(entries, delivered, rate, poles, row) -> np.ndarray:
    """Partial fractions of one absorption path on the poles of all.

    Parameters
    ----------
    entries : list of array, shape (k, n), or None
        From `entry_coefficients`.
    delivered : array, shape (moieties, n)
        [-]
    rate : array, shape (n,), or None
        Of a first-order step. [1/h]
    poles : array, shape (all, n)
        The first k are the chain's.
    row : int
        Row of the path's own rate.

    Returns
    -------
    array, shape (all, n)
        [1/L]
    """
    coefficients = np.zeros_like(poles)
    chain = None
    for share, entry in zip(delivered, entries, strict=True):
        if entry is not None and share.any():
            chain = share * entry if chain is None else chain + share * entry
    if chain is None:
        return coefficients
    if rate is not None:
        chain *= rate / (rate - poles[: len(chain)])
        coefficients[row] = -add_up(chain)
    coefficients[: len(chain)] = chain
    return coefficients


def condition(coefficients, poles) -> np.ndarray:
    """Size of the terms of an area under the curve over the area; at least 1, not finite where poles coincide. Shape (n,)."""
    area = coefficients / poles
    size = add_up(np.abs(area))
    return np.divide(size, np.abs(add_up(area)), out=np.ones_like(size), where=size != 0.0)
