"""A chain of mammillary systems as a sum of exponentials: the partial fractions of its transfer function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.exponentials.array_types import Floats
from detectapi.exponentials.chain import Chain
from detectapi.exponentials.draw_arrays import sum_rows
from detectapi.exponentials.mammillary import Disposition

ILL_CONDITIONED = 1e6
"""Condition (see `condition`) above which partial fractions are not trusted.

Two poles a fraction d apart make it about 1/d, three about 1/d^2. The rounding error is about 5e-16 of it.
"""


def entry_coefficients(chain: Chain, wanted: Sequence[bool]) -> list[Floats | None]:
    """Partial fractions of the last system's central concentration after a unit bolus into each system's centre.

    Parameters
    ----------
    chain : Chain
    wanted : sequence of bool
        Systems that some path delivers to.

    Returns
    -------
    list of array, shape (k, n), or None
        By the system that the bolus enters, None where it is not wanted. Rows are in the order of the systems' poles and are
        zero for systems before the entry. [1/L]
    """
    systems, formation = chain
    last = len(systems) - 1
    starts = np.concatenate([[0], np.cumsum([len(system.poles) for system in systems])])
    shape = starts[-1], systems[0].volume.shape[0]
    coefficients = [np.zeros(shape) if want else None for want in wanted]
    first = next((entry for entry, want in enumerate(wanted) if want), len(systems))
    for s in range(first, last + 1):
        poles = systems[s].poles
        product = residues(systems[s])
        for after in range(s + 1, last + 1):
            product *= _transfer(systems[after], poles) * formation[after - 1]
        for entry in range(s, first - 1, -1):
            if entry < s:
                product *= _transfer(systems[entry], poles) * formation[entry]
            rows = coefficients[entry]
            if rows is not None:
                rows[starts[s] : starts[s + 1]] = product
    return coefficients


def residues(system: Disposition) -> Floats:
    """Coefficients of a system's own bolus response; all are positive. Shape (k, n). [1/L]"""
    poles = system.poles
    value = _zeros_over_volume(system, poles)
    for i in range(len(poles)):
        for j in range(len(poles)):
            if j != i:
                value[i] /= poles[j] - poles[i]
    return value


def _transfer(system: Disposition, rate: Floats) -> Floats:
    """Transfer function of a system at s = -rate, for rates that are not its poles. Of the shape of rate."""
    value = _zeros_over_volume(system, rate)
    for pole in system.poles:
        value /= pole - rate
    return value


def _zeros_over_volume(system: Disposition, rate: Floats) -> Floats:
    """Numerator of the transfer function at s = -rate."""
    if len(system.zeros) == 0:
        return np.repeat((1.0 / system.volume)[np.newaxis], len(rate), axis=0)
    value: Floats = (system.zeros[0] - rate) / system.volume
    for zero in system.zeros[1:]:
        value *= zero - rate
    return value


def path_coefficients(
    entries: Sequence[Floats | None], delivered: Floats, rate: Floats | None, poles: Floats, row: int
) -> Floats:
    """Partial fractions of one absorption path, on the poles of all paths.

    Parameters
    ----------
    entries : list of array, shape (k, n), or None
        From `entry_coefficients`.
    delivered : array, shape (systems, n)
        [-]
    rate : array, shape (n,), or None
        Of the first-order step. [1/h]
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
        coefficients[row] = -sum_rows(chain)
    coefficients[: len(chain)] = chain
    return coefficients


def condition(coefficients: Floats, poles: Floats) -> Floats:
    """Sum of the absolute terms of the area under the curve, over the area. Shape (n,).

    At least 1; not finite where poles coincide. It says how many times the rounding error of a term the area may be off.
    """
    area = coefficients / poles
    size = sum_rows(np.abs(area))
    return np.divide(size, np.abs(sum_rows(area)), out=np.ones_like(size), where=size != 0.0)
