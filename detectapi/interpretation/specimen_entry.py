"""A specimen as an answer has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from detectapi.interpretation.asked_specimens import Asked, Clock
from detectapi.model.answer import hours


def specimen_entry(asked: Asked, clock: Clock) -> dict[str, Any]:
    """A specimen as an answer has it: when it was collected, and what a programme calls it."""
    written: dict[str, Any] = {"id": asked.id, "collected_h": hours(asked.collected)}
    if clock.origin is not None:
        written = {"id": asked.id, "collected": clock_time(clock, asked.collected)}
    written |= {"validity": asked.judged.word, "interpreted": asked.is_interpreted}
    if asked.judged.rule is not None:
        rule = asked.judged.rule
        written["rule"] = {"programme": rule.programme, "criterion": rule.locator, "access": rule.access}
    return written


def clock_time(clock: Clock, at: float) -> str:
    """A time on the common clock as a date and time."""
    if clock.origin is None:
        raise ValueError("the request has no dates")
    return (clock.origin + timedelta(seconds=round(at * 3600.0))).isoformat()
