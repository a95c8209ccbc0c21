"""The body: weight and height at an age as surveys measured them, body surface, and the age that a body suggests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Value
from detectapi.values.physiology import BodySurvey, Course

SEXES = ("male", "female")
GROWN_AGE = 20.0
"""The age from which a body of unknown age counts as an adult's. [years]"""
CHILDHOOD_END = 18.0
"""The age up to which a body of unknown age may be a child's. [years]"""

FADE_TO_DU_BOIS = (10.0, 20.0)
"""Weights between which body surface goes over from Mosteller's formula to that of Du Bois. [kg]"""
CHILD_AGES = np.concatenate([np.array([0.04, 0.1, 0.25, 0.5, 0.75]), np.arange(1.0, 18.25, 0.5)])
"""Ages at which the plausibility of a body is computed. [years]"""


class BodySize(NamedTuple):
    """A log-normal distribution of weight and height, for one person or an array of them.

    Attributes
    ----------
    weight : float or array
        Median. [kg]
    weight_spread : float or array
        Standard deviation of the logarithm. [-]
    height : float or array
        Median. [cm]
    height_spread : float or array
        Standard deviation of the logarithm. [-]
    correlation : float or array
        Of the two logarithms. [-]
    """

    weight: Value
    weight_spread: Value
    height: Value
    height_spread: Value
    correlation: Value


def at_age(course: Course, age: Value) -> Floats:
    """A number that changes with age.

    Parameters
    ----------
    course : Course
    age : float or array
        [years]

    Returns
    -------
    array
        [unit of the course]
    """
    return np.asarray(np.interp(age, course.ages, course.values))


def size_at_age(surveys: Mapping[str, BodySurvey], age: Value, sex: str | None) -> BodySize:
    """Weight and height of people of an age.

    Parameters
    ----------
    surveys : dict of str to BodySurvey
        By sex.
    age : float or array
        [years]
    sex : {'male', 'female'} or None
        None where it is not known: the two sexes, half and half.
    """
    if sex is None:
        return either_sex(*(size_at_age(surveys, age, one) for one in SEXES))
    survey = surveys[sex]

    def spread(values: tuple[float, ...]) -> Floats:
        return np.asarray(np.interp(age, survey.spread_ages, values))

    return BodySize(
        np.exp(np.interp(age, survey.ages, np.log(survey.weights))),
        spread(survey.weight_spreads),
        np.exp(np.interp(age, survey.ages, np.log(survey.heights))),
        spread(survey.height_spreads),
        spread(survey.correlations),
    )


def size_of_adult(surveys: Mapping[str, BodySurvey], sex: str | None) -> BodySize:
    """Weight and height of an adult of unknown age; `size_at_age` has the parameters."""
    if sex is None:
        return either_sex(*(size_of_adult(surveys, one) for one in SEXES))
    adult = surveys[sex].adult
    return BodySize(adult.weight, adult.weight_spread, adult.height, adult.height_spread, adult.correlation)


def either_sex(one: BodySize, other: BodySize) -> BodySize:
    """The log-normal distribution with the mean and the covariance of two in equal parts."""

    def middle(a: Value, b: Value) -> Floats:
        return (np.log(a) + np.log(b)) / 2.0

    def half_gap(a: Value, b: Value) -> Floats:
        return (np.log(a) - np.log(b)) / 2.0

    weight_gap, height_gap = half_gap(one.weight, other.weight), half_gap(one.height, other.height)
    weight_variance = (np.square(one.weight_spread) + np.square(other.weight_spread)) / 2.0 + weight_gap**2
    height_variance = (np.square(one.height_spread) + np.square(other.height_spread)) / 2.0 + height_gap**2
    covariances = [size.correlation * size.weight_spread * size.height_spread for size in (one, other)]
    covariance = sum(covariances) / 2.0 + weight_gap * height_gap
    return BodySize(
        np.exp(middle(one.weight, other.weight)),
        np.sqrt(weight_variance),
        np.exp(middle(one.height, other.height)),
        np.sqrt(height_variance),
        covariance / np.sqrt(weight_variance * height_variance),
    )


def between(one: BodySize, other: BodySize, share: Value) -> BodySize:
    """The distribution between two others: the first at a share of 0, the second at 1."""
    rest = 1.0 - np.asarray(share)

    def middle(a: Value, b: Value) -> Floats:
        return np.exp(rest * np.log(a) + share * np.log(b))

    return BodySize(
        middle(one.weight, other.weight),
        rest * one.weight_spread + share * other.weight_spread,
        middle(one.height, other.height),
        rest * one.height_spread + share * other.height_spread,
        rest * one.correlation + share * other.correlation,
    )


def height_at_weight(size: BodySize, weight: Value) -> tuple[Floats, Floats]:
    """Height of people of a weight.

    Parameters
    ----------
    size : BodySize
    weight : float or array
        [kg]

    Returns
    -------
    median : array
        [cm]
    spread : array
        Standard deviation of the logarithm. [-]
    """
    slope = size.correlation * size.height_spread / size.weight_spread
    median = size.height * np.power(weight / size.weight, slope)
    return median, size.height_spread * np.sqrt(1.0 - np.square(size.correlation))


def weight_at_height(size: BodySize, height: Value) -> tuple[Floats, Floats]:
    """Weight of people of a height.

    Parameters
    ----------
    size : BodySize
    height : float or array
        [cm]

    Returns
    -------
    median : array
        [kg]
    spread : array
        Standard deviation of the logarithm. [-]
    """
    slope = size.correlation * size.weight_spread / size.height_spread
    median = size.weight * np.power(height / size.height, slope)
    return median, size.weight_spread * np.sqrt(1.0 - np.square(size.correlation))


def du_bois(weight: Value, height: Value) -> Floats:
    """Body surface area after Du Bois and Du Bois.

    Parameters
    ----------
    weight : float or array
        [kg]
    height : float or array
        [cm]

    Returns
    -------
    array
        [m2]

    References
    ----------
    dubois1916
    """
    return np.asarray(0.007184 * np.power(weight, 0.425) * np.power(height, 0.725))


def mosteller(weight: Value, height: Value) -> Floats:
    """Body surface area after Mosteller; parameters and result as in `du_bois`.

    References
    ----------
    mosteller1987
    """
    return np.sqrt(np.multiply(weight, height) / 3600.0)


def body_surface(weight: Value, height: Value) -> Floats:
    """Body surface area: Mosteller's up to 10 kg, that of Du Bois from 20 kg, one fading into the other in between.

    Parameters
    ----------
    weight : float or array
        [kg]
    height : float or array
        [cm]

    Returns
    -------
    array
        [m2]

    Notes
    -----
    In 8,510 people Mosteller's surface is 1.055 of that of Du Bois at 3 to 8 kg, 1.04 at 8 to 12 kg and the same from 20 kg on.

    References
    ----------
    nhanes2017
    """
    low, high = FADE_TO_DU_BOIS
    share = np.clip(np.log(weight / low) / math.log(high / low), 0.0, 1.0)
    surface = du_bois(weight, height)
    if np.all(share == 1.0):
        return surface
    return mosteller(weight, height) ** (1.0 - share) * surface**share


def plausible_age(
    children: Sequence[BodySize],
    adults: Sequence[BodySize],
    child_share: float,
    weight: tuple[float, float] | None = None,
    height: tuple[float, float] | None = None,
) -> tuple[float, float]:
    """The age that a weight, a height or both suggest, counted up to the age at which people are grown.

    Parameters
    ----------
    children : sequence of BodySize
        Of each sex that the person may have, at `CHILD_AGES`.
    adults : sequence of BodySize
        The same, of adults of any age.
    child_share : float
        Share of children among people of whom nothing is known; their ages are even. [-]
    weight, height : tuple of float, optional
        Median and standard deviation of the logarithm, 0 where it is exact. [kg, -] and [cm, -]

    Returns
    -------
    mean : float
        `GROWN_AGE` for an adult's body. [years]
    spread : float
        Standard deviation. [years]

    Notes
    -----
    Bayes: ``p(age | body)`` is proportional to ``p(age) p(body | age)``.
    """
    child = [_log_density(size, weight, height) for size in children]
    adult = [_log_density(size, weight, height) for size in adults]
    prior = child_share * np.gradient(CHILD_AGES) / CHILDHOOD_END
    logs = np.append(np.log(prior) + np.logaddexp.reduce(child), math.log1p(-child_share) + np.logaddexp.reduce(adult))
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    ages = np.append(CHILD_AGES, GROWN_AGE)
    mean = float(mass @ ages)
    return mean, float(np.sqrt(mass @ (ages - mean) ** 2))


def _log_density(size: BodySize, weight: tuple[float, float] | None, height: tuple[float, float] | None) -> Floats:
    """Logarithm of the density of what is known of a body, at each of some distributions, up to a constant."""
    log_density = np.zeros(np.shape(size.weight))
    if weight is not None:
        log_density = log_density + _log_normal(weight, size.weight, size.weight_spread)
    if height is not None:
        expected = (size.height, size.height_spread) if weight is None else height_at_weight(size, weight[0])
        log_density = log_density + _log_normal(height, *expected)
    return log_density


def _log_normal(known: tuple[float, float], median: Value, spread: Value) -> Floats:
    """Logarithm of the density of a logarithm that is known with a spread of its own, up to a constant."""
    whole = np.hypot(spread, known[1])
    return np.asarray(-0.5 * ((math.log(known[0]) - np.log(median)) / whole) ** 2 - np.log(whole))
