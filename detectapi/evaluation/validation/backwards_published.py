"""What studies found, beside what an interpretation says of the same: the open cases of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from detectapi import service
from detectapi.evaluation.validation.backwards_cases import People, Setting
from detectapi.evaluation.validation.backwards_measures import Apart, accuracy
from detectapi.telling.numbers import three_figures

SEED = 20261123
PEOPLE = 400
"""Simulated people of a row about ratios of levels."""


class Outcome(NamedTuple):
    """What comes out for one row.

    Attributes
    ----------
    words : str
    holds : bool or None
        Whether it lies within the limits of the row; None for a row without limits.
    """

    words: str
    holds: bool | None


def outcome(table: Mapping[str, Any], apart: Mapping[str, Apart]) -> Outcome:
    """What comes out for a row of the file.

    Parameters
    ----------
    table : dict
        One of ``published``.
    apart : dict of str to Apart
        Cases of two accounts that were answered, by the name of their setting.
    """
    if table["kind"] == "rule":
        values = _against_rule(table, apart)
    else:
        values = KINDS[table["kind"]](table)
    limits = {name: table[name] for name in ("at_least", "at_most") if name in table}
    words = ", ".join(f"{_figure(value)}{f' ({label})' if label else ''}" for label, value in values)
    if not limits:
        return Outcome(words, None)
    low, high = limits.get("at_least", -np.inf), limits.get("at_most", np.inf)
    return Outcome(words, all(low <= value <= high for _, value in values))


def _figure(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 1.0 and abs(value) >= 0.005 else three_figures(value)


Values = list[tuple[str, float]]


def _chance(table: Mapping[str, Any]) -> Values:
    """Probability that a specimen is at or above a cutoff, by an account of use alone, at some hours."""
    test = {"analytes": [{"analyte": table["analyte"], "cutoff_ng_ml": table["cutoff_ng_ml"]}]}
    values = []
    for at in table["at_h"]:
        answer = service.interpret({
            "substance": table["substance"],
            "specimens": [{"collected_h": at - 1e-3}],
            "accounts": [{"id": "use", "doses": table["doses"]}],
            "planned": {"at_h": at, "assay": test},
        })  # fmt: skip
        values.append((f"{at:g} h", float(answer["accounts"][0]["planned"]["probability_before"])))
    return values


def _level(table: Mapping[str, Any]) -> Values:
    """Median of what an account expects, at some hours. [ng/mL]"""
    return [(f"{at:g} h", value) for at, value in zip(table["at_h"], _medians(table), strict=True)]


def _slope(table: Mapping[str, Any]) -> Values:
    """Fall of that median in decimal logarithms an hour, between two hours. [1/h]"""
    first, last = table["at_h"]
    medians = np.log10(_medians(table))
    return [("", float((medians[1] - medians[0]) / (last - first)))]


def _medians(table: Mapping[str, Any]) -> list[float]:
    results = [{"analyte": table["analyte"], "value_ng_ml": 100}]
    answer = service.interpret({
        "substance": table["substance"],
        "specimens": [{"collected_h": at, "results": results} for at in table["at_h"]],
        "accounts": [{"id": "use", "doses": table["doses"]}],
    })  # fmt: skip
    return [one["expected"]["median_ng_ml"] for one in answer["accounts"][0]["results"]]


def _last_use(table: Mapping[str, Any]) -> Values:
    """Probability that the last use lies within so many hours before a specimen, given its results."""
    curve = service.interpret(table["question"])["accounts"][0]["time_of_use"]["curve"]
    hours = np.array(curve["hours_before"])
    late = np.maximum(hours[:-1], hours[1:]) <= table["within_h"] + 1e-9
    return [(f"within {table['within_h']:g} h", float(np.sum(np.array(curve["probability"])[late])))]


def _comparison(table: Mapping[str, Any]) -> Values:
    """Decimal logarithm of the ratio of a question with one comparison, as it is shown."""
    return [("log10 of the ratio", float(service.interpret(table["question"])["comparisons"][0]["log10_lr"]))]


def _note(table: Mapping[str, Any]) -> Values:
    """1 where the answer has a note, 0 where it has not."""
    codes = [note["code"] for note in service.interpret(table["question"])["notes"]]
    return [(f"answers with the note {table['note']}", float(table["note"] in codes))]


def _share(table: Mapping[str, Any]) -> Values:
    """Share of simulated specimens in which one analyte is at most some part of another."""
    people = _people(table, (table["analyte"], table["over"]))
    ratios = people.levels[0][table["analyte"]] / people.levels[0][table["over"]]
    return [(f"at most {table['part']:g}", float(np.mean(ratios <= table["part"])))]


def _pairs(table: Mapping[str, Any]) -> Values:
    """Quantile of the ratio of a later level over creatinine to an earlier one, both above a cutoff, by their distance in time."""
    people = _people(table, (table["analyte"],))
    low, high = table["apart_h"]
    ratios = []
    levels = [here[table["analyte"]] for here in people.levels]
    for i, first in enumerate(table["collected_h"]):
        for j, second in enumerate(table["collected_h"]):
            if low < second - first <= high:
                both = (levels[i] >= table["cutoff_ng_ml"]) & (levels[j] >= table["cutoff_ng_ml"])
                normalised = (levels[j] / people.creatinine[j]) / (levels[i] / people.creatinine[i])
                ratios.extend(normalised[both])
    return [(f"{len(ratios)} pairs", float(np.quantile(ratios, table["quantile"])))]


def _people(table: Mapping[str, Any], analytes: tuple[str, ...]) -> People:
    account = {"id": "use", "doses": table["doses"]}
    setting = Setting(table["id"], table["substance"], (account,), tuple(table["collected_h"]), analytes)
    return People(setting, PEOPLE, SEED)


def _against_rule(table: Mapping[str, Any], apart: Mapping[str, Apart]) -> Values:
    """Accuracy of ratios above 1, less that of a rule on the same pairs."""
    one = apart[table["of"]]
    calls = one.calls[table["rule"]]
    return [("more cases called rightly", accuracy(one.log10 > 0.0, one.is_new) - accuracy(calls, one.is_new))]


KINDS: dict[str, Callable[[Mapping[str, Any]], Values]] = {
    "chance": _chance,
    "level": _level,
    "slope": _slope,
    "last-use": _last_use,
    "comparison": _comparison,
    "note": _note,
    "share": _share,
    "pairs": _pairs,
}
"""How a row is answered, by its kind; a rule is held against cases that are answered elsewhere."""
