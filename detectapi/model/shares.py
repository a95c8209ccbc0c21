"""Where the spread of the window comes from: the share of each source of variation in its variance.

The shares are found by swapping the random numbers of one source after another between draws (pick-freeze).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Ints
from detectapi.model.draws import DRAWS_PER_GROUP, STREAMS, Layout, Selection

DRAWS_PER_CHAIN = 8
FEWEST_CHAINS = 25


class Chains(NamedTuple):
    """Paths from one draw to another: at each step the random numbers of one source are swapped, in random order.

    Attributes
    ----------
    start, end : array of int, shape (c,)
        Draws at both ends of each chain; they share no knowledge row and no person.
    order : array of int, shape (c, 5)
        The source swapped at each step: its place in `STREAMS`.
    between : Selection
        The 4 c draws in between, step by step.
    """

    start: Ints
    end: Ints
    order: Ints
    between: Selection


def plan_chains(plan: Layout, seed: int) -> Chains:
    """Chains between draws that were already simulated.

    Parameters
    ----------
    plan : Layout
        Of these draws.
    seed : int
    """
    n, selection = plan.draws, plan.all()
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(len(STREAMS),)))
    start = rng.permutation(n)[: max(n // DRAWS_PER_CHAIN, FEWEST_CHAINS)]
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
    return Chains(start, end, order, between)


class Share(NamedTuple):
    """Share of a source in the variance, and its Monte-Carlo standard error. [-]"""

    value: float
    error: float


def variance_shares(last: Floats, between_last: Floats, chains: Chains) -> dict[str, Share]:
    """Share of each source in the variance of ``log(1 + T)``.

    Parameters
    ----------
    last : array, shape (n,)
        T of all draws. [h]
    between_last : array, shape (4 c,)
        T of the draws between. [h]
    chains : Chains

    Returns
    -------
    dict of str to Share
        By source, adding up to 1; all zero when nothing varies.

    Notes
    -----
    The shares are Shapley effects: how much of the variance is explained when a source becomes known, averaged over all orders in
    which the sources can become known. So interactions are split evenly and the shares add up to 1. The logarithm keeps one draw
    of months from deciding the shares of draws of days.

    References
    ----------
    goda2021
    """
    c = len(chains.start)
    steps = np.log1p(np.concatenate([last[chains.start], between_last, last[chains.end]])).reshape(len(STREAMS) + 1, c)
    gained = np.diff((steps[0] - steps[1:]) ** 2, axis=0, prepend=np.zeros((1, c)))  # (step, chain)
    # From its other end, the same chain is one more chain, with the order reversed.
    gained -= np.diff((steps[:-1] - steps[-1]) ** 2, axis=0, append=np.zeros((1, c)))
    each = np.array([gained.T[chains.order == i] for i in range(len(STREAMS))])  # (source, chain)
    totals = np.maximum(
        each.sum(axis=1), 0.0
    )  # Monte-Carlo noise may make the total of a source without effect negative
    whole = totals.sum()
    if whole <= 0.0:
        return {stream: Share(0.0, 0.0) for stream in STREAMS}
    shares = totals / whole
    errors = np.sqrt(_variance(each - shares[:, np.newaxis] * each.sum(axis=0), chains)) / whole
    return {stream: Share(float(s), float(e)) for stream, s, e in zip(STREAMS, shares, errors, strict=True)}


def _variance(departures: Floats, chains: Chains) -> Floats:
    """Variance of the sum over chains of what each adds to the error of a ratio; rows are sources. Shape (sources,).

    Chains that begin in one group of draws, or end in one, share typical values and people: their errors are not independent.
    """
    shared = np.zeros(len(departures))
    for end in (chains.start, chains.end):
        sums = np.zeros((len(departures), end.max() // DRAWS_PER_GROUP + 1))
        np.add.at(sums.T, end // DRAWS_PER_GROUP, departures.T)
        shared += np.square(sums).sum(axis=1)
    own: Floats = np.square(departures).sum(axis=1)
    return np.maximum(shared - own, own)
