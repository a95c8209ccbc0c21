"""`detectapi validate --observations FILE`: forecast own observations with the model, and score the forecasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from detectapi.evaluation.benchmark import score
from detectapi.evaluation.calibration.likelihood import POINT_SD
from detectapi.evaluation.own.people import BIAS_SD, Design
from detectapi.evaluation.own.table import Own, Person
from detectapi.evaluation.validation.outcomes import REPETITIONS, simulate
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge import catalog, posterior
from detectapi.telling.numbers import three_figures as number

SEED = 20261130
MOST_OUTSIDE = 30
GROUPS = ("all", "class", "quantity")
CALIBRATED_ON = "by own observations, these very rows"
STATES = {
    "own": "by own observations",
    "shipped": "the shipped calibration",
    "none": "not calibrated: the typical values of the substance's file",
}

Joined = list[tuple[dict[str, str], np.ndarray, bool]]


def forecast(own: Own) -> tuple[Joined, dict[str, str]]:
    """Forecasts of every row, as the scorer of the benchmark takes them.

    Parameters
    ----------
    own : Own

    Returns
    -------
    list of (dict, array, bool)
        The row as a line of the benchmark, a sorted sample of its forecast, and whether the calibration saw the row before.
    dict of str to str
        By substance, what its typical values are from, in words.
    """
    samples: dict[str, np.ndarray] = {}
    seen: dict[str, bool] = {}
    states: dict[str, str] = {}
    for substance in dict.fromkeys(line["substance"] for line in own.lines):
        part = own.of(substance)
        learnt = posterior.posterior(catalog.substance(substance))[0]
        knowledge = learnt.spread_out(REPETITIONS) if learnt else None
        states[substance] = STATES["none" if learnt is None else "own" if learnt.own else "shipped"]
        seen[substance] = posterior.fitted_to(substance) == own.sha256
        if seen[substance]:
            states[substance] = CALIBRATED_ON
        samples |= {outcome.row.id: outcome.sample for outcome in simulate(part.rows, knowledge)[0]}
        for person in _alike(part.people):
            samples |= _of_people(person, knowledge)
    joined: Joined = [
        (line, np.sort(samples[line["id"]]), seen[line["substance"]]) for line in own.lines if line["id"] in samples
    ]
    return [item for item in joined if item[0]["statistic"] not in score.ONE_SIDED], states


def text(own: Own, source: str) -> str:
    """The report of the forecasts in Markdown.

    Parameters
    ----------
    own : Own
    source : str
        The name of the table.
    """
    joined, states = forecast(own)
    values = score.each(joined)
    outside = [item for item, row in zip(joined, values, strict=True) if not row[3]]
    parts = [
        f"# Own observations: {source}",
        f"Written by `detectapi validate --observations`. {len(own.lines)} rows, sha256 `{own.sha256[:16]}`.",
        "\n".join(f"- {substance}: {words}." for substance, words in states.items()),
        f"{values[:, 3].sum():.0f} of {len(joined)} rows lie in the 90 % intervals, {values[:, 2].sum():.0f} in the 50 %"
        f" intervals. Of {_count(own)} the forecast is that of a person of whom nothing more is known than the table says.",
        "The columns are those of the benchmark's scores; a *publication* is a person or a study. A row that is below a limit"
        " counts as an interval from 0.",
        score.markdown(score.HEAD, [line for line in score.lines(joined) if line[1].startswith(GROUPS)]),
        "Observed over the median of the forecast, geometric mean of the rows that are one number:",
        score.markdown(("quantity", "rows", "observed over forecast"), _bias(joined)),
    ]
    if outside:
        listed = [_outside(line, sample) for line, sample, _ in outside[:MOST_OUTSIDE]]
        more = f" The first {MOST_OUTSIDE} of them:" if len(outside) > MOST_OUTSIDE else ""
        parts += [
            "## Outside",
            f"{len(outside)} rows lie outside the 90 % interval.{more}",
            score.markdown(("row", "quantity", "observed", "90 % interval"), listed),
        ]
    return "\n\n".join(parts) + "\n"


def _bias(joined: Joined) -> list[tuple[str, str, str]]:
    ratios: dict[str, list[float]] = {}
    for line, sample, _ in joined:
        if line["low"] == line["high"] and float(line["low"]) > 0.0:
            ratios.setdefault(line["quantity"], []).append(float(line["low"]) / max(float(np.median(sample)), 1e-300))
    return [(name, str(len(some)), number(np.exp(np.log(some).mean()))) for name, some in ratios.items()]


def _count(own: Own) -> str:
    points = sum(len(person.points) for person in own.people)
    return f"{points} concentrations of {len(own.people)} people" if points else "each statistic of people"


def _outside(line: dict[str, str], sample: np.ndarray) -> tuple[str, str, str, str]:
    low, high = np.quantile(sample, [0.05, 0.95])
    observed = " to ".join(dict.fromkeys(number(float(line[end])) for end in ("low", "high")))
    return line["id"], line["quantity"], observed, f"{number(low)} to {number(high)}"


def _alike(people: list[Person]) -> Iterator[list[Person]]:
    """People with the same doses and circumstances."""
    alike: dict[str, list[Person]] = {}
    for person in people:
        alike.setdefault(repr((person.study.doses, person.study.given)), []).append(person)
    yield from alike.values()


def _of_people(people: list[Person], knowledge: Any) -> dict[str, np.ndarray]:
    """A sample of the forecast of every point, by the id of its row: each of another person under other typical values."""
    design = Design(people, [(one.study.source, point.quantity) for one in people for point in one.points])
    numbers = StudyNumbers(SEED, REPETITIONS, 1, knowledge)
    logs = design.logs(Trial(design.study, design.study.given, numbers), apart=True)
    noise = np.random.default_rng(SEED).standard_normal(logs.shape)
    plasma = np.array([point.quantity == "plasma_concentration" for point in design.points.values()])
    logs = logs + noise * np.where(plasma, np.hypot(POINT_SD, BIAS_SD), BIAS_SD)[:, None]
    place = {key: i for i, key in enumerate(design.points)}
    return {point.label: np.exp(logs[place[point.key]]) for person in people for point in person.points}
