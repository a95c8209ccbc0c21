"""What studies measured and what people are told, read from ``data/observations/*.toml``.

`schemas.observation` has the form of a file. This module checks its meaning and makes the frozen values of
`detectapi.values.observation`. The times of a row are on the clock of its study's sampling; a detection time always counts
from the end of the last dose.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from detectapi.knowledge import DATA
from detectapi.knowledge.catalog.reading import reading
from detectapi.knowledge.catalog.registries import Reference, references
from detectapi.values.errors import CatalogError, Mistake
from detectapi.values.observation import Claim, Observation, Sampling, Spread, Study
from detectapi.values.units import KINDS, convert
from schemas.error import Flat, loaded
from schemas.observation import DEFAULTS, ObservationFileSchema

UNITS = {
    "detection_time": "h",
    "first_negative": "h",
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
"""Canonical unit of each quantity, 1 for those that are not listed. A file may use another unit of the same kind."""

OF_A_SERIES = ("detection_time", "first_negative")
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
"""The kinds of evidence for each status: only its own source makes a number read."""


class Place(NamedTuple):
    """Where a row or claim stands: its file and its id."""

    file: str
    id: str


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
    """The request that describes a study: substance, doses and circumstances, without assay and options.

    Parameters
    ----------
    study : Study
        It has doses.
    compared : bool
        With the circumstances of ``compared_with``, not those of ``given``.
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

    Raises
    ------
    CatalogError
        With one line for each mistake.
    """
    known: dict[str, Reference] = {}
    for file in sorted(data.glob("references*.toml")):
        with reading(file.read_bytes(), file.name) as root:
            known |= references(root)
    mistakes: list[Mistake] = []
    rows: list[Observation] = []
    stated: list[Claim] = []
    for file in sorted((data / "observations").glob("*.toml")):
        name = f"observations/{file.name}"
        content = _load(file.read_bytes(), name, mistakes)
        if content.get("id", file.stem) != file.stem:
            mistakes.append(Mistake(name, "id", "must be the name of the file"))
        for study in content.get("studies", ()):
            rows += _study_rows(name, study, mistakes)
        for claim in content.get("claims", ()):
            with _noting(mistakes):
                stated.append(_claim(name, claim))
    mistakes += _mistakes_together(rows, stated, known)
    if mistakes:
        raise CatalogError.of(mistakes)
    return tuple(rows), tuple(stated)


@contextmanager
def _noting(mistakes: list[Mistake]) -> Iterator[None]:
    """Note the mistakes of one row or claim, and go on with the next."""
    try:
        yield
    except CatalogError as error:
        mistakes += error.mistakes


def _wrong(place: Place, message: str) -> CatalogError:
    return CatalogError.of([Mistake(*place, message)])


def form(content: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Flat]]:
    """A file as its form has it; nothing of it, and the problems, where the form is wrong."""
    read, wrong = loaded(ObservationFileSchema(), content)
    return read or {}, wrong


def _load(content: bytes, name: str, mistakes: list[Mistake]) -> Mapping[str, Any]:
    try:
        read, wrong = form(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(Mistake(name, "", f"not TOML: {error}"))
        return {}
    mistakes += [Mistake(name, pointer, detail) for pointer, _, detail, _ in wrong]
    return read


def _study_rows(file: str, entry: Mapping[str, Any], mistakes: list[Mistake]) -> Iterator[Observation]:
    study = read_study(entry)
    for field in (*study.recalled, *study.assumed):
        if field not in entry:
            mistakes.append(Mistake(file, study.id, f"{field} is called recalled or assumed but is not there"))
    inherited = {key: entry[key] for key in DEFAULTS if key in entry}
    for row in entry["rows"]:
        with _noting(mistakes):
            observation = read_row(file, study, inherited | row)
            wrong = [Mistake(file, observation.id, message) for _, message in wrongs(observation)]
            if wrong:
                raise CatalogError.of(wrong)
            yield observation


def read_study(entry: Mapping[str, Any]) -> Study:
    """A study from an entry of a file, as its form has it."""
    return Study(
        id=entry["id"],
        source=entry["source"],
        substance=entry["substance"],
        population=entry["population"],
        n=entry.get("n"),
        doses=tuple(MappingProxyType(dose) for dose in entry["doses"]) if "doses" in entry else None,
        given=MappingProxyType(entry.get("given", {})),
        compared_with=MappingProxyType(entry["compared_with"]) if "compared_with" in entry else None,
        sampling=_sampling(entry.get("sampling")),
        recalled=tuple(entry["recalled"]),
        assumed=MappingProxyType({item["field"]: item["reason"] for item in entry["assumed"]}),
        note=entry.get("note", ""),
    )


def _sampling(entry: Mapping[str, Any] | None) -> Sampling | None:
    if entry is None:
        return None
    numbers = {key: entry.get(key) for key in ("every_h", "from_h", "until_h")}
    return Sampling(entry["matrix"], entry["kind"], entry["clock"], times_h=tuple(entry.get("times_h", ())), **numbers)


def read_row(file: str, study: Study, row: Mapping[str, Any]) -> Observation:
    """A row of a study, from an entry of a file as its form has it, with what the study hands down.

    Raises
    ------
    CatalogError
        Something that every row needs is missing, or a unit is of another kind. `wrongs` has the rest.
    """
    place = Place(file, row["id"])
    for key in ("status", "evidence", "split"):
        if key not in row:
            raise _wrong(place, f"{key} is missing, here and in the study")
    unit = "1" if row["fold"] else UNITS.get(row["quantity"], "1")
    names = ("id", "quantity", "statistic", "fold", "status", "evidence", "split", "tuned", "hydrolysed")
    optional = ("rule", "relative_to", "ratio_of", "enantiomer", "assay", "cutoff_ng_ml", "locator", "same_as")
    content: dict[str, Any] = {key: row[key] for key in names} | {key: row.get(key) for key in optional}
    content |= {key: _optional(place, row, key, unit) for key in ("value", "low", "high")}
    content |= {key: tuple(row.get(key, ())) for key in ("analytes", "time_h", "recalled")}
    return Observation(
        file=file,
        study=study,
        unit=unit,
        values=tuple(_canonical(place, value, row["unit"], unit) for value in row.get("values", ())),
        spread=_spread(place, row.get("spread"), row["unit"], unit),
        count=(row["count"]["positive"], row["count"]["of"]) if "count" in row else None,
        n=row.get("n", study.n),
        note=row.get("note", ""),
        **content,
    )


def wrongs(row: Observation) -> Iterator[tuple[str, str]]:
    """What a row must not be and is: the field that is to be corrected, and the message."""
    study = row.study
    several = len(row.analytes) > 1
    timed = row.quantity in OF_A_SERIES
    turned = row.low is not None and row.high is not None and row.low > row.high
    tried = (
        ("evidence", row.evidence not in EVIDENCE_OF_STATUS[row.status], f"{row.evidence} is no evidence of what is {row.status}"),
        ("high", (row.low is None) != (row.high is None), "low and high belong together"),
        ("high", turned, "low must not be above high"),
        ("low", row.statistic.startswith("range") and row.low is None, "a range has low and high"),
        ("time_h", len(row.time_h) != len(row.values), "each of values needs its time in time_h"),
        ("time_h", list(row.time_h) != sorted(set(row.time_h)), "time_h must increase"),
        ("compared_with", row.fold and study.compared_with is None, "a fold change needs the study's compared_with"),
        ("analytes", bool(row.analytes) == (row.quantity in WITHOUT_ANALYTE), "analytes are missing, or do not belong here"),
        ("rule", several != (row.rule is not None), "several analytes need a rule, one has none"),
        ("relative_to", (row.quantity in RATIOS) != (row.relative_to is not None), "a ratio needs relative_to, others have none"),
        ("ratio_of", (row.quantity in RATIOS) != (row.ratio_of is not None), "a ratio is of mass or of moles"),
        ("statistic", (row.statistic == "share") != row.quantity.endswith("_share"), "a share is the statistic of shares only"),
        ("count", row.count is not None and row.count[0] > row.count[1], "count: more than all"),
        ("cutoff_ng_ml", timed and row.cutoff_ng_ml is None, "a detection time needs its cutoff"),
        ("sampling", timed and study.sampling is None, "a detection time needs its study's sampling"),
        ("doses", row.split == "calibration" and study.doses is None, "calibration needs doses"),
        ("same_as", row.split == "calibration" and row.same_as is not None, "a row that restates another is not calibrated on"),
    )  # fmt: skip
    yield from ((field, message) for field, wrong, message in tried if wrong)


def _claim(file: str, entry: Mapping[str, Any]) -> Claim:
    place = Place(file, entry["id"])
    if entry["evidence"] not in EVIDENCE_OF_STATUS[entry["status"]]:
        raise _wrong(place, f"{entry['evidence']} is no evidence of what is {entry['status']}")
    if len({"low", "high", "unit"} & set(entry)) not in (0, 3):
        raise _wrong(place, "low, high and unit belong together")
    low, high = (convert(entry[key], entry["unit"], "h") if key in entry else None for key in ("low", "high"))
    if low is not None and high is not None and low > high:
        raise _wrong(place, "low must not be above high")
    names = ("id", "source", "substance", "says", "claim", "pattern", "status", "evidence", "split")
    return Claim(
        file=file,
        low_h=low,
        high_h=high,
        analytes=tuple(entry["analytes"]),
        cutoff_ng_ml=entry.get("cutoff_ng_ml"),
        note=entry.get("note", ""),
        **{key: entry[key] for key in names},
    )


def _canonical(place: Place, value: float, unit: str, to: str) -> float:
    if to not in KINDS:  # concentrations times time, per kilogram: written in the canonical unit only
        if unit != to:
            raise _wrong(place, f"unit must be {to}")
        return value
    try:
        return convert(value, unit, to)
    except ValueError as error:
        raise _wrong(place, str(error)) from error


def _optional(place: Place, row: Mapping[str, Any], key: str, unit: str) -> float | None:
    return _canonical(place, row[key], row["unit"], unit) if key in row else None


def _spread(place: Place, entry: Mapping[str, float] | None, unit: str, to: str) -> Spread | None:
    if entry is None:
        return None
    if "ci_low" in entry:
        if {"ci_low", "ci_high", "ci_level"} - set(entry):
            raise _wrong(place, "an interval has ci_low, ci_high and ci_level")
        low, high = (_canonical(place, entry[key], unit, to) for key in ("ci_low", "ci_high"))
        return Spread("ci", low=low, high=high, level=entry["ci_level"])
    ((kind, value),) = entry.items()
    return Spread(kind, value if kind in ("cv", "gsd") else _canonical(place, value, unit, to))


def _mistakes_together(
    rows: list[Observation], stated: list[Claim], known: Mapping[str, Reference]
) -> Iterator[Mistake]:
    """Mistakes that only all files together show: ids occur once, sources exist and fit, a restated row exists."""
    by_id: dict[str, Observation | Claim] = {}
    items: list[Observation | Claim] = [*rows, *stated]
    for item in items:
        if item.id in by_id:
            yield Mistake(item.file, item.id, "an observation of this id exists already")
        by_id[item.id] = item
        source = item.study.source if isinstance(item, Observation) else item.source
        if source not in known:
            yield Mistake(item.file, item.id, f"{source} is in no references file")
        elif item.status != "recalled" and known[source].access == "recalled":
            yield Mistake(item.file, item.id, f"{source} was recalled only, and so must be the row")
    for row in rows:
        if row.same_as is not None and row.same_as not in by_id:
            yield Mistake(row.file, row.id, "same_as names no row")
