"""Typical values, variability between people, uncertainty of what we know -> the parameters of each draw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from detectapi.model.covariates import FORMS
from detectapi.values.errors import InputError, OutOfRange, nearest
from detectapi.values.substance import Effect, Parameter, Substance


def adjust(substance: Substance, changes: Mapping[str, Mapping[str, float]]) -> dict[str, Parameter]:
    """The parameters of a substance after ``model.adjust`` scaled or set some typical values.

    Parameters
    ----------
    substance : Substance
    changes : dict
        ``{"ketamine.clearance": {"scale": 0.8}}`` or ``{"set": 70}``.

    Returns
    -------
    dict of str to Parameter

    Raises
    ------
    InputError
        For a parameter the substance has not.
    OutOfRange
        When a typical value would leave the bounds of its parameter.
    """
    parameters = dict(substance.parameters)
    for name, change in changes.items():
        pointer = f"/model/adjust/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in parameters:
            raise InputError(
                f"{substance.name} has no parameter of this name; GET /v1/substances/{substance.id} lists them.",
                pointer=pointer, code="unknown-parameter", allowed=nearest(name, parameters),
            )  # fmt: skip
        old = parameters[name]
        value = old.value * change["scale"] if "scale" in change else change["set"]
        if not old.low <= value <= old.high:
            raise OutOfRange(
                f"The typical value would leave its bounds, {old.low:g} to {old.high:g} {old.unit}.",
                pointer=pointer, allowed=[old.low, old.high],
            )  # fmt: skip
        parameters[name] = replace(old, value=value)
    return parameters


class Population:
    """Parameters of the selected draws.

    Parameters
    ----------
    parameters : dict of str to Parameter
    correlations : tuple of Correlation
        Between people's random effects.
    draws : Draws or MedianDraw
    selection : Selection
    covariates : dict
        Values of each draw, arrays of shape (n,) or scalars; a covariate that is None has no effect.
    """

    def __init__(self, parameters, correlations, draws, selection, covariates):
        self.parameters = parameters
        self.draws = draws
        self.selection = selection
        self.covariates = covariates
        self._mixing = _mixing(correlations)

    def prepare(self, names) -> None:
        """Make the random numbers of many parameters at once."""
        known = [self.parameters[name] for name in names if name in self.parameters]
        self.draws.prepare("knowledge", [p.name for p in known if p.uncertainty])
        people = [p.name for p in known if p.variability and p.between == "people"]
        people += [other for name in people for other, _ in self._mixing.get(name, ())]
        self.draws.prepare("people", dict.fromkeys(people))
        self.draws.prepare("specimen", [p.name for p in known if p.variability and p.between == "specimens"])

    def __call__(self, name: str):
        """Individual values of a parameter.

        Parameters
        ----------
        name : str

        Returns
        -------
        float or array, shape (n,)
            In the parameter's unit, within its bounds; a float when nothing varies.
        """
        parameter = self.parameters[name]
        known = parameter.uncertainty * self.draws.normal("knowledge", name) if parameter.uncertainty else None
        effect = self._effect(parameter) if parameter.variability else None
        value = _combine(parameter, known, effect, self.selection)
        for item in parameter.effects:
            value = value * self._factor(item)
        if np.ndim(value) == 0:
            return float(value)
        return np.clip(value, parameter.low, parameter.high)

    def typical(self, name: str) -> float:
        """The value in the data (or as adjusted), without effects."""
        return self.parameters[name].value

    def _effect(self, parameter: Parameter):
        """People's (or specimens') random effects: (numbers, their index)."""
        if parameter.between == "specimens":
            return parameter.variability * self.draws.normal("specimen", parameter.name), self.selection.specimen
        numbers = self.draws.normal("people", parameter.name)
        if parameter.name in self._mixing:
            numbers = sum(w * self.draws.normal("people", other) for other, w in self._mixing[parameter.name])
        return parameter.variability * numbers, self.selection.people

    def _factor(self, effect: Effect):
        given: Any = self.covariates.get(effect.covariate)
        if given is None:
            return 1.0
        if effect.form == "category":
            words = (given,) if isinstance(given, str) else given
            return math.prod(effect.factors.get(word, 1.0) for word in words)
        x = np.clip(given, *effect.clip) if effect.clip else given
        return FORMS[effect.form](x, effect.coefficient, effect.reference)


def _combine(parameter: Parameter, known, effect, selection):
    """Typical value, uncertainty and variability on the parameter's scale, back on its natural scale."""
    if parameter.scale == "log":  # products: exponentials are taken of the few numbers, not of every draw
        value = parameter.value
        if known is not None:
            value = value * np.exp(known)[selection.knowledge]
        if effect is not None:
            value = value * np.exp(effect[0])[effect[1]]
        return value
    centre = parameter.value
    if parameter.scale == "logit":
        centre = math.log(centre / (1.0 - centre))
    if known is not None:
        centre = centre + known[selection.knowledge]
    if effect is not None:
        centre = centre + effect[0][effect[1]]
    if parameter.scale == "linear":
        return centre
    if np.ndim(centre) == 0:
        return parameter.value
    return 1.0 / (1.0 + np.exp(-centre))


def _mixing(correlations) -> dict[str, tuple[tuple[str, float], ...]]:
    """For each correlated parameter, the independent numbers (by name) it is a weighted sum of: a Cholesky factor."""
    names = list(dict.fromkeys(name for item in correlations for name in item.parameters))
    if not names:
        return {}
    matrix = np.eye(len(names))
    for item in correlations:
        i, j = (names.index(name) for name in item.parameters)
        matrix[i, j] = matrix[j, i] = item.value
    lower = np.linalg.cholesky(matrix)
    return {
        name: tuple((other, float(w)) for other, w in zip(names, lower[i], strict=True) if w != 0.0)
        for i, name in enumerate(names)
    }
