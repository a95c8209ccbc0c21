"""Whether the verdict of a screen and the results of a confirmation of the same specimen contradict each other.

Both read the same urine, so what is in it and the residual of the specimen are the same for both. What may differ are the errors of
the two measurements, the bias of the screen's kit, and what else the screen responds to. A contradiction is what these hardly ever
explain; a result that lies nearer to the cutoff is ordinary.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from detectapi.interpretation.likelihood import Result
from detectapi.interpretation.readings import Reading
from detectapi.interpretation.verdicts import Stage, Verdict
from detectapi.model.arrays import Value

SURE = 3.0
"""How far a cutoff and a result must lie apart, in standard deviations of imprecision and kit bias of the screen and imprecision of
the confirmation together: beyond that, on one side, lies 1 specimen in 700."""
LEAST = math.log(2.0)
"""The least distance of the logarithms, assumed: the imprecision of most screens and the bias of every kit are working values, and
some screens state no bias. With the usual 0.15, 0.2 and 0.1, `SURE` is a factor of 2.2; without the bias it would be 1.7."""
UNMEASURED = math.log(50.0 / 15.0)
"""How much more a screen may read than the analytes that are known to make it positive, as a logarithm. Screens respond to further
metabolites too, for which reason federal programmes screen cannabinoids at 50 ng/mL and confirm at 15 ng/mL (HHS 2026), the largest
such ratio of their classes. That other classes need no more is assumed."""


def contradicts(verdict: Verdict, results: Sequence[Result], others: Collection[str] = ()) -> bool:
    """Whether the results of a confirmation do not fit the verdict of a screen.

    Parameters
    ----------
    verdict : Verdict
        Of the whole test, as what was used concerns it.
    results : sequence of Result
        Of the same specimen.
    others : collection of str
        Analytes that the test responds to and that no result is of. One of them may be why it was positive.

    Returns
    -------
    bool
        For a negative screen, whether what was measured makes every stage positive, whatever else is in the specimen. For a
        positive one, whether everything that it responds to was measured and leaves a stage negative, or the results of a
        confirmation that is a stage of the test lie below its cutoffs: they are that stage, so no error is between them.
    """
    if not verdict.positive:
        return all(_is_surely_positive(stage, results) for stage in verdict.stages)
    if len(verdict.stages) > 1 and _is_reported_negative(verdict.stages[-1], results):
        return True
    return not others and any(_is_surely_negative(stage, results) for stage in verdict.stages)


def _is_reported_negative(stage: Stage, results: Sequence[Result]) -> bool:
    """Whether the results of the very analytes that a confirmation reads leave it negative."""
    reported = {frozenset(result.reading.weights): result for result in results}
    parts = []
    for reading, cutoff in zip(stage.readings, stage.cutoffs, strict=True):
        own = reported.get(frozenset(reading.weights))
        parts.append(own is not None and (own.high < cutoff or own.low < own.high <= cutoff))
    return any(parts) if stage.needs_all else all(parts)


def _is_surely_positive(stage: Stage, results: Sequence[Result]) -> bool:
    parts = [_reaches(reading, cutoff, results) for reading, cutoff in zip(stage.readings, stage.cutoffs, strict=True)]
    return all(parts) if stage.needs_all else any(parts)


def _is_surely_negative(stage: Stage, results: Sequence[Result]) -> bool:
    parts = [_misses(reading, cutoff, results) for reading, cutoff in zip(stage.readings, stage.cutoffs, strict=True)]
    return any(parts) if stage.needs_all else all(parts)


def _reaches(reading: Reading, cutoff: float, results: Sequence[Result]) -> bool:
    """Whether one result alone lies far above a cutoff: a part reads at least its least response times what was measured."""
    for result in results:
        least = min(_ratio(reading.weights.get(one, 0.0), weight) for one, weight in result.reading.weights.items())
        if least > 0.0 and result.low + math.log(least) - cutoff > _margin(reading, [result]):
            return True
    return False


def _misses(reading: Reading, cutoff: float, results: Sequence[Result]) -> bool:
    """Whether everything that a part responds to was measured, and lies far below its cutoff in all."""
    left, most = dict(reading.weights), 0.0
    used: list[Result] = []
    for result in sorted(results, key=lambda one: len(one.reading.weights)):
        weights = result.reading.weights
        shared = [one for one in weights if one in left]
        if shared:
            most += max(_ratio(left.pop(one), weights[one]) for one in shared) * math.exp(result.high)
            used.append(result)
    if left:
        return False
    return most == 0.0 or cutoff - math.log(most) > UNMEASURED + _margin(reading, used)


def _margin(reading: Reading, results: Sequence[Result]) -> float:
    """The difference of two logarithms that errors of both measurements hardly ever exceed."""
    error = reading.error + max(result.reading.error for result in results)
    return max(SURE * math.sqrt(error), LEAST)


def _ratio(response: Value, weight: Value) -> float:
    """What a part responds to an analyte, for each unit that a result counts of it."""
    return float(np.min(np.divide(response, weight)))
