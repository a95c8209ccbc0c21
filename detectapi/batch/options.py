"""What holds for all rows of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from detectapi.inputs.table import INPUTS

TIMES = (24.0, 48.0, 72.0, 120.0, 168.0)
DRAWS, SEED, LEVEL = (INPUTS[f"options.{name}"].default for name in ("draws", "seed", "level"))
CHUNK_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a job.

    ``sampling`` is ``common`` (all rows share their random numbers: contrasts between rows are sharp, their Monte-Carlo errors
    are correlated) or ``independent`` (each row has its own, by its id). ``echo`` lists input columns to repeat in the output.
    All but ``chunk_rows`` decide the result; ``chunk_rows`` decides only how the work is cut.
    """

    draws: int = DRAWS
    seed: int = SEED
    level: float = LEVEL
    times_h: tuple[float, ...] = TIMES
    sampling: str = "common"
    on_error: str = "skip"
    echo: tuple[str, ...] = ()
    chunk_rows: int = CHUNK_ROWS

    @property
    def of_a_row(self) -> dict[str, Any]:
        """What a row's request has in its ``options``."""
        return {"draws": self.draws, "seed": self.seed, "level": self.level}

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Options:
        """The inverse of `to_dict`."""
        return cls(**{**given, "times_h": tuple(given["times_h"]), "echo": tuple(given["echo"])})


def number(value: float) -> str:
    """A number in as few characters as say it exactly."""
    return repr(float(value)).removesuffix(".0")


def column_of(time: float) -> str:
    """Name of the column with the probability at a time. [h]"""
    return f"p_{number(time)}h"
