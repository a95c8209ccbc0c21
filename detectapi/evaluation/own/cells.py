"""The cells of a row of own observations, as an entry of a file of observations that `schemas.observation` checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from detectapi.evaluation.benchmark.table import READINGS

PERSON = "person"
"""The one column that the benchmark has not: the name of a person within the study."""

REQUIRED = ("substance", "use", "quantity", "analyte", "low", "unit")
CONCENTRATIONS = {"plasma_concentration": "plasma", "urine_concentration": "urine"}
"""Quantities whose single values of single people can be read, with what was sampled."""

FIELDS = {
    "doses": "use", "given": "circumstances", "compared_with": "compared_with", "substance": "substance", "n": "n",
    "population": "population", "id": "study", "source": "publication",
    "matrix": "matrix", "kind": "sampling", "sampling": "sampling", "clock": "clock", "from_h": "from_h",
    "every_h": "every_h", "until_h": "follow_up_h", "analytes": "analyte", "value": "low", "values": "low",
}  # fmt: skip
"""The column of each field of `schemas.observation` that has another name."""

NUMBERS = ("n", "cutoff_ng_ml", "time_h", "from_h", "every_h", "follow_up_h")
TIMES = {"from_h": "from_h", "every_h": "every_h", "until_h": "follow_up_h"}
URINE = {"matrix": "urine", "kind": "spot", "clock": "last-dose-end"}
PLASMA = {"matrix": "plasma", "kind": "times", "clock": "first-dose-start"}
"""Sampling where the table does not say it."""

LIMIT = (
    "Must be a number, with a point for decimals; below a limit of quantification, `< 5`: the limit itself, not its name."
    " More than a limit cannot be read."
)
STATED = ("rule", "relative_to", "ratio_of", "enantiomer", "assay")
"""Columns of words that are taken as they are."""


def column_of(pointer: str) -> tuple[str, str]:
    """The column of a pointer into the file that `Cells.entry` makes, and the place within its JSON."""
    steps = [step for step in pointer.split("/")[3:] if step]
    if steps[:2] == ["rows", "0"]:
        steps = steps[2:]
        if steps[:1] == ["id"]:
            return "id", ""
    elif steps[:1] == ["sampling"] and len(steps) > 1:
        steps = steps[1:]
    column = FIELDS.get(steps[0], steps[0]) if steps else "low"
    inner = "/".join(steps[1:]) if column in ("use", "circumstances", "compared_with") else ""
    return column, inner


class Cells:
    """One row of a table.

    Parameters
    ----------
    line : dict of str to str
        The cells by column.
    number : int
        Of the row.
    note : callable
        Called with the column and the detail of each mistake; reading goes on with a number that stands in.

    Attributes
    ----------
    of_person : bool
        Whether it is a concentration of one person.
    low, high : float
        The ends; ``high`` is None where there is one number only.
    below : bool
        Whether the number is a limit that the concentration was below.
    """

    def __init__(self, line: Mapping[str, str], number: int, note: Callable[[str, str], None]) -> None:
        self.line, self.number, self.note = line, number, note
        self.of_person = bool(line.get(PERSON)) and line["quantity"] in CONCENTRATIONS
        self.low, self.high, self.below = self._value()
        if self.below and not self.of_person:
            note("low", "Only a concentration of one person may be below a limit; such a row has a person.")
        if self.of_person and self.high is not None:
            note("high", "A concentration of one person is one number, or `< 5`.")

    def entry(self) -> dict[str, Any]:
        """The row as an entry of a file of observations: a study with one row."""
        line, numbers = (
            self.line,
            {name: self._number(name, self.line[name]) for name in NUMBERS if self.line.get(name)},
        )
        person, label = line.get(PERSON, ""), line.get("study") or "own"
        source = line.get("publication") or label
        alone = bool(person) and not self.of_person  # each is a study of one: its number depends on no other person's
        n = {"n": 1} if person else {"n": int(numbers["n"])} if "n" in numbers else {}
        sampling = self._sampling(numbers)
        return {
            "id": f"{label} {person}" if alone else label, "source": f"{source} {person}" if alone else source,
            "substance": line["substance"], "population": line.get("population") or label, "doses": self._json("use", []),
            "given": self._json("circumstances", {}), "status": "read", "evidence": "laboratory", "split": "calibration",
            **({"compared_with": self._json("compared_with", {})} if line.get("compared_with") else {}),
            **n, **({"sampling": sampling} if sampling else {}), "rows": [self._row(numbers)],
        }  # fmt: skip

    def _row(self, numbers: Mapping[str, float]) -> dict[str, Any]:
        line = self.line
        row: dict[str, Any] = {
            "id": line.get("id") or f"row-{self.number}", "quantity": line["quantity"], "unit": line["unit"],
            "statistic": line.get("statistic") or ("individual" if line.get(PERSON) else ""),
            "analytes": line["analyte"].split(), "fold": line.get("fold") == "yes",
            "hydrolysed": line.get("hydrolysed") == "yes", **{name: line[name] for name in STATED if line.get(name)},
        }  # fmt: skip
        if "cutoff_ng_ml" in numbers:
            row["cutoff_ng_ml"] = numbers["cutoff_ng_ml"]
        if self.of_person and "time_h" not in numbers:
            self.note("time_h", "A concentration of one person needs its time.")
        if "time_h" in numbers or self.of_person:
            return row | {"time_h": [numbers.get("time_h", 1.0)], "values": [self.low]}
        return row | ({"value": self.low} if self.high is None else {"low": self.low, "high": self.high})

    def _value(self) -> tuple[float, float | None, bool]:
        cells = [self.line["low"], self.line.get("high", "")]
        stated = [cell for cell in cells if cell]
        if not stated:
            self.note("low", LIMIT)
            return 1.0, None, False
        below = stated[0].startswith("<")
        low = self._number("low" if cells[0] else "high", stated[0].lstrip("< "))
        high = None if below or len(stated) == 1 else self._number("high", stated[1])
        return low, None if high == low else high, below

    def _number(self, column: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("inf")
        if abs(value) < float("inf"):
            return value
        self.note(column, LIMIT if column in ("low", "high") else "Must be a number, with a point for decimals.")
        return 1.0

    def _sampling(self, numbers: Mapping[str, float]) -> dict[str, Any]:
        line = self.line
        words = {"matrix": line.get("matrix") or CONCENTRATIONS.get(line["quantity"]), "kind": line.get("sampling"),
                 "clock": line.get("clock")}  # fmt: skip
        times = {name: numbers.get(column) for name, column in TIMES.items()}
        sampling = {key: value for key, value in {**words, **times}.items() if value not in (None, "")}
        if not sampling:
            return {}
        of_urine = sampling.get("matrix") == "urine" or line["quantity"] in READINGS
        return (URINE if of_urine else PLASMA) | sampling

    def _json(self, column: str, otherwise: Any) -> Any:
        try:
            return json.loads(self.line[column]) if self.line.get(column) else otherwise
        except ValueError as error:
            self.note(column, f"Not JSON: {error}")
            return otherwise
