"""What is said of an input in the table of inputs: one `Input` for each, and one `Alternatives` for each choice between inputs.

Every surface is made from these: the fields of the contract, the columns of tables, the flags of the command line, the form of
the page, the list in the documentation, and the distributions that the model samples.
They are named tuples, which are quick to import; give their values by name.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

KINDS = {
    "quantity": "a number or a range",
    "number": "a number",
    "integer": "a whole number",
    "word": "one of",
    "words": "some of",
    "name": "text",
    "names": "a list of texts",
    "numbers": "a list of numbers",
    "time": "a date and time with its offset",
    "times": "a list of dates and times with their offsets",
    "flag": "true or false",
    "table": "numbers by name",
    "section": "",
}
"""Each kind of input, as the documentation names it. A ``section`` is no input: it marks the place of an object or a list."""

NOT_SET: Any = object()
"""The default of an input that has none: left out, it is absent."""


class FormField(NamedTuple):
    """An input on the form of the page. All texts are English and are translated there.

    Attributes
    ----------
    name : str
        Of the field. All inputs of `Alternatives` share one name: the page asks which of them it is, and for its value.
    label : str
        Among alternatives: what this one is called. ``%(word)s`` stands for a word of the input, where these have no labels.
    hint : str
        Help below the label.
    fieldset : str
        The group of fields it belongs to; empty where the page has a place of its own for it.
    """

    name: str
    label: str
    hint: str = ""
    fieldset: str = ""


class Input(NamedTuple):
    """One input of a request.

    Attributes
    ----------
    path : str
        Where it belongs in a request: ``person.weight_kg``; ``[]`` stands for each entry of a list, ``*`` for each name.
    kind : str
        One of `KINDS`.
    meaning : str
        In a sentence.
    called : str
        What people call it in an answer (English, translated where it is shown).
    unit : str
        Empty for words, ``-`` for numbers without one.
    low, high : float or None
        Bounds, included. [unit]
    above : bool
        Whether the lower bound itself is refused.
    scale : {'log', 'linear'}
        A range is the central 90 % of a log-normal distribution, or of a normal one.
    words : dict of str to str
        The words allowed, each with what people say for it (English, translated on the page), or empty.
    any_case : bool
        Of a name: whether it is one of the data, in small letters with hyphens, which is read however it is typed.
    synonyms : dict of str to str
        Other words that are understood, in small letters, each with the word that it means.
    most : int
        Entries of a list or a table at most.
    required : bool
    default : object
        Of the contract; a function makes it anew each time.
    alternatives : str
        Name of the `Alternatives` it belongs to.
    needs : tuple of str
        Paths of the inputs that it says nothing without.
    example : str
    distribution : str
        Name of the distribution it is read into; empty where it is no input of person and urine.
    column : str
        In tables of scenarios.
    flags : tuple of str
        Of ``detectapi estimate``; those of one input mean the same.
    within_flag : str
        The flag whose text holds it, where it has none of its own.
    form : FormField or None
        On the page.
    """

    path: str
    kind: str
    meaning: str = ""
    called: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    above: bool = False
    scale: str = "log"
    words: Mapping[str, str] = MappingProxyType({})
    any_case: bool = False
    synonyms: Mapping[str, str] = MappingProxyType({})
    most: int = 0
    required: bool = False
    default: Any = NOT_SET
    alternatives: str = ""
    needs: tuple[str, ...] = ()
    example: str = ""
    distribution: str = ""
    column: str = ""
    flags: tuple[str, ...] = ()
    within_flag: str = ""
    form: FormField | None = None

    @property
    def field(self) -> FormField:
        """Its field of the form; only of inputs that stand in the form."""
        return _field(self.form)

    @property
    def section(self) -> str:
        """Path of the object it belongs to; empty for the request itself."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Its key in that object."""
        return self.path.rpartition(".")[2]

    @property
    def is_range(self) -> bool:
        """Whether it may be a range."""
        return self.kind == "quantity"

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or may be a range of numbers."""
        return self.kind in ("quantity", "number", "integer")

    @property
    def bounds(self) -> tuple[float, float]:
        """Both bounds. [unit]

        Raises
        ------
        ValueError
            It has none.
        """
        if self.low is None or self.high is None:
            raise ValueError(f"{self.path} has no bounds")
        return self.low, self.high

    @property
    def steps(self) -> tuple[str | int, ...]:
        """Keys and indices that lead to it in a request with one entry in each list."""
        steps: list[str | int] = []
        for step in self.path.split("."):
            steps += [step[:-2], 0] if step.endswith("[]") else [step]
        return tuple(steps)

    @property
    def pointer(self) -> str:
        """JSON pointer to it in such a request."""
        return "/" + "/".join(map(str, self.steps))

    def also(self, path: str, **changes: Any) -> "Input":
        """The same input in another place of a request, on no other surface unless `changes` names one."""
        bare: dict[str, Any] = {
            "distribution": "", "column": "", "flags": (), "within_flag": "", "form": None, "alternatives": "",
        }  # fmt: skip
        return self._replace(path=path, **{**bare, **changes})


def section(path: str, alternatives: str = "") -> Input:
    """Mark the place of an object or a list among the inputs of its section."""
    return Input(path=path, kind="section", alternatives=alternatives)


class Alternatives(NamedTuple):
    """Several inputs of one section, of which one may be given.

    Attributes
    ----------
    name : str
    needed : bool
        Whether one must be given.
    form : FormField or None
        What the page asks for the whole: ``label`` for the choice, ``hint`` for the value.
    """

    name: str
    needed: bool = False
    form: FormField | None = None

    @property
    def field(self) -> FormField:
        """Its field of the form; only of groups that stand in the form."""
        return _field(self.form)


def _field(form: FormField | None) -> FormField:
    if form is None:
        raise ValueError("it does not stand in the form")
    return form
