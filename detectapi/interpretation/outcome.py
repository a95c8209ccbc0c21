"""What is found for one account, from which an answer is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from detectapi.interpretation.accounts import Account
from detectapi.interpretation.dilution import Negative
from detectapi.interpretation.given_results import Interval, TimeOfUse
from detectapi.interpretation.predictive import Place, Predictive
from detectapi.interpretation.sensitivity import Alternative, Changed
from detectapi.interpretation.tempering import Weighted
from detectapi.knowledge.evidence import Evidence
from detectapi.knowledge.interpretation import rules


class Outcome(NamedTuple):
    """What was found for one account.

    Attributes
    ----------
    account : Account
    weighted : Weighted
    places : Predictive
    in_turn : tuple of tuple of Place, or None
        Of each specimen from the second on, its results among those that are expected after the earlier specimens.
    dilute : tuple of Negative
        Dilute specimens in which nothing was found.
    departures : tuple of float
        For each specimen the probability that it departs from the model, given all results.
    time : TimeOfUse or None
    planned : tuple of float or None
        Probability that the planned test is positive: before and after the results.
    windows : tuple of Interval or None
    changed : dict of Alternative to Changed
    evidence : Evidence
    """

    account: Account
    weighted: Weighted
    places: Predictive
    in_turn: tuple[tuple[Place, ...], ...] | None
    dilute: tuple[Negative, ...]
    departures: tuple[float, ...]
    time: TimeOfUse | None
    planned: tuple[float, float] | None
    windows: tuple[Interval, Interval] | None
    changed: Mapping[Alternative, Changed]
    evidence: Evidence

    @property
    def is_explained(self) -> bool:
        """Whether no specimen probably departs from the model under this account."""
        return max(self.departures, default=0.0) <= rules().unexplained
