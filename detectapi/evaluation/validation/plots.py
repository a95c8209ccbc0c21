"""The plots of a validation report."""

from __future__ import annotations

import math

import numpy as np

from detectapi.evaluation.validation import scores
from detectapi.telling.svg import BLUE, GREY, INK, ORANGE, PALE, RED, Axis, Drawing, number

ROW_HEIGHT = 15.0
DAY = 24.0


def forest(outcomes, title: str) -> Drawing:
    """Observed values on the model's intervals, each row relative to its predicted median."""
    outcomes = [o for o in outcomes if not o.bound]
    left, width = 330.0, 860.0
    page = Drawing(width, 92.0 + ROW_HEIGHT * len(outcomes), title)
    ratios = [(o, max(float(np.median(o.sample)), 1e-9)) for o in outcomes]
    x = Axis(0.1, 10.0, left, width - 90.0, log=True)
    page.text(12, 20, title, 13, bold=True)
    page.text(
        12,
        36,
        "bars: 50, 90 and 95 % of what the model expects; dot: observed (hollow: from memory), line: an interval",
        10,
        colour=GREY,
    )
    bottom = 50.0 + ROW_HEIGHT * len(outcomes)
    page.below(x, bottom, "relative to the predicted median", top=46.0)
    for i, (outcome, median) in enumerate(ratios):
        y = 56.0 + ROW_HEIGHT * i
        page.text(left - 8, y + 3.5, outcome.label, 9.5, "end")
        for level, height, shade in ((0.95, 2.0, 0.3), (0.9, 5.0, 0.35), (0.5, 8.0, 0.45)):
            low, high = (x(max(v / median, x.low)) for v in scores.interval(outcome.sample, level))
            page.box(low, y - height / 2, high - low, height, BLUE, shade)
        colour = INK if outcome.inside(0.95) else RED
        least, most = (x(max(v / median, x.low)) for v in outcome.observed)
        if most > least:
            page.line(least, y, most, y, colour, 2.2)
        else:
            page.dot(least, y, 2.9, colour, hollow=outcome.row.status == "recalled")
        page.text(width - 84, y + 3.5, outcome.verdict, 9.5, colour=colour)
    return page


def pit_histogram(values, title: str) -> Drawing:
    """How often an observation fell into each tenth of its forecast."""
    page = Drawing(460, 300, title)
    counts = np.histogram(values, bins=10, range=(0, 1))[0]
    m = len(values)
    expected, spread = m / 10.0, 1.96 * math.sqrt(m * 0.09)
    x = Axis(0.0, 1.0, 50, 440)
    y = Axis(0.0, max(counts.max(initial=1), expected + spread) * 1.1, 245, 50)
    page.text(12, 20, title, 13, bold=True)
    page.box(x.start, y(expected + spread), x.end - x.start, y(max(expected - spread, 0)) - y(expected + spread), PALE)
    page.beside(y, 50, "observations")
    for i, count in enumerate(counts):
        page.box(x(i / 10) + 1.5, y(count), x(0.1) - x(0) - 3, y(0) - y(count), BLUE, 0.75)
    page.line(x.start, y(expected), x.end, y(expected), GREY, 1, "4 3")
    page.below(x, 245, "where the observation lies in the forecast")
    page.text(440, 44, "grey: 95 % of counts when forecasts are right", 9.5, "end", GREY)
    return page


def curves(panels, title: str) -> Drawing:
    """Concentration over time with published points: (name, time, low, median, high, points) for each panel."""
    columns, wide, high = 2, 420.0, 240.0
    page = Drawing(columns * wide + 10, 40 + high * math.ceil(len(panels) / columns), title)
    page.text(12, 20, title, 13, bold=True)
    for i, (name, unit, time, low, median, top, points) in enumerate(panels):
        left, above = 60 + wide * (i % columns), 70 + high * (i // columns)
        every = [*low, *top, *(v for _, v in points)]
        x = Axis(0.0, max(time), left, left + wide - 80)
        y = Axis(max(min(every) * 0.8, max(every) / 500.0), max(every) * 1.25, above + 145, above, log=True)
        page.beside(y, left, f"{name} [{unit}]", right=x.end)
        page.below(x, y.start, "hours after the first dose")
        page.area([x(t) for t in time], [y(v) for v in low], [y(v) for v in top])
        page.path([x(t) for t in time], [y(v) for v in median])
        for t, value in points:
            page.dot(x(t), y(value), 3.2)
    return page


def windows(rows, title: str) -> Drawing:
    """Detection times: what was observed, and each forecast of it: (label, observed, [(name, low, middle, high)])."""
    lines = sum(2 + sum(not f[0].startswith("claim") for f in forecasts) for _, _, forecasts in rows)
    page = Drawing(860, 96 + 16 * lines, title)
    x = Axis(0.25, 1000.0, 300, 840, log=True)
    page.text(12, 20, title, 13, bold=True)
    page.text(
        12,
        36,
        "dashed line: observed; bars: 90 % interval, or the range a claim names; days on a logarithmic scale",
        10,
        colour=GREY,
    )
    page.below(x, 54 + 16 * lines, "days after the last dose", top=46, form=number)
    y = 60.0
    for label, (least, most), forecasts in rows:
        page.text(12, y + 3.5, label, 10.5, bold=True)
        top, y = y, y + 16
        said = [(low, high) for name, low, _, high in forecasts if name.startswith("claim")]
        if said:
            page.text(290, y + 3.5, f"{len(said)} static claims", 10, "end")
            for low, high in said:
                a, b = x(low / DAY), x(high / DAY)
                page.box(a, y - 4, max(b - a, 2.0), 8, ORANGE, 0.22)
            y += 16
        for name, low, middle, high in forecasts:
            if name.startswith("claim"):
                continue
            colour = BLUE if name.startswith("model") else ORANGE
            page.text(290, y + 3.5, name, 10, "end")
            a, b = x(max(low / DAY, x.low)), x(max(high / DAY, x.low))
            page.box(a, y - 4, max(b - a, 2.0), 8, colour, 0.55)
            if middle is not None:
                page.line(x(max(middle / DAY, x.low)), y - 5, x(max(middle / DAY, x.low)), y + 5, colour, 2)
            y += 16
        for value in {least, most}:
            page.line(x(value / DAY), top + 6, x(value / DAY), y - 8, INK, 1.4, "3 2")
    return page
