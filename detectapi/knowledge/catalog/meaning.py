"""Checks that need several files: sources exist, nothing measured rests on memory, the default assay fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detectapi.knowledge.catalog.reading import Table, join
from detectapi.knowledge.catalog.registries import Reference
from detectapi.values.assay import Panel, RegisteredAssay
from detectapi.values.substance import Substance


def check_assay(root: Table, substance: Substance, assays: Mapping[str, RegisteredAssay]) -> None:
    """Note what is wrong with the default assay of a substance."""
    if not root.is_sound("default_assay"):
        return
    registered = assays.get(substance.default_assay)
    if registered is None or registered.assay is None:
        root.refuse("default_assay", "must be an assay with a cutoff in urine")
        return
    known = {moiety.id for moiety in substance.moieties if not moiety.no_analyte}
    measured = {analyte for component in registered.assay.components for analyte in component.weights}
    if substance.id not in registered.substances and root.is_sound("id"):
        root.refuse("default_assay", "does not list this substance")
    elif not measured & known and known and "" not in known:
        root.refuse("default_assay", "looks for no analyte of the substance")


def check_panels(root: Table, panels: Mapping[str, Panel], assays: Mapping[str, RegisteredAssay]) -> None:
    """Note every assay of a panel that is not registered, a class with two assays for one substance, and a former id in use."""
    for panel_id, item in root.named_tables("panels"):
        if panel_id not in panels or not item.is_sound("classes"):
            continue
        taken = [name for name in panels[panel_id].formerly if name in panels or name in assays]
        if taken:
            item.refuse("formerly", f"{taken[0]} is the id of another test")
        for table, one in zip(item.tables("classes"), panels[panel_id].classes, strict=True):
            tested: set[str] = set()
            for assay_id in one.assays:
                if assay_id not in assays or assays[assay_id].assay is None:
                    table.refuse("assays", f"{assay_id} must be an assay with a cutoff in urine")
                    continue
                if tested & set(assays[assay_id].substances):
                    table.refuse(
                        "assays", f"{assay_id} tests for a substance that another assay of the class tests for"
                    )
                tested |= set(assays[assay_id].substances)


def check_sources(root: Table, references: Mapping[str, Reference]) -> None:
    """Note every source that has no entry, and every measured or derived number whose source was only recalled."""
    for table in _tables(root, root.data, root.path):
        source, sources = table.data.get("source"), table.data.get("sources")
        cited = [("source", source), *(("sources", key) for key in (sources if isinstance(sources, list) else ()))]
        for key, citekey in cited:
            if isinstance(citekey, str) and citekey not in references:
                table.refuse(key, f"{citekey} is not in references.toml")
        if isinstance(source, str) and source in references and references[source].access == "recalled":
            table.refuse("source", f"{source} was recalled only: such a number is assumed, with the reason")


def _tables(root: Table, value: Any, path: str) -> Iterator[Table]:
    """Every table of a file."""
    if isinstance(value, Mapping):
        yield Table(value, root.file, path, root.mistakes)
        for key, inner in value.items():
            yield from _tables(root, inner, join(path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _tables(root, inner, join(path, i))
