"""Values of what is known, and of what the population tells, in the selected draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from detectapi.inputs.distribution import InputDistribution
from detectapi.model.arrays import Floats, Value
from detectapi.model.draws import Deviates, Selection
from detectapi.values.substance import Parameter


class Sampler(NamedTuple):
    """The random numbers of the selected draws, for the person and the urine.

    What a question could tell has one number for each person of the stream ``inputs``. It is computed for these people first and
    then spread out over the draws (`in_draws`), because most draws share their person with others.

    Attributes
    ----------
    known : dict of str to InputDistribution
        What the question tells.
    deviates : Deviates
    selection : Selection
    """

    known: Mapping[str, InputDistribution]
    deviates: Deviates
    selection: Selection

    def told(self, name: str) -> Value:
        """An input of the question for each person: a float where it is exact. [unit of the input]"""
        distribution = self.known[name]
        return distribution.centre if distribution.exact else distribution.value(self.of_person(name))

    def of_person(self, name: str) -> Floats:
        """Standard normal numbers of the stream ``inputs``, one for each person."""
        return self.deviates.normal("inputs", name)

    def in_draws(self, value: Value) -> Value:
        """Values of the people spread out over the draws; what is the same for all stays as it is."""
        if not isinstance(value, np.ndarray) or value.ndim == 0 or value.shape[-1] == 1:
            return value
        return value.take(self.selection.inputs, axis=-1)

    def normal(self, stream: str, name: str) -> Floats:
        """Standard normal numbers of a stream, one for each draw."""
        numbers = self.deviates.normal(stream, name)
        return numbers if numbers.shape[-1] == 1 else numbers.take(getattr(self.selection, stream), axis=-1)

    def unknown(self, parameter: Parameter) -> Value:
        """How far the typical value of a parameter lies from the one in the data, on the parameter's scale."""
        if not parameter.uncertainty:
            return 0.0
        return parameter.uncertainty * self.normal("knowledge", parameter.name)

    def uncertain(self, parameter: Parameter) -> Value:
        """The typical value of a parameter on the linear scale, within its bounds."""
        value = parameter.value + self.unknown(parameter)
        return min(max(value, parameter.low), parameter.high) if isinstance(value, float) else np.clip(
            value, parameter.low, parameter.high
        )  # fmt: skip
