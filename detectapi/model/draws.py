"""Monte-Carlo draws: how they are laid out, and where their random numbers come from.

A draw joins five things that vary for different reasons, each from its own random stream: what we know of the typical values
(``knowledge``), the person (``people``), the specimen (``specimen``), the reading of uncertain inputs (``inputs``) and the
measurement (``assay``). Every name within a stream has its own generator, so a question that needs one parameter more leaves
the numbers of all others as they were.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from detectapi.knowledge.posterior import Posterior
from detectapi.model.normal import inverse_normal

STREAMS = ("knowledge", "people", "specimen", "inputs", "assay")
"""Sources of variation; also the order in which an answer lists their shares (see `detectapi.model.shares`)."""

PEOPLE_PER_ROW = 25
ROWS_PER_GROUP = 2
BLOCK = PEOPLE_PER_ROW * ROWS_PER_GROUP


class Selection(NamedTuple):
    """For each draw, which number of each stream it uses. Arrays of shape (n,)."""

    knowledge: np.ndarray
    people: np.ndarray
    specimen: np.ndarray
    inputs: np.ndarray
    assay: np.ndarray

    def replace(self, stream: str, taken, where) -> Selection:
        """This selection with one stream taken from another selection where a mask is set."""
        return self._replace(**{stream: np.where(where, taken, getattr(self, stream))})


@dataclass(frozen=True, slots=True)
class Layout:
    """Groups of two knowledge rows that share 25 people each.

    Because both rows of a group ask the same people, the difference between them holds only what knowledge does. Groups are
    gathered in ``batches`` that are independent of each other; within a batch every dimension is stratified.
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
        return self.groups * BLOCK

    def size(self, stream: str) -> int:
        """Number of distinct numbers a stream has."""
        return self.rows if stream == "knowledge" else self.groups * PEOPLE_PER_ROW

    def all(self) -> Selection:
        """Every draw: draws of a group are its first row's people, then its second row's."""
        people = np.arange(self.groups * PEOPLE_PER_ROW).reshape(self.groups, 1, PEOPLE_PER_ROW)
        people = np.broadcast_to(people, (self.groups, ROWS_PER_GROUP, PEOPLE_PER_ROW)).ravel()
        return Selection(np.repeat(np.arange(self.rows), PEOPLE_PER_ROW), people, people, people, people)


def layout(draws: int) -> Layout:
    """The smallest layout with at least so many draws.

    Multiples of 50 up to 500, of 250 beyond, so that there are enough independent batches to tell the Monte-Carlo error.
    """
    groups = max(2, math.ceil(draws / BLOCK))
    if groups <= 10:
        return Layout(groups, groups)
    groups = 5 * math.ceil(groups / 5)
    return Layout(groups, 10 if groups % 10 == 0 else 5)


class Draws:
    """Standard normal numbers by stream and name.

    Parameters
    ----------
    seed : int
    plan : Layout
    posterior : Posterior, optional
        What calibration learnt: the typical values it covers are taken from its joint draws, one for each knowledge row.
    """

    def __init__(self, seed: int, plan: Layout, posterior: Posterior | None = None):
        self.seed = seed
        self.plan = plan
        self.posterior = posterior
        self._columns: np.ndarray | None = None
        self._numbers: dict[tuple[str, str], np.ndarray] = {}

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Make the numbers of many names at once, which is faster than one by one."""
        wanted = tuple(name for name in names if (stream, name) not in self._numbers and not self._learnt(stream, name))
        if wanted:
            self._numbers.update(zip([(stream, name) for name in wanted], self._make(stream, wanted), strict=True))

    def _make(self, stream, names):
        """Numbers of each name, shape (names, size of the stream)."""
        return _numbers(self.seed, stream, names, self.plan.batches, self.plan.size(stream))

    def normal(self, stream: str, name: str) -> np.ndarray:
        """Standard normal numbers of one name, shape (size of the stream,)."""
        if self._learnt(stream, name):
            if self._columns is None:  # even numbers choose an even sample of the joint draws, in every batch
                self._columns = self.posterior.columns(self.normal(stream, "posterior"))
            return self.posterior.deviates[self.posterior.index[name], self._columns]
        if (stream, name) not in self._numbers:
            self.prepare(stream, (name,))
        return self._numbers[stream, name]

    def _learnt(self, stream: str, name: str) -> bool:
        return self.posterior is not None and stream == "knowledge" and name in self.posterior.index


class MedianDraw:
    """The typical person, known parameters, the usual specimen: every deviate is at its median. Stands in for `Draws`."""

    plan = None

    def __init__(self, posterior: Posterior | None = None):
        self.posterior = posterior

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Nothing to prepare."""

    def normal(self, stream: str, name: str) -> np.ndarray:
        """Zero, or the median of what calibration learnt. Shape (1,)."""
        if self.posterior is not None and stream == "knowledge" and name in self.posterior.index:
            return np.array([self.posterior.median(name)])
        return np.zeros(1)

    @staticmethod
    def all() -> Selection:
        """The one draw there is."""
        return Selection(*(np.zeros(1, dtype=int) for _ in STREAMS))


@lru_cache(maxsize=16)
def _numbers(seed: int, stream: str, names: tuple[str, ...], batches: int, size: int) -> np.ndarray:
    """Stratified normal numbers, shape (len(names), size); cached because most questions use the default seed."""
    uniform = np.empty((2, len(names), batches, size // batches))
    for i, name in enumerate(names):
        key = (STREAMS.index(stream), zlib.crc32(name.encode()))
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
        uniform[:, i] = rng.random((2, batches, size // batches))
    order = uniform[0].argsort(axis=-1)
    numbers = inverse_normal((order + uniform[1]) / (size // batches)).reshape(len(names), size)
    numbers.setflags(write=False)
    return numbers
