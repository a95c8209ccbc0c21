"""Data files against the forms of `schemas`: the thorough check for those who write them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from marshmallow import ValidationError

from detectapi.values.errors import CatalogError
from schemas.assay import AssaysFileSchema
from schemas.error import problems
from schemas.physiology import PhysiologyFileSchema, RoutesFileSchema
from schemas.reference import ReferencesFileSchema
from schemas.substance import SubstanceFileSchema

FORMS = {
    "assays.toml": AssaysFileSchema,
    "physiology.toml": PhysiologyFileSchema,
    "references.toml": ReferencesFileSchema,
    "routes.toml": RoutesFileSchema,
}


def check(folder: Path) -> None:
    """Check the form of every file of a data folder.

    Raises
    ------
    CatalogError
        With one line for each mistake: file, key, what is allowed.
    """
    files = {
        file: form for name, form in FORMS.items() for file in sorted(folder.glob(name.replace(".toml", "*.toml")))
    }
    files |= {file: SubstanceFileSchema for file in sorted((folder / "substances").glob("*.toml"))}
    mistakes = []
    for file, form in files.items():
        name = file.relative_to(folder).as_posix()
        try:
            form().load(tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            mistakes.append(f"{name}: not TOML: {error}")
        except ValidationError as error:
            mistakes += [f"{name}: {place}: {detail}" for place, _, detail, _ in problems(error.messages)]
    if mistakes:
        raise CatalogError("\n".join(mistakes))
