"""Frozen values that describe a test: its analytes, its cutoffs, and the rule that combines its components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from detectapi.values.substance import Origin


class Reading(NamedTuple):
    """An analyte as a test is asked for it: alone, or after hydrolysis, together with its conjugates."""

    analyte: str
    hydrolysed: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """One reading of a test against one cutoff.

    Attributes
    ----------
    analyte : str
    cutoff_ng_ml : float
        Of the concentration. [ng/mL] Where ``per_creatinine``, of the concentration over that of creatinine. [ng/mg]
    weights : dict of str to float
        Analytes with their contribution, 1 for the target and the cross-reactivity of the others.
    hydrolysed : bool
        Whether conjugates are split first, so that the analyte is read with its conjugates.
    per_creatinine : bool
        Whether the cutoff is stated per creatinine.
    split : frozenset of str
        Those of ``weights`` that hydrolysis sets free, so that its yield counts for them.
    added : tuple of str
        Those of ``weights`` that are conjugates of the others, which hydrolysis has added.
    """

    analyte: str
    cutoff_ng_ml: float
    weights: Mapping[str, float]
    hydrolysed: bool = False
    per_creatinine: bool = False
    split: frozenset[str] = frozenset()
    added: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The analytes that it is asked for: its weights without the conjugates that are read with them."""
        return tuple(analyte for analyte in self.weights if analyte not in self.added)

    @property
    def is_single(self) -> bool:
        """Whether it reads one analyte as it is."""
        return self.weights == {self.analyte: 1.0} and not self.split


@dataclass(frozen=True, slots=True)
class HydrolysisYield:
    """How much of a conjugate a laboratory sets free and reads as the parent, and how well that is known (a log-sd)."""

    value: float
    uncertainty: float
    origin: Origin | None = None


FULL_HYDROLYSIS = HydrolysisYield(
    1.0, 0.05, Origin("assumed", reason="acid and good enzymes split nearly all; the test states no yield of its own")
)


@dataclass(frozen=True, slots=True)
class KitBias:
    """How far all readings of one kit lie from the truth: the log-sd of a factor that is the same in every specimen."""

    log_sd: float
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Assay:
    """A test. ``rule`` is ``any`` (one component suffices) or ``all``.

    ``imprecision_origin`` is where the data have the imprecision from; None where the question states it. A test in stages
    has those in ``stages``: a specimen is positive where it is in every one; its own components are those of the last.
    """

    rule: str
    components: tuple[Component, ...]
    imprecision_cv: float
    imprecision_origin: Origin | None = None
    id: str | None = None
    hydrolysis_yield: HydrolysisYield = FULL_HYDROLYSIS
    kit_bias: KitBias | None = None
    stages: tuple[Assay, ...] = ()

    @property
    def in_turn(self) -> tuple[Assay, ...]:
        """The stages, or the test itself where it has one only."""
        return self.stages or (self,)

    @property
    def every_component(self) -> tuple[Component, ...]:
        """The components of all stages."""
        return tuple(component for stage in self.in_turn for component in stage.components)


@dataclass(frozen=True, slots=True)
class RegisteredAssay:
    """An assay of the registry: the test with its issuer, date and source.

    ``assay`` is None when the entry states no cutoff in urine (kept because people ask for it); ``because`` says why.
    ``limits_ng_ml`` are limits of detection by analyte, where known. ``group`` is who the test is of: ``regulation``,
    ``laboratory``, ``kit``, ``method`` or nothing; ``common`` tests are shown side by side to who does not know the test.
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
    group: str = ""
    common: bool = False


@dataclass(frozen=True, slots=True)
class PanelClass:
    """One class of a panel: ``assays`` are ids of the registry, each the test of the class for the substances it lists."""

    id: str
    name: str
    assays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotTested:
    """Substances that a panel does not look for, where its issuer says so, and why."""

    substances: tuple[str, ...]
    because: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Panel:
    """Tests that are ordered together, by issuer and date. What no class looks for is not tested; ``because`` says why.

    ``formerly`` are ids that the panel had in earlier releases; they are still understood.
    """

    id: str
    name: str
    issuer: str
    date: str
    because: str
    origin: Origin
    classes: tuple[PanelClass, ...]
    not_tested: tuple[NotTested, ...] = ()
    formerly: tuple[str, ...] = ()
