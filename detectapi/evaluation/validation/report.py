"""The validation report of a substance: text and plots. The same data give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detectapi.evaluation.validation import baselines, plots, rules, scores, tables
from detectapi.evaluation.validation.measures import URINE
from detectapi.evaluation.validation.outcomes import MOST_PEOPLE, REPETITIONS, SEED, UNKNOWN_PEOPLE, Outcome, simulate
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge import catalog, observations, posterior

CURVE_POINTS = 60


@dataclass(frozen=True, slots=True)
class Findings:
    """The results that a report shows."""

    substance: Any
    outcomes: list[Outcome]
    prior: list[Outcome] | None
    left_out: list[tuple[Any, str]]
    forecasts: Mapping[str, list[baselines.Forecast]]
    posterior: Any
    without: Mapping[str, list[Outcome]]
    used: frozenset[str]


def validate(substance_id: str, folder: Path, data: Path) -> list[Path]:
    """Simulate every study of a substance; write the report, the plots and the list of uses that urine studies cover.

    Parameters
    ----------
    substance_id : str
    folder : Path
        Where the report is written.
    data : Path
        The folder of data, where ``coverage/<id>.json`` is written.

    Returns
    -------
    list of Path
        The files, the report first.
    """
    findings = study(substance_id)
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{substance_id}.md": tables.write(findings)} | {
        f"{substance_id}-{name}.svg": str(drawing) for name, drawing in _plots(findings).items()
    }
    written = []
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
        written.append(folder / name)
    (data / "coverage").mkdir(parents=True, exist_ok=True)
    text = json.dumps(coverage(findings), indent=1, ensure_ascii=False) + "\n"
    (data / "coverage" / f"{substance_id}.json").write_text(text, encoding="utf-8", newline="\n")
    return [*written, data / "coverage" / f"{substance_id}.json"]


def subjects() -> list[str]:
    """The substances with a report of their own: they have observations, and no other report includes them."""
    known = [substance.id for substance in catalog.substances()]
    elsewhere = {member for name in known for member in rules.family(name)[1:]}
    return [name for name in known if name not in elsewhere and observations.observations(name)]


def study(substance_id: str) -> Findings:
    """All forecasts and observations of a substance."""
    substance = catalog.substance(substance_id)
    rows = [row for member in rules.family(substance.id) for row in observations.observations(member)]
    fitted, _ = posterior.posterior(substance)
    outcomes, left_out = simulate(rows, fitted.spread_out(REPETITIONS) if fitted else None)
    prior = simulate(rows)[0] if fitted else None
    without = {}
    if fitted:
        for source, draws in posterior.left_out(substance.id).items():
            those = [row for row in rows if row.study.source == source and row.quantity in URINE]
            without[source] = [o for o in simulate(those, draws)[0] if o.row.split == "calibration"]
    times = [o for o in outcomes if o.row.quantity == "detection_time"]
    fitted_rows = posterior.fitted_rows(substance.id) if fitted else frozenset()
    used = fitted_rows | {row.id for row in rows if row.tuned}
    return Findings(substance, outcomes, prior, left_out, baselines.forecasts(times), fitted, without, used)


def coverage(findings: Findings) -> dict[str, Any]:
    """The uses that urine studies followed, with the verdict on the model. The grades of evidence follow from it."""
    rows: dict[str, dict[str, Any]] = {}
    for o in findings.outcomes:
        if o.row.quantity == "detection_time":
            entry = rows.setdefault(o.row.id, {
                "row": o.row.id, "substance": o.row.study.substance, "source": o.row.study.source,
                "routes": [dose["route"] for dose in o.row.study.doses], "pattern": baselines.pattern(o.row),
                "amount_mg": _amounts(o.row.study.doses), "cutoff_ng_ml": o.row.cutoff_ng_ml,
                "analytes": list(o.row.analytes), "known": o.row.status, "population": o.row.study.population,
                "n": o.row.n, "verdict": o.verdict, **({"hydrolysed": True} if _read_together(o.row) else {}),
                "used": o.row.id in findings.used,
            })  # fmt: skip
            entry["verdict"] = max(entry["verdict"], o.verdict, key=tables.VERDICTS.index)
    return {"amounts_mg": studied_amounts(findings.substance.id), "rows": list(rows.values())}


def studied_amounts(substance_id: str) -> dict[str, list[float]]:
    """The smallest and the largest single dose that studies of a substance gave, by route. [mg]

    Doses that a study does not state in mg count for nothing.
    """
    ends: dict[str, list[float]] = {}
    studies = {row.study.id: row.study for row in observations.observations(substance_id)}
    for study in studies.values():
        for dose in study.doses or ():
            ends.setdefault(dose["route"], []).extend(_amounts([dose]) or ())
    return {route: [min(known), max(known)] for route, known in sorted(ends.items()) if known}


def _read_together(row) -> bool:
    """Whether urine was read after hydrolysis, or the analyte is one that stands for itself with its conjugates."""
    totals = {moiety.id for moiety in catalog.substance(row.study.substance).moieties if moiety.total}
    return row.hydrolysed or bool(totals.intersection(row.analytes))


def _amounts(doses) -> list[float] | None:
    """The smallest and the largest single dose [mg]; None if a dose is not stated in mg."""
    amounts = [dose.get("amount_mg") for dose in doses]
    if None in amounts:
        return None
    ends = [
        end
        for amount in amounts
        for end in ((amount["low"], amount["high"]) if isinstance(amount, Mapping) else (amount,))
    ]
    return [min(ends), max(ends)]


def _plots(findings: Findings) -> dict[str, Any]:
    name = findings.substance.name
    drawn = {}
    titles = {
        "urine": f"{name}: urine, observed against predicted",
        "plasma": f"{name}: plasma, observed against predicted",
        "modifiers": f"{name}: changes with kidney, liver, age and medicines",
    }
    for key, outcomes in tables.groups(findings).items():
        if outcomes:
            drawn[key] = plots.forest(outcomes, titles[key])
    drawn["pit"] = plots.pit_histogram(
        [o.pit for o in findings.outcomes if o.row.status != "recalled" and not o.bound],
        f"{name}: where observations lie",
    )
    times = [o for o in findings.outcomes if o.row.quantity == "detection_time"]
    if times:
        drawn["windows"] = plots.windows(list(_window_rows(findings, times)), f"{name}: how long urine stays positive")
    panels = _curve_panels(findings)
    if panels:
        drawn["curves"] = plots.curves(
            panels,
            f"{name}: published points on the model's 90 % band of the group's mean, before what studies differ by",
        )
    return drawn


def _window_rows(findings: Findings, times):
    before = {o.label: o for o in findings.prior or ()}
    for outcome in times:
        shown = []
        if outcome.label in before:
            shown.append(("model, uncalibrated", *_middle(before[outcome.label].sample)))
            shown.append(("model, calibrated", *_middle(outcome.sample)))
        else:
            shown.append(("model", *_middle(outcome.sample)))
        shown += [(f.name, f.low, f.middle, f.high) for f in findings.forecasts[outcome.label]]
        yield outcome.label, outcome.observed, shown


def _middle(sample):
    low, high = scores.interval(sample, baselines.LEVEL)
    return low, float(np.median(sample)), high


def _curve_panels(findings: Findings):
    """One panel for each row that follows a concentration over time."""
    panels = []
    for row in dict.fromkeys(o.row.id for o in findings.outcomes if o.row.time_h):
        first = next(o for o in findings.outcomes if o.row.id == row)
        observed = first.row
        people = min(observed.n or UNKNOWN_PEOPLE, MOST_PEOPLE)
        deviates = findings.posterior.spread_out(REPETITIONS) if findings.posterior else None
        trial = Trial(observed.study, observed.study.given, StudyNumbers(SEED, REPETITIONS, people, deviates))
        time = np.linspace(0.05, observed.time_h[-1] * 1.1, CURVE_POINTS)
        scale = 1.0 if observed.quantity == "plasma_molarity" else trial.mass[observed.analytes[0]]
        curve = scale * trial.plasma(observed.analytes[0], time).reshape(len(time), REPETITIONS, people).mean(axis=2)
        low, middle, high = np.quantile(curve, [0.05, 0.5, 0.95], axis=1)
        points = list(zip(observed.time_h, observed.values, strict=True))
        panels.append((" + ".join(observed.analytes), observed.unit, time, low, middle, high, points))
    return panels
