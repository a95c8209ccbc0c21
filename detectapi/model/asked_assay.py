"""What a request says of the test -> an `Assay` as far as it concerns a substance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from detectapi.knowledge import catalog
from detectapi.values.assay import Assay, Component
from detectapi.values.errors import InputError, NotSupported
from detectapi.values.substance import Origin, Substance

DEFAULT_IMPRECISION = {
    "screen": (
        0.15,
        Origin("assumed", reason="usual spread of an immunoassay near its cutoff; the question states none"),
    ),
    "confirm": (
        0.10,
        Origin("assumed", reason="usual spread of a mass spectrometer near its cutoff; the question states none"),
    ),
}
"""Coefficient of variation of a measurement near its cutoff, for assays that state none, and where it comes from."""


def read_assay(asked: Any, substance: Substance) -> Assay:
    """The test of a request.

    Parameters
    ----------
    asked : str, dict or None
        The id of a registered assay, an assay in full, or nothing for the usual test of the substance.
    substance : Substance

    Raises
    ------
    InputError
        When a word has no meaning here.
    """
    if asked is None or isinstance(asked, str):
        return of_substance(_registered(asked or substance.default_assay, substance), substance)
    if "target" in asked:
        return of_substance(_immunoassay(asked, substance), substance)
    return of_substance(_mass_spectrometry(asked, substance), substance)


def _registered(assay_id: str, substance: Substance) -> Assay:
    registered = catalog.assay(assay_id)
    if registered.assay is None:
        raise NotSupported(
            f"This test has no cutoff in urine: {registered.because}", pointer="/assay", code="no-cutoff"
        )
    if substance.id not in registered.substances:
        allowed = [a.id for a in catalog.assays() if a.assay is not None and substance.id in a.substances]
        raise NotSupported(f"This test is not for {substance.name}.", pointer="/assay", allowed=allowed)
    return registered.assay


def _mass_spectrometry(asked: Mapping[str, Any], substance: Substance) -> Assay:
    components: list[Component] = []
    for i, item in enumerate(asked["analytes"]):
        pointer = f"/assay/analytes/{i}/analyte"
        moiety = catalog.resolve_analyte(substance, item["analyte"], pointer=pointer)
        component = Component(
            moiety.id, item["cutoff_ng_ml"], MappingProxyType({moiety.id: 1.0}), item.get("hydrolysed", False)
        )
        if any((c.analyte, c.hydrolysed) == (moiety.id, component.hydrolysed) for c in components):
            raise InputError("An analyte occurs once in an assay.", pointer=pointer, code="duplicate")
        components.append(component)
    return Assay(asked.get("rule", "any"), tuple(components), *_imprecision(asked, "confirm"))


def _immunoassay(asked: Mapping[str, Any], substance: Substance) -> Assay:
    target = catalog.resolve_analyte(substance, asked["target"], pointer="/assay/target")
    weights = {target.id: 1.0}
    for word, fraction in (asked.get("cross_reactivity") or {}).items():
        pointer = f"/assay/cross_reactivity/{word.replace('~', '~0').replace('/', '~1')}"
        moiety = catalog.resolve_analyte(substance, word, pointer=pointer)
        if moiety.id in weights:
            raise InputError("An analyte occurs once in an assay.", pointer=pointer, code="duplicate")
        if fraction > 0.0:
            weights[moiety.id] = fraction
    hydrolysed = asked.get("hydrolysed", False)
    component = Component(target.id, asked["cutoff_ng_ml"], MappingProxyType(weights), hydrolysed)
    return Assay("any", (component,), *_imprecision(asked, "screen"))


def _imprecision(asked: Mapping[str, Any], stage: str) -> tuple[float, Origin | None]:
    if asked.get("imprecision_cv") is not None:
        return asked["imprecision_cv"], None
    return DEFAULT_IMPRECISION[stage]


def of_substance(assay: Assay, substance: Substance) -> Assay:
    """A test as far as it concerns a substance.

    What the substance does not form is left out. Where a component is hydrolysed, the conjugates of its analytes are added: each
    sets free its own mass times the ratio of the molar masses.

    Raises
    ------
    NotSupported
        No component is left, or one is missing that must be positive with the others.
    """
    components = [_of_substance(component, substance) for component in assay.components]
    kept = tuple(component for component in components if component is not None)
    if not kept or (assay.rule == "all" and len(kept) < len(components)):
        raise NotSupported(
            f"This test needs analytes that {substance.name} does not form.", pointer="/assay", code="not-supported"
        )
    return assay if kept == assay.components else replace(assay, components=kept)


def _of_substance(component: Component, substance: Substance) -> Component | None:
    moieties = {moiety.id: moiety for moiety in substance.moieties if not moiety.carrier}
    weights = {analyte: weight for analyte, weight in component.weights.items() if analyte in moieties}
    if not weights:
        return None
    totals = {analyte for analyte in weights if moieties[analyte].total}
    conjugates: dict[str, float] = {}
    if component.hydrolysed:
        for moiety in moieties.values():
            free = moiety.conjugate_of
            if free in weights:
                mass_set_free = moieties[free].molar_mass.value / moiety.molar_mass.value
                conjugates[moiety.id] = weights[free] * mass_set_free
    if weights == component.weights and not totals and not conjugates:
        return component
    return replace(
        component,
        weights=MappingProxyType({**weights, **conjugates}),
        hydrolysed=component.hydrolysed or bool(totals),
        split=frozenset({*totals, *conjugates}),
        added=tuple(conjugates),
    )
