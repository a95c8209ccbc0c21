"""The one writer of SVG and its axis."""

from xml.etree.ElementTree import fromstring

import pytest

from detectapi.telling.axis import Axis, round_axis
from detectapi.telling.svg import Drawing, element, paper

parse = fromstring  # only drawings of our own
SVG = "{http://www.w3.org/2000/svg}"


def test_an_axis_maps_its_ends_to_its_place_on_paper():
    x = Axis(0.0, 10.0).on(100.0, 300.0)

    assert (100.0, 200.0, 300.0) == (x(0.0), x(5.0), x(10.0))
    assert 400.0 == x(15.0)
    assert 300.0 == x.within(15.0)


def test_a_logarithmic_axis_has_equal_steps_for_equal_ratios():
    y = Axis(1.0, 100.0, logarithmic=True).on(200.0, 0.0)

    assert 100.0 == pytest.approx(y(10.0))
    assert y(0.0) > y(1.0)  # below the axis; no value is lost to the logarithm


@pytest.mark.parametrize(
    ("low", "high", "logarithmic", "ticks"),
    [
        (0.0, 10.0, False, ["0", "2", "4", "6", "8", "10"]),
        (-4.0, 4.0, False, ["-4", "-2", "0", "2", "4"]),
        (0.1, 10.0, True, ["0.1", "0.2", "0.5", "1", "2", "5", "10"]),
    ],
)
def test_ticks_are_round(low, high, logarithmic, ticks):
    assert ticks == [words for _, words in round_axis(low, high, logarithmic=logarithmic).ticks]


def test_what_is_written_is_escaped():
    assert '<text title="&quot;&lt;">x</text>' == element("text", "x", title='"<')
    drawing = paper(10, 10, "<b>", "a & b")

    assert "<b>" == parse(str(drawing)).find(f"{SVG}title").text


def test_lengths_have_two_decimals_at_most():
    drawing = Drawing(10, 10, "x")
    drawing.line(1 / 3, -0.0001, 5.0, 7, "red")

    assert 'x1="0.33" y1="0" x2="5" y2="7"' in str(drawing)
