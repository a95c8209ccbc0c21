"""Standard normal numbers of weighted draws, which a sampler may move: every number of the engine by stream, name and visit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np

from detectapi.knowledge.posterior import Posterior
from detectapi.model.arrays import Bools, Floats, Ints
from detectapi.model.draws import STREAMS, Deviates, Selection, spawn_key
from detectapi.model.question import Question

Key = tuple[str, str, int]
"""Stream, name and visit; the visit of what does not differ between specimens is -1."""

MOVED = 0.25
"""Share of the numbers that a move changes."""
CHOOSE = 11
"""Beginning of the spawn key of the random numbers that choose them."""
PERSON = -1
OF_VISIT = ("specimen", "assay")
"""Streams whose numbers differ between the specimens of one person."""
SPECIMEN_INPUTS = ("specimen.", "void_interval_h")
"""Beginnings of the names of inputs that belong to one specimen."""
RESIDUAL = ".residual_factor"
"""End of the names of residuals. They are integrated in closed form, so that their numbers are zero here."""


class Particles(Deviates):
    """Draws that each have numbers of their own, of the person and of every visit.

    Parameters
    ----------
    seed : int
    count : int
        Number of draws.
    posterior : Posterior, optional
        What calibration learnt. One number of each draw chooses a joint draw of it.
    numbers : dict, optional
        Numbers that are there already.
    visit : int
        Which specimen of the person the numbers of the streams ``specimen`` and ``assay`` are of.
    with_residuals : bool
        Whether residuals are drawn, rather than zero because somebody integrates them.
    """

    def __init__(
        self,
        seed: int,
        count: int,
        posterior: Posterior | None = None,
        numbers: dict[Key, Floats] | None = None,
        visit: int = PERSON,
        with_residuals: bool = False,
    ) -> None:
        self.seed = seed
        self.count = count
        self.posterior = posterior
        self.visit = visit
        self.with_residuals = with_residuals
        self._numbers: dict[Key, Floats] = {} if numbers is None else numbers

    def at_visit(self, visit: int, with_residuals: bool = False) -> Particles:
        """The same people at one of their visits; it shares its numbers with this object."""
        there = self._of(self.posterior)
        there.visit, there.with_residuals = visit, with_residuals
        return there

    def of_uses(self, question: Question) -> list[Particles]:
        """These numbers for each use of a question; with several uses, each with what calibration learnt of its substance."""
        if not question.uses:
            return [self]
        return [self._of(use.posterior) for use in question.uses]

    def _of(self, posterior: Posterior | None) -> Particles:
        return Particles(self.seed, self.count, posterior, self._numbers, self.visit, self.with_residuals)

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Nothing to prepare."""

    def selection(self) -> Selection:
        """Every draw."""
        every = np.arange(self.count)
        return Selection(*([every] * len(STREAMS)))

    def normal(self, stream: str, name: str) -> Floats:
        """Numbers of one name. Shape (count,)."""
        if stream == "specimen" and name.endswith(RESIDUAL) and not self.with_residuals:
            return np.zeros(self.count)
        if stream == "knowledge" and self.posterior is not None and name in self.posterior.index:
            learnt: Floats = self.posterior.deviates[self.posterior.index[name], self._columns]
            return learnt
        of_visit = stream in OF_VISIT or (stream == "inputs" and name.startswith(SPECIMEN_INPUTS))
        key = stream, name, self.visit if of_visit else PERSON
        if key not in self._numbers:
            self._numbers[key] = self._fresh(key)
        return self._numbers[key]

    @cached_property
    def _columns(self) -> Ints:
        if self.posterior is None:
            raise ValueError("nothing was learnt")
        columns: Ints = self.posterior.columns(self.normal("knowledge", "posterior"))
        return columns

    def _fresh(self, key: Key, move: int = 0) -> Floats:
        stream, name, visit = key
        seeds = np.random.SeedSequence(self.seed, spawn_key=(*spawn_key(stream, name), visit + 1, move))
        return np.random.default_rng(seeds).standard_normal(self.count)

    # -- moves of a sampler -------------------------------------------------------------------------------------------

    def _with(self, change: Callable[[Key, Floats], Floats], count: int | None = None) -> Particles:
        numbers = {key: change(key, value) for key, value in self._numbers.items()}
        return Particles(self.seed, count or self.count, self.posterior, numbers)

    def moved(self, step: float, move: int) -> Particles:
        """Some of the numbers, chosen at random, moved by a step that leaves the standard normal distribution as it is.

        Parameters
        ----------
        step : float
            0 leaves all where it is, 1 draws all anew.
        move : int
            Number of the move, from 1: each has random numbers of its own.
        """
        kept = math.sqrt(1.0 - step * step)

        def change(key: Key, value: Floats) -> Floats:
            if self._chance(key, move) > MOVED:
                return value
            return kept * value + step * self._fresh(key, move)

        return self._with(change)

    def _chance(self, key: Key, move: int) -> float:
        stream, name, visit = key
        seeds = np.random.SeedSequence(self.seed, spawn_key=(CHOOSE, *spawn_key(stream, name), visit + 1, move))
        return float(np.random.default_rng(seeds).random())

    def taken(self, chosen: Ints) -> Particles:
        """Copies of some draws."""
        return self._with(lambda _, value: value[chosen], len(chosen))

    def where(self, accepted: Bools, other: Particles) -> Particles:
        """The numbers of another set of the same draws where a mask is set."""
        return self._with(lambda key, value: np.where(accepted, other._numbers[key], value))

    def without_posterior(self) -> Particles:
        """The same draws with typical values as they were before calibration."""
        return Particles(self.seed, self.count, None, dict(self._numbers))
