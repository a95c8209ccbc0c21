"""A loaded request of an interpretation -> accounts, specimens and what is asked of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from detectapi.interpretation import cells
from detectapi.interpretation.accounts import Account, FurtherUse, Specimen, voids_of
from detectapi.interpretation.asked_specimens import (
    Asked,
    Clock,
    clock_of,
    everything_measured,
    in_order,
    of_person,
    positive,
    specimen_of,
    within,
)
from detectapi.interpretation.cells import Cells
from detectapi.interpretation.verdicts import nodes_of
from detectapi.interpretation.work import IN_TURN, Nodes, check_work
from detectapi.knowledge import catalog
from detectapi.knowledge.interpretation import rules
from detectapi.model.asked_assay import read_assay
from detectapi.model.physiology import Physiology
from detectapi.model.question import Question, read_question
from detectapi.model.read_doses import read_regimen
from detectapi.model.read_physiology import read_physiology
from detectapi.values.assay import Assay
from detectapi.values.errors import InputError, NotSupported
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Substance

FURTHER = "/further_use"
"""Pointer of the amount of a further use, by which its random numbers are named."""


class Planned(NamedTuple):
    """A planned test.

    Attributes
    ----------
    at : float
        On the common clock. [h]
    physiology : Physiology
    assays : dict of str to Assay
        As each account's substance has it.
    """

    at: float
    physiology: Physiology
    assays: Mapping[str, Assay]


class Interpretation(NamedTuple):
    """Everything that decides the answer but the random numbers.

    Attributes
    ----------
    accounts : tuple of Account
    asked : tuple of Asked
        Every specimen in order of time.
    specimens : tuple of Specimen
        Those that are interpreted, in order of time.
    compare : tuple of (int, int)
        Places of accounts.
    planned : Planned or None
    clock : Clock
    draws, seed : int
    level, departure : float
    in_turn : bool
        Whether each specimen is also held against the earlier ones.
    """

    accounts: tuple[Account, ...]
    asked: tuple[Asked, ...]
    specimens: tuple[Specimen, ...]
    compare: tuple[tuple[int, int], ...]
    planned: Planned | None
    clock: Clock
    draws: int
    seed: int
    level: float
    departure: float
    in_turn: bool = False


def read(request: Mapping[str, Any]) -> Interpretation:
    """Turn a loaded request into accounts and specimens.

    Parameters
    ----------
    request : dict
        As `schemas.interpretation.InterpretationRequestSchema` loads it.

    Raises
    ------
    InputError
        When the request is of good form but has no meaning.
    """
    if request["model"].get("kind") == "half-life":
        raise NotSupported(
            "The half-life model gives no probability of a result, so that nothing can be read backwards with it.",
            pointer="/model/kind", code="no-likelihood",
        )  # fmt: skip
    clock = clock_of(request["specimens"])
    asked = in_order(request["specimens"], clock)
    said = {account["id"]: (i, account) for i, account in enumerate(request["accounts"])}
    used = {
        name: _used(request, account, f"/accounts/{i}")
        for name, (i, account) in said.items()
        if "extends" not in account
    }
    every = list({one.id: one for own in used.values() for one in own}.values())
    plain = {
        name: _plain_account(request, said[name][1], said[name][0], asked, clock, own, every)
        for name, own in used.items()
    }
    accounts = []
    for name, (i, account) in said.items():
        base = plain[account.get("extends", name)]
        accounts.append(_further(base, account, i, asked, clock) if "further_use" in account else base)
    planned = _planned(request, accounts, asked, clock)
    options = request["options"]
    interpreted = sum(one.is_interpreted for one in asked)
    in_turn = IN_TURN if options.get("in_turn") else 0
    specimens = tuple(specimen_of(request, one, accounts, every) for one in asked if one.is_interpreted)
    nodes = [_nodes(specimens, one, planned) for one in accounts]
    check_work(accounts, interpreted, options["draws"], in_turn, nodes)
    order = {account.id: i for i, account in enumerate(accounts)}
    departure = options.get("departure")
    return Interpretation(
        tuple(accounts),
        tuple(asked),
        specimens,
        tuple((order[one], order[other]) for one, other in request["compare"]),
        planned,
        clock,
        options["draws"],
        options["seed"],
        options["level"],
        rules().departure if departure is None else departure,
        options.get("in_turn", False),
    )


def _nodes(specimens: Sequence[Specimen], account: Account, planned: Planned | None) -> Nodes:
    """What the verdicts of an account need in a cell and draw: the most of any specimen, and that of the planned test."""
    cells, voids = len(account.cells.time), voids_of(len(specimens))
    each = [specimen.findings[account.id] for specimen in specimens]
    most = max(
        (sum(nodes_of(screen, own.residuals, voids, cells) for screen in own.screens) for own in each), default=0
    )
    if planned is None:
        return Nodes(most, 0)
    test = positive(planned.assays[account.id], account.question)
    return Nodes(most, nodes_of(test.screens[0], test.residuals, 1, cells))


def _used(request: Mapping[str, Any], said: Mapping[str, Any], here: str) -> list[Substance]:
    """The substances of an account that extends no other."""
    if "uses" in said:
        return [_named(use["substance"], f"{here}/uses/{i}/substance") for i, use in enumerate(said["uses"])]
    return [_substance(request, said, here)]


def _plain_account(
    request: Mapping[str, Any], said: Mapping[str, Any], place: int, asked: Sequence[Asked], clock: Clock,
    substances: Sequence[Substance], every: Sequence[Substance],
) -> Account:  # fmt: skip
    here, used = f"/accounts/{place}", {name: said[name] for name in ("uses", "doses", "pattern") if name in said}
    if "uses" not in said:
        used["substance"] = substances[0].id
    question_of = {
        **of_person(request), **used, "model": request["model"],
        "assay": everything_measured(asked, substances, every), "options": {"draws": request["options"]["draws"]},
    }  # fmt: skip
    parts = [(f"/{name}", f"{here}/{name}") for name in ("doses", "pattern", "uses")]
    with within(*parts, ("/assay", "/specimens")):
        question = _in_order_of_substance(read_question(question_of))
    ended = _ended(said, question, here, asked, clock)
    first = min((one.collected for one in asked), default=0.0)
    begun = ended.time[-1] + min(train.start for use in question.each for train in use.regimen.trains)
    if begun >= first:
        raise InputError(
            "A specimen was collected before the first dose.",
            pointer=f"/specimens/{asked[0].place}", code="collected-before-use",
        )  # fmt: skip
    return Account(said["id"], question, ended)


def _in_order_of_substance(question: Question) -> Question:
    """The same uses in order of substance and doses, with the random numbers of their amounts named by substance and number.

    So the order of a request does not matter, nor whether a use is written as ``doses`` or as one of ``uses``.
    """

    def place(use: Question) -> tuple[Any, ...]:
        return use.substance.id, [(one.start, one.route, one.amount.low, one.amount.high) for one in use.regimen.trains]

    numbers: Counter[str] = Counter()
    uses = []
    for use in sorted(question.each, key=place):
        trains = []
        for train in use.regimen.trains:
            numbers[use.substance.id] += 1
            trains.append(replace(train, pointer=f"/{use.substance.id}/{numbers[use.substance.id]}"))
        uses.append(replace(use, regimen=replace(use.regimen, trains=tuple(trains))))
    return replace(uses[0], assay=question.assay, uses=tuple(uses)) if question.uses else uses[0]


def _substance(request: Mapping[str, Any], said: Mapping[str, Any], here: str) -> Substance:
    word = said.get("substance", request.get("substance"))
    if word == request.get("substance"):
        return catalog.substance(word)
    return _named(word, f"{here}/substance")


def _named(word: str, pointer: str) -> Substance:
    """A substance by its name; refused at the place where it is named."""
    with within(("/substance", pointer)):
        return catalog.substance(word)


def _ended(said: Mapping[str, Any], question: Question, here: str, asked: Sequence[Asked], clock: Clock) -> Cells:
    """When the last dose of an account ended."""
    last = said.get("last_use")
    if last is None:
        return cells.known_time(_end_of_doses(said, question, here, clock))
    pointer = f"{here}/last_use"
    at = clock.hours(last, "at", pointer)
    if at is not None:
        return cells.known_time(at)
    first = min(one.collected for one in asked)
    earliest, latest = (clock.hours(last, name, pointer) for name in ("earliest", "latest"))
    latest = first if latest is None else latest
    if latest > first:
        raise InputError(
            "The last use must end before the first specimen. For use between specimens, add an account with further_use.",
            pointer=f"{pointer}/latest" if "latest" in last else f"{pointer}/latest_h", code="range",
        )  # fmt: skip
    if earliest is None or earliest >= latest:
        raise InputError(
            "The earliest time must lie before the latest one, and before the first specimen.",
            pointer=f"{pointer}/{'earliest' if 'earliest' in last else 'earliest_h'}", code="empty-range",
        )  # fmt: skip
    return cells.before_specimen(earliest, latest, first, last["prior"])


def _end_of_doses(said: Mapping[str, Any], question: Question, here: str, clock: Clock) -> float:
    ended_at = next((use.regimen.ended_at for use in question.each if use.regimen.ended_at is not None), None)
    pointer = f"{here}/{'uses' if 'uses' in said else 'doses'}"
    if ended_at is not None:
        if clock.origin is None:
            raise InputError(
                "Specimens and uses must be on one clock: give start_h here.",
                pointer=pointer,
                code="mixed-times",
            )
        return (ended_at - clock.origin).total_seconds() / 3600.0
    if clock.origin is not None or not said["timed"]:
        raise InputError(
            "Give every dose a start on the clock of the specimens, or the account a last_use.",
            pointer=pointer, code="required",
        )  # fmt: skip
    return end_of_doses([dose for use in said.get("uses", (said,)) for dose in use.get("doses", ())])


def end_of_doses(doses: Sequence[Mapping[str, Any]]) -> float:
    """When the last of some doses ends, on the clock of their starts. [h]"""
    ends: list[float] = []
    for dose in doses:
        repeat = dose["repeat"] or {"every_h": 0.0, "count": 1}
        ends.append(dose["start_h"] + repeat["every_h"] * (repeat["count"] - 1) + dose["duration_min"] / 60.0)
    return max(ends)


def _further(base: Account, said: Mapping[str, Any], place: int, asked: Sequence[Asked], clock: Clock) -> Account:
    """An account with one more use."""
    here, use = f"/accounts/{place}/further_use", said["further_use"]
    if len(base.ended.time) > 1:
        raise NotSupported(
            "A further use is added to uses whose time is known: give the account last_use.at, or dated doses.",
            pointer=here,
        )
    substance = _used_once_more(base.question, use, here)
    with within(("/doses/0", here)):
        regimen = read_regimen({"doses": [{**use, "repeat": None}]}, substance)
    regimen = Regimen(tuple(replace(train, pointer=FURTHER) for train in regimen.trains))
    earliest, latest = (clock.hours(use, name, here) for name in ("earliest", "latest"))
    if earliest is None or latest is None or earliest >= latest:
        raise InputError("The earliest time must lie before the latest one.", pointer=here, code="empty-range")
    when = cells.between(earliest, latest, [one.collected for one in asked])
    return Account(said["id"], base.question, base.ended, FurtherUse(regimen, when, substance.id))


def _used_once_more(question: Question, use: Mapping[str, Any], here: str) -> Substance:
    """Which of the substances of an account a further use is of."""
    substances = [one.substance for one in question.each]
    if "substance" not in use:
        if len(substances) == 1:
            return substances[0]
        detail = "Missing. The account that is extended names several substances: say which was used once more."
        raise InputError(detail, pointer=f"{here}/substance", code="required")
    wanted = _named(use["substance"], f"{here}/substance")
    for substance in substances:
        if substance.id == wanted.id:
            return substance
    raise InputError(
        "Must be a substance of the account that is extended.",
        pointer=f"{here}/substance", code="unknown-substance", allowed=[one.id for one in substances],
    )  # fmt: skip


def _substances(account: Account) -> list[Substance]:
    return [use.substance for use in account.question.each]


def _planned(
    request: Mapping[str, Any], accounts: Sequence[Account], asked: Sequence[Asked], clock: Clock
) -> Planned | None:
    said = request.get("planned")
    if said is None:
        return None
    at = clock.hours(said, "at", "/planned") or 0.0
    last = max(one.collected for one in asked)
    if at <= last:
        raise InputError(
            "A test is planned after the last specimen.",
            pointer="/planned/at" if "at" in said else "/planned/at_h", code="range",
        )  # fmt: skip
    with within(("/assay", "/planned/assay")):
        assays = {one.id: read_assay(said.get("assay"), *_substances(one)) for one in accounts}
    if any(part.per_creatinine for test in assays.values() for part in test.every_component):
        raise NotSupported(
            "A planned test with a cutoff per creatinine cannot be answered yet.", pointer="/planned/assay"
        )
    return Planned(at, read_physiology(of_person(request)), assays)
