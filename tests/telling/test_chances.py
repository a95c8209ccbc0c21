"""Chances in words: in 100, and never none or all."""

import pytest

from detectapi.telling.chances import about, in_100, percent, probability_at, whole_percent


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.05, "5 in 100"),
        (0.95, "95 in 100"),
        (0.025, "2.5 in 100"),
        (0.995, "99.5 in 100"),
        (0.625, "63 in 100"),
        (0.0, "under 0.1 in 100"),
        (1.0, "over 99.9 in 100"),
    ],
)
def test_a_chance_in_a_sentence(probability, words):
    assert words == in_100(probability)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "nearly all"),
        (0.62, "about 62 in 100"),
        (0.012, "about 1 in 100"),
        (0.004, "fewer than 1 in 100"),
        (0.0, "hardly any"),
    ],
)
def test_a_share_of_specimens(probability, words):
    assert words == about(probability)


@pytest.mark.parametrize(
    ("probability", "words"), [(0.0, "under 0.1 %"), (0.001, "0.1 %"), (0.6234, "62.3 %"), (1.0, "over 99.9 %")]
)
def test_a_chance_in_a_table(probability, words):
    assert words == percent(probability)


def test_a_share_of_the_spread_is_a_whole_percentage():
    assert "35 %" == whole_percent(0.351)


def test_a_probability_between_two_points():
    curve = {"time_h": [0.0, 2.0, 4.0], "probability_positive": [1.0, 0.5, 0.1]}

    assert 0.75 == probability_at(curve, 1.0)
    assert 0.1 == probability_at(curve, 99.0)
    assert 0.0 == probability_at({"time_h": [], "probability_positive": []}, 1.0)
