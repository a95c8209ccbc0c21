"""The options of a job, which hold for all its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from detectapi import service
from detectapi.inputs.table import INPUTS
from schemas.job import JobOptionsForm
from schemas.vocabulary import ON_ERROR as ON_ERROR

TIMES = (24.0, 48.0, 72.0, 120.0, 168.0)
DRAWS, SEED, LEVEL = (INPUTS[f"options.{name}"].default for name in ("draws", "seed", "level"))
CHUNK_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a job.

    ``sampling`` is ``common`` (all rows share their random numbers: differences between rows are precise, their Monte-Carlo
    errors are correlated) or ``independent`` (each row has its own, by its id). ``echo`` lists the input columns that the result
    repeats. ``serial`` asks for the readings of a series in which every specimen is tested. ``formula_guard`` puts an apostrophe
    before texts of a CSV result that a spreadsheet would read as formulas. ``chunk_rows`` does not change the result.
    """

    draws: int = DRAWS
    seed: int = SEED
    level: float = LEVEL
    times_h: tuple[float, ...] = TIMES
    sampling: str = "common"
    on_error: str = "skip"
    echo: tuple[str, ...] = ()
    serial: bool = False
    formula_guard: bool = True
    chunk_rows: int = CHUNK_ROWS

    @classmethod
    def checked(cls, **named: Any) -> Options:
        """Options by the words of a job; None leaves one out.

        Raises
        ------
        InputError
            A word or a number is not allowed.
        """
        loaded = service.load({name: value for name, value in named.items() if value is not None}, JobOptionsForm())
        return cls.from_dict({"chunk_rows": CHUNK_ROWS, **loaded})

    @property
    def of_a_row(self) -> dict[str, Any]:
        """The ``options`` of the request of each row."""
        return {"draws": self.draws, "seed": self.seed, "level": self.level}

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Options:
        """The inverse of `to_dict`."""
        return cls(**{**content, "times_h": tuple(content["times_h"]), "echo": tuple(content["echo"])})


def number(value: float) -> str:
    """A number as text, exact and as short as possible."""
    return repr(float(value)).removesuffix(".0")


def column_of(time: float) -> str:
    """The name of the column with the probability at a time. [h]"""
    return f"p_{number(time)}h"
