"""Does a calibration by own observations recover the truth? Studies are made up from truths, fitted, and looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detectapi.evaluation.own import fit, made
from detectapi.evaluation.own.report import typical_person
from detectapi.evaluation.own.table import gathered
from detectapi.knowledge import catalog

PEOPLE = 30
FIRST_SEED = 20261130
SEVERAL = 1000
"""Draws of the posterior for the intervals."""

PLAN = fit.Plan(walkers=64, steps=80, burn=60, begin="file")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A study that is made up again and again."""

    question: dict[str, Any]
    times: dict[str, tuple[float, ...]]
    analytes: tuple[str, ...]
    limit: float


@dataclass(frozen=True, slots=True)
class Recovered:
    """One quantity of one repetition: the truth, the fitted 90 % interval, and how wide it is relative to that before."""

    repetition: int
    quantity: str
    truth: float
    low: float
    high: float
    left: float

    @property
    def inside(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.low <= self.truth <= self.high


def repeat(scenario: Scenario, repetition: int) -> list[Recovered]:
    """Make up a study of 30 people from a truth that is drawn from the substance's file, fit it, and compare.

    Parameters
    ----------
    scenario : Scenario
    repetition : int
        Decides the truth, the people and the sampler.

    Returns
    -------
    list of Recovered
        Clearance and half-life of the typical person.
    """
    substance = scenario.question["substance"]
    rng = np.random.default_rng((FIRST_SEED, repetition))
    names = [name for name, one in catalog.substance(substance).parameters.items() if one.uncertainty > 0.0]
    truth = dict(zip(names, rng.standard_normal(len(names)), strict=True))
    seed = FIRST_SEED + repetition
    rows = made.make(scenario.question, scenario.times, scenario.analytes, PEOPLE, truth, scenario.limit, seed)
    own = gathered(rows)
    target = fit.Target(substance, own, PLAN.begin)
    draws = fit.fitted(target, PLAN).thinned(SEVERAL)
    before = rng.standard_normal((SEVERAL, len(names)))
    after = before.copy()
    for i, name in enumerate(target.names):
        after[:, names.index(name)] = draws[:, i]
    true = typical_person(substance, own, names, np.array([list(truth.values())]))
    prior, posterior = (typical_person(substance, own, names, some) for some in (before, after))
    return [
        Recovered(repetition, quantity, float(true[quantity][0]), *_ends(posterior[quantity]),
                  float(np.ptp(np.log(_ends(posterior[quantity]))) / np.ptp(np.log(_ends(prior[quantity])))))
        for quantity in true
    ]  # fmt: skip


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)
