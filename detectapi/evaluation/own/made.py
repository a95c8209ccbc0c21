"""A made data set: what a study or a laboratory might have measured if some typical values were the truth."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from detectapi.evaluation.benchmark.table import written
from detectapi.evaluation.calibration.likelihood import POINT_SD
from detectapi.evaluation.own.people import BIAS_SD, Centre, Design
from detectapi.evaluation.own.table import gathered
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge import catalog
from detectapi.values.errors import InputError

COLUMNS = ("study", "person", "substance", "use", "quantity", "analyte", "time_h", "low", "unit")
QUANTITIES = {"plasma": "plasma_concentration", "urine": "urine_concentration"}


def make(
    question: Mapping[str, Any],
    times: Mapping[str, Sequence[float]],
    analytes: Sequence[str],
    people: int,
    truth: Mapping[str, float],
    loq: float = 0.0,
    seed: int = 1,
) -> list[dict[str, str]]:
    """The rows of a made table.

    Parameters
    ----------
    question : dict
        ``substance`` and ``doses`` of a request.
    times : dict of str to sequence of float
        When ``plasma`` [h after the start of the first dose] and ``urine`` [h after the last dose] were taken.
    analytes : sequence of str
        What was measured in each.
    people : int
    truth : dict of str to float
        Deviates of typical values, in standard deviations of the file's uncertainty. All others are those of the file.
    loq : float
        What lies below it is a row ``< loq``. [ng/mL]
    seed : int

    Returns
    -------
    list of dict
        By the names of ``COLUMNS``.
    """
    common = {
        "study": "made",
        "substance": question["substance"],
        "use": json.dumps(question["doses"]),
        "unit": "ng/mL",
    }
    taken = [(QUANTITIES[matrix], f"{time:g}") for matrix, some in times.items() for time in some]
    cells = [
        common | {"quantity": quantity, "analyte": analyte, "time_h": time, "low": "1", "person": "1"}
        for analyte in analytes
        for quantity, time in taken
    ]
    (person,) = gathered(cells).people
    design = Design([person], [("made", quantity) for quantity in QUANTITIES.values()])
    numbers = StudyNumbers(seed, 1, people)
    numbers.knowledge = Centre(truth)  # type: ignore[assignment]
    logs = design.logs(Trial(person.study, person.study.given, numbers), apart=True)
    noise = np.random.default_rng(seed)
    bias = dict(zip(QUANTITIES.values(), BIAS_SD * noise.standard_normal(len(QUANTITIES)), strict=True))
    plasma = np.array([cell["quantity"] == QUANTITIES["plasma"] for cell in cells])[:, None]
    logs = logs + np.array([bias[cell["quantity"]] for cell in cells])[:, None]
    values = np.exp(logs + np.where(plasma, POINT_SD, 0.0) * noise.standard_normal(logs.shape))
    return [
        cell | {"person": str(i + 1), "low": f"{value:.4g}" if value >= loq else f"< {loq:g}"}
        for i in range(people)
        for cell, value in zip(cells, values[:, i], strict=True)
    ]


def text(rows: Iterable[dict[str, str]]) -> str:
    """The table as CSV."""
    return written(rows, COLUMNS)


def factors(substance_id: str, stated: Iterable[str]) -> dict[str, float]:
    """Deviates from words such as ``pregabalin.clearance=1.3``: so many times what the file has.

    Raises
    ------
    InputError
        No such typical value, or it has no uncertainty on a logarithmic scale, or no positive number.
    """
    parameters = catalog.substance(substance_id).parameters
    truth = {}
    for word in stated:
        name, _, times = word.partition("=")
        one = parameters.get(name)
        if one is None or one.scale != "log" or one.uncertainty <= 0.0:
            known = [key for key, value in parameters.items() if value.scale == "log" and value.uncertainty > 0.0]
            raise InputError("No such typical value.", pointer="set", allowed=known)
        try:
            truth[name] = math.log(float(times)) / one.uncertainty
        except ValueError:
            truth[name] = float("nan")
        if not math.isfinite(truth[name]):
            raise InputError("Must be a name, = and a positive number.", pointer="set")
    return truth
