"""A tornado plot of shares of variance: on a terminal, and on paper."""

from __future__ import annotations

from detectapi.telling.svg import BLUE, GREY, Axis, Drawing

SHOWN = 16
LEAST = 0.005
WIDTH = 30


def shown(document):
    """The groups worth a bar."""
    return [g for g in document["groups"] if g["total"] >= LEAST][:SHOWN]


def text(document, plain: bool) -> str:
    """The sensitivity of a window in words and bars.

    Parameters
    ----------
    document : dict
        As `detectapi.model.sensitivity.analyse` gives it.
    plain : bool
        ASCII only.
    """
    full, rest = ("#", "-") if plain else ("█", "░")
    window = document["window"]
    lines = [
        f"{document['substance']}: median {window['median_h']:g} h, 90 % {window['low_h']:g} to {window['high_h']:g} h",
        f"Share of the variance of the window: {full} first-order, {rest} more with interactions (total)",
        "",
    ]
    wide = max((len(g["name"]) for g in shown(document)), default=0)
    for g in shown(document):
        first = round(WIDTH * min(g["first_order"], g["total"]))
        more = max(round(WIDTH * g["total"]) - first, 0)
        ends = f"  {g['median_h_at_low']:g} to {g['median_h_at_high']:g} h" if "median_h_at_low" in g else ""
        bar = (full * first + rest * more).ljust(WIDTH)
        lines.append(f"{g['name']:<{wide}}  {bar}  {g['first_order']:>5.1%} {g['total']:>6.1%}{ends}")
    return "\n".join([*lines, "", document["narrows_most"], ""])


def drawing(document) -> Drawing:
    """The same as SVG."""
    groups = shown(document)
    page = Drawing(820, 104 + 22 * len(groups), f"What the window of {document['substance']} hangs on")
    most = max((g["total"] for g in groups), default=1.0)
    x = Axis(0.0, min(1.0, most * 1.1), 300, 640)
    page.text(12, 20, page.title, 13, bold=True)
    page.text(
        12,
        36,
        "dark: first-order share of variance, light: total; right: median window at the low and high end of an input",
        10,
        colour=GREY,
    )
    page.below(x, 58 + 22 * len(groups), "share of the variance of ln(1 + hours)", top=46)
    for i, g in enumerate(groups):
        y = 60 + 22 * i
        page.text(292, y + 4, g["name"], 10.5, "end")
        page.box(x.start, y - 6, x(g["total"]) - x.start, 13, BLUE, 0.35)
        page.box(x.start, y - 6, x(min(g["first_order"], g["total"])) - x.start, 13, BLUE, 0.9)
        if "median_h_at_low" in g:
            page.text(652, y + 4, f"{g['median_h_at_low']:g} to {g['median_h_at_high']:g} h", 10, colour=GREY)
    return page
