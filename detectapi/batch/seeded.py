"""The random numbers of many rows that each have a seed of their own.

A copy of numpy's seed hash (`numpy.random.SeedSequence`) stands here for one reason: speed. A row needs a generator for each of
some forty names, and numpy takes longer to hash one seed than the generator takes to draw from it. Here the seeds of all
generators of all rows are hashed in one pass over arrays. numpy promises that the results of `SeedSequence` never change
(NEP 19). The copy was checked against numpy 2.4; `tests/batch/test_seeded.py` holds it to the numpy that is installed, bit for
bit.

Nothing else of numpy's is copied: the numbers themselves come from numpy's own generator, and what is made of them is
`detectapi.model.draws.stratified`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from detectapi.knowledge.posterior import Posterior
from detectapi.model.arrays import Floats
from detectapi.model.draws import Draws, Layout, spawn_key, stratified

Words = NDArray[np.uint32]
Step = tuple[np.uint32, np.uint32]

POOL_WORDS = 4
"""Words of 32 bits in the pool of entropy of a `SeedSequence`."""

GENERATOR_WORDS = 8
"""Words of 32 bits that seed a `PCG64`."""

LARGEST_WORD = 0xFFFFFFFF
HALF_WORD = np.uint32(16)


class SeededDraws(Draws):
    """Stratified standard normal numbers by stream and name, of people who each have a seed of their own.

    Parameters
    ----------
    seeds : sequence of int
        At least 0 and below 2**64.
    plan : Layout
        The same for every person.
    posterior : Posterior, optional
        As in `Draws`.
    """

    def __init__(self, seeds: Sequence[int], plan: Layout, posterior: Posterior | None = None) -> None:
        super().__init__(0, plan, posterior)
        self._pools = pools(seeds)

    def _make(self, stream: str, names: tuple[str, ...]) -> Floats:
        """Numbers of each name. Shape (names, people, size of the stream)."""
        batches, people = self.plan.batches, self._pools.shape[1]
        uniform = np.empty((len(names), people, 2, batches, self.plan.size(stream) // batches))
        seeds = generator_seeds(self._pools, [spawn_key(stream, name) for name in names])
        for numbers, seed in zip(
            uniform.reshape(-1, *uniform.shape[2:]), seeds.reshape(-1, seeds.shape[-1]), strict=True
        ):
            source: Any = Hashed(seed)  # numpy takes any ISeedSequence; its types name SeedSequence only
            Generator(PCG64(source)).random(out=numbers)
        return stratified(np.moveaxis(uniform, 2, 0)).reshape(len(names), people, -1)


class Hashed(ISeedSequence):
    """A seed that `generator_seeds` has hashed already, as numpy's generators take it."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[np.uint64]:
        """Return what was hashed before; a `PCG64` asks for four words of 64 bits."""
        return self.words


def _steps(start: int, factor: int, count: int) -> list[Step]:
    """Of each step of the hash: the word that is mixed in, and the word that is multiplied by."""
    steps = []
    for _ in range(count):
        following = start * factor & LARGEST_WORD
        steps.append((np.uint32(start), np.uint32(following)))
        start = following
    return steps


SEED_STEPS = _steps(0x43B0D7E5, 0x931E8875, POOL_WORDS * POOL_WORDS + 3 * POOL_WORDS)
"""The steps that mix a seed and a spawn key of two words into a pool: first those of the seed, then those of the key."""

OUTPUT_STEPS = _steps(0x8B51F9DD, 0x58F38DED, GENERATOR_WORDS)
"""The steps that turn a pool into the words that seed a generator."""


def _hashed(value: Words, step: Step) -> Words:
    value = (value ^ step[0]) * step[1]
    return value ^ (value >> HALF_WORD)


def _mixed(x: Words, y: Words) -> Words:
    value = x * np.uint32(0xCA01F9DD) - y * np.uint32(0x4973F715)
    return value ^ (value >> HALF_WORD)


def pools(seeds: Sequence[int]) -> Words:
    """The pool of entropy of each seed, before the spawn key is mixed in. Shape (4, seeds)."""
    whole = np.array(seeds, dtype=np.uint64)
    halves = [(whole & np.uint64(LARGEST_WORD)).astype(np.uint32), (whole >> np.uint64(32)).astype(np.uint32)]
    words = halves + [np.zeros_like(halves[0])] * (POOL_WORDS - len(halves))
    steps: Iterator[Step] = iter(SEED_STEPS)
    pool = [_hashed(word, next(steps)) for word in words]
    for source in range(POOL_WORDS):
        for target in range(POOL_WORDS):
            if source != target:
                pool[target] = _mixed(pool[target], _hashed(pool[source], next(steps)))
    return np.array(pool)


def generator_seeds(pools: Words, keys: Iterable[tuple[int, int]]) -> NDArray[np.uint64]:
    """What seeds the generator of each spawn key and seed. Shape (keys, seeds, 4)."""
    pool = list(pools[:, None, :])
    steps: Iterator[Step] = iter(SEED_STEPS[POOL_WORDS * POOL_WORDS :])
    for words in np.array(list(keys), dtype=np.uint32).T:
        for target in range(POOL_WORDS):
            pool[target] = _mixed(pool[target], _hashed(words[:, None], next(steps)))
    output = [_hashed(pool[i % POOL_WORDS], step) for i, step in enumerate(OUTPUT_STEPS)]
    return np.ascontiguousarray(np.stack(output, axis=-1)).view(np.uint64)
