"""The one writer of SVG: shapes as text, the same bytes for the same numbers. All pictures are drawn with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain

from detectapi.telling.axis import Axis

INK, GREY, PALE, BLUE, ORANGE, RED = "#1b1f24", "#6b7280", "#e5e7eb", "#2563a8", "#c2610c", "#b3261e"
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
FONT_SIZE = 13.0  # [px]


def element(name: str, content: str = "", **attributes) -> str:
    """An element; underscores of attribute names become hyphens, ``class_`` becomes class, None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}/>" if content == "" else f"<{name}{written}>{content}</{name}>"


def text(value) -> str:
    """An attribute's value; a length with two decimals at most, which is finer than any figure of an answer."""
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.2f}".rstrip("0").rstrip(".") if round(value, 2) else "0"


class Shapes:
    """Shapes in the order they are added. Lengths are in px; further attributes are those of SVG."""

    def __init__(self):
        self.parts: list[str] = []

    def add(self, name: str, content: str = "", **attributes) -> None:
        """Any element."""
        self.parts.append(element(name, content, **attributes))

    def group(self, shapes: Shapes, **attributes) -> None:
        """Other shapes as a group, such as with ``transform`` or ``clip_path``."""
        self.add("g", str(shapes), **attributes)

    def line(self, x1, y1, x2, y2, colour=INK, **attributes) -> None:
        """A straight line."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, **attributes)

    def box(self, x, y, width, height, colour=PALE, **attributes) -> None:
        """A filled rectangle."""
        self.add("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), fill=colour, **attributes)

    def dot(self, x, y, radius=3.0, colour=INK, hollow=False, **attributes) -> None:
        """A small circle, filled or as a ring."""
        look = {"fill": "white", "stroke": colour, "stroke_width": 1.4} if hollow else {"fill": colour}
        self.add("circle", cx=x, cy=y, r=radius, **{**look, **attributes})

    def path(self, xs: Sequence[float], ys: Sequence[float], colour=BLUE, **attributes) -> None:
        """A line through points."""
        self.add("polyline", points=_points(xs, ys), fill="none", stroke=colour, **attributes)

    def area(
        self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour=BLUE, **attributes
    ) -> None:
        """The area between two lines."""
        around = _points(chain(xs, reversed(xs)), chain(highs, reversed(lows)))
        self.add("polygon", points=around, fill=colour, **attributes)

    def write(self, x, y, words, size=None, anchor=None, colour=None, bold=False, **attributes) -> None:
        """A line of text."""
        weight = "bold" if bold else None
        look = {"font_size": size, "text_anchor": anchor, "fill": colour, "font_weight": weight}
        self.add("text", escape(words), x=x, y=y, **look, **attributes)

    def below(self, axis: Axis, y: float, top: float | None = None) -> None:
        """A horizontal axis with its ticks and name; with a grid up to ``top``."""
        self.line(axis.start, y, axis.end, y, GREY)
        for value, words in axis.ticks:
            x = axis(value)
            if top is not None:
                self.line(x, y, x, top, PALE, stroke_width=0.8)
            self.line(x, y, x, y + 4.0, GREY)
            self.write(x, y + 15.0, words, 10.0, "middle", GREY)
        self.write((axis.start + axis.end) / 2.0, y + 31.0, axis.label, 11.0, "middle")

    def beside(self, axis: Axis, x: float, right: float | None = None) -> None:
        """A vertical axis with its ticks, and its name above; with a grid to ``right``."""
        self.line(x, axis.start, x, axis.end, GREY)
        for value, words in axis.ticks:
            y = axis(value)
            if right is not None:
                self.line(x, y, right, y, PALE, stroke_width=0.8)
            self.write(x - 5.0, y + 3.5, words, 10.0, "end", GREY)
        self.write(x - 5.0, min(axis.start, axis.end) - 10.0, axis.label, 10.5)

    def __str__(self) -> str:
        return "".join(self.parts)


def _points(xs: Iterable[float], ys: Iterable[float]) -> str:
    return " ".join(f"{text(float(x))},{text(float(y))}" for x, y in zip(xs, ys, strict=True))


class Drawing(Shapes):
    """A whole picture.

    Parameters
    ----------
    width, height : float
        [px]
    title : str
        Its name for readers who cannot see it.
    description : str
        What it shows, for the same readers.
    ident : str
        Beginning of the ids in it, unique on the page.
    fixed : bool
        Whether it has its size; else it fills the room it gets.
    **attributes
        Of the ``svg`` element.
    """

    def __init__(self, width, height, title, description="", ident="picture", fixed=True, **attributes):
        super().__init__()
        self.width, self.height, self.title, self.description = float(width), float(height), title, description
        self.ident, self.fixed, self.attributes = ident, fixed, attributes

    def __str__(self) -> str:
        names = element("title", escape(self.title), id=f"{self.ident}-title")
        known_by = f"{self.ident}-title"
        if self.description:
            names += element("desc", escape(self.description), id=f"{self.ident}-desc")
            known_by += f" {self.ident}-desc"
        return element(
            "svg",
            names + super().__str__(),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {text(self.width)} {text(self.height)}",
            width=self.width if self.fixed else None,
            height=self.height if self.fixed else None,
            role="img",
            aria_labelledby=known_by,
            font_family=FONT,
            font_size=FONT_SIZE,
            **self.attributes,
        )


def paper(width: float, height: float, title: str, note: str = "") -> Drawing:
    """A drawing on white with its title, and a line that explains it, at the top."""
    page = Drawing(width, height, title)
    page.box(0.0, 0.0, width, height, "white")
    page.write(12.0, 20.0, title, bold=True)
    if note:
        page.write(12.0, 36.0, note, 10.0, colour=GREY)
    return page
