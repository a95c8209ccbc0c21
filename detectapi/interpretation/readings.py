"""What a part of a test reads in a specimen: analytes with their weights, the residuals that they share, an error of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.gaussian import Normal, Sum, log_sum
from detectapi.model.arrays import Floats, Value

Logs = Mapping[str, Floats]
"""Logarithm of the concentration of each analyte without residual and error, shape (cells, draws). [ln ng/mL]"""


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


def of_groups(logs: Logs, reading: Reading, of: Mapping[str, Residual]) -> dict[str, Floats]:
    """What a reading responds to, added up for each residual. Shapes (cells, draws). [ln ng/mL]"""
    gathered: dict[str, Floats] = {}
    for analyte, weight in reading.weights.items():
        group, part = of[analyte].group, logs[analyte] + np.log(weight)
        gathered[group] = np.logaddexp(gathered[group], part) if group in gathered else part
    return gathered


def mixed(
    logs: Logs, reading: Reading, of: Mapping[str, Residual], residuals: Mapping[str, Normal]
) -> tuple[list[str], Sum]:
    """What a reading responds to, with the residuals as they are known: their groups, and the sum with its shares."""
    gathered = of_groups(logs, reading, of)
    parts = [Normal(part + residuals[group].mean, residuals[group].variance) for group, part in gathered.items()]
    total = log_sum(parts)
    return list(gathered), total._replace(variance=total.variance + reading.error)
