"""A small SVG writer: accessible charts that follow the reader's colours.

Within a page the charts take their colours from its style sheet; alone they bring their own. Nothing is said by colour
only: lines differ in dash and weight, and each is labelled where it lies.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from dataclasses import dataclass
from html import escape
from itertools import chain

from detectapi.telling.picture import Panel, Picture

STYLE = (
    ".chart{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;color:#1d2b36}"
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
    """A chart's box and the room around its plot, in px."""

    width: float
    height: float
    left: float = 56.0
    right: float = 14.0
    top: float = 30.0
    bottom: float = 44.0


WIDE = Size(720.0, 320.0)
IN_PAGE = Size(720.0, 300.0, top=10.0)
IN_PAGE_NARROW = Size(344.0, 280.0, left=52.0, right=8.0, top=10.0)
LINE = 18.0  # of running text [px]
CHARACTERS = 100  # of running text in a line of `WIDE`


def tag(name, content="", **attributes):
    """An element; attribute names with an underscore become those with a hyphen, ``class_`` becomes class."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}/>" if content == "" else f"<{name}{written}>{content}</{name}>"


def _text(value):
    """A length with two decimals at most, which is finer than any figure of an answer."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def label(x, y, words, anchor="start", class_=None):
    """A text at a place."""
    return tag("text", escape(words), x=x, y=y, text_anchor=anchor, class_=class_)


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
        Without style and heading of its own: the page has them.
    """
    names = tag("title", escape(panel.title), id=f"{ident}-title") + tag(
        "desc", escape(panel.description), id=f"{ident}-desc"
    )
    return tag(
        "svg",
        names + plot(panel, size, ident),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_text(size.width)} {_text(size.height)}",
        class_=class_,
        role="img",
        aria_labelledby=f"{ident}-title {ident}-desc",
    )


def draw_alone(picture: Picture, size: Size = WIDE) -> str:
    """The whole picture as a document of its own, with its style, its headline and its limits."""
    subtitle = textwrap.wrap(picture.subtitle, CHARACTERS)
    head, gap, foot = 64.0 + LINE * len(subtitle), 14.0, 34.0
    height = head + len(picture.panels) * (size.height + gap) + foot
    names = tag("title", escape(f"{picture.title}: {picture.headline}"), id="title") + tag(
        "desc", escape(picture.description), id="desc"
    )
    parts = [
        names,
        tag("style", STYLE),
        tag("rect", width=size.width, height=height, class_="ground"),
        label(16.0, 40.0, picture.headline, class_="headline"),
        *(label(16.0, 63.0 + LINE * i, words, class_="small") for i, words in enumerate(subtitle)),
    ]
    for i, panel in enumerate(picture.panels):
        drawn = label(16.0, 16.0, panel.title, class_="title") + plot(panel, size, f"panel-{i}")
        parts.append(tag("g", drawn, transform=f"translate(0 {_text(head + i * (size.height + gap))})"))
    parts.append(label(16.0, height - 14.0, picture.footer, class_="small"))
    return tag(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_text(size.width)} {_text(height)}",
        width=size.width,
        height=height,
        class_="chart",
        role="img",
        lang=picture.language,
        aria_labelledby="title desc",
    )


def plot(panel: Panel, size: Size, ident: str) -> str:
    """Axes, bands, line and labels of a panel."""
    right, bottom = size.width - size.right, size.height - size.bottom

    def x(value):
        return size.left + (right - size.left) * panel.x.place(value)

    def y(value):
        return bottom - (bottom - size.top) * panel.y.place(value)

    def points(times, values):
        return " ".join(f"{_text(x(t))},{_text(y(v))}" for t, v in zip(times, values, strict=True))

    parts = []
    for value, words in panel.y.ticks:
        parts.append(
            tag(
                "line",
                x1=size.left,
                x2=right,
                y1=y(value),
                y2=y(value),
                class_="grid",
                stroke="currentColor",
                stroke_opacity=0.14,
            )
        )
        parts.append(label(size.left - 7.0, y(value) + 4.5, words, "end"))
    for value, words in panel.x.ticks:
        parts.append(
            tag("line", x1=x(value), x2=x(value), y1=bottom, y2=bottom + 5.0, class_="axis", stroke="currentColor")
        )
        parts.append(label(x(value), bottom + 19.0, words, "middle"))
    parts.append(tag("line", x1=size.left, x2=right, y1=bottom, y2=bottom, class_="axis", stroke="currentColor"))
    parts.append(label((size.left + right) / 2, size.height - 5.0, panel.x.label, "middle"))
    drawn = []
    for band in panel.bands:
        around = points(chain(panel.time, reversed(panel.time)), (*band.high, *reversed(band.low)))
        drawn.append(tag("polygon", points=around, class_=f"band band-{band.kind}", fill_opacity=0.17))
    drawn.append(
        tag("polyline", points=points(panel.time, panel.line), class_="line", fill="none", stroke="currentColor")
    )
    inside = tag("rect", x=size.left, y=size.top - 2.0, width=right - size.left, height=bottom - size.top + 4.0)
    parts.append(tag("clipPath", inside, id=f"{ident}-plot"))
    parts.append(tag("g", "".join(drawn), clip_path=f"url(#{ident}-plot)"))
    if panel.level:
        value, words = panel.level
        parts.append(
            tag("line", x1=size.left, x2=right, y1=y(value), y2=y(value), class_="level", stroke="currentColor")
        )
        parts.append(label(right - 2.0, y(value) + 16.0, words, "end", "level-label halo"))
    for row, words in enumerate(panel.key):
        parts.append(label(right - 2.0, size.top + 13.0 + 16.0 * row, words, "end", "small halo"))
    return "".join(parts + marks(panel, x, y, right, taken=len(panel.key)))


def marks(panel, x, y, right, taken):
    """The named points: a ring on the line, its words beside it where there is room, and clear of the key."""
    parts = []
    for mark in panel.marks:
        at, height = x(mark.x), y(mark.y)
        wide = 7.3 * len(mark.label)
        fits = at + 12.0 + wide <= right
        below_key = max(
            height - 9.0, y(panel.y.end) + 13.0 + 16.0 * taken + 8.0 if at + 12.0 + wide > right - 200.0 else 0.0
        )
        place = (at + 11.0, below_key) if fits else (right - 2.0, min(height - 22.0, below_key))
        parts.append(tag("circle", cx=at, cy=height, r=4.5, class_="mark", fill="none", stroke="currentColor"))
        parts.append(label(*place, mark.label, "start" if fits else "end", "mark-label halo"))
    return parts
