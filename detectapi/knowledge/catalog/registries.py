"""What all substances share, read from its files: routes, covariates, references."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from detectapi.knowledge.catalog.parameters import COVARIATES, PATTERNS, origin
from detectapi.knowledge.catalog.reading import Table
from detectapi.telling.evidence import HOW_CONSULTED
from detectapi.values.substance import WordCovariate

ACCESS = ("read", "second-hand", "recalled")
"""How a source was consulted: itself, in the transcription of another, or from memory only."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A source. ``access`` says how it was consulted."""

    citekey: str
    authors: str
    title: str | None
    journal: str
    year: int | None
    access: str
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None

    @property
    def citation(self) -> str:
        """Authors, year, title and journal; and how it was consulted, unless it was read itself."""
        first = f"{self.authors} ({self.year})" if self.year else self.authors.rstrip(".")
        text = ". ".join(part for part in (first, self.title, self.journal) if part)
        if self.doi:
            text += f". doi:{self.doi}"
        elif self.pmid:
            text += f". PMID {self.pmid}"
        return f"{text} [{HOW_CONSULTED[self.access]}]" if self.access in HOW_CONSULTED else text


@dataclass(frozen=True, slots=True)
class Route:
    """A route and the words that people use for it; ``kind_of`` is the route that it is a kind of.

    A dose that is ``worn`` gives its amount over the time for which it is worn, so that this time must be known.
    """

    id: str
    name: str
    synonyms: tuple[str, ...]
    kind_of: str | None = None
    worn: bool = False


def routes(root: Table) -> dict[str, Route]:
    """Read ``routes.toml``."""
    known: dict[str, Route] = {}
    words: dict[str, str] = {}
    for route_id, item in root.named_tables("routes"):
        kind_of = item.optional_text("kind_of")
        if kind_of not in (None, *known):
            item.refuse("kind_of", "must name a route listed before it")
        worn = item.flag("worn", default=False)
        known[route_id] = Route(route_id, item.text("name"), item.texts("synonyms"), kind_of, worn)
        item.finish()
        for word in (route_id, *known[route_id].synonyms):
            if words.setdefault(plain(word), route_id) != route_id:
                item.refuse("synonyms", "has a word of another route")
    root.finish()
    return known


def covariates(root: Table) -> dict[str, WordCovariate]:
    """Read ``covariates.toml``."""
    known = {}
    for name, item in root.named_tables("covariates"):
        if name in COVARIATES:
            root.refuse(f"covariates.{name}", "is a name that the model has a meaning for")
        known[name] = _covariate(name, item)
        item.finish()
    root.finish()
    return known


def _covariate(name: str, table: Table) -> WordCovariate:
    words: dict[str, str] = {}
    shares = []
    for item in table.tables("words"):
        word, share = item.text("word"), item.number("share")
        if word in words:
            item.refuse("word", "is listed twice")
        if share < 0.0 or share > 1.0:
            item.refuse("share", "must lie between 0 and 1")
        words[word] = item.text("meaning")
        shares.append(share)
        item.finish()
    if table.is_sound("words") and (len(words) < 2 or abs(sum(shares) - 1.0) > 1e-9):
        table.refuse("words", "must be two or more, and their shares must add up to 1")
    where = {}
    if "where_pattern" in table:
        inner = table.table("where_pattern")
        for pattern in inner.data:
            if pattern not in PATTERNS:
                inner.refuse(pattern, f"is no pattern; there are {', '.join(PATTERNS)}")
            where[pattern] = inner.choice(pattern, tuple(words))
    return WordCovariate(
        name, table.text("name"), MappingProxyType(words), tuple(shares), origin(table), MappingProxyType(where)
    )


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A word in lower case, without spaces, hyphens, underscores, full stops and apostrophes, for comparing words."""
    return "".join(character for character in word.lower() if character not in " -_.'")


def references(root: Table) -> dict[str, Reference]:
    """Read ``references.toml``."""
    known = {}
    for citekey, item in root.named_tables("references"):
        known[citekey] = Reference(
            citekey,
            item.text("authors"),
            item.optional_text("title"),
            item.text("journal"),
            item.integer("year") if "year" in item else None,
            item.choice("access", ACCESS),
            item.optional_text("doi"),
            item.optional_text("pmid"),
            item.optional_text("url"),
        )
        item.allow("year")
        item.finish()
    root.finish()
    return known
