"""What results say of the time of use, of a planned test and of the window: the same quantity before and after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation import cells
from detectapi.interpretation.accounts import Simulated, at_visit, concentrations
from detectapi.interpretation.asked_specimens import positive
from detectapi.interpretation.likelihood import log_likelihood
from detectapi.interpretation.question import Planned
from detectapi.interpretation.tempering import Weighted
from detectapi.model.arrays import Floats
from detectapi.model.several_uses import AnySimulation
from detectapi.model.window import combine_stages


class Interval(NamedTuple):
    """Quantiles. [h]"""

    low: float
    median: float
    high: float


class TimeOfUse(NamedTuple):
    """When the use of an account ended whose time is not known.

    Attributes
    ----------
    prior, given_results : Interval
        On the common clock. [h]
    probability : array, shape (cells,)
        Of each cell, given the results. [0 to 1]
    """

    prior: Interval
    given_results: Interval
    probability: Floats


def time_of_use(weighted: Weighted, level: float) -> TimeOfUse:
    """The posterior of the time of use beside its prior.

    Parameters
    ----------
    weighted : Weighted
    level : float
        Probability that the interval holds.
    """
    when = weighted.expected.account.cells
    probability = weighted.in_cells @ weighted.weights
    tail = 0.5 * (1.0 - level)
    shares = [tail, 0.5, 1.0 - tail]
    prior = Interval(*cells.quantiles(when, np.exp(when.log_mass), shares))
    return TimeOfUse(prior, Interval(*cells.quantiles(when, probability, shares)), probability)


# -- a planned test ---------------------------------------------------------------------------------------------------


def planned_probability(weighted: Weighted, planned: Planned, simulated: Simulated, with_results: bool = True) -> float:
    """Probability that a planned test is positive.

    Parameters
    ----------
    weighted : Weighted
        Of an account.
    planned : Planned
    simulated : Simulated
        Of the same draws.
    with_results : bool
        Whether the results count, or only the account.
    """
    account = weighted.expected.account
    visit = len(weighted.expected.specimens)
    there, _ = simulated.void(account.question, planned.physiology, visit)
    findings = positive(planned.assays[account.id], account.question)
    analytes = tuple(findings.residuals)
    chance = np.exp(log_likelihood(concentrations(account, there, planned.at, analytes), findings))
    if not with_results:
        mass = np.exp(account.cells.log_mass)
        # One row of chances where a further use changes nothing in the test.
        in_each = np.broadcast_to(chance, (len(mass), *chance.shape[1:]))
        return float((mass @ in_each).mean())
    return float(np.sum(chance * weighted.in_cells, axis=0) @ weighted.weights)


# -- the window -------------------------------------------------------------------------------------------------------


def crossings_given(weighted: Weighted, planned: Planned, simulated: Simulated) -> tuple[Floats, Floats]:
    """First and last time after the last use at which a single specimen of each draw is positive in a test.

    Parameters
    ----------
    weighted, planned, simulated
        As in `planned_probability`.

    Returns
    -------
    first, last : array, shape (draws,)
        [h after the last use]
    """
    account, visit = weighted.expected.account, len(weighted.expected.specimens)
    there, _ = simulated.void(account.question, planned.physiology, visit)
    numbers = simulated.particles.at_visit(visit, with_residuals=True)
    asked = account.question.read_by(planned.assays[account.id])
    stages: Sequence[AnySimulation] = at_visit(there, numbers, there.specimen).after_other_doses(asked).stages()
    crossings = [[stage.crossings(part) for part in stage.assay.components] for stage in stages]
    whole = combine_stages(crossings, asked.assay)[-1]
    return whole.first, whole.last


def windows(weighted: Weighted, planned: Planned, simulated: Simulated, level: float) -> tuple[Interval, Interval]:
    """The single-specimen window of the planned test after the last use: by the account alone, and given the results.

    Parameters
    ----------
    weighted, planned, simulated
        As in `planned_probability`.
    level : float

    Returns
    -------
    before, given_results : Interval
        [h after the last use]
    """
    _, last = crossings_given(weighted, planned, simulated)
    even = np.full(len(last), 1.0 / len(last))
    return _interval(last, even, level), _interval(last, weighted.weights, level)


def _interval(values: Floats, weights: Floats, level: float) -> Interval:
    tail = 0.5 * (1.0 - level)
    return Interval(*weighted_quantiles(values, weights, [tail, 0.5, 1.0 - tail]))


def weighted_quantiles(values: Floats, weights: Floats, shares: Sequence[float]) -> list[float]:
    """Quantiles of values that have weights."""
    order = np.argsort(values)
    whole = np.cumsum(weights[order])
    middle = (whole - 0.5 * weights[order]) / whole[-1]
    return [float(one) for one in np.interp(shares, middle, values[order])]
