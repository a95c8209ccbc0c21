"""The picture as PNG, by matplotlib: the same panels as in `picture_svg`."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any

from detectapi.telling.picture import Panel, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from detectapi.telling.drawing import Drawing

DPI = 150
INK, CURVE, LEVEL = "#1d2b36", "#0b6470", "#8a3c00"
HEAD, LINE, PANEL, PLOT, BELOW, FOOT = 0.62, 0.17, 3.0, 2.2, 0.55, 0.3  # heights [inch]
LEFT = 0.09  # of a plot, as a share of the width
CHARACTERS = 100  # of running text in a line
STRENGTH = {"knowledge": 0.17, "nine-in-ten": 0.17, "half": 0.3}


def draw(picture: Picture) -> bytes:
    """The whole picture: headline, panels, limits.

    Parameters
    ----------
    picture : Picture

    Returns
    -------
    bytes
        A PNG file. Its text entries hold the title, the description and the limits.

    Raises
    ------
    ImportError
        matplotlib is not installed.
    """
    written = io.BytesIO()
    entries = {
        "Title": f"{picture.title}: {picture.headline}",
        "Description": picture.description,
        "Comment": picture.footer,
        "Software": "detectapi",
    }
    figure(picture).savefig(written, format="png", metadata=entries)
    return written.getvalue()


def figure(picture: Picture) -> Drawing:
    """The whole picture as a figure of matplotlib.

    Raises
    ------
    ImportError
        matplotlib is not installed.
    """
    from detectapi.telling.drawing import Drawing

    height = _heights(picture)[1]
    drawing = Drawing(figsize=(7.6, height), dpi=DPI, facecolor="white")
    drawing.text(0.02, 1 - 0.38 / height, picture.headline, fontsize=15, fontweight="bold", color=INK)
    for i, words in enumerate(_lines(picture)):
        drawing.text(0.02, 1 - (HEAD + LINE * i) / height, words, fontsize=8, color=INK)
    drawing.text(0.02, 0.12 / height, picture.footer, fontsize=8, color=INK)
    for i, panel in enumerate(picture.panels):
        _panel(drawing.add_axes(plot_box(picture, i)), panel)
    return drawing


def on_axes(axes: Axes, picture: Picture) -> Any:
    """Draw the chance over time on axes that are there already; returns their figure."""
    for panel in picture.panels:
        if panel.name == "probability":
            _panel(axes, panel)
    return axes.figure


def plot_box(picture: Picture, i: int) -> tuple[float, float, float, float]:
    """Where the plot of a panel is: left, bottom, width, height, as shares of the figure."""
    head, height = _heights(picture)
    return LEFT, 1 - (head + PANEL * (i + 1) - BELOW) / height, 1 - LEFT - 0.02, PLOT / height


def _lines(picture: Picture) -> list[str]:
    return [part for line in picture.lines for part in textwrap.wrap(line, CHARACTERS)]


def _heights(picture: Picture) -> tuple[float, float]:
    """Of all above the panels, and of the whole figure. [inch]"""
    head = HEAD + LINE * len(_lines(picture))
    return head, head + PANEL * len(picture.panels) + FOOT


def _panel(axes, panel: Panel) -> None:
    axes.set_title(panel.title, loc="left", fontsize=9.5, fontweight="bold", color=INK)
    if panel.y.logarithmic:
        axes.set_yscale("log")
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    axes.set_xlabel(panel.x.label, fontsize=8.5, color=INK)
    for axis, ticks in ((axes.xaxis, panel.x.ticks), (axes.yaxis, panel.y.ticks)):
        axis.set_ticks([value for value, _ in ticks], [words for _, words in ticks], fontsize=8, color=INK)
        axis.set_ticks([], minor=True)
    axes.grid(axis="y", color=INK, alpha=0.14, linewidth=0.7)
    axes.spines[["top", "right", "left"]].set_visible(False)
    for band in panel.bands:
        axes.fill_between(panel.time, band.low, band.high, color=CURVE, alpha=STRENGTH[band.kind], linewidth=0)
    axes.plot(panel.time, panel.line, color=CURVE, linewidth=1.8)
    if panel.level:
        value, words = panel.level
        axes.axhline(value, color=LEVEL, linestyle=(0, (5, 3)), linewidth=1.4)
        _beside(axes, (panel.x.high, value), words, (-3, -4), "right", "top", LEVEL, "bold")
    for row, words in enumerate(panel.key):
        axes.annotate(
            words,
            (1, 1),
            (-3, -4 - 11 * row),
            "axes fraction",
            "offset points",
            ha="right",
            va="top",
            fontsize=8,
            color=INK,
        )
    for mark in panel.marks:
        axes.plot(
            [mark.x],
            [mark.y],
            "o",
            markersize=5,
            markerfacecolor="white",
            markeredgecolor=CURVE,
            markeredgewidth=1.8,
            clip_on=False,
        )
        late = mark.x > 0.72 * panel.x.high
        offset, side = ((0, 14), "right") if late else ((8, 5), "left")
        _beside(axes, (panel.x.high if late else mark.x, mark.y), mark.label, offset, side, "center", INK, "bold")


def _beside(axes, point, words, offset, side, height, colour, weight) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=3, foreground="white")]
    axes.annotate(
        words,
        point,
        offset,
        textcoords="offset points",
        ha=side,
        va=height,
        fontsize=8,
        color=colour,
        fontweight=weight,
        path_effects=halo,
    )
