"""A small figure as plain SVG: panels of curves and points, two in a row; numbers to a tenth of a pixel."""

from dataclasses import dataclass
from html import escape

import numpy as np

COLOURS = {"well-stirred": "#1b6ca8", "plug flow": "#c0392b", "grey": "#888888"}
WIDTH, HEIGHT = 520, 380  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 40, 48
HEAD = 34


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
    width, height = 2 * WIDTH, HEAD + HEIGHT * ((len(panels) + 1) // 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="DejaVu Sans, Helvetica, sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{width / 2:.0f}" y="22" text-anchor="middle" font-size="16">{escape(title)}</text>',
    ]
    for i, panel in enumerate(panels):
        parts.append(f'<g transform="translate({WIDTH * (i % 2)} {HEAD + HEIGHT * (i // 2)})">')
        parts += draw(panel, f"clip{i}")
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def draw(panel, clip):
    """One panel, as lines of SVG."""
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(x):
        return LEFT + inner_width * (np.asarray(x) - panel.x_range[0]) / (panel.x_range[1] - panel.x_range[0])

    def up(y):
        low, high = (np.log10(end) if panel.log else end for end in panel.y_range)
        value = np.log10(np.maximum(y, 1e-9)) if panel.log else np.asarray(y)
        return TOP + inner_height * (1.0 - (value - low) / (high - low))

    yield f'<text x="{LEFT}" y="{TOP - 12}" font-weight="bold">{escape(panel.title)}</text>'
    yield f'<clipPath id="{clip}"><rect x="{LEFT}" y="{TOP}" width="{inner_width}" height="{inner_height}"/></clipPath>'
    yield f'<rect x="{LEFT}" y="{TOP}" width="{inner_width}" height="{inner_height}" fill="none" stroke="#444444"/>'
    for tick in vertical_ticks(panel):
        y = float(up(tick))
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
    for tick in horizontal_ticks(panel):
        x = float(across(tick))
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 5}" stroke="#444444"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 19}" text-anchor="middle">{tick:g}</text>'
    middle = LEFT + inner_width / 2
    yield f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(panel.x_label)}</text>'
    for curve in panel.curves:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across(curve.x), up(curve.y), strict=True))
        dash = ' stroke-dasharray="6 4"' if curve.dashed else ""
        colour = COLOURS[curve.colour]
        look = f'fill="none" stroke="{colour}" stroke-width="2"{dash} clip-path="url(#{clip})"'
        yield f'<polyline points="{path}" {look}/>'
    for points in panel.points:
        for x, y in zip(across(points.x), up(points.y), strict=True):
            yield mark(x, y, points.hollow)
    yield from legend(panel)


def mark(x, y, hollow):
    """A published value."""
    fill = "#ffffff" if hollow else "#222222"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="#222222" stroke-width="2"/>'


def legend(panel):
    """What is what, in the panel's corner."""
    lines = [(curve, curve.label) for curve in panel.curves if curve.label]
    lines += [(dots, dots.label) for dots in panel.points]
    wide, high = 46 + 6.6 * max(len(label) for _, label in lines), 17 * len(lines) + 6
    left = LEFT + 6 if panel.corner.endswith("left") else WIDTH - RIGHT - 6 - wide
    top = TOP + 6 if panel.corner.startswith("top") else HEIGHT - BOTTOM - 6 - high
    yield f'<rect x="{left:.0f}" y="{top}" width="{wide:.0f}" height="{high}" fill="#ffffff" opacity="0.85"/>'
    for i, (item, label) in enumerate(lines):
        y = top + 15 + 17 * i
        if isinstance(item, Points):
            yield mark(left + 15, y - 4, item.hollow)
        else:
            dash = ' stroke-dasharray="6 4"' if item.dashed else ""
            ends = f'x1="{left + 4:.0f}" x2="{left + 26:.0f}" y1="{y - 4}" y2="{y - 4}"'
            yield f'<line {ends} stroke="{COLOURS[item.colour]}" stroke-width="2"{dash}/>'
        yield f'<text x="{left + 32:.0f}" y="{y}">{escape(label)}</text>'


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
