"""What stands behind an answer: the grade of its evidence with the rows it rests on, and the remarks it needs.

The rules are data: ``grades.toml`` says what makes a grade, ``coverage/<id>.json`` which uses urine studies followed
and how the model fared, the substance's own file how it is put in words.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from detectapi.knowledge import DATA
from detectapi.values.assay import Reading

GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
"""From the best founded to the least."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Grade, reason, sources (citekeys) and rows of observations (ids, each with its verdict) of an answer."""

    grade: str
    because: str
    sources: tuple[str, ...]
    rows: tuple[str, ...] = ()


def of(question, covariates: Mapping[str, Any]) -> Evidence:
    """What stands behind the answer to a question: only the model as shipped was held against studies.

    Parameters
    ----------
    question : Question
    covariates : dict
        As in `grade`.
    """
    regimen, other = question.regimen, _rules()["model"]
    if question.half_life is not None and regimen.count:
        return Evidence("extrapolated", other["half-life"], ())
    asked = question.substance, regimen.routes, regimen.pattern, question.readings
    found = grade(*asked, covariates, regimen.amounts, _cutoffs(question))
    if question.parameters != question.substance.parameters and regimen.count:
        weakest = max(found.grade, "extrapolated", key=GRADES.index)
        found = replace(found, grade=weakest, because=f"{other['adjusted']} {found.because}")
    return found


def grade(
    substance, routes, pattern: str, analytes, covariates: Mapping[str, Any] | None = None, amounts=(), cutoffs=()
) -> Evidence:
    """The weakest grade among the analytes and routes of a question, with every reason at that grade.

    Parameters
    ----------
    substance : Substance
    routes : sequence of str
    pattern : str
        As `Regimen.pattern` names it.
    analytes : sequence of str or Reading
        A name alone is that of a free analyte, or of a moiety that is read after hydrolysis only.
    covariates : dict, optional
        Of the person, numbers or arrays, to see whether the studies were of such people.
    amounts : sequence of float
        Single doses, to see whether the studies were of such doses. [mg]
    cutoffs : sequence of (str, float)
        Analytes with their cutoffs, to see whether the studies had such cutoffs. [ng/mL]
    """
    if pattern == "none":
        rule = _rules()["no-dose"]
        return Evidence(rule["grade"], rule["because"], ())
    largest = max(amounts, default=0.0)
    readings = _readings(substance, analytes)
    judged = [_judge(substance, route, pattern, reading, largest) for reading in readings for route in routes]
    weakest = max((e.grade for e in judged), key=GRADES.index)
    telling = [e for e in judged if e.grade == weakest]
    rows = tuple(dict.fromkeys(r for e in judged for r in e.rows))
    beyond = [*_beyond_studies(substance, rows, amounts, cutoffs), *_beyond(covariates or {})]
    if beyond and GRADES.index(weakest) < GRADES.index("extrapolated"):
        weakest = "extrapolated"
    elif GRADES.index(weakest) > GRADES.index("extrapolated"):
        beyond = []
    because = " ".join(dict.fromkeys([*beyond, *(e.because for e in telling)]))
    return Evidence(
        weakest,
        because,
        tuple(dict.fromkeys(s for e in telling for s in e.sources)),
        rows,
    )


def _readings(substance, analytes) -> list[Reading]:
    """Analytes as tests are asked for them."""
    totals = {moiety.id for moiety in substance.moieties if moiety.total}
    return [item if isinstance(item, Reading) else Reading(item, item in totals) for item in analytes]


def _judge(substance, route, pattern, reading: Reading, largest: float) -> Evidence:
    """Grade of one analyte after one route; a fitting rule of the substance that calls it a hypothesis decides."""
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
    """Why the person is not one of those the studies followed."""
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
    """Whether the doses or cutoffs of a question are not those that its studies followed."""
    regimen = question.regimen
    largest = max(regimen.amounts, default=0.0)
    asked = [(route, reading) for reading in question.readings for route in regimen.routes]
    judged = (_judge(question.substance, route, regimen.pattern, reading, largest) for route, reading in asked)
    rows = [row for e in judged for row in e.rows]
    return bool(_beyond_studies(question.substance, rows, regimen.amounts, _cutoffs(question)))


def _cutoffs(question) -> tuple[tuple[str, float], ...]:
    """Each analyte that a test responds to, with the cutoff of that part of the test. [ng/mL]"""
    return tuple((analyte, part.cutoff_ng_ml) for part in question.assay.components for analyte in part.asked)


def _beyond_studies(substance, rows, amounts, cutoffs) -> list[str]:
    """Why doses and cutoffs are not those of the studies: each must be near one that some study had."""
    named = {row.partition(":")[0] for row in rows}
    studies = [row for row in _coverage(substance.id) if row["row"] in named]
    reasons = []
    given = [row.get("amount_mg") for row in studies]
    if not all(_near(amount, given, _rules()["amount"]) for amount in amounts):
        reasons.append(_rules()["amount"]["because"])
    for analyte, cutoff in cutoffs:
        known = [row.get("cutoff_ng_ml") for row in studies if analyte in row["analytes"]]
        if not _near(cutoff, [c and (c, c) for c in known], _rules()["cutoff"]):
            reasons.append(_rules()["cutoff"]["because"])
    return list(dict.fromkeys(reasons))


def _near(value, given, limit) -> bool:
    """Whether a value is within a factor of one of some ranges; where there is none, or one is not known, nobody can tell."""
    factor = limit["within_factor"]
    return not given or None in given or any(low / factor <= value <= high * factor for low, high in given)


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Any]:
    return tomllib.loads((DATA / "grades.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def _coverage(substance_id: str) -> tuple[Mapping[str, Any], ...]:
    """Urine rows of a substance, as the last validation found them."""
    found = []
    for file in sorted((DATA / "coverage").glob("*.json")):
        found += [
            row for row in json.loads(file.read_text(encoding="utf-8"))["rows"] if row["substance"] == substance_id
        ]
    return tuple(found)


def remarks(substance, routes, pattern: str, analytes, given) -> list[dict[str, str]]:
    """Remarks tied to the substance's data that apply to a question.

    Parameters
    ----------
    analytes : sequence of str or Reading
    given : collection of str
        Names of the inputs that the request gave.
    """
    readings = _readings(substance, analytes)
    return [
        {"code": note.code, "message": note.message}
        for note in substance.notes
        if _fits(note, routes, pattern, readings) and (note.inputs is None or set(note.inputs) & set(given))
    ]


def _fits(rule, routes, pattern, readings, largest: float = 0.0) -> bool:
    """Whether a rule of evidence or a note holds: for one of the routes, the pattern, one of the readings, the dose."""
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
