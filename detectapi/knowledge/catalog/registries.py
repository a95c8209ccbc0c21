"""What all substances share, read from its files: physiology, routes, assays, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from detectapi.inputs.table import INPUTS
from detectapi.knowledge.catalog.parameters import origin, parameter, quantity
from detectapi.knowledge.catalog.reading import Table
from detectapi.values.assay import Assay, Component, RegisteredAssay
from detectapi.values.substance import Parameter

ACCESS = ("read", "second-hand", "recalled")
"""How a source was consulted: itself, in the transcription of another, or from memory only."""

KINDS = ("immunoassay", "mass-spectrometry")
STAGES = ("screen", "confirm")

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
    """A route and the words that people use for it."""

    id: str
    name: str
    synonyms: tuple[str, ...]


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
        known[route_id] = Route(route_id, item.text("name"), item.texts("synonyms"))
        item.finish()
        for word in (route_id, *known[route_id].synonyms):
            if words.setdefault(plain(word), route_id) != route_id:
                item.refuse("synonyms", "has a word of another route")
    root.finish()
    return known


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


def assays(root: Table) -> dict[str, RegisteredAssay]:
    """Read ``assays.toml``."""
    known = {}
    for assay_id, item in root.named_tables("assays"):
        known[assay_id] = _assay(assay_id, item)
        item.finish()
    root.finish()
    return known


def _assay(assay_id: str, table: Table) -> RegisteredAssay:
    kind = table.choice("kind", KINDS)
    components = tuple(_component(item, kind) for item in table.tables("components", optional=True))
    because = ""
    if not components:
        because = table.optional_text("because") or ""
        if not because and table.is_sound("components") and table.is_sound("because"):
            table.refuse("components", "is missing; an assay without a cutoff in urine says why under because")
    return RegisteredAssay(
        id=assay_id,
        name=table.text("name"),
        issuer=table.text("issuer"),
        date=table.text("date"),
        kind=kind,
        method=table.text("method"),
        stage=table.choice("stage", STAGES),
        substances=table.texts("substances"),
        origin=origin(table),
        assay=_test(assay_id, table, components) if components else None,
        because=because,
        limits_ng_ml=MappingProxyType(table.factors("limits_ng_ml") if "limits_ng_ml" in table else {}),
    )


def _test(assay_id: str, table: Table, components: tuple[Component, ...]) -> Assay:
    analytes = [component.analyte for component in components if component.analyte]
    if len(set(analytes)) < len(analytes):
        table.refuse("components", "an analyte occurs once")
    imprecision = quantity(table.table("imprecision_cv"), "1")
    if imprecision.value < 0.0 or imprecision.value > 1.0:
        table.refuse("imprecision_cv", "must lie between 0 and 1")
    rule = table.choice("rule", ("any", "all"))
    return Assay(rule, components, imprecision.value, imprecision.origin, assay_id)


def _component(table: Table, kind: str) -> Component:
    analyte, cutoff = table.text("analyte"), table.number("cutoff_ng_ml")
    if cutoff <= 0.0:
        table.refuse("cutoff_ng_ml", "must be above 0")
    weights = {analyte: 1.0}
    if "cross_reactivity" in table:
        if kind not in ("", "immunoassay"):
            table.refuse("cross_reactivity", "belongs to an immunoassay")
        others = table.factors("cross_reactivity")
        if analyte in others:
            table.refuse("cross_reactivity", "the target itself counts as 1")
        weights |= others
    table.finish()
    return Component(analyte, cutoff, MappingProxyType(weights))
