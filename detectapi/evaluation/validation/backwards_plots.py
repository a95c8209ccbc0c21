"""The plot of cases of two accounts: Tippett's curves, and the cost of the ratios at every prior odds."""

from __future__ import annotations

import numpy as np

from detectapi.evaluation.validation.backwards_measures import Apart, cost, rule_as_ratios
from detectapi.model.arrays import Floats
from detectapi.telling.axis import Axis, round_axis
from detectapi.telling.svg import BLUE, GREY, INK, ORANGE, PALE, RED, Drawing, paper

LEFT, MIDDLE, RIGHT, TOP, BOTTOM = 60.0, 390.0, 840.0, 84.0, 300.0
FARTHEST = 4.0
"""Decimal logarithm of the largest ratio that is drawn; larger ones are drawn there."""
PRIORS = np.linspace(-2.5, 2.5, 41)
"""Decimal logarithms of prior odds of new use."""


def plot(one: Apart, title: str, rules: list[str]) -> Drawing:
    """Tippett's curves of cases of two accounts on the left, the cost of their ratios on the right."""
    page = paper(RIGHT + 20.0, 395.0, title)
    _tippett(page, one)
    _costs(page, one, rules)
    return page


def _tippett(page: Drawing, one: Apart) -> None:
    """Share of cases whose ratio is at least so large, for either truth."""
    x = round_axis(-FARTHEST, FARTHEST, "log10 of the ratio of new use to none").on(LEFT, MIDDLE - 30.0)
    y = round_axis(0.0, 1.0, "share of cases with at least this ratio").on(BOTTOM, TOP)
    page.beside(y, LEFT, right=x.end)
    page.below(x, BOTTOM)
    page.line(x(0.0), TOP, x(0.0), BOTTOM, GREY, stroke_dasharray="4 3")
    for mask, colour, name, at in ((one.is_new, BLUE, "new use", 350.0), (~one.is_new, ORANGE, "no new use", 365.0)):
        _staircase(page, x, y, np.sort(one.log10[mask]), colour)
        _legend(page, LEFT, at, colour, name)


def _staircase(page: Drawing, x: Axis, y: Axis, ordered: Floats, colour: str) -> None:
    xs, ys = [x.low], [1.0]
    for number, value in enumerate(ordered):
        xs += [value, value]
        ys += [1.0 - number / len(ordered), 1.0 - (number + 1) / len(ordered)]
    page.path([x.within(v) for v in [*xs, x.high]], [y(v) for v in [*ys, 0.0]], colour, stroke_width=1.8)


def _costs(page: Drawing, one: Apart, rules: list[str]) -> None:
    """Empirical cross-entropy at each prior odds: of the ratios, of rules, and of a ratio of 1 in every case."""
    lines: list[tuple[Floats, str, str, str | None]] = [
        (np.zeros(len(one.log10)), GREY, "a ratio of 1 in every case", "4 3")
    ]
    for calls, name, colour in zip(one.calls, rules, (ORANGE, RED, INK), strict=False):
        lines.append((rule_as_ratios(calls, one.is_new), colour, f"rule: {name}", "2 2"))
    lines.append((one.log10, BLUE, "ratios", None))
    values = [[cost(log10, one.is_new, prior) for prior in PRIORS] for log10, *_ in lines]
    x = round_axis(PRIORS[0], PRIORS[-1], "log10 of the prior odds of new use").on(MIDDLE + 40.0, RIGHT)
    y = round_axis(0.0, max(1.0, *map(max, values)), "cost of the ratios, bits").on(BOTTOM, TOP)
    page.beside(y, MIDDLE + 40.0, right=RIGHT)
    page.below(x, BOTTOM)
    page.line(x(0.0), TOP, x(0.0), BOTTOM, PALE)
    across = [x(prior) for prior in PRIORS]
    for place, ((_, colour, name, dashes), costs) in enumerate(zip(lines, values, strict=True)):
        page.path(across, [y(v) for v in costs], colour, stroke_width=1.8, stroke_dasharray=dashes)
        _legend(page, MIDDLE + 40.0 + 200.0 * (place % 2), 350.0 + 15.0 * (place // 2), colour, name, dashes)


def _legend(page: Drawing, x: float, y: float, colour: str, name: str, dashes: str | None = None) -> None:
    page.line(x, y, x + 22.0, y, colour, stroke_width=1.8, stroke_dasharray=dashes)
    page.write(x + 28.0, y + 3.5, name, 10.0)
