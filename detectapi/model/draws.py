"""Monte-Carlo draws: how they are laid out, and where their random numbers come from.

A draw is one person under one set of typical values who gives one specimen. Five things vary from draw to draw, each for a
reason of its own and from a random stream of its own: the typical values, which are not known exactly (``knowledge``: the model
uncertainty); the person (``people``); the specimen (``specimen``); the inputs that were given as a range or not at all
(``inputs``); and the measurement (``assay``). Every name within a stream has its own generator. So a question that needs one
parameter more leaves the numbers of all other parameters as they were.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from detectapi.knowledge.posterior import Posterior
from detectapi.model.arrays import Bools, Floats, Ints
from detectapi.model.normal import inverse_normal

STREAMS = ("knowledge", "people", "specimen", "inputs", "assay")
"""Sources of variation; also the order in which an answer lists their shares (see `detectapi.model.shares`)."""

PEOPLE_PER_ROW = 25
ROWS_PER_GROUP = 2
DRAWS_PER_GROUP = PEOPLE_PER_ROW * ROWS_PER_GROUP


class Selection(NamedTuple):
    """For each draw, which number of each stream it uses. Arrays of shape (n,)."""

    knowledge: Ints
    people: Ints
    specimen: Ints
    inputs: Ints
    assay: Ints

    def replace(self, stream: str, taken: Ints, where: Bools) -> Selection:
        """This selection with one stream taken from another selection where a mask is set."""
        return self._replace(**{stream: np.where(where, taken, getattr(self, stream))})

    def of_draws(self, some: slice) -> Selection:
        """Some of these draws."""
        return Selection(*(numbers[some] for numbers in self))


class Deviates(Protocol):
    """Where a simulation takes its standard normal numbers from, by stream and name.

    `Draws` is the usual one. Others stand in for it: `MedianDraw`; `detectapi.batch.seeded.SeededDraws` for people who each
    have a seed of their own; `detectapi.model.sensitivity.Mixed`; and those of the simulated studies in
    `detectapi.evaluation`. All name this class as their base, so that the type checker and `tests/model/test_deviates.py` hold
    them to it. Equal calls give equal numbers for as long as the object lives.
    """

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Make the numbers of many names at once, where that is faster; it changes no number."""

    def normal(self, stream: str, name: str) -> Floats:
        """Standard normal numbers of one name.

        Parameters
        ----------
        stream : str
            One of `STREAMS`.
        name : str
            Of a parameter or of an input.

        Returns
        -------
        array, shape (m,) or (people, m)
            The last axis is what a `Selection` of the same object indexes for this stream. People who stand side by side and
            each have numbers of their own come first, one row for each.
        """

    def selection(self) -> Selection:
        """Every draw there is."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Groups of two knowledge rows that share 25 people each.

    A knowledge row is one set of typical values. Both rows of a group have the same people with the same specimens, so the
    difference between them is due to the typical values only. Groups are gathered in ``batches`` that are independent of each
    other; within a batch every dimension is stratified.
    """

    groups: int
    batches: int

    @property
    def rows(self) -> int:
        """Number of knowledge rows."""
        return self.groups * ROWS_PER_GROUP

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.groups * DRAWS_PER_GROUP

    def size(self, stream: str) -> int:
        """Number of distinct numbers a stream has."""
        return self.rows if stream == "knowledge" else self.groups * PEOPLE_PER_ROW

    def all(self) -> Selection:
        """Every draw. The draws of a group are the people of its first row, then those of its second row."""
        of_groups = np.arange(self.groups * PEOPLE_PER_ROW).reshape(self.groups, 1, PEOPLE_PER_ROW)
        people = np.broadcast_to(of_groups, (self.groups, ROWS_PER_GROUP, PEOPLE_PER_ROW)).ravel()
        return Selection(np.repeat(np.arange(self.rows), PEOPLE_PER_ROW), people, people, people, people)


def layout(draws: int) -> Layout:
    """The smallest layout with at least so many draws.

    Multiples of 50 up to 500, of 250 beyond, so that there are enough independent batches to tell the Monte-Carlo error.
    """
    groups = max(2, math.ceil(draws / DRAWS_PER_GROUP))
    if groups <= 10:
        return Layout(groups, groups)
    groups = 5 * math.ceil(groups / 5)
    return Layout(groups, 10 if groups % 10 == 0 else 5)


class Plan(Protocol):
    """What `Draws` needs of a layout: `Layout`, or `detectapi.model.sensitivity.Independent`."""

    @property
    def draws(self) -> int:
        """Number of draws."""

    @property
    def batches(self) -> int:
        """Number of batches that are independent of each other."""

    def size(self, stream: str) -> int:
        """Number of distinct numbers a stream has."""

    def all(self) -> Selection:
        """Every draw."""


class Draws(Deviates):
    """Stratified standard normal numbers by stream and name.

    Parameters
    ----------
    seed : int
    plan : Layout
    posterior : Posterior, optional
        What calibration learnt. The typical values that it covers are taken from its joint draws, one for each knowledge row.
    """

    def __init__(self, seed: int, plan: Plan, posterior: Posterior | None = None) -> None:
        self.seed = seed
        self.plan = plan
        self.posterior = posterior
        self._columns: Ints | None = None
        self._numbers: dict[tuple[str, str], Floats] = {}

    def selection(self) -> Selection:
        """Every draw of the layout."""
        return self.plan.all()

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Make the numbers of many names at once, which is faster than one by one."""
        wanted = tuple(name for name in names if (stream, name) not in self._numbers and not self._learnt(stream, name))
        if wanted:
            self._numbers.update(zip([(stream, name) for name in wanted], self._make(stream, wanted), strict=True))

    def _make(self, stream: str, names: tuple[str, ...]) -> Floats:
        """Numbers of each name. Shape (names, size of the stream)."""
        return _numbers(self.seed, stream, names, self.plan.batches, self.plan.size(stream))

    def normal(self, stream: str, name: str) -> Floats:
        """Standard normal numbers of one name. Shape (size of the stream,)."""
        if self.posterior is not None and self._learnt(stream, name):
            if self._columns is None:  # stratified numbers choose joint draws that are spread evenly, in every batch
                self._columns = self.posterior.columns(self.normal(stream, "posterior"))
            learnt: Floats = self.posterior.deviates[self.posterior.index[name], self._columns]
            return learnt
        if (stream, name) not in self._numbers:
            self.prepare(stream, (name,))
        return self._numbers[stream, name]

    def _learnt(self, stream: str, name: str) -> bool:
        return self.posterior is not None and stream == "knowledge" and name in self.posterior.index


class MedianDraw(Deviates):
    """One draw at every median: the typical person, the typical values of the parameters, the usual specimen.

    Parameters
    ----------
    posterior : Posterior, optional
        What calibration learnt. The typical values that it covers are its medians.
    """

    def __init__(self, posterior: Posterior | None = None) -> None:
        self.posterior = posterior

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Nothing to prepare."""

    def normal(self, stream: str, name: str) -> Floats:
        """Zero, or the median of what calibration learnt. Shape (1,)."""
        if self.posterior is not None and stream == "knowledge" and name in self.posterior.index:
            return np.array([self.posterior.median(name)])
        return np.zeros(1)

    def selection(self) -> Selection:
        """The one draw there is."""
        return Selection(*(np.zeros(1, dtype=int) for _ in STREAMS))


@lru_cache(maxsize=16)
def _numbers(seed: int, stream: str, names: tuple[str, ...], batches: int, size: int) -> Floats:
    """Stratified normal numbers. Shape (names, size). Kept for the next question, because most use the default seed."""
    uniform = np.empty((2, len(names), batches, size // batches))
    for i, name in enumerate(names):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=spawn_key(stream, name)))
        uniform[:, i] = rng.random((2, batches, size // batches))
    return stratified(uniform).reshape(len(names), size)


def spawn_key(stream: str, name: str) -> tuple[int, int]:
    """The key that gives every name of every stream a generator of its own."""
    return STREAMS.index(stream), zlib.crc32(name.encode())


def stratified(uniform: Floats) -> Floats:
    """A Latin hypercube: one number in each of m equally probable strata, in random order.

    Parameters
    ----------
    uniform : array, shape (2, ..., m)
        Uniform numbers: the first half decides the order of the strata, the second the place within each.

    Returns
    -------
    array, shape (..., m)
        Standard normal numbers, read only.
    """
    order = uniform[0].argsort(axis=-1)
    numbers = inverse_normal((order + uniform[1]) / uniform.shape[-1])
    numbers.setflags(write=False)
    return numbers
