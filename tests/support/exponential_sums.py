"""Sums of exponentials for property tests, and their values at many times."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def sums(draw, terms=6):
    """Ascending poles, a constant and coefficients of either sign and any size."""
    k = draw(st.integers(1, terms))
    poles = np.sort(np.exp([draw(st.floats(-4.0, 3.0)) for _ in range(k)]))
    sizes = [draw(st.floats(-5.0, 3.0)) for _ in range(k + 1)]
    signs = [draw(st.sampled_from([-1.0, 1.0])) for _ in range(k + 1)]
    values = np.exp(sizes) * signs
    return poles[:, None], values[:1], values[1:, None]


def curve(poles, constant, terms):
    times = np.concatenate([np.geomspace(1e-6, 1e5, 20000)])
    return constant[0] + (terms * np.exp(-poles * times)).sum(axis=0)
