"""Where the spread of the window comes from, in detail: first-order and total shares of its variance by group.

A group is one input, or the parameters of one kind. A first-order share is what would be gone from the variance if the group were
known; a total share is what would be left if everything else were known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from detectapi.inputs.distribution import CENTRAL_90
from detectapi.inputs.table import INPUTS
from detectapi.knowledge.posterior import Posterior
from detectapi.model.answer import hours
from detectapi.model.arrays import Floats
from detectapi.model.draws import Deviates, Draws, Selection, layout
from detectapi.model.panel import asked_panel, classes_of
from detectapi.model.population import COVARIATE
from detectapi.model.question import Question, read_question
from detectapi.model.read_doses import read_uses
from detectapi.model.several_uses import AnySimulation, simulate
from detectapi.model.simulation import KIT_BIAS
from detectapi.model.window import combine, combine_stages, interval
from detectapi.telling.tornado import narrows_most
from detectapi.values.substance import Substance

Source: TypeAlias = tuple[str, str]
"""A stream and a name in it."""

BATCHES = 10
LEARNT = "typical values, calibrated"
MEASURABLE = ("input", "specimen")
"""Kinds of groups that can be measured in a case."""
URINE = ("hydration", "specimen", "")
"""Sections of the inputs about urine; its pH stands in none."""
SHARES_ONLY = frozenset(entry.distribution for entry in INPUTS if entry.section in URINE and entry.distribution)
"""Inputs that are sources of spread and no levers: their shares are given, not where they would move the window."""

_PARTS = (
    # (end of the parameter's name, the words for its group)
    (("formation_fraction",), "how much is formed"),
    (("fraction_unbound", "pka", "secretion_clearance", "permeability_surface", "renal_factor"), "kidney"),
    (("clearance", "nonrenal_factor"), "elimination"),
    (
        ("volume", "volume_1", "volume_2", "volume_3", "clearance_1", "clearance_2", "clearance_3", "half_life_3"),
        "distribution",
    ),
    (("residual_factor",), "specimens beyond the model"),
)
_SPECIMEN = {
    "urine_flow_between_voids": "specimen: urine flow",
    "urine_ph_between_voids": "specimen: urine pH",
    "creatinine_between_voids": "specimen: creatinine",
    "void_interval_h": "specimen: hours in the bladder",
}


@dataclass(frozen=True, slots=True)
class Independent:
    """A layout in which every draw has numbers of its own, in place of `detectapi.model.draws.Layout`."""

    draws: int
    batches: int = BATCHES

    def size(self, stream: str) -> int:
        """Number of distinct numbers of a stream."""
        return self.draws

    def all(self) -> Selection:
        """Every draw."""
        return Selection(*(np.arange(self.draws) for _ in Selection._fields))


class Mixed(Deviates):
    """Numbers of one set of draws, but for some names those of another set, or one number in every draw.

    Parameters
    ----------
    here, there : Draws
        Of one layout.
    taken : set of (str, str)
        Streams and names whose numbers are those of ``there``.
    fixed : dict of (str, str) to float, optional
        Streams and names that have this one number in every draw.
    """

    def __init__(
        self,
        here: Draws,
        there: Draws,
        taken: Collection[Source] = frozenset(),
        fixed: Mapping[Source, float] | None = None,
    ) -> None:
        self.here, self.there, self.taken, self.fixed = here, there, taken, fixed or {}
        self.asked: dict[Source, None] = {}

    def selection(self) -> Selection:
        """Every draw."""
        return self.here.selection()

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Make numbers of many names at once."""
        self.here.prepare(stream, names)

    def normal(self, stream: str, name: str) -> Floats:
        """Numbers of one name. Shape (draws,)."""
        self.asked[stream, name] = None
        if (stream, name) in self.fixed:
            return np.full(self.here.plan.size(stream), self.fixed[stream, name])
        return (self.there if (stream, name) in self.taken else self.here).normal(stream, name)


def analyse(request: Mapping[str, Any]) -> dict[str, Any]:
    """Sensitivity of a question's window.

    Parameters
    ----------
    request : dict
        As `schemas.EstimateRequestSchema` loads it.

    Returns
    -------
    dict
        ``substance``, several joined by `` + ``. ``groups`` with the largest share first, each with ``name``, ``kind``,
        ``first_order``, ``total`` and their standard errors; for a single input of the body or of the kidneys also the median
        window at its low and at its high end. ``window`` is that of an estimate of the same question and seed, and these medians
        come from the same draws.
    """
    outcome, options = Outcome.of(request), request["options"]
    plan = Independent(max(options["draws"] // BATCHES, 50) * BATCHES)
    if not outcome.questions:
        return _written(outcome, (0.0, 0.0, 0.0), [], plan, options["seed"])
    here, there = (outcome.draws(options["seed"] + i, plan) for i in range(2))
    estimated = layout(options["draws"])
    as_estimated = outcome.draws(options["seed"], estimated)
    base = mixed(here, there)
    last_here, last_there = outcome.last(base), outcome.last(mixed(there, here))
    groups = []
    for group, members in _groups(base).items():
        swapped = outcome.last(mixed(here, there, members))
        entry = _entry(group, indices(np.log1p(last_here), np.log1p(last_there), np.log1p(swapped)))
        if len(members) == 1 and group.kind == "input" and group.name not in SHARES_ONLY:
            medians = (_median_at(outcome, as_estimated, members, z) for z in (-CENTRAL_90, CENTRAL_90))
            entry["median_h_at_low"], entry["median_h_at_high"] = medians
        groups.append(entry)
    groups.sort(key=lambda entry: (-entry["total"], entry["name"]))
    window = interval(outcome.last(as_estimated), estimated, options["level"])
    return _written(outcome, [float(end) for end in window[:3]], groups, plan, options["seed"])


def _written(
    outcome: Outcome, window: Sequence[float], groups: Sequence[dict[str, Any]], plan: Independent, seed: int
) -> dict[str, Any]:
    """The document, with ends and median of the window and the groups in order."""
    low, median, high = window
    return {
        "substance": " + ".join(substance.id for substance in outcome.substances),
        "window": {"median_h": hours(median), "low_h": hours(low), "high_h": hours(high)},
        "scale": "variance of ln(1 + hours)",
        "groups": groups,
        "narrows_most": narrows_most(
            telling_most(groups, MEASURABLE, "first_order"), telling_most(groups, ("knowledge",), "total")
        ),
        "draws": plan.draws,
        "seed": seed,
    }


class Outcome(NamedTuple):
    """What the shares are of: the last positive time of one question, or of the questions of the classes of a panel.

    Attributes
    ----------
    questions : tuple of Question
        Of the same uses; none where no class of a panel looks for them.
    substances : tuple of Substance
        Of each use.
    """

    questions: tuple[Question, ...]
    substances: tuple[Substance, ...]

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Outcome:
        """That of a loaded request."""
        panel = asked_panel(request)
        classes = [] if panel is None else [one.question for one in classes_of(request, panel)[0]]
        questions = [read_question(request)] if panel is None else classes
        return cls(tuple(questions), tuple(use.substance for use in read_uses(request)))

    def draws(self, seed: int, plan: Any) -> list[Draws]:
        """Random numbers of each use; they differ in what calibration learnt of its substance."""
        return [Draws(seed, plan, use.posterior) for question in self.questions[:1] for use in question.each]

    def last(self, deviates: Sequence[Deviates]) -> Floats:
        """Last positive time of the whole in each draw. [h]"""
        crossings = []
        for question in self.questions:
            stages: Sequence[AnySimulation] = simulate(question, deviates).stages()
            crossed = [[stage.crossings(part) for part in stage.assay.components] for stage in stages]
            crossings.append(combine_stages(crossed, question.assay)[-1])
        return combine(crossings, "any")[1]


class Group(NamedTuple):
    """A group of random numbers that belong together.

    Attributes
    ----------
    kind : {'knowledge', 'people', 'specimen', 'input', 'assay'}
    name : str
        In words.
    """

    kind: str
    name: str


class Indices(NamedTuple):
    """Shares of the variance, each with its standard error."""

    first_order: float
    total: float
    first_order_se: float
    total_se: float


def _entry(group: Group, shares: Indices) -> dict[str, Any]:
    return {
        "name": group.name,
        "kind": group.kind,
        **{name: round(value, 3) for name, value in shares._asdict().items()},
    }


def _median_at(outcome: Outcome, draws: Sequence[Draws], members: Collection[Source], z: float) -> float:
    """Median window where one input has the same value in every draw of an estimate. [h]"""
    last = outcome.last(mixed(draws, draws, fixed=dict.fromkeys(members, z)))
    return hours(float(np.median(last)))


def indices(y_here: Floats, y_there: Floats, swapped: Floats) -> Indices:
    """First-order and total share of a group in the variance of an outcome.

    Parameters
    ----------
    y_here, y_there : array, shape (n,)
        The outcome of two independent sets of random numbers.
    swapped : array, shape (n,)
        That of the first set with the numbers of the group taken from the second.

    References
    ----------
    saltelli2010, jansen1999
    """
    variance = np.var(np.concatenate([y_here, y_there]))
    if variance == 0.0:
        return Indices(0.0, 0.0, 0.0, 0.0)
    centre = 0.5 * (np.mean(y_here) + np.mean(y_there))
    first = (y_there - centre) * (swapped - y_here) / variance
    total = 0.5 * (y_here - swapped) ** 2 / variance
    return Indices(
        float(np.clip(first.mean(), 0.0, 1.0)),
        float(np.clip(total.mean(), 0.0, 1.0)),
        _standard_error(first),
        _standard_error(total),
    )


def _standard_error(values: Floats) -> float:
    """Standard error of a mean, from the means of batches."""
    means = [batch.mean() for batch in np.array_split(values, BATCHES)]
    return float(np.std(means, ddof=1) / np.sqrt(BATCHES))


def telling_most(
    groups: Sequence[Mapping[str, Any]], kinds: Collection[str], index: str
) -> tuple[Mapping[str, Any], float] | None:
    """The group of some kinds with the largest index, and the index; None where none is beyond its error.

    Parameters
    ----------
    groups : list of dict
    kinds : collection of str
    index : str
        ``first_order`` or ``total``.
    """
    sure = [group for group in groups if group["kind"] in kinds and group[index] > 2.0 * group[f"{index}_se"]]
    best = max(sure, key=lambda group: group[index], default=None)
    return None if best is None else (best, best[index])


def mixed(
    here: Sequence[Draws],
    there: Sequence[Draws],
    taken: Collection[Source] = frozenset(),
    fixed: Mapping[Source, float] | None = None,
) -> list[Mixed]:
    """`Mixed` numbers of each use."""
    return [Mixed(one, other, taken, fixed) for one, other in zip(here, there, strict=True)]


def _groups(base: Iterable[Mixed]) -> dict[Group, frozenset[Source]]:
    """The streams and names that were asked for, by group. Only what varies is asked for.

    Numbers that several uses share are in one group: the calibrated one where calibration learnt them of some substance.
    """
    group_of: dict[Source, Group] = {}
    for use in base:
        for source in use.asked:
            group = _group(source, use.here.posterior)
            if source not in group_of or group.name == LEARNT:
                group_of[source] = group
    groups: dict[Group, set[Source]] = {}
    for source, group in group_of.items():
        groups.setdefault(group, set()).add(source)
    return {group: frozenset(members) for group, members in groups.items()}


def _group(source: Source, learnt: Posterior | None) -> Group:
    stream, name = source
    if stream == "knowledge" and learnt is not None and name in learnt.index:
        return Group("knowledge", LEARNT)
    if stream == "knowledge" and name.startswith(KIT_BIAS):
        return Group("knowledge", "bias of the kit")
    if stream == "knowledge":
        return Group("knowledge", f"typical values: {_part(name)}")
    if stream == "people":
        return Group("people", f"people: {_part(name)}")
    if stream == "specimen":
        return Group("specimen", _SPECIMEN.get(name, f"specimen: {_part(name)}"))
    if stream == "inputs":
        return Group("input", name)
    return Group("assay", "assay imprecision")


def _part(name: str) -> str:
    """What a parameter is about, in words."""
    if name.startswith(COVARIATE):
        return name.removeprefix(COVARIATE).replace("_", " ")
    owner, _, rest = name.partition(".")
    for ends, words in _PARTS:
        if rest.endswith(ends):
            return f"{owner}, {words}"
    if rest:
        return "urine pH effect" if owner == "renal" else "absorption"
    return owner.replace("_", " ")
