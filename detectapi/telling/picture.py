"""What is to be drawn, from an answer: panels with axes, bands, lines and labels. No pixels yet, and no new numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from detectapi.telling import words
from detectapi.telling.voice import ENGLISH, Voice

DAYS_FROM_H = 96.0  # axes from here on count days
LOG_DECADES_BELOW = 2.0  # how far below the cutoff a concentration axis reaches


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its ends, its ticks as (value, label), its name."""

    start: float
    end: float
    ticks: tuple[tuple[float, str], ...]
    label: str
    logarithmic: bool = False

    def place(self, value):
        """Where a value lies, 0 at the start and 1 at the end."""
        if self.logarithmic:
            value = max(value, self.start * 1e-3)  # zero has no place on such an axis; below the start nothing is drawn
            return math.log(value / self.start) / math.log(self.end / self.start)
        return (value - self.start) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Band:
    """An area between two lines."""

    kind: str
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point worth naming."""

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
    """Panels with a headline above and the limits below."""

    title: str
    description: str
    headline: str
    subtitle: str
    panels: tuple[Panel, ...]
    footer: str
    language: str


def picture(answer, voice: Voice = ENGLISH) -> Picture:
    """Everything there is to draw of an answer; concentrations where it has them."""
    panels = [probability_panel(answer, voice)]
    panels += [concentration_panel(entry, voice) for entry in answer["analytes"] if "concentration" in entry]
    window = answer["window"]
    return Picture(
        title=voice.say("%(substance)s in urine", substance=words.capital(words.analyte(answer["substance"], voice))),
        description=" ".join(panel.description for panel in panels if panel),
        headline=words.headline(window, voice),
        subtitle=voice.say(
            "after the last dose of %(substance)s, until urine no longer tests positive for %(cutoffs)s",
            substance=words.analyte(answer["substance"], voice),
            cutoffs=words.cutoffs(answer, voice),
        ),
        panels=tuple(panel for panel in panels if panel),
        footer=words.limits(voice),
        language=voice.language,
    )


def probability_panel(answer, voice: Voice = ENGLISH) -> Panel | None:
    """The chance of a positive test against time; None where there is nothing to draw."""
    curve, window = answer["curve"], answer["window"]
    if len(curve["time_h"]) < 2:
        return None
    few = (1 - window["level"]) / 2
    marks, told = [], []
    in_days = curve["time_h"][-1] >= DAYS_FROM_H
    for hours, probability, label in (
        (window["low_h"], 1 - few, words.percent(1 - few, voice)),
        (window["median_h"], 0.5, voice.say("half")),
        (window["high_h"], few, words.tail(window, voice)),
    ):
        if hours > 0:
            exact = voice.say("%(number)s h", number=voice.number(hours))
            at = words.span(hours, voice) if in_days else exact
            marks.append(Mark(hours, probability, voice.say("%(part)s at %(time)s", part=label, time=at)))
            told.append(voice.say("%(part)s at %(time)s", part=label, time=exact))
    description = voice.say(
        "The chance falls from %(first)s at %(start)s h to %(last)s at %(end)s h after the last dose.",
        first=words.percent(max(curve["probability_positive"]), voice),
        start=voice.number(curve["time_h"][_highest(curve["probability_positive"])]),
        last=words.percent(curve["probability_positive"][-1], voice),
        end=voice.number(curve["time_h"][-1]),
    )
    return Panel(
        name="probability",
        title=voice.say("Chance that a urine specimen tests positive"),
        description=" ".join([description, *(words.capital(sentence) + "." for sentence in told)]),
        x=time_axis(curve["time_h"][-1], voice),
        y=Axis(0.0, 1.0, tuple((v, words.percent(v, voice)) for v in (0.0, 0.25, 0.5, 0.75, 1.0)), ""),
        time=tuple(curve["time_h"]),
        bands=(Band("knowledge", tuple(curve["low"]), tuple(curve["high"])),),
        line=tuple(curve["probability_positive"]),
        marks=tuple(marks),
        key=(voice.say("line: best estimate"), voice.say("shaded: what is not known well")),
    )


def _highest(values) -> int:
    """Index of the last of the highest values."""
    return max(range(len(values)), key=lambda i: (values[i], i))


def concentration_panel(entry, voice: Voice = ENGLISH) -> Panel | None:
    """The fan of concentrations against the cutoff; None where there is nothing to draw."""
    points, cutoff = entry["concentration"], entry["cutoff_ng_ml"]
    if len(points["time_h"]) < 2:
        return None
    name = words.analyte(entry["analyte"], voice)
    top = max(*points["p95"], cutoff * 3.0)
    start, end = 10.0 ** math.floor(math.log10(cutoff) - LOG_DECADES_BELOW + 1.0), 10.0 ** math.ceil(math.log10(top))
    return Panel(
        name=f"concentration-{entry['analyte']}",
        title=voice.say("Concentration of %(analyte)s in urine, ng/mL", analyte=name),
        description=voice.say(
            "Half of specimens lie within the dark band, nine in ten within the light one. The middle line falls from"
            " %(highest)s ng/mL to %(lowest)s ng/mL; the dashed line is the cutoff, %(cutoff)s ng/mL.",
            highest=voice.number(max(points["p50"])),
            lowest=voice.number(points["p50"][-1]),
            cutoff=voice.number(cutoff),
        ),
        x=time_axis(points["time_h"][-1], voice),
        y=Axis(start, end, decades(start, end, voice), "ng/mL", logarithmic=True),
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
        (10.0**power, voice.number(10.0**power, ",g" if power < 6 else ".0e")) for power in range(first, last + 1)
    )


def time_axis(end, voice: Voice = ENGLISH) -> Axis:
    """Hours or days after the last dose, with about six round ticks."""
    in_days = end >= DAYS_FROM_H
    unit = 24.0 if in_days else 1.0
    step = round_step(end / unit / 6.0, (1, 2, 5, 10) if in_days else (1, 2, 3, 6, 12, 24))
    count = int(end / unit / step + 1e-9)
    ticks = tuple((i * step * unit, voice.number(i * step)) for i in range(count + 1))
    label = voice.say("days after the last dose") if in_days else voice.say("hours after the last dose")
    return Axis(0.0, float(end), ticks, label)


def round_step(rough, steps) -> float:
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
            steps = (24,)
