"""The people whom the likelihood simulates: a few for each of many sets of typical values."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from detectapi.evaluation.validation.trial import StudyDeviates
from detectapi.model.arrays import Floats
from detectapi.model.draws import STREAMS, Selection
from detectapi.model.normal import inverse_normal

PRIMES = 4099


class TypicalNumbers(StudyDeviates):
    """One typical person for each set of typical values: every other deviate is zero.

    Parameters
    ----------
    names : sequence of str
        Parameters of the deviates.
    deviates : array, shape (m, len(names))
    """

    def __init__(self, names: Sequence[str], deviates: Floats) -> None:
        self.knowledge = {name: np.ascontiguousarray(deviates[:, i]) for i, name in enumerate(names)}
        self.rows = len(deviates)

    def at_visit(self, visit: int) -> TypicalNumbers:
        """The usual specimen, at every visit."""
        return self

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Nothing to prepare."""

    def normal(self, stream: str, name: str) -> Floats:
        """The deviates of a parameter, shape (m,); zeros for all others."""
        if stream == "knowledge" and name in self.knowledge:
            return self.knowledge[name]
        return np.zeros(self.rows if stream == "knowledge" else 1)

    def selection(self) -> Selection:
        """One draw for each set."""
        zero = np.zeros(self.rows, dtype=int)
        return Selection(np.arange(self.rows), zero, zero, zero, zero)


class CommonNumbers(TypicalNumbers):
    """The same few people, with their usual specimen, for each set of typical values.

    Parameters
    ----------
    names, deviates
        As for `TypicalNumbers`.
    people : int
    """

    def __init__(self, names: Sequence[str], deviates: Floats, people: int) -> None:
        super().__init__(names, deviates)
        self.people = people
        self._numbers: dict[tuple[int, str], Floats] = {}

    def normal(self, stream: str, name: str) -> Floats:
        """As for `TypicalNumbers`, and numbers of the people: evenly spread, in an order that the name decides."""
        if stream not in ("people", "inputs"):
            return super().normal(stream, name)
        key = (STREAMS.index(stream), name)
        if key not in self._numbers:
            rng = np.random.default_rng((zlib.crc32(name.encode()), key[0], PRIMES))
            even = inverse_normal((np.arange(self.people) + 0.5) / self.people)
            self._numbers[key] = rng.permutation(even)
        return self._numbers[key]

    def selection(self) -> Selection:
        """Every person under every set, the people of the first set first."""
        person = np.tile(np.arange(self.people), self.rows)
        zero = np.zeros(len(person), dtype=int)
        return Selection(np.repeat(np.arange(self.rows), self.people), person, zero, person, zero)
