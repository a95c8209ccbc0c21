"""The lock of the shipped substances: a number changes only together with the revision of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from detectapi.knowledge import DATA, catalog
from detectapi.values.substance import Substance

LOCK = DATA / "catalog.lock"


class Locked(NamedTuple):
    """A substance as last released."""

    revision: int
    numbers_sha256: str


def read() -> dict[str, Locked]:
    """The substances as last released, by id."""
    lines = [line.split() for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {substance_id: Locked(int(revision), digest) for substance_id, revision, digest in lines}


def complaint(substance: Substance, locked: Locked | None) -> str | None:
    """What is to be done about a substance that is not as locked; None if it is."""
    if locked is not None:
        if substance.numbers_sha256 == locked.numbers_sha256 and substance.revision == locked.revision:
            return None
        if substance.revision <= locked.revision:
            return f"{substance.id} has changed: raise its revision above {locked.revision}"
    return f"its line in data/catalog.lock must be: {substance.id} {substance.revision} {substance.numbers_sha256}"


def the_revision_is_locked(substance: Substance) -> Iterator[str]:
    """A substance of the package is as its line in the lock says."""
    if catalog.path(substance.id).is_relative_to(DATA):
        sentence = complaint(substance, read().get(substance.id))
        if sentence is not None:
            yield sentence
