"""How much work and memory one question may take."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detectapi.inputs.table import INPUTS
from detectapi.model.dosing import QUEUED, dose_groups
from detectapi.values.assay import Assay
from detectapi.values.errors import InputError
from detectapi.values.regimen import ORDINARY_WEIGHT, Regimen, Train
from detectapi.values.substance import Lineage, Parameter, Path, RouteForm, Substance

LONGEST_VOID = INPUTS["specimen.void_interval_h"].bounds[1]
FEWEST_DRAWS = int(INPUTS["options.draws"].bounds[0])

MOST_OPEN_DOSES = 500_000
"""Doses times draws. A dose is open if, after the end of the last one, it still enters the body or lies within the longest void;
open doses are computed one by one."""

MOST_COEFFICIENTS = 20_000_000
"""Coefficients of all sums of exponentials of all draws: each absorption path has one for each pole, and adds a pole of its own.
So many take 0.3 to 1 GB."""


def check_open_doses(regimen: Regimen, substance: Substance, draws: int, pointer: str) -> None:
    """Refuse more open doses than can be computed in reasonable time.

    Raises
    ------
    InputError
    """
    if regimen.count * draws <= MOST_OPEN_DOSES:
        return  # of nearly every question, which need not be looked at more closely
    open_doses = sum(count for *_, count in doses_that_stay_open(regimen, substance))
    if open_doses * draws > MOST_OPEN_DOSES:
        most = MOST_OPEN_DOSES // draws
        raise InputError(
            f"Too many doses within a day of the last one: at most {most} at this number of draws.",
            pointer=pointer, code="too-much-work", allowed=[0, most],
        )  # fmt: skip


def doses_that_stay_open(regimen: Regimen, substance: Substance) -> list[tuple[Train, list[RouteForm], int]]:
    """Each train with the forms of its route that its doses have, and how many of its doses are open."""
    trains = []
    for train, forms in _forms(regimen, substance):
        delay = max(_delay(path, substance, train) for form in forms for path in form.paths)
        open_hours = LONGEST_VOID + delay + train.end  # for which the last dose of the train is still open
        count = 0
        if open_hours > 0.0:
            count = min(train.count, 1 + int(open_hours / train.every)) if train.every else train.count
        trains.append((train, forms, count))
    return trains


def own_poles(lineages: Sequence[Lineage], substance: Substance) -> int:
    """Poles of some ways of formation, without those of absorption."""
    return sum(1 + substance.moiety(name).peripherals for lineage in lineages for name in lineage.moieties)


def _forms(regimen: Regimen, substance: Substance) -> list[tuple[Train, list[RouteForm]]]:
    """Each train with the forms of its route that its doses have."""
    groups = dose_groups(regimen, substance)
    return [
        (train, [substance.routes[group.route].forms[group.form] for group, shares in groups.items() if i in shares])
        for i, train in enumerate(regimen.trains)
    ]


def _delay(path: Path, substance: Substance, train: Train) -> float:
    """Time after a dose at which the last absorption along a path begins, in nearly every draw. [h]

    Where doses wait for each other, that is what two of them take.
    """
    if path.kind == QUEUED:
        rate = substance.parameters[f"{path.prefix}.elimination_rate"]
        amount = train.amount.high * (ORDINARY_WEIGHT if train.amount.per_kg else 1.0)
        return 2.0 * amount / rate.value
    parts = (substance.parameters.get(f"{path.prefix}.{kind}") for kind in ("lag_time", "release_duration"))
    return sum(_in_nearly_every_draw(part) for part in parts if part is not None)


def _in_nearly_every_draw(time: Parameter) -> float:
    """A time that few draws exceed: three standard deviations above the typical value. [h]"""
    spread = 3.0 * math.hypot(time.variability, time.uncertainty)
    if spread == 0.0 and not time.effects:
        return time.value
    return min(time.value * math.exp(spread) if time.scale == "log" else time.value + spread, time.high)


def check_coefficients(regimen: Regimen, substance: Substance, assay: Assay, draws: int) -> None:
    """Refuse what would not fit into memory: each route, and each amount that is a range, has absorption paths of its own.

    Raises
    ------
    InputError
    """
    groups = dose_groups(regimen, substance)
    paths = sum(len(substance.routes[group.route].forms[group.form].paths) for group in groups)
    coefficients = 0
    for component in assay.every_component:
        lineages = [lineage for analyte in component.weights for lineage in substance.lineages(analyte)]
        own = own_poles(lineages, substance)
        coefficients += paths * len(lineages) * (paths * len(lineages) + own)
    if coefficients * draws <= MOST_COEFFICIENTS:
        return
    most = MOST_COEFFICIENTS // coefficients
    if most >= FEWEST_DRAWS:
        raise InputError(
            f"At most {most} draws with so many routes and amounts given as ranges.",
            pointer="/options/draws", code="too-much-work", allowed=[FEWEST_DRAWS, most],
        )  # fmt: skip
    raise InputError(
        "Too many amounts given as ranges; give most of them as a number, or use repeat for equal doses.",
        pointer="/doses", code="too-much-work",
    )  # fmt: skip
