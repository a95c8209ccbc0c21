"""A job: `POST /v1/jobs`, and what its status says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectapi.inputs.table import INPUTS
from schemas import vocabulary
from schemas.error import refuse
from schemas.fields import Coded, Flag, Items, Name, Word
from schemas.form import Form
from schemas.inputs import field_of
from schemas.row import COLUMNS

MOST_INLINE_ROWS = 10_000


class Document(Coded):
    """A JSON object whose content is checked by who reads it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refuse("Must be an object.", "type")
        return value


class Label(Name):
    """A name for people: 1 to 100 characters that can be printed."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        label: str = super()._deserialize(value, attr, data, **kwargs)
        if not label.isprintable():
            raise refuse("Must have characters that can be printed only.", "characters")
        return label


class JobOptionsForm(Form):
    """How the rows of a job are answered; the same words in the body and, for a table that is sent as it is, in the query."""

    name = Label(metadata={"description": "For people."})
    draws = field_of(INPUTS["options.draws"])
    seed = field_of(INPUTS["options.seed"])
    level = field_of(INPUTS["options.level"])
    times_h = field_of(INPUTS["options.times_h"], load_default=lambda: [24.0, 48.0, 72.0, 120.0, 168.0])
    sampling = Word(
        vocabulary.SAMPLINGS,
        load_default="common",
        metadata={
            "description": "`common`: rows share their random numbers; `independent`: each has its own, by its id."
        },
    )
    on_error = Word(vocabulary.ON_ERROR, load_default="skip")
    echo = Items(
        Word(("all", *COLUMNS)), maximum=len(COLUMNS), unique=True, load_default=list,
        metadata={"description": "Input columns to repeat in the result."},
    )  # fmt: skip
    serial = Flag(
        load_default=False,
        metadata={
            "description": "Columns of a series in which every specimen is tested: the last positive one, and the first negative "
            "one that follows a positive one. Takes about as long as an estimate of each row."
        },
    )
    formula_guard = Flag(
        load_default=True,
        metadata={
            "description": "An apostrophe before each text of a CSV result that a spreadsheet would read as a formula. Other "
            "formats are never changed."
        },
    )


class JobRequestSchema(JobOptionsForm):
    """A job in JSON: a list of rows, or a grid of which every combination is a row."""

    exactly_one = ("rows", "grid")

    rows = Items(Document(metadata={"type": "object"}), minimum=1, maximum=MOST_INLINE_ROWS)
    grid = Document(
        metadata={
            "type": "object",
            "description": "By column a value, a list of values, or `{from, to, step}`.",
            "example": {
                "substance": "ketamine",
                "route": "oral",
                "amount_mg": [50, 100],
                "urine_ph": {"from": 5, "to": 8, "step": 1},
            },
        }
    )


TEXT_OPTIONS = {"draws": float, "seed": float, "level": float}
FLAGS = {"true": True, "false": False}


def options_from_text(query: Mapping[str, str]) -> dict[str, Any]:
    """Options from the words of a query string; what is no number stays text and is refused as such.

    Parameters
    ----------
    query : mapping of str to str

    Raises
    ------
    ValidationError
    """
    options: dict[str, Any] = {}
    for name, text in query.items():
        if name in TEXT_OPTIONS:
            options[name] = number(text)
        elif name == "times_h":
            options[name] = [number(word) for word in text.split(",")]
        elif name == "echo":
            options[name] = text.split(",")
        elif name in ("serial", "formula_guard"):
            options[name] = FLAGS.get(text, text)
        else:
            options[name] = text
    loaded: dict[str, Any] = JobOptionsForm().load(options)
    return loaded


def number(text: str) -> float | str:
    """The number a word is, else the word."""
    try:
        return float(text)
    except ValueError:
        return text
