import pytest

from detectapi.model import urine
from detectapi.model.read_physiology import read_physiology
from detectapi.model.sample_void import gravity_relation


def test_creatinine_of_a_man_of_80_kg():
    # 21.8 mg/kg/d at 1.5 L/d
    assert urine.creatinine_concentration(21.8 * 80.0, 1500.0 / 1440.0) == pytest.approx(116.3, abs=0.1)


def test_flow_and_creatinine_are_inverse():
    concentration = urine.creatinine_concentration(1500.0, 0.7)

    assert urine.flow_from_creatinine(1500.0, concentration) == pytest.approx(0.7)


def test_flow_and_specific_gravity_are_inverse():
    slope = 0.0000285
    gravity = urine.specific_gravity(1.2, 830.0, slope)

    assert 1.0 < gravity < 1.04
    assert urine.flow_from_specific_gravity(gravity, 830.0, slope) == pytest.approx(1.2)


def reading_error(**specimen):
    physiology = read_physiology({"specimen": specimen})
    return gravity_relation(physiology.known, physiology.norms).error


def test_a_gravity_is_as_sure_as_its_reading():
    exact, ranged = reading_error(specific_gravity=1.02), reading_error(specific_gravity={"low": 1.01, "high": 1.03})

    assert ranged == pytest.approx((exact**2 + (0.02 / 2.0 / 1.6448536) ** 2) ** 0.5, rel=1e-6)
    assert reading_error(specific_gravity=1.02, read_by="strip") > 2.0 * exact
