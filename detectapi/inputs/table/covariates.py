"""Inputs that data name: what may be told about a person in a word, one for each entry of ``covariates.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from detectapi.inputs.table.definition import Input
from detectapi.settings import setting

DATA = Path(__file__).parents[2] / "data"


def covariate_inputs() -> tuple[Input, ...]:
    """One input of the section ``person`` for each covariate of words, in the order of the files.

    The files are read once, when the package is imported; what is wrong in them is told by the catalogue.
    """
    return tuple(_input(name, entry) for name, entry in _entries().items())


def _entries() -> dict[str, Mapping[str, Any]]:
    extra = setting("DETECTAPI_DATA")
    folders = [DATA] if extra is None else [DATA, Path(extra)]
    covariates: dict[str, Mapping[str, Any]] = {}
    for folder in folders:
        for file in sorted(folder.glob("covariates*.toml")):
            covariates |= _covariates(file)
    return covariates


def _covariates(file: Path) -> dict[str, Mapping[str, Any]]:
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("covariates")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return {name: entry for name, entry in (entries or {}).items() if list(_words(entry))}


def _words(entry: Any) -> Iterator[str]:
    words = entry.get("words") if isinstance(entry, Mapping) else None
    for item in words if isinstance(words, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("word"), str):
            yield item["word"]


def _input(name: str, entry: Mapping[str, Any]) -> Input:
    return Input(
        path=f"person.{name}", kind="word", words=dict.fromkeys(_words(entry), ""),
        meaning=f"{entry.get('name', name)}. Not told, it is drawn among people.",
        called=str(entry.get("name", name)), column=name, flags=(f"--{name.replace('_', '-')}",),
    )  # fmt: skip
