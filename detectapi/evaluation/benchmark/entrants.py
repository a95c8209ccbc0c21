"""The first entrants of the benchmark: this model, and what people find today. Each is a file of quantiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detectapi.evaluation.benchmark import calculators, table
from detectapi.evaluation.benchmark.score import LEVELS
from detectapi.evaluation.calibration import unseen
from detectapi.evaluation.validation import baselines, one_volume
from detectapi.evaluation.validation.outcomes import REPETITIONS, Forecaster, Outcome, simulate
from detectapi.knowledge import catalog, observations, posterior
from detectapi.values.observation import Observation

COLUMNS = ("id", *(f"{level:g}" for level in LEVELS), "fitted")

ENTRANTS = {
    "calibrated": "this model, calibrated where the substance has a calibration",
    "unseen": "this model, calibrated without the publication; where no calibration was fitted to the publication, as"
    " `calibrated`",
    "prior": "this model, from the substance's file alone",
    "one-compartment": "one compartment with the textbook's half-lives, simulated with the study's people and sampling",
    "five-half-lives": "five half-lives, from the shortest to the longest that the textbook has",
    "one-volume": "this model's own typical values with one compartment for each moiety, first-pass metabolites counted",
    "charts": "charts and pages that speak of the number: the geometric mean of their ends",
    "laboratories": "the charts of laboratories alone",
    "calculators": "public calculators, from the formula that they print",
    "nomogram": "a published straight line for the concentration in urine after one dose",
}
"""The name of each entrant, which is that of its file, and what it is."""

RULES = ("one-compartment", "five-half-lives", "charts", "laboratories", "calculators", "nomogram")
"""Entrants that speak of detection times alone and were fitted to nothing."""

OTHERS = ("one-volume", *RULES)
"""Entrants that are not this model."""

Sample = tuple[str, np.ndarray, bool]


def write(folder: Path) -> list[Path]:
    """Compute the forecasts of every entrant, and write a file for each into ``predictions``. This takes about three minutes.

    Parameters
    ----------
    folder : Path
        Of the benchmark.

    Returns
    -------
    list of Path
    """
    file_of(folder, "").parent.mkdir(parents=True, exist_ok=True)
    files = []
    for name, forecasts in predictions().items():
        lines = [_line(*forecast) for forecast in forecasts]
        files.append(file_of(folder, name))
        files[-1].write_text(table.written(lines, COLUMNS), encoding="utf-8", newline="\n")
    return files


def file_of(folder: Path, name: str) -> Path:
    """The file of the forecasts of an entrant, in the folder of the benchmark."""
    return folder / "predictions" / f"{name}.csv"


def predictions() -> dict[str, list[Sample]]:
    """The forecasts of every entrant: id of the number, its quantiles (shape (7,)), and whether it was seen before."""
    rows = unseen.forecast_rows()
    fitted, chosen = set(table.fitted_by()), {row.id for row in rows if row.tuned}
    prior = simulate(rows)[0]
    calibrated = _calibrated(rows, prior)
    times = [o for o in prior if o.row.quantity == "detection_time"]
    return {
        "calibrated": _of_model(calibrated, fitted | chosen),
        "unseen": _of_model(unseen.forecasts(rows), chosen),
        "prior": _of_model(prior, chosen),
        "one-volume": _of_model(simulate(rows, forecaster=Forecaster(model={"kind": one_volume.KIND}))[0], chosen),
    } | _of_rules(times)


def _calibrated(rows: Sequence[Observation], prior: Iterable[Outcome]) -> list[Outcome]:
    """Forecasts from the posterior, and those of the prior for substances without one."""
    outcomes = []
    for name, draws in _posteriors(rows).items():
        some = [row for row in rows if row.study.substance == name]
        outcomes += simulate(some, draws.spread_out(REPETITIONS))[0]
    done = {outcome.label for outcome in outcomes}
    return outcomes + [outcome for outcome in prior if outcome.label not in done]


def _posteriors(rows: Iterable[Observation]) -> dict[str, Any]:
    """The calibration of each substance that has one."""
    names = dict.fromkeys(row.study.substance for row in rows)
    of_each = {name: posterior.posterior(catalog.substance(name))[0] for name in names}
    return {name: draws for name, draws in of_each.items() if draws is not None}


def _of_model(outcomes: Iterable[Outcome], seen: set[str]) -> list[Sample]:
    return [(o.label, _quantiles(o.sample), o.row.id in seen) for o in outcomes if not o.bound]


def _of_rules(times: Sequence[Outcome]) -> dict[str, list[Sample]]:
    """The forecasts of what people find today; several of one kind that speak of a number are put together."""
    forecasts: dict[str, list[Sample]] = {name: [] for name in RULES}
    printed = {outcome.label: calculators.forecasts(outcome.row) for outcome in times}
    for label, some in baselines.forecasts(times).items():
        for name, chosen in _by_entrant([*some, *printed[label]]).items():
            forecasts[name].append((label, _together(chosen), False))
    return forecasts


def _by_entrant(forecasts: Iterable[baselines.Forecast]) -> dict[str, list[baselines.Forecast]]:
    starts = {
        "one compartment": "one-compartment",
        "five": "five-half-lives",
        "claim": "charts",
        "nomogram": "nomogram",
        "calculator": "calculators",
    }
    laboratories = {baselines.claim_name(claim) for claim in observations.claims() if claim.evidence == "laboratory"}
    gathered: dict[str, list[baselines.Forecast]] = {}
    for forecast in forecasts:
        name = next(entrant for start, entrant in starts.items() if forecast.name.startswith(start))
        gathered.setdefault(name, []).append(forecast)
        if forecast.name in laboratories:
            gathered.setdefault("laboratories", []).append(forecast)
    return gathered


def _together(forecasts: Sequence[baselines.Forecast]) -> np.ndarray:
    """Quantiles of forecasts that state an interval, and perhaps a middle.

    The interval counts as one of 90 %. On the scale ln(1 + hours) the ends, and the middles, are averaged over the forecasts; a
    middle that is not stated lies halfway, and between and beyond these quantiles lie straight lines.
    """
    ends = np.log1p([[forecast.low, forecast.high] for forecast in forecasts]).mean(axis=0)
    middles = [forecast.middle for forecast in forecasts if forecast.middle is not None]
    middle = np.log1p(middles).mean() if len(middles) == len(forecasts) else ends.mean()
    below = middle + (ends[0] - middle) * (0.5 - LEVELS) / 0.45
    above = middle + (ends[1] - middle) * (LEVELS - 0.5) / 0.45
    return np.maximum(np.expm1(np.where(LEVELS < 0.5, below, above)), 0.0)


def _quantiles(sample: np.ndarray) -> np.ndarray:
    return np.quantile(sample, LEVELS)


def _line(label: str, quantiles: np.ndarray, seen: bool) -> dict[str, str]:
    cells: Mapping[str, str] = {f"{level:g}": f"{q:.6g}" for level, q in zip(LEVELS, quantiles, strict=True)}
    return {"id": table.number_id(label), **cells, "fitted": "1" if seen else "0"}
