"""Data files against the forms of `schemas`: the thorough check for those who write them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from marshmallow import Schema, ValidationError

from detectapi.knowledge.catalog.files import Folders, keep
from detectapi.knowledge.catalog.reading import join
from detectapi.values.errors import Mistake
from schemas.assay import AssaysFileSchema, PanelsFileSchema
from schemas.error import problems
from schemas.reference import ReferencesFileSchema
from schemas.registries import CovariatesFileSchema, RoutesFileSchema
from schemas.substance import BlockFileSchema, SubstanceFileSchema

REGISTRIES: dict[str, type[Schema]] = {
    "assays*.toml": AssaysFileSchema,
    "blocks/*.toml": BlockFileSchema,
    "covariates*.toml": CovariatesFileSchema,
    "panels*.toml": PanelsFileSchema,
    "references*.toml": ReferencesFileSchema,
    "routes.toml": RoutesFileSchema,
}


@keep
def registry_mistakes(where: Folders) -> list[Mistake]:
    """Every mistake of form in the files that substances share."""
    before = registry_mistakes(where[:-1]) if len(where) > 1 else []
    files = [(file, form) for pattern, form in REGISTRIES.items() for file in sorted(where[-1].glob(pattern))]
    here = ((file, file.relative_to(where[-1]).as_posix(), form) for file, form in files)
    return [*before, *(mistake for one in here for mistake in _mistakes(*one))]


def substance_mistakes(file: Path) -> list[Mistake]:
    """Every mistake of form in the file of a substance."""
    return _mistakes(file, f"substances/{file.name}", SubstanceFileSchema)


def merged(in_form: Iterable[Mistake], in_meaning: Iterable[Mistake]) -> list[Mistake]:
    """All mistakes, each once: the form's words are left out where the catalogue says something of the same place."""
    words = list(in_meaning)
    places = [(mistake.file, mistake.place) for mistake in words]

    def is_new(mistake: Mistake) -> bool:
        at_or_below = re.compile(rf"{re.escape(mistake.place)}($|[.\[])")
        return not any(file == mistake.file and at_or_below.match(place) for file, place in places)

    return list(dict.fromkeys([*words, *filter(is_new, in_form)]))


def _mistakes(file: Path, name: str, form: type[Schema]) -> list[Mistake]:
    try:
        form().load(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [Mistake(name, "", f"not TOML: {error}")]
    except ValidationError as error:
        return [Mistake(name, _path(pointer), detail) for pointer, _, detail, _ in problems(error.messages)]
    return []


def _path(pointer: str) -> str:
    """The path of a key, as TOML writes it, from a JSON pointer."""
    path = ""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        path = join(path, int(key) if key.isdigit() else key)
    return path
