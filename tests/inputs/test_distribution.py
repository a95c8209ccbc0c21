import numpy as np
import pytest

from detectapi.inputs.distribution import CENTRAL_90, from_given, population_default
from detectapi.values.substance import Origin, Parameter


def test_a_number_is_exact():
    assert 68.0 == from_given("weight_kg", 68).value(np.array([-1.0, 0.0, 2.0]))


def test_a_range_is_the_central_90_percent_of_a_log_normal():
    reading = from_given("weight_kg", {"low": 60.0, "high": 80.0})

    assert reading.value(np.array([-CENTRAL_90, 0.0, CENTRAL_90])) == pytest.approx([60.0, np.sqrt(4800.0), 80.0])


def test_a_range_of_ph_is_that_of_a_normal():
    reading = from_given("urine_ph", {"low": 5.5, "high": 6.5}, "linear")

    assert reading.value(np.array([-CENTRAL_90, 0.0, CENTRAL_90])) == pytest.approx([5.5, 6.0, 6.5])


def test_a_distribution_stays_within_the_bounds_of_its_input():
    reading = from_given("urine_ph", {"low": 4.2, "high": 8.8}, "linear", 4.0, 9.0)

    assert reading.value(np.array([-9.0, 9.0])) == pytest.approx([4.0, 9.0])


def test_a_number_keeps_the_scale_and_the_bounds_of_its_input():
    reading = from_given("urine_ph", 6.0, "linear", 4.0, 9.0)

    assert (reading.scale, reading.low, reading.high) == ("linear", 4.0, 9.0)


def test_what_was_not_told_is_as_the_data_have_it_for_the_population():
    origin = Origin("measured", "somebody", "a table")
    parameter = Parameter("urine_ph", 6.1, "1", "linear", 0.5, 0.1, 4.5, 8.0, origin)
    reading = population_default("urine_ph", parameter, detail="in words")

    assert (reading.name, reading.centre, reading.spread, reading.scale) == ("urine_ph", 6.1, 0.5, "linear")
    assert (reading.low, reading.high, reading.origin) == (4.5, 8.0, origin)
    assert (reading.source, reading.detail, reading.is_default) == ("population default", "in words", True)
