"""How chances differ between knowledge rows, against the analysis of variance written out."""

import numpy as np
import pytest

from detectapi.model.draws import PEOPLE_PER_ROW, ROWS_PER_GROUP, layout
from detectapi.model.knowledge_rows import of_rows


def test_the_variance_between_rows_is_that_of_paired_rows_less_what_chance_makes():
    plan = layout(1000)
    rng = np.random.default_rng(7)
    shape = plan.groups, ROWS_PER_GROUP, PEOPLE_PER_ROW
    people, typical = (
        rng.normal(size=(plan.groups, 1, PEOPLE_PER_ROW)),
        rng.normal(size=(plan.groups, ROWS_PER_GROUP, 1)),
    )
    last = np.exp(3.0 + 0.5 * people + 0.4 * typical + 0.1 * rng.normal(size=shape))
    first = np.where(rng.random(shape) < 0.2, 5.0, 0.0)
    time = np.array([0.0, 2.0, 10.0, 20.0, 30.0, 60.0])

    probability, variance = of_rows(first.ravel(), last.ravel(), plan, time)

    for i, t in enumerate(time):
        positive = ((first <= t) & (t < last)).astype(float)
        differences = positive[:, 0] - positive[:, 1]  # of each person under two sets of typical values
        by_chance = differences.var(axis=1, ddof=1) / PEOPLE_PER_ROW
        between = np.mean(differences.mean(axis=1) ** 2 - by_chance) / 2.0
        assert probability[i] == pytest.approx(positive.mean())
        assert variance[i] == pytest.approx(max(between, 0.0), abs=1e-12)
    assert variance.max() > 0.01
