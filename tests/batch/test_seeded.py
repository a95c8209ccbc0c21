"""Random numbers of many seeds at once against those of one."""

import numpy as np
import pytest

from detectapi.batch.seeded import SeededDraws
from detectapi.model.draws import STREAMS, Draws, layout

SEEDS = (0, 1, 20261123, 2**32 - 1, 2**32 + 5)
NAMES = ("ketamine.clearance", "weight_kg", "z")


@pytest.mark.parametrize("draws", [100, 500, 2000])
def test_each_seed_has_the_numbers_it_has_alone(draws):
    plan = layout(draws)
    many = SeededDraws(SEEDS, plan)
    many.prepare("people", NAMES[:2])
    selection = many.all()
    for stream in STREAMS:
        for name in NAMES:
            together = many.normal(stream, name)
            chosen = together[getattr(selection, stream)].reshape(len(SEEDS), -1)
            for i, seed in enumerate(SEEDS):
                alone = Draws(seed, plan).normal(stream, name)
                assert np.array_equal(together.reshape(len(SEEDS), -1)[i], alone)
                assert np.array_equal(chosen[i], alone[getattr(plan.all(), stream)])
