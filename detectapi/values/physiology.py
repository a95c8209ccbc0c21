"""Frozen values that describe the body, kidneys and urine of the population.

`detectapi.knowledge.catalog` reads the files in ``data/physiology`` into these classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detectapi.values.substance import Origin, Parameter


@dataclass(frozen=True, slots=True)
class Course:
    """A number that changes with age: known at some ages, a straight line in between, constant beyond the first and last.

    Attributes
    ----------
    name, unit, meaning : str
    ages : tuple of float
        Increasing. [years]
    values : tuple of float
        [unit]
    origins : tuple of Origin
        The origin of each value.
    """

    name: str
    unit: str
    meaning: str
    ages: tuple[float, ...]
    values: tuple[float, ...]
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is the same in every draw, with its meaning."""

    name: str
    value: float
    unit: str
    meaning: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class AdultBody:
    """Weight and height of adults of one sex and of any age, log-normal.

    Attributes
    ----------
    weight : float
        Median. [kg]
    weight_spread : float
        Standard deviation of the logarithm. [-]
    height : float
        Median. [cm]
    height_spread : float
        Standard deviation of the logarithm. [-]
    correlation : float
        Correlation of the two logarithms. [-]
    origin : Origin
    """

    weight: float
    weight_spread: float
    height: float
    height_spread: float
    correlation: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class BodySurvey:
    """Weight and height of one sex by age, log-normal.

    Attributes
    ----------
    ages : tuple of float
        Ages of the medians. [years]
    weights : tuple of float
        Medians. [kg]
    heights : tuple of float
        Medians. [cm]
    spread_ages : tuple of float
        Ages of the spreads. [years]
    weight_spreads, height_spreads : tuple of float
        Standard deviations of the logarithms. [-]
    correlations : tuple of float
        Correlation of the two logarithms. [-]
    adult : AdultBody
        For people of unknown age.
    """

    ages: tuple[float, ...]
    weights: tuple[float, ...]
    heights: tuple[float, ...]
    spread_ages: tuple[float, ...]
    weight_spreads: tuple[float, ...]
    height_spreads: tuple[float, ...]
    correlations: tuple[float, ...]
    adult: AdultBody


@dataclass(frozen=True, slots=True)
class GfrMethod:
    """A method that measures or computes a kidney function: the ratio of the true GFR to it, and the ages that it suits.

    Attributes
    ----------
    id, name : str
    factor : float
        Median of the ratio of the true GFR to the stated or computed one. [-]
    spread : float
        Standard deviation of the logarithm of that ratio between people. [-]
    youngest, oldest : float
        Ages for which the method was made. [years]
    origin : Origin
    """

    id: str
    name: str
    factor: float
    spread: float
    youngest: float
    oldest: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class SpecimenValidity:
    """The limits below which a specimen is called dilute or substituted."""

    dilute_creatinine_mg_dl: float
    substituted_creatinine_mg_dl: float
    dilute_specific_gravity: float
    substituted_specific_gravity_low: float
    substituted_specific_gravity_high: float


@dataclass(frozen=True, slots=True)
class PhysiologyData:
    """The contents of ``data/physiology``.

    Attributes
    ----------
    parameters : dict of str to Parameter
        Numbers that vary between people or specimens, or are uncertain.
    quantities : dict of str to Measure
        Numbers that are the same in every draw.
    courses : dict of str to Course
    bodies : dict of str to BodySurvey
        By sex.
    gfr_methods : dict of str to GfrMethod
    ckd_stages : dict of str to tuple of float
        Lowest and highest indexed GFR of each stage. [mL/min/1.73 m2]
    specimen_validity : SpecimenValidity
    """

    parameters: Mapping[str, Parameter]
    quantities: Mapping[str, Measure]
    courses: Mapping[str, Course]
    bodies: Mapping[str, BodySurvey]
    gfr_methods: Mapping[str, GfrMethod]
    ckd_stages: Mapping[str, tuple[float, float]]
    specimen_validity: SpecimenValidity
