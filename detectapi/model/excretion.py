"""What a person puts into urine in a day: water, osmoles and creatinine, by age, sex, weight and what is drunk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Value

L_DAY_PER_ML_H = 24.0 / 1000.0


class CreatinineRates(NamedTuple):
    """Creatinine excreted by people of one sex.

    Attributes
    ----------
    rate : float or array
        Median in people of the usual weight of their age and sex. [mg/kg/day]
    spread : float
        Standard deviation of the logarithm between people of one age and weight. [-]
    usual_weight : float or array
        [kg]
    """

    rate: Value
    spread: float
    usual_weight: Value


def decline(age: Value, yearly: float, since: float) -> Floats:
    """Share of a young adult's creatinine excretion that is left at an age.

    Parameters
    ----------
    age : float or array
        [years]
    yearly : float
        Share lost with each year. [1/year]
    since : float
        [years]

    Returns
    -------
    array
        [-]
    """
    return np.power(1.0 - yearly, np.maximum(np.asarray(age) - since, 0.0))


def creatinine_excretion(rates: CreatinineRates, weight: Value, exponent: float) -> Floats:
    """Creatinine excreted by a person of a weight.

    Parameters
    ----------
    rates : CreatinineRates
    weight : float or array
        [kg]
    exponent : float
        Power of weight that excretion follows among people of one age and sex; below 1, because fat makes no creatinine. [-]

    Returns
    -------
    array
        Median. [mg/day]
    """
    return rates.rate * rates.usual_weight * np.power(weight / rates.usual_weight, exponent)


def creatinine_of_either_sex(
    one: CreatinineRates, other: CreatinineRates, weight: Value, exponent: float
) -> tuple[Floats, Floats]:
    """Creatinine excreted by a person of a weight whose sex is not known.

    Parameters
    ----------
    one, other : CreatinineRates
        Of the two sexes.
    weight : float or array
        [kg]
    exponent : float
        See `creatinine_excretion`. [-]

    Returns
    -------
    median : array
        [mg/day]
    spread : array
        Standard deviation of the logarithm. [-]
    """
    logs = [np.log(creatinine_excretion(rates, weight, exponent)) for rates in (one, other)]
    half_gap = (logs[0] - logs[1]) / 2.0
    within = (one.spread**2 + other.spread**2) / 2.0
    return np.exp((logs[0] + logs[1]) / 2.0), np.sqrt(within + half_gap**2)


def flow_of_intake(fluid: Value, without_drinking: float, share: float, size: Value = 1.0) -> Floats:
    """Usual urine flow of a person who drinks so much.

    Parameters
    ----------
    fluid : float or array
        Everything drunk. [L/day]
    without_drinking : float
        Urine that an adult would make from the water of food and metabolism alone. [L/day]
    share : float
        Urine for each litre drunk. [-]
    size : float or array
        Usual flow at this age relative to an adult's. [-]

    Returns
    -------
    array
        Median. [mL/h]
    """
    return np.asarray((without_drinking * size + share * fluid) / L_DAY_PER_ML_H)


def night_factor(
    age: Value, kidneys: Value, factor: float, ages: tuple[float, float], shares: tuple[float, float]
) -> Floats:
    """Urine flow of the night relative to the usual flow.

    Parameters
    ----------
    age : float or array
        [years]
    kidneys : float or array
        GFR relative to that of healthy kidneys. [-]
    factor : float
        In young people with healthy kidneys. [-]
    ages : tuple of float
        From where to where the night loses its difference with age. [years]
    shares : tuple of float
        GFR, relative, at which the night has no difference left, and that from which it has all of it. [-]

    Returns
    -------
    array
        [-]
    """
    old = np.clip((np.asarray(age) - ages[0]) / (ages[1] - ages[0]), 0.0, 1.0)
    healthy = np.clip((np.asarray(kidneys) - shares[0]) / (shares[1] - shares[0]), 0.0, 1.0)
    return 1.0 - (1.0 - factor) * (1.0 - old) * healthy
