"""What the answers would be under other assumptions: the same draws weighted anew, and so at little cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from detectapi.interpretation import cells
from detectapi.interpretation.accounts import Account, Expected, Simulated, Specimen, expect
from detectapi.interpretation.cells import LOG_UNIFORM, UNIFORM, Cells
from detectapi.interpretation.given_results import Interval
from detectapi.interpretation.likelihood import Findings
from detectapi.interpretation.tempering import Weighted, in_cells, log_mean, of_draws, resampled
from detectapi.interpretation.voids import without_urine
from detectapi.model.arrays import Floats, Ints

FEWEST = 20.0
"""Below this effective size an alternative is not told."""


class Alternative(NamedTuple):
    """Another assumption.

    Attributes
    ----------
    code : str
    analyte : str
        Where it concerns one; else empty.
    """

    code: str
    analyte: str = ""


class Changed(NamedTuple):
    """What an account gives under another assumption.

    Attributes
    ----------
    log_ratio : float
        Logarithm of the probability of the results relative to the assumption that was made.
    last_use : Interval or None
        Where the time of use is not known. [h on the common clock]
    """

    log_ratio: float
    last_use: Interval | None


def changed(weighted: Weighted, plain: Weighted, departure: float, level: float) -> dict[Alternative, Changed]:
    """What an account gives under each other assumption.

    Parameters
    ----------
    weighted : Weighted
    plain : Weighted
        Draws of the prior: they tell what the results are without an analyte where too few of the others do.
    departure : float
        Share of specimens that depart from the model altogether, as it was assumed.
    level : float
        Of the interval.
    """
    few = resampled(weighted)
    doses = few if not weighted.expected.account.time_is_known else np.arange(len(weighted.weights))
    changes: dict[Alternative, Changed | None] = {}
    for some, made in ((doses, _other_doses), (few, _alternatives)):
        expected, likelihood = weighted.expected.taken(some), weighted.log_likelihood[:, some]
        weights = np.full(len(some), 1.0 / len(some)) if some is few else weighted.weights
        base = of_draws(expected, likelihood), weights
        for alternative, other, other_likelihood in made(expected, departure):
            changes[alternative] = _weighed(other, other_likelihood, base, level)
    for alternative, other in _simulated_anew(weighted, few):
        changes[alternative] = _weighed(other, other.log_likelihood(departure), base, level)
    for alternative, one in changes.items():
        if one is None and alternative.analyte:
            changes[alternative] = _of_prior(weighted, plain.expected, alternative.analyte, departure, level)
    return {alternative: one for alternative, one in changes.items() if one is not None}


def _weighed(other: Expected, likelihood: Floats, base: tuple[Floats, Floats], level: float) -> Changed | None:
    """What other likelihoods make of draws, whose likelihood and weights under the assumption that was made are told."""
    before, weight = base
    gain = of_draws(other, likelihood) - before
    top = float(gain.max())
    weights = weight * np.exp(gain - top)
    whole = float(weights.sum())
    if whole * whole < FEWEST * float(np.sum(np.square(weights))):
        return None
    if other.account.time_is_known:
        return Changed(top + math.log(whole), None)
    probability = in_cells(other, likelihood) @ (weights / whole)
    tail = 0.5 * (1.0 - level)
    interval = Interval(*cells.quantiles(other.account.cells, probability, [tail, 0.5, 1.0 - tail]))
    return Changed(top + math.log(whole), interval)


def _of_prior(weighted: Weighted, expected: Expected, analyte: str, departure: float, level: float) -> Changed | None:
    """What draws of the prior give without the results of one analyte."""
    other = _without_analyte(expected, analyte)
    draws = len(other.urine)
    evidence = float(log_mean(weighted.log_evidence, 1)[0])
    base = np.full(draws, evidence), np.full(draws, 1.0 / draws)
    return _weighed(other, other.log_likelihood(departure), base, level)


def _other_doses(expected: Expected, departure: float) -> Iterator[tuple[Alternative, Expected, Floats]]:
    """All doses halved and doubled. Concentrations are proportional to them."""
    for code, shift in (("doses-halved", -math.log(2.0)), ("doses-doubled", math.log(2.0))):
        other = expected._replace(logs=tuple({a: log + shift for a, log in here.items()} for here in expected.logs))
        yield Alternative(code), other, other.log_likelihood(departure)


def _alternatives(expected: Expected, departure: float) -> Iterator[tuple[Alternative, Expected, Floats]]:
    """Assumptions that need no new simulation."""
    likelihood = expected.log_likelihood(departure)
    for code, account in _other_priors(expected.account):
        yield Alternative(code), expected._replace(account=account), likelihood
    for code, share in (("no-departures", 0.0), ("more-departures", 0.05)):
        yield Alternative(code), expected, expected.log_likelihood(share)
    yield Alternative("more-scatter"), expected, expected.log_likelihood(departure, 1.5)
    measured = _measured(expected)
    for analyte in measured if len(measured) > 1 else ():
        other = _without_analyte(expected, analyte)
        yield Alternative("without-analyte", analyte), other, other.log_likelihood(departure)


def _other_priors(account: Account) -> Iterator[tuple[str, Account]]:
    """The other prior of a time of last use, over the same cells."""
    if account.further is not None or account.time_is_known:
        return
    when, specimen = account.ended, account.ended.reference
    hours = np.maximum(specimen - when.edges, cells.SOONEST_H)
    measure = {UNIFORM: when.edges, LOG_UNIFORM: np.log(hours)}
    other = LOG_UNIFORM if when.prior == UNIFORM else UNIFORM
    mass = np.abs(np.diff(measure[other])) + 1e-12
    log_mass = np.log(mass / mass.sum())
    yield f"prior-{other}", account._replace(ended=Cells(when.edges, when.time, log_mass, specimen, other))


def _measured(expected: Expected) -> list[str]:
    """Analytes with a result, in order; also those that the account never becomes."""
    every = [expected.findings(place) for place in range(len(expected.logs))]
    names = {next(iter(result.reading.weights)) for findings in every for result in findings.results}
    return sorted(names.union(*(findings.never_formed for findings in every)))


def _without_analyte(expected: Expected, analyte: str) -> Expected:
    """The same where the results of one analyte are left out."""
    return expected._replace(specimens=tuple(_without(one, expected.account, analyte) for one in expected.specimens))


def _without(specimen: Specimen, account: Account, analyte: str) -> Specimen:
    findings: Findings = specimen.findings[account.id]
    kept = tuple(result for result in findings.results if next(iter(result.reading.weights)) != analyte)
    never_formed = tuple(name for name in findings.never_formed if name != analyte)
    findings = findings._replace(results=kept, never_formed=never_formed)
    return specimen._replace(findings={account.id: findings})


def _simulated_anew(weighted: Weighted, some: Ints) -> Iterator[tuple[Alternative, Expected]]:
    """Assumptions under which the same people or their voids are others."""
    account, specimens = weighted.expected.account, weighted.expected.specimens
    particles = weighted.particles.taken(some)
    without = [one._replace(physiology=without_urine(one.physiology)) for one in specimens]
    if any(one.physiology is not other.physiology for one, other in zip(without, specimens, strict=True)):
        yield Alternative("urine-not-used"), expect(account, without, Simulated(particles))
    if any(use.posterior is not None for use in account.question.each):
        before = _before_calibration(account)
        yield Alternative("not-calibrated"), expect(before, specimens, Simulated(particles.without_posterior()))


def _before_calibration(account: Account) -> Account:
    """The account with typical values as they were before calibration, where several uses have their own."""
    question = account.question
    uses = tuple(replace(use, posterior=None) for use in question.uses)
    return account._replace(question=replace(question, posterior=None, uses=uses))
