"""The last digits of a crossing in its bracket, and when a step counts as the last."""

import numpy as np
import pytest

from detectapi.exponentials.bracketing import Brackets
from detectapi.exponentials.halley import damped, is_last_step, refine_crossings
from detectapi.exponentials.phases import InputPiece, TailPiece


def bracket(piece, low, high, guess=None):
    low, high = np.array(low), np.array(high)
    guess = 0.5 * (low + high) if guess is None else np.array(guess)
    return Brackets(np.arange(len(low)), piece, low, high, guess)


def test_a_single_exponential_is_crossed_in_one_step():
    piece = TailPiece(np.array([[0.1, 0.2]]), np.array([[5.0, 5.0]]))
    result = refine_crossings(bracket(piece, [0.0, 0.0], [100.0, 100.0]), np.array([1.0, 1.0]), True)
    assert result == pytest.approx(np.log(5.0) / np.array([0.1, 0.2]), rel=1e-15)


def test_a_rise_that_is_a_power_of_time_is_crossed_to_the_last_digits():
    # level x with a slope that hardly decays: value x / 2, so that 0.3 is reached at 0.6
    poles = np.full((1, 1), 1e-12)
    piece = InputPiece(poles, np.zeros(1), np.full(1, 0.25), np.full((1, 1), 0.25), 0.25 / poles)
    result = refine_crossings(bracket(piece, [0.0], [50.0]), np.array([0.3]), False)
    assert result[0] == pytest.approx(0.6, rel=1e-9)


def test_a_bracket_without_width_is_its_own_crossing():
    piece = TailPiece(np.array([[0.1, 0.1]]), np.array([[5.0, 5.0]]))
    result = refine_crossings(bracket(piece, [3.0, 0.0], [3.0, 100.0], [3.0, 50.0]), np.array([1.0, 1.0]), True)
    assert result == pytest.approx([3.0, np.log(5.0) / 0.1], rel=1e-15)


def test_where_the_crossing_lies_beyond_the_bracket_its_end_is_returned():
    piece = TailPiece(np.array([[0.1]]), np.array([[5.0]]))
    result = refine_crossings(bracket(piece, [0.0], [10.0]), np.array([1.0]), True)
    assert 10.0 * (1.0 - 1e-12) < result[0] <= 10.0


def test_halley_s_correction_at_most_halves_or_doubles_a_step():
    corrections = np.array([-5.0, -1.0, -0.5, 0.0, 0.25, 0.5, 0.9, 3.0])
    assert damped(np.full(8, 6.0), corrections) == pytest.approx([3.0, 3.0, 4.0, 6.0, 8.0, 12.0, 12.0, 12.0], rel=1e-15)


def test_the_last_step_begins_near_the_cutoff_and_is_nearly_newton_s():
    distance = np.array([2.9e-5, -2.9e-5, 3.1e-5, -3.1e-5, 1e-5, 1e-5, 1e-5])
    correction = np.array([1e-5, 1e-5, 1e-5, 1e-5, 3.1e-4, 3.2e-4, -3.2e-4])
    assert is_last_step(distance, correction).tolist() == [True, True, False, False, True, False, False]
