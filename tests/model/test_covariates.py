import numpy as np
import pytest

from detectapi.model.covariates import FORMS, linear


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_one_at_its_reference(form):
    assert FORMS[form](70.0, 0.5, 70.0) == pytest.approx(1.0)


def test_allometry():
    assert FORMS["power"](35.0, 0.75, 70.0) == pytest.approx(0.5**0.75)


def test_linear_effect_never_turns_a_parameter_negative():
    assert np.all(linear(np.array([0.0, 50.0, 500.0]), -0.01, 100.0) >= 0.0)


def test_exponential():
    assert FORMS["exponential"](50.0, -0.01, 40.0) == pytest.approx(np.exp(-0.1))
