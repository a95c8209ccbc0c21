"""What the window hangs on: shares of its variance by group of parameters and by input, first-order and total."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from detectapi.inputs.distribution import CENTRAL_90
from detectapi.model.arrays import Floats
from detectapi.model.draws import Deviates, Draws, Selection
from detectapi.model.question import Question, read_question
from detectapi.model.simulation import Simulation
from detectapi.model.window import combine
from detectapi.telling.tornado import narrows_most

Source: TypeAlias = tuple[str, str]
"""A stream and a name in it."""

BATCHES = 10
LEARNT = "typical values, calibrated"

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
    """A layout in which every draw has numbers of its own; stands in for `detectapi.model.draws.Layout`."""

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
            return np.full(self.here.plan.draws, self.fixed[stream, name])
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
        ``groups`` from the most telling down, each with ``name``, ``kind``, ``first_order``, ``total``, their standard
        errors, and for a single input the median window at its low and high end.
    """
    question, options = read_question(request), request["options"]
    plan = Independent(max(options["draws"] // BATCHES, 50) * BATCHES)
    here, there = (Draws(options["seed"] + i, plan, question.posterior) for i in range(2))
    base = Mixed(here, there)
    y_here, y_there = _last(question, base), _last(question, Mixed(there, here))
    groups = _groups(base.asked, question)
    written = []
    for (kind, name), members in groups.items():
        swapped = _last(question, Mixed(here, there, members))
        first, total, first_error, total_error = indices(np.log1p(y_here), np.log1p(y_there), np.log1p(swapped))
        entry = {"name": name, "kind": kind, "first_order": round(first, 3), "total": round(total, 3),
                 "first_order_se": round(first_error, 3), "total_se": round(total_error, 3)}  # fmt: skip
        if len(members) == 1 and kind in ("input", "specimen"):
            ends = (
                _last(question, Mixed(here, there, fixed={next(iter(members)): z})) for z in (-CENTRAL_90, CENTRAL_90)
            )
            entry["median_h_at_low"], entry["median_h_at_high"] = (round(float(np.median(y)), 1) for y in ends)
        written.append(entry)
    written.sort(key=lambda item: (-item["total"], item["name"]))
    low, middle, high = np.quantile(y_here, [0.05, 0.5, 0.95])
    return {
        "substance": question.substance.id,
        "window": {"median_h": round(float(middle), 1), "low_h": round(float(low), 1), "high_h": round(float(high), 1)},
        "scale": "variance of ln(1 + hours)",
        "groups": written,
        "narrows_most": narrows_most(
            telling_most(written, ("input", "specimen"), "first_order"), telling_most(written, ("knowledge",), "total")
        ),
        "draws": plan.draws,
        "seed": options["seed"],
    }


def indices(y_here, y_there, swapped):
    """First-order and total index of a group, each with its standard error.

    Parameters
    ----------
    y_here, y_there : array, shape (n,)
        Of two independent sets of inputs.
    swapped : array, shape (n,)
        Of the first set with the group taken from the second.

    Returns
    -------
    first_order, total, first_order_se, total_se : float

    References
    ----------
    saltelli2010, jansen1999
    """
    variance = np.var(np.concatenate([y_here, y_there]))
    if variance == 0.0:
        return 0.0, 0.0, 0.0, 0.0
    centre = 0.5 * (np.mean(y_here) + np.mean(y_there))
    first = (y_there - centre) * (swapped - y_here) / variance
    total = 0.5 * (y_here - swapped) ** 2 / variance
    errors = [
        np.std([p.mean() for p in np.array_split(part, BATCHES)], ddof=1) / np.sqrt(BATCHES) for part in (first, total)
    ]
    return float(np.clip(first.mean(), 0.0, 1.0)), float(np.clip(total.mean(), 0.0, 1.0)), *map(float, errors)


def telling_most(groups, kinds, index: str):
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
    return best and (best["name"], best[index])


def _last(question: Question, deviates: Deviates) -> Floats:
    """Last positive time of the whole test in each draw. [h]"""
    simulation = Simulation(question, deviates)
    crossings = [simulation.crossings(component) for component in question.assay.components]
    return combine(crossings, question.assay.rule)[1]


def _groups(asked, question) -> dict[tuple[str, str], frozenset]:
    """The names a question asked for, by kind and group. Only what varies."""
    found: dict[tuple[str, str], set] = {}
    for stream, name in asked:
        if stream == "knowledge" and question.posterior is not None and name in question.posterior.index:
            key = ("knowledge", LEARNT)
        elif stream == "knowledge":
            key = ("knowledge", f"typical values: {_part(name)}")
        elif stream == "people":
            key = ("people", f"people: {_part(name)}")
        elif stream == "specimen":
            key = ("specimen", _SPECIMEN.get(name, f"specimen: {_part(name)}"))
        elif stream == "inputs":
            key = ("input", name)
        else:
            key = ("assay", "assay imprecision")
        found.setdefault(key, set()).add((stream, name))
    return {key: frozenset(names) for key, names in found.items()}


def _part(name: str) -> str:
    owner, _, rest = name.partition(".")
    for ends, words in _PARTS:
        if rest.endswith(ends):
            return f"{owner}, {words}"
    if rest:
        return "urine pH effect" if owner == "renal" else "absorption"
    return name.split(".")[0].replace("_", " ")
