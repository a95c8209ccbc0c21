"""Build the response of a chain to doses: partial fractions for each absorption path, and the inputs along it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from detectapi.exponentials.array_types import Floats, Integers
from detectapi.exponentials.chain import Absorption, Chain, Doses, Source
from detectapi.exponentials.draw_arrays import ascending_order
from detectapi.exponentials.near_equal_poles import expand_paths
from detectapi.exponentials.partial_fractions import ILL_CONDITIONED, condition, entry_coefficients, path_coefficients
from detectapi.exponentials.response import Path, Response
from detectapi.exponentials.schedule import Schedule


def respond(chain: Chain, groups: Sequence[Doses], averaging_time: ArrayLike) -> Response:
    """Concentration in the chain's last system after doses, averaged over the time before t.

    Parameters
    ----------
    chain : Chain
    groups : sequence of Doses
        Empty: a response that is zero.
    averaging_time : array, shape (n,)
        [h]

    Returns
    -------
    Response

    Raises
    ------
    ValueError
        When an averaging time or a train makes no sense, or a path has both an infusion and a release duration.
    """
    averaging = np.array(averaging_time, dtype=float)
    if averaging.ndim != 1 or not (averaging > 0.0).all():
        raise ValueError("averaging_time must be (n,) and positive")
    inputs = [(group, path) for group in groups for path in group.absorptions]
    sources = [_source(chain, path, group.scale) for group, path in inputs]
    schedules = [_schedule(group, path) for group, path in inputs]
    poles, coefficients, worst = _partial_fractions(chain, sources, len(averaging))
    unsafe = ~(worst <= ILL_CONDITIONED)
    arrange, _ = ascending_order(poles)
    poles, coefficients = arrange(poles), [arrange(one) for one in coefficients]
    if unsafe.any():
        draws = np.flatnonzero(unsafe)
        poles, coefficients = _replace_near_equal(poles, coefficients, sources, schedules, draws)
        worst[draws] = _worst_condition([one[:, draws] for one in coefficients], poles[:, draws])
    paths = []
    for (group, _), source, schedule, unit in zip(inputs, sources, schedules, coefficients, strict=True):
        paths.append(Path(unit if source.weight is None else unit * source.weight, schedule, source, group.segments))
    return Response(poles, tuple(paths), averaging, unsafe, worst)


def mix(responses: Sequence[Response], weights: Sequence[Floats]) -> Response:
    """Weighted sum of responses of the same draws.

    Parameters
    ----------
    responses : sequence of Response
        With the same averaging times.
    weights : sequence of array, shape (n,)
        Not negative.

    Returns
    -------
    Response
        In the unit of weight times concentration.
    """
    poles = np.concatenate([response.poles for response in responses])
    arrange, _ = ascending_order(poles)
    paths, above = [], 0
    for response, weight in zip(responses, weights, strict=True):
        for path in response.paths:
            coefficients = np.zeros_like(poles)
            coefficients[above : above + len(response.poles)] = path.coefficients * weight
            known = path.source.weight
            source = path.source._replace(weight=weight if known is None else weight * known)
            paths.append(Path(arrange(coefficients), path.schedule, source, path.segments))
        above += len(response.poles)
    safe = np.logical_or.reduce([response.safe_route for response in responses])
    worst = np.maximum.reduce([response.condition for response in responses])
    return Response(arrange(poles), tuple(paths), responses[0].averaging_time, safe, worst)


def _source(chain: Chain, path: Absorption, scale: Floats | None) -> Source:
    rate = None if path.rate_constant is None else np.asarray(path.rate_constant, dtype=float)
    return Source(chain, np.asarray(path.delivered, dtype=float), rate, scale, path.delay)


def _schedule(group: Doses, path: Absorption) -> Schedule:
    """The inputs that doses make along a path, without the delay that differs between draws."""
    amount, start, duration, every = (np.asarray(a, dtype=float) for a in group[:4])
    count = np.asarray(group.count, dtype=int)
    if not all(np.isfinite(a).all() for a in (amount, start, duration)):
        raise ValueError("amounts, starts and durations must be finite")
    if (amount < 0.0).any() or (duration < 0.0).any() or (count < 1).any() or ((count > 1) & ~(every > 0.0)).any():
        raise ValueError("amounts and durations must not be negative, counts and the intervals of trains be positive")
    if np.any(np.asarray(path.release_duration) > 0.0) and (duration > 0.0).any():
        raise ValueError("a path with a release duration takes no infusion")
    if isinstance(path.release_duration, np.ndarray) and not (path.release_duration > 0.0).all():
        raise ValueError("release durations that differ between draws must be positive")
    length = np.maximum(duration, path.common_release_duration)
    end = start + path.common_lag_time + (count - 1) * every + length
    order = np.argsort(end, kind="stable")
    return Schedule(amount[order], end[order], length[order], every[order], count[order])


def _partial_fractions(chain: Chain, sources: Sequence[Source], n: int) -> tuple[Floats, list[Floats], Floats]:
    """Poles of the chain and of all paths, the partial fractions of each path on them, and the worst condition.

    Equal poles divide by zero. The condition shows it: it is then not finite.
    """
    systems = chain.dispositions
    wanted = [any(np.any(source.delivered[s]) for source in sources) for s in range(len(systems))]
    rates = [source.rate[np.newaxis] for source in sources if source.rate is not None]
    poles = np.concatenate([*(system.poles for system in systems), *rates])
    row, coefficients, conditions = sum(len(system.poles) for system in systems), [], [np.ones(n)]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        entries = entry_coefficients(chain, wanted)
        for source in sources:
            coefficients.append(path_coefficients(entries, source.delivered, source.rate, poles, row))
            row += source.rate is not None
            conditions.append(condition(coefficients[-1], poles))
        return poles, coefficients, np.maximum.reduce(conditions)


def _replace_near_equal(
    poles: Floats,
    coefficients: Sequence[Floats],
    sources: Sequence[Source],
    schedules: Sequence[Schedule],
    draws: Integers,
) -> tuple[Floats, list[Floats]]:
    """Replace the partial fractions of draws with near-equal poles. Rows that a draw does not need have coefficients 0."""
    rates, better = expand_paths(sources, [schedule.idle for schedule in schedules], draws)
    k, n = max(len(poles), len(rates)), poles.shape[1]
    padded = np.concatenate([poles, np.repeat(poles[-1:], k - len(poles), axis=0)])
    padded[:, draws] = np.concatenate([rates, np.ones((k - len(rates), len(draws)))])
    arrange, _ = ascending_order(padded)
    result = []
    for old, new in zip(coefficients, better, strict=True):
        column = np.zeros((k, n))
        column[: len(old)] = old
        column[:, draws] = 0.0
        column[: len(new), draws] = new
        result.append(arrange(column))
    return arrange(padded), result


def _worst_condition(coefficients: Sequence[Floats], poles: Floats) -> Floats:
    """The largest condition of several paths that is a number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        conditions = [condition(one, poles) for one in coefficients]
    worst: Floats = np.fmax.reduce([np.ones(poles.shape[1]), *conditions])
    return worst
