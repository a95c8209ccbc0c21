"""Rules of a substance's numbers and sentences that no form can hold. Each returns one sentence for each place that breaks it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from detectapi.evaluation.contribution.lock import the_revision_is_locked
from detectapi.knowledge import catalog
from detectapi.knowledge.catalog.registries import plain
from detectapi.model import covariates, renal
from detectapi.model.kinetics import REFERENCE_FLOW, REFERENCE_GFR, REFERENCE_PH
from detectapi.values.errors import CatalogError
from detectapi.values.substance import Effect, Parameter, Substance

ROOM_OF_PEOPLE = 1.5
"""Bounds lie at least so many standard deviations of people from the typical value, so that they shape no distribution."""

REFERENCE = {"weight_kg": 70.0, "gfr_of_normal": 100.0, "age_y": 40.0}
"""The person for whom the data state their numbers: every effect is 1."""

ENDS = {"weight_kg": (40.0, 150.0), "gfr_of_normal": (5.0, 150.0), "age_y": (18.0, 110.0)}
"""The most extreme people whom a request may describe."""

NOTE_INPUTS = ("urine_ph", "specimen.urine_ph", "hepatic_class", "hepatic_class_c", "interactions")
"""The inputs that a note may wait for."""

DEFEATING = re.compile(r"(?<!first[ -])\bpass(es|ed|ing)?\b|\bdetox|\bbeat\b|\bflush", re.IGNORECASE)
"""Words of advice on defeating a test."""


def bounds_leave_room(substance: Substance) -> Iterator[str]:
    """Bounds lie beyond most people."""
    for parameter in substance.parameters.values():
        if bounds_cut_people(parameter):
            yield f"{parameter.name}: a bound lies within {ROOM_OF_PEOPLE} standard deviations of people; widen low or high"


def bounds_cut_people(parameter: Parameter) -> bool:
    """Whether a bound of a parameter lies within most people."""
    if not parameter.variability:
        return False
    high = min(parameter.high, 1.0 - 1e-12) if parameter.scale == "logit" else parameter.high
    low, value, high = (_on_scale(x, parameter.scale) for x in (parameter.low, parameter.value, high))
    return min(value - low, high - value) < ROOM_OF_PEOPLE * parameter.variability


def _on_scale(x: float, scale: str) -> float:
    if scale == "linear":
        return x
    if x <= 0.0:
        return -math.inf
    return math.log(x) if scale == "log" else math.log(x / (1.0 - x))


def effects_are_neutral(substance: Substance) -> Iterator[str]:
    """For the person of the data every effect of weight, kidney or age is 1."""
    for parameter, effect in _effects(substance):
        if effect.covariate in REFERENCE and not math.isclose(
            _factor(effect, REFERENCE[effect.covariate]), 1.0, rel_tol=1e-6
        ):
            yield f"{parameter.name}: the effect of {effect.covariate} is not 1 at {REFERENCE[effect.covariate]:g}"


def effects_stay_within_bounds(substance: Substance) -> Iterator[str]:
    """No effect takes a typical value out of its bounds, whoever is asked about."""
    for parameter, effect in _effects(substance):
        factors = [*effect.factors.values(), *(_factor(effect, end) for end in ENDS.get(effect.covariate, ()))]
        if not all(parameter.low <= parameter.value * factor <= parameter.high for factor in factors):
            yield f"{parameter.name}: the effect of {effect.covariate} leaves the bounds"


def _effects(substance: Substance) -> Iterator[tuple[Parameter, Effect]]:
    for parameter in substance.parameters.values():
        for effect in parameter.effects:
            yield parameter, effect


def _factor(effect: Effect, x: float) -> float:
    low, high = effect.clip or (-math.inf, math.inf)
    return float(covariates.FORMS[effect.form](min(max(x, low), high), effect.coefficient, effect.reference))


def correlations_are_possible(substance: Substance) -> Iterator[str]:
    """The correlations together are those of some distribution."""
    names = sorted({name for item in substance.correlations for name in item.parameters})
    matrix = np.eye(len(names))
    for item in substance.correlations:
        i, j = (names.index(name) for name in item.parameters)
        matrix[i, j] = matrix[j, i] = item.value
    if names and np.linalg.eigvalsh(matrix).min() <= 0.0:
        yield f"correlations of {', '.join(names)}: no distribution has all of them"


def renal_clearance_is_part_of_the_total(substance: Substance) -> Iterator[str]:
    """At the reference kidney and urine, renal clearance is at most the total clearance."""
    for moiety in substance.moieties:
        if moiety.charge != "base" or not moiety.reabsorbed or moiety.carrier:
            continue

        def value(name: str, moiety_id: str = moiety.id) -> float:
            parameter = substance.parameters.get(f"{moiety_id}.{name}")
            return parameter.value if parameter else 0.0  # secretion is left out where there is none

        part = 0.06 * float(
            renal.renal_clearance(
                REFERENCE_GFR, REFERENCE_FLOW, REFERENCE_PH,
                value("fraction_unbound"), value("pka"), value("secretion_clearance"), value("permeability_surface"),
                substance.parameters["renal.ph_sensitivity"].value,
            )
        )  # fmt: skip
        if part > value("clearance") * (1.0 + 1e-9):
            yield f"{moiety.id}: the renal clearance is {part:.3g} L/h, more than the total of {value('clearance'):.3g} L/h"


def assays_look_for_its_analytes(substance: Substance) -> Iterator[str]:
    """Every registered assay that lists the substance looks for an analyte that it has."""
    known = {moiety.id for moiety in substance.moieties if not moiety.no_analyte}
    for registered in catalog.assays():
        components = registered.assay.components if registered.assay else ()
        analytes = {analyte for part in components for analyte in part.weights} | set(registered.limits_ng_ml)
        if substance.id in registered.substances and analytes and not analytes & known:
            yield f"assay {registered.id}: looks for no analyte of {substance.id}"


def names_are_its_own(substance: Substance) -> Iterator[str]:
    """No other substance has the same name or alias."""
    own = {plain(name): name for name in (substance.id, substance.name, *substance.aliases)}
    for other_id in catalog.ids():
        try:
            other = catalog.substance(other_id)
        except CatalogError:  # a draft with mistakes of its own
            continue
        if other.id != substance.id:
            for name in own.keys() & {plain(name) for name in (other.id, other.name, *other.aliases)}:
                yield f"{own[name]}: a name of {other.id} too"


def sentences_are_sentences(substance: Substance) -> Iterator[str]:
    """Sentences for people begin with a capital letter or a figure and end with a full stop."""
    sentences = [rule.because for rule in substance.evidence] + [note.message for note in substance.notes]
    sentences += [*substance.interactions.values(), *(item.claim for item in substance.half_life_model.half_lives)]
    for text in sentences:
        if not (text[0].isupper() or text[0].isdigit()) or not text.endswith("."):
            yield f"not a whole sentence: {text}"


def nothing_speaks_of_defeating_a_test(substance: Substance) -> Iterator[str]:
    """No text that an answer or a card shows speaks of defeating a test."""
    yield from (f"speaks of defeating a test: {text}" for text in defeating(catalog.as_card(substance)))


def defeating(card: Mapping[str, Any]) -> list[str]:
    """The texts of a card that speak of defeating a test."""
    return [text for text in _texts(card) if DEFEATING.search(text)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner: Iterable[Any] = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _texts(item)


def notes_wait_for_known_inputs(substance: Substance) -> Iterator[str]:
    """A note waits for inputs that exist."""
    for note in substance.notes:
        for name in set(note.inputs or ()) - set(NOTE_INPUTS):
            yield f"note {note.code}: there is no input {name} that a note can wait for"


RULES: tuple[Callable[[Substance], Iterator[str]], ...] = (
    bounds_leave_room,
    effects_are_neutral,
    effects_stay_within_bounds,
    correlations_are_possible,
    renal_clearance_is_part_of_the_total,
    assays_look_for_its_analytes,
    names_are_its_own,
    sentences_are_sentences,
    nothing_speaks_of_defeating_a_test,
    notes_wait_for_known_inputs,
    the_revision_is_locked,
)
