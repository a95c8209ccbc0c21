"""Rows that name a panel: one answer for the panel as a whole, then one for each class that looks for what was used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from detectapi.batch import kernel
from detectapi.batch.kernel import Row
from detectapi.batch.summaries import figures_of, of_series
from detectapi.exponentials import Crossings
from detectapi.knowledge.evidence import GRADES, not_tested
from detectapi.model.draws import layout
from detectapi.model.panel import ClassQuestion, Untested
from detectapi.model.walk_of_voids import Series
from detectapi.model.window import combine
from detectapi.values.errors import NumericalError

NOT_LOOKED_FOR = "not-looked-for"


class PanelRow(NamedTuple):
    """A row with a panel as its test, ready to be answered: `detectapi.model.panel.classes_of`."""

    request: Mapping[str, Any]
    classes: Sequence[ClassQuestion]
    untested: Sequence[Untested]


AnyRow: TypeAlias = Row | PanelRow


def answer_rows(
    rows: Sequence[AnyRow], times: Sequence[float], with_serial: bool = False
) -> list[list[dict[str, Any]] | NumericalError]:
    """Windows of many rows.

    Parameters
    ----------
    rows : sequence of Row or PanelRow
    times : sequence of float
        Times at which the probability of a positive specimen is wanted. [h after the last dose]
    with_serial : bool
        As in `detectapi.batch.kernel.answer_rows`. That of a panel is that of the class that is positive longest.

    Returns
    -------
    list of (list of dict) or NumericalError
        For each row its answer, with ``class``: None for a test, and for a panel as a whole. A panel has those of its classes
        after it.
    """
    parts = [_parts(row) for row in rows]
    answered = iter(kernel.answer_rows([part for own in parts for part in own], times, with_serial))
    return [
        _answers(row, [next(answered) for _ in own], np.asarray(times, dtype=float), with_serial)
        for row, own in zip(rows, parts, strict=True)
    ]


def _parts(row: AnyRow) -> list[Row]:
    """What the kernel answers of a row: the row itself, or a row for each class."""
    if isinstance(row, Row):
        return [row]
    return [Row(row.request, asked.question, of_panel=True) for asked in row.classes]


def _answers(row: AnyRow, parts: Sequence[Any], times: Any, with_serial: bool) -> list[dict[str, Any]] | NumericalError:
    for part in parts:
        if isinstance(part, NumericalError):
            return part
    if isinstance(row, Row):
        return [{**parts[0], "class": None}]
    classes = [{**part, "class": asked.panel_class.id} for asked, part in zip(row.classes, parts, strict=True)]
    series = _series_of_whole(row, classes) if with_serial else {}
    return [{**_whole(row, classes, times), **series}, *classes]


def _whole(row: PanelRow, classes: Sequence[Mapping[str, Any]], times: Any) -> dict[str, Any]:
    """The answer of a panel as a whole: positive where some class is."""
    options = row.request["options"]
    if classes:
        crossings = [Crossings(one["first"], one["last"], np.zeros(len(one["last"]), dtype=bool)) for one in classes]
        first, last = combine(crossings, "any")
        grade = max((one["evidence"] for one in classes), key=GRADES.index)
    else:
        first = last = np.zeros(layout(options["draws"]).draws)
        grade = not_tested().grade
    (figures,) = figures_of(options, first[np.newaxis], last[np.newaxis], times)
    return {**figures, "evidence": grade, "notes": " ".join(_codes(row, classes)), "class": None}


def _series_of_whole(row: PanelRow, classes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What is said of a series of specimens: that of the class that is positive longest, as in an estimate."""
    options = row.request["options"]
    plan = layout(options["draws"])
    never = of_series(Series(np.zeros(plan.draws), np.zeros(plan.draws)), plan, options["level"])
    longest = max(classes, key=lambda one: float(one["last_positive_median_h"]), default=never)
    return {name: longest[name] for name in never}


def _codes(row: PanelRow, classes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Codes of the notes of all classes, each once; first that something is not looked for by any of them."""
    codes = dict.fromkeys(code for one in classes for code in one["notes"].split())
    codes.pop(NOT_LOOKED_FOR, None)
    return [*([NOT_LOOKED_FOR] if row.untested else []), *codes]
