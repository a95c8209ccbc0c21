"""What was checked of a substance's file, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 100
RESULTS = {"pass": "ok", "look": "LOOK", "fail": "WRONG"}


def checked(document: Mapping[str, Any], plain: bool = False) -> str:
    """The outcome of `detectapi check` in words.

    Parameters
    ----------
    document : dict
        As from `detectapi.evaluation.contribution.check.check`.
    plain : bool
        ASCII only.
    """
    text = "\n".join(_lines(document)) + "\n"
    return text.encode("ascii", "replace").decode() if plain else text


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"{document['substance']}: {document['file']}"
    for word, key in (("WRONG", "mistakes"), ("TO DO", "gaps")):
        for entry in document[key]:
            yield from _item(
                word, ": ".join(part for part in (entry["file"], entry["place"], entry["message"]) if part)
            )
    for check in document["checks"]:
        yield from _item(RESULTS[check["result"]], ": ".join(p for p in (check["check"], check["message"]) if p))
    yield _verdict(document)


def _item(word: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"  {word:6}", subsequent_indent=" " * 8, break_long_words=False)


def _verdict(document: Mapping[str, Any]) -> str:
    counts = {
        "mistakes": len(document["mistakes"]),
        "gaps": len(document["gaps"]),
        "wrong figures": sum(check["result"] == "fail" for check in document["checks"]),
        "to look at": sum(check["result"] == "look" for check in document["checks"]),
    }
    listed = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    verdict = "passed" if document["passed"] else "not yet right"
    return f"{document['substance']}: {verdict}{f' ({listed})' if listed else ''}"
