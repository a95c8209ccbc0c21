"""Substances and assays as plain data for people and programs, every number with its source written out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from detectapi.knowledge.catalog.registries import Reference
from detectapi.values.assay import Assay, Component, RegisteredAssay
from detectapi.values.substance import Effect, Moiety, Origin, Parameter, Quantity, Route, Substance, WordCovariate

References = Mapping[str, Reference]
NOTE_CONDITIONS = ("routes", "patterns", "analytes", "hydrolysed", "inputs")


def substance_card(substance: Substance, references: References) -> dict[str, Any]:
    """Everything known of a substance."""
    model = substance.half_life_model
    return {
        "id": substance.id,
        "name": substance.name,
        "aliases": list(substance.aliases),
        "description": substance.description,
        "revision": substance.revision,
        "reviewed": substance.reviewed,
        "sha256": substance.sha256,
        "default_assay": substance.default_assay,
        "analytes": [moiety.id for moiety in substance.moieties if not moiety.no_analyte],
        "salts": [
            {"id": salt.id, "base_fraction": _quantity(salt.base_fraction, references)} for salt in substance.salts
        ],
        "moieties": [_moiety(moiety, references) for moiety in substance.moieties],
        "routes": [_route(route) for route in substance.routes.values()],
        "parameters": [_parameter(parameter, references) for parameter in substance.parameters.values()],
        "correlations": [
            {"parameters": list(item.parameters), "value": item.value, "origin": origin_card(item.origin, references)}
            for item in substance.correlations
        ],
        "half_life_model": {
            "half_lives": [
                {
                    "routes": list(item.routes),
                    "low": item.low,
                    "high": item.high,
                    "unit": item.unit,
                    "claim": item.claim,
                    "origin": origin_card(item.origin, references),
                }
                for item in model.half_lives
            ],
            "fraction_excreted": {name: _quantity(item, references) for name, item in model.fraction_excreted.items()},
        },
        "evidence": [
            {
                "grade": rule.grade,
                "because": rule.because,
                **_conditions(rule, ("routes", "patterns", "analytes", "hydrolysed", "above_mg")),
                "sources": [_source(citekey, references) for citekey in rule.sources],
            }
            for rule in substance.evidence
        ],
        "notes": [{"code": n.code, "message": n.message, **_conditions(n, NOTE_CONDITIONS)} for n in substance.notes],
        "interactions": dict(substance.interactions),
        "covariates": [_covariate(covariate, references) for covariate in substance.covariates.values()],
        "dose_units": [
            {"id": unit.id, "name": unit.name, "amount": _quantity(unit.amount, references)}
            for unit in substance.dose_units
        ],
        "brands": [{"name": brand.name, "salt": brand.salt, "route": brand.route} for brand in substance.brands],
        "largest_dose_mg": substance.most_mg,
    }


def assay_card(registered: RegisteredAssay, references: References) -> dict[str, Any]:
    """Everything known of a registered assay; ``test`` is null without a cutoff in urine, ``because`` says why."""
    return {
        "id": registered.id,
        "name": registered.name,
        "issuer": registered.issuer,
        "date": registered.date,
        "group": registered.group or None,
        "common": registered.common,
        "kind": registered.kind,
        "method": registered.method,
        "stage": registered.stage,
        "substances": list(registered.substances),
        "test": None if registered.assay is None else _test(registered.assay, references),
        "because": registered.because,
        "limits_ng_ml": dict(registered.limits_ng_ml),
        "origin": origin_card(registered.origin, references),
    }


def _test(test: Assay, references: References) -> dict[str, Any]:
    """The rule of a test. Keys that only some tests have are left out for the others."""
    card: dict[str, Any] = {
        "rule": test.rule,
        "analytes": [_component(component) for component in test.components],
        "imprecision_cv": {"value": test.imprecision_cv, "origin": origin_card(test.imprecision_origin, references)},
    }
    if any(component.hydrolysed for component in test.components):
        split = test.hydrolysis_yield
        card["hydrolysis_yield"] = {
            "value": split.value, "uncertainty": {"sd": split.uncertainty}, "origin": origin_card(split.origin, references),
        }  # fmt: skip
    if test.kit_bias is not None:
        card["kit_bias"] = {"sd": test.kit_bias.log_sd, "origin": origin_card(test.kit_bias.origin, references)}
    if test.stages:
        card["stages"] = [{"id": stage.id, **_test(stage, references)} for stage in test.stages]
    return card


def _component(component: Component) -> dict[str, Any]:
    cutoff = "cutoff_ng_mg_creatinine" if component.per_creatinine else "cutoff_ng_ml"
    others = {name: weight for name, weight in component.weights.items() if name != component.analyte}
    card = {"analyte": component.analyte, cutoff: component.cutoff_ng_ml, "cross_reactivity": others}
    return {**card, "hydrolysed": True} if component.hydrolysed else card


def _moiety(moiety: Moiety, references: References) -> dict[str, Any]:
    return {
        "id": moiety.id,
        "name": moiety.name,
        "abbreviations": list(moiety.abbreviations),
        "formed_from": moiety.formed_from,
        "parents": list(moiety.parents),
        "conjugate_of": moiety.conjugate_of,
        "charge": moiety.charge,
        "total": moiety.total,
        "no_analyte": moiety.no_analyte or None,
        "peripherals": moiety.peripherals,
        "molar_mass": _quantity(moiety.molar_mass, references),
    }


def _covariate(covariate: WordCovariate, references: References) -> dict[str, Any]:
    words = [
        {"word": word, "share": share, "meaning": covariate.words[word]}
        for word, share in zip(covariate.words, covariate.shares, strict=True)
    ]
    return {
        "id": covariate.id,
        "name": covariate.name,
        "words": words,
        "origin": origin_card(covariate.origin, references),
    }


def _parameter(parameter: Parameter, references: References) -> dict[str, Any]:
    card: dict[str, Any] = {
        "name": parameter.name,
        "meaning": parameter.meaning,
        "value": parameter.value,
        "unit": parameter.unit,
        "low": parameter.low,
        "high": parameter.high,
        "scale": parameter.scale,
        "variability": {"between": parameter.between, "sd": parameter.variability},
        "uncertainty": {"sd": parameter.uncertainty},
        "hypothesis": parameter.hypothesis,
        "effects": [_effect(effect, references) for effect in parameter.effects],
        "origin": origin_card(parameter.origin, references),
    }
    if parameter.scale == "log":
        card["variability"]["cv"] = round(math.sqrt(math.expm1(parameter.variability**2)), 6)
    return card


def _effect(effect: Effect, references: References) -> dict[str, Any]:
    card: dict[str, Any] = {"covariate": effect.covariate, "form": effect.form}
    if effect.form == "category":
        card["factors"] = dict(effect.factors)
    else:
        card |= {"coefficient": effect.coefficient, "reference": effect.reference}
        if effect.clip is not None:
            card["clip"] = list(effect.clip)
    return {**card, "origin": origin_card(effect.origin, references)}


def _route(route: Route) -> dict[str, Any]:
    return {
        "id": route.id,
        "name": route.name,
        "accepts_duration": route.accepts_duration,
        "forms": [
            {
                "up_to_mg": form.up_to_mg,
                "paths": [
                    {"prefix": path.prefix, "kind": path.kind, "delivers": list(path.delivers), "lag": path.lag}
                    for path in form.paths
                ],
            }
            for form in route.forms
        ],
    }


def _conditions(rule: Any, names: tuple[str, ...]) -> dict[str, Any]:
    stated = {name: getattr(rule, name) for name in names if getattr(rule, name) is not None}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}


def _quantity(quantity: Quantity, references: References) -> dict[str, Any]:
    return {"value": quantity.value, "unit": quantity.unit, "origin": origin_card(quantity.origin, references)}


def origin_card(origin: Origin | None, references: References) -> dict[str, Any]:
    """The origin of a number: its basis, with source and locator, or with the reason why it is assumed."""
    if origin is None:
        raise ValueError("a number of the data has an origin")
    if origin.source is None:
        return {"basis": origin.basis, "reason": origin.reason}
    return {"basis": origin.basis, "source": _source(origin.source, references), "locator": origin.locator}


def _source(citekey: str, references: References) -> dict[str, Any]:
    reference = references[citekey]
    card = {"citekey": citekey, "citation": reference.citation, "access": reference.access}
    return {**card, "url": reference.url} if reference.url else card
