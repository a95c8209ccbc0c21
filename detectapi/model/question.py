"""A loaded request -> a `Question`: words resolved, amounts in free base, times from the end of the last dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from detectapi.inputs.distribution import InputDistribution
from detectapi.inputs.known import distribution_of
from detectapi.inputs.table import INPUTS
from detectapi.knowledge import catalog
from detectapi.knowledge.posterior import NONE, Posterior, posterior
from detectapi.model.asked_assay import read_assay
from detectapi.model.limits import check_coefficients, check_open_doses
from detectapi.model.physiology import Physiology
from detectapi.model.population import adjust
from detectapi.model.read_physiology import read_physiology
from detectapi.values.assay import Assay, Reading
from detectapi.values.errors import NotSupported
from detectapi.values.regimen import Amount, Regimen, Train, from_end, pattern_train
from detectapi.values.substance import Parameter, Substance


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides the answer but the random numbers."""

    substance: Substance
    parameters: Mapping[str, Parameter]
    regimen: Regimen
    assay: Assay
    physiology: Physiology
    half_life: InputDistribution | None = None
    posterior: Posterior | None = None
    calibration: str = NONE

    @property
    def analytes(self) -> tuple[str, ...]:
        """Every analyte that some part of the test responds to."""
        return tuple(dict.fromkeys(a for component in self.assay.components for a in component.weights))

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
        parts = self.assay.components
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
    substance = catalog.substance(request["substance"])
    regimen = read_regimen(request, substance)
    model = request.get("model") or {}
    _check_person(request.get("person") or {}, substance)
    assay = read_assay(request.get("assay"), substance)
    _check_answerable(substance, assay)
    draws = (request.get("options") or {}).get("draws", 0)
    check_open_doses(regimen, substance, draws, pointer="/pattern" if request.get("pattern") else "/doses")
    check_coefficients(regimen, substance, assay, draws)
    half_life = _read_half_life(model, substance, regimen) if model.get("kind") == "half-life" else None
    learnt, calibration = _posterior(substance, model) if half_life is None else (None, NONE)
    return Question(
        substance=substance,
        parameters=adjust(substance, model.get("adjust") or {}),
        regimen=regimen,
        assay=assay,
        physiology=read_physiology(request),
        half_life=half_life,
        posterior=learnt,
        calibration=calibration,
    )


def _posterior(substance: Substance, model: Mapping[str, Any]) -> tuple[Posterior | None, str]:
    """What calibration learnt; a typical value that the request sets is that value, with the uncertainty that is left."""
    learnt, state = posterior(substance)
    if learnt is None:
        return None, state
    changed = model.get("adjust") or {}
    return learnt.centred([name for name, change in changed.items() if "set" in change]), state


def _check_person(person: Mapping[str, Any], substance: Substance) -> None:
    for i, word in enumerate(person.get("interactions") or ()):
        if word not in substance.interactions:
            raise NotSupported(
                f"{substance.name} has no data for this interaction.",
                pointer=f"/person/interactions/{i}", code="unknown-interaction", allowed=sorted(substance.interactions),
            )  # fmt: skip


def _check_answerable(substance: Substance, assay: Assay) -> None:
    """Refuse what data files can say already and the model cannot compute yet."""
    paths = [path for route in substance.routes.values() for form in route.forms for path in form.paths]
    open_points = [
        any(path.kind == "capacity-limited" for path in paths),
        bool(assay.stages),
    ]
    if any(open_points):
        raise NotSupported(
            f"The data of {substance.name} say more than can be computed yet.",
            pointer="/substance",
            code="not-supported",
        )


def read_regimen(request: Mapping[str, Any], substance: Substance) -> Regimen:
    """The doses or the pattern of a request as a `Regimen`.

    Raises
    ------
    InputError
        A route or a salt has no meaning for the substance.
    """
    if request.get("pattern"):
        asked = request["pattern"]
        route, amount = _route(asked, substance, "/pattern"), _amount(asked, substance, "/pattern")
        return from_end([
            pattern_train(asked["frequency"], amount, route, asked.get("duration_min", 0.0) / 60.0, asked.get("for_days"))
        ])  # fmt: skip
    doses = request.get("doses") or []
    starts = [dose["start"] for dose in doses if dose.get("start") is not None]
    origin = min(starts) if starts else None
    trains = []
    for i, dose in enumerate(doses):
        pointer = f"/doses/{i}"
        start = dose.get("start_h") or 0.0
        if origin is not None:
            start = (dose["start"] - origin).total_seconds() / 3600.0
        repeat = dose.get("repeat") or {"every_h": 0.0, "count": 1}
        duration = dose.get("duration_min", 0.0) / 60.0
        route, amount = _route(dose, substance, pointer), _amount(dose, substance, pointer)
        trains.append(Train(amount, route, start, duration, repeat["every_h"], repeat["count"], pointer))
    return from_end(trains, origin)


def _route(dose: Mapping[str, Any], substance: Substance, pointer: str) -> str:
    route = catalog.resolve_route(substance, dose["route"], pointer=f"{pointer}/route")
    if dose.get("duration_min") and not route.accepts_duration:
        allowed = [r.id for r in substance.routes.values() if r.accepts_duration]
        raise NotSupported(
            "Only an infusion has a duration; leave it out for this route.",
            pointer=f"{pointer}/duration_min", code="not-supported", allowed=allowed,
        )  # fmt: skip
    return route.id


def _amount(dose: Mapping[str, Any], substance: Substance, pointer: str) -> Amount:
    per_kg = dose.get("amount_mg_per_kg") is not None
    amount = dose["amount_mg_per_kg"] if per_kg else dose["amount_mg"]
    low, high = (amount["low"], amount["high"]) if isinstance(amount, dict) else (amount, amount)
    salt = dose.get("basis", "base")
    if salt == "base":
        return Amount(low, high, per_kg)
    for known in substance.salts:
        if known.id == salt:
            return Amount(low * known.base_fraction.value, high * known.base_fraction.value, per_kg)
    raise NotSupported(
        f"{substance.name} has no data for this salt.",
        pointer=f"{pointer}/basis", code="unknown-salt", allowed=["base", *(known.id for known in substance.salts)],
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
