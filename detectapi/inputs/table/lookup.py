"""What the table of inputs is asked: inputs by path, by section, by surface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from detectapi.inputs.table.definition import Alternatives, Input


class InputTable:
    """Every input of a request, in the order of the contract.

    Parameters
    ----------
    entries : iterable of Input
    alternatives : iterable of Alternatives

    Raises
    ------
    ValueError
        A path, column, flag or distribution occurs twice, or alternatives are not those of one section.
    """

    def __init__(self, entries: Iterable[Input], alternatives: Iterable[Alternatives] = ()) -> None:
        self.entries = tuple(entries)
        self.alternatives = {one.name: one for one in alternatives}
        self._by_path = {entry.path: entry for entry in self.entries}
        self._by_section = _grouped(self.entries, [entry.section for entry in self.entries])
        self._by_alternatives = _grouped(self.entries, [entry.alternatives for entry in self.entries])
        names = [
            *(entry.path for entry in self.entries),
            *(f"column {entry.column}" for entry in self.entries if entry.column),
            *(f"distribution {entry.distribution}" for entry in self.entries if entry.distribution),
            *(flag for entry in self.entries for flag in entry.flags),
        ]
        twice = [name for name, times in Counter(names).items() if times > 1]
        if twice:
            raise ValueError(f"stands twice in the table of inputs: {', '.join(twice)}")
        for name in self.alternatives:
            sections = {entry.section for entry in self.among(name)}
            if len(sections) != 1:
                raise ValueError(f"the alternatives {name} must belong to one section, not {sorted(sections)}")

    def __iter__(self) -> Iterator[Input]:
        """The inputs, without the marks of sections."""
        return (entry for entry in self.entries if entry.kind != "section")

    def __getitem__(self, path: str) -> Input:
        """The input at a path."""
        return self._by_path[path]

    def with_entries(self, *more: Input) -> InputTable:
        """The same table with more inputs at its end, such as one that is tried."""
        return InputTable((*self.entries, *more), self.alternatives.values())

    def in_section(self, section: str) -> tuple[Input, ...]:
        """The inputs of one object of a request, and the places of the objects within it, in order."""
        return self._by_section.get(section, ())

    def among(self, alternatives: str) -> tuple[Input, ...]:
        """The inputs that are alternatives of each other."""
        return self._by_alternatives.get(alternatives, ())

    def alternatives_of(self, section: str) -> tuple[Alternatives, ...]:
        """The choices between inputs of one object of a request."""
        names = dict.fromkeys(entry.alternatives for entry in self.in_section(section) if entry.alternatives)
        return tuple(self.alternatives[name] for name in names)

    @property
    def with_column(self) -> tuple[Input, ...]:
        """The inputs that tables of scenarios have a column for."""
        return tuple(entry for entry in self if entry.column)

    @property
    def with_flag(self) -> tuple[Input, ...]:
        """The inputs that the command line has a flag for."""
        return tuple(entry for entry in self if entry.flags)

    @property
    def on_form(self) -> tuple[Input, ...]:
        """The inputs that the form of the page has a field for."""
        return tuple(entry for entry in self if entry.form)


def _grouped(entries: tuple[Input, ...], keys: list[str]) -> dict[str, tuple[Input, ...]]:
    """The inputs of each key, in order."""
    groups: dict[str, tuple[Input, ...]] = {}
    for entry, key in zip(entries, keys, strict=True):
        groups[key] = (*groups.get(key, ()), entry)
    return groups
