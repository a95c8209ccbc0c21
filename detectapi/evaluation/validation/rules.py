"""Assumptions of validation and calibration, read from ``data/validation.toml`` and ``data/misfits.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from detectapi.knowledge import DATA
from detectapi.values.errors import CatalogError

FILE = DATA / "validation.toml"


@lru_cache(maxsize=1)
def read() -> dict:
    """The content of ``validation.toml``.

    Raises
    ------
    CatalogError
        A part is missing.
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
    """Log standard deviation of the differences between studies that differences between their people do not explain."""
    spread = 0.0
    for rule in read()["discrepancy"]:
        if row.quantity in rule.get("quantities", (row.quantity,)) and row.evidence in rule.get(
            "evidence", (row.evidence,)
        ):
            spread += rule["log_sd"] ** 2
    return spread**0.5


def misfits() -> dict[str, str]:
    """The causes of known misfits, by the label of the outcome."""
    return {item["row"]: item["reason"] for item in _beside("misfits.toml")["misfits"]}


def unbeaten(substance_id: str) -> dict[str, str]:
    """Why a baseline scores as well as the model or better, by the name of the baseline."""
    listed = _beside("misfits.toml")["unbeaten"]
    return {item["baseline"]: item["reason"] for item in listed if item["substance"] == substance_id}


def textbook_half_lives() -> list[dict]:
    """Half-lives for baselines, in place of those of a substance's half-life model."""
    return _beside("baselines.toml")["half_lives"]


def nomograms() -> list[dict]:
    """Lines on paper that foretell the concentration in urine after one dose."""
    return _beside("baselines.toml")["nomograms"]


def _beside(name: str) -> dict:
    return tomllib.loads(FILE.with_name(name).read_text(encoding="utf-8"))


def family(substance_id: str) -> tuple[str, ...]:
    """The substances whose studies inform the same typical values, the substance itself first."""
    return (substance_id, *read()["families"].get(substance_id, {}).get("with", ()))


def mirror_form(substance_id: str) -> str | None:
    """S or R for a substance that is one mirror form."""
    return read()["families"].get(substance_id, {}).get("mirror_form")


def calibration(substance_id: str) -> dict:
    """What calibration fits for a substance: ``parameters``, and the ``routes`` whose absorption is among them.

    Raises
    ------
    CatalogError
        The file has no entry for the substance.
    """
    chosen = read().get("calibration", {})
    if substance_id not in chosen:
        raise CatalogError(f"{FILE.name}: calibration: there is no entry for {substance_id}")
    return chosen[substance_id]
