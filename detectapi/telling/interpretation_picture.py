"""The picture of an interpretation: each measured value over the range that an account gives.

A row for each result: the pale bar is the range of the account alone, the dark one that after the earlier specimens. A dot is a
measured value, a ring a limit that the result lies below, a line between two rings a result between two limits. The table beside
it has the same numbers.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from detectapi.telling import interpretation as telling
from detectapi.telling.axis import Axis
from detectapi.telling.picture import decades
from detectapi.telling.picture_svg import STYLE, STYLE_HASH
from detectapi.telling.placed_results import analyte, central, each_result, reported
from detectapi.telling.svg import Drawing, Shapes
from detectapi.telling.unread_specimens import are_read
from detectapi.telling.voice import ENGLISH

__all__ = ["STYLE_HASH", "chart", "draw_alone"]

ROW, HEAD, LINE, FOOT = 24.0, 24.0, 18.0, 46.0
"""Heights: of a result, of the name of an analyte, of running text, of the axis. [px]"""
LEFT, RIGHT = 64.0, 84.0
"""Room beside the bars: for the name of a specimen, and for what was measured. [px]"""
EDGE = 10.0  # right of what was measured [px]
LETTER = 7.2  # width [px]
WIDE, NARROW = 720.0, 344.0  # widths [px]
MOST_DECADES = 7
LONGEST_NAME = 8  # characters of the name of a specimen


@dataclass(frozen=True, slots=True)
class Row:
    """A result to be drawn; ends in ng/mL. What has no lower limit begins at zero."""

    specimen: str
    low: float
    high: float
    bar: tuple[float, float, float]
    later: tuple[float, float, float] | None
    words: str


def chart(entry, answer, voice=ENGLISH, width: float = WIDE, ident: str = "results", class_: str = "chart") -> Drawing:
    """The results of an account over what it gives.

    Parameters
    ----------
    entry : dict
        As one of `accounts` in an answer.
    answer : dict
        The answer that it belongs to.
    voice : Voice
    width : float
        [px]
    ident : str
        Beginning of the ids in it, unique on the page.
    class_ : str
        Its class; must contain ``chart``.
    """
    groups, key = _groups(entry, voice), _wrapped(_key(entry, answer, voice), width)
    height = LINE * len(key) + sum(HEAD + ROW * len(rows) for _, rows in groups) + FOOT
    title = voice.say("Measured, and what %(account)s gives", account=telling.quoted(entry["id"], voice))
    drawing = Drawing(
        width, height, title, " ".join(each_result(entry, answer, voice)), ident, fixed=False, class_=class_,
        fill="currentColor",
    )  # fmt: skip
    _plot(drawing, groups, key, voice)
    return drawing


def draw_alone(answer, voice=ENGLISH) -> str:
    """The pictures of all accounts as a document, with their style, their first sentence and their limits."""
    shown = [entry for entry in answer["accounts"] if entry["results"]]
    charts = [chart(entry, answer, voice, ident=f"account-{i}") for i, entry in enumerate(shown)]
    is_read = are_read(answer["specimens"])
    head = _wrapped([telling.headline(answer, voice)] if is_read else telling.lines(answer, voice), WIDE)
    foot = _wrapped([voice.say(telling.LIMITS)], WIDE)
    height = 40.0 + LINE * (len(head) + len(foot) + 1) + sum(one.height + 40.0 for one in charts)
    title = telling.title(answer, voice)
    page = Drawing(WIDE + 32.0, height, title, " ".join(head), class_="chart", fill="currentColor", lang=voice.language)
    page.add("style", STYLE)
    page.box(0.0, 0.0, WIDE + 32.0, height, class_="ground")
    page.write(16.0, 26.0, title, class_="title")
    y = 48.0
    for line in head:
        page.write(16.0, y, line)
        y += LINE
    for one in charts:
        page.write(16.0, y + 18.0, one.title, class_="title")
        page.add("g", Shapes.__str__(one), transform=f"translate(16 {y + 28.0:g})")
        y += one.height + 40.0
    for line in foot:
        page.write(16.0, y + 10.0, line, class_="small")
        y += LINE
    return str(page)


def _groups(entry, voice) -> list[tuple[str, list[Row]]]:
    """The results of each analyte, in order of time."""
    groups: dict[str, list[Row]] = {}
    for one in entry["results"]:
        between = one.get("between_ng_ml", {})
        low = one.get("value_ng_ml", between.get("low", 0.0))
        high = one.get("value_ng_ml", between.get("high", one.get("below_ng_ml")))
        later = one.get("after_earlier")
        row = Row(
            textwrap.shorten(one["specimen"], LONGEST_NAME, placeholder="…") or f"{one['specimen'][:LONGEST_NAME - 1]}…",
            low, high, _bar(one["expected"]), _bar(later) if later else None, reported(one, voice),
        )  # fmt: skip
        groups.setdefault(analyte(one, voice), []).append(row)
    return list(groups.items())


def _bar(expected) -> tuple[float, float, float]:
    return expected["low_ng_ml"], expected["median_ng_ml"], expected["high_ng_ml"]


def _key(entry, answer, voice) -> list[str]:
    """What the shapes mean."""
    share, account = central(answer["level"], voice), telling.quoted(entry["id"], voice)
    key = [
        voice.say(
            "Bar: %(share)s such specimens if %(account)s is true; the stroke is the middle.",
            share=share,
            account=account,
        )
    ]
    if any("after_earlier" in one for one in entry["results"]):
        key.append(voice.say("Dark bar: the same after the earlier specimens, without further use."))
    return [*key, voice.say("Dot: measured. Ring: below this limit.")]


def _wrapped(texts, width: float) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, int(width / LETTER))]


def _axis(groups, width: float, voice) -> Axis:
    """Decades around everything that is drawn, but not more than so many below the highest."""
    rows = [row for _, inner in groups for row in inner]
    ends = [end for row in rows for end in (row.low, row.high, *row.bar, *(row.later or ())) if end > 0.0] or [1.0]
    last = math.ceil(math.log10(max(ends) * 1.01))
    first = max(math.floor(math.log10(min(ends))), last - MOST_DECADES)
    start, end = 10.0**first, 10.0**last
    return Axis(start, end, "ng/mL", decades(start, end, voice), logarithmic=True).on(LEFT, width - RIGHT)


def _plot(drawing: Drawing, groups, key: list[str], voice) -> None:
    x, y = _axis(groups, drawing.width, voice), 0.0
    for line in key:
        drawing.write(0.0, y + 13.0, line, class_="small")
        y += LINE
    top, bottom = y + 4.0, drawing.height - FOOT
    for value, words in _readable(x):
        drawing.line(x(value), top, x(value), bottom, "currentColor", class_="grid", stroke_opacity=0.14)
        drawing.write(x(value), bottom + 19.0, words, anchor="middle")
    drawing.line(x.start, bottom, x.end, bottom, "currentColor", class_="axis")
    drawing.write((x.start + x.end) / 2.0, bottom + 38.0, x.label, anchor="middle")
    for measured, rows in groups:
        drawing.write(0.0, y + 18.0, measured, class_="mark-label halo")
        y += HEAD
        for row in rows:
            _draw(drawing, row, x, y + ROW / 2.0)
            y += ROW


def _readable(x: Axis) -> Iterator[tuple[float, str]]:
    """The ticks for whose words there is room."""
    free = -math.inf
    for value, words in x.ticks:
        half = LETTER * len(words) / 2.0
        if x(value) - half >= free:
            free = x(value) + half + 6.0
            yield value, words


def _draw(drawing: Drawing, row: Row, x: Axis, y: float) -> None:
    drawing.write(0.0, y + 4.5, row.specimen)
    for bar, half, class_ in ((row.bar, 8.0, "band"), (row.later, 5.0, "band band-half")):
        if bar is not None:
            low, middle, high = (x.within(end) for end in bar)
            drawing.box(
                low, y - half, max(high - low, 2.0), 2.0 * half, "currentColor", class_=class_, fill_opacity=0.17
            )
            drawing.line(middle, y - half, middle, y + half, "currentColor", class_="line", stroke_width=2.0)
    at = x.within(row.high)
    if row.low < row.high:
        drawing.line(x.within(row.low), y, at, y, "currentColor", stroke_width=2.0)
        for end in (row.low, row.high) if row.low > 0.0 else (row.high,):
            drawing.dot(x.within(end), y, 4.5, "currentColor", fill="none", stroke="currentColor", stroke_width=2.0)
    else:
        drawing.dot(at, y, 5.0, "currentColor")
    drawing.write(drawing.width - EDGE, y + 4.5, row.words, anchor="end")
