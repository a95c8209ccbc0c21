"""Every void of a person: voids by day and by night, each with a flow, a pH and an interval of its own.

Voids of one person are independent of each other. For the flow this is measured: nothing is left of it after two hours. For pH it
is assumed: how long pH remembers is not known.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from detectapi.model import sample_void
from detectapi.model.arrays import Bools, Floats, Ints, Value, single
from detectapi.model.normal import inverse_normal
from detectapi.model.norms import Norms
from detectapi.model.physiology import Parts, Person, Physiology, parts_of
from detectapi.model.sampler import Sampler
from detectapi.model.specimen import normal_probability

HOURS_A_DAY = 24.0
SET_SIZE = 8192
"""Visits in the fixed set that every draw takes its visits from, one after the other from a place of its own."""
START, MORNING = "serial.visits", "serial.morning"
"""Random numbers of a draw: its place in that set, and which of its voids is the first of a morning."""


class Voids(NamedTuple):
    """Some voids of each draw, from the latest to the earliest. Arrays of shape (m, n), in single precision.

    Attributes
    ----------
    flow : array
        [mL/min]
    ph : array
        [-]
    interval : array
        Hours since the void before. [h]
    mean_interval : array, shape (n,)
        Over day and night. [h]
    """

    flow: Floats
    ph: Floats
    interval: Floats
    mean_interval: Floats


class Spread(NamedTuple):
    """How voids of one person differ: standard deviations, of the logarithm of flow and interval, and of pH."""

    flow: float
    flow_of_night: float
    ph: float
    interval: float
    interval_of_night: float


def spread_of(norms: Norms) -> Spread:
    """How voids of one person differ, as the data have it."""
    parameters = norms.data.parameters
    return Spread(
        parameters["urine_flow_between_voids"].variability,
        math.sqrt(math.log1p(norms.number["night.flow_cv"] ** 2)),
        parameters["urine_ph_between_voids"].variability,
        parameters["void_interval_h"].variability,
        parameters["void_interval_h.first_morning"].variability,
    )


def every_void(
    physiology: Physiology, person: Person, sampler: Sampler, count: int, remembers_ph: bool = False
) -> Voids:
    """The last voids of each draw before some time.

    What was measured in a specimen tells the person's usual urine and nothing of other voids.

    Parameters
    ----------
    physiology : Physiology
    person : Person
        Of the draws.
    sampler : Sampler
    count : int
        Voids of each draw.
    remembers_ph : bool
        Whether all voids of a draw have the same pH: the other end of what is not known.
    """
    norms, parts = physiology.norms, parts_of(person)
    spread = spread_of(norms)
    z_flow, z_ph, z_interval = _visits(sampler, count)
    if remembers_ph:
        z_ph = np.broadcast_to(sampler.normal("specimen", "urine_ph_between_voids"), z_ph.shape)
    day, night = (_usual_interval(norms, parts, sampler, name) for name in _INTERVALS)
    mean_day = day * math.exp(0.5 * spread.interval**2)
    a_day = 1.0 + np.maximum(HOURS_A_DAY - night, 0.0) / mean_day
    morning = _is_morning(sampler, count, a_day)
    interval = _log_normal(morning, z_interval, (night, spread.interval_of_night), (day, spread.interval))
    limits = norms.data.parameters["void_interval_h"]
    return Voids(
        _flow(norms, person, parts, sampler, morning, spread, z_flow),
        np.asarray(sample_void.ph_of_void(norms, person.ph, spread.ph * z_ph)),
        np.clip(interval, limits.low, limits.high, out=interval),
        np.broadcast_to(HOURS_A_DAY / a_day, interval.shape[1:]),
    )


def _log_normal(is_night: Bools, z: Floats, night: tuple[Value, float], day: tuple[Value, float]) -> Floats:
    """Numbers that are log-normal by night and by day, each with a median and a spread of its own; `z` is written over."""
    (median_by_night, spread_by_night), (median_by_day, spread_by_day) = night, day
    z *= np.where(is_night, single(spread_by_night), single(spread_by_day))
    np.exp(z, out=z)
    z *= np.where(is_night, single(median_by_night), single(median_by_day))
    return z


_INTERVALS = ("void_interval_h", "void_interval_h.first_morning")


def _usual_interval(norms: Norms, parts: Parts, sampler: Sampler, name: str) -> Floats:
    """Median hours of urine of a void, by day or of the night. [h]"""
    parameter = norms.data.parameters[name]
    usual = norms.course(name, parts.body.age) if name == "void_interval_h" else parameter.value
    return np.asarray(sampler.in_draws(usual) * np.exp(sampler.unknown(parameter)))


def _flow(
    norms: Norms, person: Person, parts: Parts, sampler: Sampler, morning: Bools, spread: Spread, z: Floats
) -> Floats:
    """Flow at which each void was made. [mL/min]"""
    age = sampler.in_draws(norms.adult_age(parts.body.age, parts.body.unsurveyed))
    day = norms.data.parameters["urine_flow_between_voids"].value
    flow = _log_normal(morning, z, (norms.night(age, parts.share), spread.flow_of_night), (day, spread.flow))
    flow *= person.flow
    return np.maximum(flow, np.exp(parts.least), out=flow)


def _is_morning(sampler: Sampler, count: int, a_day: Floats) -> Bools:
    """Which voids are the first of a morning: one of each day's, from a random void on."""
    start = normal_probability(sampler.normal("specimen", MORNING))
    days = single(np.arange(count + 1.0))[:, np.newaxis] / single(a_day) + single(start)
    np.floor(days, out=days)
    morning: Bools = days[1:] > days[:-1]
    return morning


# -- the fixed set of visits ------------------------------------------------------------------------------------------


def _visits(sampler: Sampler, count: int) -> list[Floats]:
    """Standard normal numbers of flow, pH and interval of each void. Shape (count, n) each."""
    start = np.asarray(normal_probability(sampler.normal("specimen", START)) * SET_SIZE, dtype=np.intp)
    place: Ints = (start + np.arange(count)[:, np.newaxis]) % SET_SIZE
    return [numbers.take(place) for numbers in _fixed_set()]


@lru_cache(maxsize=1)
def _fixed_set() -> Floats:
    """Visits that fill three dimensions evenly, in an order without pattern. Shape (3, SET_SIZE).

    A Kronecker sequence whose steps are powers of the root of ``x^4 = x + 1``.
    """
    root = 1.2207440846057596
    steps = root ** -np.arange(1.0, 4.0)
    even = np.mod(0.5 + np.arange(1.0, SET_SIZE + 1.0) * steps[:, np.newaxis], 1.0)
    order = np.random.default_rng(0).permutation(SET_SIZE)
    numbers: Floats = single(inverse_normal(np.clip(even, 0.5 / SET_SIZE, 1.0 - 0.5 / SET_SIZE))[:, order])
    return numbers
