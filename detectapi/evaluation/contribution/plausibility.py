"""What the typical person does with a substance, one line for each figure that a publication may have.

A line passes, fails (the body cannot do this) or asks for a look (unusual, or far from the textbook values of the same
file). What it says is to be compared with the publication.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from detectapi.evaluation import typical
from detectapi.model.simulation import Simulation
from detectapi.values.errors import NotSupported
from detectapi.values.substance import Moiety, Route, Substance

PASS, LOOK, FAIL = "pass", "look", "fail"

USUAL_DOSE_MG = 100.0
"""The dose that is followed where the data have no limit of a form. [mg]"""

FAR = 3.0
"""A recovery so many times its textbook value, or so small a part of it, is far from it."""

NEAR = 2.0
"""A half-life within so many times the textbook range is near it."""

CARDIAC_OUTPUT_L_H = 300.0
"""More blood than this no organ can clear. [L/h]"""

PLASMA_L, GREATEST_VOLUME_L = 3.0, 10_000.0
"""Volumes of distribution between which nearly all medicines lie. [L]"""

LATE_PEAK_H = 24.0
"""A peak after this time is unusual. [h]"""

LONGEST_H = 60 * 24.0
"""A single dose that shows for longer is unusual. [h]"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it is of, how it fares (pass, look, fail), and what to compare."""

    check: str
    result: str
    message: str


def lines(substance: Substance) -> Iterator[Line]:
    """Every line of a substance; one that says so where the model cannot compute what the data say."""
    try:
        yield from _lines(substance)
    except NotSupported as error:
        yield Line("figures", LOOK, error.message)


def _lines(substance: Substance) -> Iterator[Line]:
    followed = {route.id: _follow(substance, route) for route in substance.routes.values()}
    first = next((one for one in followed.values() if _is_bolus(one.route)), next(iter(followed.values())))
    yield from _recovery(first)
    for moiety in _computed(substance):
        yield _clearance(first, moiety.id)
        yield _half_life(first, moiety.id)
    for one in followed.values():
        yield _area(one)
        yield _peak(one)
    for one in followed.values():
        yield _window(one)


def _computed(substance: Substance) -> list[Moiety]:
    """The moieties with kinetics: all but carriers."""
    return [moiety for moiety in substance.moieties if not moiety.carrier]


@dataclass(frozen=True, slots=True)
class Followed:
    """The typical person after one dose by one route."""

    substance: Substance
    route: Route
    dose_mg: float
    simulation: Simulation

    @property
    def words(self) -> str:
        """The dose, such as "100 mg oral"."""
        return f"{self.dose_mg:g} mg {self.route.id}"


def _follow(substance: Substance, route: Route) -> Followed:
    limits = [form.up_to_mg for form in route.forms if form.up_to_mg is not None]
    amount = 2.0 * limits[-1] if limits else USUAL_DOSE_MG  # from twice a limit on, the next form holds alone
    analytes = [moiety.id for moiety in _computed(substance) if not moiety.no_analyte]
    return Followed(
        substance, route, amount, typical.simulate(substance.id, [typical.dose(amount, route.id)], analytes)
    )


def _is_bolus(route: Route) -> bool:
    return all(path.kind == "bolus" for form in route.forms for path in form.paths)


def _recovery(one: Followed) -> Iterator[Line]:
    """Urinary recovery of each analyte beside its textbook value, and of all together."""
    total = 0.0
    for analyte, textbook in one.substance.half_life_model.fraction_excreted.items():
        fraction = typical.excreted_fraction(one.simulation, analyte, one.dose_mg)
        total += fraction
        far = not textbook.value / FAR <= fraction <= textbook.value * FAR
        yield Line(
            "urinary recovery",
            LOOK if far else PASS,
            f"of {one.words}, {_percent(fraction)} is excreted as {analyte}; textbook {_percent(textbook.value)}",
        )
    result = PASS if 0.0 < total <= 1.0 + 1e-6 else FAIL
    yield Line(
        "urinary recovery", result, f"of {one.words}, {_percent(total)} is excreted in all; at most 100 % is possible"
    )


def _clearance(one: Followed, moiety: str) -> Line:
    clearance, renal = (f(one.simulation, moiety) for f in (typical.total_clearance, typical.renal_clearance))
    volume = typical.steady_state_volume(one.simulation, moiety)
    unusual = clearance > CARDIAC_OUTPUT_L_H or not PLASMA_L <= volume <= GREATEST_VOLUME_L
    words = f"{moiety} is cleared at {clearance:.3g} L/h, {_percent(renal / clearance)} of it by the kidneys; volume {volume:.3g} L"
    return Line("clearance", LOOK if unusual else PASS, words)


def _half_life(one: Followed, moiety: str) -> Line:
    """Half-lives of a moiety, the administered one's beside the textbook range of the route."""
    half_lives = typical.half_lives(one.simulation, moiety)
    words = f"{moiety} falls with {_list([f'{hours:.3g}' for hours in half_lives])} h"
    if moiety != one.substance.root.id:
        return Line("half-life", PASS, words)
    textbook = next(item for item in one.substance.half_life_model.half_lives if one.route.id in item.routes)
    near = any(textbook.low / NEAR <= hours <= textbook.high * NEAR for hours in half_lives)
    return Line("half-life", PASS if near else LOOK, f"{words}; textbook {textbook.low:g} to {textbook.high:g} h")


def _area(one: Followed) -> Line:
    areas = {m.id: typical.exposure(one.simulation, m.id) for m in _computed(one.substance)}
    sound = all(math.isfinite(area) and area >= 0.0 for area in areas.values()) and any(areas.values())
    parts = [f"{analyte} {area:.3g}" for analyte, area in areas.items()]
    return Line("area", PASS if sound else FAIL, f"after {one.words} the area in plasma is {_list(parts)} ng h/mL")


def _peak(one: Followed) -> Line:
    parts, late = [], False
    for moiety in _computed(one.substance):
        height, time = typical.peak(one.simulation, moiety.id)
        parts.append(f"{moiety.id} {height:.3g} ng/mL at {time:.2g} h")
        late |= time > LATE_PEAK_H
    return Line("peak", LOOK if late else PASS, f"after {one.words} the peak in plasma is {_list(parts)}")


def _window(one: Followed) -> Line:
    """Until when the default assay is positive."""
    doses = [typical.dose(one.dose_mg, one.route.id)]
    simulation = typical.simulate(one.substance.id, doses, (), assay=one.substance.default_assay)
    hours = typical.positive_until(simulation)
    result = PASS if 0.0 < hours <= LONGEST_H else LOOK
    return Line("window", result, f"after {one.words}, {one.substance.default_assay} is positive until {hours:.3g} h")


def _percent(fraction: float) -> str:
    return f"{100.0 * fraction:.2g} %"


def _list(parts: list[str]) -> str:
    return ", ".join(parts)
