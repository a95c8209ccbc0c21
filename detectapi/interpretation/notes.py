"""Which notes an interpretation needs, and their values. Their sentences stand in `detectapi.telling.interpretation_notes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detectapi.interpretation.asked_specimens import Asked, Clock, measured_of
from detectapi.interpretation.outcome import Outcome
from detectapi.interpretation.question import Interpretation
from detectapi.interpretation.specimen_entry import specimen_entry
from detectapi.interpretation.validity import DILUTE, undecided
from detectapi.knowledge import catalog
from detectapi.knowledge.interpretation import Precondition, rules
from detectapi.telling.interpretation import quoted
from detectapi.telling.interpretation_notes import interference, note
from detectapi.telling.sentences import name
from detectapi.telling.unread_specimens import note_of

FEW = 50.0
"""Below this effective size an answer says that its numbers are less exact."""


def collect(request: Mapping[str, Any], question: Interpretation, accounts: Sequence[Outcome]) -> list[dict[str, str]]:
    """Every note an interpretation needs.

    Parameters
    ----------
    request : dict
    question : Interpretation
    accounts : sequence of Outcome

    Returns
    -------
    list of {"code", "message"}
    """
    remarks = [
        note("model-does-not-explain", account=quoted(one.account.id)) for one in accounts if not one.is_explained
    ]
    remarks += _of_formation(question, accounts)
    for asked in question.asked:
        remarks += _of_specimen(asked, question.clock)
    remarks += _of_screens(question)
    remarks += _of_contradictions(question)
    programme = [note("dot-not-considered")] if request.get("programme") == "dot" else []
    if not question.specimens:
        return remarks + programme
    remarks += _of_comparisons(question, accounts)
    if any(one.account.further for one in accounts) and len(question.specimens) == 1:
        remarks.append(note("single-specimen-new-use"))
    few = min(one.weighted.effective_size for one in accounts)
    if few < FEW:
        remarks.append(note("few-draws", number=round(few)))
    remarks += programme
    substances = {use.substance.id for one in accounts for use in one.account.question.each}
    remarks += [
        {"code": one.code, "message": one.message}
        for one in rules().preconditions
        if substances & set(one.substances) and _applies(one, question)
    ]
    return [*remarks, note("chain-of-custody-unknown")]


def _of_formation(question: Interpretation, accounts: Sequence[Outcome]) -> Iterator[dict[str, str]]:
    """What was measured although an account never leads to it."""
    for one in accounts:
        for asked, specimen in zip(_interpreted(question), question.specimens, strict=True):
            for analyte in specimen.findings[one.account.id].never_formed:
                account = quoted(one.account.id)
                yield note("never-formed", specimen=asked.id, analyte=name(analyte), account=account)


def _interpreted(question: Interpretation) -> list[Asked]:
    return [asked for asked in question.asked if asked.is_interpreted]


def _of_specimen(asked: Asked, clock: Clock) -> Iterator[dict[str, str]]:
    if not asked.is_interpreted:
        yield note_of(specimen_entry(asked, clock))
        return
    rule = asked.judged.rule
    if rule is not None and rule.word == DILUTE:
        yield note("dilute-specimen", specimen=asked.id, rule=rule.locator)
    missing = undecided(measured_of(asked.said))
    if missing is not None:
        yield note("specific-gravity-missing", specimen=asked.id, word=missing.word, rule=missing.locator)
    if _is_unconfirmed(asked):
        yield note("screen-only", specimen=asked.id)
    if not any(asked.said.get(name) is not None for name in ("urine_creatinine_mg_dl", "specific_gravity")):
        yield note("creatinine-missing", specimen=asked.id)


def _is_unconfirmed(asked: Asked) -> bool:
    """Whether nothing but a screen is known of a specimen. A registered test with a confirmation in it is more than a screen."""
    if asked.said["results"] or "screen" not in asked.said:
        return False
    test = asked.said["screen"]["assay"]
    return not isinstance(test, str) or catalog.assay(test).stage == "screen"


def _of_screens(question: Interpretation) -> Iterator[dict[str, str]]:
    """Medicines after which a screen was more often positive without its drug: of specimens with nothing but a positive screen."""
    for asked, specimen in zip(_interpreted(question), question.specimens, strict=True):
        if not (_is_unconfirmed(asked) and asked.said["screen"]["positive"]):
            continue
        screens = [screen for findings in specimen.findings.values() for screen in findings.screens]
        read = {analyte for screen in screens for reading in screen.readings for analyte in reading.weights}
        yield from (interference(asked.id, known) for known in rules().interference if read & set(known.analytes))


def _of_contradictions(question: Interpretation) -> Iterator[dict[str, str]]:
    """Specimens of which the verdict of a test and the results do not fit each other."""
    for asked, specimen in zip(_interpreted(question), question.specimens, strict=True):
        if specimen.contradicted:
            word = "positive" if asked.said["screen"]["positive"] else "negative"
            yield note(f"{word}-screen-contradicted", specimen=asked.id)


def _of_comparisons(question: Interpretation, accounts: Sequence[Outcome]) -> Iterator[dict[str, str]]:
    compared = {place for pair in question.compare for place in pair}
    grades = {accounts[place].evidence.grade for place in compared}
    for grade in ("hypothesis", "extrapolated"):
        if grade in grades:
            yield note(f"interpretation-{grade}", largest=f"{rules().largest_ratio[grade]:g}")
            return


def _applies(one: Precondition, question: Interpretation) -> bool:
    """Whether what a precondition speaks of is the case for some specimen."""
    for asked in question.asked:
        said = asked.said
        holds = {
            "screen": "screen" in said,
            "always": True,
            "stored": said.get("stored_days") is not None and said["stored_days"] > one.above,
            "not-hydrolysed": not said.get("hydrolysed", False),
        }
        if holds[one.when]:
            return True
    return False
