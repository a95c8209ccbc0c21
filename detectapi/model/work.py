"""What a question will cost, before it is computed; a question that costs too much is refused.

Three things make a question dear. Each past train is summed for each exponential of each draw. Each open dose cuts the input phase
at its corners, and between two corners each exponential of each draw is moved on. Draws are moved on in blocks, and each block
costs something at each corner. All of this is done for each analyte, class of a panel and stage of a test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from detectapi.exponentials import block_of
from detectapi.model.draws import layout
from detectapi.model.limits import FEWEST_DRAWS, doses_that_stay_open, own_poles
from detectapi.values.assay import Assay, Component
from detectapi.values.errors import InputError
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Substance

MOST_SECONDS = 2.5
"""The dearest question that is accepted, by the estimate of this module. [s of a processor]

The constants below are fitted to the times that random questions took, those of `bench/load/dear_questions.py`, on one core of a
server of 2026. Most questions that take more than a second take 0.5 to 1.2 times what is expected of them,
some twice as much: the bound leaves room for these.
"""

OF_A_DRAW = 4e-6
"""What a draw costs for each part of a test, whatever the doses. [s]"""
OF_A_TRAIN = 80e-6
"""What a train costs for each path and way of formation, whatever the draws. [s]"""
OF_A_SUM = 3e-9
"""What a single dose costs for each exponential of each draw. [s]"""
AS_SINGLES = 6
"""A train that repeats costs as much as so many single doses."""
OF_A_CORNER = 7e-9
"""What a corner costs for each exponential of each draw. [s]"""
OF_A_BLOCK = 11e-6
"""What a corner costs for each block of draws. [s]"""
CORNERS = 4
"""Corners of an open dose: where it begins and ends, and where these leave the void. A dose at once has two."""
WITH_BETWEEN = 1.5
"""All draws that are simulated, over those that are asked for: half as many again tell the shares of the variance."""


class Question(Protocol):
    """What the estimate needs to know of a `detectapi.model.question.Question`, which imports this module."""

    @property
    def substance(self) -> Substance:
        """What was used."""

    @property
    def regimen(self) -> Regimen:
        """The doses."""

    @property
    def assay(self) -> Assay:
        """The test."""

    @property
    def half_life(self) -> Any:
        """None outside the half-life view."""

    @property
    def each(self) -> Sequence[Question]:
        """The question about each use."""


class Size(NamedTuple):
    """How large the response that one part of a test reads is.

    Attributes
    ----------
    poles : int
        Exponentials.
    trains : int
        Trains of doses, along each path and each way of formation.
    sums : int
        For each of these trains, the exponentials that it is summed for; a train that repeats counts several times.
    corners : int
        Of the input phase.
    """

    poles: int
    trains: int
    sums: int
    corners: int

    def seconds(self, draws: int) -> float:
        """What the response costs at a number of draws. [s of a processor]"""
        blocks = -(-draws // block_of(self.corners, self.poles))
        at_each_draw = OF_A_DRAW + self.sums * OF_A_SUM + self.poles * self.corners * OF_A_CORNER
        return draws * at_each_draw + self.trains * OF_A_TRAIN + self.corners * blocks * OF_A_BLOCK


def check_work(questions: Sequence[Question], draws: int) -> None:
    """Refuse questions that together take too long.

    Parameters
    ----------
    questions : sequence of Question
        The question that is asked, or that of each class of a panel.
    draws : int

    Raises
    ------
    InputError
        It says how many draws would fit, or that there are too many doses for any number.
    """
    sizes = [size for question in questions for size in sizes_of(question)]
    if seconds(sizes, draws) <= MOST_SECONDS:
        return
    if seconds(sizes, FEWEST_DRAWS) > MOST_SECONDS:
        raise InputError(
            "Too many doses listed one by one: leave out early ones, or use repeat for equal doses.",
            pointer="/doses", code="too-much-work",
        )  # fmt: skip
    low = most_draws(lambda fewer: seconds(sizes, fewer) <= MOST_SECONDS, draws)
    raise InputError(
        f"At most {low} draws with so many doses and parts of a test.",
        pointer="/options/draws", code="too-much-work", allowed=[FEWEST_DRAWS, low],
    )  # fmt: skip


def most_draws(fits: Callable[[int], bool], draws: int) -> int:
    """The largest number of draws that fits, where the fewest do and so many do not."""
    low, high = FEWEST_DRAWS, draws
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def seconds(sizes: Sequence[Size], draws: int) -> float:
    """What responses cost together. [s of a processor]"""
    simulated = int(WITH_BETWEEN * layout(draws).draws)
    return sum(size.seconds(simulated) for size in sizes)


def sizes_of(question: Question) -> list[Size]:
    """The response that each part of the test of a question reads. What several uses leave in a specimen is read together."""
    by_part: dict[tuple[int, str], list[Size]] = {}
    for use in question.each:
        for place, component in enumerate(use.assay.every_component):
            by_part.setdefault((place if len(question.each) == 1 else 0, component.analyte), []).append(
                _size_in(use, component)
            )
    return [Size(*map(sum, zip(*sizes, strict=True))) for sizes in by_part.values()]


def _size_in(use: Question, component: Component) -> Size:
    """What one use adds to a part of the test."""
    substance = use.substance
    paths = sums = corners = 0
    prefixes = set()
    for train, forms, count in doses_that_stay_open(use.regimen, substance):
        of_train = [path.prefix for form in forms for path in form.paths]
        prefixes.update(of_train)
        paths += len(of_train)
        sums += len(of_train) * (AS_SINGLES if train.count > 1 else 1)
        corners += CORNERS * len(of_train) * count
    if use.half_life is not None:
        return Size(1, paths, sums, corners)
    poles = trains = every_sum = 0
    lineages = [lineage for analyte in component.weights for lineage in substance.lineages(analyte)]
    for lineage in lineages:
        own = own_poles([lineage], substance) + len(prefixes)
        poles, trains, every_sum = poles + own, trains + paths, every_sum + own * sums
    return Size(poles, trains, every_sum, len(lineages) * corners)
