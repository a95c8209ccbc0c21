"""Statements for patients about a substance, in plain words, each with its sources."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from detectapi.knowledge import DATA, catalog
from detectapi.values.errors import CatalogError

FOLDER = DATA / "education"


@lru_cache(maxsize=1)
def cards() -> tuple[dict[str, Any], ...]:
    """All cards, with their sources written out.

    Raises
    ------
    CatalogError
        A statement has no known source.
    """
    return tuple(_card(file) for file in sorted(FOLDER.glob("*.toml")))


def about(substance_id: str) -> dict[str, Any] | None:
    """The card of a substance; None if there is none."""
    return next((card for card in cards() if substance_id in (card["substance"], *card["also"])), None)


def _card(file: Path) -> dict[str, Any]:
    root = tomllib.loads(file.read_text(encoding="utf-8"))
    citations = {key: reference.citation for key, reference in catalog.references().items()}
    citations |= {key: source["citation"] for key, source in root.get("sources", {}).items()}
    used: dict[str, int] = {}
    topics = []
    for topic in root["topics"]:
        statements = []
        for statement in topic["statements"]:
            unknown = [key for key in statement["sources"] if key not in citations]
            if unknown or not statement["sources"]:
                raise CatalogError(f"education/{file.name}: topic {topic['id']}: a statement without a known source")
            numbers = [used.setdefault(key, len(used) + 1) for key in statement["sources"]]
            claim = bool(statement.get("claim"))
            statements.append({"text": statement["text"], "claim": claim, "sources": numbers})
        topics.append({"id": topic["id"], "title": topic["title"], "statements": statements})
    return {
        "substance": root["substance"],
        "also": root.get("also", []),
        "title": root["title"],
        "reviewed": root["reviewed"],
        "topics": topics,
        "sources": [{"number": number, "citation": citations[key]} for key, number in used.items()],
    }
