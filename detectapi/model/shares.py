"""Which source of variation makes the window uncertain: shares of variance by pick-freeze."""

from __future__ import annotations

import numpy as np

from detectapi.model.draws import DRAWS_PER_GROUP, STREAMS, Layout, Selection

DRAWS_PER_CHAIN = 8


def plan_chains(plan: Layout, seed: int):
    """Selections that lead from one draw to another by swapping one source at a time, in random order.

    Parameters
    ----------
    plan : Layout
        Of the n draws that were already simulated.
    seed : int

    Returns
    -------
    start, end : array of int, shape (c,)
        Draws at both ends of each chain; they share no knowledge row and no person.
    order : array of int, shape (c, 5)
        The source swapped at each step.
    between : Selection
        The 4 c draws in between, step by step.
    """
    n, selection = plan.draws, plan.all()
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(len(STREAMS),)))
    start = rng.permutation(n)[: max(n // DRAWS_PER_CHAIN, 25)]
    groups_on = plan.groups // 2 + rng.integers(0, max(plan.groups // 4, 1), size=len(start))
    end = (start + groups_on * DRAWS_PER_GROUP) % n
    order = rng.permuted(np.tile(np.arange(len(STREAMS)), (len(start), 1)), axis=1)
    here = Selection(*(index[start] for index in selection))
    there = Selection(*(index[end] for index in selection))
    steps = []
    for step in range(len(STREAMS) - 1):
        for i, stream in enumerate(STREAMS):
            here = here.replace(stream, getattr(there, stream), order[:, step] == i)
        steps.append(here)
    between = Selection(*(np.concatenate(parts) for parts in zip(*steps, strict=True)))
    return start, end, order, between


def variance_shares(last, between_last, start, end, order) -> dict[str, float]:
    """Share of each source in the variance of ``log(1 + T)``.

    Parameters
    ----------
    last : array, shape (n,)
        Last positive times of all draws. [h]
    between_last : array, shape (4 c,)
        Those of the draws between. [h]
    start, end, order
        As `plan_chains` gave them.

    Returns
    -------
    dict of str to float
        By source, adding up to 1; all zero when nothing varies.

    Notes
    -----
    The shares are Shapley effects: what a source adds to the variance explained, averaged over the orders in which sources can
    become known, so that interactions are split evenly and shares add up to 1. The logarithm keeps one draw of months from
    deciding the shares of all draws of days.

    References
    ----------
    goda2021
    """
    c = len(start)
    steps = np.log1p(np.concatenate([last[start], between_last, last[end]])).reshape(len(STREAMS) + 1, c)
    gained = np.diff((steps[0] - steps[1:]) ** 2, axis=0, prepend=np.zeros((1, c)))  # (step, chain)
    # Read from its other end, a chain is one more with the order reversed.
    gained -= np.diff((steps[:-1] - steps[-1]) ** 2, axis=0, append=np.zeros((1, c)))
    totals = np.array([gained.T[order == i].sum() for i in range(len(STREAMS))])
    totals = np.maximum(totals, 0.0)  # a source of no effect is zero up to Monte-Carlo noise
    whole = totals.sum()
    return {stream: float(t / whole) if whole > 0.0 else 0.0 for stream, t in zip(STREAMS, totals, strict=True)}
