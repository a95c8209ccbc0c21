"""Whether a specimen can be what kidneys make, by what was measured of the urine itself. The limits are data, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from detectapi.knowledge.interpretation import Validity, rules

VALID, DILUTE, SUBSTITUTED, INVALID, ADULTERATED = "valid", "dilute", "substituted", "invalid", "adulterated"
NOT_INTERPRETED = (SUBSTITUTED, INVALID, ADULTERATED)
"""Specimens whose results are not read backwards."""


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
