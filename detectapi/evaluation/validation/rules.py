"""What validation and calibration take for granted, read from ``data/validation.toml`` and ``data/misfits.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from detectapi.knowledge import DATA
from detectapi.values.errors import CatalogError

FILE = DATA / "validation.toml"


@lru_cache(maxsize=1)
def read() -> dict:
    """The whole file.

    Raises
    ------
    CatalogError
        Something it must have is missing.
    """
    rules = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for group in ("discrepancy", "families", "calibration"):
        if group not in rules:
            raise CatalogError(f"{FILE.name}: {group} is missing")
    for item in rules["discrepancy"]:
        if not item.get("reason"):
            raise CatalogError(f"{FILE.name}: {item}: reason is missing")
    return rules


def discrepancy(row) -> float:
    """By how much one study departs from the next beyond its people: a log standard deviation."""
    spread = 0.0
    for rule in read()["discrepancy"]:
        if row.quantity in rule.get("quantities", (row.quantity,)) and row.evidence in rule.get(
            "evidence", (row.evidence,)
        ):
            spread += rule["log_sd"] ** 2
    return spread**0.5


def misfits() -> dict[str, str]:
    """Known misfits: the cause by label of the outcome."""
    listed = tomllib.loads(FILE.with_name("misfits.toml").read_text(encoding="utf-8"))["misfits"]
    return {item["row"]: item["reason"] for item in listed}


def textbook_half_lives() -> list[dict]:
    """Half-lives that baselines take in place of a substance's own half-life model."""
    return tomllib.loads(FILE.with_name("baselines.toml").read_text(encoding="utf-8"))["half_lives"]


def family(substance_id: str) -> tuple[str, ...]:
    """Substances whose studies speak of the same typical values, the one itself first."""
    return (substance_id, *read()["families"].get(substance_id, {}).get("with", ()))


def mirror_form(substance_id: str) -> str | None:
    """S or R, for a substance that is one mirror form."""
    return read()["families"].get(substance_id, {}).get("mirror_form")


def calibration(substance_id: str) -> dict:
    """What is learnt of a substance: ``parameters``, and the ``routes`` whose absorption is among them.

    Raises
    ------
    CatalogError
        Nothing is said of this substance.
    """
    chosen = read().get("calibration", {})
    if substance_id not in chosen:
        raise CatalogError(f"{FILE.name}: calibration: nothing is said of {substance_id}")
    return chosen[substance_id]
