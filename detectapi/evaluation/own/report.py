"""The report of a calibration by own observations: what it was fitted to, whether it converged, what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from detectapi.evaluation.benchmark.score import markdown
from detectapi.evaluation.calibration.people import TypicalNumbers
from detectapi.evaluation.calibration.report import CENTRAL_90, in_range
from detectapi.evaluation.own.table import Own
from detectapi.evaluation.validation.measures import half_life
from detectapi.evaluation.validation.trial import Trial
from detectapi.knowledge import catalog, posterior
from detectapi.telling.numbers import three_figures as number

LEAST_SIZE, MOST_R_HAT = 400, 1.05
"""A chain has converged if its effective size is at least, and its R-hat at most, so much."""


def write(substance_id: str, about: dict[str, Any], own: Own, folder: Path) -> list[Path]:
    """Write ``<id>.md`` beside the calibration.

    Returns
    -------
    list of Path
        All three files of the calibration.
    """
    file = folder / f"{substance_id}.md"
    file.write_text(text(substance_id, about, own, folder), encoding="utf-8", newline="\n")
    return [folder / f"{substance_id}{end}" for end in (".npz", ".json")] + [file]


def text(substance_id: str, about: dict[str, Any], own: Own, folder: Path) -> str:
    """The report in Markdown."""
    substance, method, mine = catalog.substance(substance_id), about["method"], about["own"]
    learnt = posterior.read(folder / f"{substance_id}.json")
    least, most = min(about["effective_size"]), max(about["split_r_hat"])
    verdict = (
        "It has converged" if least >= LEAST_SIZE and most <= MOST_R_HAT else "It has NOT converged: take more steps"
    )
    begin = (
        "the shipped calibration, or the file where there is none" if mine["begin"] == "published" else "the file alone"
    )
    parts = [
        f"# Calibration by own observations: {substance.name}",
        "Written by `detectapi calibrate --observations`.",
        "\n".join([
            f"- {mine['concentrations']} concentrations of {mine['people']} people, {mine['below']} of them below a limit;"
            f" {len(about['rows'])} other rows; sha256 `{mine['sha256'][:16]}`.",
            f"- Known before: {begin}.",
            f"- {verdict}: effective size at least {least}, R-hat at most {most:.3f}, acceptance {number(method['acceptance'])};"
            f" {method['walkers']} walkers, {method['burn']} steps before {method['steps']} kept, seed {method['seed']}.",
        ]),
        "## Typical values",
        "Median and central 90 %. *Left* is the standard deviation relative to that before.",
        markdown(("parameter", "unit", "before", "now", "left"), _values(substance, about, learnt)),
    ]  # fmt: skip
    typical = _typical(substance_id, about, own, learnt)
    if typical:
        parts += ["## The typical person", markdown(("quantity", "before", "now"), typical)]
    if mine["not_fitted"]:
        parts += [
            "## Not fitted",
            "They do not depend on the fitted values alone: " + ", ".join(mine["not_fitted"]) + ".",
        ]
    return "\n\n".join(parts) + "\n"


def typical_person(substance_id: str, own: Own, names: Sequence[str], deviates: np.ndarray) -> dict[str, np.ndarray]:
    """Clearance [L/h] and half-life in plasma [h] of what was taken, of the typical person with the first doses of the table.

    Parameters
    ----------
    substance_id : str
    own : Own
        With people.
    names : sequence of str
    deviates : array, shape (m, names)

    Returns
    -------
    dict of str to array, shape (m,)
    """
    study, root = own.people[0].study, catalog.substance(substance_id).root
    trial = Trial(study, {}, TypicalNumbers(names, deviates))
    if root.carrier or not any(point.quantity == "plasma_concentration" for point in own.people[0].points):
        return {}
    values = {
        "clearance [L/h]": trial.total_clearance(root.id),
        "half-life [h]": half_life(trial, SimpleNamespace(analytes=(root.id,))),
    }
    return {name: np.broadcast_to(value, (len(deviates),)) for name, value in values.items()}


def _typical(
    substance_id: str, about: dict[str, Any], own: Own, learnt: posterior.Posterior
) -> list[tuple[str, str, str]]:
    if not own.people:
        return []
    before = posterior.shipped(catalog.substance(substance_id))[0] if about["own"]["begin"] == "published" else None
    rng, names = np.random.default_rng(about["method"]["seed"]), list(about["parameters"])
    prior = rng.standard_normal((1000, len(names)))
    if before:
        for name, values in before.spread_out(1000).items():
            prior[:, names.index(name)] = values
    some = learnt.deviates[:, np.linspace(0, learnt.size - 1, 1000).astype(int)].T
    both = [typical_person(substance_id, own, names, deviates) for deviates in (prior, some)]
    return [(name, _interval(both[0][name]), _interval(both[1][name])) for name in both[0]]


def _interval(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{number(middle)} ({number(low)} to {number(high)})"


def _values(substance: Any, about: dict[str, Any], learnt: posterior.Posterior) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for i, name in enumerate(about["parameters"]):
        one, mean, sd = substance.parameters[name], about["before"]["mean"][i], about["before"]["sd"][i]
        before = in_range(one, mean + sd * np.array([-CENTRAL_90, 0.0, CENTRAL_90]))
        now = in_range(one, np.quantile(learnt.deviates[learnt.index[name]], [0.05, 0.5, 0.95]))
        rows.append((name, one.unit, before, now, f"{about['sd'][i] / sd:.2f}"))
    return rows
