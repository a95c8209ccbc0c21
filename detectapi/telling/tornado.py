"""The sensitivity of a window: what its spread comes from, on a terminal and as a tornado plot."""

from __future__ import annotations

from detectapi.telling import chances
from detectapi.telling.axis import round_axis
from detectapi.telling.lines import finish
from detectapi.telling.spread_names import spread_name
from detectapi.telling.svg import BLUE, GREY, Drawing, paper

SHOWN = 16
LEAST = 0.005
WIDTH = 30


def narrows_most(measured=None, studied=None) -> str:
    """What would narrow the window most, in words.

    Parameters
    ----------
    measured : (dict, float), optional
        Of what can be measured in this case: the group and its share of the variance.
    studied : (dict, float), optional
        Of what a study could settle: the same.
    """
    sentences = []
    if measured:
        sentences.append(
            "Of what could be measured in this case, the largest share of the variance is"
            f" {chances.whole_percent(measured[1])} ({spread_name(measured[0])})."
        )
    if studied:
        sentences.append(
            f"Of what a study could settle, it is {chances.whole_percent(studied[1])} ({spread_name(studied[0])})."
            if measured
            else f"Of what a study could settle, the largest share of the variance is {chances.whole_percent(studied[1])}"
            f" ({spread_name(studied[0])})."
        )
    return " ".join(sentences) or "No measurement would narrow it by much: people differ."


def shown(document):
    """The groups worth a bar."""
    return [group for group in document["groups"] if group["total"] >= LEAST][:SHOWN]


def ends(group) -> str:
    """The median window at the low and high end of an input; inputs about urine have none."""
    if "median_h_at_low" not in group:
        return ""
    return f"{group['median_h_at_low']:g} to {group['median_h_at_high']:g} h"


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
        f"{document['substance']}: median {window['median_h']:g} h, 90 % range {window['low_h']:g} to"
        f" {window['high_h']:g} h",
        f"Share of the variance of the window: {full} first-order, {rest} more with interactions (total)",
        "",
    ]
    names = [spread_name(group) for group in shown(document)]
    wide = max(map(len, names), default=0)
    for name, group in zip(names, shown(document), strict=True):
        first = round(WIDTH * min(group["first_order"], group["total"]))
        more = max(round(WIDTH * group["total"]) - first, 0)
        bar = (full * first + rest * more).ljust(WIDTH)
        figures = f"{group['first_order']:>5.1%} {group['total']:>6.1%}  {ends(group)}"
        lines.append(f"{name:<{wide}}  {bar}  {figures}".rstrip())
    return finish([*lines, "", document["narrows_most"]], plain)


def drawing(document) -> Drawing:
    """The same as SVG."""
    groups = shown(document)
    page = paper(
        820.0,
        104.0 + 22.0 * len(groups),
        f"Where the uncertainty of the window of {document['substance']} comes from",
        "dark: first-order share of variance, light: total; right: median window at the low and high end of an input",
    )
    most = max((group["total"] for group in groups), default=1.0)
    x = round_axis(0.0, min(1.0, most * 1.1), "share of the variance of ln(1 + hours)").on(300.0, 640.0)
    page.below(x, 58.0 + 22.0 * len(groups), top=46.0)
    for i, group in enumerate(groups):
        y = 60.0 + 22.0 * i
        page.write(292.0, y + 4.0, spread_name(group), 10.5, "end")
        for share, opacity in ((group["total"], 0.35), (min(group["first_order"], group["total"]), 0.9)):
            page.box(x.start, y - 6.0, x.within(share) - x.start, 13.0, BLUE, fill_opacity=opacity)
        page.write(652.0, y + 4.0, ends(group), 10.0, colour=GREY)
    return page
