"""Frozen values that describe the results of studies and what people are told; read by `detectapi.knowledge.observations`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sampling:
    """The sampling of a study: matrix, times, length. ``until_h`` is None if the end of follow-up is not known."""

    matrix: str
    kind: str
    clock: str
    every_h: float | None
    from_h: float | None
    until_h: float | None
    times_h: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One arm of a study. ``doses``, ``given`` and ``compared_with`` are parts of a request, as in the file."""

    id: str
    source: str
    substance: str
    population: str
    n: int | None
    doses: tuple[Mapping[str, Any], ...] | None
    given: Mapping[str, Any]
    compared_with: Mapping[str, Any] | None
    sampling: Sampling | None
    recalled: tuple[str, ...]
    assumed: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread printed beside a value, in its unit: ``kind`` is sd, se, cv, gsd or ci (then low, high and level)."""

    kind: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One statistic, in its quantity's canonical unit.

    It has one of: ``value``; ``low`` and ``high``; ``values`` at ``time_h``. ``fold``: relative to the same quantity under
    ``study.compared_with``. ``tuned``: typical values were chosen to agree with it, so agreement proves nothing. ``same_as``:
    the id of the row that this one restates, so that no result counts twice. ``hydrolysed``: urine was read together with the
    conjugates of the analytes.
    """

    id: str
    file: str
    study: Study
    quantity: str
    statistic: str
    analytes: tuple[str, ...]
    rule: str | None
    hydrolysed: bool
    relative_to: str | None
    ratio_of: str | None
    enantiomer: str | None
    value: float | None
    low: float | None
    high: float | None
    time_h: tuple[float, ...]
    values: tuple[float, ...]
    unit: str
    fold: bool
    spread: Spread | None
    count: tuple[int, int] | None
    n: int | None
    assay: str | None
    cutoff_ng_ml: float | None
    status: str
    evidence: str
    split: str
    locator: str | None
    recalled: tuple[str, ...]
    tuned: bool
    same_as: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A static claim, in hours; ``low_h`` and ``high_h`` are None if it names no number."""

    id: str
    file: str
    source: str
    substance: str
    says: str
    claim: str
    pattern: str
    analytes: tuple[str, ...]
    cutoff_ng_ml: float | None
    low_h: float | None
    high_h: float | None
    status: str
    evidence: str
    split: str
    note: str
