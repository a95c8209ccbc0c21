"""The names of the parameters that a substance's moieties and routes call for, with their canonical units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import Moiety, Path, Route

UNITS = {
    "clearance": "L/h",
    "central_volume": "L",
    "nonrenal_factor": "1",
    "fraction_unbound": "1",
    "pka": "1",
    "secretion_clearance": "mL/min",
    "permeability_surface": "mL/min",
    "renal_factor": "1",
    "residual_factor": "1",
}
"""Canonical units of the parameters that every moiety has; the others follow from its place in the tree."""


def needed(moieties: Iterable[Moiety], routes: Mapping[str, Route]) -> list[dict[str, str]]:
    """The parameters that a file must have.

    Returns
    -------
    list of dict
        Of each entry exactly one name must be there. Keys are names, values are canonical units.
    """
    entries = [{"renal.ph_sensitivity": "1"}]
    for moiety in moieties:
        entries += [{f"{moiety.id}.{name}": unit} for name, unit in UNITS.items()]
        for i in range(1, moiety.peripherals + 1):
            entries.append({f"{moiety.id}.intercompartmental_clearance_{i}": "L/h"})
            entries.append({f"{moiety.id}.peripheral_volume_{i}": "L", f"{moiety.id}.release_half_life_{i}": "h"})
        if moiety.formed_from is not None:
            entries.append({f"{moiety.id}.formation_fraction": "1"})
    for path in _paths(routes):
        entries += [entry for entry in _needed_by(path) if entry not in entries]
    return entries


def _needed_by(path: Path) -> Iterator[dict[str, str]]:
    for analyte in path.delivers:
        yield {f"{path.prefix}.fraction_{analyte}": "1"}
    if path.kind in ("first-order", "zero-then-first-order"):
        yield {f"{path.prefix}.absorption_rate_constant": "1/h"}
    if path.kind in ("zero-order", "zero-then-first-order"):
        yield {f"{path.prefix}.release_duration": "h"}
    if path.lag:
        yield {f"{path.prefix}.lag_time": "h"}


def undecided(root: Table, moieties: Iterable[Moiety]) -> Callable[[str], object]:
    """Whether a mistake in a moiety or route leaves open if the file must have a parameter of some name."""
    names = [re.escape(moiety.id) for moiety in moieties]
    patterns = [] if all(names) and names else [".*"]
    for i, name in enumerate(names):
        if not root.is_sound_at(f"moieties[{i}].peripherals"):
            patterns.append(rf"{name}\.(intercompartmental_clearance|peripheral_volume|release_half_life)_\d+")
        if not root.is_sound_at(f"moieties[{i}].formed_from"):
            patterns.append(rf"{name}\.formation_fraction")
    if not root.is_sound("routes"):
        patterns.append(rf"(?!({'|'.join([*names, 'renal'])})\.).*")
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns or ["(?!)"])).fullmatch


def _paths(routes: Mapping[str, Route]) -> list[Path]:
    return [path for route in routes.values() for form in route.forms for path in form.paths]
