"""Probability of the results of one specimen, given what the model says is in it.

In a draw the model gives the concentration of each analyte but for two things that are integrated in closed form and never drawn:
the residual, by which specimens depart from the model, and the error of the measurement. Both are normal on the logarithm. So a
value, a value below a limit, one between two limits and the verdict of a screen all have a closed form.

With ``mu`` the logarithm of the concentration in a draw, ``w`` the standard deviation of the residual, ``CV`` the imprecision and
``s^2 = w^2 + ln(1 + CV^2)``:

=====================  ====================================================
reported               logarithm of the probability
=====================  ====================================================
a value c              ``-((ln c - mu)/s)^2/2 - ln s``, a density in ``ln c``
below L                ``ln Phi((ln L - mu)/s)``
from L1 to L2          ``ln [Phi((ln L2 - mu)/s) - Phi((ln L1 - mu)/s)]``
screen positive at K   ``ln Phi((ln sum_a w_a e^mu_a - ln K)/s_mix)``
=====================  ====================================================

A screen and a confirmation of one specimen share the residual: what the confirmation tells of it enters the screen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.gaussian import LOG_ROOT_2_PI, Normal, Sum, cut, log_between, log_probability, log_sum
from detectapi.model.arrays import Floats, Value

Logs = Mapping[str, Floats]
"""Logarithm of the concentration of each analyte without residual and error, shape (cells, draws). [ln ng/mL]"""

WIDE = math.log(10.0)
"""Standard deviation that a departure from the model adds to the logarithm of every reading of a specimen."""
LEAST_PROBABILITY = -1e4
"""The logarithm of a probability is not let below this: it has to stay finite."""


class Residual(NamedTuple):
    """The residual that one analyte shares with others of its specimen.

    Attributes
    ----------
    group : str
        Analytes of one group have the same residual.
    spread : float
        Standard deviation of its logarithm.
    """

    group: str
    spread: float


class Reading(NamedTuple):
    """What one part of a test responds to: parts of the specimen, each with its weight.

    Attributes
    ----------
    weights : dict of str to float or array
        By analyte; arrays of shape (draws,).
    error : float
        Variance of the logarithm of a reading by the imprecision of the measurement.
    """

    weights: Mapping[str, Value]
    error: float


class Result(NamedTuple):
    """One result of a confirmation: a value, or the limits between which the value lies.

    Attributes
    ----------
    reading : Reading
    low, high : float
        Logarithms of the limits; equal where a value is reported, either may be infinite. [ln ng/mL]
    """

    reading: Reading
    low: float
    high: float

    @property
    def is_value(self) -> bool:
        """Whether a value was reported."""
        return self.low == self.high


class Screen(NamedTuple):
    """The verdict of a screen of one specimen.

    Attributes
    ----------
    readings : tuple of Reading
        One for each part of the test.
    cutoffs : tuple of float
        Of each part. [ln ng/mL]
    needs_all : bool
        Whether all parts must reach their cutoff, or any.
    positive : bool
    """

    readings: tuple[Reading, ...]
    cutoffs: tuple[float, ...]
    needs_all: bool
    positive: bool


class Findings(NamedTuple):
    """Everything that was measured in one specimen of what was used.

    Attributes
    ----------
    results : tuple of Result
    screens : tuple of Screen
    residuals : dict of str to Residual
        By analyte.
    """

    results: tuple[Result, ...]
    screens: tuple[Screen, ...]
    residuals: Mapping[str, Residual]


def log_likelihood(logs: Logs, findings: Findings, wide: float = 0.0, scatter: float = 1.0) -> Floats:
    """Logarithm of the probability of what was found in one specimen.

    Parameters
    ----------
    logs : dict of str to array, shape (cells, draws)
        [ln ng/mL]
    findings : Findings
    wide : float
        Standard deviation added to the logarithm of every reading.
    scatter : float
        Factor on the standard deviation of every residual.

    Returns
    -------
    array, shape (cells, draws)
        Densities of values are in the logarithm of the value, so that their unit does not matter.
    """
    residuals = {
        one.group: Normal(0.0, (scatter * one.spread) ** 2 + wide * wide) for one in findings.residuals.values()
    }
    total = np.zeros(np.shape(next(iter(logs.values()))) if logs else (1, 1))
    for result in findings.results:
        groups, mixed = _mixed(logs, result.reading, findings.residuals, residuals)
        total = total + _of_result(result, mixed)
        if findings.screens:
            residuals = _learn(residuals, groups, mixed, result)
    for screen in findings.screens:
        total = total + _of_screen(logs, screen, findings.residuals, residuals)
    return np.maximum(total, LEAST_PROBABILITY)


def with_departures(
    logs: Logs, findings: Findings, departure: float, scatter: float = 1.0, wide: float = 0.0
) -> Floats:
    """The same where a share of all specimens departs from the model altogether.

    A mix-up, a carry-over, an interference: in such a specimen every reading has a much wider spread. So no specimen says more than
    the share of such specimens allows.

    Parameters
    ----------
    departure : float
        Their share. [0 to 1]
    logs, findings, scatter, wide
        As in `log_likelihood`; ``wide`` is that of specimens that do not depart.
    """
    usual = log_likelihood(logs, findings, wide, scatter)
    if departure == 0.0 or not (findings.results or findings.screens):
        return usual
    astray = log_likelihood(logs, findings, wide=WIDE, scatter=scatter)
    return np.logaddexp(math.log1p(-departure) + usual, math.log(departure) + astray)


def departure_probability(logs: Logs, findings: Findings, departure: float) -> Floats:
    """Probability that a specimen departs from the model, given what was found, in each cell and draw."""
    if departure == 0.0 or not (findings.results or findings.screens):
        return np.zeros((1, 1))
    usual = log_likelihood(logs, findings)
    astray = log_likelihood(logs, findings, wide=WIDE)
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(usual - astray, -700.0, 700.0)) * (1.0 - departure) / departure))


def spread_of(logs: Logs, result: Result, findings: Findings) -> Normal:
    """What one result of a specimen is expected to be: mean, and standard deviation in place of the variance.

    Returns
    -------
    Normal
        Of the logarithm of the reading, residual and error included. Shape (cells, draws). [ln ng/mL]
    """
    residuals = {one.group: Normal(0.0, one.spread**2) for one in findings.residuals.values()}
    _, mixed = _mixed(logs, result.reading, findings.residuals, residuals)
    return Normal(mixed.centre, np.sqrt(mixed.variance))


# -- one reading ------------------------------------------------------------------------------------------------------


def _mixed(
    logs: Logs, reading: Reading, of: Mapping[str, Residual], residuals: Mapping[str, Normal]
) -> tuple[list[str], Sum]:
    """What a reading responds to, with the residuals as they are known: their groups, and the sum with its shares."""
    gathered: dict[str, Floats] = {}
    for analyte, weight in reading.weights.items():
        group, part = of[analyte].group, logs[analyte] + np.log(weight)
        gathered[group] = np.logaddexp(gathered[group], part) if group in gathered else part
    parts = [Normal(part + residuals[group].mean, residuals[group].variance) for group, part in gathered.items()]
    mixed = log_sum(parts)
    return list(gathered), mixed._replace(variance=mixed.variance + reading.error)


def _of_result(result: Result, mixed: Sum) -> Floats:
    spread = np.sqrt(mixed.variance)
    if result.is_value:
        return np.asarray(-0.5 * np.square((result.low - mixed.centre) / spread) - np.log(spread) - LOG_ROOT_2_PI)
    return log_between((result.low - mixed.centre) / spread, (result.high - mixed.centre) / spread)


def _learn(residuals: Mapping[str, Normal], groups: Sequence[str], mixed: Sum, result: Result) -> dict[str, Normal]:
    """What a result tells of the residuals: exact for a value of one group; elsewhere mean and variance are kept."""
    spread = np.sqrt(mixed.variance)
    if result.is_value:
        seen = Normal(result.low - mixed.centre, 0.0)
    else:
        inner = cut((result.low - mixed.centre) / spread, (result.high - mixed.centre) / spread)
        seen = Normal(spread * inner.mean, mixed.variance * inner.variance)
    learnt = dict(residuals)
    for group, share in zip(groups, mixed.shares, strict=True):
        before = residuals[group]
        gain = share * before.variance / mixed.variance
        variance = before.variance - gain * gain * (mixed.variance - seen.variance)
        learnt[group] = Normal(before.mean + gain * seen.mean, np.maximum(variance, 0.0))
    return learnt


def _of_screen(logs: Logs, screen: Screen, of: Mapping[str, Residual], residuals: Mapping[str, Normal]) -> Floats:
    """Logarithm of the probability of a verdict. Parts of a test are independent once the residuals are as they are known."""
    below, above = [], []
    for reading, cutoff in zip(screen.readings, screen.cutoffs, strict=True):
        _, mixed = _mixed(logs, reading, of, residuals)
        place = (cutoff - mixed.centre) / np.sqrt(mixed.variance)
        below.append(log_probability(place))
        above.append(log_probability(-place))
    decided = sum(above[1:], above[0]) if screen.needs_all else sum(below[1:], below[0])
    if screen.needs_all == screen.positive:
        return decided
    with np.errstate(divide="ignore"):
        return np.log(-np.expm1(np.minimum(decided, -1e-300)))
