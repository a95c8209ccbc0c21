"""The kidneys of each draw: filtration by what is known of it, and what goes with it in the tubules."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectapi.inputs.known import KnownInputs
from detectapi.model import creatinine, kidney
from detectapi.model.arrays import Floats, Value
from detectapi.model.body import GROWN_AGE
from detectapi.model.norms import Norms
from detectapi.model.sample_body import Body
from detectapi.model.sampler import Sampler
from detectapi.values.physiology import GfrMethod

GFR = "egfr_ml_min_1_73m2"
"""Name of the random numbers for a kidney function that was not told."""
ERROR = "gfr_estimation_error"
"""Name of the random numbers for what a given kidney function may be off by."""
CREATININE = {"serum_creatinine_mg_dl": 1.0, "serum_creatinine_umol_l": creatinine.UMOL_PER_MG_DL}
"""Measures that are a serum creatinine: their unit for each mg/dL."""
CLEARANCE = "creatinine_clearance_ml_min"
NOT_TOLD = {CLEARANCE: "clearance"}
"""The method of a measure where none was told and it is not ``estimated``."""
FROM_CREATININE = ("estimated", "ckd-epi-2021", "ekfc")
"""Methods that unusual muscle leads astray."""


class Kidneys(NamedTuple):
    """Arrays with one number for each draw.

    Attributes
    ----------
    gfr : array
        Glomerular filtration rate, not indexed. [mL/min]
    share : array
        GFR relative to that of healthy young kidneys in a body of this size. [-]
    nephrons : array
        The same without what pregnancy adds: how much of the kidneys there is. [-]
    """

    gfr: Value
    share: Value
    nephrons: Value


def sample_kidneys(known: KnownInputs, norms: Norms, body: Body, sampler: Sampler) -> Kidneys:
    """Filtration of each draw.

    Parameters
    ----------
    known : KnownInputs
    norms : Norms
    body : Body
    sampler : Sampler
    """
    surface = np.log(body.surface / kidney.REFERENCE_SURFACE)
    if known.renal_measure is None:
        indexed, pregnancy = _usual(known, norms, body, sampler)
    else:
        indexed, pregnancy = _told(known, norms, body, sampler), 0.0
        if known.renal_measure == CLEARANCE:
            indexed = indexed - surface
    filtration = sampler.in_draws(indexed + surface)
    relative = sampler.in_draws(indexed - math.log(norms.number["gfr.child"]))
    if known.renal_measure is None:
        unknown = sampler.unknown(norms.data.parameters["gfr_ml_min_1_73m2"])
        filtration, relative = filtration + unknown, relative + unknown
    return Kidneys(np.exp(filtration + pregnancy), np.exp(relative + pregnancy), np.exp(relative))


def _usual(known: KnownInputs, norms: Norms, body: Body, sampler: Sampler) -> tuple[Value, Value]:
    """Logarithms of the indexed GFR of people of whose kidneys nothing is known, and of what pregnancy makes of it."""
    usual = norms.usual_gfr(body.age, body.unsurveyed, body.weight, body.surface)
    spread = norms.gfr_spread(body.age, body.unsurveyed)
    indexed = np.log(usual) + spread * sampler.of_person(GFR)
    if not known.pregnant:
        return indexed, 0.0
    rise = norms.data.parameters["pregnancy_gfr_factor"]
    between = rise.variability * sampler.normal("inputs", rise.name)
    return indexed, math.log(rise.value) + sampler.unknown(rise) + between


def _told(known: KnownInputs, norms: Norms, body: Body, sampler: Sampler) -> Value:
    """Logarithm of the GFR that a given kidney function comes to, in the unit in which it was given."""
    median = np.log(median_gfr(known, norms, body, sampler.told(known.renal_measure or "")))
    spread = error_spread(known, norms, body)
    return median if np.all(spread == 0.0) else median + spread * sampler.of_person(ERROR)


def method_of(known: KnownInputs, norms: Norms) -> GfrMethod | None:
    """How a given kidney function was found; None where it was measured, so that it is what it says."""
    if known.renal_method == "measured":
        return None
    method = known.renal_method if known.renal_method not in (None, "estimated") else None
    return norms.data.gfr_methods[method or NOT_TOLD.get(known.renal_measure or "", "estimated")]


def median_gfr(known: KnownInputs, norms: Norms, body: Body, measured: Value) -> Value:
    """Median of the true GFR by the number that was told, in the unit in which a GFR was given.

    Parameters
    ----------
    known : KnownInputs
    norms : Norms
    body : Body
    measured : float or array
        [unit of the measure]
    """
    method = method_of(known, norms)
    if known.renal_measure in CREATININE:
        return _by_equation(known, norms, body, measured / CREATININE[known.renal_measure])
    return measured if method is None else measured * method.factor


def _by_equation(known: KnownInputs, norms: Norms, body: Body, serum: Value) -> Value:
    """Median GFR by a serum creatinine. [mg/dL] -> [mL/min/1.73 m2]"""
    female, methods = known.sex == "female", norms.data.gfr_methods
    factor = {name: methods[name].factor for name in methods}
    match known.renal_method:
        case "ckd-epi-2021":
            return factor["ckd-epi-2021"] * creatinine.ckd_epi_2021(serum, body.age, female)
        case "ekfc":
            return factor["ekfc"] * creatinine.ekfc(serum, body.age, female)
        case "ckid-u25":
            return factor["ckid-u25"] * creatinine.ckid_u25(serum, body.age, female, body.height)
        case "bedside-schwartz":
            return factor["bedside-schwartz"] * creatinine.bedside_schwartz(serum, body.height)
    return creatinine.gfr_from_creatinine(serum, body.age, female, factor["ckd-epi-2021"], factor["ekfc"])


def error_spread(known: KnownInputs, norms: Norms, body: Body) -> Value:
    """Standard deviation of the logarithm of the true GFR relative to a given one.

    An equation is less sure in adults whose body mass index, where weight and height tell it, is unusual, and in liver disease of
    class C.
    """
    method = method_of(known, norms)
    if method is None:
        return 0.0
    usual, unusual = method.spread, norms.number["gfr.unusual_spread"]
    if method.id not in FROM_CREATININE or usual >= unusual:
        return usual
    if known.hepatic_class == "C":
        return unusual
    if not {"weight_kg", "height_cm"} <= set(known.distributions):
        return usual
    ends = norms.number["gfr.bmi_low"], norms.number["gfr.bmi_high"]
    astray = creatinine.outside_bmi(body.weight, body.height, *ends)
    adult = 1.0 if np.all(body.age == GROWN_AGE) else kidney.grown(body.age)
    return usual + (unusual - usual) * astray * adult


# -- tubules ----------------------------------------------------------------------------------------------------------


class Tubules(NamedTuple):
    """What secretion and reabsorption of each draw are relative to those of healthy kidneys in a body of 70 kg. [-]

    Attributes
    ----------
    secretion : array
        Factor on secretion in proportion to GFR.
    permeability : array
        Factor on the permeability-surface product.
    """

    secretion: Value
    permeability: Value


def sample_tubules(kidneys: Kidneys, weight: Value, norms: Norms, sampler: Sampler) -> Tubules:
    """Secretion and reabsorption by body size and by how much of the kidneys there is.

    Parameters
    ----------
    kidneys : Kidneys
    weight : float or array
        Of each draw. [kg]
    norms : Norms
    sampler : Sampler
    """
    parameters = norms.data.parameters
    exponent = sampler.uncertain(parameters["secretion_exponent"])
    secretion: Value = 1.0 if np.all(exponent == 1.0) else np.exp((exponent - 1.0) * np.log(kidneys.share))
    permeability: Floats = kidney.permeability_factor(
        weight, kidneys.nephrons, sampler.uncertain(parameters["permeability_exponent"])
    )
    return Tubules(secretion, permeability)
