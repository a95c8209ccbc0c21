"""The catalogue: substances, assays, physiology and sources, looked up by the words that people use.

`detectapi.knowledge.catalog.files` says where they are read from. A wrong file raises `CatalogError` with every mistake in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detectapi.knowledge import DATA
from detectapi.knowledge.catalog import files
from detectapi.knowledge.catalog.files import forget
from detectapi.knowledge.catalog.registries import Reference, plain
from detectapi.values.assay import Panel, RegisteredAssay
from detectapi.values.errors import CatalogError, InputError, Mistake, NotSupported, UnknownSubstance, nearest
from detectapi.values.physiology import PhysiologyData
from detectapi.values.substance import Brand, Moiety, Origin, Route, Substance, WordCovariate

__all__ = [
    "Reference",
    "as_card",
    "assay",
    "assay_card",
    "assays",
    "brand",
    "check",
    "covariates",
    "forget",
    "ids",
    "mistakes",
    "origin_card",
    "panel",
    "panels",
    "path",
    "physiology",
    "references",
    "resolve_analyte",
    "resolve_route",
    "resolve_substance",
    "substance",
    "substances",
]

PACKAGED = DATA


def substances() -> tuple[Substance, ...]:
    """Every substance, in order of id."""
    where = files.folders()
    return tuple(files.substance(where, substance_id) for substance_id in files.substance_ids(where))


def substance(word: str) -> Substance:
    """The substance that an id, name or alias means.

    Raises
    ------
    UnknownSubstance
        ``allowed`` has the nearest ids.
    """
    return files.substance(files.folders(), resolve_substance(word))


def resolve_substance(word: str) -> str:
    """The id of the substance that an id, name or alias means.

    Raises
    ------
    UnknownSubstance
        ``allowed`` has the nearest ids.
    """
    ids = files.substance_ids(files.folders())
    wanted = plain(word)
    for substance_id in ids:  # by file name first, so that no file need be read
        if plain(substance_id) == wanted:
            return substance_id
    # Then files in whose text the word stands, and all of them only where none of these has it for a name.
    for some in (files.substances_that_mention(files.folders(), wanted), ids):
        names = {plain(name): known.id for known in map(substance, some) for name in _names(known)}
        if wanted in names:
            return names[wanted]
    raise UnknownSubstance(
        "No substance of this name is in the data.", pointer="/substance", allowed=nearest(word, ids) or ids
    )


def _names(known: Substance) -> tuple[str, ...]:
    return (known.name, *known.aliases, *(brand.name for brand in known.brands))


def ids() -> tuple[str, ...]:
    """The ids of all substances, in alphabetical order. No file is read."""
    return files.substance_ids(files.folders())


def path(substance_id: str) -> Path:
    """The file of a substance."""
    return files.substance_path(files.folders(), substance_id)


def assays() -> tuple[RegisteredAssay, ...]:
    """Every registered assay, in the order of the files."""
    return tuple(files.assays(files.folders()).values())


def assay(assay_id: str, pointer: str = "/assay") -> RegisteredAssay:
    """The assay of an id.

    Raises
    ------
    InputError
        ``allowed`` has the nearest ids.
    """
    known = files.assays(files.folders())
    if assay_id in known:  # as it is written, so that no other file need be read
        return known[assay_id]
    wanted = plain(assay_id)
    for name, registered in known.items():
        if plain(name) == wanted:
            return registered
    raise InputError(
        "No assay of this id is registered; GET /v1/assays lists them.",
        pointer=pointer, code="unknown-assay", allowed=nearest(assay_id, known) or list(known),
    )  # fmt: skip


def panels() -> Mapping[str, Panel]:
    """Every panel of tests, by id."""
    return files.panels(files.folders())


def panel(word: str) -> Panel | None:
    """The panel of an id, or of an id that it had in an earlier release; None where there is none."""
    wanted, known = plain(word), files.panels(files.folders())
    if not known.mentions(wanted):  # then no file need be read
        return None
    return next((one for one in known.values() if wanted in map(plain, (one.id, *one.formerly))), None)


def covariates() -> Mapping[str, WordCovariate]:
    """What may be told about a person in a word, by name, beside what the model itself has a meaning for."""
    return files.covariates(files.folders())


def physiology() -> PhysiologyData:
    """Body, kidneys and urine of the population."""
    return files.physiology()


def references() -> Mapping[str, Reference]:
    """Every source, by citekey."""
    return files.references(files.folders())


def brand(substance: Substance, word: str) -> Brand | None:
    """The brand of a substance that a word names; None where it names the substance itself."""
    wanted = plain(word)
    return next((one for one in substance.brands if plain(one.name) == wanted), None)


def resolve_route(substance: Substance, word: str, pointer: str = "") -> Route:
    """The route of a substance that a word means.

    Raises
    ------
    NotSupported
        The word means no route, or the substance has no data for it; ``allowed`` has its routes. A route that is a kind of
        another is that one where the substance has data only for that.
    """
    wanted = plain(word)
    for known in files.routes().values():
        if wanted in (plain(known.id), plain(known.name), *map(plain, known.synonyms)):
            for route_id in (known.id, known.kind_of):
                if route_id is not None and route_id in substance.routes:
                    return substance.routes[route_id]
    raise NotSupported(
        f"{substance.name} has no data for this route.",
        pointer=pointer, code="unknown-route", allowed=list(substance.routes),
    )  # fmt: skip


def is_worn(route: Route) -> bool:
    """Whether a dose by this route is worn, so that its amount goes in over a time that must be known."""
    return files.routes()[route.id].worn


def resolve_analyte(substance: Substance, word: str, pointer: str = "") -> Moiety:
    """The analyte of a substance that a name or abbreviation means.

    Raises
    ------
    NotSupported
        ``allowed`` has the analytes of the substance.
    """
    wanted = plain(word)
    analytes = [moiety.id for moiety in substance.moieties if not moiety.no_analyte]
    for moiety in substance.moieties:
        if wanted in (plain(moiety.id), plain(moiety.name), *map(plain, moiety.abbreviations)):
            if moiety.no_analyte:
                raise NotSupported(
                    f"No test is answered for {moiety.name}: {moiety.no_analyte}.",
                    pointer=pointer, code="no-analyte", allowed=analytes,
                )  # fmt: skip
            return moiety
    raise NotSupported(
        f"{substance.name} has no data for this analyte.", pointer=pointer, code="unknown-analyte", allowed=analytes
    )


def mistakes(*substance_ids: str) -> list[Mistake]:
    """Every mistake in the files of substances and in the files of assays, references and others that all substances share."""
    from detectapi.knowledge.catalog import form  # needs marshmallow

    where = files.folders()
    in_meaning = [mistake for one in substance_ids for mistake in files.substance_mistakes(where, one)]
    in_form = list(form.registry_mistakes(where))
    in_form += [
        mistake for one in substance_ids for mistake in form.substance_mistakes(files.substance_path(where, one))
    ]
    return form.merged(in_form, in_meaning)


def check() -> None:
    """Check every file for its form and its meaning.

    Raises
    ------
    CatalogError
        With one line for each mistake.
    """
    where = files.folders()
    files.physiology(), files.routes(), files.covariates(where).whole()
    every = mistakes(*files.substance_ids(where))
    if every:
        raise CatalogError.of(every)
    files.panels(where).whole()


def as_card(substance: Substance) -> dict[str, Any]:
    """Everything known of a substance as plain data, every number with its source written out."""
    from detectapi.knowledge.catalog import cards  # estimating needs no cards

    return cards.substance_card(substance, references())


def assay_card(registered: RegisteredAssay) -> dict[str, Any]:
    """A registered assay as plain data, with its source written out."""
    from detectapi.knowledge.catalog import cards

    return cards.assay_card(registered, references())


def origin_card(origin: Origin) -> dict[str, Any]:
    """The origin of a number as plain data, with its source written out."""
    from detectapi.knowledge.catalog import cards

    return cards.origin_card(origin, references())
