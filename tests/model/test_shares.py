"""Shares of variance of a made-up outcome whose shares are known."""

import numpy as np
import pytest

from detectapi.model.draws import DRAWS_PER_GROUP, STREAMS, Draws, layout
from detectapi.model.shares import plan_chains, variance_shares

WEIGHTS = {"knowledge": 0.3, "people": 0.5, "specimen": 0.2, "inputs": 0.1, "assay": 0.0}


def outcome(draws, selection, interaction=0.0):
    parts = {s: w * draws.normal(s, "x")[getattr(selection, s)] for s, w in WEIGHTS.items()}
    log_t = 4.0 + sum(parts.values())
    return np.expm1(log_t + interaction * parts["people"] * parts["specimen"])


def shares(seed, plan, interaction=0.0):
    draws = Draws(seed, plan)
    chains = plan_chains(plan, seed)
    last, middle = outcome(draws, plan.all(), interaction), outcome(draws, chains.between, interaction)
    return {source: share.value for source, share in variance_shares(last, middle, chains).items()}


def test_shares_of_an_additive_outcome_are_its_variances():
    result = np.mean([list(shares(seed, layout(2000)).values()) for seed in range(30)], axis=0)
    expected = np.array([WEIGHTS[s] ** 2 for s in STREAMS])

    # One run of 250 chains knows a share to about 0.07; the mean of 30 to 0.013.
    assert result == pytest.approx(expected / expected.sum(), abs=0.04)


def test_the_stated_error_of_a_share_is_its_spread_over_seeds():
    plan, runs = layout(1000), []
    for seed in range(60):
        draws, chains = Draws(seed, plan), plan_chains(plan, seed)
        runs.append(variance_shares(outcome(draws, plan.all()), outcome(draws, chains.between), chains))

    for source in ("knowledge", "people", "specimen"):
        values, errors = np.array([run[source] for run in runs]).T
        # The spread of 60 is known to 9 %: three standard errors.
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(values.std(ddof=1), rel=0.28), source


def test_shares_add_up_to_one():
    assert sum(shares(1, layout(500), interaction=1.0).values()) == pytest.approx(1.0)


def test_a_source_without_effect_has_no_share():
    assert 0.0 == shares(2, layout(2000))["assay"]


def test_an_interaction_is_split_between_its_sources():
    alone, together = (np.mean([shares(s, layout(2000), x)["specimen"] for s in range(20)]) for x in (0.0, 3.0))

    assert together > alone + 0.02


def test_nothing_varies_nothing_is_shared():
    plan = layout(500)
    chains = plan_chains(plan, 1)
    result = variance_shares(np.full(plan.draws, 5.0), np.full(4 * len(chains.start), 5.0), chains)

    assert set(result.values()) == {(0.0, 0.0)}


@pytest.mark.parametrize("draws", [100, 500, 2000])
def test_the_ends_of_a_chain_have_nothing_in_common(draws):
    plan = layout(draws)
    start, end, order, between = plan_chains(plan, 4)

    assert np.all(start // DRAWS_PER_GROUP != end // DRAWS_PER_GROUP)
    assert np.all(np.sort(order, axis=1) == np.arange(len(STREAMS)))
    assert len(between.people) == 4 * len(start)
