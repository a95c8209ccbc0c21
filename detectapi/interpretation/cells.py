"""Times of use that are not known, as cells with a prior probability each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats

CELLS = 72
"""Cells of a time of last use."""
FURTHER_CELLS = 32
"""Cells of the time of one further use."""
FINE_H = 6.0
"""Cells are about equally wide up to so many hours before the specimen and widen in proportion beyond. [h]"""
SOONEST_H = 0.5
"""A log-uniform prior begins so many hours before the specimen. [h]"""
UNIFORM, LOG_UNIFORM = "uniform", "log-uniform"


class Cells(NamedTuple):
    """Cells of time, the latest last.

    Attributes
    ----------
    edges : array, shape (cells + 1,)
        On the common clock. [h]
    time : array, shape (cells,)
        The middle of each cell. [h]
    log_mass : array, shape (cells,)
        Logarithm of the prior probability of each cell.
    reference : float
        The specimen that the time is told relative to. [h]
    prior : str
        How the probability is spread.
    """

    edges: Floats
    time: Floats
    log_mass: Floats
    reference: float
    prior: str = UNIFORM


def known_time(time: float) -> Cells:
    """One cell: the time is known."""
    return Cells(np.array([time, time]), np.array([time]), np.zeros(1), time)


def before_specimen(earliest: float, latest: float, specimen: float, prior: str = UNIFORM) -> Cells:
    """Cells of a time before a specimen.

    Parameters
    ----------
    earliest, latest, specimen : float
        On the common clock; ``earliest < latest <= specimen``. [h]
    prior : {'uniform', 'log-uniform'}
        In the time, or in the logarithm of the hours before the specimen.
    """
    farthest, nearest = specimen - earliest, specimen - latest
    if prior == LOG_UNIFORM:
        nearest = max(nearest, min(SOONEST_H, 0.5 * farthest))
    edges = specimen - _hours_before(nearest, farthest, CELLS)
    return _of_edges(edges, np.log(specimen - edges) if prior == LOG_UNIFORM else edges, specimen, prior)


def between(earliest: float, latest: float, specimens: Sequence[float]) -> Cells:
    """Cells of a time between two others, uniform, finer towards the next specimen; none holds a specimen within it.

    Parameters
    ----------
    earliest, latest : float
        [h]
    specimens : sequence of float
        Times of the specimens. [h]
    """
    inner = sorted({time for time in specimens if earliest < time < latest})
    following = min((time for time in specimens if time >= latest), default=latest)
    ends = [*inner, latest]
    begins = [earliest, *inner]
    edges = [np.array([earliest])]
    for begin, end in zip(begins, ends, strict=True):
        count = max(4, round(FURTHER_CELLS * (end - begin) / (latest - earliest)))
        specimen = end if end in inner else following
        edges.append((specimen - _hours_before(specimen - end, specimen - begin, count))[1:])
    joined = np.concatenate(edges)
    return _of_edges(joined, joined, max(specimens))


def _hours_before(nearest: float, farthest: float, count: int) -> Floats:
    """Edges of cells in hours before a specimen, the farthest first."""
    steps = np.linspace(1.0, 0.0, count + 1)
    ratio = (farthest + FINE_H) / (nearest + FINE_H)
    edges: Floats = (nearest + FINE_H) * ratio**steps - FINE_H
    edges[0], edges[-1] = farthest, nearest
    return edges


def _of_edges(edges: Floats, measure: Floats, reference: float, prior: str = UNIFORM) -> Cells:
    mass = np.abs(np.diff(measure))
    return Cells(edges, 0.5 * (edges[1:] + edges[:-1]), np.log(mass / mass.sum()), reference, prior)


def quantiles(cells: Cells, probability: Floats, shares: Sequence[float]) -> list[float]:
    """Quantiles of a time of which the probability of each cell is known; evenly spread within a cell.

    Parameters
    ----------
    cells : Cells
    probability : array, shape (cells,)
    shares : sequence of float

    Returns
    -------
    list of float
        [h]
    """
    whole = np.concatenate([[0.0], np.cumsum(probability)])
    whole /= whole[-1]
    steps = np.concatenate([[True], np.diff(whole) > 0.0])
    return [float(one) for one in np.interp(shares, whole[steps], cells.edges[steps])]
