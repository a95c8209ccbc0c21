"""Merge files: a substance that extends another, and blocks of moieties that several substances share.

The files may have mistakes. A part of a wrong form is copied unchanged, so that the reader of the merged table refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from detectapi.knowledge.catalog.reading import Table

Data = dict[str, Any]

BY_NAME = ("parameters", "effects", "interactions")
LISTED = ("moieties", "correlations", "notes")
BLOCK_KEYS = (*BY_NAME, *LISTED)
"""The keys of a block, besides its ``schema_version``."""


def extend(base: Mapping[str, Any], own: Mapping[str, Any]) -> Data:
    """The data of a file that ``extends`` another: its own tables, and those of the other that it does not have.

    Parameters and shared effects are replaced by name. Its own evidence and notes come before those of the other, so they
    decide first.
    """
    merged = {**base, **own}
    for key in ("parameters", "effects"):
        if isinstance(base.get(key), Mapping) and isinstance(own.get(key), Mapping):
            merged[key] = {**base[key], **own[key]}
    for key in ("evidence", "notes"):
        if isinstance(base.get(key), list) and isinstance(own.get(key), list):
            merged[key] = [*own[key], *base[key]]
    for key in ("extends", "without_routes"):
        merged.pop(key, None)
    return merged


def without_routes(root: Table, base: Mapping[str, Any]) -> Data:
    """The data of the extended file, without the routes that the extending file leaves out.

    The parameters, half-lives, evidence and notes of those routes alone are left out too.

    Parameters
    ----------
    root : Table
        The extending file. A route that the extended file does not have is noted there.
    base : dict
    """
    dropped = set(root.texts("without_routes"))
    routes = list(_tables(base.get("routes")))
    for route in sorted(dropped - {str(route.get("id")) for route in routes}):
        root.refuse("without_routes", f"the file that is extended has no route {route}")
    kept = [route for route in routes if route.get("id") not in dropped]
    idle = _prefixes(routes) - _prefixes(kept)
    parameters = {name: item for name, item in _named(base, "parameters") if name.rpartition(".")[0] not in idle}
    less = {**base, "routes": kept, "parameters": parameters}
    used = {name for item in parameters.values() if isinstance(item, Mapping) for name in item.get("effects", ())}
    if "effects" in base:
        less["effects"] = {name: listed for name, listed in _named(base, "effects") if name in used}
        words = {
            word
            for listed in less["effects"].values()
            for effect in _tables(listed)
            for word in effect.get("factors", ())
        }
        less["interactions"] = {word: text for word, text in _named(base, "interactions") if word in words}
    if "correlations" in base:
        tables = _tables(base["correlations"])
        less["correlations"] = [item for item in tables if set(item.get("parameters", ())) <= set(parameters)]
    for key in ("evidence", "notes"):
        if key in base:
            less[key] = _of_other_routes(base[key], dropped)
    model = base.get("half_life_model")
    if isinstance(model, Mapping):
        less["half_life_model"] = {**model, "half_lives": _of_other_routes(model.get("half_lives"), dropped)}
    return less


def _tables(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in (value if isinstance(value, list) else ()) if isinstance(item, Mapping))


def _named(data: Mapping[str, Any], key: str) -> Iterable[tuple[str, Any]]:
    value = data.get(key)
    return value.items() if isinstance(value, Mapping) else ()


def _prefixes(routes: Iterable[Mapping[str, Any]]) -> set[str]:
    forms = [form for route in routes for form in _tables(route.get("forms"))]
    return {str(path.get("prefix")) for form in forms for path in _tables(form.get("paths"))}


def _of_other_routes(entries: Any, dropped: set[str]) -> list[Mapping[str, Any]]:
    """The entries of the routes that stay. An entry that names no route applies to all."""
    kept = []
    for entry in _tables(entries):
        routes = [route for route in entry.get("routes", ()) if route not in dropped]
        if routes or "routes" not in entry:
            kept.append({**entry, "routes": routes} if routes else entry)
    return kept


def include(root: Table, read_block: Callable[[str], Table | None]) -> Table:
    """The table of a file with its blocks; mistakes are noted in the table.

    The moieties of the file come first. The file says what the first moiety of a block is formed from. The parameters of the
    file replace those of a block.

    Parameters
    ----------
    root : Table
    read_block : callable
        Returns the table of the block of a name, or None if there is none.
    """
    merged = {key: value for key, value in root.data.items() if key != "include"}
    names: list[str] = []
    for item in root.tables("include"):
        name, parents = item.text("block"), item.text_or_texts("formed_from")
        item.finish()
        block = None if name in names else read_block(name)
        if name in names:
            item.refuse("block", "is included twice")
        elif block is None:
            item.refuse("block", f"there is no blocks/{name}.toml")
        else:
            _check_block(item, block.data)
            _merge(root, merged, _formed(block.data, parents), name)
        names.append(name)
    files = [root.file, *(f"blocks/{name}.toml" for name in names)]
    return Table(merged, " + ".join(files), mistakes=root.mistakes)


def _check_block(item: Table, block: Mapping[str, Any]) -> None:
    foreign = sorted(set(block) - {*BLOCK_KEYS, "schema_version"})
    if foreign:
        item.refuse("block", f"{foreign[0]} does not belong in a block; allowed: {', '.join(BLOCK_KEYS)}")
    if not block.get("moieties"):
        item.refuse("block", "has no moieties")


def _formed(block: Mapping[str, Any], parents: tuple[str, ...]) -> Mapping[str, Any]:
    moieties = list(_tables(block.get("moieties")))
    if not parents or not moieties:
        return block
    formed_from = parents[0] if len(parents) == 1 else list(parents)
    return {**block, "moieties": [{**moieties[0], "formed_from": formed_from}, *moieties[1:]]}


def _merge(root: Table, merged: Data, block: Mapping[str, Any], name: str) -> None:
    for key in BY_NAME:
        own, theirs = merged.get(key, {}), block.get(key)
        if not isinstance(theirs, Mapping) or not isinstance(own, Mapping):
            continue
        if key != "parameters":
            for word in sorted(set(own) & set(theirs)):
                if own[word] != theirs[word]:
                    root.refuse(key, f"{word} is something else in the block {name}")
        merged[key] = {**theirs, **own}
    for key in LISTED:
        own, theirs = merged.get(key, []), block.get(key)
        if isinstance(theirs, list) and isinstance(own, list):
            merged[key] = [*own, *theirs]
