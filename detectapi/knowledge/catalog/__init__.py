"""The data files, read once, checked, and looked up by the words people use.

Files lie in the package's ``data`` folder. The environment variable DETECTAPI_DATA may name one more folder laid out
alike (``substances/*.toml``, ``assays.toml``, ``references.toml``, each optional), so that a substance is added by
writing a file. Only what is asked for is read. A wrong file raises `CatalogError` with its name and the key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from detectapi.knowledge import DATA
from detectapi.knowledge.catalog import meaning, registries, substance_file
from detectapi.knowledge.catalog.reading import Table, parse
from detectapi.knowledge.catalog.registries import Reference, SpecimenValidity, plain
from detectapi.values.assay import RegisteredAssay
from detectapi.values.errors import CatalogError, InputError, NotSupported, UnknownSubstance, nearest
from detectapi.values.substance import Moiety, Origin, Parameter, Route, Substance

__all__ = [
    "Reference",
    "SpecimenValidity",
    "as_card",
    "assay",
    "assay_card",
    "assays",
    "check",
    "ckd_stages",
    "forget",
    "physiology",
    "references",
    "resolve_analyte",
    "resolve_route",
    "specimen_validity",
    "substance",
    "substances",
]

PACKAGED = DATA


def substances() -> tuple[Substance, ...]:
    """Every substance, in order of id."""
    roots = _roots()
    return tuple(_substance(roots, substance_id) for substance_id in _substance_ids(roots))


def substance(word: str) -> Substance:
    """The substance of an id, name or alias.

    Raises
    ------
    UnknownSubstance
        With the nearest names in ``allowed``.
    """
    roots = _roots()
    ids = _substance_ids(roots)
    wanted = plain(word)
    for substance_id in ids:  # by file name first, so that no other file need be read
        if plain(substance_id) == wanted:
            return _substance(roots, substance_id)
    names = {}
    for known in substances():
        names |= {plain(name): known for name in (known.name, *known.aliases)}
    if wanted in names:
        return names[wanted]
    raise UnknownSubstance(
        "No substance of this name is in the data.", pointer="/substance", allowed=nearest(word, ids) or ids
    )


def assays() -> tuple[RegisteredAssay, ...]:
    """Every registered assay, in the order of the file."""
    return tuple(_assays(_roots()).values())


def assay(assay_id: str, pointer: str = "/assay") -> RegisteredAssay:
    """The assay of an id.

    Raises
    ------
    InputError
        With the nearest ids in ``allowed``.
    """
    known = _assays(_roots())
    wanted = plain(assay_id)
    for name, registered in known.items():
        if plain(name) == wanted:
            return registered
    raise InputError(
        "No assay of this id is registered; GET /v1/assays lists them.",
        pointer=pointer, code="unknown-assay", allowed=nearest(assay_id, known) or list(known),
    )  # fmt: skip


def physiology() -> Mapping[str, Parameter]:
    """Body and urine of the population, by name."""
    return _physiology().parameters


def ckd_stages() -> Mapping[str, tuple[float, float]]:
    """Lowest and highest indexed GFR of each stage of chronic kidney disease.

    Returns
    -------
    dict of str to tuple of float
        [mL/min/1.73 m2]
    """
    return _physiology().ckd_stages


def specimen_validity() -> SpecimenValidity:
    """Limits below which a specimen is called dilute or substituted."""
    return _physiology().specimen_validity


def references() -> Mapping[str, Reference]:
    """Every source, by citekey."""
    return _references(_roots())


def resolve_route(substance: Substance, word: str, pointer: str = "") -> Route:
    """The route of a substance that a word means.

    Raises
    ------
    NotSupported
        When the word means no route, or one the substance has no data for; ``allowed`` lists its routes.
    """
    wanted = plain(word)
    for known in _routes().values():
        if wanted in (plain(known.id), plain(known.name), *map(plain, known.synonyms)) and known.id in substance.routes:
            return substance.routes[known.id]
    raise NotSupported(
        f"{substance.name} has no data for this route.",
        pointer=pointer, code="unknown-route", allowed=list(substance.routes),
    )  # fmt: skip


def resolve_analyte(substance: Substance, word: str, pointer: str = "") -> Moiety:
    """The analyte of a substance that a name or abbreviation means.

    Raises
    ------
    NotSupported
        ``allowed`` lists the substance's analytes.
    """
    wanted = plain(word)
    for moiety in substance.moieties:
        if wanted in (plain(moiety.id), plain(moiety.name), *map(plain, moiety.abbreviations)):
            return moiety
    raise NotSupported(
        f"{substance.name} has no data for this analyte.",
        pointer=pointer, code="unknown-analyte", allowed=[moiety.id for moiety in substance.moieties],
    )  # fmt: skip


def check() -> None:
    """Check every file there is, first its form, then its meaning.

    Answering skips the first step: what it would find, reading finds as well, one mistake at a time.

    Raises
    ------
    CatalogError
        With every mistake of form in a file, or the first of meaning.
    """
    from detectapi.knowledge.catalog import form  # needs marshmallow

    for root in _roots():
        form.check(root)
    physiology(), assays(), substances()


def as_card(substance: Substance) -> dict:
    """Everything known of a substance as plain data, every number with its source written out."""
    from detectapi.knowledge.catalog import cards  # estimating needs no cards

    return cards.substance_card(substance, references())


def assay_card(registered: RegisteredAssay) -> dict:
    """A registered assay as plain data, with its source written out."""
    from detectapi.knowledge.catalog import cards

    return cards.assay_card(registered, references())


def origin_card(origin: Origin) -> dict:
    """Where a number comes from, as plain data, with its source written out."""
    from detectapi.knowledge.catalog import cards

    return cards.origin_card(origin, references())


def forget() -> None:
    """Read files afresh when they are next asked for."""
    for cached in (_substance_ids, _substance, _physiology, _routes, _references, _assays):
        cached.cache_clear()


# -- files ------------------------------------------------------------------------------------------------------------


def _roots() -> tuple[Path, ...]:
    """Folders of data; part of every cache's key, so that a changed variable is noticed."""
    extra = os.environ.get("DETECTAPI_DATA")
    if not extra:
        return (PACKAGED,)
    if not Path(extra).is_dir():
        raise CatalogError("DETECTAPI_DATA does not name a folder.")
    return (PACKAGED, Path(extra))


@lru_cache(maxsize=8)
def _substance_ids(roots: tuple[Path, ...]) -> list[str]:
    ids: dict[str, Path] = {}
    for root in roots:
        for file in sorted((root / "substances").glob("*.toml")):
            if file.stem in ids:
                raise CatalogError(f"substances/{file.name}: a substance of this id is already there")
            ids[file.stem] = file
    return sorted(ids)


@lru_cache(maxsize=64)
def _substance(roots: tuple[Path, ...], substance_id: str) -> Substance:
    root, content = _substance_table(roots, substance_id)
    if "extends" in root:
        base_id = root.text("extends")
        if base_id not in _substance_ids(roots) or base_id == substance_id:
            raise root.mistake("extends", "must name another substance")
        for key in ("id", "name", "description", "revision", "reviewed", "default_assay"):
            if key not in root:
                raise root.mistake(key, "is missing (it is never taken from another file)")
        base, base_content = _substance_table(roots, base_id)
        if "extends" in base:
            raise root.mistake("extends", "must name a substance that extends no other")
        root = Table(substance_file.extend(base.data, root.data), root.file)
        root.integer("schema_version")
        content = base_content + content  # the digest is of every byte the numbers come from
    read = substance_file.substance(root, hashlib.sha256(content).hexdigest(), _routes())
    if read.id != substance_id:
        raise root.mistake("id", "must be the name of the file")
    meaning.check_substance(root, read, _references(roots), _assays(roots))
    return read


def _substance_table(roots: tuple[Path, ...], substance_id: str) -> tuple[Table, bytes]:
    name = f"substances/{substance_id}.toml"
    file = next(root / name for root in reversed(roots) if (root / name).is_file())
    content = file.read_bytes()
    return parse(content, name), content


@lru_cache(maxsize=1)
def _physiology() -> registries.PhysiologyData:
    root = parse((PACKAGED / "physiology.toml").read_bytes(), "physiology.toml")
    read = registries.physiology(root)
    meaning.check_sources(root, _references((PACKAGED,)))
    return read


@lru_cache(maxsize=1)
def _routes() -> dict[str, registries.Route]:
    return registries.routes(parse((PACKAGED / "routes.toml").read_bytes(), "routes.toml"))


@lru_cache(maxsize=8)
def _references(roots: tuple[Path, ...]) -> Mapping[str, Reference]:
    return _registry(roots, "references.toml", registries.references)


@lru_cache(maxsize=8)
def _assays(roots: tuple[Path, ...]) -> Mapping[str, RegisteredAssay]:
    def read(root: Table) -> dict[str, RegisteredAssay]:
        found = registries.assays(root)
        meaning.check_sources(root, _references(roots))
        return found

    return _registry(roots, "assays.toml", read)


def _registry(roots: tuple[Path, ...], name: str, read) -> dict:
    """The entries of a registry from every folder, and from every file whose name begins alike (``assays-*.toml``)."""
    merged: dict = {}
    for folder in roots:
        for file in sorted(folder.glob(name.replace(".toml", "*.toml"))):
            root = parse(file.read_bytes(), file.name)
            for key, value in read(root).items():
                if key in merged:
                    raise root.mistake(key, "is already there")
                merged[key] = value
    return merged
