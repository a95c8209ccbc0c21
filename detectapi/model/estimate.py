"""What the recipe finds and an answer is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detectapi.exponentials import Crossings
from detectapi.model.draws import Layout
from detectapi.model.physiology import Composition, Person, Specimen
from detectapi.model.question import Question
from detectapi.model.window import Bands, Curve, Window


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the test.

    Attributes
    ----------
    crossings : Crossings
        First and last positive time of each draw. [h after the last dose]
    window : Window
    concentration : Bands or None
        In the specimen at the times of the curve, where it was asked for.
    """

    crossings: Crossings
    window: Window
    concentration: Bands | None = None


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
    parts : tuple of Part
        One for each component of the test.
    window : Window
        Of the whole test.
    curve : Curve
        Of the whole test.
    shares : dict of str to float
        Share of each stream in the variance of the window.
    safe_route_draws : int
        Crossings that needed the slower, safe method.
    """

    question: Question
    plan: Layout
    seed: int
    person: Person
    specimen: Specimen
    composition: Composition | None
    parts: tuple[Part, ...]
    window: Window
    curve: Curve
    shares: Mapping[str, float]
    safe_route_draws: int
