"""Everything that a simulation may take its random numbers from, held to what `Deviates` promises."""

import numpy as np
import pytest

from detectapi.batch.seeded import SeededDraws
from detectapi.evaluation.calibration.people import CommonNumbers, TypicalNumbers
from detectapi.evaluation.own.people import Opposites
from detectapi.evaluation.validation.trial import StudyNumbers
from detectapi.interpretation.particles import Particles
from detectapi.model.draws import STREAMS, Deviates, Draws, MedianDraw, layout
from detectapi.model.sensitivity import Independent, Mixed

PLAN = layout(100)
KNOWN = ("a",), np.linspace(-1.0, 1.0, 4)[:, np.newaxis]  # four sets of typical values of one parameter
MADE = {
    Draws: Draws(1, PLAN),
    MedianDraw: MedianDraw(),
    SeededDraws: SeededDraws((1, 2, 3), PLAN),
    Mixed: Mixed(Draws(1, Independent(100)), Draws(2, Independent(100)), {("people", "a")}, {("inputs", "b"): 1.5}),
    StudyNumbers: StudyNumbers(1, 4, 5),
    TypicalNumbers: TypicalNumbers(*KNOWN),
    CommonNumbers: CommonNumbers(*KNOWN, people=3),
    Opposites: Opposites({"a": 0.5}),
    Particles: Particles(1, 20).at_visit(2),
}
each = pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.__name__)


def below(kind):
    return {kind, *(lower for one in kind.__subclasses__() for lower in below(one))}


def test_every_stand_in_is_in_this_file():
    ours = {kind for kind in below(Deviates) if kind.__module__.startswith("detectapi.")}

    assert {kind for kind in ours if not getattr(kind, "_is_protocol", False)} == set(MADE)


@each
@pytest.mark.parametrize("stream", STREAMS)
def test_a_selection_finds_a_number_for_each_draw(kind, stream):
    deviates = MADE[kind]
    index, numbers = getattr(deviates.selection(), stream), deviates.normal(stream, "a")

    assert np.issubdtype(numbers.dtype, np.floating)
    assert numbers.ndim <= 2
    assert index.shape == deviates.selection().people.shape
    assert 0 <= index.min() <= index.max() < numbers.shape[-1]


@each
@pytest.mark.parametrize("stream", STREAMS)
def test_equal_calls_give_equal_numbers_prepared_or_not(kind, stream):
    deviates = MADE[kind]
    before = np.array(deviates.normal(stream, "a"))
    deviates.prepare(stream, ["a", "c"])

    assert np.array_equal(deviates.normal(stream, "a"), before)


def test_people_with_seeds_of_their_own_come_first():
    assert MADE[SeededDraws].normal("people", "a").shape == (3, PLAN.size("people"))


def test_a_visit_of_a_study_has_other_specimens_of_the_same_people():
    first, second = MADE[StudyNumbers], MADE[StudyNumbers].at_visit(1)
    same = {stream: np.array_equal(first.normal(stream, "a"), second.normal(stream, "a")) for stream in STREAMS}

    assert {"knowledge": True, "people": True, "specimen": False, "inputs": True, "assay": False} == same
    assert MADE[TypicalNumbers].at_visit(1) is MADE[TypicalNumbers]
