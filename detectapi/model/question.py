"""A loaded request -> a `Question`: words resolved, amounts in free base, times from the end of the last dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from detectapi.inputs.distribution import InputDistribution
from detectapi.inputs.known import distribution_of
from detectapi.inputs.table import INPUTS
from detectapi.knowledge.posterior import NONE, Posterior, posterior
from detectapi.model.asked_assay import part_of, read_assay
from detectapi.model.limits import check_coefficients, check_open_doses
from detectapi.model.physiology import Physiology
from detectapi.model.population import adjust
from detectapi.model.read_doses import Use, read_uses
from detectapi.model.read_physiology import read_physiology
from detectapi.model.work import check_work
from detectapi.values.assay import Assay, Reading
from detectapi.values.errors import InputError, NotSupported
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Parameter, Substance


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides the answer but the random numbers.

    Where several substances were used, ``uses`` has a question for each of them, with the part of the test that concerns it; all
    times are from the end of the last dose of all. What stands here is then the first use's, with the whole test.
    """

    substance: Substance
    parameters: Mapping[str, Parameter]
    regimen: Regimen
    assay: Assay
    physiology: Physiology
    half_life: InputDistribution | None = None
    posterior: Posterior | None = None
    calibration: str = NONE
    uses: tuple[Question, ...] = ()

    @property
    def each(self) -> tuple[Question, ...]:
        """The question of each use: what it adds to the parts of the test. Of one use, the question itself."""
        return self.uses or (self,)

    def read_by(self, assay: Assay) -> Question:
        """The same question with another test."""
        uses = tuple(replace(use, assay=part_of(assay, use.substance)) for use in self.uses)
        return replace(self, assay=assay, uses=uses)

    @property
    def analytes(self) -> tuple[str, ...]:
        """Every analyte that some part of the test responds to."""
        return tuple(dict.fromkeys(a for component in self.assay.every_component for a in component.weights))

    @property
    def covariates(self) -> dict[str, str]:
        """Covariates that the doses tell, of those that some parameter depends on: the pattern of use, and what it implies."""
        pattern, covariates = self.regimen.pattern, {}
        if "pattern" in self.substance.effects_of:
            covariates["pattern"] = pattern
        for name, covariate in self.substance.covariates.items():
            if pattern in covariate.where_pattern:
                covariates[name] = covariate.where_pattern[pattern]
        return covariates

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every analyte that some part of the test is asked for, and whether it is read after hydrolysis."""
        parts = self.assay.every_component
        return tuple(dict.fromkeys(Reading(a, component.hydrolysed) for component in parts for a in component.asked))


def read_question(request: Mapping[str, Any]) -> Question:
    """Turn a request of good form into a question with meaning.

    Parameters
    ----------
    request : dict
        As `schemas.EstimateRequestSchema` loads it, defaults filled in.

    Raises
    ------
    InputError
        When a word has no meaning here: substance, route, analyte, assay, salt, parameter, interaction.
    """
    question = question_of(request, read_uses(request), request.get("assay"))
    check_work([question], (request.get("options") or {}).get("draws", 0))
    return question


def question_of(request: Mapping[str, Any], uses: Sequence[Use], test: Any) -> Question:
    """The question about some uses and a test.

    Parameters
    ----------
    request : dict
        As in `read_question`.
    uses : sequence of Use
        Of the request.
    test : str, dict or None
        As a request names it.
    """
    substances = [use.substance for use in uses]
    _check_person(request.get("person") or {}, substances)
    _check_model(request.get("model") or {}, substances)
    assay = read_assay(test, *substances)
    physiology = read_physiology(request)
    if len(uses) == 1:
        return _of_use(request, uses[0], assay, physiology)
    parts = [_of_use(request, use, part_of(assay, use.substance), physiology) for use in uses]
    return replace(parts[0], assay=assay, uses=tuple(parts))


def _of_use(request: Mapping[str, Any], use: Use, assay: Assay, physiology: Physiology) -> Question:
    """The question about one use, and the part of the test that concerns it."""
    model, draws = request.get("model") or {}, (request.get("options") or {}).get("draws", 0)
    substance, regimen = use.substance, use.regimen
    check_open_doses(regimen, substance, draws, pointer=use.pointer)
    check_coefficients(regimen, substance, assay, draws)
    changes = model.get("adjust") or {}
    if request.get("uses"):
        changes = {name: change for name, change in changes.items() if name in substance.parameters}
    half_life = _read_half_life(model, substance, regimen) if model.get("kind") == "half-life" else None
    learnt, calibration = _posterior(substance, changes) if half_life is None else (None, NONE)
    return Question(substance, adjust(substance, changes), regimen, assay, physiology, half_life, learnt, calibration)


def _check_model(model: Mapping[str, Any], substances: Sequence[Substance]) -> None:
    """Refuse what has no meaning for several substances: one half-life for all, a parameter that none of them has."""
    if len(substances) < 2:
        return
    if model.get("half_life_h") is not None:
        detail = "Leave it out: each of several substances has a half-life of its own."
        raise InputError(detail, pointer="/model/half_life_h", code="conflict")
    for name, change in (model.get("adjust") or {}).items():
        if not any(name in substance.parameters for substance in substances):
            adjust(substances[0], {name: change})


def _posterior(substance: Substance, changes: Mapping[str, Any]) -> tuple[Posterior | None, str]:
    """What calibration learnt; a typical value that the request sets is that value, with the uncertainty that is left."""
    learnt, state = posterior(substance)
    if learnt is None:
        return None, state
    return learnt.centred([name for name, change in changes.items() if "set" in change]), state


def _check_person(person: Mapping[str, Any], substances: Sequence[Substance]) -> None:
    known = {word for substance in substances for word in substance.interactions}
    for i, word in enumerate(person.get("interactions") or ()):
        if word not in known:
            names = " or ".join(substance.name for substance in substances)
            raise NotSupported(
                f"{names} has no data for this interaction.",
                pointer=f"/person/interactions/{i}", code="unknown-interaction", allowed=sorted(known),
            )  # fmt: skip


def _read_half_life(model: Mapping[str, Any], substance: Substance, regimen: Regimen) -> InputDistribution:
    entry = INPUTS["model.half_life_h"]
    if model.get("half_life_h") is not None:
        return distribution_of(entry, model["half_life_h"])
    routes = set(regimen.routes)
    known = substance.half_life_model.half_lives
    entries = [h for h in known if routes & set(h.routes)] or list(known[:1])
    low, high = min(h.low for h in entries), max(h.high for h in entries)
    value = low if low == high else {"low": low, "high": high}
    detail = "; ".join(dict.fromkeys(h.claim for h in entries if h.claim))
    return replace(distribution_of(entry, value), source="textbook", detail=detail)
