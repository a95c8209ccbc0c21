"""Which inputs of a question change nothing in its answer: somebody who gave one should be told."""

from __future__ import annotations

from collections.abc import Iterator

from detectapi.inputs.known import KnownInputs
from detectapi.model.body import GROWN_AGE
from detectapi.model.covariates import FORMS
from detectapi.model.kinetics import parameter_names
from detectapi.model.question import Question
from detectapi.model.sample_kidneys import CREATININE
from detectapi.model.sample_urine import FLOW
from detectapi.values.substance import Effect

URINE_CREATININE = ("urine_creatinine_mg_dl", "specimen.urine_creatinine_mg_dl")


def without_effect(question: Question) -> tuple[str, ...]:
    """Names of the inputs that were given and change no number of the window.

    The full model only: in the textbook view hardly any input counts, which a note of its own says.
    """
    known = question.physiology.known
    names = parameter_names(question.substance, question.analytes, question.regimen)
    effects = [effect for name in names for effect in question.parameters[name].effects]
    return tuple(_idle(question, known, effects))


def _idle(question: Question, known: KnownInputs, effects: list[Effect]) -> Iterator[str]:
    distributions = known.distributions
    body_is_told = "weight_kg" in distributions and "height_cm" in distributions
    by_creatinine = known.renal_measure in CREATININE
    in_urine = any(name in distributions for name in URINE_CREATININE)
    if "age_y" in known.given and body_is_told and not in_urine and _age_is_idle(known, effects):
        yield "age_y"
    if known.sex and body_is_told and not (by_creatinine or in_urine or "age_y" in known.inferred):
        yield "sex"
    if known.pregnant and known.renal_measure is not None:
        yield "pregnant"
    if known.hepatic_class in ("A", "B", "C") and not _counts(known.hepatic_class, "hepatic_class", effects):
        if not (known.hepatic_class == "C" and known.renal_measure is not None and known.renal_method != "measured"):
            yield "hepatic_class"
    if known.interactions and not any(_counts(word, "interactions", effects) for word in known.interactions):
        yield "interactions"
    for name, _ in known.words:
        if not any(effect.covariate == name for effect in effects):
            yield name
    if known.specimen_kind == "first-morning" and {"void_interval_h", f"specimen.{FLOW}"} <= set(distributions):
        if known.hydration_measure == FLOW:
            yield "specimen_kind"
    if known.read_by_strip and not {"specimen.urine_ph", "specimen.specific_gravity"} & set(distributions):
        yield "specimen_read_by"


def _age_is_idle(known: KnownInputs, effects: list[Effect]) -> bool:
    """Whether an adult's age changes nothing where body and kidneys are told."""
    age = known.distributions["age_y"]
    if not age.exact or age.centre < GROWN_AGE or known.renal_measure is None or known.renal_measure in CREATININE:
        return False
    if known.specimen_kind == "first-morning":
        return False
    return not any(_factor(effect, float(age.centre)) != 1.0 for effect in effects if effect.covariate == "age_y")


def _factor(effect: Effect, value: float) -> float:
    low, high = effect.clip or (value, value)
    return float(FORMS[effect.form](min(max(value, low), high), effect.coefficient, effect.reference))


def _counts(word: str, covariate: str, effects: list[Effect]) -> bool:
    return any(effect.factors.get(word, 1.0) != 1.0 for effect in effects if effect.covariate == covariate)
