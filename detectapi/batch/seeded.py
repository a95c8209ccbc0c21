"""The random numbers of many rows that each have a seed of their own, one row after the other.

The numbers are those of `detectapi.model.draws.Draws` to the last bit. What differs is how they are made: the seed of every
generator of every row in one pass of numpy's own mixing (`numpy.random.SeedSequence`, whose results numpy keeps for good), which
otherwise takes longer than drawing from it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.random import PCG64, Generator
from numpy.random.bit_generator import ISeedSequence

from detectapi.knowledge.posterior import Posterior
from detectapi.model.draws import STREAMS, Draws, Layout, Selection
from detectapi.model.normal import inverse_normal

_POOL = 4
_SHIFT = np.uint32(16)
_WORD = 0xFFFFFFFF


class SeededDraws(Draws):
    """Standard normal numbers by stream and name, of several seeds one after the other.

    Parameters
    ----------
    seeds : sequence of int
    plan : Layout
        Of each seed.
    posterior : Posterior, optional
        As in `Draws`.
    """

    def __init__(self, seeds: Sequence[int], plan: Layout, posterior: Posterior | None = None):
        super().__init__(tuple(seeds), plan, posterior)
        self._pools = _pools(self.seed)

    def all(self) -> Selection:
        """Every draw of every seed."""
        one = self.plan.all()
        return Selection(*(
            (index + self.plan.size(stream) * np.arange(len(self.seed))[:, None]).ravel()
            for stream, index in zip(STREAMS, one, strict=True)
        ))  # fmt: skip

    def _make(self, stream, names):
        batches, each = self.plan.batches, self.plan.size(stream) // self.plan.batches
        uniform = np.empty((len(names), len(self.seed), 2, batches, each))
        words = _generator_words(self._pools, [(STREAMS.index(stream), zlib.crc32(name.encode())) for name in names])
        for some, seeds in zip(uniform, words, strict=True):
            for target, word in zip(some, seeds, strict=True):
                Generator(PCG64(_Ready(word))).random(out=target)
        order = uniform[:, :, 0].argsort(axis=-1)
        return inverse_normal((order + uniform[:, :, 1]) / each).reshape(len(names), -1)


class _Ready(ISeedSequence):
    """A seed whose words are known already."""

    def __init__(self, words):
        self.words = words

    def generate_state(self, n_words, dtype=np.uint32):
        """Return what was made by `_generator_words`."""
        return self.words


def _constants(start: int, factor: int, count: int) -> list[tuple[np.uint32, np.uint32]]:
    """Of each step of the hash: what is mixed in, and what is multiplied by."""
    found = []
    for _ in range(count):
        following = start * factor & _WORD
        found.append((np.uint32(start), np.uint32(following)))
        start = following
    return found


_HASHES = _constants(0x43B0D7E5, 0x931E8875, _POOL * _POOL + 3 * _POOL)
_OUT = _constants(0x8B51F9DD, 0x58F38DED, 2 * _POOL)


def _hashed(value, step):
    value = (value ^ step[0]) * step[1]
    return value ^ (value >> _SHIFT)


def _mixed(x, y):
    value = x * np.uint32(0xCA01F9DD) - y * np.uint32(0x4973F715)
    return value ^ (value >> _SHIFT)


def _pools(seeds) -> np.ndarray:
    """Pool of entropy of each seed, before the stream and the name are mixed in. Shape (4, seeds)."""
    whole = np.array(seeds, dtype=np.uint64)
    halves = (whole & np.uint64(_WORD)).astype(np.uint32), (whole >> np.uint64(32)).astype(np.uint32)
    steps = iter(_HASHES)
    pool = [_hashed(half, next(steps)) for half in halves]
    pool += [_hashed(np.zeros_like(halves[0]), next(steps)) for _ in range(2, _POOL)]
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                pool[target] = _mixed(pool[target], _hashed(pool[source], next(steps)))
    return np.array(pool)


def _generator_words(pools, keys) -> np.ndarray:
    """What seeds the generator of each key and seed. Shape (keys, seeds, 4)."""
    pool, steps = list(pools[:, None, :]), iter(_HASHES[_POOL * _POOL :])
    for words in np.array(keys, dtype=np.uint32).T:
        for target in range(_POOL):
            pool[target] = _mixed(pool[target], _hashed(words[:, None], next(steps)))
    out = np.stack([_hashed(pool[i % _POOL], step) for i, step in enumerate(_OUT)], axis=-1)
    return np.ascontiguousarray(out).view(np.uint64)
