"""Everything that is checked of a substance's file, as one document."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from detectapi.evaluation.contribution import published
from detectapi.evaluation.contribution.plausibility import FAIL, LOOK, PASS, Line, lines
from detectapi.evaluation.contribution.rules import RULES
from detectapi.knowledge import catalog, observations
from detectapi.knowledge.catalog.reading import join
from detectapi.values.errors import Mistake
from detectapi.values.substance import Substance

TO_DO = "TODO"
"""How a gap is marked in a file: a text that begins so."""

OBSERVED = {
    "urinary_fraction": "urinary recovery",
    "half_life": "half-life",
    "auc": "area",
    "cmax": "peak",
    "detection_time": "window",
}
"""Quantities of observations that speak of the same figures as a line of plausibility."""


def check(word: str) -> dict[str, Any]:
    """Check a substance.

    Parameters
    ----------
    word : str
        Its id, name or alias.

    Returns
    -------
    dict
        ``substance``, ``file``, ``passed``, ``mistakes`` (file, place, message), ``gaps`` (likewise), ``checks`` (check,
        result, message). Where there are mistakes, nothing can be computed and ``checks`` is empty.

    Raises
    ------
    UnknownSubstance
    """
    substance_id = catalog.resolve_substance(word)
    mistakes = catalog.mistakes(substance_id)
    gaps = [] if mistakes else list(_gaps(catalog.path(substance_id)))
    checks = [] if mistakes else list(_checks(catalog.substance(substance_id)))
    return {
        "substance": substance_id,
        "file": str(catalog.path(substance_id)),
        "passed": not mistakes and not gaps and all(line.result != FAIL for line in checks),
        "mistakes": [mistake._asdict() for mistake in mistakes],
        "gaps": [gap._asdict() for gap in gaps],
        "checks": [{"check": line.check, "result": line.result, "message": line.message} for line in checks],
    }


def _checks(substance: Substance) -> Iterator[Line]:
    yield _sources(substance)
    yield from _rules(substance)
    yield from lines(substance)
    yield from published.lines(substance)
    yield _observations(substance)


def _sources(substance: Substance) -> Line:
    """How many numbers have a source, and how many are assumed."""
    origins = [parameter.origin for parameter in substance.parameters.values()]
    sources = {origin.source for origin in origins if origin.source}
    assumed = sum(origin.basis == "assumed" for origin in origins)
    words = (
        f"{len(origins) - assumed} of {len(origins)} parameters are from {len(sources)} sources; {assumed} are assumed"
    )
    return Line("sources", PASS if sources else LOOK, words)


def _rules(substance: Substance) -> Iterator[Line]:
    for rule in RULES:
        name = rule.__name__.replace("_", " ")
        broken = [Line(name, FAIL, message) for message in rule(substance)]
        yield from broken or [Line(name, PASS, "")]


def _observations(substance: Substance) -> Line:
    rows = [row for row in observations.observations(substance.id) if row.quantity in OBSERVED]
    if not rows:
        return Line("observations", LOOK, "data/observations has no row of a recovery, half-life, area, peak or window")
    return Line("observations", PASS, f"{len(rows)} rows to compare with: detectapi validate {substance.id}")


def _gaps(file: Path) -> Iterator[Mistake]:
    """Texts of the file, and of the assays and references beside it, that still say what is to be done."""
    folder = file.parent.parent
    beside = [folder / f"{kind}-{file.stem}.toml" for kind in ("assays", "references")]
    for path in [file, *(path for path in beside if path.is_file())]:
        name = path.relative_to(folder).as_posix()
        for place, text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
            if text.startswith(TO_DO):
                yield Mistake(name, place, text)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, join(path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _texts(inner, join(path, i))
