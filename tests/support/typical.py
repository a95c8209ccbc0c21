"""The typical person of the reference cases: 70 kg, a glomerular filtration rate of 110 mL/min, urine at pH 6 and 1.1 mL/min."""

from dataclasses import replace

import numpy as np

from detectapi.exponentials import respond
from detectapi.model.question import read_question
from detectapi.model.simulation import simulate_typical

FLOW_ML_H = 66.0
ANALYTES = ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")
INSTANT = np.full(1, 1e-4)


def simulate(
    doses, substance="ketamine", gfr=110.0, ph=6.0, flow=FLOW_ML_H, cutoff=10.0, analytes=ANALYTES, void=0.25, **more
):
    request = {
        "substance": substance,
        "doses": doses,
        "person": {"weight_kg": 70.0},
        "renal": {"creatinine_clearance_ml_min": gfr},
        "hydration": {"urine_flow_ml_h": flow},
        "urine_ph": ph,
        "specimen": {"void_interval_h": void, "urine_flow_ml_h": flow, "urine_ph": ph},
        "assay": {
            "rule": "any",
            "analytes": [{"analyte": a, "cutoff_ng_ml": cutoff} for a in analytes],
            "imprecision_cv": 0.0,
        },
    } | more
    # The numbers of the data files, not what calibration made of them: that is held against studies in docs/validation.
    return simulate_typical(replace(read_question(request), posterior=None))


def dose(amount_mg, route="intravenous", minutes=0.0, **more):
    return {"amount_mg": amount_mg, "route": route, "duration_min": minutes, **more}


def plasma(simulation, analyte):
    """Plasma concentration as a function of hours after the end of the last dose. [ng/mL]"""
    doses = simulation.kinetics.doses(analyte, simulation.question.regimen)
    response = respond(simulation.kinetics.chain(analyte), doses, INSTANT)
    mass = simulation.question.substance.moiety(analyte).molar_mass.value
    return lambda hours: response.concentration(hours)[:, 0] * mass


def exposure(simulation, analyte):
    """Area under the plasma curve from the end of a bolus to 60 days. [ng h/mL]"""
    hours = np.concatenate([np.linspace(0.0, 12.0, 2401), np.geomspace(12.0, 1440.0, 4000)[1:]])
    curve = plasma(simulation, analyte)(hours)
    return float(np.sum(np.diff(hours) * (curve[1:] + curve[:-1]) / 2.0))


def excreted_fraction(simulation, analyte, dose_mg):
    """Molar fraction of a bolus dose that leaves in urine as the analyte."""
    clearance = simulation.kinetics.renal_clearance(analyte, simulation.person.flow, simulation.person.ph)[0]
    mass = simulation.question.substance.moiety(analyte).molar_mass.value
    root = simulation.question.substance.root.molar_mass.value
    return exposure(simulation, analyte) * clearance / mass / (dose_mg * 1000.0 / root)


def last_days(simulation):
    return [float(simulation.crossings(part).last[0]) / 24.0 for part in simulation.question.assay.components]


def terminal_half_life(simulation, moiety, which=0):
    return float(np.log(2.0) / simulation.kinetics.disposition(moiety).poles[which, 0])
