"""The plots of the benchmark's report: how many numbers the model's intervals hold, and its scores beside those of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.evaluation.benchmark import score
from detectapi.telling.axis import round_axis
from detectapi.telling.svg import BLUE, GREY, ORANGE, Drawing, paper

WIDTH, LEFT, RIGHT = 860.0, 330.0, 790.0
ROW = 22.0
LEVELS = ((2, 0.5, "50 %"), (3, 0.9, "90 %"), (4, 0.95, "95 %"))
"""Column of the scores, level, words."""

Item = tuple[dict[str, str], np.ndarray, bool]


def coverage(items: Sequence[Item]) -> Drawing:
    """The share of numbers in the 50, 90 and 95 % intervals, by class of substances, with bootstrap intervals.

    Parameters
    ----------
    items : sequence
        Forecasts of one entrant, from `score.join`.
    """
    groups = {"all": list(items)}
    for name in sorted({line["class"] for line, _, _ in items}):
        groups[name] = [item for item in items if item[0]["class"] == name]
    height = 96.0 + sum(3 * ROW + 12.0 for _ in groups)
    page = paper(
        WIDTH, height, "Numbers that did not inform the model: share in its intervals",
        "dot: share observed; bar: 90 % bootstrap interval over publications; tick: share expected",
    )  # fmt: skip
    x = round_axis(0.0, 1.0, "share of numbers").on(LEFT, RIGHT)
    page.below(x, height - 46.0, top=46.0)
    y = 62.0
    for name, some in groups.items():
        values = score.each(some)
        mean, low, high = score.summary(values, [line["publication"] for line, _, _ in some])
        publications = {line["publication"] for line, _, _ in some}
        size = f"{count(len(some), 'number')} of {count(len(publications), 'publication')}"
        page.write(12, y + ROW + 3.5, name, 11, bold=True)
        page.write(12, y + 2 * ROW - 1, size, 10, colour=GREY)
        for column, level, words in LEVELS:
            page.write(LEFT - 10, y + 3.5, words, 10, "end")
            page.box(x(low[column]), y - 4, x(high[column]) - x(low[column]), 8, BLUE, fill_opacity=0.3)
            page.line(x(level), y - 8, x(level), y + 8, ORANGE, stroke_width=2)
            page.dot(x(mean[column]), y, 4, BLUE)
            y += ROW
        y += 12.0
    return page


def scores(pairs: Sequence[tuple[str, Sequence[Item], Sequence[Item]]]) -> Drawing:
    """Interval scores and CRPS of each entrant and of the model on the same numbers, with bootstrap intervals.

    Parameters
    ----------
    pairs : sequence of tuple
        Name of the entrant, its forecasts, and the model's forecasts of the same numbers.
    """
    height = 110.0 + len(pairs) * (2 * ROW + 10.0)
    page = paper(
        WIDTH, height, "Scores on numbers that no entrant was fitted to: smaller is better",
        "orange: the entrant; blue: this model on the same numbers; bar: 90 % bootstrap interval over publications",
    )  # fmt: skip
    middle = (LEFT + RIGHT) / 2.0
    whole = [(name, _summary(theirs), _summary(ours), len(theirs)) for name, theirs, ours in pairs]
    for i, (label, start, end) in enumerate(
        (("interval score", 250.0, middle - 20), ("CRPS", middle + 20, RIGHT + 40))
    ):
        every = [float(v) for _, theirs, ours, _ in whole for some in (theirs, ours) for v in some[:, i] if v > 0.0]
        x = round_axis(min(every) * 0.8, max(every) * 1.25, label, logarithmic=True).on(start, end)
        page.below(x, height - 50.0, top=46.0)
        y = 62.0
        for name, theirs, ours, size in whole:
            if i == 0:
                page.write(12, y + 3.5, name, 11, bold=True)
                page.write(12, y + 3.5 + ROW * 0.8, count(size, "number"), 10, colour=GREY)
            for some, colour in ((theirs, ORANGE), (ours, BLUE)):
                mean, low, high = (x.within(max(float(v), 1e-9)) for v in some[:, i])
                page.box(low, y - 4, max(high - low, 1.5), 8, colour, fill_opacity=0.3)
                page.dot(mean, y, 4, colour)
                y += ROW
            y += 10.0
    return page


def _summary(items: Sequence[Item]) -> np.ndarray:
    return score.summary(score.each(items), [line["publication"] for line, _, _ in items])


def count(amount: int, one: str, many: str | None = None) -> str:
    """An amount with its noun."""
    return f"{amount} {one if amount == 1 else many or one + 's'}"
