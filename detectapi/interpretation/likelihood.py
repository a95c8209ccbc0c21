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

A screen and a confirmation of one specimen share the residual: what the confirmation tells of it enters the screen. Tests of
several parts or stages are in `detectapi.interpretation.verdicts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.gaussian import LOG_ROOT_2_PI, Normal, Sum, cut, log_between
from detectapi.interpretation.readings import Logs, Reading, Residual, mixed
from detectapi.interpretation.verdicts import Verdict, log_verdict
from detectapi.model.arrays import Floats

WIDE = math.log(10.0)
"""Standard deviation that a departure from the model adds to the logarithm of every reading of a specimen."""
ONE_VOID: Logs = {}
"""Nothing is told of other voids: the draw's own stands for all."""
LEAST_PROBABILITY = -1e4
"""The logarithm of a probability is not let below this: it has to stay finite."""


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


class Findings(NamedTuple):
    """Everything that was measured in one specimen of what was used.

    Attributes
    ----------
    results : tuple of Result
    screens : tuple of Verdict
    residuals : dict of str to Residual
        By analyte.
    never_formed : tuple of str
        Analytes that were measured although what was used never becomes them.
    """

    results: tuple[Result, ...]
    screens: tuple[Verdict, ...]
    residuals: Mapping[str, Residual]
    never_formed: tuple[str, ...] = ()


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
    whole = np.zeros(np.shape(next(iter(logs.values()))) if logs else (1, 1))
    if findings.never_formed:
        return np.full_like(whole, LEAST_PROBABILITY)
    for result in findings.results:
        groups, total = mixed(logs, result.reading, findings.residuals, residuals)
        whole = whole + _of_result(result, total)
        if findings.screens:
            residuals = _learn(residuals, groups, total, result)
    for screen in findings.screens:
        whole = whole + log_verdict(logs, screen, findings.residuals, residuals)
    return np.maximum(whole, LEAST_PROBABILITY)


def with_departures(
    logs: Logs, findings: Findings, departure: float, scatter: float = 1.0, wide: float = 0.0, voids: Logs = ONE_VOID
) -> Floats:
    """The same where a share of all specimens departs from the model altogether.

    A mix-up, a carry-over, an interference: in such a specimen every reading has a much wider spread. So no specimen says more than
    the share of such specimens allows.

    Parameters
    ----------
    departure : float
        Their share. [0 to 1]
    voids : dict of str to array, shape (voids, draws)
        How far the logarithms would lie from these in other voids that the draw might have given: the mean over them is taken.
    logs, findings, scatter, wide
        As in `log_likelihood`; ``wide`` is that of specimens that do not depart.
    """
    usual, astray = _usual_and_astray(logs, findings, departure, scatter, wide, voids)
    return usual if astray is None else np.logaddexp(usual, astray)


def departure_probability(logs: Logs, findings: Findings, departure: float, voids: Logs = ONE_VOID) -> Floats:
    """Probability that a specimen departs from the model, given what was found, in each cell and draw.

    It is 1 where not even a specimen that departs explains what was found: then the model does not.
    """
    usual, astray = _usual_and_astray(logs, findings, departure, 1.0, 0.0, voids)
    if astray is None:
        return np.zeros((1, 1))
    departs = 1.0 / (1.0 + np.exp(np.clip(usual - astray, -700.0, 700.0)))
    return np.where(astray - math.log(departure) <= LEAST_PROBABILITY + 1e-6, 1.0, departs)


def _usual_and_astray(
    logs: Logs, findings: Findings, departure: float, scatter: float, wide: float, voids: Logs
) -> tuple[Floats, Floats | None]:
    """Logarithm of the probability of what was found: as the model has it, and in a specimen that departs from it."""
    if voids and (findings.results or findings.screens):
        each = {name: log[:, np.newaxis] + voids[name] for name, log in logs.items()}
        usual = _log_mean(log_likelihood(each, findings, wide, scatter))
    else:
        usual = log_likelihood(logs, findings, wide, scatter)
    if departure == 0.0 or not (findings.results or findings.screens or findings.never_formed):
        return usual, None
    astray = log_likelihood(logs, findings, wide=WIDE, scatter=scatter)
    return math.log1p(-departure) + usual, math.log(departure) + astray


def _log_mean(logs: Floats) -> Floats:
    """Logarithm of the mean of exponentials over the voids. Shape (cells, voids, draws) -> (cells, draws)."""
    top = logs.max(axis=1)
    return np.asarray(top + np.log(np.exp(logs - top[:, np.newaxis]).mean(axis=1)))


def spread_of(logs: Logs, result: Result, findings: Findings) -> Normal:
    """What one result of a specimen is expected to be: mean, and standard deviation in place of the variance.

    Returns
    -------
    Normal
        Of the logarithm of the reading, residual and error included. Shape (cells, draws). [ln ng/mL]
    """
    residuals = {one.group: Normal(0.0, one.spread**2) for one in findings.residuals.values()}
    _, total = mixed(logs, result.reading, findings.residuals, residuals)
    return Normal(total.centre, np.sqrt(total.variance))


def centres(logs: Logs, findings: Findings) -> Iterator[tuple[Floats, Floats]]:
    """Mean and standard deviation of the logarithm of what each result and each part of a screen reads, in each cell and draw."""
    residuals = {one.group: Normal(0.0, one.spread**2) for one in findings.residuals.values()}
    readings = [result.reading for result in findings.results]
    readings += [reading for screen in findings.screens for reading in screen.readings]
    for reading in readings:
        _, total = mixed(logs, reading, findings.residuals, residuals)
        yield total.centre, np.asarray(np.sqrt(total.variance))


# -- one reading ------------------------------------------------------------------------------------------------------


def _of_result(result: Result, total: Sum) -> Floats:
    spread = np.sqrt(total.variance)
    if result.is_value:
        return np.asarray(-0.5 * np.square((result.low - total.centre) / spread) - np.log(spread) - LOG_ROOT_2_PI)
    return log_between((result.low - total.centre) / spread, (result.high - total.centre) / spread)


def _learn(residuals: Mapping[str, Normal], groups: Sequence[str], total: Sum, result: Result) -> dict[str, Normal]:
    """What a result tells of the residuals: exact for a value of one group; elsewhere mean and variance are kept."""
    spread = np.sqrt(total.variance)
    if result.is_value:
        seen = Normal(result.low - total.centre, 0.0)
    else:
        inner = cut((result.low - total.centre) / spread, (result.high - total.centre) / spread)
        seen = Normal(spread * inner.mean, total.variance * inner.variance)
    learnt = dict(residuals)
    for group, share in zip(groups, total.shares, strict=True):
        before = residuals[group]
        gain = share * before.variance / total.variance
        variance = before.variance - gain * gain * (total.variance - seen.variance)
        learnt[group] = Normal(before.mean + gain * seen.mean, np.maximum(variance, 0.0))
    return learnt
