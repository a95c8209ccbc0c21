"""A small figure: panels of curves and points, two in a row."""

from dataclasses import dataclass

import numpy as np

from detectapi.telling.axis import Axis
from detectapi.telling.svg import INK, Drawing, Shapes, element

COLOURS = {"well-stirred": "#1b6ca8", "plug flow": "#c0392b", "grey": "#888888"}
WIDTH, HEIGHT = 520, 380  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 40, 48
HEAD = 34
DASH = "6 4"


@dataclass(frozen=True)
class Curve:
    """A line; with a label it stands in the legend."""

    x: np.ndarray
    y: np.ndarray
    colour: str
    label: str | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Points:
    """Published values: filled, or hollow."""

    x: list
    y: list
    label: str
    hollow: bool = False


@dataclass(frozen=True)
class Panel:
    """Axes with what is drawn in them."""

    title: str
    x_label: str
    curves: list
    points: list
    x_range: tuple
    y_range: tuple
    log: bool = False
    corner: str = "top right"


def figure(title, panels):
    """Lay out the panels in two columns; return SVG."""
    page = Drawing(2 * WIDTH, HEAD + HEIGHT * ((len(panels) + 1) // 2), title)
    page.box(0.0, 0.0, page.width, page.height, "white")
    page.write(page.width / 2, 22.0, title, 16.0, "middle")
    for i, panel in enumerate(panels):
        shapes = Shapes()
        draw(shapes, panel, f"clip{i}")
        page.group(shapes, transform=f"translate({WIDTH * (i % 2)} {HEAD + HEIGHT * (i // 2)})")
    return f"{page}\n"


def draw(shapes, panel, clip):
    """Draw one panel."""
    ticks = [[(tick, f"{tick:g}") for tick in result] for result in (horizontal_ticks(panel), vertical_ticks(panel))]
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    x = Axis(*panel.x_range, panel.x_label, ticks[0]).on(LEFT, right)
    y = Axis(*panel.y_range, panel.title, ticks[1], logarithmic=panel.log).on(bottom, TOP)
    shapes.beside(y, LEFT, right=right)
    shapes.below(x, bottom)
    inside = element("rect", x=LEFT, y=TOP, width=right - LEFT, height=bottom - TOP)
    shapes.add("clipPath", inside, id=clip)
    curves = Shapes()
    for curve in panel.curves:
        line = ([x(v) for v in curve.x], [y(v) for v in curve.y])
        curves.path(*line, COLOURS[curve.colour], stroke_width=2.0, stroke_dasharray=DASH if curve.dashed else None)
    shapes.group(curves, clip_path=f"url(#{clip})")
    for points in panel.points:
        for at, value in zip(points.x, points.y, strict=True):
            mark(shapes, x(at), y(value), points.hollow)
    legend(shapes, panel)


def mark(shapes, x, y, hollow):
    """Draw a published value."""
    shapes.dot(x, y, 5.0, fill="white" if hollow else INK, stroke=INK, stroke_width=2.0)


def legend(shapes, panel):
    """Say what is what, in the panel's corner."""
    lines = [(curve, curve.label) for curve in panel.curves if curve.label]
    lines += [(dots, dots.label) for dots in panel.points]
    wide, high = 46 + 6.6 * max(len(label) for _, label in lines), 17 * len(lines) + 6
    left = LEFT + 6 if panel.corner.endswith("left") else WIDTH - RIGHT - 6 - wide
    top = TOP + 6 if panel.corner.startswith("top") else HEIGHT - BOTTOM - 6 - high
    shapes.box(left, top, wide, high, "white", opacity=0.85)
    for i, (item, label) in enumerate(lines):
        y = top + 15 + 17 * i
        if isinstance(item, Points):
            mark(shapes, left + 15, y - 4, item.hollow)
        else:
            dash = DASH if item.dashed else None
            colour = COLOURS[item.colour]
            shapes.line(left + 4, y - 4, left + 26, y - 4, colour, stroke_width=2.0, stroke_dasharray=dash)
        shapes.write(left + 32, y, label, 12.0)


def vertical_ticks(panel):
    """Decades with 2 and 5 between them, or fifths of the range."""
    low, high = panel.y_range
    if panel.log:
        decades = 10.0 ** np.arange(-3, 5)
        return [step * decade for decade in decades for step in (1, 2, 5) if low <= step * decade <= high]
    return list(np.linspace(low, high, 6 if high % 5 == 0 and high / 5 % 1 == 0 else 5))


def horizontal_ticks(panel):
    """Halves on the pH axis, tenths times two on the other."""
    low, high = panel.x_range
    step = 0.5 if high > 2 else 0.2
    return [round(float(tick), 2) for tick in np.arange(np.ceil(low / step - 1e-9) * step, high + 1e-9, step)]
