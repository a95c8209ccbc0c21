"""From doses to the concentration of an analyte: a chain of mammillary systems fed through absorption paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.exponentials.mammillary import Disposition
from detectapi.exponentials.near_equal_poles import careful
from detectapi.exponentials.partial_fractions import ILL_CONDITIONED, condition, entry_coefficients, path_coefficients
from detectapi.exponentials.response import Path, Response
from detectapi.exponentials.schedule import Schedule
from detectapi.exponentials.subtraction_free import Source
from detectapi.exponentials.sums import ascending


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

    Raises
    ------
    ValueError
        When a void interval or a train makes no sense, or a path has both an infusion and a release duration.
    """
    void = np.array(void_interval, dtype=float)
    if void.ndim != 1 or not (void > 0.0).all():
        raise ValueError("void_interval must be (n,) and positive")
    inputs = [(group, path) for group in groups for path in group.absorptions]
    sources = [_source(chain, path, group.scale) for group, path in inputs]
    schedules = [_schedule(group, path) for group, path in inputs]
    blocks = chain.dispositions
    wanted = [any(np.any(source.delivered[e]) for source in sources) for e in range(len(blocks))]
    poles = np.concatenate([*(b.poles for b in blocks), *(s.rate[np.newaxis] for s in sources if s.rate is not None)])
    row, coefficients, conditions = sum(len(b.poles) for b in blocks), [], [np.ones(len(void))]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # equal poles: told from the size of the terms
        entries = entry_coefficients(blocks, chain.formation, wanted)
        for source in sources:
            coefficients.append(path_coefficients(entries, source.delivered, source.rate, poles, row))
            row += source.rate is not None
            conditions.append(condition(coefficients[-1], poles))
        worst = np.maximum.reduce(conditions)
    unsafe = ~(worst <= ILL_CONDITIONED)
    arrange, _ = ascending(poles)
    poles, coefficients = arrange(poles), [arrange(c) for c in coefficients]
    if unsafe.any():
        idle = [schedule.idle for schedule in schedules]
        few = np.flatnonzero(unsafe)
        poles, coefficients = _with_careful(poles, coefficients, sources, idle, few)
        with np.errstate(divide="ignore", invalid="ignore"):
            again = [condition(c[:, few], poles[:, few]) for c in coefficients]
        worst[few] = np.fmax.reduce([np.ones(len(few)), *again])
    paths = []
    for (group, _), schedule, source, c in zip(inputs, schedules, sources, coefficients, strict=True):
        paths.append(Path(c if group.scale is None else c * group.scale, schedule, (source,)))
    return Response(poles, tuple(paths), void, unsafe, worst)


def _source(chain, path, scale) -> Source:
    rate = None if path.rate_constant is None else np.asarray(path.rate_constant, dtype=float)
    return Source(chain.dispositions, chain.formation, np.asarray(path.delivered, dtype=float), rate, scale)


def _with_careful(poles, coefficients, sources, idle, draws):
    """Replace the partial fractions of some draws; rows that a draw does not need are zero."""
    rates, better = careful(sources, idle, draws)
    k, n = max(len(poles), len(rates)), poles.shape[1]
    wide = np.concatenate([poles, np.repeat(poles[-1:], k - len(poles), axis=0)])
    wide[:, draws] = np.concatenate([rates, np.ones((k - len(rates), len(draws)))])
    arrange, _ = ascending(wide)
    result = []
    for old, new in zip(coefficients, better, strict=True):
        column = np.zeros((k, n))
        column[: len(old)] = old
        column[:, draws] = 0.0
        column[: len(new), draws] = new
        result.append(arrange(column))
    return arrange(wide), result


def _schedule(group: Doses, path: Absorption) -> Schedule:
    amount, start, duration, every = (np.asarray(a, dtype=float) for a in group[:4])
    count = np.asarray(group.count, dtype=int)
    if not all(np.isfinite(a).all() for a in (amount, start, duration)):
        raise ValueError("amounts, starts and durations must be finite")
    if (amount < 0.0).any() or (duration < 0.0).any() or (count < 1).any() or ((count > 1) & ~(every > 0.0)).any():
        raise ValueError("amounts and durations must not be negative, counts and the intervals of trains be positive")
    if path.release_duration > 0.0 and (duration > 0.0).any():
        raise ValueError("a path with a release duration takes no infusion")
    length = np.maximum(duration, path.release_duration)
    end = start + path.lag_time + (count - 1) * every + length
    order = np.argsort(end, kind="stable")
    return Schedule(amount[order], end[order], length[order], every[order], count[order])


def mix(responses: Sequence[Response], weights) -> Response:
    """Weighted sum of responses of the same draws, as an immunoassay with cross-reactivity sees it.

    Parameters
    ----------
    responses : sequence of Response
        With the same void intervals.
    weights : sequence of array, shape (n,)
        Not negative.

    Returns
    -------
    Response
        In the unit of weight times concentration.
    """
    poles = np.concatenate([response.poles for response in responses])
    arrange, _ = ascending(poles)
    paths, above = [], 0
    for response, weight in zip(responses, weights, strict=True):
        for path in response.paths:
            coefficients = np.zeros_like(poles)
            coefficients[above : above + len(response.poles)] = path.coefficients * weight
            sources = [s._replace(weight=weight if s.weight is None else weight * s.weight) for s in path.sources]
            paths.append(Path(arrange(coefficients), path.schedule, tuple(sources)))
        above += len(response.poles)
    safe = np.logical_or.reduce([response.safe_route for response in responses])
    worst = np.maximum.reduce([response.condition for response in responses])
    return Response(arrange(poles), tuple(paths), responses[0].void, safe, worst)
