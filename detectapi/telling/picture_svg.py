"""A picture as SVG: accessible charts that follow the reader's colours.

Within a page the charts take their colours from its style sheet; alone they bring their own. Nothing is said by colour
only: lines differ in dash and weight, and each has its label where it lies.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from dataclasses import dataclass

from detectapi.telling.picture import Panel, Picture
from detectapi.telling.svg import FONT, Drawing, Shapes, element

STYLE = (
    f".chart{{font:13px {FONT};color:#1d2b36}}"
    ".chart text{fill:currentColor}.chart .ground{fill:#fff}.chart .grid{stroke:currentColor;stroke-opacity:.14}"
    ".chart .axis{stroke:currentColor;stroke-opacity:.55}.chart .band{fill:#0b6470;fill-opacity:.17}"
    ".chart .band-half{fill-opacity:.3}.chart .line{fill:none;stroke:#0b6470;stroke-width:2.5;stroke-linejoin:round}"
    ".chart .level{stroke:#8a3c00;stroke-width:2;stroke-dasharray:7 4}.chart .level-label{fill:#8a3c00;font-weight:600}"
    ".chart .mark{fill:#fff;stroke:#0b6470;stroke-width:2.5}.chart .mark-label{font-weight:600}"
    ".chart .halo{stroke:#fff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}"
    ".chart .title{font-weight:600;font-size:14px}.chart .headline{font-size:22px;font-weight:650}"
    ".chart .small{font-size:12px}"
    "@media (prefers-color-scheme:dark){.chart{color:#e6ebee}.chart .ground{fill:#12191e}.chart .band{fill:#63c3cd}"
    ".chart .line,.chart .mark{stroke:#63c3cd}.chart .mark{fill:#12191e}.chart .level{stroke:#ffb27a}"
    ".chart .level-label{fill:#ffb27a}.chart .halo{stroke:#12191e}}"
)
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""What a content security policy needs to let the style of a chart alone through."""


@dataclass(frozen=True, slots=True)
class Size:
    """The box of a chart and the room around its plot; in a narrow one the key is above the plot, not in it. [px]"""

    width: float
    height: float
    left: float = 56.0
    right: float = 14.0
    top: float = 30.0
    bottom: float = 44.0
    key_above: bool = False

    def top_with(self, key) -> float:
        """Where the plot begins."""
        return self.top + (KEY_LINE * len(key) if self.key_above else 0.0)


KEY_LINE = 16.0  # of the key [px]
WIDE = Size(720.0, 320.0)
IN_PAGE = Size(720.0, 300.0, top=10.0)
IN_PAGE_NARROW = Size(344.0, 310.0, left=52.0, right=8.0, top=10.0, key_above=True)
IN_NOTEBOOK = Size(560.0, 240.0, top=10.0)
LINE = 18.0  # of running text [px]
CHARACTERS = 100  # of running text in a line of `WIDE`
LETTER = 7.3  # width of a bold one [px]


def draw(panel: Panel, size: Size = IN_PAGE, ident: str = "chart", class_: str = "chart") -> str:
    """One panel as an SVG element for a page.

    Parameters
    ----------
    panel : Panel
    size : Size
    ident : str
        Beginning of the ids in it, unique on the page.
    class_ : str
        Its class; must contain ``chart``.

    Returns
    -------
    str
        Without style and heading: the page has them.
    """
    names = panel.title, panel.description
    drawing = Drawing(size.width, size.height, *names, ident, fixed=False, class_=class_, fill="currentColor")
    plot(drawing, panel, size, ident)
    return str(drawing)


def draw_alone(picture: Picture, size: Size = WIDE) -> str:
    """The whole picture as a document, with its style, its headline and its limits."""
    lines = [part for line in picture.lines for part in textwrap.wrap(line, CHARACTERS)]
    head, gap, foot = 64.0 + LINE * len(lines), 14.0, 34.0
    height = head + len(picture.panels) * (size.height + gap) + foot
    title = f"{picture.title}: {picture.headline}"
    drawing = Drawing(size.width, height, title, picture.description, class_="chart", lang=picture.language)
    drawing.add("style", STYLE)
    drawing.add("rect", width=size.width, height=height, class_="ground")
    drawing.write(16.0, 40.0, picture.headline, class_="headline")
    for i, words in enumerate(lines):
        drawing.write(16.0, 63.0 + LINE * i, words, class_="small")
    for i, panel in enumerate(picture.panels):
        part = Shapes()
        part.write(16.0, 16.0, panel.title, class_="title")
        plot(part, panel, size, f"panel-{i}")
        drawing.group(part, transform=f"translate(0 {head + i * (size.height + gap):g})")
    drawing.write(16.0, height - 14.0, picture.footer, class_="small")
    return str(drawing)


def plot(shapes: Shapes, panel: Panel, size: Size, ident: str) -> None:
    """Draw axes, bands, line and labels of a panel."""
    right, bottom = size.width - size.right, size.height - size.bottom
    top = size.top_with(panel.key)
    x, y = panel.x.on(size.left, right), panel.y.on(bottom, top)
    _axes(shapes, x, y, size)
    inside = element("rect", x=size.left, y=top - 2.0, width=right - size.left, height=bottom - top + 4.0)
    shapes.add("clipPath", inside, id=f"{ident}-plot")
    shapes.group(_curves(panel, x, y), clip_path=f"url(#{ident}-plot)")
    if panel.level:
        value, words = panel.level
        shapes.line(x.start, y(value), x.end, y(value), "currentColor", class_="level")
        shapes.write(right - 2.0, y(value) + 16.0, words, anchor="end", class_="level-label halo")
    key_at = 0.0 if size.key_above else top
    for row, words in enumerate(panel.key):
        shapes.write(right - 2.0, key_at + 13.0 + KEY_LINE * row, words, anchor="end", class_="small halo")
    _marks(shapes, panel, x, y, 0.0 if size.key_above else top + KEY_LINE * len(panel.key) + 21.0)


def _axes(shapes: Shapes, x, y, size: Size) -> None:
    for value, words in y.ticks:
        shapes.line(x.start, y(value), x.end, y(value), "currentColor", class_="grid", stroke_opacity=0.14)
        shapes.write(x.start - 7.0, y(value) + 4.5, words, anchor="end")
    for value, words in x.ticks:
        shapes.line(x(value), y.start, x(value), y.start + 5.0, "currentColor", class_="axis")
        shapes.write(x(value), y.start + 19.0, words, anchor="middle")
    shapes.line(x.start, y.start, x.end, y.start, "currentColor", class_="axis")
    shapes.write((x.start + x.end) / 2, size.height - 5.0, x.label, anchor="middle")


def _curves(panel: Panel, x, y) -> Shapes:
    """Bands and line; they may reach beyond the axes."""
    shapes, across = Shapes(), [x(time) for time in panel.time]
    for band in panel.bands:
        low, high = ([y(value) for value in values] for values in (band.low, band.high))
        shapes.area(across, low, high, "currentColor", class_=f"band band-{band.kind}", fill_opacity=0.17)
    shapes.path(across, [y(value) for value in panel.line], "currentColor", class_="line", stroke_width=2.0)
    return shapes


def _marks(shapes: Shapes, panel: Panel, x, y, below_key: float) -> None:
    """The named points: a ring on the line, its words beside it where there is room, and clear of the key."""
    for mark in panel.marks:
        across, down = x(mark.x), y(mark.y)
        end = across + 12.0 + LETTER * len(mark.label)
        words_at = max(down - 9.0, below_key if end > x.end - 200.0 else 0.0)
        shapes.dot(across, down, 4.5, "currentColor", fill="none", stroke="currentColor", class_="mark")
        if end <= x.end:
            shapes.write(across + 11.0, words_at, mark.label, class_="mark-label halo")
        else:
            shapes.write(x.end - 2.0, min(down - 22.0, words_at), mark.label, anchor="end", class_="mark-label halo")
