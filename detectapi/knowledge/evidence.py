"""The evidence of an answer: its grade, the rows of observations that it rests on, and the remarks of the data.

The rules are data: ``grades.toml`` defines the grades, ``coverage/<id>.json`` lists the uses that urine studies followed with the
verdict on the model, and the file of the substance has the words.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from detectapi.knowledge import DATA
from detectapi.values.assay import Reading

GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
"""The grades, the best founded first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of an answer: grade, reason, sources (citekeys), rows of observations (id and verdict)."""

    grade: str
    because: str
    sources: tuple[str, ...]
    rows: tuple[str, ...] = ()


def of(question, covariates: Mapping[str, Any]) -> Evidence:
    """The evidence of the answer to a question. Only the model as it is shipped was compared with studies.

    Parameters
    ----------
    question : Question
    covariates : dict
        As in `grade`.
    """
    if question.uses:
        return _of_several(question, covariates)
    regimen, other = question.regimen, _rules()["model"]
    if question.half_life is not None and regimen.count:
        return Evidence("extrapolated", other["half-life"], ())
    use = question.substance, regimen.routes, regimen.pattern, question.readings
    evidence = grade(*use, covariates, regimen.amounts, _cutoffs(question))
    if question.parameters != question.substance.parameters and regimen.count:
        weakest = max(evidence.grade, "extrapolated", key=GRADES.index)
        evidence = replace(evidence, grade=weakest, because=f"{other['adjusted']} {evidence.because}")
    return evidence


def _of_several(question, covariates: Mapping[str, Any]) -> Evidence:
    """The weakest evidence of several uses, with the substances that it is about. A use that the test does not see has none."""
    judged = [(use.substance, of(use, covariates)) for use in question.uses if use.analytes and use.regimen.count]
    if not judged:
        return of(question.uses[0], covariates)
    weakest = max((one.grade for _, one in judged), key=GRADES.index)
    decisive = [(substance, one) for substance, one in judged if one.grade == weakest]
    return Evidence(
        weakest,
        " ".join(f"{substance.name}: {one.because}" for substance, one in decisive),
        tuple(dict.fromkeys(source for _, one in decisive for source in one.sources)),
        tuple(dict.fromkeys(row for _, one in judged for row in one.rows)),
    )


def not_tested() -> Evidence:
    """The evidence of an answer that a test does not look for a substance: the list of the test itself."""
    rule = _rules()["not-tested"]
    return Evidence(rule["grade"], rule["because"], ())


def grade(
    substance, routes, pattern: str, analytes, covariates: Mapping[str, Any] | None = None, amounts=(), cutoffs=()
) -> Evidence:
    """The weakest grade among the analytes and routes of a question, with all reasons for that grade.

    Parameters
    ----------
    substance : Substance
    routes : sequence of str
    pattern : str
        A word of `Regimen.pattern`.
    analytes : sequence of str or Reading
        A name alone is that of a free analyte, or of a moiety that is read after hydrolysis only.
    covariates : dict, optional
        Numbers or arrays of the person, to compare with the people of the studies.
    amounts : sequence of float
        Single doses, to compare with those of the studies. [mg]
    cutoffs : sequence of (str, float)
        Analytes with their cutoffs, to compare with those of the studies. [ng/mL]
    """
    if pattern == "none":
        rule = _rules()["no-dose"]
        return Evidence(rule["grade"], rule["because"], ())
    largest = max(amounts, default=0.0)
    readings = _readings(substance, analytes)
    judged = [_judge(substance, route, pattern, reading, largest) for reading in readings for route in routes]
    weakest = max((e.grade for e in judged), key=GRADES.index)
    decisive = [e for e in judged if e.grade == weakest]
    rows = tuple(dict.fromkeys(r for e in judged for r in e.rows))
    beyond = [*_beyond_studies(substance, rows, amounts, cutoffs), *_beyond(covariates or {})]
    if beyond and GRADES.index(weakest) < GRADES.index("extrapolated"):
        weakest = "extrapolated"
    elif GRADES.index(weakest) > GRADES.index("extrapolated"):
        beyond = []
    because = " ".join(dict.fromkeys([*beyond, *(e.because for e in decisive)]))
    return Evidence(
        weakest,
        because,
        tuple(dict.fromkeys(s for e in decisive for s in e.sources)),
        rows,
    )


def _readings(substance, analytes) -> list[Reading]:
    """Analytes as tests are asked for them."""
    totals = {moiety.id for moiety in substance.moieties if moiety.total}
    return [item if isinstance(item, Reading) else Reading(item, item in totals) for item in analytes]


def _judge(substance, route, pattern, reading: Reading, largest: float) -> Evidence:
    """The evidence of one analyte after one route. A rule of the substance that fits and says hypothesis decides."""
    fitting = [rule for rule in substance.evidence if _fits(rule, (route,), pattern, (reading,), largest)]
    if fitting and fitting[0].grade == GRADES[-1]:
        return Evidence(GRADES[-1], fitting[0].because, fitting[0].sources)
    followed = [
        row
        for row in _coverage(substance.id)
        if route in row["routes"]
        and pattern == row["pattern"]
        and reading.analyte in row["analytes"]
        and row.get("hydrolysed", False) == reading.hydrolysed
    ]
    for rule in _rules()["grades"]:
        wanted = rule.get("rows")
        supports = [row for row in followed if wanted is None or _is_such(row, wanted)]
        if "patterns_of_hypothesis" in rule:
            holds = pattern in rule["patterns_of_hypothesis"] and any(
                p.hypothesis for p in substance.parameters.values()
            )
        else:
            holds = wanted is None or bool(supports)
        if holds:
            words = [one for one in fitting if one.grade == rule["grade"]]
            because, sources = (words[0].because, words[0].sources) if words else (rule["because"], ())
            rows = tuple(f"{row['row']}: {row['verdict']}" for row in supports)
            return Evidence(rule["grade"], because, sources, rows)
    raise KeyError("grades.toml: no rule holds")


def _is_such(row, wanted) -> bool:
    return (
        row["known"] in wanted.get("known", (row["known"],))
        and row["verdict"] in wanted.get("verdict", (row["verdict"],))
        and row["used"] == wanted.get("used", row["used"])
    )


def _beyond(covariates) -> list[str]:
    """The reasons why the person differs from the people of the studies."""
    reasons = []
    for limit in _rules()["population"]:
        value = covariates.get(limit["covariate"])
        if value is None:
            continue
        if "allowed" in limit:
            outside = value not in limit["allowed"]
        else:
            outside = not limit["low"] <= float(np.median(value)) <= limit["high"]
        if outside:
            reasons.append(limit["because"])
    return reasons


def beyond_studies(question) -> bool:
    """Whether the doses or cutoffs of a question differ from those of its studies."""
    if question.uses:
        return any(beyond_studies(use) for use in question.uses)
    regimen = question.regimen
    largest = max(regimen.amounts, default=0.0)
    uses = [(route, reading) for reading in question.readings for route in regimen.routes]
    judged = (_judge(question.substance, route, regimen.pattern, reading, largest) for route, reading in uses)
    rows = [row for e in judged for row in e.rows]
    return bool(_beyond_studies(question.substance, rows, regimen.amounts, _cutoffs(question)))


def _cutoffs(question) -> tuple[tuple[str, float], ...]:
    """Each analyte that a test responds to, with the cutoff of its component. [ng/mL]"""
    return tuple((analyte, part.cutoff_ng_ml) for part in question.assay.every_component for analyte in part.asked)


def _beyond_studies(substance, rows, amounts, cutoffs) -> list[str]:
    """The reasons why doses and cutoffs differ from those of the studies. Each should be near one of some study."""
    named = {row.partition(":")[0] for row in rows}
    studies = [row for row in _coverage(substance.id) if row["row"] in named]
    reasons = []
    doses = [row.get("amount_mg") for row in studies]
    if not all(_near(amount, doses, _rules()["amount"]) for amount in amounts):
        reasons.append(_rules()["amount"]["because"])
    for analyte, cutoff in cutoffs:
        known = [row.get("cutoff_ng_ml") for row in studies if analyte in row["analytes"]]
        if not _near(cutoff, [c and (c, c) for c in known], _rules()["cutoff"]):
            reasons.append(_rules()["cutoff"]["because"])
    return list(dict.fromkeys(reasons))


def _near(value, ranges, limit) -> bool:
    """Whether a value is within a factor of one of some ranges; true if there is no range, or one is not known."""
    factor = limit["within_factor"]
    return not ranges or None in ranges or any(low / factor <= value <= high * factor for low, high in ranges)


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Any]:
    return tomllib.loads((DATA / "grades.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def _coverage(substance_id: str) -> tuple[Mapping[str, Any], ...]:
    """The urine rows of a substance, from the last validation."""
    rows = [row for document in _documents().values() for row in document["rows"]]
    return tuple(row for row in rows if row["substance"] == substance_id)


@lru_cache(maxsize=1)
def _documents() -> Mapping[str, Mapping[str, Any]]:
    """What the last validation of each substance wrote, by its id."""
    files = sorted((DATA / "coverage").glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def amounts_not_studied(substance_id: str, doses: Iterable[tuple[str, float, float]]) -> tuple[float, float] | None:
    """What single doses studies gave, where a question has one that is far from them; None where it has none.

    Parameters
    ----------
    substance_id : str
    doses : iterable of (str, float, float)
        The route and both ends of each amount: the whole of a range is judged. [mg]

    Returns
    -------
    (float, float) or None
        The smallest and the largest amount by the route of the first such dose. [mg]
    """
    studied = _documents().get(substance_id, {}).get("amounts_mg", {})
    factor = _rules()["amount"]["within_factor"]
    for route, low, high in doses:
        if route in studied:
            smallest, largest = studied[route]
            if low < smallest / factor or high > largest * factor:
                return smallest, largest
    return None


def remarks(substance, routes, pattern: str, analytes, inputs) -> list[dict[str, str]]:
    """The remarks in the data of a substance that apply to a question.

    Parameters
    ----------
    analytes : sequence of str or Reading
    inputs : collection of str
        Names of the inputs in the request.
    """
    readings = _readings(substance, analytes)
    return [
        {"code": note.code, "message": note.message}
        for note in substance.notes
        if _fits(note, routes, pattern, readings) and (note.inputs is None or set(note.inputs) & set(inputs))
    ]


def _fits(rule, routes, pattern, readings, largest: float = 0.0) -> bool:
    """Whether a rule of evidence or a note applies: to one of the routes, the pattern, one of the readings and the dose."""
    if rule.analytes is None and rule.hydrolysed is None:
        reads_such = True
    else:
        reads_such = any(
            (rule.analytes is None or reading.analyte in rule.analytes)
            and rule.hydrolysed in (None, reading.hydrolysed)
            for reading in readings
        )
    return (
        (rule.routes is None or bool(set(rule.routes) & set(routes)))
        and (rule.patterns is None or pattern in rule.patterns)
        and reads_such
        and largest > (getattr(rule, "above_mg", None) or -1.0)
    )
