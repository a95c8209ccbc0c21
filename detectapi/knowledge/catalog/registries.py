"""What all substances share, read from its files: physiology, routes, covariates, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from detectapi.inputs.table import INPUTS
from detectapi.knowledge.catalog.parameters import COVARIATES, PATTERNS, origin, parameter
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.substance import Parameter, WordCovariate

ACCESS = ("read", "second-hand", "recalled")
"""How a source was consulted: itself, in the transcription of another, or from memory only."""

PHYSIOLOGY_UNITS = {
    "weight_kg": "kg",
    "gfr_ml_min_1_73m2": "mL/min/1.73m2",
    "gfr_estimation_error": "1",
    "urine_flow_ml_h": "mL/h",
    "urine_flow_ml_h.low": "mL/h",
    "urine_flow_ml_h.high": "mL/h",
    "urine_flow_between_voids": "1",
    "urine_ph": "1",
    "urine_ph_between_voids": "1",
    "creatinine_excretion_mg_kg_d.male": "mg/kg/d",
    "creatinine_excretion_mg_kg_d.female": "mg/kg/d",
    "creatinine_excretion_mg_kg_d.unknown": "mg/kg/d",
    "creatinine_between_voids": "1",
    "osmole_excretion_mosm_d": "mosm/d",
    "specific_gravity_per_osmolality": "kg/mosm",
    "urine_fraction_of_intake": "1",
    "void_interval_h": "h",
}
"""The parameters of physiology that the model needs, with their canonical units."""

CKD_STAGES = tuple(INPUTS["renal.ckd_stage"].words)


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
        how = {"read": "", "second-hand": " [known second-hand]", "recalled": " [cited from memory]"}
        return text + how[self.access]


@dataclass(frozen=True, slots=True)
class SpecimenValidity:
    """The limits below which a specimen is called dilute or substituted."""

    dilute_creatinine_mg_dl: float
    substituted_creatinine_mg_dl: float
    dilute_specific_gravity: float
    substituted_specific_gravity_low: float
    substituted_specific_gravity_high: float


@dataclass(frozen=True, slots=True)
class Route:
    """A route and the words that people use for it; ``kind_of`` is the route that it is a kind of."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    kind_of: str | None = None


@dataclass(frozen=True, slots=True)
class PhysiologyData:
    """The contents of ``physiology.toml``."""

    parameters: Mapping[str, Parameter]
    ckd_stages: Mapping[str, tuple[float, float]]
    specimen_validity: SpecimenValidity


def physiology(root: Table) -> PhysiologyData:
    """Read ``physiology.toml``."""
    table = root.table("parameters")
    if set(table.data) != set(PHYSIOLOGY_UNITS):
        words = ", ".join(sorted(set(table.data) ^ set(PHYSIOLOGY_UNITS)))
        root.refuse("parameters", f"missing, or not needed by the model: {words}")
    units = {name: unit for name, unit in PHYSIOLOGY_UNITS.items() if name in table}
    parameters = {name: parameter(name, table.table(name), unit, {}) for name, unit in units.items()}
    stages = {name: _stage(item) for name, item in root.named_tables("ckd_stages")}
    if tuple(stages) != CKD_STAGES:
        root.refuse("ckd_stages", f"must be {', '.join(CKD_STAGES)}, in this order")
    limits = root.table("specimen_validity")
    validity = SpecimenValidity(**{name: limits.number(name) for name in SpecimenValidity.__dataclass_fields__})
    origin(limits)
    limits.finish()
    root.finish()
    return PhysiologyData(MappingProxyType(parameters), MappingProxyType(stages), validity)


def _stage(table: Table) -> tuple[float, float]:
    low, high = table.number("low"), table.number("high")
    if low <= 0.0 or low >= high:
        table.refuse("low", "must be above 0 and below high")
    table.choice("unit", ("mL/min/1.73m2",))
    origin(table)
    table.finish()
    return low, high


def routes(root: Table) -> dict[str, Route]:
    """Read ``routes.toml``."""
    known: dict[str, Route] = {}
    words: dict[str, str] = {}
    for route_id, item in root.named_tables("routes"):
        kind_of = item.optional_text("kind_of")
        if kind_of not in (None, *known):
            item.refuse("kind_of", "must name a route listed before it")
        known[route_id] = Route(route_id, item.text("name"), item.texts("synonyms"), kind_of)
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
