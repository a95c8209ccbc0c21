"""Frozen values that describe a substance.

`detectapi.knowledge.catalog` reads a substance file (``data/substances/<id>.toml``) into these classes. Numbers are in canonical
units: h, L, L/h, mL/min for flows of the kidney, g/mol, mg for limits of doses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a number.

    ``basis`` is ``measured``, ``derived`` or ``assumed``; the first two have a ``source`` (citekey) and ``locator``,
    the last a ``reason``.
    """

    basis: str
    source: str | None = None
    locator: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and origin, the same in every draw."""

    value: float
    unit: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Effect:
    """How a covariate changes a parameter: a factor on its natural scale.

    power: ``(x / reference) ** coefficient``; linear: ``1 + coefficient * (x - reference)``;
    exponential: ``exp(coefficient * (x - reference))``; category: ``factors[x]`` (1 for a word not listed; for a set of
    words the product). ``clip`` bounds ``x`` before the form is applied.
    """

    covariate: str
    form: str
    origin: Origin
    coefficient: float = 0.0
    reference: float = 0.0
    clip: tuple[float, float] | None = None
    factors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model with its variability (people differ) and its uncertainty (the value is not known exactly).

    Both are standard deviations on ``scale``: ``log`` (natural logarithm), ``logit`` or ``linear``.
    ``between`` says what differs: ``people`` or ``specimens`` (residual variation between specimens).
    ``low`` and ``high`` bound the value of an individual, and the values that ``model.adjust`` may set.
    """

    name: str
    value: float
    unit: str
    scale: str
    variability: float
    uncertainty: float
    low: float
    high: float
    origin: Origin
    effects: tuple[Effect, ...] = ()
    between: str = "people"
    hypothesis: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Moiety:
    """A molecule in the tree: the administered one (without ``parents``) or a metabolite.

    Attributes
    ----------
    parents : tuple of str
        The moieties it is formed from.
    conjugate_of : str or None
        The moiety that hydrolysis sets free from it.
    charge : {'base', 'acid', 'neutral'}
        What urine pH does to it.
    reabsorbed : bool
        Whether it goes back from urine into blood by passive reabsorption.
    total : bool
        It stands for the free form and its conjugates together, as a laboratory reports them after hydrolysis.
    carrier : bool
        Doses are amounts of it, but it is no part of the calculation: only what paths deliver is.
    no_analyte : str
        Why no test may ask for it; empty where a test may.
    """

    id: str
    name: str
    abbreviations: tuple[str, ...]
    molar_mass: Quantity
    peripherals: int
    parents: tuple[str, ...] = ()
    conjugate_of: str | None = None
    charge: str = "base"
    reabsorbed: bool = True
    total: bool = False
    carrier: bool = False
    no_analyte: str = ""

    @property
    def formed_from(self) -> str | None:
        """Its first parent."""
        return self.parents[0] if self.parents else None

    def formation_fraction(self, parent: str) -> str:
        """Name of the parameter that says which share of a parent becomes this moiety."""
        return f"{self.id}.formation_fraction" + ("" if len(self.parents) == 1 else f"_from_{parent}")


class Lineage(NamedTuple):
    """One way of formation, from the administered moiety, or another that is formed from none, to an analyte.

    Attributes
    ----------
    moieties : tuple of str
    delivered : tuple of bool
        For each moiety, whether what doses deliver of it is counted along this way.
    """

    moieties: tuple[str, ...]
    delivered: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """One parallel absorption path of a route.

    ``kind``: ``bolus`` (straight into the centre), ``first-order``, ``zero-order``, ``zero-then-first-order`` or
    ``capacity-limited``. Its parameters are ``<prefix>.fraction_<moiety>`` for each of ``delivers``, and, as the kind needs,
    ``<prefix>.absorption_rate_constant``, ``<prefix>.release_duration``; ``<prefix>.lag_time`` when ``lag``. A
    capacity-limited path has ``<prefix>.elimination_rate``, and ``<prefix>.formation_rate_<moiety>`` in place of fractions.
    """

    prefix: str
    kind: str
    delivers: tuple[str, ...]
    lag: bool = False


@dataclass(frozen=True, slots=True)
class RouteForm:
    """The paths that hold for single doses up to ``up_to_mg`` (None: any larger dose)."""

    up_to_mg: float | None
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A route of administration."""

    id: str
    name: str
    accepts_duration: bool
    forms: tuple[RouteForm, ...]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation between people's random effects of two parameters."""

    parameters: tuple[str, str]
    value: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class HalfLife:
    """A textbook elimination half-life for some routes: a single value or a range."""

    routes: tuple[str, ...]
    low: float
    high: float
    unit: str
    origin: Origin
    claim: str = ""


@dataclass(frozen=True, slots=True)
class HalfLifeModel:
    """The one-compartment textbook view: half-lives by route and the fraction of a dose excreted as each analyte."""

    half_lives: tuple[HalfLife, ...]
    fraction_excreted: Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """A rule of evidence: its conditions (None: always) and its words. The first rule that fits decides.

    ``hydrolysed`` asks whether the test reads the analyte with its conjugates, ``above_mg`` for a single dose above so much.
    """

    grade: str
    because: str
    sources: tuple[str, ...]
    routes: tuple[str, ...] | None = None
    patterns: tuple[str, ...] | None = None
    analytes: tuple[str, ...] | None = None
    hydrolysed: bool | None = None
    above_mg: float | None = None


@dataclass(frozen=True, slots=True)
class NoteRule:
    """A remark of the data, shown if all its conditions hold."""

    code: str
    message: str
    routes: tuple[str, ...] | None = None
    patterns: tuple[str, ...] | None = None
    analytes: tuple[str, ...] | None = None
    inputs: tuple[str, ...] | None = None
    hydrolysed: bool | None = None


@dataclass(frozen=True, slots=True)
class Salt:
    """A salt form: ``base_fraction`` turns an amount of it into free base."""

    id: str
    base_fraction: Quantity


@dataclass(frozen=True, slots=True)
class DoseUnit:
    """A unit that doses of a substance are counted in, such as a standard drink; ``amount`` is what one holds. [mg]"""

    id: str
    name: str
    amount: Quantity


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand name: the salt its strength is stated in and the route it is made for, where these are known."""

    name: str
    salt: str | None = None
    route: str | None = None


@dataclass(frozen=True, slots=True)
class WordCovariate:
    """A property of a person in one word, such as the activity of an enzyme; drawn from the population if it is not known.

    Attributes
    ----------
    words : dict of str to str
        The meaning of each word, in the order of the data.
    shares : tuple of float
        Shares of people, in the order of the words; they add up to 1.
    where_pattern : dict of str to str
        The word that a pattern of use implies if the property is not known.
    """

    id: str
    name: str
    words: Mapping[str, str]
    shares: tuple[float, ...]
    origin: Origin
    where_pattern: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


ORDINARY_MOST_MG = 20_000.0
"""The largest single dose of a request if the file states none. [mg]"""


@dataclass(frozen=True, slots=True, eq=False)
class Substance:
    """Everything the estimator knows about one administered substance. It equals itself only, so that it can be a key.

    ``sha256`` is of its file, ``numbers_sha256`` of the file without its sentences. ``effects_of`` names every covariate that some
    parameter depends on; ``covariates`` has those of them that are words told of a person.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    description: str
    revision: int
    reviewed: str
    sha256: str
    default_assay: str
    moieties: tuple[Moiety, ...]
    parameters: Mapping[str, Parameter]
    routes: Mapping[str, Route]
    salts: tuple[Salt, ...]
    correlations: tuple[Correlation, ...]
    half_life_model: HalfLifeModel
    evidence: tuple[EvidenceRule, ...]
    notes: tuple[NoteRule, ...]
    interactions: Mapping[str, str]
    covariates: Mapping[str, WordCovariate] = field(default_factory=lambda: MappingProxyType({}))
    dose_units: tuple[DoseUnit, ...] = ()
    brands: tuple[Brand, ...] = ()
    most_mg: float = ORDINARY_MOST_MG
    numbers_sha256: str = ""
    effects_of: frozenset[str] = frozenset()

    @property
    def root(self) -> Moiety:
        """The administered molecule."""
        return self.moieties[0]

    def moiety(self, moiety_id: str) -> Moiety:
        """The moiety of an id.

        Raises
        ------
        KeyError
            There is none.
        """
        for moiety in self.moieties:
            if moiety.id == moiety_id:
                return moiety
        raise KeyError(moiety_id)

    def forms(self, analyte: str) -> bool:
        """Whether a test can find a moiety of this name after the substance."""
        return any(moiety.id == analyte and not moiety.carrier for moiety in self.moieties)

    def stands_with(self, moiety_id: str) -> str:
        """The moiety whose residual of a specimen this one shares: that which it is a conjugate of, or itself."""
        return self.moiety(moiety_id).conjugate_of or moiety_id

    def lineages(self, moiety_id: str) -> tuple[Lineage, ...]:
        """Every way of formation that ends in a moiety, each from a moiety that is formed from none.

        What a dose delivers half-way along several of them is counted along one: the first that goes on alike from there.
        """
        lineages: list[Lineage] = []
        counted: set[tuple[str, ...]] = set()
        for moieties in self._ways_to(moiety_id):
            ends = [moieties[i:] for i in range(len(moieties))]
            lineages.append(Lineage(moieties, tuple(end not in counted for end in ends)))
            counted.update(ends)
        return tuple(lineages)

    def _ways_to(self, moiety_id: str) -> Iterator[tuple[str, ...]]:
        parents = self.moiety(moiety_id).parents
        if not parents:
            yield (moiety_id,)
        for parent in parents:
            for way in self._ways_to(parent):
                yield (*way, moiety_id)

    def ancestors(self, moiety_id: str) -> tuple[str, ...]:
        """A moiety and all that it is formed from, each once."""
        return tuple(dict.fromkeys(name for lineage in self.lineages(moiety_id) for name in lineage.moieties))
