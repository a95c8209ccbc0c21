"""A panel of tests: which of its classes look for what was used, and what it finds as a whole.

A class is answered like any test. The panel is positive where some class is. What no class looks for is not tested, and the panel
or its issuer says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from detectapi.knowledge import catalog
from detectapi.model.arrays import Floats
from detectapi.model.estimate import Asked, Estimate
from detectapi.model.question import Question, question_of
from detectapi.model.read_doses import read_uses
from detectapi.model.shares import Share, plan_chains, variance_shares
from detectapi.model.window import (
    Curve,
    Window,
    chances_at,
    combine,
    combine_stages,
    curve_times,
    probability_curve,
    reaching,
    summarise,
)
from detectapi.model.work import check_work
from detectapi.values.assay import Panel, PanelClass
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Origin, Substance


class ClassQuestion(NamedTuple):
    """The question that a class of a panel answers."""

    panel_class: PanelClass
    question: Question


class Untested(NamedTuple):
    """A substance that was used and that no class of a panel looks for, with the reason and where it is known from."""

    substance: Substance
    because: str
    origin: Origin


class Whole(NamedTuple):
    """What a panel finds as a whole: positive where some class is. ``shares`` are those of each stream in the variance.

    ``regimen`` has the clock times.
    """

    window: Window
    curve: Curve
    asked: tuple[Asked, ...]
    shares: Mapping[str, Share]
    regimen: Regimen


def asked_panel(request: Mapping[str, Any]) -> Panel | None:
    """The panel that a request names as its test; None where it names none."""
    return catalog.panel(request["assay"]) if isinstance(request.get("assay"), str) else None


def classes_of(request: Mapping[str, Any], panel: Panel) -> tuple[list[ClassQuestion], list[Untested]]:
    """The classes of a panel that look for something that was used, each with its question; and what none looks for.

    Parameters
    ----------
    request : dict
        As `schemas.EstimateRequestSchema` loads it.
    panel : Panel
    """
    uses = read_uses(request)
    used = {use.substance.id: use.substance for use in uses}
    questions, seen = [], set()
    for panel_class in panel.classes:
        for assay_id in panel_class.assays:
            looks_for = used.keys() & set(catalog.assay(assay_id).substances)
            if looks_for:
                seen |= looks_for
                questions.append(ClassQuestion(panel_class, question_of(request, uses, assay_id)))
    check_work([one.question for one in questions], (request.get("options") or {}).get("draws", 0))
    return questions, [_untested(panel, substance) for name, substance in used.items() if name not in seen]


def _untested(panel: Panel, substance: Substance) -> Untested:
    for said in panel.not_tested:
        if substance.id in said.substances:
            return Untested(substance, said.because, said.origin)
    return Untested(substance, panel.because, panel.origin)


def as_a_whole(estimates: Sequence[Estimate], level: float) -> Whole:
    """What a panel finds as a whole, from what each of its classes finds.

    Parameters
    ----------
    estimates : sequence of Estimate
        Of the same draws.
    level : float
    """
    plan, seed = estimates[0].plan, estimates[0].seed
    crossings = [
        combine_stages([[part.crossings for part in stage.parts] for stage in one.stages], one.question.assay)[-1]
        for one in estimates
    ]
    first, last = combine(crossings, "any")
    between: Floats = np.maximum.reduce([one.between for one in estimates])
    curve = probability_curve(first, last, plan, level, curve_times(last))
    times = [one.time for one in estimates[0].asked]
    hours = np.array([time.hours for time in times], dtype=float)
    at_times = chances_at(first, last, plan, level, curve, hours)
    return Whole(
        summarise(first, last, plan, level),
        reaching(curve, hours, *at_times),
        tuple(
            Asked(time, *map(float, chance)) for time, chance in zip(times, zip(*at_times, strict=True), strict=True)
        ),
        variance_shares(last, between, plan_chains(plan, seed)),
        estimates[0].question.regimen,
    )
