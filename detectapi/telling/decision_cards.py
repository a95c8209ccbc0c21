"""What a card of CDS Hooks says of an answer: a summary in one sentence, and a detail in Markdown. In English."""

from __future__ import annotations

from datetime import datetime

from detectapi.telling import chances, interpretation, placed_results, sentences
from detectapi.telling.clinical import REMARKS
from detectapi.telling.summary import summarize
from detectapi.telling.voice import ENGLISH

NOT_SAID = ("matched-by-text", "other-medication", "not-taken", "unit-by-text", "verdict-by-text")
"""Remarks that a reader of a card needs not."""


def of_window(answer, last_dose: datetime, remarks) -> tuple[str, str]:
    """A card about a planned test.

    Parameters
    ----------
    answer : dict
        As `schemas.EstimateResponseSchema`.
    last_dose : datetime
    remarks : list of (str, str)
        Codes of `detectapi.telling.clinical.REMARKS`, with their places.

    Returns
    -------
    tuple of str
        The summary, and the detail in Markdown.
    """
    said = summarize(answer)
    recorded = f"{_name(answer['substance'])} recorded until {ENGLISH.day(last_dose)}"
    if answer["asked"]:
        one = answer["asked"][0]
        chance = chances.in_100(one["probability_positive"])
        summary = f"{recorded}: a urine test on {_day(one['at'])} is positive in {chance} such cases."
    else:
        summary = f"{recorded}: a urine test may be positive from it."
    table = [
        "| hours after the last dose | chance of a positive test | model uncertainty |",
        "|---|---|---|",
        *(f"| {row.hours} | {row.chance} | {row.low} to {row.high} |" for row in said.chances),
    ]
    parts = [f"{said.headline}.", said.test, said.positive, *said.asked, "\n".join(table), said.evidence.line]
    return summary, "\n\n".join([*parts, *_left_out(remarks), said.limits])


def of_results(answer, first_use: datetime, remarks) -> tuple[str, str]:
    """A card about results; parameters and return as of `of_window`."""
    entry = answer["accounts"][0]
    one = next((result for result in entry["results"] if "value_ng_ml" in result), entry["results"][0])
    collected = next(specimen["collected"] for specimen in answer["specimens"] if specimen["id"] == one["specimen"])
    recorded = f"{_name(answer['substance'])} recorded from {ENGLISH.day(first_use)}"
    summary = f"{recorded}: {_result(one)} on {_day(collected)} {_where(one)}."
    places = "\n".join(f"- {placed_results.place(result, answer)}" for result in entry["results"])
    said = interpretation.of_account(entry, answer)
    notes = [note["message"] for note in answer["notes"]]
    parts = [places, *said, interpretation.grade(entry), *notes, *_left_out(remarks), answer["limits"]]
    return summary, "\n\n".join(parts)


def of_cross_reactant(substance: str, medicine: str) -> tuple[str, str]:
    """A card about a screen to which a recorded medicine can respond."""
    summary = (
        f"{_name(substance)} screen positive, not confirmed: {medicine} is recorded, and screens can respond to it."
    )
    return summary, f"{summary}\n\nA confirmation tells the two apart.\n\n{interpretation.LIMITS}"


def _name(substance: str) -> str:
    return sentences.capital(sentences.name(substance))


def _day(text: str) -> str:
    return ENGLISH.day(datetime.fromisoformat(text))


def _result(one) -> str:
    analyte = placed_results.analyte(one)
    if "value_ng_ml" in one:
        return f"{analyte} {ENGLISH.number(one['value_ng_ml'])} ng/mL"
    if "below_ng_ml" in one:
        return f"{analyte} below {ENGLISH.number(one['below_ng_ml'])} ng/mL"
    low, high = (ENGLISH.number(one["between_ng_ml"][end]) for end in ("low", "high"))
    return f"{analyte} at least {low} ng/mL" if placed_results.is_open(one) else f"{analyte} {low} to {high} ng/mL"


def _where(one) -> str:
    """Where a result lies among those that the use gives."""
    share = f"{chances.in_100(one['probability'])} are {_like(one)}"
    if "value_ng_ml" not in one:
        return f"({share} with that use)"
    expected = one["expected"]
    side = "within"
    if one["value_ng_ml"] > expected["high_ng_ml"]:
        side = "above"
    elif one["value_ng_ml"] < expected["low_ng_ml"]:
        side = "below"
    return f"lies {side} what it gives ({share})"


def _like(one) -> str:
    """What the probability of a result is the share of."""
    if "between_ng_ml" not in one:
        return "at most as high"
    return "at least as high" if placed_results.is_open(one) else "between these limits"


def _left_out(remarks) -> list[str]:
    """What was read with an assumption or not at all, each kind once with its number."""
    every = [code for code, _ in remarks if code not in NOT_SAID]
    return [f"{REMARKS[code]} ({every.count(code)})" for code in dict.fromkeys(every)]
