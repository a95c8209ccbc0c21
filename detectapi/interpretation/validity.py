"""Whether a specimen can be what kidneys make, by what was measured of the urine itself. The limits are data, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from detectapi.knowledge.interpretation import Validity, rules

VALID, DILUTE, SUBSTITUTED, INVALID, ADULTERATED = "valid", "dilute", "substituted", "invalid", "adulterated"
NOT_INTERPRETED = (SUBSTITUTED, INVALID, ADULTERATED)
"""Specimens whose results are not read backwards."""


CREATININE, GRAVITY = "urine_creatinine_mg_dl", "specific_gravity"


class Judged(NamedTuple):
    """What a programme calls a specimen, and by which rule.

    Attributes
    ----------
    word : str
    rule : Validity or None
        None for a valid specimen.
    """

    word: str
    rule: Validity | None = None


def judge(measured: Mapping[str, float]) -> Judged:
    """What a specimen is called by its creatinine, gravity and pH.

    Parameters
    ----------
    measured : dict of str to float
        Of ``urine_creatinine_mg_dl``, ``specific_gravity`` and ``urine_ph`` those that were measured.

    Returns
    -------
    Judged
        The first rule of the data that holds, in their order. A rule holds where all its limits do, and all were measured.
    """
    for rule in rules().validity:
        if all(name in measured and limit.holds(measured[name]) for name, limit in rule.limits.items()):
            return Judged(rule.word, rule)
    return Judged(VALID)


def undecided(measured: Mapping[str, float]) -> Validity | None:
    """The rule for low creatinine that nothing but the specific gravity is missing for.

    Parameters
    ----------
    measured : dict of str to float
        As of `judge`.

    Returns
    -------
    Validity or None
        The first such rule of the data whose limits the creatinine is within; None where gravity was measured, or where creatinine
        was not or is not low.
    """
    if CREATININE not in measured or GRAVITY in measured:
        return None
    for rule in rules().validity:
        low = rule.limits.get(CREATININE)
        if low is not None and GRAVITY in rule.limits and low.is_bounded_above and low.holds(measured[CREATININE]):
            return rule
    return None
