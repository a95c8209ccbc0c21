"""Assumptions of validation and calibration.

They are read from ``data/validation.toml``, ``data/misfits.toml`` and ``data/calibration/<id>.toml``.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

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
    for group in ("discrepancy", "families"):
        if group not in rules:
            raise CatalogError(f"{FILE.name}: {group} is missing")
    for item in rules["discrepancy"]:
        if not item.get("reason"):
            raise CatalogError(f"{FILE.name}: {item}: reason is missing")
    return rules


def discrepancy(row) -> float:
    """Log standard deviation of the differences between studies that differences between their people do not explain."""
    return _spread(row, read()["discrepancy"])


def copying(row) -> float:
    """Log standard deviation of what reading off a figure, or copying by another, adds to a number."""
    return _spread(row, [rule for rule in read()["discrepancy"] if "evidence" in rule])


def _spread(row, some) -> float:
    spread = 0.0
    quantity = "detection_time" if row.quantity == "first_negative" else row.quantity  # the effective cutoff of both
    for rule in some:
        if quantity in rule.get("quantities", (quantity,)) and row.evidence in rule.get("evidence", (row.evidence,)):
            spread += rule["log_sd"] ** 2
    return spread**0.5


def misfits() -> dict[str, str]:
    """The causes of known misfits, by the label of the outcome."""
    return {item["row"]: item["reason"] for item in _beside("misfits.toml")["misfits"]}


def lies_in() -> dict[str, str]:
    """Where each known misfit lies, by the label of the outcome: in a parameter, in the spread, or in the observation."""
    return {item["row"]: item["lies_in"] for item in _beside("misfits.toml")["misfits"]}


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


def calculators() -> list[dict]:
    """Public calculators, with the numbers of the formulas that they print."""
    return _beside("baselines.toml")["calculators"]


def _beside(name: str) -> dict:
    return tomllib.loads(FILE.with_name(name).read_text(encoding="utf-8"))


def family(substance_id: str) -> tuple[str, ...]:
    """The substances whose studies inform the same typical values, the substance itself first."""
    return (substance_id, *read()["families"].get(substance_id, {}).get("with", ()))


def mirror_form(substance_id: str) -> str | None:
    """S or R for a substance that is one mirror form."""
    return read()["families"].get(substance_id, {}).get("mirror_form")


@lru_cache(maxsize=64)
def calibration(substance_id: str) -> dict:
    """What calibration fits for a substance, read from ``calibration/<id>.toml``.

    ``parameters``: the typical values. ``routes``: those whose absorption is among them. ``studies_of``: other substances that
    share typical values, each with the routes whose rows count. ``not_fitted``: rows that are left out, each with its reason.
    ``made_up``: rows for `detectapi.evaluation.calibration.ranks`, where not all of them serve.

    Raises
    ------
    CatalogError
        There is no such file.
    """
    file = plan_file(substance_id)
    if not file.is_file():
        raise CatalogError(f"calibration/{file.name} is missing: it lists the typical values to fit")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def plan_file(substance_id: str) -> Path:
    """Where the typical values to fit are listed."""
    return DATA / "calibration" / f"{substance_id}.toml"
