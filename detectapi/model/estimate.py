"""What the recipe finds and an answer is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from detectapi.exponentials import Crossings
from detectapi.model.arrays import Floats
from detectapi.model.asked_times import AskedTime
from detectapi.model.draws import Layout
from detectapi.model.physiology import Composition, Person, Specimen
from detectapi.model.question import Question
from detectapi.model.shares import Share
from detectapi.model.window import Bands, Curve, Reading, Window
from detectapi.values.assay import Assay


class Readings(NamedTuple):
    """Every void is tested: the last positive one, and the first negative one that follows a positive one.

    Attributes
    ----------
    last_positive, first_negative : Reading
    ever_positive : float
        Share of draws in which some void is positive.
    """

    last_positive: Reading
    first_negative: Reading
    ever_positive: float


class Asked(NamedTuple):
    """The chance of a positive specimen at a time that was asked about.

    Attributes
    ----------
    time : AskedTime
    probability, low, high : float
        With its band of model uncertainty. [0 to 1]
    """

    time: AskedTime
    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the test.

    Attributes
    ----------
    crossings : Crossings
        First and last positive time of each draw. [h after the last dose]
    window : Window
    readings : Readings or None
        None where they were not asked for.
    concentration, asked_concentration : Bands or None
        In the specimen at the times of the curve, and at those that are asked about; where it was asked for.
    """

    crossings: Crossings
    window: Window
    readings: Readings | None = None
    concentration: Bands | None = None
    asked_concentration: Bands | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the test; a test in one stage is its only one.

    Attributes
    ----------
    assay : Assay
    parts : tuple of Part
        One for each component.
    window : Window
        Of this stage alone.
    readings : Readings or None
        Of this stage alone.
    """

    assay: Assay
    parts: tuple[Part, ...]
    window: Window
    readings: Readings | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A question with all that was found for it.

    Attributes
    ----------
    question : Question
    plan : Layout
    seed : int
    person : Person
        Of each draw.
    specimen : Specimen
        Of each draw.
    composition : Composition or None
        Of each draw's specimen, where the question tells something of the urine.
    stages : tuple of Stage
        Of the test, in turn.
    window : Window
        Of the whole test.
    readings : Readings or None
        Of the whole test.
    curve : Curve
        Of the whole test.
    asked : tuple of Asked
        Of the whole test.
    shares : dict of str to Share
        Share of each stream in the variance of the window.
    safe_route_draws : int
        Crossings that needed the slower, safe method.
    between : array
        Last positive time of the draws between the draws, by which the shares are found. [h]
    """

    question: Question
    plan: Layout
    seed: int
    person: Person
    specimen: Specimen
    composition: Composition | None
    stages: tuple[Stage, ...]
    window: Window
    readings: Readings | None
    curve: Curve
    asked: tuple[Asked, ...]
    shares: Mapping[str, Share]
    safe_route_draws: int
    between: Floats

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the test, of a test in stages those of the last one."""
        return self.stages[-1].parts
