"""What is to be drawn of an answer: panels with axes, bands, lines and labels. No pixels yet, and no new numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from detectapi.telling import chances, sentences
from detectapi.telling.axis import Axis
from detectapi.telling.drawn_part import drawn_end, drawn_part, until
from detectapi.telling.durations import Unit, after, since_last_dose
from detectapi.telling.voice import ENGLISH, Voice

LOG_DECADES_BELOW = 2.0  # how far below the cutoff a concentration axis reaches
TIME_TICKS = 6.0
ROUND_STEPS = {
    "minutes": (1, 2, 5, 10, 15, 30),
    "hours": (1, 2, 3, 6, 12, 24),
    "days": (1, 2, 5, 10),
    "weeks": (1, 2, 5, 10),
}
LEAST_RISE = 0.02
"""A smaller rise of the chance at the beginning is not worth a word."""
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """An area between two lines."""

    kind: str
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with a name."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart. ``level`` is a horizontal line with its label; ``key`` explains the bands."""

    name: str
    title: str
    description: str
    x: Axis
    y: Axis
    time: tuple[float, ...]
    bands: tuple[Band, ...]
    line: tuple[float, ...]
    marks: tuple[Mark, ...] = ()
    level: tuple[float, str] | None = None
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Panels, with a headline above and the limits below."""

    title: str
    description: str
    headline: str
    lines: tuple[str, ...]
    panels: tuple[Panel, ...]
    footer: str
    language: str


def picture(answer, voice: Voice = ENGLISH) -> Picture:
    """Everything there is to draw of an answer; concentrations where it has them."""
    drawn = panels(answer, voice)
    title = sentences.title(answer, voice)
    return Picture(
        title=title,
        description=" ".join(panel.description for panel in drawn),
        headline=sentences.answer_headline(answer, voice),
        lines=(
            f"{title}. {sentences.positive_means(answer, voice)}",
            sentences.which_test(answer, voice),
            *sentences.of_answer(answer, voice),
            *(" ".join(parts) for parts in sentences.asked_times(answer, voice)),
        ),
        panels=drawn,
        footer=sentences.limits(voice),
        language=voice.language,
    )


def panels(answer, voice: Voice = ENGLISH, most_fans: int | None = None) -> tuple[Panel, ...]:
    """The curve of chances, and the fans of concentrations of so many analytes at most."""
    # A cutoff per creatinine is no line among concentrations.
    entries = [e for e in answer["analytes"] if "concentration" in e and "cutoff_ng_ml" in e][:most_fans]
    drawn = [probability_panel(answer, voice), *concentration_panels(answer, entries, voice)]
    return tuple(panel for panel in drawn if panel)


def deciding(answer) -> list[str]:
    """The analytes that may set the window, the longest first.

    With ``any`` those that may be positive longer than the median time of the whole test, with ``all`` those that may be negative
    before it.
    """
    middle, entries = answer["window"]["median_h"], answer["analytes"]
    whole = answer["rule"] == "all"
    ordered = sorted(entries, key=lambda entry: entry["window"]["high_h"], reverse=not whole)
    end, sign = ("low_h", -1.0) if whole else ("high_h", 1.0)
    names = [entry["analyte"] for entry in ordered if sign * (entry["window"][end] - middle) >= 0.0]
    return names or [entry["analyte"] for entry in ordered[:1]]


def probability_panel(answer, voice: Voice = ENGLISH) -> Panel | None:
    """The chance of a positive test over time; None where there is nothing to draw."""
    curve, window = drawn_part(answer["curve"]), answer["window"]
    if len(curve["time_h"]) < 2:
        return None
    unit, marks = sentences.unit_of_answer(answer), named_points(window, voice)
    description = _course(curve, unit, voice)
    return Panel(
        name="probability",
        title=voice.say("Chance that a urine specimen tests positive"),
        description=" ".join([description, *(sentences.capital(mark.label) + "." for mark in marks)]),
        x=time_axis(curve["time_h"][-1], unit, voice),
        y=Axis(0.0, 1.0, ticks=tuple((share, chances.whole_percent(share, voice)) for share in QUARTERS)),
        time=tuple(curve["time_h"]),
        bands=(Band("knowledge", tuple(curve["low"]), tuple(curve["high"])),),
        line=tuple(curve["probability_positive"]),
        marks=marks,
        key=(
            voice.say("line: best estimate"),
            voice.say(
                "shaded: model uncertainty (%(level)s)",
                level=chances.whole_percent(window["level"], voice, decimals=1),
            ),
        ),
    )


def _course(curve, unit: Unit, voice: Voice) -> str:
    """How the chance rises and falls."""
    times, values = curve["time_h"], curve["probability_positive"]
    highest = _highest(values)
    words = {
        "highest": chances.in_100(values[highest], voice),
        "last": chances.in_100(values[-1], voice),
        "end": after(times[-1], unit, voice),
    }
    if values[highest] - values[0] < LEAST_RISE:
        start = after(times[highest], unit, voice)
        return voice.say(
            "The chance falls from %(highest)s after %(start)s to %(last)s after %(end)s.", start=start, **words
        )
    return voice.say(
        "The chance rises from %(first)s at the end of the last dose to %(highest)s after %(top)s. It then falls to %(last)s"
        " after %(end)s.",
        first=chances.in_100(values[0], voice),
        top=after(times[values.index(values[highest])], unit, voice),
        **words,
    )


def named_points(window, voice: Voice = ENGLISH) -> tuple[Mark, ...]:
    """The ends and the median of a window, as points of the curve."""
    unit, few = sentences.unit_of(window), sentences.tail(window)
    points = (
        (window["low_h"], 1 - few, chances.in_100(1 - few, voice)),
        (window["median_h"], 0.5, voice.say("half")),
        (window["high_h"], few, chances.in_100(few, voice)),
    )
    return tuple(
        Mark(hours, share, voice.say("%(part)s after %(time)s", part=part, time=after(hours, unit, voice)))
        for hours, share, part in points
        if hours > 0
    )


def _highest(values) -> int:
    """Index of the last of the highest values."""
    return max(range(len(values)), key=lambda i: (values[i], i))


def concentration_panels(answer, entries, voice: Voice = ENGLISH) -> list[Panel]:
    """The fans of concentrations of some analytes of an answer, as far as the curve of chances is drawn."""
    unit, end = sentences.unit_of_answer(answer), drawn_end(answer["curve"])
    drawn = (_concentration_panel(entry, end, unit, voice) for entry in entries)
    return [panel for panel in drawn if panel]


def _concentration_panel(entry, until_h: float, unit: Unit, voice: Voice) -> Panel | None:
    """The fan of concentrations of an analyte and its cutoff, until a time; None where there is nothing to draw."""
    points, cutoff = until(entry["concentration"], until_h), entry["cutoff_ng_ml"]
    if len(points["time_h"]) < 2:
        return None
    name, peak = sentences.reading(entry, voice), _highest(points["p50"])
    top = max(*points["p95"], cutoff * 3.0)
    start, end = 10.0 ** math.floor(math.log10(cutoff) - LOG_DECADES_BELOW + 1.0), 10.0 ** math.ceil(math.log10(top))
    return Panel(
        name=f"concentration-{entry['analyte']}",
        title=voice.say("Concentration of %(analyte)s in urine, ng/mL", analyte=name),
        description=voice.say(
            "Half of specimens lie within the dark band, nine in ten within the light one. The middle line is highest at"
            " %(highest)s ng/mL after %(time)s and ends at %(lowest)s ng/mL; the dashed line is the cutoff, %(cutoff)s ng/mL.",
            highest=voice.number(points["p50"][peak]),
            time=after(points["time_h"][peak], unit, voice),
            lowest=voice.number(points["p50"][-1]),
            cutoff=voice.number(cutoff),
        ),
        x=time_axis(points["time_h"][-1], unit, voice),
        y=Axis(start, end, "ng/mL", decades(start, end, voice), logarithmic=True),
        time=tuple(points["time_h"]),
        bands=(
            Band("nine-in-ten", tuple(points["p05"]), tuple(points["p95"])),
            Band("half", tuple(points["p25"]), tuple(points["p75"])),
        ),
        line=tuple(points["p50"]),
        level=(cutoff, voice.say("cutoff %(number)s ng/mL", number=voice.number(cutoff))),
        key=(voice.say("light: nine in ten specimens"), voice.say("dark: half of them")),
    )


def decades(start, end, voice: Voice = ENGLISH) -> tuple[tuple[float, str], ...]:
    """Ticks of a logarithmic axis: powers of ten."""
    first, last = round(math.log10(start)), round(math.log10(end))
    return tuple(
        (10.0**power, voice.number(10.0**power, "g" if power < 6 else ".0e")) for power in range(first, last + 1)
    )


def time_axis(end: float, unit: Unit, voice: Voice = ENGLISH) -> Axis:
    """Time after the last dose in a unit, with about six round ticks.

    Parameters
    ----------
    end : float
        [h]
    unit : Unit
    voice : Voice
    """
    step = round_step(end / unit.hours / TIME_TICKS, ROUND_STEPS[unit.name])
    count = int(end / unit.hours / step + 1e-9)
    ticks = tuple((i * step * unit.hours, voice.number(round(i * step, 6))) for i in range(count + 1))
    return Axis(0.0, float(end), since_last_dose(unit, voice), ticks)


def round_step(rough: float, steps) -> float:
    """The smallest round step that is not below the rough one."""
    scale = 1.0
    if rough < steps[0]:
        scale = 10.0 ** math.floor(math.log10(rough))
        steps = (1, 2, 5, 10)
    while True:
        for step in steps:
            if step * scale >= rough - 1e-9:
                return step * scale
        scale *= 10.0 if steps[-1] == 10 else 2.0
        if steps[-1] != 10:
            steps = (steps[-1],)
