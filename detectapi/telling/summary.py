"""Everything that is said of an answer, in one voice.

Terminal, notebook, page, embedded fragment and report show parts of one `Summary`, so that none can say anything of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from detectapi.telling import chances, evidence, sentences
from detectapi.telling.durations import Unit, duration
from detectapi.telling.inputs_used import DEFAULT, Input, input_name, input_used
from detectapi.telling.retelling import Quoted, quoted
from detectapi.telling.voice import ENGLISH

LEAST_SHARE = 0.005  # of the spread that is worth a line
MOST_TIMES = 13  # lines of the table of chances


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A line of the table of windows: exact hours for one analyte or for the whole test; words where there are none."""

    name: str
    low: str
    median: str
    high: str
    ever: str


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A line of the table of series: when something happens if every specimen is tested, in exact hours."""

    name: str
    low: str
    median: str
    high: str


@dataclass(frozen=True, slots=True)
class ChanceRow:
    """A line of the table of chances. ``duration`` is empty where it would only repeat the hours."""

    hours: str
    duration: str
    words: str
    chance: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Share:
    """A source of spread with its share, from 0 to 1; in words with its standard error."""

    words: str
    percent: str
    share: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind an answer. ``line`` is its grade and what the grade means, in a sentence."""

    line: str
    grade: str
    name: str
    meaning: str
    because: Quoted
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of an answer, in the order in which it is shown.

    Attributes
    ----------
    test : str
        Which test the answer is for, and whether it was assumed.
    level : str
        Of the 90 % range and of the model uncertainty.
    caption, columns : str, tuple of str
        Of the table of windows: the heads are the analyte, three shares of urine tests, and the chance of ever.
    series_caption, series_columns : str, tuple of str
        The same of the table of series, in which every specimen is tested.
    asked : tuple of str
        Each time that was asked about, with the chance then.
    usual : tuple of str
        Names of the inputs that were not given, for which values usual for adults were used.
    limits : str
        What an estimate is not.
    numbers : str
        Where every number of the model can be found.
    """

    title: str
    test: str
    positive: str
    headline: str
    sentences: tuple[str, ...]
    unit: Unit
    level: str
    caption: str
    columns: tuple[str, ...]
    windows: tuple[WindowRow, ...]
    series_caption: str
    series_columns: tuple[str, ...]
    series: tuple[SeriesRow, ...]
    asked: tuple[str, ...]
    chances: tuple[ChanceRow, ...]
    spread: tuple[Share, ...]
    evidence: Evidence
    notes: tuple[Quoted, ...]
    inputs: tuple[Input, ...]
    usual: tuple[str, ...]
    limits: str
    numbers: str


def summarize(answer, voice=ENGLISH, most_times: int = MOST_TIMES) -> Summary:
    """Everything that is said of an answer.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    voice : Voice
    most_times : int
        Lines of the table of chances at most.
    """
    window = answer["window"]
    unit, tail = sentences.unit_of_answer(answer), sentences.tail(window)
    return Summary(
        title=sentences.title(answer, voice),
        test=sentences.which_test(answer, voice),
        positive=sentences.positive_means(answer, voice),
        headline=sentences.answer_headline(answer, voice),
        sentences=tuple(sentences.of_answer(answer, voice)),
        unit=unit,
        level=chances.whole_percent(window["level"], voice, decimals=1),
        caption=voice.say("Hours after the last dose until which so many urine tests are positive"),
        columns=(
            voice.say("Test for"),
            *(chances.in_100(share, voice) for share in (1 - tail, 0.5, tail)),
            voice.say("At some time"),
        ),
        windows=window_rows(answer, voice),
        series_caption=voice.say("Hours after the last dose until it has come, if every specimen is tested"),
        series_columns=(voice.say("Specimen"), *(chances.in_100(share, voice) for share in (tail, 0.5, 1 - tail))),
        series=series_rows(answer, voice),
        asked=tuple(" ".join(parts) for parts in sentences.asked_times(answer, voice)),
        chances=tuple(chance_row(point, unit, voice) for point in some_points(answer["curve"], most_times)),
        spread=_spread(answer, voice),
        evidence=_evidence(answer, voice),
        notes=tuple(quoted(note["message"], voice) for note in answer["notes"]),
        inputs=tuple(input_used(entry, voice) for entry in answer["inputs_used"]),
        usual=tuple(input_name(entry["name"], voice) for entry in answer["inputs_used"] if entry["source"] == DEFAULT),
        limits=sentences.limits(voice),
        numbers=sentences.where_numbers_are(answer, voice),
    )


def window_rows(answer, voice=ENGLISH) -> tuple[WindowRow, ...]:
    """The exact window of the test, and of each of its classes, stages or analytes where there are several. [h]"""
    if sentences.is_untested(answer):
        return ()
    if "classes" in answer:
        rows = [(voice.say("any class"), answer["window"])]
        rows += [(sentences.name(one["name"], voice), one["window"]) for one in answer["classes"] if one["tested"]]
        return tuple(_window_row(name, window, voice) for name, window in rows)
    if "stages" in answer:
        rows = [(voice.say("both stages"), answer["window"])]
        rows += [(sentences.name(stage["name"], voice), stage["window"]) for stage in answer["stages"]]
        return tuple(_window_row(name, window, voice) for name, window in rows)
    entries = answer["analytes"]
    if len(entries) < 2:
        return tuple(_window_row(sentences.reading(entry, voice), entry["window"], voice) for entry in entries)
    whole = voice.say("all of them") if answer["rule"] == "all" else voice.say("any of them")
    rows = [(whole, answer["window"])]
    rows += [(sentences.reading(entry, voice), entry["window"]) for entry in entries]
    return tuple(_window_row(name, window, voice) for name, window in rows)


def series_rows(answer, voice=ENGLISH) -> tuple[SeriesRow, ...]:
    """The last positive and the first negative specimen: of the test, and of each class or analyte where there are several. [h]"""
    kinds = (("last_positive", voice.say("last positive")), ("first_negative", voice.say("first negative")))
    return tuple(
        SeriesRow(
            words if name is None else voice.say("%(specimen)s for %(analyte)s", specimen=words, analyte=name),
            *(_exact_hours(part["serial"][kind][f"{end}_h"], voice) for end in ("low", "median", "high")),
        )
        for name, part in _with_series(answer, voice)
        for kind, words in kinds
    )


def _with_series(answer, voice):
    """What has a series of specimens of its own in an answer, each with its name; the whole test has none."""
    if "classes" in answer:
        return [(sentences.name(one["name"], voice), one) for one in answer["classes"] if one["tested"]]
    entries = answer["analytes"] if len(answer["analytes"]) > 1 else []
    return [(None, answer), *((sentences.reading(entry, voice), entry) for entry in entries)]


def _window_row(name, window, voice) -> WindowRow:
    low, median, high = (_exact_hours(window[f"{end}_h"], voice) for end in ("low", "median", "high"))
    return WindowRow(name, low, median, high, chances.percent(window["ever_positive"], voice))


def _exact_hours(hours: float, voice) -> str:
    return f"{voice.number(hours)}\N{NO-BREAK SPACE}h" if hours > 0 else voice.say("never")


def some_points(curve, most: int):
    """Points of a curve to read off, evenly taken, the last one always: (hours, chance, low, high)."""
    points = list(zip(curve["time_h"], curve["probability_positive"], curve["low"], curve["high"], strict=True))
    step = -(-len(points) // most) if points else 1
    chosen = points[::step]
    return chosen if not points or chosen[-1] is points[-1] else [*chosen, points[-1]]


def chance_row(point: tuple[float, float, float, float], unit: Unit, voice=ENGLISH) -> ChanceRow:
    """A line of the table of chances: exact hours, and the same as a duration in the unit of the sentences.

    Parameters
    ----------
    point : tuple of float
        As `some_points` gives it.
    unit : Unit
    voice : Voice
    """
    hours, chance, low, high = point
    return ChanceRow(
        voice.number(hours),
        duration(hours, unit, voice) if unit.name != "hours" and hours >= unit.hours else "",
        chances.about(chance, voice),
        chances.percent(chance, voice),
        chances.percent(low, voice),
        chances.percent(high, voice),
    )


def _spread(answer, voice) -> tuple[Share, ...]:
    known, errors = evidence.spread_sources(voice), answer["uncertainty_se"]
    ordered = sorted(answer["uncertainty"].items(), key=lambda item: -item[1])
    return tuple(
        Share(known.get(source, source), _with_error(share, errors[source], voice), share)
        for source, share in ordered
        if share >= LEAST_SHARE
    )


def _with_error(share: float, error: float, voice) -> str:
    """A share with its standard error from the number of draws."""
    number, more = (voice.number(round(100 * value)) for value in (share, max(error, 0.01)))
    return voice.say("%(number)s ± %(error)s %%", number=number, error=more)


def _evidence(answer, voice) -> Evidence:
    entry = answer["evidence"]
    grade = entry["grade"]
    name, meaning = evidence.grade_names(voice)[grade], evidence.grade_meanings(voice)[grade]
    if sentences.is_untested(answer):
        meaning = voice.say("The list of the test decides; no model was asked.")
    line = voice.say("Evidence: %(grade)s. %(meaning)s", grade=name, meaning=meaning)
    return Evidence(
        line,
        grade,
        name,
        meaning,
        quoted(entry["because"], voice),
        tuple(evidence.with_access(source, voice) for source in entry["sources"]),
    )
