"""Every void is tested: when the last positive one comes, and when the first negative one that follows a positive one.

A draw keeps its person and its typical values; each of its voids is a visit with a flow, a pH, an interval, a residual and an
error of measurement of its own. So each void has a chance of being positive (`detectapi.model.void_chances`). The last positive
void is drawn from these chances by one uniform number, walking back in time, and the first negative one by another, walking
forward up to the last positive one. So the two are times of the same voids.

Voids are looked at where it is open what they are: from where none is surely positive any more to where none can be positive.
Where these are more than `VOIDS`, each void that is looked at stands for several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from detectapi.exponentials import between_blocks, of_draws
from detectapi.model.arrays import Bools, Floats, Ints, single
from detectapi.model.sampler import Sampler
from detectapi.model.several_uses import AnySimulation
from detectapi.model.specimen import normal_probability
from detectapi.model.void_chances import (
    LEAST_SPREAD,
    MOST_LOG_ODDS,
    Reader,
    Stretch,
    highest,
    odds_above,
    reader_of,
)
from detectapi.model.voids import MORNING, START, Voids, every_void
from detectapi.model.walk_of_voids import Series, walk

VOIDS = 32
"""The most voids of each draw that are looked at."""
WIDER = 1.15
"""The stretch that is looked at is so much longer than the one in which it is open what voids are."""
EVERY = 2
"""Of so many draws one is followed: the medians of half of them are sure enough, in half the time."""
BLOCK = 1024
"""Draws that are followed at once."""
LAST, FIRST, PHASE = "serial.last", "serial.first", "serial.phase"
"""Random numbers of a draw: its last positive void, its first negative one, and when its voids come."""

Chances: TypeAlias = Callable[[Floats, Ints], tuple[Floats, Floats]]
"""From when the latest m voids of some draws end, shape (m + 1, n) [h], and these draws, to the chances that the voids are positive
and that they are not, shape (m, n)."""


def serial(simulation: AnySimulation, remembers_ph: bool = False) -> tuple[list[tuple[list[Series], Series]], Series]:
    """Last positive and first negative void of every other draw.

    Parameters
    ----------
    simulation : Simulation or SeveralUses
        Of one question.
    remembers_ph : bool
        Whether all voids of a draw have the same pH.

    Returns
    -------
    stages : list of (list of Series, Series)
        Of each stage of the test: of each of its components, and of the stage.
    whole : Series
        Of the test; that of its stage where it has one only.
    """
    one = simulation.simulations[0]
    one.deviates.prepare("specimen", (START, MORNING, LAST, FIRST, PHASE))
    followed, wide = one.columns.n, BLOCK * EVERY
    blocks = [
        _of_block(simulation, slice(start, min(start + wide, followed), EVERY), remembers_ph)
        for start in range(0, followed, wide)
    ]
    *stages, whole = (_joined(one) for one in zip(*blocks, strict=True))
    written = [(list(parts), own) for *parts, own in stages]
    return written, whole[0] if whole else written[-1][1]


def _joined(blocks: Sequence[Sequence[Series]]) -> list[Series]:
    """Several series of all draws, from those of each block."""
    return [Series(*map(np.concatenate, zip(*each, strict=True))) for each in zip(*blocks, strict=True)]


def _of_block(simulation: AnySimulation, some: slice, remembers_ph: bool) -> list[list[Series]]:
    """Series of some draws: for each stage of the test those of its components and its own, then that of several stages."""
    between_blocks()
    few = simulation.of_draws(some)
    one = few.simulations[0]
    draws = np.arange(some.start, some.stop, some.step)
    sampler = Sampler(one.physiology.known.distributions, one.deviates, one.selection)
    voids = every_void(one.physiology, one.person, sampler, VOIDS, remembers_ph)
    numbers = [normal_probability(sampler.normal("specimen", name)) for name in (LAST, FIRST, PHASE)]
    stages = []
    pairs: list[tuple[AnySimulation, AnySimulation]] = list(zip(simulation.stages(), few.stages(), strict=True))
    for every, own in pairs:
        readers = [reader_of(every, own, draws, component, voids, sampler) for component in own.assay.components]
        stages.append(_Stage(own.assay.rule, list(zip(readers, [one.stretch() for one in readers], strict=True))))
    written = [_of_stage(stage, voids, numbers) for stage in stages]
    if len(stages) == 1:
        return [*written, []]
    stretch = Stretch(*(np.minimum.reduce(edge) for edge in zip(*(stage.stretch for stage in stages), strict=True)))
    whole = _series(lambda edges, draws: in_every_stage(stages, stretch, edges, draws), stretch, voids, numbers)
    return [*written, [whole]]


class _Stage(NamedTuple):
    """One stage of the test: its rule, and its components, each with where it is open what its voids are."""

    rule: str
    components: Sequence[tuple[Reader, Stretch]]

    @property
    def stretch(self) -> Stretch:
        """Where it is open what voids of this stage are."""
        ends = np.maximum if self.rule == "any" else np.minimum
        return Stretch(*(ends.reduce(edge) for edge in zip(*(own for _, own in self.components), strict=True)))

    def decides(self, own: Stretch, whole: Stretch) -> Bools:
        """In which draws a component has a say: elsewhere it is surely negative, or surely positive, in the whole stretch."""
        return np.asarray(own.end >= whole.begin if self.rule == "any" else own.begin <= whole.end)


def _of_stage(stage: _Stage, voids: Voids, numbers: Sequence[Floats]) -> list[Series]:
    """Series of each component of a stage, and of the stage."""
    parts = []
    for one in stage.components:
        alone = _Stage("any", [one])
        parts.append(_series(_chances(alone), alone.stretch, voids, numbers))
    if len(parts) == 1:
        return [*parts, parts[0]]
    # Where one component alone has a say, its stretch is that of the stage, and so is its series.
    stretch = stage.stretch
    decide = np.array([stage.decides(own, stretch) for _, own in stage.components])
    which, draws = decide.argmax(axis=0), np.arange(decide.shape[1])
    whole = Series(*(np.array(times)[which, draws] for times in zip(*parts, strict=True)))
    several = np.flatnonzero(decide.sum(axis=0) > 1)
    for times, own in zip(whole, _series(_chances(stage), stretch, voids, numbers, several), strict=True):
        times[several] = own
    return [*parts, whole]


# -- from chances to times --------------------------------------------------------------------------------------------


def _series(
    chances: Chances, stretch: Stretch, voids: Voids, numbers: Sequence[Floats], draws: Ints | None = None
) -> Series:
    """Last positive and first negative void of each draw by one component or by several.

    Parameters
    ----------
    chances : callable
    stretch : Stretch
        Where it is open what voids are.
    voids : Voids
    numbers : sequence of array
        Uniform numbers of each draw: for the last positive void, the first negative one, and when voids come.
    draws : array of int, optional
        Those that are asked for.
    """
    if draws is None:
        draws = np.arange(len(stretch.end))
    begin, last_end, interval, mean_interval, last, first, phase = (
        of_draws(array, draws) for array in (*stretch, voids.interval, voids.mean_interval, *numbers)
    )
    # A long void holds more of earlier times than that of the specimen, by which the stretch was found.
    end = last_end + phase * mean_interval + 0.5 * interval.max(axis=0, initial=0.0)
    stands_for = np.maximum(WIDER * (end - begin) / (len(interval) * mean_interval), 1.0)
    edges: Any = np.empty((len(interval) + 1, len(end)), dtype=np.float32)
    edges[0], steps = end, single(stands_for)
    for before, after, own in zip(edges, edges[1:], interval, strict=False):
        np.subtract(before, own * steps, out=after)
    # The last void that a draw needs is the latest one that is surely positive, or was made before the last dose.
    needed = (edges[:-1] > np.maximum(begin, 0.0)).sum(axis=0)
    m = min(int(needed.max(initial=0)) + 1, len(interval))
    interval, edges = interval[:m], edges[: m + 1]
    chance, miss = chances(edges, draws)
    is_before = edges[:-1] <= 0.0
    chance[is_before], miss[is_before] = 0.0, 1.0
    several = np.flatnonzero(stands_for > 1.0)
    for each in (chance, miss):
        each[:, several] = _of_several(each[:, several], stands_for[several])
    return walk(chance, miss, edges, interval, stands_for, last, first)


def _chances(stage: _Stage) -> Chances:
    """Chances of voids by the components of a stage. Components are independent of each other in voids of one flow and pH."""
    stretch = stage.stretch
    says = [(reader, stage.decides(own, stretch)) for reader, own in stage.components]

    def chances(edges: Floats, draws: Ints) -> tuple[Floats, Floats]:
        whole: Any = np.ones((len(edges) - 1, len(draws)), dtype=np.float32)
        decided = stretch.begin.take(
            draws
        )  # where the next void is surely positive, that of the last dose decides nothing
        for reader, decides in says:
            some = np.flatnonzero(of_draws(decides, draws))
            odds = reader.odds(of_draws(edges, some), of_draws(decided, some), of_draws(draws, some))
            one = 1.0 / (1.0 + odds)
            if stage.rule == "all":
                one *= odds
            if len(some) == len(draws):
                whole *= one
            else:
                whole[:, some] *= one
        return (whole, 1.0 - whole) if stage.rule == "all" else (1.0 - whole, whole)

    return chances


def in_every_stage(stages: Sequence[_Stage], stretch: Stretch, edges: Floats, draws: Ints) -> tuple[Floats, Floats]:
    """Chances that voids are positive in every stage of the test and that they are not. Two arrays of shape (m, n).

    The stages read one specimen: they share its residual, and each has an error of its own. The residual, in its own standard
    deviations, must be above a level in each stage, and each level is normal by the error. The highest of them is taken as normal,
    with the mean and the variance of the highest of two normals (Clark); the lowest, where one component of a stage suffices,
    likewise.
    """
    decided = of_draws(stretch.begin, draws)
    levels = [_level_of(stage, edges, decided, draws) for stage in stages]
    level, variance = reduce(highest, levels)
    odds = odds_above(np.exp(np.clip(-level / np.sqrt(1.0 + variance), -MOST_LOG_ODDS, MOST_LOG_ODDS)), 1.0)
    miss = 1.0 / (1.0 + odds)
    return odds * miss, miss


def _level_of(stage: _Stage, edges: Floats, decided: Floats, draws: Ints) -> tuple[Floats, Floats]:
    """Mean and variance of the level above which the residual of a void must be, in standard deviations of the residual."""
    levels = []
    for reader, _ in stage.components:
        medians, residual_variance = reader.medians(edges, decided, draws)
        spread = np.maximum(np.sqrt(residual_variance), LEAST_SPREAD)
        level = -np.log(np.maximum(medians, np.finfo(float).tiny)) / spread
        levels.append((level, np.broadcast_to(np.square(reader.spread / spread), level.shape)))
    if stage.rule == "all":
        return reduce(highest, levels)
    low, variance = reduce(highest, [(-level, variance) for level, variance in levels])
    return -low, variance


def _of_several(chance: Floats, count: Floats) -> Floats:
    """The chance that so many alike voids all have what one has with this chance: a power, by logarithms, which is faster."""
    logarithm = np.log(np.maximum(chance, np.finfo(chance.dtype).tiny))
    logarithm *= count
    return np.exp(logarithm, out=logarithm)
