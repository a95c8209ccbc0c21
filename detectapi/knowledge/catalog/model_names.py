"""The names of the parameters that a substance's moieties and routes call for, with their canonical units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from detectapi.knowledge.catalog.moieties import paths_of
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import Moiety, Path, Route

ALWAYS = {"clearance": "L/h", "central_volume": "L", "fraction_unbound": "1"}
"""Parameters that every moiety has but a carrier; the others follow from what it is and from its place in the tree."""

OPTIONAL = {"nonrenal_factor": "1", "renal_factor": "1", "secretion_clearance": "mL/min"}
"""Parameters that a moiety may have; a factor that is left out is 1, a secretion 0."""


def needed(moieties: Iterable[Moiety], routes: Mapping[str, Route]) -> list[dict[str, str]]:
    """The parameters that a file must have.

    Returns
    -------
    list of dict
        Of each entry exactly one name must be there. Keys are names, values are canonical units.
    """
    entries: list[dict[str, str]] = []
    for moiety in moieties:
        entries += [entry for entry in _needed_by_moiety(moiety) if entry not in entries]
    for path in paths_of(routes):
        entries += [entry for entry in _needed_by(path) if entry not in entries]
    return entries


def allowed(moieties: Iterable[Moiety]) -> dict[str, str]:
    """The parameters that a file may have or leave out, with their canonical units."""
    return {f"{moiety.id}.{name}": unit for moiety in moieties if not moiety.carrier for name, unit in OPTIONAL.items()}


def _needed_by_moiety(moiety: Moiety) -> Iterator[dict[str, str]]:
    if moiety.carrier:
        return
    own = dict(ALWAYS)
    if moiety.reabsorbed:
        own["permeability_surface"] = "mL/min"
        if moiety.charge != "neutral":
            own["pka"] = "1"
            yield {"renal.ph_sensitivity": "1"}
    if moiety.conjugate_of is None:
        own["residual_factor"] = "1"
    for name, unit in own.items():
        yield {f"{moiety.id}.{name}": unit}
    for i in range(1, moiety.peripherals + 1):
        yield {f"{moiety.id}.intercompartmental_clearance_{i}": "L/h"}
        yield {f"{moiety.id}.peripheral_volume_{i}": "L", f"{moiety.id}.release_half_life_{i}": "h"}
    for parent in moiety.parents:
        yield {moiety.formation_fraction(parent): "1"}


def _needed_by(path: Path) -> Iterator[dict[str, str]]:
    if path.kind == "capacity-limited":
        yield {f"{path.prefix}.elimination_rate": "mg/h"}
    for analyte in path.delivers:
        if path.kind == "capacity-limited":
            yield {f"{path.prefix}.formation_rate_{analyte}": "1/h"}
        else:
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
            patterns.append(rf"{name}\.formation_fraction(_from_.*)?")
        if not all(
            root.is_sound_at(f"moieties[{i}].{key}") for key in ("charge", "reabsorbed", "carrier", "conjugate_of")
        ):
            patterns.append(rf"{name}\..*|renal\..*")
    if not root.is_sound("routes"):
        patterns.append(rf"(?!({'|'.join([*names, 'renal'])})\.).*")
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns or ["(?!)"])).fullmatch
