"""A registry that lies in several files, each read when an entry of it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from detectapi.knowledge.catalog.reading import Table, reading
from detectapi.knowledge.catalog.registries import plain

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry]):
    """Entries of several files, by id, in the order of the files.

    An entry is looked for in the files in whose text its id stands. Who goes through all entries has all files read.

    Parameters
    ----------
    files : sequence of Path
    read : callable
        From the root table of a file to its entries.
    before : Registry, optional
        Entries of other folders, which come first.

    Raises
    ------
    CatalogError
        When entries are asked for: with one line for each mistake in a file that is read.
    """

    def __init__(
        self,
        files: Sequence[Path],
        read: Callable[[Table], Mapping[str, Entry]],
        before: Registry[Entry] | None = None,
    ) -> None:
        self._files = files
        self._read = read
        self._before = before
        self._entries: dict[Path, Mapping[str, Entry]] = {}
        self._reading = threading.RLock()

    @cached_property
    def _contents(self) -> dict[Path, bytes]:
        return {file: file.read_bytes() for file in self._files}

    def __getitem__(self, key: str) -> Entry:
        for entries in list(self._entries.values()):
            if key in entries:
                return entries[key]
        text = key.encode("utf-8", "surrogatepass")
        for file, content in self._contents.items():
            # A file that another thread has read since the loop above counts too.
            if text in content and key in self._entries_of(file):
                return self._entries[file][key]
        if self._before is None:
            raise KeyError(key)
        return self._before[key]

    def __iter__(self) -> Iterator[str]:
        return (key for entries in self.whole() for key in entries)

    def __len__(self) -> int:
        return sum(map(len, self.whole()))

    def whole(self) -> list[Mapping[str, Entry]]:
        """The entries of each file; all of them are read."""
        return [*([] if self._before is None else self._before.whole()), *self.own()]

    def own(self) -> list[Mapping[str, Entry]]:
        """The same without those of other folders."""
        return [self._entries_of(file) for file in self._contents]

    def mentions(self, word: str) -> bool:
        """Whether a word stands in some file, in any case and spelling that `plain` takes for the same."""
        here = any(plain(word) in plain(content.decode()) for content in self._contents.values())
        return here or (self._before is not None and self._before.mentions(word))

    def _entries_of(self, file: Path) -> Mapping[str, Entry]:
        with (
            self._reading
        ):  # threads of a server ask at the same time, and a file that is read twice would repeat itself
            if file not in self._entries:
                with reading(self._contents[file], file.name) as root:
                    entries = self._read(root)
                    for key in entries:
                        if any(key in others for others in self._read_so_far()):
                            root.refuse(key, "exists already")
                self._entries[file] = entries
            return self._entries[file]

    def _read_so_far(self) -> list[Mapping[str, Entry]]:
        return [*self._entries.values(), *([] if self._before is None else [self._before])]
