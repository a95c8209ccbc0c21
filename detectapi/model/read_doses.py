"""What a request says of the doses -> a `Regimen`: units, salts and brands resolved, amounts in free base, times from the end."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from detectapi.knowledge import catalog
from detectapi.values.errors import InputError, NotSupported, OutOfRange, UnknownSubstance
from detectapi.values.regimen import Amount, Regimen, Train, from_end, pattern_train, shifted
from detectapi.values.substance import Brand, Substance
from detectapi.values.units import KINDS

MASSES = {**KINDS["mg"], "mcg": KINDS["mg"]["ug"], "\u03bcg": KINDS["mg"]["ug"]}
"""Units of mass that a dose may have, in small letters, each in mg; micro is the Greek letter, as which NFKC reads both."""
RATES = {f"{mass}/h": size for mass, size in MASSES.items()}
"""Units of a dose that is given over hours. [mg/h]"""

HEAVIEST_KG = 200.0
"""Body weight at which the largest dose per kilogram is the largest single dose. [kg]"""


class Use(NamedTuple):
    """One substance with its doses; times are relative to the end of the last dose of all uses of the question.

    ``pointer`` is the place of the doses, or of the pattern, in the request.
    """

    substance: Substance
    regimen: Regimen
    pointer: str


def read_uses(request: Mapping[str, Any]) -> tuple[Use, ...]:
    """What a request says was used: one substance, or several.

    A pattern of use ends with the last dose of the question.

    Parameters
    ----------
    request : dict
        As `schemas.EstimateRequestSchema` loads it.

    Raises
    ------
    InputError
        When a word has no meaning here: substance, route, salt, unit; or an amount is more than the substance's `most_mg`.
    """
    several = request.get("uses")
    listed = [(f"/uses/{i}", use) for i, use in enumerate(several)] if several else [("", request)]
    substances = [_substance(use["substance"], f"{pointer}/substance") for pointer, use in listed]
    origin = min(
        (dose["start"] for _, use in listed for dose in use.get("doses") or () if dose.get("start")), default=None
    )
    trains = [
        _trains(use, substance, pointer, origin) for (pointer, use), substance in zip(listed, substances, strict=True)
    ]
    on_clock = [train for (_, use), own in zip(listed, trains, strict=True) if not use.get("pattern") for train in own]
    end = max((train.end for train in on_clock), default=0.0)
    regimens = [
        from_end(own) if use.get("pattern") or not own else shifted(own, -end)
        for (_, use), own in zip(listed, trains, strict=True)
    ]
    ended_at = origin + timedelta(hours=end) if origin is not None else None
    places = [f"{pointer}/pattern" if use.get("pattern") else f"{pointer}/doses" for pointer, use in listed]
    return tuple(
        Use(substance, replace(regimen, ended_at=ended_at), place)
        for substance, regimen, place in zip(substances, regimens, places, strict=True)
    )


def read_regimen(use: Mapping[str, Any], substance: Substance) -> Regimen:
    """The doses or the pattern of one use of a substance, relative to the end of its last dose.

    Parameters
    ----------
    use : dict
        With ``doses`` or ``pattern``, as in a request.
    substance : Substance

    Raises
    ------
    InputError
        As in `read_uses`.
    """
    origin = min((dose["start"] for dose in use.get("doses") or () if dose.get("start")), default=None)
    return from_end(_trains({"substance": substance.id, **use}, substance, "", origin), origin)


def _substance(word: str, pointer: str) -> Substance:
    try:
        return catalog.substance(word)
    except UnknownSubstance as error:
        raise UnknownSubstance(error.message, pointer=pointer, allowed=error.allowed) from None


def _trains(use: Mapping[str, Any], substance: Substance, pointer: str, origin: datetime | None) -> list[Train]:
    """The doses of one use, on the clock of the request. [h]"""
    brand = catalog.brand(substance, use["substance"])
    if use.get("pattern"):
        pattern, place = use["pattern"], f"{pointer}/pattern"
        route, amount = _route(pattern, substance, brand, place), _amount(pattern, substance, brand, place)
        duration = pattern.get("duration_min", 0.0) / 60.0
        train = pattern_train(pattern["frequency"], amount, route, duration, pattern.get("for_days"))
        return [replace(train, pointer=place)]
    trains = []
    for i, dose in enumerate(use.get("doses") or []):
        place = f"{pointer}/doses/{i}"
        start = dose.get("start_h") or 0.0
        if origin is not None:
            start = (dose["start"] - origin).total_seconds() / 3600.0
        repeat = dose.get("repeat") or {"every_h": 0.0, "count": 1}
        duration = dose.get("duration_min", 0.0) / 60.0
        route, amount = _route(dose, substance, brand, place), _amount(dose, substance, brand, place)
        trains.append(Train(amount, route, start, duration, repeat["every_h"], repeat["count"], place))
    return trains


def _route(dose: Mapping[str, Any], substance: Substance, brand: Brand | None, pointer: str) -> str:
    word = dose.get("route") or (brand.route if brand else None)
    if word is None:
        raise InputError("Missing.", pointer=f"{pointer}/route", code="required", allowed=list(substance.routes))
    route = catalog.resolve_route(substance, word, pointer=f"{pointer}/route")
    if dose.get("duration_min") and not route.accepts_duration:
        allowed = [r.id for r in substance.routes.values() if r.accepts_duration]
        raise NotSupported(
            "This route has no duration: leave it out.",
            pointer=f"{pointer}/duration_min", code="not-supported", allowed=allowed,
        )  # fmt: skip
    if catalog.is_worn(route) and not dose.get("duration_min"):
        raise InputError("Missing. Say for how long it was worn.", pointer=f"{pointer}/duration_min", code="required")
    return route.id


def _amount(dose: Mapping[str, Any], substance: Substance, brand: Brand | None, pointer: str) -> Amount:
    per_kg = dose.get("amount_mg_per_kg") is not None
    name = "amount_mg_per_kg" if per_kg else "amount" if "amount" in dose else "amount_mg"
    amount, place = dose[name], f"{pointer}/{name}"
    factor = _mg_in_unit(dose, substance, pointer) if name == "amount" else 1.0
    low, high = (amount["low"], amount["high"]) if isinstance(amount, dict) else (amount, amount)
    most = substance.most_mg / (HEAVIEST_KG if per_kg else factor)
    if high > most:
        raise OutOfRange(f"At most {most:g} of {substance.name} in this unit.", pointer=place, allowed=[0, most])
    factor *= _base_fraction(dose, substance, brand, pointer)
    return Amount(low * factor, high * factor, per_kg)


def _mg_in_unit(dose: Mapping[str, Any], substance: Substance, pointer: str) -> float:
    """What one of the unit of an amount holds; of a rate, over the duration of the dose. [mg]"""
    word = unicodedata.normalize("NFKC", dose["unit"]).strip().lower()
    if word in MASSES:
        return MASSES[word]
    if word in RATES:
        if not dose.get("duration_min"):
            raise InputError(
                "Missing. An amount per hour needs how long it was given.", pointer=f"{pointer}/duration_min", code="required"
            )  # fmt: skip
        return float(RATES[word] * dose["duration_min"] / 60.0)
    for unit in substance.dose_units:
        if word in (unit.id, unit.name.lower()):
            return unit.amount.value
    allowed = [*KINDS["mg"], "mg/h", "ug/h", *(unit.id for unit in substance.dose_units)]
    raise NotSupported(
        f"{substance.name} has no data for this unit.", pointer=f"{pointer}/unit", code="unknown-unit", allowed=allowed
    )


def _base_fraction(dose: Mapping[str, Any], substance: Substance, brand: Brand | None, pointer: str) -> float:
    """Free base in one of the amount, by the salt that the question states, else by that of the brand. [-]"""
    salt = dose.get("basis") or (brand.salt if brand else None) or "base"
    if salt == "base":
        return 1.0
    for known in substance.salts:
        if known.id == salt:
            return known.base_fraction.value
    raise NotSupported(
        f"{substance.name} has no data for this salt.",
        pointer=f"{pointer}/basis", code="unknown-salt", allowed=["base", *(known.id for known in substance.salts)],
    )  # fmt: skip
