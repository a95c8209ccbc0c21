"""Answers for several tests side by side, for who does not know the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectapi.telling import chances, sentences
from detectapi.telling.durations import DAYS, after, duration, figure, unit_for
from detectapi.telling.voice import ENGLISH


@dataclass(frozen=True, slots=True)
class TestRow:
    """The answer for one test: what it is, what it calls positive, its 90 % range and its median."""

    __test__ = False

    name: str
    positive: str
    window: str
    median: str


@dataclass(frozen=True, slots=True)
class CommonTests:
    """Answers side by side. ``sentence`` is empty where there is no other test."""

    sentence: str
    columns: tuple[str, ...]
    rows: tuple[TestRow, ...]


def compare(answers: Sequence[dict], voice=ENGLISH) -> CommonTests:
    """Answers to one question for several tests.

    Parameters
    ----------
    answers : sequence of dict
        One at least, as in `schemas.EstimateResponseSchema`.
    voice : Voice

    Returns
    -------
    CommonTests
        In the order of their medians, the longest last.
    """
    ordered = sorted(answers, key=lambda answer: (answer["window"]["median_h"], answer["window"]["high_h"]))
    level = chances.whole_percent(ordered[0]["window"]["level"], voice, decimals=1)
    columns = (voice.say("Test"), voice.say("%(level)s range", level=level), voice.say("Half still positive"))
    return CommonTests(_sentence(ordered, voice), columns, tuple(_row(answer, voice) for answer in ordered))


def _sentence(answers, voice) -> str:
    """How far the answer depends on the test."""
    ends = sorted(answer["window"]["high_h"] for answer in answers)
    shortest = min((end for end in ends if end > 0), default=0.0)
    # Hours where the shortest is less than two days: a day is too coarse for it.
    unit = unit_for(ends[-1] if shortest >= 2.0 * DAYS.hours else min(ends[-1], 2.0 * DAYS.hours), shortest)
    low, high = figure(ends[0], unit, voice), after(ends[-1], unit, voice)
    if low == figure(ends[-1], unit, voice):
        return ""
    return voice.say(
        "The test matters: with common tests, the upper end of this range lies between %(low)s and %(high)s.",
        low=low,
        high=high,
    )


def _row(answer, voice) -> TestRow:
    window = answer["window"]
    name = sentences.named_test(answer["assay"], voice)
    positive = sentences.positive_means(answer, voice)
    if sentences.is_unlikely(window):
        return TestRow(name, positive, sentences.headline(window, voice), voice.say("never"))
    unit = sentences.unit_of(window)
    reach = duration(window["high_h"], unit, voice)
    if window["low_h"] > 0:
        reach = f"{figure(window['low_h'], unit, voice)} – {reach}"
    else:
        reach = voice.say("at most %(time)s", time=after(window["high_h"], unit, voice))
    median = duration(window["median_h"], unit, voice) if window["median_h"] > 0 else voice.say("never")
    return TestRow(name, positive, reach, median)
