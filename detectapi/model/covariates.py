"""The forms a covariate effect may take: each turns a covariate into a factor on a parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from detectapi.model.arrays import Value


def power(x: Value, coefficient: float, reference: float) -> Value:
    """``(x / reference) ** coefficient``."""
    factor: Value = np.power(
        x / reference, coefficient
    )  # for a single number too: Python's own power may differ in the last bit
    return factor


def linear(x: Value, coefficient: float, reference: float) -> Value:
    """``1 + coefficient * (x - reference)``, never below zero."""
    factor: Value = np.maximum(1.0 + coefficient * (x - reference), 0.0)
    return factor


def exponential(x: Value, coefficient: float, reference: float) -> Value:
    """``exp(coefficient * (x - reference))``."""
    factor: Value = np.exp(coefficient * (x - reference))
    return factor


FORMS: Mapping[str, Callable[[Value, float, float], Value]] = {
    "power": power,
    "linear": linear,
    "exponential": exponential,
}
"""Numeric forms by their word in data files; ``category`` is a look-up and needs no function."""
