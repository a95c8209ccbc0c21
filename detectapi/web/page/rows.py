"""Rows of the form that can be added: fields with the same names and a number, such as ``dose_amount_0`` and ``dose_amount_1``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

Row = dict[str, str]


class Rows:
    """One kind of row.

    Parameters
    ----------
    name : str
        Which the names of all fields begin with.
    parts : sequence of str
        Its fields.
    most : int
        Rows that are read.
    empty : int
        Rows that the form shows at least.
    chosen : dict of str to str
        What the lists of an empty row stand on; they say nothing of whether a row was filled in.
    """

    def __init__(
        self, name: str, parts: tuple[str, ...], most: int, empty: int, chosen: Mapping[str, str] | None = None
    ) -> None:
        self.name, self.parts, self.most, self.empty, self.chosen = name, parts, most, empty, dict(chosen or {})

    @cached_property
    def field(self) -> re.Pattern[str]:
        """The names of its fields; the second group is the number of the row."""
        return re.compile(rf"{self.name}_({'|'.join(self.parts)})_(\d{{1,{len(str(self.most - 1))}}})")

    def typed(self, fields: Mapping[str, str]) -> list[Row]:
        """The rows as they were typed, trimmed: each with a text for each of its parts."""
        places = [int(match[2]) for name in fields if (match := self.field.fullmatch(name))]
        count = min(self.most, max(places, default=-1) + 1)
        return [
            {part: fields.get(f"{self.name}_{part}_{i}", self.chosen.get(part, "")).strip() for part in self.parts}
            for i in range(count)
        ]

    def filled(self, rows: list[Row]) -> list[tuple[int, Row]]:
        """The rows in which something stands, each with its place."""
        return [(i, row) for i, row in enumerate(rows) if any(row[part] for part in self.parts if self.tells(part))]

    def tells(self, part: str) -> bool:
        """Whether a text in this field means that the row was filled in."""
        return part not in self.chosen

    def shown(self, rows: list[Row], more: int = 0) -> list[Row]:
        """The rows that the form shows: what was typed, so many more, and at least as many as an empty form has."""
        blank = dict.fromkeys(self.parts, "") | self.chosen
        return [*rows, *[dict(blank) for _ in range(max(more, self.empty - len(rows)))]][: self.most]
