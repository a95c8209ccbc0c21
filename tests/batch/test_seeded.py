"""The copy of numpy's seed hash against numpy, and the random numbers of many seeds at once against those of one."""

import numpy as np
import pytest

from detectapi.batch import seeded
from detectapi.knowledge.posterior import Posterior
from detectapi.model.draws import STREAMS, Draws, layout, spawn_key

SEEDS = (0, 1, 20261123, 2**32 - 1, 2**32, 2**32 + 5, 2**63, 2**64 - 1)
NAMES = ("ketamine.clearance", "weight_kg", "z")
KEYS = [spawn_key(stream, name) for stream in STREAMS for name in NAMES] + [(0, 0), (4, 2**32 - 1)]


def test_the_pools_are_those_of_numpy_to_the_last_bit():
    expected = [np.random.SeedSequence(seed).pool for seed in SEEDS]

    assert np.array_equal(seeded.pools(SEEDS).T, expected)


def test_the_seeds_of_generators_are_those_of_numpy_to_the_last_bit():
    hashed = seeded.generator_seeds(seeded.pools(SEEDS), KEYS)

    for i, key in enumerate(KEYS):
        for j, seed in enumerate(SEEDS):
            expected = np.random.SeedSequence(seed, spawn_key=key).generate_state(4, np.uint64)
            assert np.array_equal(hashed[i, j], expected), f"seed {seed}, spawn key {key}: not the words of numpy"


def test_a_generator_with_a_hashed_seed_is_numpys_own():
    hashed = seeded.generator_seeds(seeded.pools(SEEDS), KEYS)

    for i, key in enumerate(KEYS):
        ours = np.random.Generator(np.random.PCG64(seeded.Hashed(hashed[i, 2])))
        numpys = np.random.default_rng(np.random.SeedSequence(SEEDS[2], spawn_key=key))
        assert ours.bit_generator.state == numpys.bit_generator.state
        assert np.array_equal(ours.random(1000), numpys.random(1000))


@pytest.mark.parametrize("draws", [100, 500, 2000])
def test_each_seed_has_the_numbers_it_has_alone(draws):
    plan = layout(draws)
    many = seeded.SeededDraws(SEEDS, plan)
    many.prepare("people", NAMES[:2])

    for stream in STREAMS:
        for name in NAMES:
            together = many.normal(stream, name)
            alone = [Draws(seed, plan).normal(stream, name) for seed in SEEDS]
            assert np.array_equal(together, alone)


def test_each_seed_has_the_joint_draws_of_a_calibration_that_it_has_alone():
    plan, learnt = layout(500), Posterior("x", {"z": 0}, np.linspace(-2.0, 2.0, 400)[np.newaxis])
    together = seeded.SeededDraws(SEEDS, plan, learnt).normal("knowledge", "z")

    assert np.array_equal(together, [Draws(seed, plan, learnt).normal("knowledge", "z") for seed in SEEDS])
