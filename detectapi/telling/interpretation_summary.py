"""Everything that is said of an interpretation, in one voice: the page and the report show parts of one `Reading`."""

from __future__ import annotations

from dataclasses import dataclass

from detectapi.telling import interpretation as telling
from detectapi.telling import sentences
from detectapi.telling.durations import after, figure, unit_for
from detectapi.telling.evidence import grade_names, with_access
from detectapi.telling.interpretation_notes import NOTES
from detectapi.telling.placed_results import analyte, central, each_result, reported, share_beside, span
from detectapi.telling.retelling import Quoted, quoted
from detectapi.telling.unread_specimens import are_read
from detectapi.telling.voice import ENGLISH

UNEXPLAINED = "model-does-not-explain"
"""Code of the note that is said with its account, not among the notes."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A line of the table of results of an account.

    Attributes
    ----------
    specimen, analyte : str
    reported, expected : str
        What was measured, and the range that the account gives. [ng/mL]
    part : str
        Share of such specimens with at most as much.
    after_earlier, side : str
        The range after the earlier specimens, and on which side of it the result lies; empty where it was not asked for. [ng/mL]
    """

    specimen: str
    analyte: str
    reported: str
    expected: str
    part: str
    after_earlier: str
    side: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison: its sentences, how far it depends on the assumptions, and the ratio under each of the others."""

    pair: str
    sentences: tuple[str, ...]
    robustness: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What is said of an account.

    Attributes
    ----------
    heading : str
    unexplained : str
        Said where the model does not expect the results under it, else empty.
    sentences : tuple of str
        What all results say under it.
    each : tuple of str
        A sentence for each result.
    rows : tuple of ResultRow
    turns : bool
        Whether the specimens are held against the earlier ones.
    grade, grade_name : str
    because : Quoted
    sources : tuple of str
    others : tuple of (str, str)
        The time of last use under each other assumption.
    """

    heading: str
    unexplained: str
    sentences: tuple[str, ...]
    each: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    turns: bool
    grade: str
    grade_name: str
    because: Quoted
    sources: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said of an interpretation, in the order in which it is shown.

    Attributes
    ----------
    caption, turns_caption : str
        Of the table of results; where specimens are held against the earlier ones, of that table.
    columns, turns_columns : tuple of str
        Their heads.
    notes : tuple of Quoted
        Without those that are said with an account.
    """

    title: str
    headline: str
    comparisons: tuple[Compared, ...]
    accounts: tuple[Account, ...]
    caption: str
    columns: tuple[str, ...]
    turns_caption: str
    turns_columns: tuple[str, ...]
    notes: tuple[Quoted, ...]
    limits: str


def summarize(answer, voice=ENGLISH) -> Reading:
    """Everything that is said of an interpretation: no account and no comparison where no specimen is interpreted.

    Parameters
    ----------
    answer : dict
        As in `schemas.InterpretationResponseSchema`.
    voice : Voice
    """
    share = central(answer["level"], voice)
    specimen, measured = voice.say("Specimen"), voice.say("Measured")
    after = voice.say("Expected after the earlier specimens")
    headline, is_read = telling.headline(answer, voice), are_read(answer["specimens"])
    remarks = (quoted(note["message"], voice) for note in answer["notes"] if note["code"] != UNEXPLAINED)
    return Reading(
        title=telling.title(answer, voice),
        headline=headline,
        comparisons=tuple(_compared(entry, voice) for entry in answer["comparisons"] if is_read),
        accounts=tuple(_account(entry, answer, voice) for entry in answer["accounts"] if is_read),
        caption=voice.say(
            "Each result, and the range in which %(share)s such specimens lie if the account is true. In ng/mL.", share=share
        ),
        columns=(specimen, measured, voice.say("Expected"), voice.say("At most as much")),
        turns_caption=voice.say(
            "Which specimens need a further use to be explained? Each is held against the range in which %(share)s such specimens"
            " lie after the earlier ones, without further use. In ng/mL.",
            share=share,
        ),
        turns_columns=(specimen, measured, after, voice.say("The result lies")),
        notes=tuple(remark for remark in remarks if remark.text != headline),
        limits=voice.say(telling.LIMITS),
    )  # fmt: skip


def sides(voice=ENGLISH) -> dict[str, str]:
    """Where a result lies, in words."""
    return {
        "above": voice.say("above the range"),
        "within": voice.say("within the range"),
        "below": voice.say("below the range"),
    }


def _compared(entry, voice) -> Compared:
    first, second = (telling.quoted(entry[place], voice) for place in ("first", "second"))
    others = entry.get("other_assumptions", ())
    return Compared(
        voice.say("%(first)s over %(second)s", first=first, second=second),
        tuple(telling.compared(entry, voice)),
        telling.robustness(entry, voice),
        tuple((_change(one, voice), telling.times(one["log10_lr"], voice)) for one in others),
    )


def _change(entry, voice) -> str:
    """Another assumption in words."""
    values = {"analyte": sentences.name(entry["analyte"], voice)} if "analyte" in entry else {}
    words = telling.CHANGES[entry["change"]]
    return voice.say(words, **values)


def _account(entry, answer, voice) -> Account:
    evidence = entry["evidence"]
    return Account(
        heading=voice.say("Under %(account)s:", account=telling.quoted(entry["id"], voice)),
        unexplained=""
        if entry["explained"]
        else voice.say(NOTES[UNEXPLAINED], account=telling.quoted(entry["id"], voice)),
        sentences=tuple(telling.of_account(entry, answer, voice)),
        each=tuple(each_result(entry, answer, voice)),
        rows=tuple(_row(one, voice) for one in entry["results"]),
        turns=any("after_earlier" in one for one in entry["results"]),
        grade=evidence["grade"],
        grade_name=grade_names(voice)[evidence["grade"]],
        because=quoted(evidence["because"], voice),
        sources=tuple(with_access(source, voice) for source in evidence["sources"]),
        others=_other_times(entry, voice),
    )


def _row(entry, voice) -> ResultRow:
    expected, later = entry["expected"], entry.get("after_earlier")
    return ResultRow(
        entry["specimen"],
        analyte(entry, voice),
        reported(entry, voice),
        span(expected["low_ng_ml"], expected["high_ng_ml"], voice),
        share_beside(entry, voice),
        span(later["low_ng_ml"], later["high_ng_ml"], voice) if later else "",
        sides(voice)[telling.side(entry)] if later else "",
    )


def _other_times(entry, voice) -> tuple[tuple[str, str], ...]:
    when = entry.get("time_of_use")
    if when is None:
        return ()
    unit = unit_for(max(one["high_h"] for one in (when, *when["other_assumptions"])))
    return tuple(
        (
            _change(one, voice),
            voice.say(
                "%(low)s to %(high)s", low=figure(one["low_h"], unit, voice), high=after(one["high_h"], unit, voice)
            ),
        )
        for one in when["other_assumptions"]
    )
