"""The model with one compartment for each moiety: all of its volume is reached at once. First pass and metabolites stay."""

from __future__ import annotations

import math
from dataclasses import replace

from detectapi.model.question import Question
from detectapi.values.substance import Parameter

KIND = "one-volume"
"""What `Trial` takes as the kind of its model for it. No question can ask for it."""

CENTRAL = ".central_volume"
HARDLY = 1e-6
"""What is left of the exchange with other compartments, so that nothing reaches them."""


def in_one_volume(question: Question) -> Question:
    """The same question about a body with one compartment for each moiety, as large as all its compartments together.

    A compartment that is given by its half-life of release is as large as exchange and half-life make it.
    """
    parameters = dict(question.parameters)
    for name in [name for name in parameters if name.endswith(CENTRAL)]:
        moiety, whole = name.removesuffix(CENTRAL), parameters[name].value
        for i in range(1, 10):
            exchange = parameters.get(f"{moiety}.intercompartmental_clearance_{i}")
            if exchange is not None:
                whole += _volume(parameters, moiety, i, exchange)
                parameters[exchange.name] = _fixed(exchange, exchange.value * HARDLY)
        parameters[name] = replace(parameters[name], value=whole, low=whole / 100.0, high=whole * 100.0)
    return replace(question, parameters=parameters)


def _volume(parameters: dict[str, Parameter], moiety: str, i: int, exchange: Parameter) -> float:
    volume = parameters.get(f"{moiety}.peripheral_volume_{i}")
    if volume is not None:
        return volume.value
    return exchange.value * parameters[f"{moiety}.release_half_life_{i}"].value / math.log(2.0)


def _fixed(parameter: Parameter, value: float) -> Parameter:
    return replace(parameter, value=value, low=0.0, uncertainty=0.0, variability=0.0, effects=())
