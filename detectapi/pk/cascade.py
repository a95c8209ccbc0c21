"""From doses to the concentration of an analyte: a chain of mammillary systems fed through absorption paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.pk.mammillary import Disposition
from detectapi.pk.response import Event, Response, box

_SPLIT = 5e-6
_CLOSE = 3e-6


class Chain(NamedTuple):
    """The moieties from the administered one to the analyte.

    Attributes
    ----------
    dispositions : tuple of Disposition
        From the root to the analyte.
    formation : tuple of array, shape (n,)
        Clearance that turns each moiety into the next; one fewer than dispositions. [L/h]
    """

    dispositions: tuple[Disposition, ...]
    formation: tuple[np.ndarray, ...]


class Absorption(NamedTuple):
    """One of the parallel paths by which a dose reaches the circulation.

    Attributes
    ----------
    delivered : array, shape (moieties of the chain, n)
        Molar fraction of the dose that this path brings into the centre of each moiety. [-]
    rate_constant : array, shape (n,), or None
        Of a first-order step; None goes directly into the centre. [1/h]
    lag_time : float
        [h]
    release_duration : float
        Zero-order release over this time, before the first-order step if there is one. [h]
    """

    delivered: np.ndarray
    rate_constant: np.ndarray | None
    lag_time: float = 0.0
    release_duration: float = 0.0


class Doses(NamedTuple):
    """Doses that share a route; each entry is a regular train.

    Attributes
    ----------
    amount : array, shape (m,)
        Of each dose. [umol]
    start : array, shape (m,)
        Of the first dose of the train, from the end of the last dose of all. [h]
    duration : array, shape (m,)
        Of an infusion; 0 is a bolus. [h]
    every : array, shape (m,)
        Interval of the train. [h]
    count : array of int, shape (m,)
        Doses in the train.
    scale : array, shape (n,), or None
        Factor on every amount that differs between draws. [-]
    absorptions : tuple of Absorption
    """

    amount: np.ndarray
    start: np.ndarray
    duration: np.ndarray
    every: np.ndarray
    count: np.ndarray
    scale: np.ndarray | None
    absorptions: tuple[Absorption, ...]


def entry_coefficients(chain: Chain) -> tuple[np.ndarray, np.ndarray]:
    """Partial fractions of the analyte's central concentration after a molar bolus into each moiety's centre.

    Returns
    -------
    poles : array, shape (k, n)
        Of all moieties, in the order of the chain. [1/h]
    coefficients : array, shape (moieties, k, n)
        Zero for the poles of moieties before the entry. [1/L]
    """
    blocks = chain.dispositions
    poles = np.concatenate([block.poles for block in blocks])
    owner = np.concatenate([[b] * len(block.poles) for b, block in enumerate(blocks)])
    position = np.concatenate([np.arange(len(block.poles)) for block in blocks])
    coefficients = np.zeros((len(blocks), *poles.shape))
    for i, pole in enumerate(poles):
        running = np.ones_like(pole)
        for e in reversed(range(len(blocks))):
            skip = position[i] if owner[i] == e else None
            running = running * _transfer(blocks[e], pole, skip)
            if e + 1 < len(blocks):
                running = running * chain.formation[e]
            if e <= owner[i]:
                coefficients[e, i] = running
    return poles, coefficients


def _transfer(block: Disposition, pole, skip):
    value = 1.0 / block.volume
    for zero in block.zeros:
        value = value * (zero - pole)
    for j, other in enumerate(block.poles):
        if j != skip:
            value = value / (other - pole)
    return value


def respond(chain: Chain, groups: Sequence[Doses], void_interval) -> Response:
    """Concentration of the chain's last moiety after doses, averaged over the void.

    Parameters
    ----------
    chain : Chain
    groups : sequence of Doses
        Empty: a response that is zero.
    void_interval : array, shape (n,)
        Time over which the bladder filled. [h]

    Returns
    -------
    Response
    """
    void = np.array(void_interval, dtype=float)
    n = void.shape[0]
    blocks = tuple(Disposition(*(np.array(a, dtype=float) for a in block)) for block in chain.dispositions)
    rates = [np.array(a.rate_constant, dtype=float) for g in groups for a in g.absorptions if a.rate_constant is not None]
    _separate(blocks, rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        chain_poles, entries = entry_coefficients(Chain(blocks, chain.formation))
    k = len(chain_poles)
    poles = np.concatenate([chain_poles, *(rate[None] for rate in rates)])
    row = k
    single: list[tuple[float, float, np.ndarray]] = []  # start of input, its length, coefficients
    trains = []
    for group in groups:
        if len(group.amount) == 0:
            row += sum(a.rate_constant is not None for a in group.absorptions)
            continue
        for path in group.absorptions:
            shape = np.zeros((len(poles), n))
            for delivered, entry in zip(path.delivered, entries, strict=True):
                shape[:k] += delivered * entry
            if path.rate_constant is not None:
                rate = poles[row]
                with np.errstate(divide="ignore", invalid="ignore"):
                    shape[:k] *= rate / (rate - chain_poles)
                shape[row] = -shape[:k].sum(axis=0)
                row += 1
            if group.scale is not None:
                shape *= group.scale
            for amount, start, duration, every, count in zip(*group[:5], strict=True):
                if path.release_duration > 0.0 and duration > 0.0:
                    raise ValueError("a path with a release duration takes no infusion")
                length = max(float(duration), path.release_duration)
                trains.append((float(start) + path.lag_time, length, float(every), int(count), amount * shape))
    reach = float(void.max(initial=0.0))
    tail_start = np.maximum(void + max((s + (c - 1) * e + d for s, d, e, c, _ in trains), default=-np.inf), 0.0)
    tail = np.zeros_like(poles)
    old = np.zeros_like(poles)
    for start, length, every, count, shape in trains:
        factor = shape * box(poles * length) * box(poles * void)
        last = start + (count - 1) * every + length
        tail += factor * _geometric(poles, every, count) * np.exp(-poles * (tail_start - last - void))
        recent = 0
        while recent < count and last - recent * every + reach > 0.0:
            single.append((last - recent * every - length, length, shape))
            recent += 1
        if count > recent:
            past = last - recent * every + void
            old += factor * _geometric(poles, every, count - recent) * np.exp(poles * past)
    return Response(poles, tail, tail_start, void, old, tuple(Event(*event) for event in single))


def _geometric(poles, every, count):
    if count == 1:
        return 1.0
    return np.expm1(-poles * (every * count)) / np.expm1(-poles * every)


def _separate(blocks, rates) -> None:
    """Move apart, in place, poles of different systems that coincide."""
    rows = [(b, block.poles[i]) for b, block in enumerate(blocks) for i in range(len(block.poles))]
    rows += [(-1 - i, rate) for i, rate in enumerate(rates)]
    for i, (own, first) in enumerate(rows):
        for other, second in rows[i + 1 :]:
            if own == other or (own < 0 and other < 0):
                continue
            middle = 0.5 * (first + second)
            close = np.abs(first - second) < _CLOSE * middle
            if close.any():
                up = np.where(first > second, 1.0, -1.0) * _SPLIT * middle
                first[close] = (middle + up)[close]
                second[close] = (middle - up)[close]


def mix(responses: Sequence[Response], weights) -> Response:
    """Weighted sum of responses of the same draws, as an immunoassay with cross-reactivity sees it."""
    weights = [np.asarray(w, dtype=float) for w in weights]
    start = np.maximum.reduce([r.tail_start for r in responses])
    tails = [w * r.tail * np.exp(-r.poles * (start - r.tail_start)) for r, w in zip(responses, weights, strict=True)]
    olds = [w * r.old for r, w in zip(responses, weights, strict=True)]
    sizes = [len(r.poles) for r in responses]
    total, events = sum(sizes), []
    offset = 0
    for r, w, size in zip(responses, weights, sizes, strict=True):
        for event in r.events:
            shape = np.zeros((total, r.n))
            shape[offset : offset + size] = w * event.shape
            events.append(Event(event.start, event.length, shape))
        offset += size
    poles = np.concatenate([r.poles for r in responses])
    return Response(poles, np.concatenate(tails), start, responses[0].void, np.concatenate(olds), tuple(events))
