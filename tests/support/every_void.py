"""Every void of every draw, simulated one by one: the plain way, which `detectapi.model.serial` is held against."""

from __future__ import annotations

import copy
import math

import numpy as np

from detectapi import service
from detectapi.exponentials.means_over_spans import values_at
from detectapi.model import sample_void
from detectapi.model.draws import Deviates, Draws, layout, spawn_key
from detectapi.model.physiology import parts_of
from detectapi.model.question import read_question
from detectapi.model.sampler import Sampler
from detectapi.model.simulation import Simulation

BEFORE = 48.0
"""Voids begin so long before the last dose, so that they come at any time after it. [h]"""


class OfVoid(Deviates):
    """The numbers of some draws; those of specimen and assay anew for each void and each draw."""

    def __init__(self, draws, void):
        self.draws, self.void = draws, void

    def prepare(self, stream, names):
        self.draws.prepare(stream, names)

    def normal(self, stream, name):
        if stream not in ("specimen", "assay"):
            return self.draws.normal(stream, name)
        key = [self.draws.seed, *spawn_key(stream, name), self.void]
        return np.random.default_rng(key).standard_normal(self.draws.plan.draws)

    def selection(self):
        each = np.arange(self.draws.plan.draws)
        return self.draws.selection()._replace(specimen=each, assay=each)


class UsualVoid(OfVoid):
    """The same with the usual void of each draw."""

    def normal(self, stream, name):
        numbers = super().normal(stream, name)
        return np.zeros_like(numbers) if stream == "specimen" else numbers


def last_and_first(request, draws, seed, until):
    """Last positive and first negative void of each draw: of each component, then of the whole test.

    Parameters
    ----------
    request : dict
    draws, seed : int
    until : float
        Voids are followed so long. [h after the last dose]

    Returns
    -------
    last, first : array, shape (components + 1, n)
    """
    by_day, by_night = (_simulation(request, kind, draws, seed) for kind in ("on-request", "first-morning"))
    components, rule = by_day.question.assay.components, by_day.question.assay.rule
    n = by_day.columns.n
    rng = np.random.default_rng([seed, 77])
    number = by_day.physiology.norms.data.parameters
    spread = number["void_interval_h"].variability
    usual = [_usual_interval(one) for one in (by_day, by_night)]
    a_day = 1.0 + (24.0 - usual[1]) / (usual[0] * math.exp(0.5 * spread**2))
    place, time = rng.random(n) * a_day, -BEFORE * np.ones(n) - rng.random(n) * 6.0
    last, first = np.zeros((len(components) + 1, n)), np.zeros((len(components) + 1, n))
    void = 0
    while (time < until).any():
        void += 1
        day, night = (one.at_another_void(OfVoid(one.deviates.draws, void)) for one in (by_day, by_night))
        is_morning = np.floor((place + 1.0) / a_day) > np.floor(place / a_day)
        place += 1.0
        time = time + np.where(is_morning, night.specimen.void_interval, day.specimen.void_interval)
        positive = np.array([_positive(day, night, is_morning, component, time) for component in components])
        whole = positive.all(axis=0) if rule == "all" else positive.any(axis=0)
        positive = np.vstack([positive, whole]) & (time > 0.0)
        first = np.where((last > 0.0) & (first == 0.0) & ~positive & (time > 0.0), time, first)
        last = np.where(positive, time, last)
    return last, first


def _simulation(request, kind, draws, seed):
    asked = copy.deepcopy(request)
    asked["specimen"] = {"kind": kind}
    question = read_question(service.load(asked))
    deviates = OfVoid(Draws(seed, layout(draws), question.posterior), 0)
    return Simulation(question, deviates)


def _usual_interval(simulation):
    """Median interval of each draw's voids. [h]"""
    own = simulation.physiology
    sampler = Sampler(own.known.distributions, UsualVoid(simulation.deviates.draws, 0), simulation.selection)
    return np.broadcast_to(
        sample_void.void_interval(own.known, own.norms, parts_of(simulation.person).body, sampler), simulation.columns.n
    )


def _positive(day, night, is_morning, component, time):
    """Whether the void of each draw is positive."""
    positive = np.zeros(len(time), dtype=bool)
    for there, mine in ((day, ~is_morning), (night, is_morning)):
        draws = np.flatnonzero(mine & (time > 0.0))
        if len(draws) == 0:
            continue
        signal = there.signal(component)
        factor = np.broadcast_to(signal.factor * signal.noise, len(time))
        read = values_at(signal.response, draws, time[draws]) * factor[draws]
        positive[draws] = read >= component.cutoff_ng_ml
    return positive
