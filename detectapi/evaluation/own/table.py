"""A table of own observations: a CSV file with the columns of the benchmark, and `person` for concentrations of single people."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from detectapi import service
from detectapi.evaluation.benchmark.table import COLUMNS, LOG_OFFSET, READINGS
from detectapi.evaluation.own.cells import FIELDS, PERSON, REQUIRED, Cells, column_of
from detectapi.evaluation.validation.outcomes import why_not
from detectapi.knowledge import catalog, observations
from detectapi.model.question import read_question
from detectapi.values.errors import CatalogError, InputError, Problem, did_you_mean
from detectapi.values.observation import Observation, Study

FIRST_ROW = 2
"""Rows are counted as a spreadsheet counts them: the header is row 1."""

SEPARATORS = {";": "semicolons", "\t": "tabs"}
"""Characters that spreadsheets put between columns in place of commas."""


@dataclass(frozen=True, slots=True)
class Point:
    """A concentration of a person [ng/mL], at a time on a clock [h]. ``value`` is the limit where it was ``below`` it."""

    label: str
    quantity: str
    analyte: str
    hydrolysed: bool
    clock: str
    time: float
    value: float
    below: bool

    @property
    def key(self) -> tuple[str, str, bool, str, float]:
        """What was looked at, and when."""
        return self.quantity, self.analyte, self.hydrolysed, self.clock, self.time


@dataclass(slots=True)
class Person:
    """A person with their doses and circumstances, and what was measured of them."""

    study: Study
    points: list[Point] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Own:
    """What a table says.

    Attributes
    ----------
    rows : list of Observation
        Statistics, and numbers of single people that are no concentration at a time.
    people : list of Person
    lines : list of dict
        Every row of the table as a line of the benchmark, for its scorer.
    sha256 : str
        Of the file.
    """

    rows: list[Observation]
    people: list[Person]
    lines: list[dict[str, str]]
    sha256: str

    def of(self, substance: str) -> Own:
        """The part on one substance."""
        rows = [row for row in self.rows if row.study.substance == substance]
        people = [person for person in self.people if person.study.substance == substance]
        return Own(rows, people, [line for line in self.lines if line["substance"] == substance], self.sha256)


def read(file: Path) -> Own:
    """Read a table and check every row of it.

    Parameters
    ----------
    file : Path
        CSV, UTF-8, with one header row.

    Raises
    ------
    InputError
        With one problem for each mistake, whose pointer names the row and the column.
    """
    raw = file.read_bytes()
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        cells = [{key: (value or "").strip() for key, value in line.items() if key} for line in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The table is not CSV in UTF-8: {error}", pointer=str(file)) from None
    wrong = list(_wrong_header(reader.fieldnames or ()))
    if wrong or not cells:
        raise InputError(
            "The table cannot be read.", problems=wrong or [Problem("", "empty", "The table has no rows.")]
        )
    return gathered(cells, hashlib.sha256(raw).hexdigest())


def gathered(cells: list[dict[str, str]], sha256: str = "") -> Own:
    """What rows say that stand as texts by column; the errors are those of `read`."""
    return _Gathering(cells, sha256).own()


def _wrong_header(names: Iterable[str]) -> Iterator[Problem]:
    known, names = (*COLUMNS, PERSON), list(names)
    for character, words in SEPARATORS.items():
        if len(names) == 1 and character in names[0]:
            yield Problem("row 1", "invalid", f"The columns are separated by {words}; they must be by commas.")
            return
    for name in names:
        if name not in known:
            yield Problem(f"row 1, {name}", "unknown-column", f"No such column.{did_you_mean(name, known)}")
    for name in REQUIRED:
        if name not in names:
            yield Problem(f"row 1, {name}", "required", "This column is missing.")


class _Gathering:
    """Reads row after row, and keeps what is wrong."""

    def __init__(self, cells: list[dict[str, str]], sha256: str) -> None:
        self.wrong: list[Problem] = []
        self.rows: list[Observation] = []
        self.people: dict[tuple[str, str], Person] = {}
        self.lines: list[dict[str, str]] = []
        self.sha256 = sha256
        self.asked: dict[str, str] = {}
        self.names: set[str] = set()
        for number, line in enumerate(cells, FIRST_ROW):
            self.number = number
            try:
                self._take(line)
            except CatalogError as error:
                if not error.mistakes:  # of the operator's data, not of this row
                    raise
                self._note("unit", error.mistakes[0].message)

    def own(self) -> Own:
        """What was read; an error with everything that is wrong."""
        if self.wrong:
            raise InputError(f"The table has {len(self.wrong)} mistakes.", problems=self.wrong)
        return Own(self.rows, list(self.people.values()), self.lines, self.sha256)

    def _note(self, column: str, detail: str, code: str = "invalid", allowed: tuple[object, ...] | None = None) -> None:
        self.wrong.append(Problem(f"row {self.number}, {column}", code, detail, allowed))

    def _take(self, line: dict[str, str]) -> None:
        before = len(self.wrong)
        cells = Cells(line, self.number, self._note)
        content = {"schema_version": 1, "id": "own", "title": "own", "studies": [cells.entry()]}
        form, wrong_form = observations.form(content)
        for pointer, code, detail, allowed in wrong_form:
            column, inner = column_of(pointer)
            self._note(column, f"{inner}: {detail}" if inner else detail, code, allowed)
        if wrong_form:
            return
        stated = form["studies"][0]
        study = observations.read_study(stated)
        inherited = {key: stated[key] for key in ("status", "evidence", "split")}
        row = observations.read_row("own", study, inherited | stated["rows"][0])
        for name, detail in observations.wrongs(row):
            self._note(FIELDS.get(name, name), detail)
        for column, detail in self._meaning(row, cells.of_person):
            self._note(column, detail)
        if len(self.wrong) > before:
            return
        if cells.of_person:
            self._person(line, row, cells.below)
        else:
            self.rows.append(row)
        self._line(line, row, cells.below)

    def _meaning(self, row: Observation, of_person: bool) -> Iterator[tuple[str, str]]:
        """What the form does not say: names that exist, a use that can be asked for, a quantity that the model predicts."""
        if row.id in self.names:
            yield "id", "Another row has this id."
        self.names.add(row.id)
        substance = row.study.substance
        if substance not in catalog.ids():
            yield (
                "substance",
                f"No such substance; `detectapi substances` lists them.{did_you_mean(substance, catalog.ids())}",
            )
            return
        moieties = [moiety.id for moiety in catalog.substance(substance).moieties]
        for name in (*row.analytes, *([row.relative_to] if row.relative_to else ())):
            if name not in moieties:
                yield "analyte", f"Must be among {', '.join(moieties)}."
        yield from self._use(row.study)
        reason = why_not(row)
        if of_person and len(row.analytes) != 1:
            yield "analyte", "One analyte."
        if of_person and row.values[0] <= 0.0:
            yield "low", "Must be above 0; where nothing was measured, `<` and the limit of quantification."
        elif not of_person and reason is not None:
            yield "quantity", f"The model does not predict this: {reason}."

    def _use(self, study: Study) -> Iterator[tuple[str, str]]:
        """Mistakes in the doses and circumstances as a question would have them; each kind of use is asked for once."""
        question = observations.question(study)
        key = repr(question)
        if key not in self.asked:
            try:
                read_question(service.load(json.loads(json.dumps(question))))
                self.asked[key] = ""
            except InputError as error:
                first = error.problems[0]
                self.asked[key] = f"{'use' if first.pointer.startswith('/doses') else 'circumstances'}|{first.in_words}"
        column, _, words = self.asked[key].partition("|")
        if column:
            yield column, words

    def _person(self, line: dict[str, str], row: Observation, below: bool) -> None:
        person = self.people.setdefault((row.study.id, line[PERSON]), Person(row.study))
        for column, name in (("use", "doses"), ("circumstances", "given"), ("substance", "substance")):
            if getattr(row.study, name) != getattr(person.study, name):
                self._note(column, "This differs from the first row of the same person.")
        clock = row.study.sampling.clock if row.study.sampling else ""
        hydrolysed, time, number = row.hydrolysed, row.time_h[0], row.values[0]
        point = Point(row.id, row.quantity, row.analytes[0], hydrolysed, clock, time, number, below)
        if any(point.key == other.key for other in person.points):
            self._note("time_h", "The same person has this quantity at this time in an earlier row.")
        person.points.append(point)

    def _line(self, line: dict[str, str], row: Observation, below: bool) -> None:
        """The row as a line of the benchmark, in the canonical unit."""
        value = row.values[0] if row.values else row.value
        low, high = (row.low, row.high) if value is None else (0.0 if below else value, value)
        self.lines.append(
            {
                "id": row.id, "substance": row.study.substance, "class": row.study.substance, "statistic": row.statistic,
                "publication": f"{row.study.source} {line.get(PERSON, '')}".strip(), "quantity": row.quantity,
                "low": repr(low), "high": repr(high), "log_offset": str(LOG_OFFSET.get(row.quantity, 0.0)), "same_as": "",
                "used": "aside", "reading": READINGS.get(row.quantity, "none"), "access": "own",
            }
        )  # fmt: skip
