"""What a test reads at each void of a draw, given the void's flow and pH, and the odds that the void is positive.

Given flow and pH, the logarithm of a reading is normal: residual and error of measurement are integrated in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from detectapi.exponentials import Fall, last_above, of_draws, span_means
from detectapi.model import urine
from detectapi.model.arrays import Floats, Ints, Value
from detectapi.model.physiology import parts_of
from detectapi.model.sample_urine import creatinine_excretion
from detectapi.model.sampler import Sampler
from detectapi.model.several_uses import AnySimulation
from detectapi.model.simulation import ML_PER_DL, Simulation
from detectapi.model.specimen import normal_probability
from detectapi.model.voids import Voids
from detectapi.values.assay import Component

REACH = 3.5
"""Standard deviations of a reading, beyond which a void counts as surely positive or surely negative."""
LEAST_SPREAD = 1e-6
LEAST_OF_SINGLE = 1e-20
"""A cutoff from which on single precision has room for what is read of a void. [ng/mL], or [ng/mg]"""
MOST_LOG_ODDS = 30.0
"""A void is never surer than this. [-]"""


class Part(NamedTuple):
    """What adds to a reading with one residual: an analyte, or an analyte and its conjugates.

    Attributes
    ----------
    terms : list of (Fall, array)
        Each with the concentration at each void for each unit of the response, over the cutoff. Shape (voids, n).
    spread : float
        Standard deviation of the logarithm of the residual.
    """

    terms: Sequence[tuple[Fall, Floats]]
    spread: float

    def medians(self, edges: Floats, decided: Floats, draws: Ints) -> Floats:
        """Median of what the part adds to a reading, over the cutoff: of the latest m voids of some draws. Shape (m, n)."""
        each = []
        for fall, factor in self.terms:
            median = span_means(fall, edges, decided, draws)
            median *= of_draws(factor[: len(median)], draws)
            each.append(median)
        return each[0] if len(each) == 1 else sum(each[1:], each[0])


class Stretch(NamedTuple):
    """From when to when it is open in each draw whether a void is positive. Arrays of shape (n,). [h]"""

    begin: Floats
    end: Floats


class Reader(NamedTuple):
    """One component of the test at the voids of each draw.

    Attributes
    ----------
    parts : list of Part
    spread : float
        Standard deviation of the logarithm of a measurement.
    """

    parts: Sequence[Part]
    spread: float

    def odds(self, edges: Floats, decided: Floats, draws: Ints) -> Floats:
        """Odds that each of the latest m voids of some draws is positive. Shape (m, n)."""
        medians, variance = self.medians(edges, decided, draws)
        if len(self.parts) == 1:
            return odds_above(medians, math.hypot(self.spread, self.parts[0].spread))
        return odds_above(medians, np.sqrt(variance + self.spread**2))

    def medians(self, edges: Floats, decided: Floats, draws: Ints) -> tuple[Floats, Value]:
        """Median of the reading of each of the latest m voids, over the cutoff, and variance of the logarithm of its residual.

        A sum of log-normal parts is taken as log-normal, with the mean and the variance of the sum.

        Parameters
        ----------
        edges : array, shape (m + 1, n)
            When voids end and begin, the latest first. [h]
        decided : array, shape (n,)
            As in `detectapi.exponentials.span_means`. [h]
        draws : array of int, shape (n,)
        """
        medians = [part.medians(edges, decided, draws) for part in self.parts]
        if len(medians) == 1:
            return medians[0], self.parts[0].spread ** 2
        means = [median * math.exp(0.5 * part.spread**2) for median, part in zip(medians, self.parts, strict=True)]
        total = np.add.reduce(means)
        np.maximum(total, np.finfo(total.dtype).tiny, out=total)
        own = [
            np.square(mean / total) * math.expm1(part.spread**2) for mean, part in zip(means, self.parts, strict=True)
        ]
        variance = np.log1p(np.add.reduce(own))
        return total * np.exp(-0.5 * variance), variance

    def stretch(self) -> Stretch:
        """Where it is open what voids of this component are."""
        reach = math.exp(REACH * math.hypot(self.spread, max(part.spread for part in self.parts)))
        terms = [term for part in self.parts for term in part.terms]
        begins, ends = [], []
        for fall, factor in terms:
            # A sum is above a level where one term is, and below it where each is below its share.
            least, most = factor.min(axis=0).astype(float), factor.max(axis=0).astype(float)
            surely, possibly = reach / least, 1.0 / (reach * len(terms) * most)
            begin, end = last_above(fall, [surely, possibly])
            # Until the tail begins nobody has looked: nothing is sure there.
            begins.append(np.where(begin > fall.tail_start, begin, 0.0))
            ends.append(end)
        return Stretch(np.maximum.reduce(begins), np.maximum.reduce(ends))


def reader_of(
    simulation: AnySimulation, few: AnySimulation, draws: Ints, component: Component, voids: Voids, sampler: Sampler
) -> Reader:
    """A component of the test at the voids of a few draws, by the responses of all of them.

    Parameters
    ----------
    simulation : Simulation or SeveralUses
        Of all draws.
    few : Simulation or SeveralUses
        Some of its draws.
    draws : array of int
        Which these are.
    component : Component
    voids : Voids
        Of the few draws.
    sampler : Sampler
        Of the few draws.
    """
    spread = math.sqrt(math.log1p(few.assay.imprecision_cv**2))
    scale = few.simulations[0].kit_bias(component) / component.cutoff_ng_ml
    if component.per_creatinine:
        creatinine, between = _creatinine(few.simulations[0], voids, sampler)
        scale, spread = scale * ML_PER_DL / creatinine, math.hypot(spread, between)
    precision = np.float32 if component.cutoff_ng_ml >= LEAST_OF_SINGLE else np.float64
    gathered: dict[str, list[tuple[Fall, Floats]]] = {}
    spreads: dict[str, float] = {}
    for (every, _), (some, own) in zip(simulation.readers_of(component), few.readers_of(component), strict=True):
        for analyte, weight in some.weights(own).items():
            name = some.residual_name(analyte)
            made: Any = np.asarray(some.made_at(analyte, voids.flow, voids.ph), dtype=precision)
            made *= some.population.median_of_specimens(name) * weight * scale
            gathered.setdefault(name, []).append((Fall(every.response(analyte), draws, precision), made))
            spreads[name] = some.population.parameters[name].variability
    return Reader([Part(terms, spreads[name]) for name, terms in gathered.items()], spread)


def _creatinine(simulation: Simulation, voids: Voids, sampler: Sampler) -> tuple[Floats, float]:
    """Median creatinine of each void [mg/dL], and how its logarithm differs between voids of one flow."""
    physiology, parts = simulation.physiology, parts_of(simulation.person)
    deviation = (parts.osmoles - parts.usual.osmoles) / parts.usual.osmoles_spread
    excreted = creatinine_excretion(physiology.known, physiology.norms, parts.body, deviation, sampler)
    between = physiology.norms.data.parameters["creatinine_between_voids"].variability
    return np.asarray(urine.creatinine_concentration(excreted, voids.flow)), between


def odds_above(relative: Floats, spread: Value) -> Floats:
    """Odds that a reading is at or above the cutoff, by its median over the cutoff; `relative` is written over.

    Notes
    -----
    The normal distribution is taken as a logistic one of ``1.5976 z + 0.07056 z^3``, to 1.4e-4: one exponential in place of ten
    operations.

    References
    ----------
    bowling2009
    """
    np.maximum(relative, np.finfo(relative.dtype).tiny, out=relative)
    np.log(relative, out=relative)
    relative /= np.maximum(spread, LEAST_SPREAD)
    square = relative * relative
    square *= 0.07056
    square += 1.5976
    relative *= square
    np.clip(relative, -MOST_LOG_ODDS, MOST_LOG_ODDS, out=relative)
    return np.exp(relative, out=relative)


def highest(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Mean and variance of the higher of two independent normal numbers.

    References
    ----------
    clark1961
    """
    (mean, variance), (mean_2, variance_2) = one, other
    spread = np.sqrt(np.maximum(variance + variance_2, LEAST_SPREAD**2))
    apart = (mean - mean_2) / spread
    share = normal_probability(apart)
    density = np.exp(-0.5 * np.square(apart)) / math.sqrt(2.0 * math.pi)
    first = mean * share + mean_2 * (1.0 - share) + spread * density
    # About the mean, so that large levels do not cancel.
    a, b = mean - first, mean_2 - first
    second = (a * a + variance) * share + (b * b + variance_2) * (1.0 - share) + (a + b) * spread * density
    return first, np.maximum(second, 0.0)
