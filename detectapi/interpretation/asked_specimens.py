"""The specimens of a request: when each was collected, what was measured of the urine, and what was found in it.

Specimens are put in the order of their time and results in that of their names, so that the order of a request does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from detectapi.interpretation.accounts import Account, Specimen
from detectapi.interpretation.contradiction import contradicts
from detectapi.interpretation.likelihood import Findings, Result
from detectapi.interpretation.readings import Reading, Residual
from detectapi.interpretation.validity import NOT_INTERPRETED, Judged, judge
from detectapi.interpretation.verdicts import Stage, Verdict
from detectapi.knowledge import catalog
from detectapi.knowledge.interpretation import rules
from detectapi.model.asked_assay import analyte_of, read_assay
from detectapi.model.question import Question
from detectapi.model.read_physiology import read_physiology
from detectapi.values.assay import Assay, Component
from detectapi.values.errors import InputError, NotSupported
from detectapi.values.substance import Moiety, Substance

OF_PERSON = ("person", "renal", "hydration", "urine_ph")
OF_URINE = ("kind", "read_by", "urine_ph", "urine_creatinine_mg_dl", "specific_gravity", "void_interval_h")
MEASURED = ("urine_creatinine_mg_dl", "specific_gravity", "urine_ph")
IMPRECISION = 0.1
"""Coefficient of variation of a confirmation where none is told; as `detectapi.model.asked_assay` has it."""


class Asked(NamedTuple):
    """A specimen as it was asked about.

    Attributes
    ----------
    id : str
    place : int
        In the request.
    collected : float
        On the common clock. [h]
    said : dict
        As it was loaded.
    judged : Judged
        What a programme calls it.
    """

    id: str
    place: int
    collected: float
    said: Mapping[str, Any]
    judged: Judged

    @property
    def is_interpreted(self) -> bool:
        """Whether it is read backwards: something was looked for in it, and it can be what kidneys make."""
        return self.was_tested and self.judged.word not in NOT_INTERPRETED

    @property
    def was_tested(self) -> bool:
        """Whether the request has a result of it, or the verdict of a screen."""
        return bool(self.said["results"]) or "screen" in self.said


class Clock(NamedTuple):
    """The common clock: hours from the first specimen, or the hours of the doses.

    Attributes
    ----------
    origin : datetime or None
        When it shows zero; None where the request has hours.
    """

    origin: datetime | None

    def hours(self, said: Mapping[str, Any], name: str, pointer: str) -> float | None:
        """A time of the request. [h]

        Raises
        ------
        InputError
            It is a date where the specimens have hours, or the other way round.
        """
        date: datetime | None = said.get(name)
        hours: float | None = said.get(f"{name}_h")
        if date is None and hours is None:
            return None
        if (date is None) != (self.origin is None):
            wanted = f"{name}_h" if self.origin is None else name
            raise InputError(
                f"Specimens and uses must be on one clock: give {wanted} here.",
                pointer=f"{pointer}/{name if hours is None else f'{name}_h'}", code="mixed-times",
            )  # fmt: skip
        if date is None or self.origin is None:
            return hours
        return (date - self.origin).total_seconds() / 3600.0


@contextmanager
def within(*places: tuple[str, str]) -> Iterator[None]:
    """Errors of a part of the request point at that part: each beginning of a pointer, and what it is replaced by."""
    try:
        yield
    except InputError as error:
        for old, new in places:
            if error.pointer == old or error.pointer.startswith(f"{old}/"):
                moved = [problem._replace(pointer=new + problem.pointer[len(old) :]) for problem in error.problems]
                raise InputError(error.message, problems=moved, pointer=moved[0].pointer, code=error.code) from None
        raise


def clock_of(specimens: Sequence[Mapping[str, Any]]) -> Clock:
    """The clock of a request: that of its specimens."""
    dates = [one["collected"] for one in specimens if "collected" in one]
    return Clock(min(dates) if dates else None)


def in_order(said: Sequence[Mapping[str, Any]], clock: Clock) -> list[Asked]:
    """The specimens in order of time; those of one time in the order of what was found, so that the request's does not matter."""
    timed = []
    for place, one in enumerate(said):
        at = clock.hours(one, "collected", f"/specimens/{place}")
        timed.append((at or 0.0, _in_any_order({k: v for k, v in one.items() if k != "id"}), place, one))
    taken, asked = {one["id"] for one in said if "id" in one}, []
    for number, (at, _, place, one) in enumerate(sorted(timed, key=lambda item: item[:2]), 1):
        name = one["id"] if "id" in one else next(str(n) for n in count(number) if str(n) not in taken)
        taken.add(name)
        asked.append(Asked(name, place, at, one, judge(measured_of(one))))
    return asked


def _in_any_order(said: Any) -> str:
    """A text of what was loaded in which the order of names and of lists does not show."""
    if isinstance(said, Mapping):
        return repr(sorted((name, _in_any_order(value)) for name, value in said.items()))
    if isinstance(said, list):
        return repr(sorted(map(_in_any_order, said)))
    return repr(said)


def measured_of(said: Mapping[str, Any]) -> dict[str, float]:
    """What was measured of the urine of a specimen itself; the middle of a range."""
    return {name: _centre(said[name]) for name in MEASURED if said.get(name) is not None}


def _centre(said: float | Mapping[str, float]) -> float:
    return 0.5 * (said["low"] + said["high"]) if isinstance(said, Mapping) else float(said)


def specimen_of(
    request: Mapping[str, Any], asked: Asked, accounts: Sequence[Account], every: Sequence[Substance]
) -> Specimen:
    """A specimen with what was found in it, as the substance of each account has it.

    Parameters
    ----------
    request : dict
    asked : Asked
    accounts : sequence of Account
    every : sequence of Substance
        Those of all accounts.
    """
    urine = {name: asked.said[name] for name in OF_URINE if asked.said.get(name) is not None}
    with within(("/specimen", f"/specimens/{asked.place}")):
        physiology = read_physiology({**of_person(request), "specimen": urine})
    findings = {account.id: _findings(asked, account.question, every) for account in accounts}
    contradicted = "screen" in asked.said and _is_contradicted(asked, accounts, findings)
    if contradicted:  # no error of a measurement explains both, and the confirmation is the surer one
        findings = {name: one._replace(screens=()) for name, one in findings.items()}
    return Specimen(asked.collected, physiology, findings, contradicted)


def _is_contradicted(asked: Asked, accounts: Sequence[Account], findings: Mapping[str, Findings]) -> bool:
    """Whether the results of a specimen contradict the verdict of its test, whichever account is true.

    What was measured is known whichever account is true, so results count for all accounts, also for those that never form them.
    A negative verdict is contradicted by what one account knows that the test responds to; a positive one only where no account
    knows anything else that may have made it positive.
    """
    by_reading = {tuple(one.reading.weights): one for own in findings.values() for one in own.results}
    if not by_reading:
        return False
    results = list(by_reading.values())
    others = _looked_for(asked) - {analyte for reading in by_reading for analyte in reading}
    each = [
        contradicts(verdict_of(asked, [use.substance for use in account.question.each]), results, others)
        for account in accounts
    ]
    return all(each) if asked.said["screen"]["positive"] else any(each)


def _looked_for(asked: Asked) -> set[str]:
    """Every analyte that a registered test of a specimen responds to; one in full responds to what an account forms alone."""
    test = asked.said["screen"]["assay"]
    whole = catalog.assay(test).assay if isinstance(test, str) else None
    return set() if whole is None else {analyte for part in whole.every_component for analyte in part.weights}


def of_person(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a request says of the person."""
    return {name: request[name] for name in OF_PERSON if request.get(name) is not None}


def _findings(asked: Asked, question: Question, every: Sequence[Substance]) -> Findings:
    """What was found in a specimen, as the substances of an account have it."""
    substances, said = [use.substance for use in question.each], asked.said
    error = math.log1p(said.get("imprecision_cv", IMPRECISION) ** 2)
    results, never_formed = [], []
    for entry in _results(asked, substances, every):
        if not entry.is_formed:
            never_formed += [entry.analyte] if _limits(entry.said)[0] > -math.inf else []
            continue
        part = next(
            one for one in question.assay.components
            if one.analyte == entry.analyte and entry.hydrolysed in (None, one.hydrolysed)
        )  # fmt: skip
        results.append(Result(_reading(part, question.assay, error), *_limits(entry.said)))
    screens = []
    if "screen" in said:
        screens = _told(verdict_of(asked, substances), results)
    readings = [result.reading for result in results] + [one for screen in screens for one in screen.readings]
    return Findings(tuple(results), tuple(screens), residuals_of(question, readings), tuple(never_formed))


def verdict_of(asked: Asked, substances: Sequence[Substance]) -> Verdict:
    """The verdict of the whole test of a specimen that has one, as far as it concerns some substances."""
    return Verdict(stages_of(_screen_assay(asked, substances)), asked.said["screen"]["positive"])


def stages_of(test: Assay) -> tuple[Stage, ...]:
    """The stages of a test, each with what its parts respond to, their errors and their cutoffs."""
    stages = []
    for stage in test.in_turn:
        error = math.log1p(stage.imprecision_cv**2) + (stage.kit_bias.log_sd**2 if stage.kit_bias else 0.0)
        readings = tuple(_reading(part, stage, error) for part in stage.components)
        cutoffs = tuple(math.log(part.cutoff_ng_ml) for part in stage.components)
        stages.append(Stage(readings, cutoffs, stage.rule == "all"))
    return tuple(stages)


def _told(verdict: Verdict, results: Sequence[Result]) -> list[Verdict]:
    """What the verdict of a test tells beside the results of its confirmation, which are the same measurement.

    With every analyte of the last stage reported, the earlier stages have the verdict where the confirmation is positive. Where it
    is not, it explains a negative verdict by itself.
    """
    reported = {tuple(result.reading.weights): result for result in results}
    last = verdict.stages[-1]
    own = [reported.get(tuple(reading.weights)) for reading in last.readings]
    if len(verdict.stages) == 1 or any(result is None for result in own):
        return [verdict]
    reached = [result is not None and result.low >= cutoff for result, cutoff in zip(own, last.cutoffs, strict=True)]
    confirmed = all(reached) if last.needs_all else any(reached)
    return [Verdict(verdict.stages[:-1], verdict.positive)] if confirmed or verdict.positive else []


def _reading(part: Component, test: Assay, error: float) -> Reading:
    """What a part of a test responds to; what is not known of the yield of a hydrolysis counts as an error of the reading."""
    split = test.hydrolysis_yield
    weights = {a: w * split.value if a in part.split else w for a, w in part.weights.items()}
    return Reading(weights, error + split.uncertainty**2 if part.split else error)


def residuals_of(question: Question, readings: Sequence[Reading]) -> dict[str, Residual]:
    """The residual of every analyte that some readings respond to; one that several uses form has that of the first of them."""
    residuals = {}
    for analyte in dict.fromkeys(a for reading in readings for a in reading.weights):
        use = next(use for use in question.each if use.substance.forms(analyte))
        group = use.substance.stands_with(analyte)
        residuals[analyte] = Residual(group, use.parameters[f"{group}.residual_factor"].variability)
    return residuals


def positive(test: Assay, question: Question) -> Findings:
    """The finding that a test is positive."""
    verdict = Verdict(stages_of(test), True)
    return Findings((), (verdict,), residuals_of(question, verdict.readings))


class _Entry(NamedTuple):
    """One result of the request: its analyte by id, whether it was read after hydrolysis, and whether the account forms it."""

    analyte: str
    hydrolysed: bool | None
    said: Mapping[str, Any]
    is_formed: bool


def _results(asked: Asked, substances: Sequence[Substance], every: Sequence[Substance]) -> list[_Entry]:
    """The results of a specimen in order of analyte.

    Parameters
    ----------
    asked : Asked
    substances : sequence of Substance
        Those of one account.
    every : sequence of Substance
        Those of all accounts.

    Raises
    ------
    InputError
        An analyte that no substance of the account forms, unless they are known never to form what another account does; or an
        analyte that occurs twice.
    """
    entries: list[_Entry] = []
    for i, said in enumerate(asked.said["results"]):
        pointer = f"/specimens/{asked.place}/results/{i}"
        moiety, is_formed = _analyte(said["analyte"], substances, every, f"{pointer}/analyte")
        hydrolysed = said.get("hydrolysed", asked.said.get("hydrolysed", False))
        entry = _Entry(moiety.id, True if moiety.total else hydrolysed, said, is_formed)
        if any(other[:2] == entry[:2] for other in entries):
            raise InputError("An analyte occurs once in a specimen.", pointer=f"{pointer}/analyte", code="duplicate")
        entries.append(entry)
    return sorted(entries, key=lambda entry: (entry.analyte, bool(entry.hydrolysed)))


def _analyte(
    word: str, substances: Sequence[Substance], every: Sequence[Substance], pointer: str
) -> tuple[Moiety, bool]:
    """The analyte that a word means, and whether some of the substances of an account form it."""
    try:
        return analyte_of(substances, word, pointer), True
    except NotSupported:
        moiety = analyte_of([*substances, *every], word, pointer)
        if not rules().is_never_formed(moiety.id, [one.id for one in substances]):
            raise
        return moiety, False


def _limits(said: Mapping[str, Any]) -> tuple[float, float]:
    if "value_ng_ml" in said:
        return math.log(said["value_ng_ml"]), math.log(said["value_ng_ml"])
    if "below_ng_ml" in said:
        return -math.inf, math.log(said["below_ng_ml"])
    return math.log(said["between_ng_ml"]["low"]), math.log(said["between_ng_ml"]["high"])


def _screen_assay(asked: Asked, substances: Sequence[Substance]) -> Assay:
    with within(("/assay", f"/specimens/{asked.place}/screen/assay")):
        test = read_assay(asked.said["screen"]["assay"], *substances)
    if any(part.per_creatinine for part in test.every_component):
        raise NotSupported(
            "A screen with a cutoff per creatinine cannot be read backwards yet.",
            pointer=f"/specimens/{asked.place}/screen/assay",
        )
    return _in_order(test)


def _in_order(test: Assay) -> Assay:
    """A test with the parts of each stage in order of analyte."""
    stages = tuple(_in_order(stage) for stage in test.stages)
    return replace(test, components=tuple(sorted(test.components, key=lambda part: part.analyte)), stages=stages)


def everything_measured(
    asked: Sequence[Asked], substances: Sequence[Substance], every: Sequence[Substance]
) -> dict[str, Any] | None:
    """A test for everything of an account that some specimen was tested for, each with the lowest level that matters."""
    levels: dict[tuple[str, bool | None], float] = {}
    for one in asked:
        for entry in _results(one, substances, every):
            if not entry.is_formed:
                continue
            level = math.exp(max(limit for limit in _limits(entry.said)))
            key = entry[:2]
            levels[key] = min(level, levels.get(key, math.inf))
        if "screen" in one.said:
            for part in _screen_assay(one, substances).every_component:
                key = part.analyte, part.hydrolysed
                levels[key] = min(part.cutoff_ng_ml, levels.get(key, math.inf))
    if not levels:
        return None
    parts = sorted(levels.items(), key=lambda item: (item[0][0], bool(item[0][1])))
    return {
        "rule": "any",
        "analytes": [{"analyte": a, "cutoff_ng_ml": level, "hydrolysed": bool(h)} for (a, h), level in parts],
    }
