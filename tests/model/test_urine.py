import pytest

from detectapi.model import urine


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
