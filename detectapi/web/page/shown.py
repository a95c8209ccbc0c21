"""An answer prepared for a template: what is said of it, drawings, and how to ask the same again."""

import base64
import json
import shlex

from markupsafe import Markup

from detectapi.telling import chances, sentences
from detectapi.telling import picture_svg as svg
from detectapi.telling.drawn_part import drawn_part
from detectapi.telling.picture import panels
from detectapi.telling.summary import chance_row, summarize
from detectapi.web.page import files
from detectapi.web.page.asked_time import asked_time

MOST_FANS = 4
BAR_STEPS = 20  # widths of a bar that the style sheet knows


def shown(answer, asked, values, voice, ident, root):
    """Everything a template needs to show one answer.

    Parameters
    ----------
    answer : dict
        With concentrations.
    asked : dict
        The request it answers.
    values : dict
        What was typed.
    voice : Voice
    ident : str
        Beginning of its ids on the page.
    root : str
        Address of the service, as far as it was told.

    Returns
    -------
    dict
    """
    said, drawn = summarize(answer, voice), panels(answer, voice, MOST_FANS)
    return {
        "ident": ident,
        "said": said,
        "bars": [round(BAR_STEPS * share.share) for share in said.spread],
        "asked": asked_about(answer, asked_time(values, asked, voice), voice),
        "charts": [chart(panel, f"{ident}-{panel.name}") for panel in drawn],
        "substances": [
            (substance, sentences.capital(sentences.name(substance, voice)))
            for substance in answer.get("uses") or [answer["substance"]]
        ],
        "assumed": not answer["assay"]["asked"],
        "provenance": answer["provenance"],
        "json": json.dumps(asked, ensure_ascii=False, indent=2),
        "compact": compact(asked),
        "curl": f"curl -sS {root}v1/estimates -H 'Content-Type: application/json' -d {shlex.quote(compact(asked))}",
        "link": f"{root}#{permalink(asked)}",
        "fragment": f"#{permalink(asked)}",
        "save": "save",
        "kinds": files.offered(),
        "data": Markup(json.dumps(data(answer, drawn, said, voice)).replace("<", "\\u003c")),  # noqa: S704 - no tag can close in it
    }


def compact(asked):
    """A request as one line of JSON."""
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))


def permalink(asked):
    """A request as the fragment of an address, which no server gets to see."""
    raw = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return "v1." + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def chart(panel, ident):
    """A panel drawn for wide and for narrow screens."""
    return {
        "name": panel.name,
        "title": panel.title,
        "wide": Markup(svg.draw(panel, svg.IN_PAGE, f"{ident}-w", "chart chart-wide")),  # noqa: S704 - escaped there
        "narrow": Markup(svg.draw(panel, svg.IN_PAGE_NARROW, f"{ident}-n", "chart chart-narrow")),  # noqa: S704
    }


def asked_about(answer, when, voice):
    """What is said of each time that was asked about; the reader's own words for the one of the form."""
    said = sentences.asked_times(answer, voice)
    return [(when.words if when and len(said) == 1 else time, chance) for time, chance in said]


def data(answer, drawn, said, voice):
    """What the script draws from: the answer's own numbers, and the words of each point."""
    curve = drawn_part(answer["curve"])
    points = zip(curve["time_h"], curve["probability_positive"], curve["low"], curve["high"], strict=True)
    return {
        "curve": curve,
        "said": [readout(chance_row(point, said.unit, voice), voice) for point in points],
        "marks": [
            {"x": mark.x, "y": mark.y, "label": mark.label}
            for panel in drawn
            if panel.name == "probability"
            for mark in panel.marks
        ],
        "unit_h": said.unit.hours,
        "axis": drawn[0].x.label if drawn else "",
        "percent": chances.whole_percent(1.0, voice).replace("100", "%s"),
        "language": voice.language,
    }


def readout(row, voice):
    """A point of the curve in words."""
    return voice.say(
        "After %(time)s: %(chance)s (model uncertainty %(low)s to %(high)s)",
        time=f"{row.hours} h ({row.duration})" if row.duration else f"{row.hours} h",
        chance=row.chance,
        low=row.low,
        high=row.high,
    )
