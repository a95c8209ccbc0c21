"""Published figures of a substance beside what the typical person does: ``data/checks/<id>.toml``.

A figure holds if that of the typical person lies within its tolerance. One that is known not to hold says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectapi.evaluation import typical
from detectapi.evaluation.contribution.plausibility import LOOK, PASS, Line
from detectapi.knowledge import catalog, published_figures
from detectapi.knowledge.published_figures import UNITS
from detectapi.model.simulation import Simulation
from detectapi.values.substance import Substance

LAST_H = 1440.0
"""Until when plasma is followed where a figure has no end of its own. [h]"""

EARLY_H, GRID_POINTS = 12.0, 2001
"""Plasma is followed at so many times until this one, and as many, ever further apart, after it. [h]"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure and that of the typical person, in the same unit."""

    check: Mapping[str, Any]
    computed: float

    @property
    def ends(self) -> tuple[float, float]:
        """Between what the typical person may lie."""
        if "factor" in self.check:
            return self.check["low"] / self.check["factor"], self.check["high"] * self.check["factor"]
        tolerance = self.check["tolerance"]
        return self.check["low"] * max(1.0 - tolerance, 0.0), self.check["high"] * (1.0 + tolerance)

    @property
    def holds(self) -> bool:
        """Whether it does."""
        low, high = self.ends
        return low <= self.computed <= high

    @property
    def words(self) -> str:
        """The figure as `detectapi check` prints it."""
        low, high = self.ends
        unit = UNITS[self.check["quantity"]]
        where = self.check.get("source", "no source")
        text = f"{self.check['id']}: {self.computed:.3g} {unit}, published {low:.3g} to {high:.3g} with tolerance ({where})"
        return f"{text}; {self.check['exception']}" if "exception" in self.check else text


def figures(substance_id: str) -> list[Figure]:
    """Every published figure of a substance beside that of the typical person."""
    substance = catalog.substance(substance_id)
    return [
        Figure(item, COMPUTE[item["quantity"]](item, _simulate(substance, item)))
        for item in published_figures.read(substance_id)
    ]


def lines(substance: Substance) -> Iterator[Line]:
    """A line of `detectapi check` for each figure."""
    for figure in figures(substance.id):
        yield Line("published figure", PASS if figure.holds else LOOK, figure.words)


def _simulate(substance: Substance, item: Mapping[str, Any]) -> Simulation:
    more: dict[str, Any] = {}
    if "person" in item:
        more["person"] = {"weight_kg": typical.WEIGHT_KG, "height_cm": typical.HEIGHT_CM, **item["person"]}
    if "hydrolysed" in item:
        part = {"analyte": item["analytes"][0], "cutoff_ng_ml": item.get("cutoff_ng_ml", 1.0), "hydrolysed": True}
        more["assay"] = {"rule": "any", "analytes": [part], "imprecision_cv": 0.0}
    doses = [{key: value for key, value in dose.items() if value is not None} for dose in item["doses"]]
    known = [moiety.id for moiety in substance.moieties if not moiety.carrier and not moiety.no_analyte]
    asked = item["analytes"] if item["quantity"] == "last_positive" else known
    return typical.simulate(
        substance.id, doses, asked, cutoff_ng_ml=item.get("cutoff_ng_ml", 1.0),
        gfr=item.get("gfr_ml_min", typical.GFR_ML_MIN), ph=item.get("urine_ph", typical.PH), **more,
    )  # fmt: skip


def _dose_mg(simulation: Simulation) -> float:
    """All that was taken, as the free drug. [mg]"""
    return sum(
        train.count * train.amount.centre * (typical.WEIGHT_KG if train.amount.per_kg else 1.0)
        for train in simulation.question.regimen.trains
    )


def _moles(simulation: Simulation, item: Mapping[str, Any], analyte: str) -> float:
    """Area under the plasma curve until the figure's end. [umol h/L]"""
    end = item.get("until_h", LAST_H)
    early = np.linspace(0.0, min(EARLY_H, end), GRID_POINTS)
    late = np.geomspace(EARLY_H, end, GRID_POINTS)[1:] if end > EARLY_H else np.empty(0)
    hours = np.concatenate([early, late])
    return float(np.trapezoid(typical.plasma(simulation, analyte)(hours), hours)) / typical.molar_mass(
        simulation, analyte
    )


def _urinary_fraction(item: Mapping[str, Any], simulation: Simulation) -> float:
    root = simulation.question.substance.root.id
    dose = _dose_mg(simulation) * 1000.0 / typical.molar_mass(simulation, root)
    excreted = (_moles(simulation, item, a) * typical.renal_clearance(simulation, a) for a in item["analytes"])
    return sum(excreted) / dose


def _auc(item: Mapping[str, Any], simulation: Simulation) -> float:
    return sum(_moles(simulation, item, a) * typical.molar_mass(simulation, a) for a in item["analytes"])


def _auc_ratio(item: Mapping[str, Any], simulation: Simulation) -> float:
    """Of moles."""
    top = sum(_moles(simulation, item, a) for a in item["analytes"])
    return top / _moles(simulation, item, item["relative_to"])


def _half_life(item: Mapping[str, Any], simulation: Simulation) -> float:
    """By the fall of plasma; renal clearance is constant, so that excretion falls likewise."""
    ends = np.array([item["from_h"], item["until_h"]])
    first, last = np.sum([typical.plasma(simulation, a)(ends) for a in item["analytes"]], axis=0)
    return float((ends[1] - ends[0]) * np.log(2.0) / np.log(first / last))


def _disposition_half_life(item: Mapping[str, Any], simulation: Simulation) -> float:
    return typical.half_lives(simulation, item["analytes"][0])[0]


REMAINING = (0.05, 0.75)
"""What remains to be excreted is followed between these shares of the time of collection: it is 0 at its end."""


def _remaining_half_life(item: Mapping[str, Any], simulation: Simulation) -> float:
    """By a line through the logarithm of what remains to be excreted of all that is excreted until the end of collection."""
    hours = np.linspace(0.0, item["until_h"], GRID_POINTS)
    rate = np.sum([typical.plasma(simulation, a)(hours) for a in item["analytes"]], axis=0)
    excreted = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]))])
    first, last = (int(share * GRID_POINTS) for share in REMAINING)
    slope = np.polyfit(hours[first:last], np.log(excreted[-1] - excreted[first:last]), 1)[0]
    return float(-np.log(2.0) / slope)


def _in_urine(simulation: Simulation, item: Mapping[str, Any], analyte: str) -> float:
    """Concentration in urine at the time of the figure. [ng/mL]"""
    return _of_plasma(simulation, analyte, typical.plasma(simulation, analyte)(np.array([item["time_h"]]))[0])


def _urine_peak(item: Mapping[str, Any], simulation: Simulation) -> float:
    """The highest concentration in urine, at the usual flow. [ng/mL]"""
    return sum(_of_plasma(simulation, a, typical.peak(simulation, a)[0]) for a in item["analytes"])


def _of_plasma(simulation: Simulation, analyte: str, level: float) -> float:
    """Concentration in urine at the usual flow while plasma has a level. [ng/mL]"""
    return float(level * typical.renal_clearance(simulation, analyte) / (typical.FLOW_ML_H / 1000.0))


def _urine_share(item: Mapping[str, Any], simulation: Simulation) -> float:
    """Moles of an analyte in moles of it and its conjugates, in all urine until the figure's end."""
    analyte = item["analytes"][0]
    conjugates = [m.id for m in simulation.question.substance.moieties if m.conjugate_of == analyte]
    start = {**item, "until_h": item.get("from_h", 0.0)}
    moles = {
        a: (_moles(simulation, item, a) - _moles(simulation, start, a)) * typical.renal_clearance(simulation, a)
        for a in (analyte, *conjugates)
    }
    return moles[analyte] / sum(moles.values())


def _urine_ratio(item: Mapping[str, Any], simulation: Simulation) -> float:
    """Of mass, at the time of the figure or in all urine until its end."""
    if "until_h" in item:
        masses = {
            a: _moles(simulation, item, a) * typical.renal_clearance(simulation, a) * typical.molar_mass(simulation, a)
            for a in (*item["analytes"], item["relative_to"])
        }
        return sum(masses[a] for a in item["analytes"]) / masses[item["relative_to"]]
    top = sum(_in_urine(simulation, item, a) for a in item["analytes"])
    return top / _in_urine(simulation, item, item["relative_to"])


def _last_positive(item: Mapping[str, Any], simulation: Simulation) -> float:
    return max(typical.last_positive(simulation))


COMPUTE = {
    "clearance": lambda item, simulation: typical.total_clearance(simulation, item["analytes"][0]),
    "renal_clearance": lambda item, simulation: typical.renal_clearance(simulation, item["analytes"][0]) / 0.06,
    "volume": lambda item, simulation: typical.steady_state_volume(simulation, item["analytes"][0]),
    "urinary_fraction": _urinary_fraction,
    "auc": _auc,
    "auc_ratio": _auc_ratio,
    "cmax": lambda item, simulation: typical.peak(simulation, item["analytes"][0])[0],
    "tmax": lambda item, simulation: typical.peak(simulation, item["analytes"][0])[1],
    "half_life": _half_life,
    "excretion_half_life": _half_life,
    "disposition_half_life": _disposition_half_life,
    "remaining_half_life": _remaining_half_life,
    "urine_share": _urine_share,
    "urine_ratio": _urine_ratio,
    "urine_concentration": lambda item, simulation: sum(_in_urine(simulation, item, a) for a in item["analytes"]),
    "urine_peak": _urine_peak,
    "last_positive": _last_positive,
}
"""How each quantity is computed, in the unit of `published_figures.UNITS`."""
