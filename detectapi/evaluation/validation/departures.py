"""How far the numbers of one study depart from the next: learned of all substances together, by kind of statistic.

A departure multiplies a statistic by ``exp(sd * z)``, where ``z`` is standard normal and ``sd`` is that of the kind of statistic,
of the substance, and of the publication: some publications depart more than others. `detectapi.evaluation.calibration.joint` learns
it (``detectapi calibrate --joint``); docs/calibration.md explains it. A publication is forecast with what the others teach.
"""

from __future__ import annotations

import json
import tomllib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from detectapi.evaluation.validation import rules
from detectapi.knowledge import DATA
from detectapi.values.observation import Observation

NAME = "between-studies"
MEDIAN = 0.6744897501960817
"""Median of the absolute value of a standard normal number."""

OF_THE_CUTOFF = ("detection_time", "first_negative", "positive_share")
"""Quantities whose departure acts on the effective cutoff, in the simulation of the study."""

Departure = Callable[[Observation, int, int], np.ndarray]
"""Logarithms of the departures of a row: of its repetitions, with a seed. Shape (repetitions,)."""


@lru_cache(maxsize=1)
def read() -> dict[str, Any]:
    """The content of ``between-studies.toml``."""
    return tomllib.loads((DATA / f"{NAME}.toml").read_text(encoding="utf-8"))


def kinds() -> dict[str, int]:
    """The place of the kind of statistic of each quantity that has one."""
    return {quantity: i for i, kind in enumerate(read()["kinds"]) for quantity in kind["quantities"]}


@dataclass(frozen=True, slots=True)
class Scales:
    """What draws of the joint fit mean.

    Attributes
    ----------
    kind : array, shape (m, kinds)
        Log standard deviation of each kind of statistic, for the usual substance and publication.
    common_factor : array, shape (m,)
        Of all kinds, relative to what was assumed.
    kinds, substances, publications : array, shape (m,)
        How unequal kinds, substances and publications are: log standard deviations of their factors.
    shared : array, shape (m,)
        Share of the variance that rows of one kind and one publication have in common. [0 to 1]
    of_substance : array, shape (m, substances)
        Logarithm of the factor of each substance.
    """

    kind: np.ndarray
    common_factor: np.ndarray
    kinds: np.ndarray
    substances: np.ndarray
    publications: np.ndarray
    shared: np.ndarray
    of_substance: np.ndarray


OTHERS = 5
"""Parameters beside those of kinds and substances: three inequalities, the common factor, the shared variance."""


def scales(draws: np.ndarray) -> Scales:
    """The meaning of draws, which are standard normal numbers under the prior. Shape (m, kinds + OTHERS + substances)."""
    rules_of_it, n = read(), len(read()["kinds"])
    factors = rules_of_it["factors"]
    medians = np.array([factors[word] for word in ("kinds", "substances", "publications")])
    unequal = ndtri(0.5 + 0.5 * ndtr(draws[:, n : n + 3])) / MEDIAN * medians
    common = np.exp(factors["common"] * draws[:, n + 3])
    own = np.exp(unequal[:, :1] * draws[:, :n])
    return Scales(
        kind=np.array([kind["median"] for kind in rules_of_it["kinds"]]) * common[:, None] * own,
        common_factor=common,
        kinds=unequal[:, 0],
        substances=unequal[:, 1],
        publications=unequal[:, 2],
        shared=ndtr(draws[:, n + 4]),
        of_substance=unequal[:, 1:2] * draws[:, n + OTHERS :],
    )


@dataclass(frozen=True, slots=True)
class Learned:
    """The joint fit: its scales; its log likelihood of each publication, shape (m,); the place of each substance."""

    scales: Scales
    log_likelihood: Mapping[str, np.ndarray]
    substances: Mapping[str, int]

    def __call__(self, row: Observation, repetitions: int, seed: int) -> np.ndarray:
        """Departures of a row, as a publication that the fit has not seen makes them. Shape (repetitions,)."""
        rng = np.random.default_rng((seed, zlib.crc32(row.id.encode())))
        kind = kinds().get(row.quantity)
        if kind is None:
            return np.zeros(repetitions)
        chosen = rng.permutation(self.without(row.study.source, repetitions))
        normal = rng.standard_normal((3, repetitions))
        place = self.substances.get(row.study.substance)
        of_substance = (
            self.scales.substances[chosen] * normal[0] if place is None else self.scales.of_substance[chosen, place]
        )
        factor = np.exp(of_substance + self.scales.publications[chosen] * normal[1])
        return np.hypot(self.scales.kind[chosen, kind] * factor, rules.copying(row)) * normal[2]

    def without(self, source: str, count: int) -> np.ndarray:
        """So many draws as the fit would give without a publication: weighted by one over its likelihood."""
        return weighted_places(-self.log_likelihood.get(source, np.zeros(len(self.scales.shared))), count)


def weighted_places(log_weight: np.ndarray, count: int) -> np.ndarray:
    """Places of so many evenly spaced draws, each as often as its weight says. Shape (count,)."""
    weight = np.cumsum(np.exp(log_weight - log_weight.max()))
    places = np.searchsorted(weight / weight[-1], (np.arange(count) + 0.5) / count)
    return np.minimum(places, len(weight) - 1)


@lru_cache(maxsize=1)
def learned() -> Learned:
    """The joint fit of the data."""
    about = json.loads((DATA / f"{NAME}.json").read_text(encoding="utf-8"))
    with np.load(DATA / f"{NAME}.npz") as stored:
        draws, table = stored["draws"].astype(float), stored["log_likelihood"].astype(float)
    names = {member: i for i, members in enumerate(about["substances"]) for member in members}
    return Learned(scales(draws), dict(zip(about["publications"], table, strict=True)), names)


def assumed(row: Observation, repetitions: int, seed: int) -> np.ndarray:
    """Departures as ``validation.toml`` assumes them, the same for all rows. Shape (repetitions,)."""
    if row.quantity in OF_THE_CUTOFF:
        return np.zeros(repetitions)
    return rules.discrepancy(row) * np.random.default_rng(seed + 7).standard_normal(repetitions)


def none(row: Observation, repetitions: int, seed: int) -> np.ndarray:
    """No departures. Shape (repetitions,)."""
    return np.zeros(repetitions)
