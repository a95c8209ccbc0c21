import numpy as np
import pytest
from scipy.special import ndtri

from detectapi.pk.normal import inverse_normal


def test_agrees_with_an_independent_implementation():
    p = np.concatenate([np.geomspace(1e-300, 0.4, 500), np.linspace(0.01, 0.99, 501), 1.0 - np.geomspace(1e-15, 0.4, 200)])

    assert inverse_normal(p) == pytest.approx(ndtri(p), rel=1e-13, abs=1e-14)


def test_is_odd_about_one_half():
    p = np.array([0.001, 0.2, 0.45])

    assert inverse_normal(p) == pytest.approx(-inverse_normal(1.0 - p), rel=1e-12)
