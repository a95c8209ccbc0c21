"""The typical person: 70 kg, healthy kidneys that filter 110 mL/min, urine at pH 6 and 1.1 mL/min, everything known.

Published areas, peaks, half-lives and urinary recoveries are held against this person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation, simulate_typical
from detectapi.model.window import combine_stages

WEIGHT_KG, GFR_ML_MIN, PH, FLOW_ML_H = 70.0, 110.0, 6.0, 66.0
HEIGHT_CM = 172.8
"""At which healthy young kidneys, 104 mL/min for each 1.73 m2, filter 110 mL/min in a body of 70 kg."""
INDEXED_GFR = 104.0
VOID_H = 0.25
"""Hours of urine in a specimen: short, so that a concentration is that of its moment. [h]"""

_INSTANT = np.full(1, 1e-4)
_HOURS = np.concatenate([np.linspace(0.0, 12.0, 2401), np.geomspace(12.0, 1440.0, 4000)[1:]])
"""Times at which plasma is followed: 60 days, in steps of 18 seconds at first. [h after the last dose]"""


def dose(amount_mg: float, route: str, minutes: float = 0.0, **more: Any) -> dict[str, Any]:
    """A dose of a request."""
    return {"amount_mg": amount_mg, "route": route, "duration_min": minutes, **more}


def simulate(
    substance: str,
    doses: list[dict[str, Any]],
    analytes: Iterable[str],
    *,
    cutoff_ng_ml: float = 10.0,
    gfr: float = GFR_ML_MIN,
    ph: float = PH,
    flow: float = FLOW_ML_H,
    void: float = VOID_H,
    **more: Any,
) -> Simulation:
    """The typical person after some doses, with the numbers of the data files, not those that calibration makes of them.

    Parameters
    ----------
    substance : str
    doses : list of dict
        As in a request.
    analytes : iterable of str
        What the test looks for, each from the cutoff on.
    gfr : float
        Glomerular filtration rate. [mL/min]
    ph : float
        Of the urine, usual and of the specimen.
    flow : float
        Of the urine, usual and of the specimen. [mL/h]
    void : float
        Time since the last void. [h]
    **more
        Other parts of the request, in place of those made here.
    """
    request: Mapping[str, Any] = {
        "substance": substance,
        "doses": doses,
        "person": {"weight_kg": WEIGHT_KG, "height_cm": HEIGHT_CM},
        "renal": {"egfr_ml_min_1_73m2": INDEXED_GFR * gfr / GFR_ML_MIN, "method": "measured"},
        "hydration": {"urine_flow_ml_h": flow},
        "urine_ph": ph,
        "specimen": {"void_interval_h": void, "urine_flow_ml_h": flow, "urine_ph": ph},
        "assay": {
            "rule": "any",
            "analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff_ng_ml} for analyte in analytes],
            "imprecision_cv": 0.0,
        },
    } | more
    return simulate_typical(replace(read_question(request), posterior=None))


def molar_mass(simulation: Simulation, analyte: str) -> float:
    """Molar mass of an analyte. [g/mol]"""
    return simulation.question.substance.moiety(analyte).molar_mass.value


def plasma(simulation: Simulation, analyte: str) -> Callable[[np.ndarray], np.ndarray]:
    """Plasma concentration as a function of hours after the end of the last dose. [ng/mL]"""
    response = simulation.plasma(analyte, (simulation.question.regimen,), _INSTANT)
    mass = molar_mass(simulation, analyte)
    return lambda hours: response.concentration(hours)[:, 0] * mass


def exposure(simulation: Simulation, analyte: str) -> float:
    """Area under the plasma curve from the end of the last dose to 60 days. [ng h/mL]"""
    return float(np.trapezoid(plasma(simulation, analyte)(_HOURS), _HOURS))


def peak(simulation: Simulation, analyte: str) -> tuple[float, float]:
    """The highest plasma concentration after the end of the last dose, and its time. [ng/mL, h]"""
    curve = plasma(simulation, analyte)(_HOURS)
    return float(curve.max()), float(_HOURS[curve.argmax()])


def renal_clearance(simulation: Simulation, analyte: str) -> float:
    """Renal clearance at the usual urine. [L/h]"""
    return float(simulation.kinetics.renal_clearance(analyte, simulation.person.flow, simulation.person.ph)[0])


def total_clearance(simulation: Simulation, analyte: str) -> float:
    """Renal and non-renal clearance at the usual urine. [L/h]"""
    return float(np.ravel(simulation.kinetics.nonrenal_clearance(analyte))[0]) + renal_clearance(simulation, analyte)


def excreted_fraction(simulation: Simulation, analyte: str, dose_mg: float) -> float:
    """Molar fraction of a dose that is excreted in urine as the analyte, for doses without a duration."""
    moles = exposure(simulation, analyte) * renal_clearance(simulation, analyte) / molar_mass(simulation, analyte)
    return moles / (dose_mg * 1000.0 / molar_mass(simulation, simulation.question.substance.root.id))


def half_lives(simulation: Simulation, analyte: str) -> list[float]:
    """Half-lives of the disposition of a moiety, the longest first. [h]"""
    return [float(np.log(2.0) / pole) for pole in sorted(simulation.kinetics.disposition(analyte).poles[:, 0])]


def steady_state_volume(simulation: Simulation, analyte: str) -> float:
    """Volume of distribution at steady state: clearance times the mean time in the body. [L]"""
    poles, zeros = (part[:, 0] for part in simulation.kinetics.disposition(analyte)[1:])
    return total_clearance(simulation, analyte) * float((1.0 / poles).sum() - (1.0 / zeros).sum())


def positive_until(simulation: Simulation) -> float:
    """The time from which the specimen stays negative by the whole test, all stages and parts of it. [h after the last dose]"""
    crossings = [[stage.crossings(part) for part in stage.assay.components] for stage in simulation.stages()]
    return float(combine_stages(crossings, simulation.question.assay)[-1].last[0])


def last_positive(simulation: Simulation) -> list[float]:
    """For each component of the test, the time from which the specimen stays below its cutoff. [h after the last dose]"""
    return [float(simulation.crossings(part).last[0]) for part in simulation.question.assay.components]
