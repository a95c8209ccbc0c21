"""What only several files together can tell: sources resolve, nothing measured rests on memory, default assays fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectapi.knowledge.catalog.reading import Table
from detectapi.knowledge.catalog.registries import Reference
from detectapi.values.assay import RegisteredAssay
from detectapi.values.substance import Substance


def check_substance(
    root: Table, read: Substance, references: Mapping[str, Reference], assays: Mapping[str, RegisteredAssay]
) -> None:
    """Check a substance against the references and the assays.

    Raises
    ------
    CatalogError
        Naming the file and the key.
    """
    check_sources(root, references)
    registered = assays.get(read.default_assay)
    if registered is None or registered.assay is None:
        raise root.mistake("default_assay", "must be an assay with a cutoff in urine")
    if read.id not in registered.substances:
        raise root.mistake("default_assay", "does not list this substance")
    known = {moiety.id for moiety in read.moieties}
    if not all(set(component.weights) <= known for component in registered.assay.components):
        raise root.mistake("default_assay", "tests for an analyte the substance has not")


def check_sources(root: Table, references: Mapping[str, Reference]) -> None:
    """Every source is a citekey, and no measured or derived number rests on a source that was recalled only."""
    for table, data in _walk(root, root.data, root.path):
        for citekey in [data["source"]] if "source" in data else data.get("sources", ()):
            if citekey not in references:
                raise table.mistake("source", f"{citekey} is not in references.toml")
        if "source" in data and references[data["source"]].access == "recalled":
            raise table.mistake(
                "source", f"{data['source']} was recalled only: such a number is assumed, with the reason"
            )


def _walk(root: Table, value: Any, path: str):
    """Every table of a file with its place."""
    if isinstance(value, Mapping):
        table = Table(value, root.file, path)
        yield table, value
        for key, inner in value.items():
            if isinstance(inner, Mapping | list):
                yield from _walk(root, inner, table.place(key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _walk(root, inner, f"{path}[{i}]")
