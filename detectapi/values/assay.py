"""Values that describe a test: what it looks for, from which concentration on, and how its parts combine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from detectapi.values.substance import Origin


@dataclass(frozen=True, slots=True)
class Component:
    """One reading of a test against one cutoff.

    ``weights`` maps analytes to their contribution, 1 for the target and the cross-reactivity of the others.
    """

    analyte: str
    cutoff_ng_ml: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Assay:
    """A test. ``rule`` is ``any`` (one component suffices) or ``all``.

    ``imprecision_origin`` is where the data have the imprecision from; None where the question states it.
    """

    rule: str
    components: tuple[Component, ...]
    imprecision_cv: float
    imprecision_origin: Origin | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class RegisteredAssay:
    """An assay of the registry: the test with its issuer, date and source.

    ``assay`` is None when the entry states no cutoff in urine (kept because people ask for it); ``because`` says why.
    ``limits_ng_ml`` are limits of detection by analyte, where known.
    """

    id: str
    name: str
    issuer: str
    date: str
    kind: str
    method: str
    stage: str
    substances: tuple[str, ...]
    origin: Origin
    assay: Assay | None
    because: str = ""
    limits_ng_ml: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
