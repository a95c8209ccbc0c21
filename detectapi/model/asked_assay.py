"""What a request says of the test -> an `Assay` as far as it concerns a substance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from detectapi.knowledge import catalog
from detectapi.values.assay import Assay, Component, KitBias
from detectapi.values.errors import InputError, NotSupported
from detectapi.values.substance import Moiety, Origin, Substance

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


def read_assay(asked: Any, *substances: Substance) -> Assay:
    """The test of a request.

    Parameters
    ----------
    asked : str, dict or None
        The id of a registered assay, an assay in full, or nothing for the usual test of the first substance.
    *substances : Substance
        What was used.

    Raises
    ------
    InputError
        When a word has no meaning here.
    """
    if asked is None or isinstance(asked, str):
        return of_substances(_registered(asked or substances[0].default_assay, substances), *substances)
    if "target" in asked:
        return of_substances(_immunoassay(asked, substances), *substances)
    return of_substances(_mass_spectrometry(asked, substances), *substances)


def _registered(assay_id: str, substances: Sequence[Substance]) -> Assay:
    if catalog.panel(assay_id) is not None:
        detail = "A panel is answered by estimates, tables and sensitivity; here, name the test of one of its classes."
        raise NotSupported(detail, pointer="/assay", code="not-supported")
    registered = catalog.assay(assay_id)
    if registered.assay is None:
        raise NotSupported(
            f"This test has no cutoff in urine: {registered.because}", pointer="/assay", code="no-cutoff"
        )
    used = {substance.id for substance in substances}
    if not used & set(registered.substances):
        allowed = [a.id for a in catalog.assays() if a.assay is not None and used & set(a.substances)]
        names = " or ".join(substance.name for substance in substances)
        raise NotSupported(f"This test is not for {names}.", pointer="/assay", allowed=allowed)
    return registered.assay


def analyte_of(substances: Sequence[Substance], word: str, pointer: str) -> Moiety:
    """The analyte that a word means, of the first substance that has one of this name.

    Raises
    ------
    NotSupported
        None of them has one.
    """
    refusals = []
    for substance in substances:
        try:
            return catalog.resolve_analyte(substance, word, pointer=pointer)
        except NotSupported as error:
            refusals.append(error)
    raise refusals[0]


def _mass_spectrometry(asked: Mapping[str, Any], substances: Sequence[Substance]) -> Assay:
    components: list[Component] = []
    for i, item in enumerate(asked["analytes"]):
        pointer = f"/assay/analytes/{i}/analyte"
        moiety = analyte_of(substances, item["analyte"], pointer)
        component = _component(item, moiety.id, {moiety.id: 1.0})
        if any((c.analyte, c.hydrolysed) == (moiety.id, component.hydrolysed) for c in components):
            raise InputError("An analyte occurs once in an assay.", pointer=pointer, code="duplicate")
        components.append(component)
    # Who states the bias of a kit asks about a screening test.
    stage = "screen" if "kit_bias_sd" in asked else "confirm"
    rule, imprecision = asked.get("rule", "any"), _imprecision(asked, stage)
    return Assay(rule, tuple(components), *imprecision, kit_bias=_kit_bias(asked))


def _component(asked: Mapping[str, Any], analyte: str, weights: Mapping[str, float]) -> Component:
    """A part of a test, with the one of both cutoffs that is stated."""
    per_creatinine = "cutoff_ng_mg_creatinine" in asked
    cutoff = asked["cutoff_ng_mg_creatinine" if per_creatinine else "cutoff_ng_ml"]
    return Component(analyte, cutoff, MappingProxyType(weights), asked.get("hydrolysed", False), per_creatinine)


def _kit_bias(asked: Mapping[str, Any]) -> KitBias | None:
    return KitBias(asked["kit_bias_sd"]) if "kit_bias_sd" in asked else None


def _immunoassay(asked: Mapping[str, Any], substances: Sequence[Substance]) -> Assay:
    target = analyte_of(substances, asked["target"], "/assay/target")
    weights = {target.id: 1.0}
    for word, fraction in (asked.get("cross_reactivity") or {}).items():
        pointer = f"/assay/cross_reactivity/{word.replace('~', '~0').replace('/', '~1')}"
        moiety = analyte_of(substances, word, pointer)
        if moiety.id in weights:
            raise InputError("An analyte occurs once in an assay.", pointer=pointer, code="duplicate")
        if fraction > 0.0:
            weights[moiety.id] = fraction
    component = _component(asked, target.id, weights)
    return Assay("any", (component,), *_imprecision(asked, "screen"), kit_bias=_kit_bias(asked))


def _imprecision(asked: Mapping[str, Any], stage: str) -> tuple[float, Origin | None]:
    if asked.get("imprecision_cv") is not None:
        return asked["imprecision_cv"], None
    return DEFAULT_IMPRECISION[stage]


def of_substances(assay: Assay, *substances: Substance) -> Assay:
    """A test as far as it concerns some substances that were used.

    What none of them forms is left out. Where a component is hydrolysed, the conjugates of its analytes are added: each sets free
    its own mass times the ratio of the molar masses. Of a test in stages each stage is.

    Raises
    ------
    NotSupported
        No component is left, or one is missing that must be positive with the others.
    """
    if assay.stages:
        stages = tuple(of_substances(stage, *substances) for stage in assay.stages)
        return replace(assay, components=stages[-1].components, stages=stages)
    components = [_merged([_of_substance(component, one) for one in substances]) for component in assay.components]
    kept = tuple(component for component in components if component is not None)
    if not kept or (assay.rule == "all" and len(kept) < len(components)):
        names = " or ".join(substance.name for substance in substances)
        raise NotSupported(
            f"This test needs analytes that {names} does not form.", pointer="/assay", code="not-supported"
        )
    return assay if kept == assay.components else replace(assay, components=kept)


def _merged(components: Sequence[Component | None]) -> Component | None:
    """One component as several substances concern it: what any of them forms counts."""
    concerned = [component for component in components if component is not None]
    if len(concerned) < 2:
        return concerned[0] if concerned else None
    weights = {analyte: weight for one in concerned for analyte, weight in one.weights.items()}
    return replace(
        concerned[0],
        weights=MappingProxyType(weights),
        hydrolysed=any(one.hydrolysed for one in concerned),
        split=frozenset().union(*(one.split for one in concerned)),
        added=tuple(dict.fromkeys(analyte for one in concerned for analyte in one.added)),
    )


def part_of(assay: Assay, substance: Substance) -> Assay:
    """What of a test, put together by `of_substances`, reads what one substance forms; other components are left out."""
    if assay.stages:
        stages = tuple(part_of(stage, substance) for stage in assay.stages)
        return replace(assay, components=stages[-1].components, stages=stages)
    components = (component_of(component, substance) for component in assay.components)
    return replace(assay, components=tuple(component for component in components if component is not None))


def component_of(component: Component, substance: Substance) -> Component | None:
    """What one substance adds to a component that was put together by `of_substances`; None where it adds nothing."""
    formed = {moiety.id for moiety in substance.moieties if not moiety.carrier}
    weights = {analyte: weight for analyte, weight in component.weights.items() if analyte in formed}
    if not weights:
        return None
    added = tuple(analyte for analyte in component.added if analyte in formed)
    return replace(component, weights=MappingProxyType(weights), split=component.split & formed, added=added)


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
