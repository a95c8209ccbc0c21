"""What a request tells about person and urine -> `Physiology`; what no answer can be given for is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from detectapi.inputs.known import KnownInputs, read_known
from detectapi.knowledge import catalog
from detectapi.model.norms import Norms
from detectapi.model.physiology import Physiology
from detectapi.model.sample_kidneys import CLEARANCE, CREATININE
from detectapi.values.errors import InputError, NotSupported
from detectapi.values.physiology import PhysiologyData

YOUNGEST = 0.5
"""Below this age enzymes of the liver and kidneys still mature, and nothing here says how fast. [years]"""
CREATININE_FROM = 2.0
"""Below this age creatinine in blood says little of the kidneys. [years]"""

EQUATIONS = ("ckd-epi-2021", "ekfc", "ckid-u25", "bedside-schwartz")
NEEDS_HEIGHT = ("ckid-u25", "bedside-schwartz")
METHODS = {
    "egfr_ml_min_1_73m2": ("estimated", "measured", *EQUATIONS),
    CLEARANCE: ("estimated", "timed-collection", "cockcroft-gault"),
    **dict.fromkeys(CREATININE, ("estimated", *EQUATIONS)),
}
"""Which methods a measure of kidney function may have been found by."""
IN_PREGNANCY = ("measured", "timed-collection")
"""Methods that hold in pregnancy: those that do not read kidney function from creatinine in blood."""

_norms: Norms | None = None


def norms_of(data: PhysiologyData) -> Norms:
    """What is usual in the population, made once for the same data."""
    global _norms  # noqa: PLW0603 - one entry of a cache that is keyed by identity
    if _norms is None or _norms.data is not data:
        _norms = Norms(data)
    return _norms


def read_physiology(request: Mapping[str, Any]) -> Physiology:
    """What a request tells about person and urine, with the population's values for the rest.

    Parameters
    ----------
    request : dict
        A loaded request.

    Raises
    ------
    InputError
        When no answer can be given for such a person, or what is told does not go together.
    """
    data = catalog.physiology()
    known = read_known(request, data.ckd_stages)
    _check(request, known, data)
    physiology = Physiology(known, norms_of(data))
    _check_inferred_age(physiology.known)
    return physiology


def _check(request: Mapping[str, Any], known: KnownInputs, data: PhysiologyData) -> None:
    renal = request.get("renal") or {}
    if renal.get("dialysis") == "yes":
        raise NotSupported(
            "There is no answer for people on dialysis: how much urine is left differs from person to person, and each treatment"
            " changes clearance. Ask the kidney clinic.",
            pointer="/renal/dialysis",
        )
    if renal.get("creatinine_changing") == "yes":
        raise NotSupported(
            "There is no answer while kidney function is changing: every estimate of it takes a steady creatinine for granted. Ask"
            " again once creatinine in blood has been steady for some days.",
            pointer="/renal/creatinine_changing",
        )
    _check_age(request, known)
    _check_pregnancy(request, known)
    _check_method(request, known, data)


def _check_age(request: Mapping[str, Any], known: KnownInputs) -> None:
    youngest = _lowest((request.get("person") or {}).get("age_y"))
    if youngest is None:
        return
    if youngest < YOUNGEST:
        _too_young("/person/age_y")
    if known.renal_measure in CREATININE and youngest < CREATININE_FROM:
        raise NotSupported(
            "Below 2 years creatinine in blood says little of the kidneys. Leave it out, or give a GFR that was measured.",
            pointer=f"/renal/{known.renal_measure}",
        )


def _lowest(value: Any) -> float | None:
    lowest: float | None = value["low"] if isinstance(value, Mapping) else value
    return lowest


def _too_young(pointer: str) -> NoReturn:
    raise NotSupported(
        "There is no answer below 6 months of age: liver and kidneys mature too fast for what is known.",
        pointer=pointer,
    )


def _check_inferred_age(known: KnownInputs) -> None:
    if "age_y" in known.inferred and known.distributions["age_y"].centre < YOUNGEST:
        _too_young("/person/weight_kg" if "weight_kg" in known.distributions else "/person/height_cm")


def _check_pregnancy(request: Mapping[str, Any], known: KnownInputs) -> None:
    if not known.pregnant:
        return
    if known.sex == "male":
        raise InputError("Not for a man.", pointer="/person/pregnant", code="conflict")
    if known.renal_measure is not None and known.renal_method not in IN_PREGNANCY:
        raise NotSupported(
            "In pregnancy creatinine in blood falls for more reasons than one, and equations mislead. Leave kidney function out, or"
            " give one that was measured, or found by urine collected over a known time, with its method.",
            pointer=_pointer_to_measure(request),
        )


def _pointer_to_measure(request: Mapping[str, Any]) -> str:
    renal = request.get("renal") or {}
    return "/renal/" + next(name for name in (*METHODS, "ckd_stage") if renal.get(name) is not None)


def _check_method(request: Mapping[str, Any], known: KnownInputs, data: PhysiologyData) -> None:
    method = known.renal_method
    if method is None:
        return
    if known.renal_measure is None:
        raise InputError("Give the kidney function that was found this way.", pointer="/renal/method", code="required")
    if method not in METHODS[known.renal_measure]:
        raise InputError(
            "Kidney function in this unit is not found this way.",
            pointer="/renal/method", code="conflict", allowed=METHODS[known.renal_measure],
        )  # fmt: skip
    for detail in _outside_its_range(request, known, data):
        raise NotSupported(detail, pointer="/renal/method")


def _outside_its_range(request: Mapping[str, Any], known: KnownInputs, data: PhysiologyData) -> Iterator[str]:
    """Why an equation does not hold for this person."""
    name, age = known.renal_method or "", known.distributions.get("age_y")
    if name not in data.gfr_methods or name == "estimated":
        return
    method, computed = data.gfr_methods[name], known.renal_measure in CREATININE
    if age is not None and not method.youngest <= float(age.centre) <= method.oldest:
        ages = (
            f"from {method.youngest:g} to {method.oldest:g} years"
            if method.oldest < 100.0
            else f"from {method.youngest:g} years"
        )
        yield f"{method.name} holds {ages}. Leave the method out, and creatinine is read by the equation for this age."
    if computed and name in NEEDS_HEIGHT and (request.get("person") or {}).get("height_cm") is None:
        yield f"{method.name} needs the height."
