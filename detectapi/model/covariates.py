"""The forms a covariate effect may take: each turns a covariate into a factor on a parameter."""

from __future__ import annotations

import numpy as np


def power(x, coefficient, reference):
    """``(x / reference) ** coefficient``."""
    return np.power(x / reference, coefficient)  # numpy's power also for a single number: the same last bit


def linear(x, coefficient, reference):
    """``1 + coefficient * (x - reference)``, never below zero."""
    return np.maximum(1.0 + coefficient * (x - reference), 0.0)


def exponential(x, coefficient, reference):
    """``exp(coefficient * (x - reference))``."""
    return np.exp(coefficient * (x - reference))


FORMS = {"power": power, "linear": linear, "exponential": exponential}
"""Numeric forms by their word in data files; ``category`` is a look-up and needs no function."""
