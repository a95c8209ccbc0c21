"""Files for a new substance to start from: complete and right in form, with every gap marked."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path
from string import Template

from detectapi.knowledge import catalog
from detectapi.values.errors import InputError

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FILES = {
    "substances/$id.toml": "substance.toml",
    "assays-$id.toml": "assays.toml",
    "references-$id.toml": "references.toml",
}
"""The files of a substance, and the template of each."""


def write(folder: Path, substance_id: str, today: date) -> list[Path]:
    """Write the files of a new substance.

    Parameters
    ----------
    folder : Path
        A folder of data, as DETECTAPI_DATA names one; made where it is missing.
    substance_id : str
    today : date
        The date of the first review.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InputError
        The id is of another form or in use, or a file is there already.
    """
    if not ID.fullmatch(substance_id):
        raise InputError("The id has lower-case letters, digits and single hyphens only.", pointer="/substance")
    if substance_id in catalog.ids():
        raise InputError("A substance of this id is in the data already.", pointer="/substance")
    words = {"id": substance_id, "today": today.isoformat()}
    texts = {folder / Template(name).substitute(words): _template(file, words) for name, file in FILES.items()}
    for file in texts:
        if file.exists():
            raise InputError(f"{file} exists already.")
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(texts)


def _template(name: str, words: dict[str, str]) -> str:
    folder = resources.files("detectapi.evaluation.contribution") / "templates"
    return Template((folder / name).read_text(encoding="utf-8")).substitute(words)
