"""Cases answered in pieces: what was answered is kept in a folder, so that a run can stop and go on later.

A case is known by its setting, by what is untrue in it, by its number and seed, and by the version of the numbers: a digest of the
code that answers it and of the data that it reads. Where one of these changes, it is answered anew.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from detectapi.evaluation.validation.backwards import PairRead, Rule, TimeRead, read_pair, read_time
from detectapi.evaluation.validation.backwards_cases import IMPRECISION, LIMIT_NG_ML, People, Setting, Twist
from detectapi.knowledge import DATA, catalog, posterior

CODE = ("exponentials", "inputs", "interpretation", "knowledge", "model", "values")
"""Packages whose code decides the numbers."""
OF_ALL = ("interpretation.toml", "physiology/*.toml", "routes.toml", "covariates.toml")
"""Data that every question reads."""
PIECE = 5
"""Cases that a process answers at once."""

Read = TimeRead | PairRead


class Task(NamedTuple):
    """Cases of one setting and one truth.

    Attributes
    ----------
    table : dict
        The setting as the file has it.
    true : int
        Place of the account that is true.
    twist : Twist
    cases, seed : int
    """

    table: Mapping[str, Any]
    true: int
    twist: Twist
    cases: int
    seed: int

    @property
    def setting(self) -> Setting:
        """What the cases have in common."""
        return setting_of(self.table)

    @property
    def key(self) -> str:
        """By which answers are kept."""
        known = {name: value for name, value in self.table.items() if name not in ("cases", "twisted", "name")}
        parts = [known, self.true, list(self.twist), self.seed, LIMIT_NG_ML, IMPRECISION]
        written = json.dumps(parts, sort_keys=True) + numbers(self.table["substance"])
        return hashlib.sha256(written.encode()).hexdigest()[:24]


class NotFinished(Exception):
    """Cases are left when the time was over.

    Parameters
    ----------
    done, whole : int
        Cases.
    """

    def __init__(self, done: int, whole: int) -> None:
        super().__init__(f"{done} of {whole} cases are answered. Run the command again with the same folder to go on.")


def setting_of(table: Mapping[str, Any]) -> Setting:
    """A setting of the file."""
    accounts = table["accounts"] if "accounts" in table else [table["account"]]
    return Setting(
        table["name"], table["substance"], tuple(accounts), tuple(table["collected_h"]), tuple(table["analytes"])
    )


def rules_of(table: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The published rules that a setting is held against."""
    return tuple(Rule(**rule) for rule in table.get("rules", ()))


@lru_cache(maxsize=64)
def numbers(substance_id: str) -> str:
    """Version of the numbers of one substance: a digest of the code and of the data that they rest on."""
    package = DATA.parent
    files = [file for name in CODE for file in sorted((package / name).rglob("*.py"))]
    files += [file for pattern in OF_ALL for file in sorted(DATA.glob(pattern))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    substance = catalog.substance(substance_id)
    fitted, _ = posterior.posterior(substance)
    digest.update(f"{substance.numbers_sha256} {fitted.fingerprint if fitted else ''}".encode())
    return digest.hexdigest()


def answer(task: Task, places: Sequence[int]) -> list[Read]:
    """Some cases of a task."""
    people = People(task.setting, max(places) + 1, task.seed, task.true, task.twist)
    by = rules_of(task.table)
    return [_read(people, place, by) for place in places]


def _read(people: People, place: int, by: Sequence[Rule]) -> Read:
    case = people.case(place)
    return read_time(case) if len(people.setting.accounts) == 1 else read_pair(case, by)


class Answers:
    """Answers of many tasks, kept in a folder.

    Parameters
    ----------
    folder : Path or None
        None keeps nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def of(self, tasks: Sequence[Task], processes: int = 1, minutes: float | None = None) -> list[list[Read]]:
        """The answers of every case of some tasks.

        Parameters
        ----------
        tasks : sequence of Task
        processes : int
        minutes : float, optional
            After which no more cases are begun.

        Raises
        ------
        NotFinished
            Cases were left when the time was over.
        """
        kept = [self._kept(task) for task in tasks]
        until = None if minutes is None else time.monotonic() + 60.0 * minutes
        for number, places, reads in _run(sorted(_pieces(tasks, kept), key=_first_case), tasks, processes, until):
            kept[number].update(zip(places, reads, strict=True))
            self._keep(tasks[number], dict(zip(places, reads, strict=True)))
        done, whole = sum(map(len, kept)), sum(task.cases for task in tasks)
        if done < whole:
            raise NotFinished(done, whole)
        return [[reads[i] for i in range(task.cases)] for task, reads in zip(tasks, kept, strict=True)]

    def _kept(self, task: Task) -> dict[int, Read]:
        file = self._file(task)
        if file is None or not file.exists():
            return {}
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        form = TimeRead if len(task.setting.accounts) == 1 else PairRead
        return {place: form(*_tuples(values)) for place, *values in lines if place < task.cases}

    def _keep(self, task: Task, reads: Mapping[int, Read]) -> None:
        file = self._file(task)
        if file is None:
            return
        with file.open("a", encoding="utf-8", newline="\n") as kept:
            for place, read in reads.items():
                kept.write(json.dumps([place, *read]) + "\n")

    def _file(self, task: Task) -> Path | None:
        return None if self.folder is None else self.folder / f"{task.key}.jsonl"


def _tuples(values: Sequence[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in values]


def _pieces(tasks: Sequence[Task], kept: Sequence[Mapping[int, Read]]) -> Iterator[tuple[int, list[int]]]:
    """Cases that are not answered yet: the place of a task, and the numbers of its cases."""
    for number, (task, known) in enumerate(zip(tasks, kept, strict=True)):
        left = [place for place in range(task.cases) if place not in known]
        for start in range(0, len(left), PIECE):
            yield number, left[start : start + PIECE]


def _first_case(piece: tuple[int, list[int]]) -> int:
    """By which pieces are put in order: the first cases of every task come before later ones of any."""
    return piece[1][0]


def _run(
    pieces: Sequence[tuple[int, list[int]]], tasks: Sequence[Task], processes: int, until: float | None
) -> Iterator[tuple[int, list[int], list[Read]]]:
    """Pieces as they are answered, until the time is over."""

    def is_over() -> bool:
        return until is not None and time.monotonic() > until

    if processes == 1:
        for number, places in pieces:
            if is_over():
                return
            yield number, places, answer(tasks[number], places)
        return
    waiting = list(reversed(pieces))
    with ProcessPoolExecutor(processes) as pool:
        running: dict[Any, tuple[int, list[int]]] = {}
        while running or (waiting and not is_over()):
            while waiting and len(running) < processes and not is_over():
                number, places = waiting.pop()
                running[pool.submit(answer, tasks[number], places)] = number, places
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield *running.pop(future), future.result()
