"""The picture as PNG, by matplotlib: the same panels as in `svg`."""

from __future__ import annotations

import io
import textwrap

from detectapi.telling.picture import Panel, Picture

DPI = 150
INK, LINE, LEVEL = "#1d2b36", "#0b6470", "#8a3c00"
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
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    subtitle = textwrap.wrap(picture.subtitle, 100)
    height = 1.1 + 3.1 * len(picture.panels)
    figure = Figure(figsize=(7.6, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.02, 1 - 0.38 / height, picture.headline, fontsize=15, fontweight="bold", color=INK)
    for i, words in enumerate(subtitle):
        figure.text(0.02, 1 - (0.62 + 0.17 * i) / height, words, fontsize=8, color=INK)
    figure.text(0.02, 0.12 / height, picture.footer, fontsize=8, color=INK)
    for i, panel in enumerate(picture.panels):
        bottom = 1 - (1.05 + 3.0 * (i + 1) - 0.55) / height
        _panel(figure.add_axes((0.09, bottom, 0.89, 2.2 / height)), panel)
    written = io.BytesIO()
    told = {
        "Title": f"{picture.title}: {picture.headline}",
        "Description": picture.description,
        "Comment": picture.footer,
    }
    figure.savefig(written, format="png", metadata={**told, "Software": "detectapi"})
    return written.getvalue()


def _panel(axes, panel: Panel) -> None:
    axes.set_title(panel.title, loc="left", fontsize=9.5, fontweight="bold", color=INK)
    if panel.y.logarithmic:
        axes.set_yscale("log")
    axes.set_xlim(panel.x.start, panel.x.end)
    axes.set_ylim(panel.y.start, panel.y.end)
    axes.set_xlabel(panel.x.label, fontsize=8.5, color=INK)
    for axis, ticks in ((axes.xaxis, panel.x.ticks), (axes.yaxis, panel.y.ticks)):
        axis.set_ticks([value for value, _ in ticks], [words for _, words in ticks], fontsize=8, color=INK)
        axis.set_ticks([], minor=True)
    axes.grid(axis="y", color=INK, alpha=0.14, linewidth=0.7)
    axes.spines[["top", "right", "left"]].set_visible(False)
    for band in panel.bands:
        axes.fill_between(panel.time, band.low, band.high, color=LINE, alpha=STRENGTH[band.kind], linewidth=0)
    axes.plot(panel.time, panel.line, color=LINE, linewidth=1.8)
    if panel.level:
        value, words = panel.level
        axes.axhline(value, color=LEVEL, linestyle=(0, (5, 3)), linewidth=1.4)
        _beside(axes, (panel.x.end, value), words, (-3, -4), "right", "top", LEVEL, "bold")
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
            markeredgecolor=LINE,
            markeredgewidth=1.8,
            clip_on=False,
        )
        late = mark.x > 0.72 * panel.x.end
        offset, side = ((0, 14), "right") if late else ((8, 5), "left")
        _beside(axes, (panel.x.end if late else mark.x, mark.y), mark.label, offset, side, "center", INK, "bold")


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
