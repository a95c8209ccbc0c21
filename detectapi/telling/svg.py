"""A few shapes on paper: SVG as text, the same bytes for the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

FONT = "font-family='Helvetica, Arial, sans-serif'"
INK, GREY, PALE, BLUE, ORANGE, RED = "#1b1f24", "#6b7280", "#e5e7eb", "#2563a8", "#c2610c", "#b3261e"


class Axis:
    """A scale from data to paper.

    Parameters
    ----------
    low, high : float
        Of the data.
    start, end : float
        On paper. [px]
    log : bool
    """

    def __init__(self, low: float, high: float, start: float, end: float, log: bool = False):
        self.low, self.high, self.start, self.end, self.log = low, high, start, end, log

    def __call__(self, value: float) -> float:
        """Where a value is on paper; beyond the ends, at the end. [px]"""
        value = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values along the axis."""
        if self.log:
            decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            steps = (1,) if len(decades) > 4 else (1, 2, 5) if len(decades) > 2 else (1, 1.5, 2, 3, 5, 7)
            found = [s * 10.0**d for d in decades for s in steps]
        else:
            rough = (self.high - self.low) / 5.0
            power = 10.0 ** math.floor(math.log10(rough))
            step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
            found = [
                step * i for i in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)
            ]
        return [t for t in found if self.low * (1 - 1e-9) <= t <= self.high * (1 + 1e-9)]


class Drawing:
    """Shapes in the order they are added.

    Parameters
    ----------
    width, height : float
        [px]
    title : str
        What a reader who cannot see it is told.
    """

    def __init__(self, width: float, height: float, title: str):
        self.width, self.height, self.title = width, height, title
        self.shapes: list[str] = []

    def line(self, x1, y1, x2, y2, colour=INK, width=1.0, dash=""):
        """A straight line."""
        dashes = f" stroke-dasharray='{dash}'" if dash else ""
        self.shapes.append(
            f"<line x1='{_n(x1)}' y1='{_n(y1)}' x2='{_n(x2)}' y2='{_n(y2)}' stroke='{colour}'"
            f" stroke-width='{_n(width)}'{dashes}/>"
        )

    def box(self, x, y, width, height, colour=PALE, opacity=1.0):
        """A filled rectangle."""
        fade = f" fill-opacity='{_n(opacity)}'" if opacity < 1.0 else ""
        self.shapes.append(
            f"<rect x='{_n(x)}' y='{_n(y)}' width='{_n(max(width, 0))}' height='{_n(max(height, 0))}'"
            f" fill='{colour}'{fade}/>"
        )

    def dot(self, x, y, radius=3.0, colour=INK, hollow=False):
        """A small circle."""
        fill = f"fill='white' stroke='{colour}' stroke-width='1.4'" if hollow else f"fill='{colour}'"
        self.shapes.append(f"<circle cx='{_n(x)}' cy='{_n(y)}' r='{_n(radius)}' {fill}/>")

    def path(self, xs: Sequence[float], ys: Sequence[float], colour=BLUE, width=1.6):
        """A line through points."""
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in zip(xs, ys, strict=True))
        self.shapes.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='{_n(width)}'/>")

    def area(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour=BLUE, opacity=0.18):
        """The area between two lines."""
        there = [f"{_n(x)},{_n(y)}" for x, y in zip(xs, highs, strict=True)]
        back = [f"{_n(x)},{_n(y)}" for x, y in zip(reversed(xs), reversed(lows), strict=True)]
        self.shapes.append(f"<polygon points='{' '.join(there + back)}' fill='{colour}' fill-opacity='{_n(opacity)}'/>")

    def text(self, x, y, words, size=11.0, anchor="start", colour=INK, bold=False):
        """A line of text."""
        weight = " font-weight='bold'" if bold else ""
        self.shapes.append(
            f"<text x='{_n(x)}' y='{_n(y)}' font-size='{_n(size)}' text-anchor='{anchor}'"
            f" fill='{colour}'{weight}>{_safe(words)}</text>"
        )

    def below(self, axis: Axis, y, label="", top=None, form=None):
        """A horizontal axis with ticks, a grid up to `top`, and a label."""
        self.line(axis.start, y, axis.end, y, GREY)
        for tick in axis.ticks():
            x = axis(tick)
            if top is not None:
                self.line(x, y, x, top, PALE, 0.8)
            self.line(x, y, x, y + 4, GREY)
            self.text(x, y + 15, (form or number)(tick), 10, "middle", GREY)
        self.text((axis.start + axis.end) / 2, y + 31, label, 11, "middle")

    def beside(self, axis: Axis, x, label="", right=None):
        """A vertical axis with ticks, a grid to `right`, and a label above."""
        self.line(x, axis.start, x, axis.end, GREY)
        for tick in axis.ticks():
            y = axis(tick)
            if right is not None:
                self.line(x, y, right, y, PALE, 0.8)
            self.text(x - 5, y + 3.5, number(tick), 10, "end", GREY)
        self.text(x - 5, min(axis.start, axis.end) - 10, label, 10.5, "start")

    def __str__(self) -> str:
        body = "\n".join(self.shapes)
        return (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_n(self.width)} {_n(self.height)}' "
            f"width='{_n(self.width)}' height='{_n(self.height)}' role='img'"
            f" {FONT}>\n<title>{_safe(self.title)}</title>\n"
            f"<rect width='100%' height='100%' fill='white'/>\n{body}\n</svg>\n"
        )


def number(value: float) -> str:
    """A number in few characters, three significant digits."""
    if value == 0.0:
        return "0"
    if abs(value) >= 1000.0:
        return f"{round(value, 2 - math.floor(math.log10(abs(value)))):.0f}"
    text = f"{value:.3g}"
    return f"{float(text):.6f}".rstrip("0").rstrip(".") if "e" in text else text


def _n(value: float) -> str:
    return f"{float(value):.1f}".rstrip("0").rstrip(".") if value else "0"


def _safe(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
