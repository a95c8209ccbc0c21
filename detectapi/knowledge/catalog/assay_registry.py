"""The registry of tests: assays by issuer and date, and the panels that order several together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from detectapi.knowledge.catalog.parameters import origin, quantity
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.assay import (
    FULL_HYDROLYSIS,
    Assay,
    Component,
    HydrolysisYield,
    KitBias,
    NotTested,
    Panel,
    PanelClass,
    RegisteredAssay,
)

KINDS = ("immunoassay", "mass-spectrometry")
STAGES = ("screen", "confirm")
GROUPS = ("regulation", "laboratory", "kit", "method")
TWO_STAGE = "two-stage"
"""Kind and stage of a test that names a screen and a confirmation."""
CUTOFFS = ("cutoff_ng_ml", "cutoff_ng_mg_creatinine")


def assays(root: Table) -> dict[str, RegisteredAssay]:
    """Read ``assays.toml``. A test in two stages names others of the same file, before or after it."""
    tables = dict(root.named_tables("assays"))
    known = {name: _assay(name, item) for name, item in tables.items() if "stages" not in item}
    known |= {name: _staged(name, item, known) for name, item in tables.items() if "stages" in item}
    for item in tables.values():
        item.finish()
    root.finish()
    return {name: known[name] for name in tables}


def _assay(assay_id: str, table: Table) -> RegisteredAssay:
    kind = table.choice("kind", KINDS)
    components = tuple(_component(item, kind) for item in table.tables("components", optional=True))
    because = ""
    if not components:
        because = table.optional_text("because") or ""
        if not because and table.is_sound("components") and table.is_sound("because"):
            table.refuse("components", "is missing; an assay without a cutoff in urine says why under because")
    return RegisteredAssay(
        id=assay_id,
        name=table.text("name"),
        issuer=table.text("issuer"),
        date=table.text("date"),
        kind=kind,
        method=table.text("method"),
        stage=table.choice("stage", STAGES),
        substances=table.texts("substances"),
        origin=origin(table),
        assay=_test(assay_id, table, kind, components) if components else None,
        because=because,
        limits_ng_ml=MappingProxyType(table.factors("limits_ng_ml") if "limits_ng_ml" in table else {}),
        group=_group(table),
        common=table.flag("common", False),
    )


def _group(table: Table) -> str:
    return table.choice("group", GROUPS) if "group" in table else ""


def _test(assay_id: str, table: Table, kind: str, components: tuple[Component, ...]) -> Assay:
    readings = [(component.analyte, component.hydrolysed) for component in components if component.analyte]
    if len(set(readings)) < len(readings):
        table.refuse("components", "an analyte occurs once")
    imprecision = quantity(table.table("imprecision_cv"), "1")
    if imprecision.value < 0.0 or imprecision.value > 1.0:
        table.refuse("imprecision_cv", "must lie between 0 and 1")
    split = FULL_HYDROLYSIS
    if "hydrolysis_yield" in table:
        split = _hydrolysis_yield(table.table("hydrolysis_yield"))
        if not any(component.hydrolysed for component in components):
            table.refuse("hydrolysis_yield", "belongs to a test with a hydrolysed component")
    bias = _kit_bias(table, kind) if "kit_bias_sd" in table else None
    rule = table.choice("rule", ("any", "all"))
    return Assay(rule, components, imprecision.value, imprecision.origin, assay_id, split, bias)


def _hydrolysis_yield(table: Table) -> HydrolysisYield:
    value, uncertainty = table.number("value"), table.number("uncertainty")
    if value <= 0.0 or value > 1.0:
        table.refuse("value", "must be above 0 and at most 1")
    if uncertainty < 0.0:
        table.refuse("uncertainty", "must not be negative")
    result = HydrolysisYield(value, uncertainty, origin(table))
    table.finish()
    return result


def _kit_bias(table: Table, kind: str) -> KitBias:
    spread = quantity(table.table("kit_bias_sd"), "1")
    if spread.value <= 0.0 or spread.value > 2.0:
        table.refuse("kit_bias_sd", "must be above 0 and at most 2")
    if kind not in ("", "immunoassay"):
        table.refuse("kit_bias_sd", "belongs to an immunoassay")
    return KitBias(spread.value, spread.origin)


def _component(table: Table, kind: str) -> Component:
    analyte = table.text("analyte")
    present = [key for key in CUTOFFS if key in table]
    key = present[0] if present else CUTOFFS[0]
    for other in present[1:]:
        table.refuse(other, f"cannot stand beside {key}")
    table.allow(*present[1:])
    cutoff = table.number(key)
    if cutoff <= 0.0:
        table.refuse(key, "must be above 0")
    weights = {analyte: 1.0}
    if "cross_reactivity" in table:
        if kind not in ("", "immunoassay"):
            table.refuse("cross_reactivity", "belongs to an immunoassay")
        others = table.factors("cross_reactivity")
        if analyte in others:
            table.refuse("cross_reactivity", "the target itself counts as 1")
        weights |= others
    hydrolysed = table.flag("hydrolysed", False)
    table.finish()
    return Component(analyte, cutoff, MappingProxyType(weights), hydrolysed, key == CUTOFFS[1])


def _staged(assay_id: str, table: Table, known: Mapping[str, RegisteredAssay]) -> RegisteredAssay:
    """A test in two stages: a screen, and a confirmation of what it finds."""
    names, substances = table.texts("stages"), table.texts("substances")
    stages = [known[name] for name in names if name in known]
    tests = tuple(stage.assay for stage in stages if stage.assay is not None)
    whole = len(names) == len(tests) and [stage.stage for stage in stages] == list(STAGES)
    if not whole and table.is_sound("stages"):
        table.refuse("stages", "must name a screen and a confirmation of this file, both with a cutoff")
    for stage in stages:
        if not set(substances) <= set(stage.substances):
            table.refuse("substances", f"must all be in {stage.id}")
    return RegisteredAssay(
        id=assay_id,
        name=table.text("name"),
        issuer=table.text("issuer"),
        date=table.text("date"),
        kind=TWO_STAGE,
        method="; then ".join(stage.method for stage in stages),
        stage=TWO_STAGE,
        substances=substances,
        origin=origin(table),
        assay=replace(tests[-1], id=assay_id, stages=tests) if whole else None,
        group=_group(table),
        common=table.flag("common", False),
    )


def panels(root: Table) -> dict[str, Panel]:
    """Read ``panels.toml``."""
    known = {}
    for panel_id, item in root.named_tables("panels"):
        classes = tuple(_panel_class(one) for one in item.tables("classes"))
        if item.is_sound("classes") and (not classes or len({one.id for one in classes}) < len(classes)):
            item.refuse("classes", "must not be empty, and each id occurs once")
        known[panel_id] = Panel(
            id=panel_id,
            name=item.text("name"),
            issuer=item.text("issuer"),
            date=item.text("date"),
            because=item.text("because"),
            origin=origin(item),
            classes=classes,
            formerly=item.optional_texts("formerly") or (),
            not_tested=tuple(_not_tested(one) for one in item.tables("not_tested", optional=True)),
        )
        item.finish()
    root.finish()
    return known


def _panel_class(table: Table) -> PanelClass:
    result = PanelClass(table.text("id"), table.text("name"), table.texts("assays"))
    table.finish()
    return result


def _not_tested(table: Table) -> NotTested:
    result = NotTested(table.texts("substances"), table.text("because"), origin(table))
    table.finish()
    return result
