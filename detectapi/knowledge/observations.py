"""What studies saw and what people are told, read from ``data/observations/*.toml``.

`schemas.observation` says what a file looks like; here it is checked for meaning and becomes the frozen values of
`detectapi.values.observation`. Times of a row follow the clock of its study's sampling; a detection time always counts from
the end of the last dose.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from detectapi.knowledge import DATA
from detectapi.knowledge.catalog.reading import reading
from detectapi.knowledge.catalog.registries import references
from detectapi.values.errors import CatalogError
from detectapi.values.observation import Claim, Observation, Sampling, Spread, Study
from detectapi.values.units import KINDS, convert
from schemas.error import problems
from schemas.observation import DEFAULTS, ObservationFileSchema

UNITS = {
    "detection_time": "h",
    "auc": "ng*h/mL",
    "cmax": "ng/mL",
    "tmax": "h",
    "half_life": "h",
    "half_life_per_ph": "h",
    "mean_residence_time": "h",
    "clearance": "L/h",
    "clearance_per_kg": "L/h/kg",
    "renal_clearance": "mL/min",
    "volume_steady_state": "L",
    "volume_per_kg": "L/kg",
    "plasma_concentration": "ng/mL",
    "plasma_molarity": "umol/L",
    "urine_concentration": "ng/mL",
    "urine_peak": "ng/mL",
    "urine_peak_time": "h",
    "daily_amount": "mg",
    "urine_flow": "mL/h",
    "urine_osmolality": "mosm/kg",
    "urine_creatinine": "mg/dL",
    "creatinine_excretion": "mg/kg/d",
    "dilution_time": "h",
}
"""Canonical unit of each quantity; 1 for what is not listed. A file may use another unit of the same kind."""

RATIOS = ("auc_ratio", "plasma_ratio", "urine_ratio")
WITHOUT_ANALYTE = (
    "total_recovery", "daily_amount", "urine_flow", "urine_osmolality", "urine_specific_gravity", "urine_ph",
    "urine_creatinine", "creatinine_excretion", "dilution_time", "specimen_share",
)  # fmt: skip
EVIDENCE_OF_STATUS = {
    "read": (
        "primary-text", "primary-abstract", "label", "sponsor", "registry", "regulation", "laboratory", "web-page",
    ),
    "second-hand": ("transcription", "digitised", "secondary-page"),
    "recalled": ("memory",),
}  # fmt: skip
"""A number is read only in its own source; a copy, a figure read by another or memory are less, and say so."""


def observations(substance: str | None = None) -> tuple[Observation, ...]:
    """Every observation, or those of one substance, in the order of the files.

    Raises
    ------
    CatalogError
        Naming the file and the place.
    """
    return tuple(row for row in _all()[0] if substance in (None, row.study.substance))


def claims(substance: str | None = None) -> tuple[Claim, ...]:
    """Every static claim, or those of one substance."""
    return tuple(claim for claim in _all()[1] if substance in (None, claim.substance))


@lru_cache(maxsize=1)
def _all() -> tuple[tuple[Observation, ...], tuple[Claim, ...]]:
    return read_folder(DATA)


def question(study: Study, compared: bool = False) -> dict[str, Any]:
    """The request a study amounts to: substance, doses and circumstances, without assay and options.

    Parameters
    ----------
    study : Study
        One with doses.
    compared : bool
        Under ``compared_with`` instead of ``given``.
    """
    circumstances = (study.compared_with or {}) if compared else study.given
    doses = [{key: value for key, value in dose.items() if value is not None} for dose in study.doses or ()]
    return {
        "substance": study.substance,
        "doses": doses,
        **{name: value for name, value in circumstances.items() if name != "words"},
    }


def read_folder(data: Path) -> tuple[tuple[Observation, ...], tuple[Claim, ...]]:
    """The observations and claims of a data folder, with its ``references*.toml``.

    Parameters
    ----------
    data : Path
        Holds ``observations/*.toml``.
    """
    known = {}
    for file in sorted(data.glob("references*.toml")):
        with reading(file.read_bytes(), file.name) as root:
            known |= references(root)
    rows: list[Observation] = []
    stated: list[Claim] = []
    for file in sorted((data / "observations").glob("*.toml")):
        name = f"observations/{file.name}"
        form = _load(file.read_bytes(), name)
        if form["id"] != file.stem:
            raise CatalogError(f"{name}: id: must be the name of the file")
        for study in form["studies"]:
            rows += _study_rows(name, study)
        stated += [_claim(name, claim) for claim in form["claims"]]
    _check_together(rows, stated, known)
    return tuple(rows), tuple(stated)


def _load(content: bytes, name: str) -> dict[str, Any]:
    try:
        return ObservationFileSchema().load(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{name}: not TOML: {error}") from error
    except ValidationError as error:
        pointer, _, detail, _ = problems(error.messages)[0]
        raise CatalogError(f"{name}: {pointer or 'the file'}: {detail}") from None


def _study_rows(file: str, form: Mapping[str, Any]) -> Iterator[Observation]:
    given = form.get("given", {})
    study = Study(
        id=form["id"],
        source=form["source"],
        substance=form["substance"],
        population=form["population"],
        n=form.get("n"),
        doses=tuple(MappingProxyType(dose) for dose in form["doses"]) if "doses" in form else None,
        given=MappingProxyType(given),
        compared_with=MappingProxyType(form["compared_with"]) if "compared_with" in form else None,
        sampling=_sampling(form.get("sampling")),
        recalled=tuple(form["recalled"]),
        assumed=MappingProxyType({item["field"]: item["reason"] for item in form["assumed"]}),
        note=form.get("note", ""),
    )
    for field in (*study.recalled, *study.assumed):
        if field not in form:
            raise CatalogError(f"{file}: {study.id}: {field} is called recalled or assumed but is not there")
    inherited = {key: form[key] for key in DEFAULTS if key in form}
    for row in form["rows"]:
        yield _observation(file, study, inherited | row)


def _sampling(form: Mapping[str, Any] | None) -> Sampling | None:
    if form is None:
        return None
    numbers = {key: form.get(key) for key in ("every_h", "from_h", "until_h")}
    return Sampling(form["matrix"], form["kind"], form["clock"], times_h=tuple(form.get("times_h", ())), **numbers)


def _observation(file: str, study: Study, row: Mapping[str, Any]) -> Observation:
    place = f"{file}: {row['id']}"
    for key in ("status", "evidence", "split"):
        if key not in row:
            raise CatalogError(f"{place}: {key} is missing, here and in the study")
    unit = "1" if row["fold"] else UNITS.get(row["quantity"], "1")
    values = tuple(_canonical(place, value, row["unit"], unit) for value in row.get("values", ()))
    read = Observation(
        file=file,
        study=study,
        unit=unit,
        values=values,
        **{key: row[key] for key in ("id", "quantity", "statistic", "fold", "status", "evidence", "split", "tuned")},
        **{key: row.get(key) for key in ("rule", "relative_to", "ratio_of", "enantiomer", "assay", "cutoff_ng_ml")},
        **{key: row.get(key) for key in ("locator", "same_as")},
        **{key: _optional(place, row, key, unit) for key in ("value", "low", "high")},
        **{key: tuple(row.get(key, ())) for key in ("analytes", "time_h", "recalled")},
        spread=_spread(place, row.get("spread"), row["unit"], unit),
        count=(row["count"]["positive"], row["count"]["of"]) if "count" in row else None,
        n=row.get("n", study.n),
        note=row.get("note", ""),
    )
    for wrong, message in _mistakes(read):
        if wrong:
            raise CatalogError(f"{place}: {message}")
    return read


def _mistakes(row: Observation) -> Iterator[tuple[bool, str]]:
    """What a row must not be, each with its message."""
    study = row.study
    several = len(row.analytes) > 1
    yield row.evidence not in EVIDENCE_OF_STATUS[row.status], f"{row.evidence} is no evidence of what is {row.status}"
    yield (row.low is None) != (row.high is None), "low and high belong together"
    yield row.low is not None and row.low > row.high, "low must not be above high"
    yield row.statistic.startswith("range") and row.low is None, "a range has low and high"
    yield len(row.time_h) != len(row.values), "each of values needs its time in time_h"
    yield list(row.time_h) != sorted(set(row.time_h)), "time_h must increase"
    yield row.fold and study.compared_with is None, "a fold change needs the study's compared_with"
    yield bool(row.analytes) == (row.quantity in WITHOUT_ANALYTE), "analytes are missing, or do not belong here"
    yield several != (row.rule is not None), "several analytes need a rule, one has none"
    yield (row.quantity in RATIOS) != (row.relative_to is not None), "a ratio needs relative_to, nothing else has it"
    yield (row.quantity in RATIOS) != (row.ratio_of is not None), "a ratio is of mass or of moles"
    yield (row.statistic == "share") != (row.quantity.endswith("_share")), "a share is the statistic of shares only"
    yield row.count is not None and row.count[0] > row.count[1], "count: more than all"
    yield row.quantity == "detection_time" and row.cutoff_ng_ml is None, "a detection time needs its cutoff"
    yield row.quantity == "detection_time" and study.sampling is None, "a detection time needs its study's sampling"
    yield row.split == "calibration" and study.doses is None, "calibration needs doses"
    yield row.split == "calibration" and row.same_as is not None, "what restates another row is not calibrated on"


def _claim(file: str, form: Mapping[str, Any]) -> Claim:
    place = f"{file}: {form['id']}"
    if form["evidence"] not in EVIDENCE_OF_STATUS[form["status"]]:
        raise CatalogError(f"{place}: {form['evidence']} is no evidence of what is {form['status']}")
    if len({"low", "high", "unit"} & set(form)) not in (0, 3):
        raise CatalogError(f"{place}: low, high and unit belong together")
    low, high = (convert(form[key], form["unit"], "h") if key in form else None for key in ("low", "high"))
    if low is not None and low > high:
        raise CatalogError(f"{place}: low must not be above high")
    return Claim(
        file=file,
        low_h=low,
        high_h=high,
        analytes=tuple(form["analytes"]),
        cutoff_ng_ml=form.get("cutoff_ng_ml"),
        note=form.get("note", ""),
        **{key: form[key] for key in ("id", "source", "substance", "says", "claim", "pattern")},
        **{key: form[key] for key in ("status", "evidence", "split")},
    )


def _canonical(place: str, value: float, unit: str, to: str) -> float:
    if to not in KINDS:  # concentrations times time, per kilogram: written in the canonical unit only
        if unit != to:
            raise CatalogError(f"{place}: unit must be {to}")
        return value
    try:
        return convert(value, unit, to)
    except ValueError as error:
        raise CatalogError(f"{place}: {error}") from error


def _optional(place: str, row: Mapping[str, Any], key: str, unit: str) -> float | None:
    return _canonical(place, row[key], row["unit"], unit) if key in row else None


def _spread(place: str, form: Mapping[str, float] | None, unit: str, to: str) -> Spread | None:
    if form is None:
        return None
    if "ci_low" in form:
        if {"ci_low", "ci_high", "ci_level"} - set(form):
            raise CatalogError(f"{place}: an interval has ci_low, ci_high and ci_level")
        low, high = (_canonical(place, form[key], unit, to) for key in ("ci_low", "ci_high"))
        return Spread("ci", low=low, high=high, level=form["ci_level"])
    ((kind, value),) = form.items()
    return Spread(kind, value if kind in ("cv", "gsd") else _canonical(place, value, unit, to))


def _check_together(rows: list[Observation], stated: list[Claim], known: Mapping[str, Any]) -> None:
    """What only all files together can tell: ids occur once, sources exist and fit, a restated row is there."""
    by_id: dict[str, Observation | Claim] = {}
    for item in (*rows, *stated):
        if item.id in by_id:
            raise CatalogError(f"{item.file}: {item.id}: an observation of this id is already there")
        by_id[item.id] = item
        source = item.study.source if isinstance(item, Observation) else item.source
        if source not in known:
            raise CatalogError(f"{item.file}: {item.id}: {source} is in no references file")
        if item.status != "recalled" and known[source].access == "recalled":
            raise CatalogError(f"{item.file}: {item.id}: {source} was recalled only, and so must be the row")
    for row in rows:
        if row.same_as is not None and row.same_as not in by_id:
            raise CatalogError(f"{row.file}: {row.id}: same_as names no row")
