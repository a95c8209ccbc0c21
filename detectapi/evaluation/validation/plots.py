"""The plots of a validation report."""

from __future__ import annotations

import math

import numpy as np

from detectapi.evaluation.validation import scores
from detectapi.telling.axis import round_axis
from detectapi.telling.svg import BLUE, GREY, INK, ORANGE, PALE, RED, Drawing, paper

ROW_HEIGHT = 15.0
DAY = 24.0


def forest(outcomes, title: str) -> Drawing:
    """Observed values on the model's intervals, each row relative to its predicted median."""
    outcomes = [o for o in outcomes if not o.bound]
    left, width = 330.0, 860.0
    page = paper(
        width,
        92.0 + ROW_HEIGHT * len(outcomes),
        title,
        "bars: 50, 90 and 95 % of what the model expects; dot: observed (hollow: from memory), line: an interval",
    )
    ratios = [(o, max(float(np.median(o.sample)), 1e-9)) for o in outcomes]
    x = round_axis(0.1, 10.0, "relative to the predicted median", logarithmic=True).on(left, width - 90.0)
    page.below(x, 50.0 + ROW_HEIGHT * len(outcomes), top=46.0)
    for i, (outcome, median) in enumerate(ratios):
        y = 56.0 + ROW_HEIGHT * i
        page.write(left - 8, y + 3.5, outcome.label, 9.5, "end")
        for level, height, shade in ((0.95, 2.0, 0.3), (0.9, 5.0, 0.35), (0.5, 8.0, 0.45)):
            low, high = (x.within(v / median) for v in scores.interval(outcome.sample, level))
            page.box(low, y - height / 2, high - low, height, BLUE, fill_opacity=shade)
        colour = INK if outcome.inside(0.95) else RED
        least, most = (x.within(v / median) for v in outcome.observed)
        if most > least:
            page.line(least, y, most, y, colour, stroke_width=2.2)
        else:
            page.dot(least, y, 2.9, colour, hollow=outcome.row.status == "recalled")
        page.write(width - 84, y + 3.5, outcome.verdict, 9.5, colour=colour)
    return page


def pit_histogram(values, title: str) -> Drawing:
    """How often an observation fell into each tenth of its forecast."""
    page = paper(460, 300, title)
    counts = np.histogram(values, bins=10, range=(0, 1))[0]
    m = len(values)
    expected, spread = m / 10.0, 1.96 * math.sqrt(m * 0.09)
    x = round_axis(0.0, 1.0, "where the observation lies in the forecast").on(50, 440)
    y = round_axis(0.0, max(counts.max(initial=1), expected + spread) * 1.1, "observations").on(245, 50)
    page.box(x.start, y(expected + spread), x.end - x.start, y(max(expected - spread, 0)) - y(expected + spread), PALE)
    page.beside(y, 50)
    for i, count in enumerate(counts):
        page.box(x(i / 10) + 1.5, y(count), x(0.1) - x(0) - 3, y(0) - y(count), BLUE, fill_opacity=0.75)
    page.line(x.start, y(expected), x.end, y(expected), GREY, stroke_dasharray="4 3")
    page.below(x, 245)
    page.write(440, 44, "grey: 95 % of counts when forecasts are right", 9.5, "end", GREY)
    return page


def curves(panels, title: str) -> Drawing:
    """Concentration over time with published points: (name, time, low, median, high, points) for each panel."""
    columns, wide, high = 2, 420.0, 240.0
    page = paper(columns * wide + 10, 40 + high * math.ceil(len(panels) / columns), title)
    for i, (name, unit, time, low, median, top, points) in enumerate(panels):
        left, above = 60 + wide * (i % columns), 70 + high * (i // columns)
        every = [*low, *top, *(v for _, v in points)]
        x = round_axis(0.0, max(time), "hours after the first dose").on(left, left + wide - 80)
        ends = max(min(every) * 0.8, max(every) / 500.0), max(every) * 1.25
        y = round_axis(*ends, f"{name} [{unit}]", logarithmic=True).on(above + 145, above)
        page.beside(y, left, right=x.end)
        page.below(x, y.start)
        across = [x(t) for t in time]
        page.area(across, *([y.within(v) for v in values] for values in (low, top)), fill_opacity=0.18)
        page.path(across, [y.within(v) for v in median], stroke_width=1.6)
        for t, value in points:
            page.dot(x.within(t), y.within(value), 3.2)
    return page


def windows(rows, title: str) -> Drawing:
    """Detection times: what was observed, and each forecast of it: (label, observed, [(name, low, middle, high)])."""
    lines = sum(2 + sum(not f[0].startswith("claim") for f in forecasts) for _, _, forecasts in rows)
    page = paper(
        860,
        96 + 16 * lines,
        title,
        "dashed line: observed; bars: 90 % interval, or the range a claim names; days on a logarithmic scale",
    )
    x = round_axis(0.25, 1000.0, "days after the last dose", logarithmic=True).on(300, 840)
    page.below(x, 54 + 16 * lines, top=46)
    y = 60.0
    for label, (least, most), forecasts in rows:
        page.write(12, y + 3.5, label, 10.5, bold=True)
        top, y = y, y + 16
        claims = [(low, high) for name, low, _, high in forecasts if name.startswith("claim")]
        if claims:
            page.write(290, y + 3.5, f"{len(claims)} static claims", 10, "end")
            for low, high in claims:
                bar(page, x, y, low, high, ORANGE, 0.22)
            y += 16
        for name, low, middle, high in forecasts:
            if name.startswith("claim"):
                continue
            colour = BLUE if name.startswith("model") else ORANGE
            page.write(290, y + 3.5, name, 10, "end")
            bar(page, x, y, low, high, colour, 0.55)
            if middle is not None:
                at = x.within(middle / DAY)
                page.line(at, y - 5, at, y + 5, colour, stroke_width=2)
            y += 16
        for value in {least, most}:
            at = x.within(value / DAY)
            page.line(at, top + 6, at, y - 8, INK, stroke_width=1.4, stroke_dasharray="3 2")
    return page


def bar(page: Drawing, x, y: float, low: float, high: float, colour: str, opacity: float) -> None:
    """A range of times as a bar on an axis of days, at least as wide as can be seen. [h]"""
    start, end = x.within(low / DAY), x.within(high / DAY)
    page.box(start, y - 4, max(end - start, 2.0), 8, colour, fill_opacity=opacity)
