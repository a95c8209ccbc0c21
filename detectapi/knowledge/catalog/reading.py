"""Strict reading of TOML tables: every key is asked for by name and kind, and what nobody asked for is refused.

A mistake becomes a `CatalogError` that names the file and the key, as in
``substances/ketamine.toml: parameters."ketamine.clearance".value: must be a finite number``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from detectapi.values.errors import CatalogError

SCHEMA_VERSION = 1
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_REQUIRED = object()


def parse(content: bytes, file: str) -> Table:
    """The root table of a file.

    Parameters
    ----------
    content : bytes
    file : str
        Name used in messages.
    """
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{file}: not TOML: {error}") from error
    root = Table(data, file)
    if root.integer("schema_version") != SCHEMA_VERSION:
        raise root.mistake("schema_version", f"must be {SCHEMA_VERSION}")
    return root


class Table:
    """One table of a file, and where it stands."""

    def __init__(self, data: Any, file: str, path: str = ""):
        self.file, self.path = file, path
        if not isinstance(data, Mapping):
            raise CatalogError(f"{file}: {path or 'the file'}: must be a table")
        self.data = data
        self._asked: set[str] = set()

    def place(self, key: str | int = "") -> str:
        """The key as a path within the file."""
        if isinstance(key, int):
            return f"{self.path}[{key}]"
        if key and not _BARE_KEY.fullmatch(key):
            key = f'"{key}"'
        return ".".join(part for part in (self.path, key) if part)

    def mistake(self, key: str, message: str) -> CatalogError:
        """The error that says what is wrong with a key."""
        return CatalogError(f"{self.file}: {self.place(key)}: {message}")

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def _take(self, key: str, default: Any = _REQUIRED) -> Any:
        self._asked.add(key)
        if key in self.data:
            return self.data[key]
        if default is _REQUIRED:
            raise self.mistake(key, "is missing")
        return default

    def number(self, key: str, default: Any = _REQUIRED) -> Any:
        """A finite number, as a float."""
        value = self._take(key, default)
        if value is default and default is not _REQUIRED:
            return default
        return self._finite(key, value)

    def _finite(self, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.mistake(key, "must be a finite number")
        return float(value)

    def numbers(self, key: str, default: Any = _REQUIRED) -> Any:
        """A list of finite numbers, as a tuple of floats."""
        value = self._take(key, default)
        if value is default:
            return default
        if not isinstance(value, list):
            raise self.mistake(key, "must be a list of numbers")
        return tuple(self._finite(key, item) for item in value)

    def factors(self, key: str) -> dict[str, float]:
        """A table of words and finite numbers above zero."""
        inner = self.table(key)
        values = {word: inner.number(word) for word in inner.data}
        for word, value in values.items():
            if value <= 0.0:
                raise inner.mistake(word, "must be above 0")
        if not values:
            raise self.mistake(key, "must not be empty")
        return values

    def integer(self, key: str, default: Any = _REQUIRED) -> int:
        """A whole number."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.mistake(key, "must be a whole number")
        return value

    def flag(self, key: str, default: Any = _REQUIRED) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.mistake(key, "must be true or false")
        return value

    def text(self, key: str, default: Any = _REQUIRED) -> Any:
        """Text that is not empty."""
        value = self._take(key, default)
        if value is default and default is not _REQUIRED:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.mistake(key, "must be text")
        return value

    def choice(self, key: str, allowed, default: Any = _REQUIRED) -> str:
        """One of some words."""
        value = self.text(key, default)
        if value not in allowed:
            raise self.mistake(key, f"must be one of {', '.join(allowed)}")
        return value

    def texts(self, key: str, default: Any = _REQUIRED) -> Any:
        """A list of texts, each once, as a tuple."""
        value = self._take(key, default)
        if value is default and default is not _REQUIRED:
            return default
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.mistake(key, "must be a list of texts")
        if len(set(value)) < len(value):
            raise self.mistake(key, "holds a text twice")
        return tuple(value)

    def table(self, key: str) -> Table:
        """A table within this one."""
        return Table(self._take(key), self.file, self.place(key))

    def named_tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables within a table, with their names."""
        inner = self.table(key)
        for name in inner.data:
            yield name, inner.table(name)

    def tables(self, key: str, default: Any = _REQUIRED) -> list[Table]:
        """A list of tables."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple):
            raise self.mistake(key, "must be a list of tables")
        return [Table(item, self.file, f"{self.place(key)}[{i}]") for i, item in enumerate(value)]

    def finish(self) -> None:
        """Refuse keys that were not asked for."""
        unknown = sorted(set(self.data) - self._asked)
        if unknown:
            raise self.mistake(unknown[0], f"unknown key; allowed here: {', '.join(sorted(self._asked))}")
