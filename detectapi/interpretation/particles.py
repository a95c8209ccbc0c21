"""Standard normal numbers of weighted draws, which a sampler may move: every number of the engine by stream, name and visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np

from detectapi.knowledge.posterior import Posterior
from detectapi.model.arrays import Bools, Floats, Ints
from detectapi.model.draws import STREAMS, Deviates, Selection, spawn_key
from detectapi.model.normal import inverse_normal
from detectapi.model.question import Question
from detectapi.model.specimen import normal_probability

Key = tuple[str, str, int]
"""Stream, name and visit; the visit of what does not differ between specimens is -1."""

MOVE = 11
"""Beginning of the spawn key of the random numbers of a move."""
PERSON = -1
OF_VISIT = ("specimen", "assay")
"""Streams whose numbers differ between the specimens of one person."""
SPECIMEN_INPUTS = ("specimen.", "void_interval_h")
"""Beginnings of the names of inputs that belong to one specimen."""
OF_VOID = (
    "urine_flow_between_voids",
    "urine_ph_between_voids",
    "side_of_the_highest_concentration",
    "specific_gravity_per_osmolality",
)
"""Names of the numbers that make a void, in the order of the dimensions of a lattice of voids."""
LATTICE = (1, 3, 5, 7)
"""Generator of the lattice: by how many steps each point lies beyond the one before, in each dimension."""
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
    voids : int
        Voids that stand for those which each draw might have given at this visit. With several, the numbers that make a void
        have one more axis, shape (voids, count): the draw's own number first, then points of a lattice that is turned by it.
    """

    def __init__(
        self,
        seed: int,
        count: int,
        posterior: Posterior | None = None,
        numbers: dict[Key, Floats] | None = None,
        visit: int = PERSON,
        with_residuals: bool = False,
        voids: int = 1,
    ) -> None:
        self.seed = seed
        self.count = count
        self.posterior = posterior
        self.visit = visit
        self.with_residuals = with_residuals
        self.voids = voids
        self._numbers: dict[Key, Floats] = {} if numbers is None else numbers

    def at_visit(self, visit: int, with_residuals: bool = False, voids: int = 1) -> Particles:
        """The same people at one of their visits; it shares its numbers with this object."""
        there = self._of(self.posterior)
        there.visit, there.with_residuals, there.voids = visit, with_residuals, voids
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
        numbers = self._numbers[key]
        if self.voids > 1 and stream == "specimen" and name in OF_VOID:
            return turned(numbers, LATTICE[OF_VOID.index(name)], self.voids)
        return numbers

    @cached_property
    def _columns(self) -> Ints:
        if self.posterior is None:
            raise ValueError("nothing was learnt")
        columns: Ints = self.posterior.columns(self.normal("knowledge", "posterior"))
        return columns

    def _fresh(self, key: Key) -> Floats:
        stream, name, visit = key
        seeds = np.random.SeedSequence(self.seed, spawn_key=(*spawn_key(stream, name), visit + 1, 0))
        return np.random.default_rng(seeds).standard_normal(self.count)

    # -- all numbers at once, as a sampler moves them -------------------------------------------------------------------

    def matrix(self) -> Floats:
        """All numbers in order of their names. Shape (numbers, count)."""
        return np.array([self._numbers[key] for key in sorted(self._numbers)])

    def with_matrix(self, numbers: Floats) -> Particles:
        """Draws with other numbers in the same order."""
        own = dict(zip(sorted(self._numbers), numbers, strict=True))
        return Particles(self.seed, self.count, self.posterior, own)

    def anew(self, move: int) -> Floats:
        """Standard normal numbers of the shape of `matrix`; each move, from 1, has random numbers of its own."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(MOVE, move))
        return np.random.default_rng(seeds).standard_normal((len(self._numbers), self.count))

    def _with(self, change: Callable[[Key, Floats], Floats], count: int | None = None) -> Particles:
        numbers = {key: change(key, value) for key, value in self._numbers.items()}
        return Particles(self.seed, count or self.count, self.posterior, numbers)

    def taken(self, chosen: Ints) -> Particles:
        """Copies of some draws."""
        return self._with(lambda _, value: value[chosen], len(chosen))

    def where(self, accepted: Bools, other: Particles) -> Particles:
        """The numbers of another set of the same draws where a mask is set."""
        return self._with(lambda key, value: np.where(accepted, other._numbers[key], value))

    def without_posterior(self) -> Particles:
        """The same draws with typical values as they were before calibration."""
        return Particles(self.seed, self.count, None, dict(self._numbers))


def turned(numbers: Floats, step: int, count: int) -> Floats:
    """Standard normal numbers that are evenly spread, the first being those of each draw.

    The probability of a number is moved on by equal steps, and what passes 1 begins again at 0. So each of them is standard normal
    where the first is, and in several dimensions with other steps the points are those of a lattice.

    Parameters
    ----------
    numbers : array, shape (draws,)
    step : int
        Steps between a point and the next; it has no divisor in common with `count`.
    count : int

    Returns
    -------
    array, shape (count, draws)

    References
    ----------
    cranley1976
    """
    places = normal_probability(numbers) + (np.arange(count)[:, np.newaxis] * step / count)
    points: Floats = inverse_normal(np.clip(np.modf(places)[0], 1e-12, 1.0 - 1e-12))
    points[0] = numbers
    return points
