"""The data files: where they lie, and what is read from them, kept until `forget`.

Files lie in the package's ``data`` folder. The environment variable DETECTAPI_DATA may name one more folder of the same
layout (``substances/*.toml``, ``blocks/*.toml``, ``assays*.toml``, ``panels*.toml``, ``covariates*.toml``,
``references*.toml``, each optional). A file is read when it is asked for, those of the package once in a process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from detectapi.knowledge import DATA
from detectapi.knowledge.catalog import assay_registry, meaning, merging, population, registries, substance_file
from detectapi.knowledge.catalog.reading import Table, parse, reading
from detectapi.knowledge.catalog.registries import Reference
from detectapi.knowledge.catalog.registry import Registry
from detectapi.settings import setting
from detectapi.values.assay import Panel, RegisteredAssay
from detectapi.values.errors import CatalogError, Mistake
from detectapi.values.physiology import PhysiologyData
from detectapi.values.substance import Substance, WordCovariate

Folders = tuple[Path, ...]
Entry = TypeVar("Entry")
Result = TypeVar("Result")
More = ParamSpec("More")

_KEPT: dict[tuple[Any, ...], Any] = {}
"""What was read, by the function that read it, the folders it was read from, and what was asked for."""


def keep(read: Callable[Concatenate[Folders, More], Result]) -> Callable[Concatenate[Folders, More], Result]:
    """Keep what a function reads from some folders, until `forget`."""

    @wraps(read)
    def kept(where: Folders, *args: More.args, **kwargs: More.kwargs) -> Result:
        key = (read, where, args, *kwargs.items())
        if key not in _KEPT:
            _KEPT[key] = read(where, *args, **kwargs)
        return cast(Result, _KEPT[key])

    return kept


def forget() -> None:
    """Read the files of a folder beside the package's afresh when they are next asked for."""
    for key in [key for key in _KEPT if key[1] != (DATA,)]:
        del _KEPT[key]


OF_EACH_FILE = ("name", "description", "revision", "reviewed", "default_assay")
"""Keys that a file has itself, also where it extends another."""


def folders() -> Folders:
    """The folders of data; part of the key of every cache, so that a changed variable takes effect.

    Raises
    ------
    CatalogError
        DETECTAPI_DATA is not a folder.
    """
    extra = setting("DETECTAPI_DATA")
    if not extra:
        return (DATA,)
    if not Path(extra).is_dir():
        raise CatalogError("DETECTAPI_DATA does not name a folder.")
    return (DATA, Path(extra))


@keep
def substance_ids(where: Folders) -> tuple[str, ...]:
    """The ids of all substances, in alphabetical order.

    Raises
    ------
    CatalogError
        Two folders have a substance of the same id.
    """
    ids: set[str] = set()
    for folder in where:
        for file in sorted((folder / "substances").glob("*.toml")):
            if file.stem in ids:
                raise CatalogError.of([Mistake(f"substances/{file.name}", "", "a substance of this id exists already")])
            ids.add(file.stem)
    return tuple(sorted(ids))


def substance_path(where: Folders, substance_id: str) -> Path:
    """The file of a substance."""
    name = f"substances/{substance_id}.toml"
    return next(folder / name for folder in reversed(where) if (folder / name).is_file())


def substances_that_mention(where: Folders, wanted: str) -> tuple[str, ...]:
    """The ids of substances in whose file a word stands, in any case and spelling that `registries.plain` takes for the same."""
    texts = ((one, substance_path(where, one).read_text(encoding="utf-8")) for one in substance_ids(where))
    return tuple(one for one, text in texts if wanted in registries.plain(text))


@keep
def substance(where: Folders, substance_id: str) -> Substance:
    """Read a substance: one of the package from the files of the package alone.

    Raises
    ------
    CatalogError
        With one line for each mistake.
    """
    if len(where) > 1 and substance_id in substance_ids(where[:-1]):
        return substance(where[:-1], substance_id)
    root, result = _substance(where, substance_id)
    meaning.check_sources(root, references(where))
    meaning.check_assay(root, result, assays(where))
    root.raise_mistakes()
    return result


def substance_mistakes(where: Folders, substance_id: str) -> list[Mistake]:
    """Every mistake in the file of a substance and in the files of references and assays."""
    mistakes: list[Mistake] = []
    known_references = _or_mistakes(references, where, mistakes)
    known_assays = _or_mistakes(assays, where, mistakes)
    try:
        root, result = _substance(where, substance_id)
    except CatalogError as error:
        return [*mistakes, *error.mistakes]
    if known_references is not None:
        meaning.check_sources(root, known_references)
    if known_assays is not None:
        meaning.check_assay(root, result, known_assays)
    return [*mistakes, *root.mistakes]


def _or_mistakes(
    read: Callable[[Folders], Registry[Entry]], where: Folders, mistakes: list[Mistake]
) -> Registry[Entry] | None:
    try:
        read(where).whole()
        return read(where)
    except CatalogError as error:
        mistakes += error.mistakes
        return None


def _substance(where: Folders, substance_id: str) -> tuple[Table, Substance]:
    """A substance as far as its own file and those that it takes from tell; mistakes are noted in the table."""
    root, content = _table(where, substance_id)
    if root.data.get("id") != substance_id and root.is_sound("id"):
        root.refuse("id", "must be the name of the file")
    if "extends" in root:
        root, content = _extended(where, substance_id, root, content)
    elif "without_routes" in root:
        root.refuse("without_routes", "cannot stand without extends")
    digest = hashlib.sha256(content).hexdigest()
    return root, substance_file.substance(root, digest, routes(), covariates(where))


def _extended(where: Folders, substance_id: str, root: Table, content: bytes) -> tuple[Table, bytes]:
    """The table and the content of a file together with those of the file that it extends."""
    base_id = root.text("extends")
    base = None
    if base_id not in substance_ids(where) or base_id == substance_id:
        root.refuse("extends", "must name another substance")
    else:
        base, base_content = _table(where, base_id)
        if "extends" in base:
            root.refuse("extends", "must name a substance that extends no other")
    if base is None or not root.is_sound("extends"):
        if "moieties" not in root or "parameters" not in root:
            root.raise_mistakes()  # most of its tables are those of the file that cannot be read
        return root, content
    for key in OF_EACH_FILE:
        if key not in root:
            root.refuse(key, "is missing (it is never taken from another file)")
    taken = merging.without_routes(root, base.data) if "without_routes" in root else base.data
    merged = Table(merging.extend(taken, root.data), root.file, mistakes=root.mistakes)
    merged.schema_version()
    return merged, base_content + content  # the digest is of every byte that the numbers come from


def _table(where: Folders, substance_id: str) -> tuple[Table, bytes]:
    """The table of a file with the blocks that it includes, and every byte that it was made from."""
    content = substance_path(where, substance_id).read_bytes()
    root = parse(content, f"substances/{substance_id}.toml")
    if "include" not in root:
        return root, content
    if "extends" in root:
        root.refuse("include", "cannot stand beside extends")
        root.raise_mistakes()
    contents: list[bytes] = []

    def read_block(name: str) -> Table | None:
        file = f"blocks/{name}.toml"
        folder = next((folder for folder in reversed(where) if (folder / file).is_file()), None)
        if folder is None:
            return None
        contents.append((folder / file).read_bytes())
        block = parse(contents[-1], file)
        root.mistakes.extend(block.mistakes)
        return block

    whole = merging.include(root, read_block)
    whole.schema_version()
    return whole, b"".join([*contents, content])


@lru_cache(maxsize=1)
def physiology() -> PhysiologyData:
    """Body, kidneys and urine of the population, from the three files in ``data/physiology``.

    Raises
    ------
    CatalogError
        With one line for each mistake.
    """
    names = [f"physiology/{name}.toml" for name in population.FILES]
    tables = [parse((DATA / name).read_bytes(), name) for name in names]
    result = population.read_population(*tables)
    for table in tables:
        meaning.check_sources(table, references((DATA,)))
    mistakes = [mistake for table in tables for mistake in table.mistakes]
    if mistakes:
        raise CatalogError.of(mistakes)
    return result


@lru_cache(maxsize=1)
def routes() -> Mapping[str, registries.Route]:
    """All routes, by id."""
    with reading((DATA / "routes.toml").read_bytes(), "routes.toml") as root:
        result = registries.routes(root)
    return result


@keep
def references(where: Folders) -> Registry[Reference]:
    """All sources, by citekey."""
    return _registry(where, references, "references*.toml", registries.references)


@keep
def assays(where: Folders) -> Registry[RegisteredAssay]:
    """All registered assays, by id."""
    return _registry(where, assays, "assays*.toml", _with_sources(where, assay_registry.assays))


@keep
def panels(where: Folders) -> Registry[Panel]:
    """All panels of tests, by id."""

    def read(root: Table) -> dict[str, Panel]:
        result = assay_registry.panels(root)
        meaning.check_panels(root, result, assays(where))
        return result

    return _registry(where, panels, "panels*.toml", _with_sources(where, read))


@keep
def covariates(where: Folders) -> Registry[WordCovariate]:
    """All covariates of words, by name."""
    return _registry(where, covariates, "covariates*.toml", _with_sources(where, registries.covariates))


def _with_sources(where: Folders, read: Callable[[Table], dict[str, Entry]]) -> Callable[[Table], dict[str, Entry]]:
    """A reader of a registry that also checks its sources."""

    def read_and_check(root: Table) -> dict[str, Entry]:
        result = read(root)
        meaning.check_sources(root, references(where))
        return result

    return read_and_check


def _registry(
    where: Folders,
    known: Callable[[Folders], Registry[Entry]],
    pattern: str,
    read: Callable[[Table], dict[str, Entry]],
) -> Registry[Entry]:
    """The entries of all files of a registry.

    Parameters
    ----------
    where : tuple of Path
    known : callable
        Reads the registry from some folders: what the folders before the last one have is kept.
    pattern : str
        Of the names of its files.
    read : callable
        The entries of one file.
    """
    files = sorted(where[-1].glob(pattern))
    if len(where) == 1:
        return Registry(files, read)
    added = Registry(files, read, known(where[:-1]))
    added.own()  # so that a mistake in a folder that somebody adds is found at once
    return added
