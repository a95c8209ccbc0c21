"""Published figures that the typical person is held against, read from ``data/checks/<id>.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError

from detectapi.knowledge import DATA, catalog
from detectapi.values.errors import CatalogError, Mistake
from detectapi.values.units import convert
from schemas.check import ChecksFileSchema
from schemas.error import problems

FOLDER = DATA / "checks"

UNITS = {
    "clearance": "L/h",
    "renal_clearance": "mL/min",
    "volume": "L",
    "urinary_fraction": "1",
    "auc": "ng*h/mL",
    "auc_ratio": "1",
    "cmax": "ng/mL",
    "tmax": "h",
    "half_life": "h",
    "excretion_half_life": "h",
    "disposition_half_life": "h",
    "remaining_half_life": "h",
    "urine_share": "1",
    "urine_ratio": "1",
    "urine_concentration": "ng/mL",
    "urine_peak": "ng/mL",
    "last_positive": "h",
}
"""The unit that each quantity is computed in. A file may use another unit of the same kind."""


def substances() -> list[str]:
    """The substances that have published figures."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@lru_cache(maxsize=64)
def read(substance_id: str) -> tuple[Mapping[str, Any], ...]:
    """The published figures of a substance; none where there is no file.

    Returns
    -------
    tuple of dict
        As in the file, with ``low`` and ``high`` for every figure, in the unit of `UNITS`.

    Raises
    ------
    CatalogError
        With one line for each mistake.
    """
    file = FOLDER / f"{substance_id}.toml"
    if not file.is_file():
        return ()
    name = f"checks/{file.name}"
    try:
        content = ChecksFileSchema().load(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise CatalogError.of([Mistake(name, place, text) for place, _, text, _ in problems(error.messages)]) from None
    mistakes = [] if content["substance"] == file.stem else [Mistake(name, "substance", "must be the name of the file")]
    unknown = {item["source"] for item in content["checks"] if "source" in item} - set(catalog.references())
    mistakes += [Mistake(name, "source", f"{source} is not among the references") for source in sorted(unknown)]
    figures = []
    for item in content["checks"]:
        try:
            figures.append(_in_canonical_unit(item))
        except ValueError as error:
            mistakes.append(Mistake(name, item["id"], str(error)))
    if mistakes:
        raise CatalogError.of(mistakes)
    return tuple(figures)


def _in_canonical_unit(item: Mapping[str, Any]) -> Mapping[str, Any]:
    unit, to = item["unit"], UNITS[item["quantity"]]
    ends = (item.get("low", item.get("value")), item.get("high", item.get("value")))
    low, high = (end if unit == to else convert(end, unit, to) for end in ends)
    return {**item, "low": low, "high": high, "unit": to}
