"""What a batch tells of a row: its window, the probabilities asked for, the grade of its evidence, codes of its notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detectapi.knowledge import evidence
from detectapi.model import notes
from detectapi.model.answer import error_in_hours, hours, written_reading
from detectapi.model.arrays import Bools, Floats
from detectapi.model.draws import Layout, layout
from detectapi.model.physiology import Composition, Person
from detectapi.model.question import Question
from detectapi.model.walk_of_voids import Series
from detectapi.model.window import interval, reading
from detectapi.values.errors import NumericalError


def summaries(
    rows: Sequence[Any], bodies: Sequence[tuple[Person, Composition | None]], first: Floats, last: Floats, times: Floats
) -> list[dict[str, Any] | NumericalError]:
    """Summaries of rows of one structure.

    Parameters
    ----------
    rows : sequence of detectapi.batch.kernel.Row
    bodies : sequence of (Person, Composition or None)
        Of each row; the same object for rows of the same person.
    first, last : array, shape (rows, n)
        First and last positive time of each draw. [h after the last dose]
    times : array, shape (m,)
        At which the probability of a positive specimen is wanted. [h after the last dose]
    """
    finite: Bools = np.asarray(np.isfinite(first).all(axis=1) & np.isfinite(last).all(axis=1))
    figures = figures_of(rows[0].options, first, last, times)
    written: list[Any] = []
    remarks: dict[Any, Any] = {}
    beyond: dict[Any, Any] = {}
    for i, row in enumerate(rows):
        if not finite[i]:
            written.append(NumericalError("A crossing time is not a finite number."))
            continue
        question, ever_positive = row.question, float(np.mean(last[i] > 0.0))
        mostly = ever_positive >= 0.5
        patterns = tuple(use.regimen.pattern for use in question.each)
        size = (
            patterns,
            *(use.regimen.amounts for use in question.each),
            *(c.cutoff_ng_ml for c in question.assay.every_component),
        )
        if size not in beyond:
            beyond[size] = evidence.beyond_studies(question), notes.amounts_not_studied(question)
        key = id(bodies[i]), patterns, beyond[size], mostly
        if key not in remarks:
            remarks[key] = _graded(question, *bodies[i], ever_positive)
        grade, codes = remarks[key]
        written.append({**figures[i], "evidence": grade, "notes": codes})
    return written


def figures_of(options: Mapping[str, Any], first: Floats, last: Floats, times: Floats) -> list[dict[str, Any]]:
    """The rounded figures of windows.

    Parameters
    ----------
    options : dict
        ``draws`` and ``level``.
    first, last : array, shape (rows, n)
        [h after the last dose]
    times : array, shape (m,)
        [h after the last dose]
    """
    low, median, high, error, ever = interval(last, layout(options["draws"]), options["level"])
    chances = [((first <= t) & (t < last)).mean(axis=1) for t in times]
    return [
        {
            "median_h": hours(median[i]),
            "low_h": hours(low[i]),
            "high_h": hours(high[i]),
            "monte_carlo_se_h": error_in_hours(error[i]),
            "ever_positive": round(float(ever[i]), 3),
            "probability": [round(float(chance[i]), 3) for chance in chances],
        }
        for i in range(len(last))
    ]


def of_series(series: Series, plan: Layout, level: float) -> dict[str, float]:
    """When the last positive and the first negative specimen of a row come, by the names of columns.

    Parameters
    ----------
    series : Series
    plan : Layout
        Of the draws.
    level : float
        Probability that the intervals hold.
    """
    written = ((name, written_reading(reading(getattr(series, name), plan, level))) for name in Series._fields)
    return {f"{name}_{figure}": value for name, one in written for figure, value in one.items() if figure != "level"}


def _graded(
    question: Question, person: Person, composition: Composition | None, ever_positive: float
) -> tuple[str, str]:
    """Grade of the evidence, and codes of the notes with spaces between."""
    graded = evidence.of(question, person.covariates)
    remarks = notes.collect(question, person, composition, ever_positive)
    return graded.grade, " ".join(note["code"] for note in remarks)
