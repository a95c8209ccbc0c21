"""Codes of other systems (LOINC, RxNorm, SNOMED CT, HL7) and units (UCUM), read from ``data/codes.toml``, each with its status."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from detectapi.knowledge import DATA
from detectapi.values.errors import CatalogError

STATUSES = ("read", "read-code-only", "recalled")
KINDS = (
    "quantity", "presence", "per-creatinine", "class", "class-quantity", "cutoff", "panel", "measurement", "deprecated",
    "ingredient", "product", "verdict", "specimen", "label",
)  # fmt: skip
METHODS = ("any", "screen", "confirm", "strip")


class Code(NamedTuple):
    """What a code of another system means here.

    Attributes
    ----------
    system, code : str
    of : str
        An analyte, a substance, a class or a measurement, by the kind.
    kind, method : str
        Of `KINDS` and `METHODS`.
    status : str
        Of `STATUSES`: how the code is known.
    source : str
        Where it was seen.
    cutoff_ng_ml : float or None
        That a screen of this code has. [ng/mL]
    hydrolysed : bool or None
        Whether conjugates are split first; None where the code does not say.
    strength_mg : float or None
        Of one tablet or capsule. [mg of ``basis``]
    basis, route : str or None
        Of a product.
    unused : str or None
        Why it means nothing to a question.
    """

    system: str
    code: str
    of: str
    kind: str
    status: str
    source: str
    method: str = "any"
    cutoff_ng_ml: float | None = None
    hydrolysed: bool | None = None
    strength_mg: float | None = None
    basis: str | None = None
    route: str | None = None
    unused: str | None = None

    @property
    def is_active(self) -> bool:
        """Whether it is used by default: it was not written from memory, and means something to a question."""
        return self.status != "recalled" and self.unused is None


class Unit(NamedTuple):
    """A unit of UCUM.

    Attributes
    ----------
    code : str
    factor : float
        Its value in the unit of the question.
    """

    code: str
    factor: float


@lru_cache(maxsize=1)
def codes() -> Mapping[tuple[str, str], Code]:
    """Every code by its system and itself.

    Raises
    ------
    CatalogError
        A row is wrong, or stands twice.
    """
    root = _file()
    known: dict[tuple[str, str], Code] = {}
    for name, table in root["systems"].items():
        for row in table["codes"]:
            code = _code(name, table["system"], row, root["sources"])
            if known.setdefault((code.system, code.code), code) is not code:
                raise CatalogError(f"codes.toml: {name} {code.code} stands twice.")
    return known


def _code(name: str, system: str, row: Mapping[str, Any], sources: Mapping[str, str]) -> Code:
    try:
        code = Code(system=system, **row)
    except TypeError as error:
        raise CatalogError(f"codes.toml: {name}: {error}") from None
    if (
        code.status not in STATUSES
        or code.kind not in KINDS
        or code.method not in METHODS
        or code.source not in sources
    ):
        raise CatalogError(f"codes.toml: {name} {code.code}: an unknown status, kind, method or source.")
    return code


@lru_cache(maxsize=1)
def units() -> Mapping[str, Mapping[str, Unit]]:
    """Units by what they measure, then by their code, and by each text that is read for it."""
    return {
        kind: {
            word: Unit(row["code"], float(row["factor"]))
            for row in rows
            for word in (row["code"], *row.get("text", ()))
        }
        for kind, rows in _file()["units"].items()
    }


def system(name: str) -> str:
    """The address of a system by its name in the file, such as ``loinc``."""
    return str(_file()["systems"][name]["system"])


def classes() -> Mapping[str, list[str]]:
    """By class of substances, the analytes that it is looked for by."""
    return dict(_file()["classes"])


def cross_reactants() -> list[tuple[list[str], list[str]]]:
    """Words for medicines to which a screen can respond, each with the substances of the screen."""
    return [(row["words"], row["substances"]) for row in _file()["cross_reactants"]]


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads((DATA / "codes.toml").read_text(encoding="utf-8"))
