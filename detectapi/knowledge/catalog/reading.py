"""Strict reading of TOML tables: each key is read by name and type, and a key that nobody reads is refused.

Mistakes are collected, not raised one by one. A reader that meets a mistake notes it and returns a stand-in (NaN, an empty
text, an empty table), with which the checks that follow find nothing more. `reading` raises all of them at the end as one
`CatalogError`. Each line names the file and the key, as in
``substances/ketamine.toml: parameters."ketamine.clearance".value: must be a finite number``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from detectapi.values.errors import CatalogError, Mistake

SCHEMA_VERSION = 1
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_MISSING = object()


@contextmanager
def reading(content: bytes, file: str) -> Iterator[Table]:
    """Read a file: yields its root table, and raises every mistake that was noted meanwhile.

    Parameters
    ----------
    content : bytes
    file : str
        Name used in messages.

    Raises
    ------
    CatalogError
        With one line for each mistake.
    """
    root = parse(content, file)
    yield root
    root.raise_mistakes()


def parse(content: bytes, file: str) -> Table:
    """The root table of a file.

    Raises
    ------
    CatalogError
        The file is not TOML.
    """
    try:
        root = Table(tomllib.loads(content.decode("utf-8")), file)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError.of([Mistake(file, "", f"not TOML: {error}")]) from error
    root.schema_version()
    return root


def join(path: str, key: str | int) -> str:
    """The path of a key within a table, as TOML writes it."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if key and not _BARE_KEY.fullmatch(key):
        key = f'"{key}"'
    return ".".join(part for part in (path, key) if part)


class Table:
    """One table of a file, its path within the file, and the mistakes noted in the whole file."""

    def __init__(self, data: Mapping[str, Any], file: str, path: str = "", mistakes: list[Mistake] | None = None):
        self.data, self.file, self.path = data, file, path
        self.mistakes: list[Mistake] = [] if mistakes is None else mistakes
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def place(self, key: str | int = "") -> str:
        """The key as a path within the file."""
        return join(self.path, key)

    # -- mistakes -----------------------------------------------------------------------------------------------------

    def refuse(self, key: str | int, message: str) -> None:
        """Note what is wrong with a key."""
        self._note(self.place(key), message)

    def _note(self, place: str, message: str) -> None:
        mistake = Mistake(self.file, place, message)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def is_sound(self, key: str | int = "") -> bool:
        """Whether no mistake was noted at or below a key."""
        return self.is_sound_at(self.place(key))

    def is_sound_at(self, place: str) -> bool:
        """Whether no mistake was noted at or below a path within the file."""
        below = (f"{place}.", f"{place}[") if place else ("",)
        return not any(mistake.place == place or mistake.place.startswith(below) for mistake in self.mistakes)

    def raise_mistakes(self) -> None:
        """Raise what was noted.

        Raises
        ------
        CatalogError
        """
        if self.mistakes:
            raise CatalogError.of(self.mistakes)

    def finish(self) -> None:
        """Refuse the keys that nobody has read."""
        for key in sorted(set(self.data) - self._read):
            self.refuse(key, f"unknown key; allowed here: {', '.join(sorted(self._read))}")

    def allow(self, *keys: str) -> None:
        """Count keys as read, where a mistake elsewhere leaves open whether they belong here."""
        self._read.update(keys)

    # -- values -------------------------------------------------------------------------------------------------------

    def _take(self, key: str, optional: bool = False) -> Any:
        self._read.add(key)
        if key not in self.data and not optional:
            self.refuse(key, "is missing")
        return self.data.get(key, _MISSING)

    def schema_version(self) -> None:
        """Read the version of the form, of which there is one."""
        if self._take("schema_version") not in (_MISSING, SCHEMA_VERSION):
            self.refuse("schema_version", f"must be {SCHEMA_VERSION}")

    def number(self, key: str) -> float:
        """A finite number; NaN where there is none."""
        value = self._take(key)
        return math.nan if value is _MISSING else self._finite(key, value)

    def optional_number(self, key: str) -> float | None:
        """A finite number, or None where the key is left out."""
        value = self._take(key, optional=True)
        return None if value is _MISSING else self._finite(key, value)

    def _finite(self, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.refuse(key, "must be a finite number")
            return math.nan
        return float(value)

    def optional_numbers(self, key: str) -> tuple[float, ...] | None:
        """A list of finite numbers, or None where the key is left out."""
        value = self._take(key, optional=True)
        if value is _MISSING:
            return None
        if not isinstance(value, list):
            self.refuse(key, "must be a list of numbers")
            return None
        return tuple(self._finite(key, item) for item in value)

    def factors(self, key: str) -> dict[str, float]:
        """A table of words and finite numbers above zero."""
        inner = self.table(key)
        values = {word: inner.number(word) for word in inner.data}
        for word, value in values.items():
            if value <= 0.0:
                inner.refuse(word, "must be above 0")
        if not values and self.is_sound(key):
            self.refuse(key, "must not be empty")
        return values

    def integer(self, key: str) -> int:
        """A whole number; 0 where there is none."""
        value = self._take(key)
        if value is _MISSING:
            return 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(key, "must be a whole number")
            return 0
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false; without a default the key is required."""
        value = self._take(key, optional=default is not None)
        if value is _MISSING:
            return bool(default)
        if not isinstance(value, bool):
            self.refuse(key, "must be true or false")
            return bool(default)
        return value

    def text(self, key: str) -> str:
        """Text that is not empty; an empty one where there is none."""
        value = self._take(key)
        return "" if value is _MISSING else self._text(key, value)

    def optional_text(self, key: str) -> str | None:
        """Text that is not empty, or None where the key is left out."""
        value = self._take(key, optional=True)
        return None if value is _MISSING else self._text(key, value) or None

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be text")
            return ""
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of some words; an empty text where there is none."""
        value = self.text(key)
        if value and value not in allowed:
            self.refuse(key, f"must be one of {', '.join(allowed)}")
            return ""
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, each once; an empty one where there is none."""
        value = self._take(key)
        return () if value is _MISSING else self._texts(key, value) or ()

    def optional_texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, each once, or None where the key is left out."""
        value = self._take(key, optional=True)
        return None if value is _MISSING else self._texts(key, value)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of texts, each once; an empty one where the key is left out."""
        value = self._take(key, optional=True)
        if value is _MISSING:
            return ()
        return self._texts(key, [value] if isinstance(value, str) else value) or ()

    def _texts(self, key: str, value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.refuse(key, "must be a list of texts")
            return None
        if len(set(value)) < len(value):
            self.refuse(key, "lists a text twice")
        return tuple(value)

    # -- tables -------------------------------------------------------------------------------------------------------

    def table(self, key: str) -> Table:
        """A table within this one; where there is none, an empty one of which nothing more is said."""
        value = self._take(key)
        return self._silent(key) if value is _MISSING else self._inner(value, key)

    def named_tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables within a table, with their names."""
        inner = self.table(key)
        for name in inner.data:
            yield name, inner.table(name)

    def tables(self, key: str, optional: bool = False) -> list[Table]:
        """A list of tables; an empty one where there is none."""
        value = self._take(key, optional)
        if value is _MISSING:
            return []
        if not isinstance(value, list):
            self.refuse(key, "must be a list of tables")
            return []
        return [self._inner(item, key, i) for i, item in enumerate(value)]

    def _inner(self, value: Any, key: str, index: int | None = None) -> Table:
        path = self.place(key) if index is None else join(self.place(key), index)
        if not isinstance(value, Mapping):
            self._note(path, "must be a table")
            return self._silent(key)
        return Table(value, self.file, path, self.mistakes)

    def _silent(self, key: str) -> Table:
        return Table({}, self.file, self.place(key), mistakes=[])
