"""Typical values, their uncertainty, and how people and specimens vary -> the parameters of each draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from detectapi.model.arrays import Floats, Ints, Value
from detectapi.model.columns import some_draws
from detectapi.model.covariates import FORMS
from detectapi.model.draws import Deviates, Selection
from detectapi.model.normal import inverse_normal
from detectapi.values.errors import InputError, OutOfRange, nearest
from detectapi.values.substance import Correlation, Effect, Parameter, Substance, WordCovariate

AMOUNT = "amount_mg"
"""The covariate that is the amount of a single dose."""
COVARIATE = "covariate."
"""Beginning of the name of the random numbers that decide which word of a covariate a person has."""


def depends_on_amount(parameter: Parameter) -> bool:
    """Whether the amount of a single dose changes a parameter."""
    return any(effect.covariate == AMOUNT for effect in parameter.effects)


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


class Numbers(NamedTuple):
    """Departures from a typical value, on the scale of its parameter, and which of them each draw has.

    Attributes
    ----------
    values : array, shape (m,) or (people, m)
    chosen : array of int, shape (n,)
    """

    values: Floats
    chosen: Ints


def random_names(
    parameters: Mapping[str, Parameter], correlations: Sequence[Correlation], needed: Iterable[str]
) -> dict[str, list[str]]:
    """The random numbers that some parameters need, by stream.

    Parameters
    ----------
    parameters : dict of str to Parameter
    correlations : tuple of Correlation
    needed : iterable of str
        Names of the parameters.
    """
    wanted = [parameters[name] for name in needed]
    people = [p.name for p in wanted if p.variability and p.between == "people"]
    mixing = _mixing(correlations)
    return {
        "knowledge": [p.name for p in wanted if p.uncertainty],
        "people": [*people, *(other for name in people for other, _ in mixing.get(name, ()))],
        "specimen": [p.name for p in wanted if p.variability and p.between == "specimens"],
    }


class Population:
    """Parameters of the selected draws.

    Parameters
    ----------
    parameters : dict of str to Parameter
    correlations : tuple of Correlation
        Between people's random effects.
    deviates : Deviates
    selection : Selection
    covariates : dict
        By name: a number, a word, or an array with one value for each draw. A covariate that is None has no effect.
    drawn : dict of str to WordCovariate
        Covariates of words that are drawn among people where they are not told.
    """

    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        correlations: Sequence[Correlation],
        deviates: Deviates,
        selection: Selection,
        covariates: Mapping[str, Any],
        drawn: Mapping[str, WordCovariate] = MappingProxyType({}),
    ) -> None:
        self.parameters = parameters
        self.deviates = deviates
        self.selection = selection
        self.covariates = covariates
        self.drawn = drawn
        self._mixing = _mixing(correlations)
        self._values: dict[str, Value] = {}

    def __call__(self, name: str) -> Value:
        """Individual values of a parameter.

        Parameters
        ----------
        name : str

        Returns
        -------
        float or array, shape (n,) or (people, n)
            In the parameter's unit, within its bounds; a float when nothing varies.
        """
        if name not in self._values:
            self._values[name] = self._individual(self.parameters[name], self.covariates)
        return self._values[name]

    def of_dose(self, name: str, amount: Value | None) -> Value:
        """Individual values of a parameter for a dose of an amount, on which it may depend.

        Parameters
        ----------
        name : str
        amount : float, or array, shape (n,) or (people, n), or None
            Of the single dose; None where nothing depends on it. [mg]
        """
        parameter = self.parameters[name]
        if amount is None or not depends_on_amount(parameter):
            return self(name)
        return self._individual(parameter, {**self.covariates, AMOUNT: amount})

    def given(self, name: str, otherwise: float) -> Value:
        """Individual values of a parameter that a file may leave out; another value where it does."""
        return self(name) if name in self.parameters else otherwise

    def typical(self, name: str) -> float:
        """The value in the data (or as adjusted), without effects of covariates."""
        return self.parameters[name].value

    def at_another_void(self, deviates: Deviates) -> Population:
        """The same people at another void; ``deviates`` differ in the streams of the specimen and the assay only."""
        other = copy(self)
        other.deviates = deviates
        other._values = {name: v for name, v in self._values.items() if self.parameters[name].between == "people"}
        return other

    def of_draws(self, some: slice) -> Population:
        """The same people in some of the draws."""
        other = copy(self)
        other.selection = self.selection.of_draws(some)
        other.covariates = {name: some_draws(value, some) for name, value in self.covariates.items()}
        other._values = {name: some_draws(value, some) for name, value in self._values.items()}
        return other

    def median_of_specimens(self, name: str) -> Value:
        """A parameter that differs between specimens, at the median of the specimens of each draw."""
        parameter = self.parameters[name]
        return self._with_effects(parameter, _combine(parameter, self._uncertainty(parameter)), self.covariates)

    def _individual(self, parameter: Parameter, covariates: Mapping[str, Any]) -> Value:
        value = _combine(parameter, self._uncertainty(parameter), self._variability(parameter))
        return self._with_effects(parameter, value, covariates)

    def _with_effects(self, parameter: Parameter, value: Value, covariates: Mapping[str, Any]) -> Value:
        for effect in parameter.effects:
            value = value * self._factor(effect, covariates.get(effect.covariate))
        if np.ndim(value) == 0:
            return float(value)
        return np.clip(value, parameter.low, parameter.high)

    def _uncertainty(self, parameter: Parameter) -> Numbers | None:
        """How far the typical value lies from the one in the data, in each knowledge row."""
        if not parameter.uncertainty:
            return None
        numbers = self.deviates.normal("knowledge", parameter.name)
        return Numbers(parameter.uncertainty * numbers, self.selection.knowledge)

    def _variability(self, parameter: Parameter) -> Numbers | None:
        """How far each person, or each specimen, lies from the typical value."""
        if not parameter.variability:
            return None
        if parameter.between == "specimens":
            numbers = self.deviates.normal("specimen", parameter.name)
            return Numbers(parameter.variability * numbers, self.selection.specimen)
        if parameter.name in self._mixing:
            mixed = [weight * self.deviates.normal("people", other) for other, weight in self._mixing[parameter.name]]
            numbers = sum(mixed[1:], mixed[0])
        else:
            numbers = self.deviates.normal("people", parameter.name)
        return Numbers(parameter.variability * numbers, self.selection.people)

    def _factor(self, effect: Effect, covariate: Any) -> Value:
        """By how much a covariate changes a parameter."""
        if covariate is None:
            return self._drawn_factor(effect) if effect.covariate in self.drawn else 1.0
        if effect.form == "category":
            words = (covariate,) if isinstance(covariate, str) else covariate
            return math.prod(effect.factors.get(word, 1.0) for word in words)
        return FORMS[effect.form](_within(covariate, effect.clip), effect.coefficient, effect.reference)

    def _drawn_factor(self, effect: Effect) -> Value:
        """The factor of the word that each person has, drawn by the shares of the words. Shape (n,) or (people, n)."""
        covariate = self.drawn[effect.covariate]
        ends = inverse_normal(np.minimum(np.cumsum(covariate.shares)[:-1], 1.0 - 1e-12))
        factors = np.array([effect.factors.get(word, 1.0) for word in covariate.words])
        numbers = self.deviates.normal("people", f"{COVARIATE}{covariate.id}")
        return factors[np.searchsorted(ends, numbers, side="right")].take(self.selection.people, axis=-1)


def _within(value: Value, ends: tuple[float, float] | None) -> Value:
    """A value moved to the nearer end of a range where it lies outside."""
    if ends is None:
        return value
    low, high = ends
    return np.clip(value, low, high) if np.ndim(value) else min(max(float(value), low), high)


def _combine(parameter: Parameter, *departures: Numbers | None) -> Value:
    """A typical value and the departures from it, added on the parameter's scale, back on its natural scale."""
    present = [numbers for numbers in departures if numbers is not None]
    if not present:
        return parameter.value
    value: Value = parameter.value
    if parameter.scale == "log":  # a product: exponentials are taken of the few numbers, not of every draw
        for numbers in present:
            value = value * np.exp(numbers.values).take(numbers.chosen, axis=-1)
        return value
    if parameter.scale == "logit":
        value = math.log(parameter.value / (1.0 - parameter.value))
    for numbers in present:
        value = value + numbers.values.take(numbers.chosen, axis=-1)
    return value if parameter.scale == "linear" else 1.0 / (1.0 + np.exp(-value))


def _mixing(correlations: Sequence[Correlation]) -> dict[str, tuple[tuple[str, float], ...]]:
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
