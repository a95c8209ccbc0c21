"""The tree of moieties of a substance file: who forms whom, what is a conjugate of what, what urine pH does to each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from detectapi.knowledge.catalog.parameters import quantity
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import Moiety, Path, Route

CHARGES = ("base", "acid", "neutral")
MOST_PERIPHERALS = 3
OF_A_CARRIER = "doses are amounts of it; what a test can find is what forms from it"


def ids(moieties: Iterable[Moiety]) -> list[str]:
    """The ids of moieties, in their order."""
    return [moiety.id for moiety in moieties]


def are_known(words: Iterable[str]) -> bool:
    """Whether the ids of all moieties or routes could be read, so that a word can be looked for among them."""
    listed = list(words)
    return bool(listed) and "" not in listed


def moieties(root: Table) -> tuple[Moiety, ...]:
    """Read the moieties of a file, the administered one first; mistakes are noted in the table."""
    items = root.tables("moieties")
    sound = [_moiety(item) for item in items]
    words: set[str] = set()
    for item, moiety in zip(items, sound, strict=True):
        names = {moiety.id.lower(), *(short.lower() for short in moiety.abbreviations)} - {""}
        if names & words:
            item.refuse("abbreviations", "has a name that another moiety has already")
        words |= names
    if not sound and root.is_sound("moieties"):
        root.refuse("moieties", "must not be empty")
    _check_tree(items, sound)
    return tuple(sound)


def _moiety(item: Table) -> Moiety:
    carrier = item.flag("carrier", False)
    if carrier:
        item.allow("peripherals")
    peripherals = 0 if carrier else item.integer("peripherals")
    if not 0 <= peripherals <= MOST_PERIPHERALS:
        item.refuse("peripherals", f"must lie between 0 and {MOST_PERIPHERALS}")
    moiety = Moiety(
        item.text("id"),
        item.text("name"),
        item.optional_texts("abbreviations") or (),
        quantity(item.table("molar_mass"), "g/mol"),
        peripherals,
        item.text_or_texts("formed_from"),
        item.optional_text("conjugate_of"),
        item.choice("charge", CHARGES) if "charge" in item else "base",
        item.flag("reabsorbed", True),
        item.flag("total", False),
        carrier,
        item.optional_text("no_analyte") or (OF_A_CARRIER if carrier else ""),
    )
    item.allow("charge")
    item.finish()
    return moiety


def _check_tree(items: list[Table], sound: list[Moiety]) -> None:
    known = {moiety.id: moiety for moiety in sound}
    for i, (item, moiety) in enumerate(zip(items, sound, strict=True)):
        if moiety.parents and i == 0:
            item.refuse("formed_from", "does not belong to the administered moiety")
        if moiety.carrier and i > 0:
            item.refuse("carrier", "belongs to the administered moiety")
        if are_known(known):
            _check_parents(item, moiety, known)
            _check_conjugate(item, moiety, known)
    for item, moiety in zip(items, sound, strict=True):
        if item.is_sound("formed_from") and moiety.id in _ancestors(moiety, known):
            item.refuse("formed_from", "goes round in a circle")


def _check_parents(item: Table, moiety: Moiety, known: Mapping[str, Moiety]) -> None:
    if not item.is_sound("formed_from"):
        return
    if not set(moiety.parents) <= set(known) - {moiety.id}:
        item.refuse("formed_from", "must name other moieties of the file")
    elif any(known[parent].carrier for parent in moiety.parents):
        item.refuse("formed_from", "a carrier forms nothing; let a path deliver this moiety")


def _check_conjugate(item: Table, moiety: Moiety, known: Mapping[str, Moiety]) -> None:
    if moiety.conjugate_of is None or not item.is_sound("conjugate_of"):
        return
    free = known.get(moiety.conjugate_of)
    if free is None or free is moiety:
        item.refuse("conjugate_of", "must name another moiety of the file")
    elif free.conjugate_of is not None or free.total or free.carrier:
        item.refuse("conjugate_of", "must name a free moiety")


def _ancestors(moiety: Moiety, known: Mapping[str, Moiety]) -> set[str]:
    """Ids of all moieties it comes from; its own is among them where the tree goes round in a circle."""
    ancestors: set[str] = set()
    open_ids = list(moiety.parents)
    while open_ids:
        parent = open_ids.pop()
        if parent not in ancestors and parent in known:
            ancestors.add(parent)
            open_ids += known[parent].parents
    return ancestors


def check_delivered(root: Table, sound: tuple[Moiety, ...], routes: Mapping[str, Route]) -> None:
    """Note a moiety that is neither formed nor delivered, and a carrier that a path delivers."""
    paths = paths_of(routes)
    if not paths or not all(path.delivers for path in paths):
        return
    delivered = {moiety for path in paths for moiety in path.delivers}
    for i, (item, moiety) in enumerate(zip(root.tables("moieties"), sound, strict=True)):
        if moiety.carrier and moiety.id in delivered:
            item.refuse("carrier", "a path delivers it")
        if i > 0 and not moiety.parents and moiety.id and moiety.id not in delivered and item.is_sound("formed_from"):
            item.refuse("formed_from", "is missing; only the first moiety, and one that a path delivers, need none")


def paths_of(routes: Mapping[str, Route]) -> list[Path]:
    """Every absorption path of every route."""
    return [path for route in routes.values() for form in route.forms for path in form.paths]
